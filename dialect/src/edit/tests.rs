//! Texts before and after.

use bumpalo::Bump;

use super::{Change, Target, apply, edits};
use crate::diagnostic::Diagnostics;
use crate::parse::parse;
use crate::sources::Sources;
use crate::word::Block;

/// Makes changes to the first block, one after another.
#[track_caller]
fn set(text: &str, env: Option<&str>, changes: &[&str]) -> Result<String, String> {
    let mut text = text.to_owned();
    for change in changes {
        text = one(&text, env, change)?;
        assert_eq!(
            one(&text, env, change).ok().filter(|_| !change.ends_with('=')),
            Some(text.clone()).filter(|_| !change.ends_with('=')),
            "{change} made again"
        );
    }
    Ok(text)
}

fn one(text: &str, env: Option<&str>, change: &str) -> Result<String, String> {
    let sources = Sources::default();
    let file = sources.add("a.kdl".to_owned(), text.to_owned());
    let arena = Bump::new();
    let source = sources.file(file);
    let blocks = parse(file, source, &arena, &mut Diagnostics::default());
    let change = Change::read(change).map_err(|refusal| refusal.0)?;
    let target = Target { source, line: &blocks[0], env };
    Ok(apply(text, &edits(target, &change).map_err(|refusal| refusal.0)?))
}

const REVIEWS: &str = "\
// Reviews of books.
service reviews {
    port 9080 http   // the only one

    version v1
    version v2
    retry 2   per-try = \"1s\" /* short */

    route \"/search/*\" name=search {
        timeout \"8s\"
    }

    serve v1
    canary v2   percent = 0x0A /* keep */ { // why
        header x-canary=always
    }

    // Careful there.
    in prod {
        canary percent=1
    }
    in dev staging { timeout off }
}
";

/// Asserts what one change does to one piece of the text, and that the rest stays.
#[track_caller]
fn changes(env: Option<&str>, change: &str, old: &str, new: &str) {
    assert!(REVIEWS.contains(old), "{old}");
    assert_eq!(set(REVIEWS, env, &[change]).unwrap(), REVIEWS.replacen(old, new, 1), "{change}");
}

#[test]
fn a_value_is_replaced_where_it_stands() {
    changes(None, "canary.percent=25", "percent = 0x0A /* keep */", "percent = 25 /* keep */");
    changes(None, "serve=v2", "serve v1", "serve v2");
    changes(None, "canary=v1", "canary v2   ", "canary v1   ");
    changes(None, "port.9080=grpc", "9080 http ", "9080 grpc ");
    changes(None, "retry.per-try=250ms", "\"1s\"", "\"250ms\"");
    changes(None, "route.search.timeout=off", "timeout \"8s\"", "timeout off");
    changes(
        None,
        "canary.header.x-canary=(regex)yes|\\d",
        "x-canary=always",
        "x-canary=(regex)#\"yes|\\d\"#",
    );
    changes(Some("prod"), "canary.percent=2.5", "percent=1\n", "percent=2.5\n");
}

#[test]
fn what_is_so_already_stays_as_it_is_written() {
    for change in
        ["canary.percent=10", "retry.per-try=1000ms", "serve=\"v1\"", "version=v1", "port=9080 http"]
    {
        assert_eq!(set(REVIEWS, None, &[change]).unwrap(), REVIEWS, "{change}");
    }
    assert_eq!(set(REVIEWS, Some("prod"), &["canary.percent=1"]).unwrap(), REVIEWS);
}

#[test]
fn what_is_missing_is_added_among_its_like() {
    changes(None, "timeout=5s", "/* short */\n", "/* short */\n    timeout \"5s\"\n");
    changes(None, "version=v3", "version v2\n", "version v2\n    version v3\n");
    changes(None, "version.v2.track=next", "version v2", "version v2 track=next");
    changes(
        None,
        "mirror.percent=5",
        "        header x-canary=always\n    }\n",
        "        header x-canary=always\n    }\n    mirror percent=5\n",
    );
    changes(None, "retry.on=5xx,reset", "per-try = \"1s\"", "per-try = \"1s\" on=\"5xx,reset\"");
    changes(
        None,
        "headers.set.x-edge=public",
        "/* short */\n",
        "/* short */\n    headers { set x-edge=public }\n",
    );
    changes(
        None,
        "route.search.retry=0",
        "        timeout \"8s\"\n",
        "        timeout \"8s\"\n        retry 0\n",
    );
    changes(Some("prod"), "drop=mirror", "percent=1\n", "percent=1\n        drop mirror\n");
    changes(
        Some("dev"),
        "canary.percent=50",
        "timeout off }\n",
        "timeout off }\n    in dev { canary percent=50 }\n",
    );
    changes(
        Some("prod"),
        "route.search.timeout=2s",
        "in prod {\n",
        "in prod {\n        route name=search { timeout \"2s\" }\n",
    );
}

