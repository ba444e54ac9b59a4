//! Reports for programs: each is read by what reads it elsewhere, as far as that is here.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;

use super::{AFTER, BEFORE, diff};
use crate::man::fits;
use crate::place::{GOOD, Place};

#[test]
fn json_is_what_its_schema_says() {
    let schema = Place::with(&[]).run(&["schema", "diff"]).exits(0).stdout;
    let parsed: Value = serde_json::from_str(&schema).unwrap();
    let broken = "service {";
    let raw = format!("{GOOD}service x {{ port 80 http; timeout \"1s\" }}\n");
    let place = Place::with(&[("schema.json", &schema)]);
    let mut documents = BTreeSet::new();
    for (before, after) in [(BEFORE, AFTER), (AFTER, BEFORE), (BEFORE, BEFORE), (broken, GOOD), (&raw, GOOD)]
    {
        let printed = super::of(before, after, &["--all-envs", "--format", "json"]).exits(0).stdout;
        let document: Value = serde_json::from_str(&printed).unwrap();
        fits(&document, &parsed, &parsed, "$");
        documents.insert(document["verdict"].as_str().unwrap().to_owned());
        place.put("document.json", printed.as_bytes());
        let script = "import json, sys\ntry:\n import jsonschema\nexcept ImportError:\n sys.exit()\njsonschema.Draft202012Validator(json.load(open('schema.json'))).validate(json.load(open('document.json')))";
        if let Ok(verdict) = Command::new("python3").args(["-c", script]).current_dir(place.path("")).output()
        {
            assert!(verdict.status.success(), "{}", String::from_utf8_lossy(&verdict.stderr));
        }
    }
    assert_eq!(documents.len(), 3, "{documents:?}");
}

/// Every pair that is kept as an example has a document that fits.
#[test]
fn json_of_every_golden_pair_is_what_its_schema_says() {
    let schema = Place::with(&[]).run(&["schema", "diff"]).exits(0).stdout;
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/../../golden/diff");
    let cases = fs::read_dir(golden).into_iter().flatten().map(|case| case.unwrap().path());
    for case in cases.filter(|case| case.join("before").is_dir() && case.join("after").is_dir()) {
        let run = crate::place::run(
            crate::place::meshc(&case).args([
                "diff",
                "before",
                "after",
                "--all-envs",
                "--format",
                "json",
                "--exit-zero",
            ]),
            b"",
        );
        if run.stdout.is_empty() {
            continue;
        }
        fits(&serde_json::from_str(&run.stdout).unwrap(), &schema, &schema, "$");
    }
}

#[test]
fn a_change_of_several_environments_is_one() {
    let text = diff(&["--all-envs", "--format", "json"]).exits(0).stdout;
    let document: Value = serde_json::from_str(&text).unwrap();
    let changes = document["changes"].as_array().unwrap();
    let envs = |rule: &str| -> Vec<&Value> {
        changes.iter().filter(|change| change["rule"] == rule).map(|change| &change["envs"]).collect()
    };
    assert_eq!(envs("egress-opened"), [&serde_json::json!(["dev", "prod"])]);
    assert!(envs("weight-shifted").iter().all(|envs| **envs == serde_json::json!(["prod"])));
    assert_eq!(document["counts"]["critical"], 2);
}

#[test]
fn sarif_has_a_rule_a_place_and_a_fingerprint_for_each() {
    let text = diff(&["--all-envs", "--format", "sarif"]).exits(0).stdout;
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["version"], "2.1.0");
    let run = &document["runs"][0];
    let rules: BTreeSet<&str> = run["tool"]["driver"]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    let mut prints = BTreeSet::new();
    for result in run["results"].as_array().unwrap() {
        assert!(rules.contains(result["ruleId"].as_str().unwrap()), "{result}");
        let place = &result["locations"][0]["physicalLocation"];
        assert!(place["artifactLocation"]["uri"].as_str().unwrap().ends_with("/shop.kdl"), "{result}");
        assert!(place["region"]["startLine"].as_u64().unwrap() > 0);
        assert!(prints.insert(result["partialFingerprints"]["meshcDiff/v1"].as_str().unwrap()), "{result}");
        assert!(!result["message"]["text"].as_str().unwrap().contains("[x](y)"), "{result}");
    }
}

#[test]
fn workflow_commands_are_one_line_each_and_no_more_than_are_shown() {
    let text = diff(&["--all-envs", "--format", "github"]).exits(0).stdout;
    assert!(text.lines().all(|line| line.starts_with("::")), "{text}");
    assert!(text.starts_with("::error file=new/shop.kdl,line=12,"), "{text}");
    assert!(text.lines().last().unwrap().starts_with("::notice title=meshc diff::2 critical, "), "{text}");
    let shop = |weight: u32| {
        let of = |n| {
            format!(
                "service s{n} {{ port 80 http; version v1; version v2; serve v1; canary v2 percent={} }}\n",
                weight + n
            )
        };
        (0..20).map(of).collect::<String>()
    };
    let text = super::of(&shop(1), &shop(60), &["--format", "github"]).exits(0).stdout;
    assert_eq!(text.lines().filter(|line| line.starts_with("::error")).count(), 10, "{text}");
    assert!(text.contains("10 of them not shown here"), "{text}");
}

#[test]
fn gitlab_tells_findings_apart() {
    let text = diff(&["--all-envs", "--format", "gitlab"]).exits(0).stdout;
    let issues: Vec<Value> = serde_json::from_str(&text).unwrap();
    let prints: BTreeSet<&str> = issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(prints.len(), issues.len());
    let severities = ["info", "minor", "major", "critical", "blocker"];
    for issue in &issues {
        assert!(severities.contains(&issue["severity"].as_str().unwrap()), "{issue}");
        assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() > 0);
        assert!(issue["location"]["path"].as_str().unwrap().ends_with("shop.kdl"));
    }
    assert_eq!(super::of(GOOD, GOOD, &["--format", "gitlab"]).exits(0).stdout, "[]\n");
}

#[test]
fn every_rule_is_explained() {
    let place = Place::with(&[]);
    let list = place.run(&["explain"]).exits(0).stdout;
    for rule in meshc_compiler::diff::rules() {
        let first = rule.doc.lines().next().unwrap();
        assert!(first.ends_with('.') && first.len() > 20 && first.len() < 130, "{}: {first}", rule.slug);
        assert!(list.contains(&format!("{} ", rule.slug)), "{}", rule.slug);
        let text = place.run(&["explain", rule.slug]).exits(0).stdout;
        assert!(text.starts_with(rule.slug) && text.contains(rule.category.word()), "{text}");
        assert!(rule.mirror == rule.slug || text.contains(rule.mirror), "{text}");
    }
}
