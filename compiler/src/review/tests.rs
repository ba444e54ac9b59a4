//! What two revisions share is left out of their comparison, and nothing else is.

use std::fmt::Write;

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::sources::Sources;
use meshc_dialect::span::FileId;

use super::{Colour, Format, InEnv, Review, Revision, Touched, compare, compare_by};
use crate::diff::space::Budget;
use crate::diff::{self, Diff, Elsewhere, Verdict};
use crate::project::Project;

/// So many services there are.
const SERVICES: usize = 12;

/// Returns the text of a service that may have been changed in some way, as one of a project that may have been.
fn service(number: usize, change: usize) -> String {
    let next = (number + 1) % SERVICES;
    let mut text = format!("service s{number} {{\n    port 8080 http\n");
    match number % 4 {
        0 => text += "    version v1\n    version v2\n    serve v1\n    canary v2 percent=10\n",
        1 => writeln!(text, "    route \"/a/*\" {{ to s{next}.default; timeout \"2s\" }}")
            .expect("a string takes all"),
        2 => text += "    limit connections=100\n    egress api.example.com { tls originate }\n",
        _ => text += "    address \"203.0.113.9\"\n    port 7000 tcp\n",
    }
    match change {
        0 => text += "    timeout \"5s\"\n",
        1 => text += "    timeout \"6s\"\n",
        2 => text += "    timeout \"5s\"\n    eject after=3\n",
        3 => text += "    timeout \"5s\"\n    visible-to default\n",
        4 => text += "    timeout \"5s\"\n    port 5432 tcp\n",
        _ => text += "    timeout \"5s\"\n    route \"/b\" { respond 404 }\n",
    }
    text + "}\n"
}

#[test]
fn what_is_shared_makes_no_difference() {
    let (mut different, mut broken) = (0, 0);
    for seed in (0..SERVICES * 6 * 3).step_by(5) {
        let (changed, change, gone) = (seed % SERVICES, seed / SERVICES % 6, seed / SERVICES / 6);
        let sources = Sources::default();
        let (mut before, mut after): (Vec<FileId>, Vec<FileId>) = (Vec::new(), Vec::new());
        for number in 0..SERVICES {
            let path = format!("s{number:02}.kdl");
            let old = sources.add(path.clone(), service(number, 0));
            let both = [(changed, change), ((changed + 5) % SERVICES, (change + 1) % 6)];
            let own = both.into_iter().find(|(other, _)| *other == number).map_or(0, |(_, change)| change);
            let new = if own == 0 { old } else { sources.add(path, service(number, own)) };
            // Sometimes one comes, and sometimes one goes, so that all behind it only moves.
            let is_it = number == (changed + 3) % SERVICES;
            before.extend((!is_it || gone != 1).then_some(old));
            after.extend((!is_it || gone != 2).then_some(new));
        }
        let (arena, mut found) = (Bump::new(), Diagnostics::default());
        let old = Project::parse_some(&sources, &before, None, &arena, &mut found);
        let new = Project::parse_some(&sources, &after, Some(&old), &arena, &mut found);
        let mut is = Revision::compile(&new, None, &arena, &mut found);
        let alone = Revision::compile(&old, None, &arena, &mut found);
        let beside = Revision::compile_beside(&old, None, &mut is, &arena, &mut found);
        // A service may be gone that another one names.
        if found.has_errors() {
            broken += 1;
            continue;
        }
        let diff = compare(&sources, &alone, &is);
        assert!(diff == compare(&sources, &beside, &is), "another difference with seed {seed}");
        assert!(
            compare(&sources, &is, &alone) == compare(&sources, &is, &beside),
            "another way back with seed {seed}"
        );
        let cut_at = |many| {
            let budget = Budget::default();
            compare_by(&sources, &alone, &is, |old, new| diff::compare_by(old, new, budget, many))
        };
        assert!(diff == cut_at(usize::MAX), "one thread finds something else with seed {seed}");
        assert!(diff == cut_at(1), "two threads find something else with seed {seed}");
        different += usize::from(diff.verdict() != Verdict::Same);
    }
    assert!(different > 20 && broken < 12, "{different} were different, {broken} broken");
}

/// Returns what comes of another share of a canary that a route of an ingress follows.
fn canary_followed() -> Diff {
    let text = |percent: u32| {
        format!(
            "gateway public ingress {{ workload istio=ingressgateway }}\n\
             ingress shop.example.com {{ route \"/reviews/*\" {{ to reviews }}; route \"/*\" {{ respond 404 }} }}\n\
             service reviews {{ port 9080 http; version v1; version v2; serve v1; canary v2 percent={percent} }}\n"
        )
    };
    let sources = Sources::default();
    let files = [10, 12].map(|percent| sources.add("mesh.kdl".to_owned(), text(percent)));
    let (arena, mut found) = (Bump::new(), Diagnostics::default());
    let projects = files.map(|file| Project::parse_some(&sources, &[file], None, &arena, &mut found));
    let [before, after] = projects.each_ref().map(|one| Revision::compile(one, None, &arena, &mut found));
    assert!(!found.has_errors(), "{:?}", found.as_slice());
    compare(&sources, &before, &after)
}

/// Returns a review of one comparison.
fn review(diff: Diff) -> Review {
    let [before, after, before_base, after_base] = ["old", "new", "", ""].map(str::to_owned);
    let (tables, touched) = (Vec::new(), Touched::default());
    let env = InEnv { env: None, diff: Some(diff), plan: None, tables, picture: None, touched };
    Review { before, after, before_base, after_base, envs: vec![env], breaches: Vec::new() }
}

#[test]
fn all_formats_say_for_whom_else_a_change_is_the_same() {
    let diff = canary_followed();
    assert_eq!((diff.changes.len(), diff.changes[0].everybody().count()), (1, 2), "{diff:?}");
    let review = review(diff);
    for format in [
        Format::Pretty,
        Format::Markdown,
        Format::Json,
        Format::Sarif,
        Format::Github,
        Format::Gitlab,
        Format::Html,
    ] {
        let text = review.show(format, Colour::Never).expect("it has room");
        for part in ["reviews.default", "shop.example.com", "gateway public", "path is /reviews/*"] {
            assert!(text.contains(part), "{format:?} does not say {part}:\n{text}");
        }
    }
}

#[test]
fn more_requests_of_the_same_callers_are_one_more_condition() {
    let mut diff = canary_followed();
    let change = &mut diff.changes[0];
    change.when = "path is /a".to_owned();
    let more = |when: &str| Elsewhere { scopes: change.scopes.clone(), when: when.to_owned(), witness: None };
    change.elsewhere = vec![more("path is /b"), more("path is /c")];
    let text = review(diff).show(Format::Pretty, Colour::Never).expect("it has room");
    let said = "  when         path is /a\n  or when      path is /b\n  or when      path is /c\n";
    assert!(text.contains(said) && !text.contains("also"), "{text}");
}