#[test]
fn what_is_taken_away_leaves_comments() {
    changes(None, "canary.percent=", "   percent = 0x0A /* keep", " /* keep");
    changes(None, "version.v1=", "    version v1\n", "");
    changes(None, "port.9080=", "port 9080 http   // the", "// the");
    changes(None, "retry.per-try=", "   per-try = \"1s\"", "");
    changes(None, "route.search.timeout=", "        timeout \"8s\"\n", "");
    changes(Some("prod"), "canary=", "    in prod {\n        canary percent=1\n    }\n", "");
}

#[test]
fn blocks_on_one_line_stay_on_it() {
    let all = |text: &str, changes: &[&str]| set(text, None, changes).unwrap();
    assert_eq!(
        all("service a { port 80 http }", &["timeout=5s"]),
        "service a { port 80 http; timeout \"5s\" }"
    );
    assert_eq!(
        all("service a { port 80 http; }", &["timeout=5s"]),
        "service a { port 80 http; timeout \"5s\"; }"
    );
    assert_eq!(all("service a { }\n", &["port=80 http"]), "service a { port 80 http }\n");
    assert_eq!(all("service a {\n}\n", &["port=80 http"]), "service a {\n    port 80 http\n}\n");
    assert_eq!(
        all("egress a.com // why\n", &["tls=originate", "timeout=5s"]),
        "egress a.com { tls originate; timeout \"5s\" } // why\n"
    );
    assert_eq!(
        all("service a { port 80 http; timeout \"5s\" }", &["timeout="]),
        "service a { port 80 http }"
    );
    assert_eq!(
        all("service a { port 80 http; timeout \"5s\" }", &["port.80="]),
        "service a { timeout \"5s\" }"
    );
    assert_eq!(all("service a { timeout \"5s\" }", &["timeout="]), "service a { }");
    assert_eq!(
        set("service a { serve v1 }", Some("prod"), &["serve=v2", "timeout=1s"]).unwrap(),
        "service a { serve v1; in prod { timeout \"1s\"; serve v2 } }"
    );
    assert_eq!(
        set("service a { serve v1; in prod { serve v2 } }", Some("prod"), &["serve="]).unwrap(),
        "service a { serve v1 }"
    );
    assert_eq!(
        all("service a {\r\n  serve v1\r\n}\r\n", &["timeout=1s"]),
        "service a {\r\n  timeout \"1s\"\r\n  serve v1\r\n}\r\n"
    );
}

#[test]
fn shares_and_hosts_have_names_of_their_own() {
    let split = "service a {\n    to v1 weight=90\n    to v2 weight=10\n}\n";
    let moved = set(split, None, &["to.v1.weight=80", "to.v2.weight=20"]).unwrap();
    assert_eq!(moved, "service a {\n    to v1 weight=80\n    to v2 weight=20\n}\n");
    let nested = "service a { egress api.b.com { timeout \"5s\" } }";
    assert_eq!(set(nested, None, &["egress.api.b.com.timeout=2s"]).unwrap(), nested.replace('5', "2"));
    assert_eq!(set("ingress a.com { to x }", None, &["to=y"]).unwrap(), "ingress a.com { to y }");
    assert_eq!(
        set("service a { fault delay=\"1s\" }", None, &["fault.abort=503"]).unwrap(),
        "service a { fault delay=\"1s\"; fault abort=503 }"
    );
    assert_eq!(
        set("egress a.com { visible-to x }", None, &["visible-to=x y"]).unwrap(),
        "egress a.com { visible-to x y }"
    );
}

