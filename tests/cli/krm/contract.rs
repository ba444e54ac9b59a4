//! A list in, a list out.

use serde_json::{Value, json};

use super::{OTHER, inline, items, krm, list};
use crate::place::{BAD, GOOD, Place};

fn parsed(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

#[test]
fn what_is_not_ours_goes_through_byte_for_byte() {
    let run = krm(&Place::with(&[]), &list(OTHER, &inline(GOOD))).exits(0);
    assert!(items(&run).starts_with(OTHER), "{}", run.stdout);
    let made = &parsed(&run.stdout)["items"][1];
    assert_eq!((&made["kind"], &made["metadata"]["name"]), (&json!("VirtualService"), &json!("checkout")));
    let annotations = &made["metadata"]["annotations"];
    assert_eq!(annotations["internal.config.kubernetes.io/path"], "default/virtualservice-checkout.yaml");
    assert_eq!(parsed(&run.stdout)["functionConfig"]["kind"], "MeshcGenerator");
    // Deeper, as some write it, and without anything else in it.
    let deeper: String = OTHER.lines().map(|line| format!("  {line}\n")).collect();
    assert!(items(&krm(&Place::with(&[]), &list(&deeper, &inline(GOOD))).exits(0)).starts_with(&deeper));
}

#[test]
fn run_again_it_changes_nothing() {
    let place = Place::with(&[]);
    let once = krm(&place, &list(OTHER, &inline(GOOD))).exits(0).stdout;
    let twice = krm(&place, &once).exits(0).stdout;
    assert_eq!(once, twice);
}

#[test]
fn what_was_made_before_is_renewed_where_it_is_or_goes() {
    let place = Place::with(&[]);
    let both = format!("{GOOD}{}", GOOD.replace("checkout", "reviews"));
    let before = krm(&place, &list("", &inline(&both))).exits(0).stdout;
    let moved = before.replace("default/virtualservice-checkout.yaml", "mine/here.yaml");
    let (kept, _) = moved.split_once("functionConfig:").unwrap();
    let next: String = inline(&GOOD.replace("5s", "7s")).lines().map(|line| format!("  {line}\n")).collect();
    let after = parsed(&krm(&place, &format!("{kept}functionConfig:\n{next}")).exits(0).stdout);
    let items = after["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{after}");
    assert_eq!(items[0]["metadata"]["annotations"]["internal.config.kubernetes.io/path"], "mine/here.yaml");
    assert_eq!(items[0]["spec"]["http"][0]["timeout"], "7s");
    // Another function's are none of its business.
    let other = format!("{kept}functionConfig:\n{next}").replace("{name: mesh}", "{name: other}");
    let run = krm(&place, &other);
    assert_eq!(run.exit, Some(1));
    run.says("is there already, and this function did not make it");
}

#[test]
fn findings_are_results() {
    let place = Place::with(&[]);
    let run = krm(&place, &list(OTHER, &inline(BAD)));
    assert_eq!(run.exit, Some(1), "{run:?}");
    assert_eq!(items(&run), OTHER);
    let result = &parsed(&run.stdout)["results"][0];
    assert_eq!((&result["severity"], &result["field"]["path"]), (&json!("error"), &json!("spec.intent")));
    assert_eq!((&result["tags"]["line"], &result["tags"]["column"]), (&json!("3"), &json!("13")));
    assert!(
        result["message"].as_str().unwrap().contains("5s") && result["tags"]["code"].is_string(),
        "{result}"
    );
    let file = Place::with(&[("a.kdl", BAD)]);
    let run = krm(&file, &list("", "kind: X\nspec: {files: [a.kdl]}"));
    assert_eq!(parsed(&run.stdout)["results"][0]["file"]["path"], "a.kdl");
    let warned = GOOD.replace("timeout \"5s\"", "headers { set x-a=\"${A}\" }");
    let run = krm(&place, &list("", &inline(&warned))).exits(0);
    assert_eq!(parsed(&run.stdout)["results"][0]["severity"], "warning");
}

#[test]
fn intent_comes_from_files_a_config_map_or_the_project() {
    let place = Place::with(&[
        ("mesh.kdl", "mesh shop { envs dev prod }\n"),
        ("a/checkout.kdl", GOOD),
        ("b.kdl", BAD),
    ]);
    let map: String = GOOD.lines().map(|line| format!("    {line}\n")).collect();
    let map = format!("apiVersion: v1\nkind: ConfigMap\ndata:\n  checkout.kdl: |\n{map}");
    for config in [
        "spec: {files: [mesh.kdl, a/checkout.kdl], env: prod}",
        "kind: ConfigMap\ndata: {files: a/checkout.kdl}",
        &map,
    ] {
        let run = krm(&place, &list("", config)).exits(0);
        assert_eq!(parsed(&run.stdout)["items"][0]["metadata"]["name"], "checkout", "{config}");
    }
    // Without a word about it, all of the folder is meant.
    for config in ["", "kind: ConfigMap\ndata: {env: prod}"] {
        let run = krm(&place, &list("", config));
        assert_eq!(parsed(&run.stdout)["results"][0]["file"]["path"], "b.kdl", "{config}");
    }
}

#[test]
fn a_configuration_that_says_nothing_good_is_a_result() {
    let place =
        Place::with(&[("a.kdl", GOOD), ("mesh.kdl", "mesh shop { envs dev prod }\n"), ("empty.kdl", "")]);
    for (config, says) in [
        ("spec: {evn: prod}", "`spec.evn` means nothing here; did you mean `spec.env`?"),
        ("spec: {env: 7}", "`spec.env` of the function's configuration is no text"),
        ("spec: {env: pord}", "there are dev, prod"),
        ("spec: {only: everything}", "say `namespace=NAME`"),
        ("spec: {today: soon}", "write year, month and day"),
        ("spec: {files: []}", "is no list of paths"),
        ("spec: {files: [../a.kdl]}", "../a.kdl"),
        ("spec: {files: [/etc/passwd]}", "is not below this folder"),
        ("spec: {files: [nowhere.kdl]}", "cannot find \"nowhere.kdl\""),
        ("spec: {files: [empty.kdl]}", "what was generated before would go"),
        ("spec: {files: [a.kdl], intent: service}", "not from both"),
        ("spec: text", "is no map"),
    ] {
        let run = krm(&place, &list(OTHER, config));
        assert_eq!((run.exit, items(&run).as_str()), (Some(1), OTHER), "{run:?}");
        let message = parsed(&run.stdout)["results"][0]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(says), "{config}: {message}");
    }
}

