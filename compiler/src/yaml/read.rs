//! Reading a document back.

use serde_yaml::Value as Read;

use super::Value;

/// Reads one document, or nothing where it is none.
#[must_use]
pub fn read(text: &[u8]) -> Option<Value> {
    serde_yaml::from_slice::<Read>(text).ok().map(value)
}

fn value(read: Read) -> Value {
    match read {
        Read::Null => Value::Null,
        Read::Bool(value) => Value::Bool(value),
        Read::Number(number) => Value::Number(number.to_string()),
        Read::String(text) => Value::Text(text),
        Read::Sequence(items) => Value::List(items.into_iter().map(value).collect()),
        Read::Mapping(entries) => {
            Value::Map(entries.into_iter().map(|(key, item)| (key_text(key), value(item))).collect())
        }
        Read::Tagged(tagged) => value(tagged.value),
    }
}

fn key_text(key: Read) -> String {
    match value(key) {
        Value::Text(text) | Value::Number(text) => text,
        Value::Null => "null".into(),
        Value::Bool(flag) => flag.to_string(),
        Value::List(_) | Value::Map(_) => String::new(),
    }
}
