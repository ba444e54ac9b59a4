//! `set`: one change, and nothing else.

use crate::place::{Place, meshc, run};

const MESH: &str = "mesh shop {\n    istio \"1.30\"\n    envs dev prod\n}\n";

const REVIEWS: &str = "\
// Reviews of books.
service reviews {
    port 9080 http   // the only one
    version v1
    version v2
    serve v1
    canary v2   percent = 0x0A /* keep */ { // why
        header x-canary=always
    }
}
";

fn place() -> Place {
    Place::with(&[("mesh.kdl", MESH), ("teams/reviews.kdl", REVIEWS)])
}

#[test]
fn a_value_changes_and_the_rest_is_kept() {
    let place = place();
    let run = place.run(&["set", "reviews", "canary.percent=25"]).exits(0);
    assert_eq!(
        run.stdout,
        "teams/reviews.kdl:7: canary v2   percent = 0x0A /* keep */ { // why → canary v2   percent = 25 /* keep */ { // why\n"
    );
    assert_eq!(run.stderr, "");
    assert_eq!(place.read("teams/reviews.kdl"), REVIEWS.replace("0x0A", "25"));
    let again = place.run(&["set", "reviews", "canary.percent=25"]).exits(0);
    assert_eq!(
        (again.stdout.as_str(), again.stderr.as_str()),
        ("", "meshc: unchanged: reviews says so already\n")
    );
}

#[test]
fn an_environment_gets_what_differs() {
    let place = place();
    let run = place.run(&["set", "reviews", "canary.percent=1", "timeout=2s", "--env", "prod"]).exits(0);
    assert_eq!(
        run.stdout,
        "teams/reviews.kdl:10: + in prod { canary percent=1 }\n\
         teams/reviews.kdl:10: in prod { canary percent=1 } → in prod { timeout \"2s\"; canary percent=1 }\n"
    );
    assert_eq!(
        place.read("teams/reviews.kdl"),
        REVIEWS.replace("    }\n}\n", "    }\n    in prod { timeout \"2s\"; canary percent=1 }\n}\n")
    );
    place
        .run(&["set", "reviews", "timeout=2s", "--env", "test"])
        .exits(2)
        .says("no environment `test`; there are dev, prod");
    place.run(&["set", "reviews", "canary=", "timeout=", "--env", "prod"]).exits(0);
    assert_eq!(place.read("teams/reviews.kdl"), REVIEWS);
    place.run(&["set", "reviews", "drop=canary", "--env", "prod"]).exits(0);
    assert!(place.read("teams/reviews.kdl").ends_with("    in prod { drop canary }\n}\n"));
}

#[test]
fn what_no_longer_fits_is_shown_at_the_line_of_the_environment() {
    let place = Place::with(&[
        ("mesh.kdl", &format!("{MESH}template patient {{ timeout \"9s\"; retry 3 per-try=\"2s\" }}\n")),
        ("teams/search.kdl", "service search {\n    port 80 http\n    use patient\n}\n"),
    ]);
    place
        .run(&["set", "search", "timeout=2s", "--env", "prod"])
        .exits(0)
        .says("warning[retries-exceed-timeout]: 4 tries of 2s take longer than the timeout of 2s")
        .says("--> teams/search.kdl:4:15");
}

#[test]
fn what_would_not_build_is_not_written() {
    let place = place();
    for (change, why) in [
        ("serve=v9", "service `reviews` has no version `v9`"),
        ("timeout=5", "`5` what? a duration needs its unit"),
        ("to.v1.weight=90", "`serve` and `to` cannot both happen"),
    ] {
        place
            .run(&["set", "reviews", change])
            .exits(1)
            .says(why)
            .says("meshc: nothing is written: teams/reviews.kdl");
        assert_eq!(place.read("teams/reviews.kdl"), REVIEWS, "{change}");
    }
    assert_eq!(place.names(), ["mesh.kdl", "teams"]);
}

#[test]
fn mistakes_elsewhere_do_not_stop_a_change() {
    let place = place();
    place.put("teams/other.kdl", b"service other { timeout 5s }\n");
    let run = place.run(&["set", "reviews", "serve=v2"]).exits(0);
    assert_eq!(
        (run.stdout.as_str(), run.stderr.as_str()),
        ("teams/reviews.kdl:6: serve v1 → serve v2\n", "")
    );
}

#[test]
fn a_dry_run_writes_nothing() {
    let place = place();
    let run = place.run(&["set", "reviews", "timeout=2s", "--dry-run"]).exits(0);
    assert_eq!(run.stdout, "teams/reviews.kdl:6: + timeout \"2s\"\n");
    assert_eq!(place.read("teams/reviews.kdl"), REVIEWS);
}

#[test]
fn two_of_one_name_are_told_apart_by_namespace() {
    let place = Place::with(&[
        ("shop/defaults.kdl", "defaults { namespace shop }\n"),
        ("shop/a.kdl", "service api { port 80 http }\n"),
        ("search/a.kdl", "service api { namespace search; port 80 http }\n"),
    ]);
    place.run(&["set", "api", "timeout=1s"]).exits(2).says("say which, api.search or api.shop");
    place.run(&["set", "api.shop", "timeout=1s"]).exits(0);
    assert_eq!(place.read("shop/a.kdl"), "service api { port 80 http; timeout \"1s\" }\n");
    assert_eq!(place.read("search/a.kdl"), "service api { namespace search; port 80 http }\n");
}

