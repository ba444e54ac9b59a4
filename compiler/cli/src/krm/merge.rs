//! New objects among resources: those of an earlier run make place for them, others stay as they are.

use std::collections::BTreeMap;

use anyhow::bail;
use meshc_compiler::yaml::Value;

use super::list::{Item, field};
use super::make::New;

/// By which a function knows what it made.
const MADE_BY: &str = "meshc.dev/function";

/// Where a resource is kept, for kpt and whatever else writes lists into folders.
const PATH: &str = "internal.config.kubernetes.io/path";

/// What the annotations begin with that are about a list and its files, not about a cluster.
const ABOUT_FILES: [&str; 3] = ["internal.config.kubernetes.io/", "config.kubernetes.io/", "config.k8s.io/"];

/// What makes a resource this one and not another.
type Identity = (String, String, String, String);

/// Returns the resources with the new objects among them.
pub fn merge(items: Vec<Item>, new: Vec<New>, function: &str, indent: &str) -> anyhow::Result<Vec<Item>> {
    let mut order = Vec::new();
    let mut waiting = BTreeMap::new();
    for object in new {
        let identity = identity(&Value::Map(object.fields.clone()));
        order.push(identity.clone());
        waiting.insert(identity, object);
    }
    let mut merged = Vec::new();
    for item in items {
        let own = annotation(&item.value, MADE_BY) == Some(function);
        match (own, waiting.remove(&identity(&item.value))) {
            (false, None) => merged.push(item),
            (true, None) => {}
            (true, Some(object)) => merged.push(renewed(item, object, function, indent)?),
            (false, Some(_)) => {
                let named = |path| match field(&item.value, path) {
                    Some(Value::Text(text)) => text.escape_debug().to_string(),
                    _ => String::new(),
                };
                bail!(
                    "{} {}/{} is there already, and this function did not make it: take {} away, or give ours another \
                     name with `as=`",
                    named(&["kind"]),
                    named(&["metadata", "namespace"]),
                    named(&["metadata", "name"]),
                    annotation(&item.value, PATH).map_or("it".to_owned(), |path| format!("{path:?}")),
                );
            }
        }
    }
    for object in order.iter().filter_map(|identity| waiting.remove(identity)) {
        let annotations = vec![(PATH.to_owned(), object.path.clone())];
        merged.push(Item::new(annotated(object, annotations, function), indent)?);
    }
    Ok(merged)
}

/// Puts an object where an earlier one of the same identity was. What did not change stays as it is written.
fn renewed(item: Item, object: New, function: &str, indent: &str) -> anyhow::Result<Item> {
    let kept = match field(&item.value, &["metadata", "annotations"]) {
        Some(Value::Map(all)) => {
            let about_files = |key: &str| ABOUT_FILES.iter().any(|prefix| key.starts_with(prefix));
            let text = |value: &Value| match value {
                Value::Text(text) => Some(text.clone()),
                _ => None,
            };
            all.iter()
                .filter(|(key, _)| about_files(key))
                .filter_map(|(key, value)| Some((key.clone(), text(value)?)))
                .collect()
        }
        _ => Vec::new(),
    };
    let value = annotated(object, kept, function);
    match sorted(&value) == sorted(&item.value) {
        true => Ok(item),
        false => Item::new(value, indent),
    }
}

fn annotated(object: New, more: Vec<(String, String)>, function: &str) -> Value {
    let mut fields = object.fields;
    let metadata = fields.iter_mut().find(|(key, _)| key == "metadata");
    if let Some((_, Value::Map(metadata))) = metadata
        && let Some((_, Value::Map(annotations))) = metadata.iter_mut().find(|(key, _)| key == "annotations")
    {
        let own = (MADE_BY.to_owned(), function.to_owned());
        annotations.extend(more.into_iter().chain([own]).map(|(key, value)| (key, Value::Text(value))));
        annotations.sort_by(|(a, _), (b, _)| a.cmp(b));
    }
    Value::Map(fields)
}

/// Returns a value whose maps are sorted, because the order of their keys means nothing.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Map(entries) => {
            let mut entries: Vec<_> =
                entries.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Map(entries)
        }
        Value::List(items) => Value::List(items.iter().map(sorted).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => value.clone(),
    }
}

/// Returns what makes a resource this one. Versions of a group are ways to write the same.
fn identity(value: &Value) -> Identity {
    let text = |path: &[&str]| match field(value, path) {
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    };
    let version = text(&["apiVersion"]);
    let group = version.rsplit_once('/').map_or("", |(group, _)| group).to_owned();
    (group, text(&["kind"]), text(&["metadata", "namespace"]), text(&["metadata", "name"]))
}

fn annotation<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    match field(value, &["metadata", "annotations", key]) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}