#[test]
fn more_files_than_a_project_has_are_refused() {
    let texts: String = (0..20_001).map(|number| format!("  f{number}.kdl: \"\"\n")).collect();
    let config = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: mesh}}\ndata:\n{texts}");
    let paths = "a.kdl ".repeat(20_001);
    let named =
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: mesh}}\ndata: {{files: {paths}}}\n");
    for config in [config, named] {
        let run = krm(&Place::with(&[]), &list("", &config));
        assert_eq!(run.exit, Some(1));
        run.says("a project has at most 20000 files");
    }
}

#[test]
fn what_is_no_list_is_usage() {
    let place = Place::with(&[]);
    for input in
        ["", "text", "[]", "kind: List\napiVersion: v1\n", "{", "apiVersion: x\nkind: ResourceList\n"]
    {
        krm(&place, input).exits(2);
    }
    let flow = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: [{kind: A}]\n";
    krm(&place, flow).exits(2).says("not in block style");
}

#[test]
fn a_list_may_be_json_and_of_the_older_version() {
    let config = json!({ "kind": "X", "spec": { "intent": GOOD } });
    let other = json!({ "apiVersion": "v1", "kind": "ConfigMap", "data": { "on": "yes", "n": 1 } });
    let list = json!({
        "apiVersion": "config.kubernetes.io/v1beta1", "kind": "ResourceList", "items": [other], "functionConfig": config
    });
    let out = parsed(&krm(&Place::with(&[]), &list.to_string()).exits(0).stdout);
    assert_eq!((&out["items"][0], &out["functionConfig"]), (&other, &config));
    assert_eq!(out["items"].as_array().unwrap().len(), 2);
}
