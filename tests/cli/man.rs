//! `man`, `schema` and `--version`: what meshc says about itself.

use std::process::Command;

use serde_json::Value;

use crate::place::{BAD, GOOD, Place, run};

#[test]
fn every_command_has_a_page() {
    let place = Place::with(&[]);
    place.run(&["man", "-o", "man1"]).exits(0).says("pages to man1");
    let help = place.run(&["--help"]).exits(0).stdout;
    let commands = help.split("Commands:\n").nth(1).unwrap().lines().take_while(|line| !line.is_empty());
    for command in commands.map(|line| line.split_whitespace().next().unwrap()) {
        let page = place.read(&format!("man1/meshc-{command}.1"));
        assert!(page.contains(&format!(".TH MESHC-{} 1", command.to_uppercase())), "{page}");
        assert!(page.contains(".SH EXAMPLES\n.nf\n"), "{page}");
        assert_eq!(place.run(&["man", command]).exits(0).stdout, page);
    }
    let top = place.read("man1/meshc.1");
    assert_eq!(place.run(&["man"]).exits(0).stdout, top);
    assert!(top.contains("meshc\\-build(1)") && top.contains(".SH START HERE\n.nf\n"), "{top}");
    assert!(place.read("man1/meshc-argocd-generate.1").contains(".TH MESHC-ARGOCD-GENERATE 1"));
    place.run(&["man", "nothing"]).exits(2).says("there is no command `nothing`");
}

#[test]
fn a_reader_of_pages_has_nothing_to_complain_about() {
    let place = Place::with(&[]);
    let page = place.run(&["man", "set"]).exits(0).stdout;
    if Command::new("groff").arg("--version").output().is_ok() {
        let run = run(Command::new("groff").args(["-man", "-ww", "-z", "-Kutf8"]), page.as_bytes()).exits(0);
        assert_eq!(run.stderr, "");
    }
}

#[test]
fn help_says_what_the_first_line_leaves_out() {
    let place = Place::with(&[]);
    assert!(place.run(&["build", "--help"]).stdout.contains("Nothing is printed or written unless"));
    assert!(place.run(&["set", "--help"]).stdout.contains("Nothing is written unless the project builds"));
}

#[test]
fn the_version_is_one_line_and_no_part_of_what_is_built() {
    let place = Place::with(&[("a.kdl", GOOD)]);
    let version = place.run(&["--version"]).exits(0).stdout;
    let number = concat!("meshc ", env!("CARGO_PKG_VERSION"));
    assert!(version.starts_with(number) && version.lines().count() == 1, "{version}");
    if let Some((_, commit)) = version.trim_end().trim_end_matches(')').split_once(" (") {
        assert!(commit.len() >= 7, "{version}");
        assert!(!place.run(&["build"]).stdout.contains(commit));
        assert!(!place.run(&["man"]).stdout.contains(commit));
    }
}

#[test]
fn the_schema_is_that_of_what_check_prints() {
    let schema = Place::with(&[]).run(&["schema", "check"]).exits(0).stdout;
    let parsed: Value = serde_json::from_str(&schema).unwrap();
    let two = format!("{BAD}service reviews {{ port 80 http; serve v1 }}\n");
    for text in [GOOD, BAD, &two, "service", "service a {", "ingress *.com { to nobody }\n"] {
        let place = Place::with(&[("teams/a.kdl", text), ("schema.json", &schema)]);
        let printed = place.run(&["check", "--format", "json"]).stdout;
        let document: Value = serde_json::from_str(&printed).unwrap();
        fits(&document, &parsed, &parsed, "$");
        place.put("document.json", printed.as_bytes());
        // Another's opinion, where there is one.
        let script = "import json, sys\ntry:\n import jsonschema\nexcept ImportError:\n sys.exit()\njsonschema.Draft202012Validator(json.load(open('schema.json'))).validate(json.load(open('document.json')))";
        if let Ok(verdict) = Command::new("python3").args(["-c", script]).current_dir(place.path("")).output()
        {
            assert!(verdict.status.success(), "{}", String::from_utf8_lossy(&verdict.stderr));
        }
    }
}

/// Asserts that a value is what a schema says, and that the schema names every field.
pub fn fits(value: &Value, schema: &Value, root: &Value, path: &str) {
    let mut schemas = vec![schema];
    let mut index = 0;
    while let Some(schema) = schemas.get(index).copied() {
        let referred =
            schema["$ref"].as_str().map(|name| root.pointer(name.trim_start_matches('#')).unwrap());
        schemas.extend(referred);
        // Of alternatives one is for nothing, and the other for everything else.
        let is_for_nothing = |one: &&Value| (one["type"] == "null") == value.is_null();
        schemas.extend(schema["oneOf"].as_array().into_iter().flatten().filter(is_for_nothing));
        schemas.extend(schema["allOf"].as_array().into_iter().flatten());
        index += 1;
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    for schema in &schemas {
        let types =
            schema.get("type").map(|kinds| kinds.as_array().cloned().unwrap_or_else(|| vec![kinds.clone()]));
        assert!(types.is_none_or(|types| types.contains(&kind.into())), "{path} is {kind}: {schema}");
        assert!(schema.get("const").is_none_or(|only| only == value), "{path}");
        assert!(schema["enum"].as_array().is_none_or(|all| all.contains(value)), "{path}");
        let number = value.as_i64();
        let least = schema["minimum"].as_i64().zip(number);
        assert!(least.is_none_or(|(least, number)| number >= least), "{path}");
        for name in schema["required"].as_array().into_iter().flatten() {
            assert!(value.get(name.as_str().unwrap()).is_some(), "{path} has no {name}");
        }
        let items = value.as_array().filter(|_| schema.get("items").is_some());
        for (index, item) in items.into_iter().flatten().enumerate() {
            fits(item, &schema["items"], root, &format!("{path}[{index}]"));
        }
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        let own = |schema: &&Value| schema["properties"].get(name).cloned();
        let any = |schema: &&Value| schema.get("additionalProperties").cloned();
        let mut named = schemas.iter().filter_map(|schema| own(schema).or_else(|| any(schema))).peekable();
        assert!(named.peek().is_some(), "{path}.{name} is not in the schema");
        named.for_each(|schema| fits(inner, &schema, root, &format!("{path}.{name}")));
    }
}