#[test]
fn of_many_projects_in_one_folder_a_few_are_named() {
    let names = ["a/r.kdl", "b/r.kdl", "c/r.kdl", "d/r.kdl", "e/r.kdl"];
    let place = Place::with(&names.map(|name| (name, REVIEWS)));
    place
        .run(&["set", "reviews", "canary.percent=25"])
        .exits(2)
        .says("at a/r.kdl:2 and b/r.kdl:2 and c/r.kdl:2 and 2 more: say the project");
}

#[test]
fn hosts_have_names_too_and_the_folder_may_be_said() {
    let place = Place::with(&[(
        "one/a.kdl",
        "egress api.example.com\nservice a { port 80 http; egress b.example.com { tls originate } }\n",
    )]);
    place.run(&["set", "api.example.com", "tls=originate", "timeout=2s", "one"]).exits(0);
    place.run(&["set", "b.example.com", "timeout=2s", "one/a.kdl"]).exits(0);
    assert_eq!(
        place.read("one/a.kdl"),
        "egress api.example.com { tls originate; timeout \"2s\" }\n\
         service a { port 80 http; egress b.example.com { tls originate; timeout \"2s\" } }\n"
    );
}

#[test]
fn what_is_not_clear_is_usage() {
    let place = place();
    for (args, why) in [
        (&["set", "reviewz", "serve=v2"][..], "did you mean reviews?"),
        (&["set", "reviews", "serve", "v2"], "`serve` is no change: write WORD=VALUE"),
        (&["set", "reviews", "tiemout=1s"], "did you mean `timeout`?"),
        (&["set", "reviews", "mirror="], "there is no `mirror` in `service reviews`"),
        (&["set", "reviews", "canary=", "--env", "prod"], "say drop=canary"),
        (&["set", "reviews"], "required"),
    ] {
        place.run(args).exits(2).says(why);
    }
    run(meshc(&place.path("")).args(["set", "reviews", "serve=v2", "-"]), REVIEWS.as_bytes()).exits(2);
    assert_eq!(place.read("teams/reviews.kdl"), REVIEWS);
}

#[test]
fn modes_marks_and_line_ends_stay() {
    let text = format!("\u{feff}{}", REVIEWS.replace('\n', "\r\n"));
    let place = Place::with(&[("a.kdl", &text)]);
    place.run(&["set", "reviews", "timeout=1s"]).exits(0);
    assert_eq!(place.read("a.kdl"), text.replace("version v2\r\n", "version v2\r\n    timeout \"1s\"\r\n"));
}

#[test]
fn a_file_does_not_grow_larger_than_is_read() {
    let text = format!("{REVIEWS}//{}\n", "-".repeat((1 << 20) - REVIEWS.len() - 3));
    let place = Place::with(&[("a.kdl", &text)]);
    place
        .run(&["set", "reviews", "timeout=1s"])
        .exits(2)
        .says("timeout would make a.kdl larger than 1 MiB: split the file first");
    assert_eq!(place.read("a.kdl"), text);
    place.run(&["set", "reviews", "canary.percent=0x0B"]).exits(0);
    // Its mark counts as well.
    let place = Place::with(&[("a.kdl", &format!("\u{feff}{}", text.replacen("---", "", 1)))]);
    place.run(&["set", "reviews", "canary.percent=10.25"]).exits(2).says("it would be larger than 1 MiB");
}

#[test]
fn what_an_environment_says_at_the_top_of_a_file_is_changed_there() {
    let place = place();
    let layers = "in prod { service reviews { timeout \"1s\" } }\n\
        in dev prod { service reviews { retry 3 } }\n\
        in dev { service early { port 80 http } }\n";
    place.put("layers.kdl", layers.as_bytes());
    place.run(&["set", "reviews", "timeout=2s", "--env", "prod"]).exits(0);
    place.run(&["set", "early", "timeout=2s", "--env", "dev"]).exits(0);
    let changed = layers.replace("1s", "2s").replace("80 http", "80 http; timeout \"2s\"");
    assert_eq!(place.read("layers.kdl"), changed);
    place
        .run(&["set", "reviews", "retry=4", "--env", "prod"])
        .exits(2)
        .says("`in dev prod` at layers.kdl:2 says it for all of these");
    // Nobody says it for prod: the service does from now on.
    place.run(&["set", "reviews", "canary.percent=1", "--env", "prod"]).exits(0);
    assert_eq!(
        (place.read("layers.kdl"), place.read("teams/reviews.kdl").contains("in prod {")),
        (changed, true)
    );
}

#[test]
fn what_is_no_service_is_changed_by_hand() {
    let place = place();
    for name in ["mesh", "shop"] {
        place.run(&["set", name, "envs=dev"]).exits(2).says("change the `mesh` at mesh.kdl:1 by hand");
    }
}
