//! What an Application may set, and what is said about the rest.

use serde_json::Value;

use super::process::generate;
use super::top;
use crate::place::{Run, meshc, run};

/// Generates acme with these parameters.
fn acme(parameters: &str) -> Run {
    generate(&top(), "examples/acme", &[("ARGOCD_APP_PARAMETERS", parameters)])
}

#[test]
fn bad_parameters_are_refused_with_what_there_is() {
    for (parameters, says) in [
        (r#"[{"name":"evn","string":"prod"}]"#, "there is no parameter `evn`; did you mean `env`?"),
        (r#"[{"name":"values","map":{}}]"#, "there is no parameter `values`; there are env, only, today"),
        (r#"[{"name":"env","array":["prod"]}]"#, "`env` is one text: set it with `string:`"),
        (r#"[{"name":"env","string":"prod","map":{"a":"b"}}]"#, "`env` is one text: set it with `string:`"),
        (r#"[{"name":"env","string":"a"},{"name":"env","string":"b"}]"#, "`env` is set twice"),
        (r#"[{"string":"prod"}]"#, "has a parameter without a name"),
        (r#"["env"]"#, "has an item that is no parameter"),
        (r#"{"env":"prod"}"#, "is not the list that Argo CD makes"),
        (r#"[{"name":"env","#, "is not the list that Argo CD makes"),
        ("", "the output differs by environment"),
        ("null", "the output differs by environment"),
        (r#"[{"name":"env","string":""}]"#, "the output differs by environment"),
        (r#"[{"name":"env","string":"prd"}]"#, "there is no environment `prd`; there are dev, staging, prod"),
        (r#"[{"name":"env","string":"prod"},{"name":"only","string":"shop"}]"#, "say `namespace=NAME`"),
        (r#"[{"name":"env","string":"prod"},{"name":"today","string":"soon"}]"#, "write year, month and day"),
    ] {
        acme(parameters).exits(2).says(says);
    }
    acme(r#"[{"name":"env","string":"prod"},{"name":"today","string":"2030-01-01"}]"#)
        .exits(1)
        .says("2027-03-31");
    generate(&top(), "examples/acme", &[("ARGOCD_ENV_MESHC_EVN", "prod")]).exits(2).says(
        "`MESHC_EVN` in `spec.source.plugin.env` means nothing; there are MESHC_ENV, MESHC_ONLY, MESHC_TODAY",
    );
}

#[test]
fn what_is_refused_is_shown_without_control_characters() {
    let hostile = r"\u001b[31m\n::error::x\u202e";
    for parameters in [
        format!(r#"[{{"name":"{hostile}","string":"prod"}}]"#),
        format!(r#"[{{"name":"env","string":"{hostile}"}}]"#),
        format!(r#"[{{"name":"env","string":"prod"}},{{"name":"only","string":"{hostile}"}}]"#),
        format!(r#"[{{"name":"env","string":"prod"}},{{"name":"only","string":"owner={hostile}"}}]"#),
        format!(r#"[{{"name":"env","string":"prod"}},{{"name":"today","string":"{hostile}"}}]"#),
        format!(r#"{{"name":"{hostile}"}}"#),
    ] {
        let run = acme(&parameters);
        assert_ne!(run.exit, Some(0), "{run:?}");
        assert!(!run.stderr.contains(['\x1b', '\u{202e}']) && !run.stderr.contains("\n::"), "{run:?}");
    }
}

#[test]
fn a_parameter_beats_a_variable() {
    let dev = r#"[{"name":"env","string":"dev"},{"name":"today"}]"#;
    let of_dev = acme(dev).exits(0).stdout;
    let set = [("ARGOCD_ENV_MESHC_ENV", "prod"), ("ARGOCD_APP_PARAMETERS", "null")];
    let of_prod = generate(&top(), "examples/acme", &set).exits(0).stdout;
    assert_ne!(of_dev, of_prod);
    let both = [("ARGOCD_ENV_MESHC_ENV", "prod"), ("ARGOCD_APP_PARAMETERS", dev)];
    assert_eq!(generate(&top(), "examples/acme", &both).exits(0).stdout, of_dev);
}

#[test]
fn a_project_is_announced_even_with_mistakes() {
    let acme = run(meshc(&top().join("examples/acme")).args(["argocd", "parameters"]), b"").exits(0);
    let announced: Value = serde_json::from_str(&acme.stdout).unwrap();
    let names: Vec<_> =
        announced.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["env", "only", "today"]);
    assert_eq!(announced[0]["required"], true);
    assert!(announced[0]["tooltip"].as_str().unwrap().contains("dev, staging, prod"));
    assert!(announced[1]["tooltip"].as_str().unwrap().contains("no-owner, owner=payments"));
    let place = crate::place::Place::with(&[("mesh.kdl", "mesh a { envs dev prod }\nservice {\n")]);
    let broken = place.run(&["argocd", "parameters"]).exits(0).says("the project has mistakes");
    let announced: Value = serde_json::from_str(&broken.stdout).unwrap();
    assert!(announced[0]["tooltip"].as_str().unwrap().contains("dev, prod"));
}
