//! What we write, other people's readers read: every string comes back as itself.

mod layout;
mod readers;
mod sink;
mod torture;

use meshc_compiler::yaml::{self, Format, Key, List, Map, Stream, Value};
use serde_json::json;

/// Strings as values, as keys, as items and as items of items.
fn everywhere(map: &mut Map<'_>, strings: &[&str]) {
    map.map("values", |values| {
        for (index, text) in strings.iter().enumerate() {
            values.text(Key::of(&format!("k{index}")), text);
        }
    });
    map.map("keys", |keys| {
        strings.iter().zip(0..).for_each(|(text, index)| keys.number(Key::of(text), index))
    });
    map.map("heads", |heads| strings.iter().for_each(|text| heads.texts(Key::of(text), [text])));
    map.texts("items", strings);
    map.list("nested", |list| {
        strings.iter().for_each(|text| list.list(|inner: &mut List<'_>| inner.display(text)))
    });
    map.maps("maps", strings, |inner, text| inner.value(Key::of(text), &Value::Text((*text).to_owned())));
}

fn expected(strings: &[&str]) -> serde_json::Value {
    let values: serde_json::Map<_, _> =
        strings.iter().enumerate().map(|(index, text)| (format!("k{index}"), json!(text))).collect();
    let keys: serde_json::Map<_, _> =
        strings.iter().enumerate().map(|(index, text)| ((*text).to_owned(), json!(index))).collect();
    let heads: serde_json::Map<_, _> =
        strings.iter().map(|text| ((*text).to_owned(), json!([text]))).collect();
    let nested: Vec<_> = strings.iter().map(|text| json!([text])).collect();
    let maps: Vec<_> = strings.iter().map(|text| json!({ *text: text })).collect();
    json!({ "values": values, "keys": keys, "heads": heads, "items": strings, "nested": nested, "maps": maps })
}

fn written(format: Format, strings: &[&str]) -> Vec<u8> {
    let mut out = Vec::new();
    yaml::one(&mut out, format, |map| everywhere(map, strings)).expect("a vector takes all");
    out
}

/// Compares string by string first, so that a failure names the string and not a megabyte.
#[track_caller]
fn assert_same(reader: &str, read: &serde_json::Value, strings: &[&str]) {
    for (index, text) in strings.iter().enumerate() {
        assert_eq!(read["values"][format!("k{index}")], **text, "{reader}: as a value");
        assert_eq!(read["keys"][*text], index, "{reader}: {text:?} as a key");
        assert_eq!(read["items"][index], **text, "{reader}: as an item");
    }
    assert!(*read == expected(strings), "{reader} reads another structure");
}

#[test]
fn serde_yaml_reads_every_string_back() {
    let strings = torture::strings();
    let strings: Vec<&str> = strings.iter().map(String::as_str).collect();
    assert_same("serde_yaml", &readers::serde_yaml(&written(Format::Yaml, &strings)), &strings);
}

#[test]
fn serde_json_reads_every_string_back() {
    let strings = torture::strings();
    let strings: Vec<&str> = strings.iter().map(String::as_str).collect();
    let text = written(Format::Json, &strings);
    let read = serde_json::from_slice(&text).expect("serde_json reads what we write");
    assert_same("serde_json", &read, &strings);
}

#[test]
fn pyyaml_reads_every_string_back() {
    let strings = torture::strings();
    // PyYAML takes minutes for the strings that are long on purpose, and learns nothing from the last one.
    let strings: Vec<&str> = strings.iter().map(String::as_str).filter(|text| text.len() < 10_000).collect();
    if let Some(documents) = readers::pyyaml("strings.yaml", &written(Format::Yaml, &strings)) {
        assert_same("PyYAML", &documents[0], &strings);
    }
}

#[test]
fn kubectl_reads_every_string_back() {
    let strings = torture::strings();
    let strings: Vec<&str> = strings.iter().map(String::as_str).collect();
    for format in [Format::Yaml, Format::Json] {
        let mut out = Vec::new();
        let object = |map: &mut Map<'_>| {
            map.text("apiVersion", "networking.istio.io/v1");
            map.text("kind", "VirtualService");
            map.map("metadata", |metadata| metadata.text("name", "no"));
            map.map("spec", |spec| everywhere(spec, &strings));
        };
        yaml::one(&mut out, format, object).expect("a vector takes all");
        let name = if format == Format::Yaml { "object.yaml" } else { "object.json" };
        if let Some(read) = readers::kubectl(name, &out) {
            assert_same("kubectl", &read[0]["spec"], &strings);
            assert_eq!(read[0]["metadata"]["name"], "no");
        }
    }
}

#[test]
fn kubectl_reads_a_list_of_objects() {
    let mut out = Vec::new();
    let mut stream = Stream::new(&mut out, Format::Json);
    for name in ["a", "b"] {
        stream.document(|object| {
            object.text("apiVersion", "v1");
            object.text("kind", "ConfigMap");
            object.map("metadata", |metadata| metadata.text("name", name));
        });
    }
    stream.finish().expect("a vector takes all");
    if let Some(read) = readers::kubectl("list.json", &out) {
        assert_eq!(read.len(), 2);
        assert_eq!(read[1]["metadata"], json!({ "name": "b", "labels": { "x": "y" } }));
    }
}

#[test]
fn pyyaml_reads_several_documents() {
    let mut out = Vec::new();
    let mut stream = Stream::new(&mut out, Format::Yaml);
    stream.document(|object| object.null("a"));
    stream.document(|_| {});
    stream.document(|object| object.texts(Key::of("---"), ["...", "--- a"]));
    assert_eq!(stream.documents(), 3);
    stream.finish().expect("a vector takes all");
    if let Some(documents) = readers::pyyaml("documents.yaml", &out) {
        assert_eq!(documents, [json!({ "a": null }), json!({}), json!({ "---": ["...", "--- a"] })]);
    }
}
