//! `meshc route` and `meshc test`: exit codes, and questions that make no sense.

use crate::place::{BAD, Place};

const SHOP: &str = "\
mesh shop { outbound registry-only; envs dev prod }
gateway public ingress { workload istio=ingressgateway }
gateway inner ingress { workload istio=inner }
service reviews { port 9080 http; version v1; version v2; serve v1; in prod { canary v2 percent=10 } }
ingress shop.example.com { gateway public; tls terminate secret=shop; route \"/a/*\" { to reviews }; to reviews@v1 }
ingress both.example.com { gateway public inner; to reviews }
expect \"in dev all of it is v1\" { in dev; request GET \"http://reviews/\"; to reviews@v1 }
";

#[test]
fn a_question_that_makes_no_sense_is_wrong_usage() {
    let place = Place::with(&[("shop.kdl", SHOP)]);
    let ask = |args: &[&str]| place.run(&[&["route"], args, &["--env", "dev"]].concat());
    ask(&["reviews"]).exits(2).says("`reviews` is not a URL");
    ask(&["http:///x"]).exits(2).says("names no host");
    ask(&["http://reviews:99999/"]).exits(2).says("has a port that is none");
    ask(&["ftp://reviews:99999/"]).exits(2).says("is not a URL");
    ask(&["http://me@reviews/"]).exits(2).says("is not a host");
    ask(&["http://münchen/"]).exits(2).says("is not a host");
    ask(&["http://reviews/a b"]).exits(2).says("has a space");
    ask(&["http://reviews/", "-X", "GET IT"]).exits(2).says("a method is one word");
    ask(&["http://reviews/", "-H", "x-a=1"]).exits(2).says("there is no colon");
    ask(&["http://reviews/", "-H", ": 1"]).exits(2).says("is no name of a header");
    ask(&["http://reviews/", "--from", "reviews"]).exits(2).says("says nobody");
    ask(&["http://reviews/", "--from", "ns/shop/"]).exits(2).says("says nobody");
    ask(&["http://reviews/", "--from", "ns/shop/app"]).exits(2).says("says nobody");
    ask(&["http://reviews/", "--from", "service/review"]).exits(2).says("did you mean `reviews`?");
    ask(&["http://reviews/", "--via", "publik"]).exits(2).says("there are public, inner");
    ask(&["http://both.example.com/"]).exits(2).says("say `--via`, one of public, inner");
    ask(&["http://reviews/", "--via", "public", "--from", "ns/a"]).exits(2);
    place.run(&["route", "http://reviews/"]).exits(2).says("say `--env`");
    place.run(&["route", "http://reviews/", "nowhere"]).exits(2);
}

#[test]
fn odd_paths_do_what_envoy_does_with_them() {
    let place = Place::with(&[("shop.kdl", SHOP)]);
    for (path, expected) in [
        ("/a/x#y", "path /a/x\n"),
        ("/b/../a/x", "path /a/x\n"),
        ("/a%2fx", "path /a%2fx\n"),
        ("/a/./x", "path /a/x\n"),
        ("/%61/x", "path /a/x\n"),
        ("/b/..;v=1/a/x", "path /a/x\n"),
        ("/a\\x", "path /a/x\n"),
        ("/a/%00", "respond 400"),
        ("/a//x", "path /a//x\n"),
        ("/é", "respond 400"),
    ] {
        let url = format!("https://shop.example.com{path}");
        let text = place.run(&["route", &url, "--env", "dev"]).exits(0).stdout;
        assert!(text.contains(expected), "{path}: {text}");
    }
}

#[test]
fn odd_requests_are_answered_as_envoy_answers_them() {
    let place = Place::with(&[("shop.kdl", SHOP)]);
    let url = "https://SHOP.example.com:443/a/x";
    for (args, expected) in [
        (&["-X", "get"][..], "respond 400"),
        (&["-X", "QUERY"], "respond 400"),
        (&["-X", "PURGE"], "reviews"),
        (&["-H", "host: shop.example.com/x"], "respond 400"),
        (&["-H", "x-a: é"], "reviews"),
        (&["-H", "x-a:"], "reviews"),
    ] {
        let text = place.run(&[&["route", url, "--env", "dev"], args].concat()).exits(0).stdout;
        assert!(text.contains(expected), "{args:?}: {text}");
    }
}

#[test]
fn a_route_is_asked_for_where_it_is_served() {
    let place = Place::with(&[("shop.kdl", SHOP)]);
    let ask = |args: &[&str]| place.run(&[&["route"], args, &["--env", "prod"]].concat()).exits(0).stdout;
    assert!(ask(&["https://shop.example.com/"]).contains("from outside, at gateway public\n"));
    assert!(ask(&["http://both.example.com/", "--via", "inner"]).contains("to 10% reviews"));
    assert!(ask(&["http://reviews/", "--from", "service/reviews"]).contains("a pod of service reviews"));
    assert!(ask(&["https://shop.example.com:444/"]).contains("blocked"));
    assert!(ask(&["http://nobody.example.com/"]).contains("blocked with 502"));
    let json = ask(&["http://reviews/", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["outcome"], "routed");
    assert_eq!(json["destinations"][1]["percent"], 10);
    for field in
        ["route", "path", "authority", "timeout", "retries", "mirror", "fault", "tls", "via", "status"]
    {
        assert!(json.get(field).is_some(), "{field}");
    }
}

#[test]
fn promises_that_are_broken_exit_1_in_every_format() {
    let broken = "expect \"it is v2\" { request GET \"http://reviews/?<&\"; to reviews@v2 }\n";
    let place = Place::with(&[("shop.kdl", SHOP), ("broken.kdl", broken)]);
    for format in ["pretty", "json", "junit", "github"] {
        let run = place.run(&["test", "--format", format]).says("2 expectations are not met");
        assert_eq!(run.exit, Some(1), "{format}");
        assert!(run.stdout.contains("it is v2"), "{}", run.stdout);
    }
    let json = place.run(&["test", "--format", "json", "--env", "prod"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["failed"], &json["expectations"][0]["env"]), (&1.into(), &"prod".into()));
    let junit = place.run(&["test", "--format", "junit"]).stdout;
    assert!(junit.contains("?&lt;&amp;") && !junit.contains("?<&"), "{junit}");
}

#[test]
fn promises_that_are_kept_exit_0_unless_too_few_routes_are_reached() {
    let place = Place::with(&[("shop.kdl", SHOP)]);
    place.run(&["test"]).exits(0);
    place.run(&["test", "--env", "prod"]).exits(0).says("nothing was tested");
    let few = place.run(&["test", "--fail-under", "100"]).says("less than the 100% asked for");
    assert_eq!(few.exit, Some(1));
    place.run(&["test", "--fail-under", "101"]).exits(2);
    place.run(&["test", "--env", "qa"]).exits(2);
}

#[test]
fn a_promise_may_be_about_the_pods_of_one_service() {
    let intent = |from: &str, version: &str| {
        format!(
            "service front {{ namespace web; port 80 http }}
service reviews {{ port 9080 http; version v1; version v2; serve v1; route {{ when {{ from service=front }}; to v2 }} }}
expect \"who calls\" {{ request GET \"http://reviews.default/\" {from}; to reviews@{version} }}\n"
        )
    };
    for (from, version) in [
        ("from=\"service/front\"", "v2"),
        ("from=\"service/front.web\"", "v2"),
        ("from=web", "v1"),
        ("", "v1"),
    ] {
        let place = Place::with(&[("shop.kdl", &intent(from, version))]);
        place.run(&["test"]).exits(0);
        let other = if version == "v1" { "v2" } else { "v1" };
        let place = Place::with(&[("shop.kdl", &intent(from, other))]);
        assert_eq!(place.run(&["test"]).says("1 expectation is not met").exit, Some(1));
    }
}

#[test]
fn what_does_not_build_answers_nothing() {
    let place = Place::with(&[("reviews.kdl", BAD)]);
    for args in [&["route", "http://reviews/"][..], &["test"]] {
        let run = place.run(args).exits(1).says("meshc: 1 error");
        assert!(run.stdout.is_empty(), "{run:?}");
    }
}

#[test]
fn cases_of_another_tool_are_read_whole_or_not_at_all() {
    let place = Place::with(&[("shop.kdl", SHOP)]);
    let test = |text: &str| {
        place.put("cases.yml", text.as_bytes());
        place.run(&["test", "--env", "prod", "--cases", "cases.yml"])
    };
    let request = "request: { authority: [reviews], method: [GET], uri: [/] }";
    let route = "route: [{ destination: { host: reviews } }]";
    for (text, said) in [
        (
            format!("testCases: [{{ {request}, {route}, fault: {{}} }}]"),
            "meshc does not look at `fault` here",
        ),
        (format!("testCases: [{{ {request}, wantMatch: yes please, {route} }}]"), "`true` or `false`"),
        (format!("testCases: [{{ {request} }}]"), "nothing is expected"),
        (
            format!("testCases: [{{ request: {{ authority: [a] }}, {route} }}]"),
            "`request.method` has to name",
        ),
        ("testCases: {".to_owned(), "cases.yml:2:1: "),
        ("tests: []".to_owned(), "meshc does not look at `tests` here"),
        ("[]".to_owned(), "fields are expected"),
        (format!("testCases: [{{ {request}, route: [{{ weight: 1 }}] }}]"), "`destination.host` is missing"),
    ] {
        let run = test(&text).exits(1).says(said);
        assert!(run.stdout.is_empty(), "{run:?}");
    }
    test(&format!("testCases: [{{ {request}, wantMatch: false, {route} }}]")).exits(0);
    assert_eq!(test(&format!("testCases: [{{ {request}, wantMatch: true, {route} }}]")).exit, Some(1));
    place.run(&["test", "--env", "prod", "--cases", "none.yml"]).exits(2).says("cannot read none.yml");
    place.put("cases.yml", b"\xff");
    place.run(&["test", "--env", "prod", "--cases", "cases.yml"]).exits(2).says("is not UTF-8");
}

#[test]
fn what_a_diff_says_to_try_is_asked_from_the_same_pods() {
    let shop = |to: &str| {
        let carts =
            format!("route name=carts {{ when {{ from namespace=shop app=cart tier=web }}; to {to} }}");
        format!("service reviews {{ port 9080 http; version v1; version v2; {carts}; serve v1 }}\n")
    };
    let place = Place::with(&[("before/a.kdl", &shop("v1")), ("after/a.kdl", &shop("v2"))]);
    let diff = place.run(&["diff", "before", "after"]).exits(0).stdout;
    let tried = diff.lines().find_map(|line| line.trim_start().strip_prefix("try ")).unwrap();
    let words: Vec<&str> = tried.split_whitespace().skip(1).collect();
    assert_eq!(words[words.len() - 2..], ["--from", "ns/shop/app=cart,tier=web"], "{diff}");
    let answer = place.run(&words).exits(0).stdout;
    assert!(answer.contains("route carts") && answer.contains("@v2"), "{answer}");
}
