//! What a team says about changes: levels, waivers, and how much a canary may grow at once. And how a change is applied.

use crate::place::{Place, Run};

const OLD: &str =
    "service reviews { port 9080 http; version v1; version v2; serve v1; canary v2 percent=10 }\n";

/// Two states of a project: the lines of `mesh.kdl`, and a service.
fn pair(old: [&str; 2], new: [&str; 2]) -> Place {
    let place = Place::with(&[]);
    for (folder, [mesh, service]) in [("old", old), ("new", new)] {
        place.put(&format!("{folder}/mesh.kdl"), mesh.as_bytes());
        place.put(&format!("{folder}/reviews.kdl"), service.as_bytes());
    }
    place
}

fn diff(place: &Place, args: &[&str]) -> Run {
    place.run(&[&["diff", "old", "new"], args].concat())
}

fn larger(share: &str) -> String {
    OLD.replace("10", share)
}

/// Returns the fingerprint of the only change.
fn fingerprint(place: &Place) -> String {
    let text = diff(place, &[]).stdout;
    let line = text.lines().find(|line| line.starts_with("  rule ")).unwrap();
    line.split_whitespace().last().unwrap().trim_matches(['(', ')']).to_owned()
}

#[test]
fn a_level_is_that_of_the_old_revision() {
    let mesh = "mesh m { level weight-shifted=info }\n";
    let place = pair([mesh, OLD], [mesh, &larger("50")]);
    assert_eq!(diff(&place, &["--fail-on", "low"]).exit, Some(0));
    let place = pair(["mesh m { }\n", OLD], ["mesh m { level weight-shifted=off }\n", &larger("50")]);
    let run = diff(&place, &["--fail-on", "high"]);
    assert_eq!(run.exit, Some(1), "{run:?}");
    assert!(
        run.stdout.contains("info: `level weight-shifted=off` comes with this change and does not count yet")
    );
    let run = diff(&place, &["--fail-on", "high", "--judge-by", "head"]);
    assert_eq!(run.exit, Some(0), "{run:?}");
    // Traffic differs all the same.
    assert!(run.stdout.ends_with("0 traffic changes, 1 not shown (off)\n"), "{run:?}");
    assert_eq!(diff(&place, &["--exit-code", "--judge-by", "head"]).exit, Some(1));
}

#[test]
fn a_waiver_is_that_of_the_old_revision_and_ends() {
    let new = larger("50");
    let mark = fingerprint(&pair(["mesh m { }\n", OLD], ["mesh m { }\n", &new]));
    let mesh = format!("mesh m {{ waive \"{mark}\" because=\"agreed\" until=\"2027-03-31\" }}\n");
    let place = pair([&mesh, OLD], [&mesh, &new]);
    let run = diff(&place, &["--fail-on", "info"]);
    assert_eq!(run.exit, Some(0), "{run:?}");
    assert!(run.stdout.starts_with("waived: weight-shifted of reviews.default:9080"), "{run:?}");
    let place = pair([&mesh, OLD], ["mesh m { }\n", &new]);
    let run = diff(&place, &["--fail-on", "info", "--today", "2027-04-01"]);
    assert_eq!(run.exit, Some(1), "{run:?}");
    assert!(run.stdout.contains("ended on 2027-03-31, so the change counts"), "{run:?}");
    assert!(diff(&place, &[]).stdout.contains("goes with this change, and counts for the last time"));
    let place = pair(["mesh m { }\n", OLD], [&mesh, &new]);
    let run = diff(&place, &["--fail-on", "info"]);
    assert_eq!(run.exit, Some(1), "{run:?}");
    assert!(run.stdout.contains("comes with this change and does not count yet"), "{run:?}");
    assert_eq!(diff(&place, &["--fail-on", "info", "--judge-by", "head"]).exit, Some(0));
    // Nobody can tell from one revision whether it is a leftover.
    place.run(&["check", "new"]).exits(0);
    let place = pair(["mesh m { }\n", OLD], [&mesh, OLD]);
    let run = diff(&place, &["--judge-by", "head"]);
    assert!(run.stdout.contains("comes with this change and waives none of it"), "{run:?}");
}

