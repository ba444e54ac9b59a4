//! Teams' own templates.

use super::{AFTER, BEFORE};
use crate::git::Repository;
use crate::place::Place;

fn with(template: &str) -> crate::place::Run {
    let place = Place::with(&[("old/shop.kdl", BEFORE), ("new/shop.kdl", AFTER), ("own.md.j2", template)]);
    place.run(&["diff", "old", "new", "--env", "dev", "--template", "own.md.j2"])
}

#[test]
fn a_template_is_given_the_document_and_escaped() {
    let run =
        with("{{ verdict }}: {% for change in changes %}{{ change.rule }} {{ change.when }}\n{% endfor %}")
            .exits(0);
    assert!(run.stdout.starts_with("different: egress-opened every request\n"), "{}", run.stdout);
    assert!(
        run.stdout.contains("x-team is \"@\u{2060}me\\`&lt;img/src=x&gt;\\|\\[x\\]\\(y\\)"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_template_that_is_wrong_says_where() {
    with("one\n{% for x %}").exits(2).says("own.md.j2: line 2: ");
    with("{{ nothing.there }}").exits(2).says("own.md.j2: line 1: ");
    with("{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}")
        .exits(2)
        .says("the template");
    with("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}").exits(2);
    with(&"x".repeat(70_000)).exits(2).says("60000 characters");
    let place = Place::with(&[("a.kdl", BEFORE)]);
    place
        .run(&["diff", "a.kdl", "a.kdl", "--format", "json", "--template", "x"])
        .exits(2)
        .says("makes Markdown");
    place.run(&["diff", "a.kdl", "a.kdl", "--env", "dev", "--template", "x"]).exits(2).says("cannot read x");
}

#[test]
fn a_template_of_the_repository_is_that_of_the_revision_before() {
    let repository = Repository::with(&[("shop.kdl", BEFORE), ("review.md.j2", "base says {{ summary }}")]);
    repository.git(&["checkout", "--quiet", "-b", "change"]);
    repository.commit(&[("shop.kdl", AFTER), ("review.md.j2", "all is well"), ("new.md.j2", "all is well")]);
    let diff =
        |template: &str| repository.run(&["diff", "main..change", "--env", "dev", "--template", template]);
    let run = diff("review.md.j2").exits(0);
    assert!(run.stdout.starts_with("base says 2 critical"), "{}", run.stdout);
    diff("new.md.j2").exits(2).says("so that a change cannot rewrite its own report");
}
