//! Policies: every guardrail of the example project bites, waivers end on the day that is named, levels hold everywhere.

use std::fs;
use std::path::{Path, PathBuf};

use crate::place::Place;

/// A mistake in the example project: the file, what is replaced by what, the code, and whether it is an error.
type Mistake = (&'static str, &'static str, &'static str, &'static str, bool);

/// One mistake for each guardrail that `build` judges.
const MISTAKES: &[Mistake] = &[
    ("teams/search/search.kdl", "    owner search\n", "", "require-owner", true),
    ("mesh.kdl", "        timeout \"15s\"\n", "", "require-timeout", true),
    ("mesh.kdl", "retry 2 per-try", "retry 6 per-try", "limit-retry-attempts", true),
    ("teams/search/search.kdl", "timeout \"4s\"", "timeout \"40s\"", "limit-timeout", true),
    ("teams/search/search.kdl", "    waive raw", "    // waive raw", "forbid-raw", true),
    ("teams/shop/reviews.kdl", "canary percent=1\n", "canary percent=30\n", "limit-canary-percent", true),
    ("platform/templates.kdl", "max-percent=50", "max-percent=0", "require-eject", true),
    ("teams/shop/storefront.kdl", "min=\"1.2\"", "min=\"1.1\"", "require-tls-min", true),
    ("teams/payments/egress.kdl", "egress api.github.com", "egress api.gitlab.com", "require-via", true),
    ("teams/payments/egress.kdl", "*.googleapis.com", "*.example.com", "forbid-wildcard-egress", true),
    ("teams/shop/reviews.kdl", "in dev staging {", "in dev staging prod {", "forbid-fault", true),
    (
        "teams/shop/reviews.kdl",
        "        drop mirror\n",
        "        mirror percent=50\n",
        "limit-mirror-percent",
        false,
    ),
];

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/acme")
}

/// Returns the files of the example project, each with its path.
fn files(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "kdl") {
            let below = path.strip_prefix(example()).unwrap().to_str().unwrap().replace('\\', "/");
            found.push((below, fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn every_guardrail_of_the_example_bites() {
    let mut project = Vec::new();
    files(&example(), &mut project);
    for (file, from, to, code, error) in MISTAKES {
        let place = Place::with(&[]);
        for (path, text) in &project {
            assert!(path != file || text.contains(from), "{file} has no {from}");
            let text = if path == file { text.replacen(from, to, 1) } else { text.clone() };
            place.put(path, text.as_bytes());
        }
        let run = place.run(&["build", "--env", "prod"]).exits(i32::from(*error));
        let word = if *error { "error" } else { "warning" };
        assert!(run.stderr.contains(&format!("{word}[{code}]")), "{code}:\n{}", run.stderr);
    }
}

const WAIVED: &str = "policy everywhere { require timeout }
service search {
    port 8080 http
    retry 3
    waive timeout because=\"measured first\" until=\"2027-03-31\"
}
";

#[test]
fn a_waiver_ends_only_on_a_day_that_is_named() {
    let place = Place::with(&[("search.kdl", WAIVED)]);
    place.run(&["check"]).exits(0);
    place.run(&["check", "--today", "2027-03-31"]).exits(0);
    let run = place.run(&["check", "--today", "2027-04-01"]).exits(1);
    assert!(run.stderr.contains("error[expired-waiver]"), "{run:?}");
    place.run(&["build", "--today", "2027-04-01"]).exits(1);
    let run = place.run(&["build", "--today", "1.4.2027"]).exits(2);
    assert!(run.stderr.contains("2027-03-31"), "{run:?}");
}

#[test]
fn a_waiver_that_one_environment_needs_is_no_leftover() {
    let mesh = "mesh { envs dev prod }\npolicy production { in prod; require timeout }\n";
    let place = Place::with(&[("mesh.kdl", mesh), ("search.kdl", WAIVED.split_once('\n').unwrap().1)]);
    for args in [&["check"][..], &["build", "--env", "dev"], &["build", "--env", "prod"]] {
        let run = place.run(args).exits(0);
        assert!(!run.stderr.contains("waives-nothing"), "{run:?}");
    }
    place.put(
        "search.kdl",
        WAIVED.split_once('\n').unwrap().1.replace("retry 3", "timeout \"1s\"").as_bytes(),
    );
    place.put("mesh.kdl", mesh.replace("timeout }", "timeout { except chat } }").as_bytes());
    let run = place.run(&["check"]).exits(0);
    for code in ["waives-nothing", "excepts-nothing"] {
        assert_eq!(run.stderr.matches(&format!("warning[{code}]")).count(), 1, "{run:?}");
    }
}

#[test]
fn a_policy_for_some_environments_asks_which_one_is_built() {
    let mesh = "mesh { envs dev prod }\npolicy production { in prod; require timeout }\n";
    let place =
        Place::with(&[("mesh.kdl", mesh), ("search.kdl", "service search { port 80 http; retry 3 }")]);
    let run = place.run(&["build"]).exits(2);
    assert!(run.stderr.contains("--env"), "{run:?}");
    place.run(&["build", "--env", "dev"]).exits(0);
    place.run(&["build", "--env", "prod"]).exits(1);
}

#[test]
fn levels_hold_for_what_is_found_before_and_after_parsing() {
    let text = |level: &str| format!("mesh {{ include \"a.kdl\"; level {level} }}\n");
    let raw = "service search { port 80 http; raw DestinationRule because=\"x\" { spec { a 1 } } }\n";
    let place = Place::with(&[("a.kdl", raw), ("b.kdl", "")]);
    for (level, exit, shown) in [
        ("raw=warn", 0, &["warning[raw]", "warning[not-included]"][..]),
        ("raw=error not-included=off", 1, &["error[raw]"]),
        ("raw=off not-included=error", 1, &["error[not-included]"]),
        ("raw=off not-included=off", 0, &[]),
    ] {
        place.put("mesh.kdl", text(level).as_bytes());
        let run = place.run(&["build"]).exits(exit);
        for code in ["raw", "not-included"] {
            let found = shown.iter().any(|shown| shown.contains(code));
            assert_eq!(run.stderr.contains(&format!("[{code}]")), found, "{level}: {run:?}");
        }
        assert!(shown.iter().all(|shown| run.stderr.contains(shown)), "{level}: {run:?}");
    }
}