#[test]
fn a_canary_grows_step_by_step() {
    let policy = "mesh m { }\npolicy p { limit canary-percent max=50; limit canary-step max=25 }\n";
    let service =
        |lines: &str| format!("service reviews {{ port 9080 http; version v1; version v2; {lines} }}\n");
    let step = |old: &str, new: &str| {
        let run = diff(&pair([policy, &service(old)], [policy, &service(new)]), &[]);
        assert_eq!(run.exit == Some(1), run.stderr.contains("error[limit-canary-step]"), "{run:?}");
        run.exit
    };
    assert_eq!(step("serve v1; canary v2 percent=25", "serve v1; canary v2 percent=50"), Some(0));
    assert_eq!(step("serve v1; canary v2 percent=10", "serve v1; canary v2 percent=36"), Some(1));
    assert_eq!(step("serve v1", "serve v1; canary v2 percent=26"), Some(1));
    assert_eq!(step("serve v1", "to v1 weight=60; to v2 weight=40"), Some(1));
    // Promotion, too early and in time; back again, and past a canary.
    assert_eq!(step("serve v1; canary v2 percent=25", "serve v2"), Some(1));
    assert_eq!(step("serve v1; canary v2 percent=50", "serve v2"), Some(0));
    assert_eq!(step("serve v1; canary v2 { header x=y }", "serve v2"), Some(1));
    assert_eq!(step("serve v2", "serve v1"), Some(0));
    // What a controller sets is its own business.
    assert_eq!(step("serve v1", "serve v1; canary v2 managed-by=flagger"), Some(0));
}

#[test]
fn a_step_that_is_too_large_is_in_every_report() {
    let policy = "mesh m { envs dev prod }\npolicy p { limit canary-step max=25 }\n";
    let service = |percent: u8| {
        format!(
            "service reviews {{ port 9080 http; version v1; version v2; serve v1; canary v2 percent={percent} }}\n"
        )
    };
    let place = pair([policy, &service(10)], [policy, &service(50)]);
    let report = |format: &str| {
        let run = diff(&place, &["--all-envs", "--format", format]);
        assert_eq!(run.exit, Some(1), "{run:?}");
        run.stdout
    };
    let document: serde_json::Value = serde_json::from_str(&report("json")).unwrap();
    let [breach] = &document["breaches"].as_array().unwrap()[..] else { panic!("one step: {document}") };
    assert_eq!(breach["rule"], "limit-canary-step");
    assert_eq!(breach["level"], "high");
    assert_eq!(breach["envs"], serde_json::json!(["dev", "prod"]));
    assert_eq!(breach["place"]["file"], "new/reviews.kdl");
    assert!(breach["says"].as_str().unwrap().contains("sends 50 percent to `reviews@v2` and sent 10 before"));
    assert!(document["summary"].as_str().unwrap().ends_with(", 1 limit overstepped"), "{document}");
    let sarif: serde_json::Value = serde_json::from_str(&report("sarif")).unwrap();
    let run = &sarif["runs"][0];
    assert_eq!(run["results"][0]["ruleId"], "limit-canary-step");
    assert_eq!(run["results"][0]["level"], "error");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert!(rules.iter().any(|rule| rule["id"] == "limit-canary-step"), "{sarif}");
    let issues: serde_json::Value = serde_json::from_str(&report("gitlab")).unwrap();
    let own = issues.as_array().unwrap().iter().find(|issue| issue["check_name"] == "limit-canary-step");
    assert_eq!(own.unwrap()["location"]["path"], "new/reviews.kdl");
    for format in ["markdown", "github", "html"] {
        let text = report(format);
        assert!(text.contains("limit-canary-step") && text.contains("50 percent"), "{format}: {text}");
    }
    let fine = pair([policy, &service(10)], [policy, &service(20)]);
    let json = diff(&fine, &["--all-envs", "--format", "json"]).exits(0).stdout;
    assert!(!json.contains("breaches"), "{json}");
}

#[test]
fn a_limit_is_that_of_both_revisions() {
    let limit =
        |max: &str, rest: &str| format!("mesh m {{ }}\npolicy p {{ limit canary-step max={max}{rest} }}\n");
    let new = larger("50");
    let fails = |old: &str, new: [&str; 2]| {
        let run = diff(&pair([old, OLD], new), &[]);
        (run.exit, run.stderr.contains("limit-canary-step"))
    };
    let strict = limit("25", "");
    assert_eq!(fails(&strict, [&limit("100", ""), &new]), (Some(1), true));
    assert_eq!(fails("mesh m { }\n", [&strict, &new]), (Some(1), true));
    assert_eq!(fails(&strict, ["mesh m { }\n", &new]), (Some(1), true));
    let soft = limit("25", " level=warn");
    assert_eq!(fails(&soft, [&soft, &new]), (Some(0), true));
    let except = limit("25", " { except reviews }");
    assert_eq!(fails(&except, [&except, &new]), (Some(0), false));
    assert_eq!(fails(&strict, [&except, &new]), (Some(1), true));
    let other = limit("25", " for=ingress");
    assert_eq!(fails(&other, [&other, &new]), (Some(0), false));
    let waived = limit("25", "").replace("{ }", "{ waive canary-step because=\"x\" until=\"2027-03-31\" }");
    assert_eq!(fails(&waived, [&waived, &new]), (Some(0), false));
    assert_eq!(fails(&strict, [&waived, &new]), (Some(1), true));
    let run = diff(&pair([&strict, OLD], [&waived, &new]), &["--judge-by", "head"]);
    assert_eq!(run.exit, Some(0), "{run:?}");
}

