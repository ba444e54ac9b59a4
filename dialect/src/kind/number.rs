//! Numbers: counts, ports, percents, statuses.

use super::{Kind, Reading, clip};
use crate::diagnostic::Diagnostics;
use crate::line::Data;
use crate::span::Span;

crate::codes! {
    /// A number that is too small, too large or too fine.
    OUT_OF_RANGE = error "out-of-range" "A number is outside what its line takes.\n\nThe message says the range. Ports are 1 to 65535; a percent is 0 to 100 with at most two decimals; counts are whole numbers.";
}

pub(super) fn whole<'a>(text: &str, least: u64, most: u64, span: Span, out: &mut Diagnostics) -> Data<'a> {
    match integer(text) {
        Some(number) if (least..=most).contains(&number) => Data::Number(number),
        Some(_) | None => out_of_range(text, Kind::Number(least, most), span, out),
    }
}

pub(super) fn port<'a>(text: &str, span: Span, out: &mut Diagnostics) -> Data<'a> {
    match integer(text) {
        Some(number) if (1..=65535).contains(&number) => Data::Number(number),
        Some(_) | None => out_of_range(text, Kind::Port, span, out),
    }
}

pub(super) fn status<'a>(text: &str, span: Span, out: &mut Diagnostics) -> Data<'a> {
    match integer(text) {
        Some(number) if (200..=599).contains(&number) => Data::Number(number),
        Some(_) | None => out_of_range(text, Kind::Status, span, out),
    }
}

pub(super) fn percent<'a>(text: &str, span: Span, out: &mut Diagnostics) -> Data<'a> {
    match points(text) {
        Some(points) => Data::Percent(points),
        None => out_of_range(text, Kind::Percent, span, out),
    }
}

/// Text where a number is meant.
pub(super) fn text<'a>(reading: Reading<'a, '_>, kind: Kind) -> Data<'a> {
    let Reading { text, span, out, .. } = reading;
    let bare = text.strip_suffix('%').unwrap_or(text);
    let number = match kind {
        Kind::Percent => points(bare).is_some(),
        Kind::Number(..) | Kind::Port | Kind::Status => integer(bare).is_some(),
        _ => false,
    };
    let found = out.report(&super::WRONG_VALUE, span);
    found.says(format!("`{}` is not a plain number", clip(text)));
    if number {
        found.help(format!("write {bare}")).fix(span, bare);
    } else if let Some(status) = redirected(text).filter(|_| kind == Kind::Number(300, 399)) {
        found.help(format!("write {status}")).fix(span, status);
    } else if matches!(kind, Kind::Number(0, _)) && ["off", "no", "none", "never"].contains(&text) {
        found.help("write 0").fix(span, "0");
    } else {
        found.help(format!("write {}", kind.wanted().trim_end_matches(',')));
    }
    Data::Broken
}

/// Returns the status of a redirect that other tools call by a word.
pub(crate) fn redirected(word: &str) -> Option<&'static str> {
    match word {
        "permanent" | "moved" => Some("301"),
        "temporary" | "found" => Some("302"),
        _ => None,
    }
}

fn out_of_range<'a>(text: &str, kind: Kind, span: Span, out: &mut Diagnostics) -> Data<'a> {
    let wanted = kind.wanted();
    if pads(text) {
        let plain = text.trim_start_matches('0');
        let plain = if plain.starts_with(|first: char| first.is_ascii_digit()) {
            plain.into()
        } else {
            format!("0{plain}")
        };
        out.report(&OUT_OF_RANGE, span)
            .says(format!("`{}` begins with a zero", clip(text)))
            .because("some read that as a number to the base of eight, others do not")
            .help(format!("write {plain}"))
            .fix(span, plain);
        return Data::Broken;
    }
    out.report(&OUT_OF_RANGE, span)
        .says(match text.strip_prefix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit()) {
            true => format!("`{}` is out of range", clip(text)),
            false => format!("`{}` is no number that fits here", clip(text)),
        })
        .help(format!("write {}", wanted.trim_end_matches(',')));
    Data::Broken
}

/// Returns the whole number that a KDL number is; `0x50` and `1_000` are fine, `1e3` and `1.0` are not whole.
fn integer(text: &str) -> Option<u64> {
    if pads(text) {
        return None;
    }
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let text = text.strip_prefix('+').unwrap_or(text);
    let (digits, radix) = match text.get(..2) {
        Some("0x") => (&text[2..], 16),
        Some("0o") => (&text[2..], 8),
        Some("0b") => (&text[2..], 2),
        _ => (text, 10),
    };
    if digits.contains('_') {
        u64::from_str_radix(&digits.replace('_', ""), radix).ok()
    } else if digits.starts_with(['+', '-']) {
        None
    } else {
        u64::from_str_radix(digits, radix).ok()
    }
}

/// Tells whether a number is padded with zeros: `010`.
fn pads(text: &str) -> bool {
    text.starts_with('0') && text[1..].starts_with(|second: char| second.is_ascii_digit())
}

/// Returns hundredths of a percent.
fn points(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u64::from(byte - b'0'));
    let part = match *part.as_bytes() {
        [] => 0,
        [tenths] => digit(tenths)? * 10,
        [tenths, hundredths] => digit(tenths)? * 10 + digit(hundredths)?,
        _ => return None,
    };
    let points = integer(whole)?.checked_mul(100)?.checked_add(part)?;
    u32::try_from(points).ok().filter(|points| *points <= 10_000)
}