#[test]
fn what_could_be_meant_in_two_ways_is_refused() {
    let refused = |text: &str, env, change| set(text, env, &[change]).unwrap_err();
    assert_eq!(
        refused(REVIEWS, None, "canary"),
        "`canary` is no change: write WORD=VALUE, such as canary.percent=25 or timeout=5s"
    );
    assert_eq!(
        refused(REVIEWS, None, "canary.precent=1"),
        "`canary` has no `precent`: did you mean `percent`?"
    );
    assert_eq!(refused(REVIEWS, None, "timeuot=1s"), "`service` has no `timeuot`: did you mean `timeout`?");
    assert_eq!(refused(REVIEWS, None, "mirror="), "there is no `mirror` in `service reviews`");
    assert_eq!(
        refused(REVIEWS, Some("prod"), "serve="),
        "nothing is said about `serve` under `in prod`; to be without it there, say drop=serve"
    );
    assert_eq!(
        refused(REVIEWS, Some("dev"), "timeout=1s"),
        "`in dev staging` says it for all of these: move `timeout` from there to `in staging { … }` and `in dev { timeout \"1s\" }` by hand"
    );
    assert_eq!(
        refused(REVIEWS, None, "in.prod.timeout=1s"),
        "say the environment with `--env`, and the address as it is outside of `in`"
    );
    assert_eq!(
        refused("service a { to v1 weight=90; to v2 weight=10 }", None, "to=v1"),
        "say which `to` is meant: `to.v1` or `to.v2`"
    );
    assert_eq!(
        refused(REVIEWS, None, "serve.v1=x"),
        "`serve` has no `v1`: write serve=VALUE, as in serve v1"
    );
}

#[test]
fn a_line_that_goes_on_is_not_torn() {
    let added = |text: &str| set(text, None, &["retry=0"]).unwrap();
    let comment = "service a {\n    timeout \"5s\" /* all\n    of it */\n}\n";
    assert_eq!(added(comment), "service a {\n    timeout \"5s\"\n    retry 0 /* all\n    of it */\n}\n");
    let last = "service a {\n    timeout \"5s\" }\n";
    assert_eq!(added(last), "service a {\n    timeout \"5s\"\n    retry 0 }\n");
    let wrapped = "service a {\n    limit pending=1 \\\n        requests=2 // é /* x\n}\n";
    assert_eq!(added(wrapped), wrapped.replace("/* x\n", "/* x\n    retry 0\n"));
}

#[test]
fn every_word_takes_what_its_kind_takes() {
    let samples =
        ["v1", "5s", "7", "80", "404", "a.example.com", "*.example.com", "/a b/*", "203.0.113.10", "1.30"];
    let hostile =
        ["a\"b\\c", "line\nbreak", "#\"x\"#", "// no", "{ }", ";", "", " ", "é\u{202e}", "(regex)\\d+\"#"];
    for heading in ["service a", "ingress a.com", "egress a.com"] {
        let place = crate::words::find(crate::word::Place::File, heading.split(' ').next().unwrap()).unwrap();
        let (Block::May(place) | Block::Must(place)) = place.block else { panic!("{heading}") };
        for word in crate::words::within(place).iter().filter(|word| word.name != "in") {
            let props = word.props.iter().map(|row| format!("{}.{}", word.name, row.name()));
            for address in props.chain([word.name.to_owned(), format!("{}.key", word.name)]) {
                let block = format!("{heading} {{\n    owner b\n}}\n");
                for value in samples.iter().chain(&hostile) {
                    holds(&block, &format!("{address}={value}"), samples.contains(value));
                }
            }
        }
    }
}

/// Makes a change twice. What no kind takes may be refused or reported, but never lands anywhere else.
fn holds(block: &str, change: &str, sane: bool) {
    let Ok(text) = one(block, None, change) else { return };
    let lines = text.lines().count();
    assert!(text.starts_with(block.lines().next().unwrap()) && text.ends_with("}\n"), "{change}: {text}");
    assert!(lines <= 4, "{change}: {text}");
    if sane && let Ok(again) = one(&text, None, change) {
        let mut found = Diagnostics::default();
        let sources = Sources::default();
        let file = sources.add("a.kdl".to_owned(), text.clone());
        parse(file, sources.file(file), &Bump::new(), &mut found);
        assert!(again == text || found.has_errors(), "{change}: {text} then {again}");
    }
}