#[test]
fn shares_of_a_controller_are_not_compared_and_the_rest_is() {
    let managed = |lines: &str| {
        format!(
            "service reviews {{ port 9080 http; version v1; version v2; serve v1; canary v2 managed-by=argo-rollouts; {lines} }}\n"
        )
    };
    let run = diff(&pair(["mesh m { }\n", &managed("")], ["mesh m { }\n", &managed("")]), &[]).exits(0);
    assert_eq!(run.stdout, "no traffic changes\n");
    let run = diff(&pair(["mesh m { }\n", &managed("")], ["mesh m { }\n", &managed("timeout \"1s\"")]), &[])
        .exits(0);
    assert!(run.stdout.contains("timeout") && !run.stdout.contains("shares "), "{run:?}");
    let other = managed("").replace("canary v2", "canary v3").replace("version v2", "version v3");
    let run = diff(&pair(["mesh m { }\n", &managed("")], ["mesh m { }\n", &other]), &[]).exits(0);
    assert!(run.stdout.contains("v3"), "{run:?}");
}

#[test]
fn a_plan_tells_what_fails_on_the_way() {
    let plan = |rollout: &str, old: &str, new: &str| {
        let mesh = format!("mesh m {{ rollout {rollout} }}\n");
        let run = pair([&mesh, old], [&mesh, new]).run(&["plan", "old", "new"]).exits(0);
        (run.stdout.split(':').next().unwrap().to_owned(), run.stdout)
    };
    let service = |lines: &str| format!("service reviews {{ port 9080 http; {lines} }}\n");
    let (one, two) =
        (service("version v1; version v2; serve v1"), service("version v2; version v3; serve v2"));
    for rollout in ["argocd", "flux", "none"] {
        let (verdict, text) = plan(rollout, &one, &two);
        assert_eq!(verdict, "needs-two-releases", "{text}");
        assert!(text.contains("keeping `v1`") && text.contains("without `v1`"), "{text}");
        // The two releases that it asks for.
        let between = service("version v1; version v2; version v3; serve v2");
        for (old, new) in [(&one, &between), (&between, &two)] {
            let (verdict, text) = plan(rollout, old, new);
            assert!(verdict == "one-step" || rollout == "none" && verdict == "needs-waves", "{text}");
        }
    }
    let more = service("version v1; version v2; version v3; serve v1; canary v3 percent=5");
    assert_eq!(plan("none", &one, &more).0, "needs-waves");
    assert_eq!(plan("argocd", &one, &more).0, "one-step");
    assert_eq!(plan("none", &one, &one).0, "one-step");
    let relabeled = one.replace("version v1;", "version v1 release=one;");
    assert_eq!(plan("argocd", &one, &relabeled).0, "needs-two-releases");
}

#[test]
fn a_plan_ends_as_it_is_asked_to() {
    let new = "service reviews { port 9080 http; version v2; version v3; serve v2 }\n";
    let place = pair(["mesh m { }\n", OLD], ["mesh m { }\n", new]);
    let run = |args: &[&str]| place.run(&[&["plan", "old", "new"], args].concat()).exit;
    assert_eq!(run(&[]), Some(0));
    assert_eq!(run(&["--fail-on", "needs-waves"]), Some(1));
    assert_eq!(run(&["--fail-on", "needs-two-releases"]), Some(1));
    let json = place.run(&["plan", "old", "new", "--format", "json"]).exits(0).stdout;
    let document: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(document["schema"], "meshc.dev/plan/v1");
    assert_eq!(document["envs"][0]["hazards"][0]["rule"], "subset-removed-with-its-route");
    let schema = place.run(&["schema", "plan"]).exits(0).stdout;
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    for key in document.as_object().unwrap().keys() {
        assert!(schema["properties"][key].is_object(), "{key}");
    }
    assert!(diff(&place, &["--plan"]).stdout.contains("rollout   needs-two-releases"));
    place.put("new/reviews.kdl", b"service reviews { port 9080 htp }\n");
    place.run(&["plan", "old", "new"]).exits(1);
    place.run(&["plan", "old", "nothing"]).exits(2);
}
