//! `check`: formats and fixes.

use serde_json::Value;

use crate::place::{BAD, GOOD, Place};

fn place() -> Place {
    Place::with(&[("teams/checkout.kdl", BAD)])
}

#[test]
fn success_is_one_line() {
    let run = Place::with(&[("checkout.kdl", GOOD)]).run(&["check"]).exits(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", "meshc: ok: 1 file\n"));
}

#[test]
fn compact_is_one_line_each() {
    let run = place().run(&["check", "--format", "compact"]).exits(1);
    assert!(run.stderr.starts_with("teams/checkout.kdl:3:13: error["), "{run:?}");
}

#[test]
fn json_has_a_version_and_every_finding() {
    let run = place().run(&["check", "--format", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["schema"], "meshc.dev/check/v1");
    assert_eq!((&report["errors"], &report["warnings"]), (&1.into(), &0.into()));
    let finding = &report["findings"][0];
    assert_eq!((&finding["file"], &finding["level"]), (&"teams/checkout.kdl".into(), &"error".into()));
    assert_eq!((&finding["line"], &finding["column"]), (&3.into(), &13.into()));
    assert!(finding["fix"][0]["text"].is_string(), "{finding}");
}

#[test]
fn sarif_has_rules_fingerprints_and_fixes() {
    let run = place().run(&["check", "--format", "sarif"]);
    let sarif: Value = serde_json::from_str(&run.stdout).unwrap();
    let run = &sarif["runs"][0];
    let result = &run["results"][0];
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], result["ruleId"]);
    let physical = &result["locations"][0]["physicalLocation"];
    assert_eq!(physical["artifactLocation"]["uri"], "teams/checkout.kdl");
    assert_eq!(physical["region"]["startLine"], 3);
    assert!(
        result["fixes"][0]["artifactChanges"][0]["replacements"][0]["deletedRegion"].is_object(),
        "{result}"
    );
    let moved = Place::with(&[("teams/checkout.kdl", &format!("// one line more\n{BAD}"))]);
    let moved: Value = serde_json::from_str(&moved.run(&["check", "--format", "sarif"]).stdout).unwrap();
    assert_eq!(moved["runs"][0]["results"][0]["partialFingerprints"], result["partialFingerprints"]);
}

#[test]
fn github_gets_workflow_commands() {
    let run = place().run(&["check", "--format", "github"]);
    assert!(run.stdout.starts_with("::error file=teams/checkout.kdl,line=3,endLine=3,col=13,"), "{run:?}");
}

#[test]
fn fixes_are_applied_and_the_rest_is_kept() {
    let place = place();
    place.run(&["check", "--fix"]).exits(0).says("meshc: fixed 1 finding\n").says("meshc: ok: 1 file");
    assert_eq!(place.read("teams/checkout.kdl"), BAD.replace("5s", "\"5s\""));
    place.run(&["check", "--fix"]).exits(0).says("meshc: fixed 0 findings");
}

#[test]
fn colour_is_asked_for_or_absent() {
    let place = place();
    assert!(!place.run(&["check"]).stderr.contains('\u{1b}'));
    assert!(place.run(&["check", "--color", "always"]).stderr.contains('\u{1b}'));
}

#[test]
fn patterns_count_in_the_root_file_alone() {
    let mesh = "mesh shop { include \"teams/**/*.kdl\" }\nservice cart { port 80 http; timeout \"1s\" }\n";
    let place = Place::with(&[("shop.kdl", mesh)]);
    place.run(&["check"]).exits(0).says("warning[unused-include]").says("call this file `mesh.kdl`");
}
