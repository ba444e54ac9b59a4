//! Fields that nobody here understands, merged into an object last.

use std::collections::HashMap;

use crate::mesh::{Fields, Opaque};
use crate::yaml::{self, Format, Key, Map, Value};

/// Writes an object with its opaque fields.
pub fn write_over(to: &mut Map<'_>, opaque: &Opaque<'_>, plain: impl FnOnce(&mut Map<'_>)) {
    for (key, value) in &over(opaque, plain) {
        to.value(Key::of(key), value);
    }
}

/// Returns an object with its opaque fields: it is written, read back, and they are put over it.
pub fn over(opaque: &Opaque<'_>, plain: impl FnOnce(&mut Map<'_>)) -> Vec<(String, Value)> {
    let mut bytes = Vec::new();
    let written = yaml::one(&mut bytes, Format::Json, plain);
    debug_assert!(written.is_ok(), "a vector takes every byte");
    let mut object = yaml::read(&bytes).unwrap_or_else(|| unreachable!("we read what we write"));
    put(&mut object, &opaque.fields);
    match object {
        Value::Map(entries) => entries,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => Vec::new(),
    }
}

/// Writes the spec of an object that exists for its opaque fields only.
pub fn bare_spec(to: &mut Map<'_>, opaque: &Opaque<'_>) {
    match opaque.kind {
        "DestinationRule" => to.text("host", opaque.host),
        _ => to.texts("hosts", [opaque.host]),
    }
}

/// Puts fields over a value: maps are merged name by name, everything else is replaced.
fn put(value: &mut Value, fields: &Fields<'_>) {
    match (value, fields) {
        (Value::Map(entries), Fields::Map(over)) => {
            // Few names are there already; how many come is up to whoever writes them.
            let there = entries.len();
            let mut added: HashMap<&str, usize> = HashMap::with_capacity(over.len());
            entries.reserve(over.len());
            for (name, field) in over {
                let old = entries[..there].iter().position(|(key, _)| key == name);
                match old.or_else(|| added.get(name).copied()) {
                    Some(index) => put(&mut entries[index].1, field),
                    None => {
                        added.insert(name, entries.len());
                        entries.push(((*name).to_owned(), fresh(field)));
                    }
                }
            }
        }
        (value, fields) => *value = fresh(fields),
    }
}

fn fresh(fields: &Fields<'_>) -> Value {
    match fields {
        Fields::Null => Value::Null,
        Fields::Bool(value) => Value::Bool(*value),
        Fields::Number(text) => Value::Number((*text).to_owned()),
        Fields::Text(text) => Value::Text((*text).to_owned()),
        Fields::List(items) => Value::List(items.iter().map(fresh).collect()),
        Fields::Map(entries) => {
            Value::Map(entries.iter().map(|(name, field)| ((*name).to_owned(), fresh(field))).collect())
        }
    }
}
