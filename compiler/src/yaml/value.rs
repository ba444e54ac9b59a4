//! A value whose shape is not known in advance, such as what a user wrote under `raw`.

use super::{Key, List, Map};

/// Any value that YAML and JSON share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as it was spelled. What is no number in JSON (`.inf`, `0x1F`) is written as text.
    Number(String),
    /// A string.
    Text(String),
    /// A sequence.
    List(Vec<Value>),
    /// Keys and values in the order to write them.
    Map(Vec<(String, Value)>),
}

pub(super) fn fill_map(map: &mut Map<'_>, entries: &[(String, Value)]) {
    for (key, value) in entries {
        map.value(Key::of(key), value);
    }
}

pub(super) fn fill_list(list: &mut List<'_>, items: &[Value]) {
    for item in items {
        list.value(item);
    }
}

/// Says whether `text` is a number by the grammar of JSON, which is the part of YAML's that all readers share.
pub(super) fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}
