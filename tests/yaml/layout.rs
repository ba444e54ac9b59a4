//! What the text looks like, and which strings stay without quotes.

use meshc_compiler::yaml::{self, Format, Key, Map, Stream, Value};

fn text_of(format: Format, fill: impl FnOnce(&mut Map<'_>)) -> String {
    let mut out = Vec::new();
    yaml::one(&mut out, format, fill).expect("a vector takes all");
    String::from_utf8(out).expect("text")
}

fn sample(map: &mut Map<'_>) {
    map.text("kind", "Gateway");
    map.map("metadata", |metadata| metadata.display("name", format_args!("{}-{}", "a", 1)));
    map.map("none", |_| {});
    map.list("nothing", |_| {});
    map.maps("http", [1, 2], |route, weight| {
        route.maps("match", ["no"], |test, text| test.map("uri", |uri| uri.text("exact", text)));
        route.number("weight", weight);
    });
    map.list("mixed", |list| {
        list.list(|inner| {
            inner.number(-1);
            inner.list(|_| {});
        });
        list.map(|_| {});
        list.flag(false);
        list.decimal(0.5);
        list.null();
    });
    let raw = vec![
        ("a".to_owned(), Value::Number("1".to_owned())),
        ("b".to_owned(), Value::List(vec![Value::Null])),
    ];
    map.value("raw", &Value::Map(raw));
}

#[test]
fn yaml_is_laid_out_as_kubectl_does() {
    let expected = "\
kind: Gateway
metadata:
  name: a-1
none: {}
nothing: []
http:
- match:
  - uri:
      exact: \"no\"
  weight: 1
- match:
  - uri:
      exact: \"no\"
  weight: 2
mixed:
- - -1
  - []
- {}
- false
- 0.5
- null
raw:
  a: 1
  b:
  - null
";
    assert_eq!(text_of(Format::Yaml, sample), expected);
}

#[test]
fn json_is_laid_out_with_two_spaces() {
    let text = text_of(Format::Json, sample);
    let read: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let ours: serde_json::Value = super::readers::serde_yaml(text_of(Format::Yaml, sample).as_bytes());
    assert_eq!(read, ours);
    let head = "{\n  \"kind\": \"Gateway\",\n  \"metadata\": {\n    \"name\": \"a-1\"\n  },\n  \"none\": {},\n  \"nothing\": [],\n";
    assert!(text.starts_with(head) && text.ends_with("  }\n}\n"), "{text}");
}

#[test]
fn a_stream_of_json_is_a_list() {
    for (count, items) in [(0, "[]"), (1, "[\n    {\n      \"a\": 1\n    }\n  ]"), (2, "")] {
        let mut out = Vec::new();
        let mut stream = Stream::new(&mut out, Format::Json);
        (0..count).for_each(|_| stream.document(|map| map.number("a", 1)));
        stream.finish().expect("a vector takes all");
        let text = String::from_utf8(out).expect("text");
        let read: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(read["items"].as_array().map(Vec::len), Some(count));
        assert_eq!((&read["kind"], &read["apiVersion"]), (&"List".into(), &"v1".into()));
        assert!(text.contains(&format!("\"items\": {items}")), "{text}");
    }
}

#[test]
fn numbers_are_numbers_everywhere() {
    let good = ["0", "-0", "10", "-1.5", "1e3", "1.0E-7"];
    let bad = ["", "-", ".5", "5.", "01", "+1", "0x1F", ".inf", "1e", "1e+", "1_000", "12:30", "NaN", "1 "];
    for number in good.iter().chain(&bad) {
        let text = text_of(Format::Json, |map| map.value(Key::of("n"), &Value::Number((*number).to_owned())));
        let read: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(read["n"].is_number(), good.contains(number), "{number}");
    }
    let extremes = text_of(Format::Yaml, |map| {
        map.number("least", i128::MIN);
        map.number("most", u64::MAX);
        map.decimal("none", f64::NAN);
    });
    assert_eq!(extremes, format!("least: {}\nmost: {}\nnone: null\n", i128::MIN, u64::MAX));
}

#[test]
fn what_people_write_every_day_has_no_quotes() {
    for text in [
        "networking.istio.io/v1",
        "reviews.default.svc.cluster.local",
        "/api/v1",
        "5s",
        "1h30m",
        "10.0.0.0/8",
        "a b",
        "a:b",
        "a#b",
        "\\d+",
        ".*\\.jpg",
        "5xx,reset",
        "(a|b)",
        "^/v[0-9]+$",
        "x-canary",
        "spiffe://cluster.local/ns/a",
        "it's",
        "say \"hi\"",
        "v1",
        "$1",
        "notes",
        "only",
        "24h",
        ".well-known",
        "100ms",
        "GET",
        "HTTP",
    ] {
        assert!(yaml::is_plain(text), "{text}");
    }
}

#[test]
fn hidden_characters_are_shown() {
    for (text, expected) in [
        ("a\"\\", r#""a\"\\""#),
        ("\n\t\r\u{0}\u{7f}", r#""\n\t\r\u0000\u007f""#),
        ("\u{202e}x\u{200b}", r#""\u202ex\u200b""#),
        ("é😀", "\"é😀\""),
        ("\u{e0041}", r#""\U000e0041""#),
    ] {
        assert_eq!(yaml::quoted(Format::Yaml, text), expected);
    }
    assert_eq!(yaml::quoted(Format::Json, "\u{e0041}"), r#""\udb40\udc41""#);
}

#[test]
fn a_long_key_is_announced() {
    let key = "k".repeat(1001);
    let text = text_of(Format::Yaml, |map| map.map("m", |inner| inner.texts(Key::of(&key), ["a"])));
    assert_eq!(text, format!("m:\n  ? {key}\n  :\n  - a\n"));
}
