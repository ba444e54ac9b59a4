//! The report for a pull request: what strangers wrote stays text, and it fits into a comment.

use super::{AFTER, BEFORE, diff, of};
use crate::place::Place;

/// What GitHub takes, less what others put around it.
const MOST: usize = 60_000;

#[test]
fn the_first_line_is_the_verdict() {
    let text = diff(&["--all-envs", "--format", "markdown"]).exits(0).stdout;
    let first = text.lines().next().unwrap();
    assert!(first.starts_with("**2 critical, ") && first.contains("from `old` to `new`"), "{first}");
    assert!(text.contains("| critical | 1 | `egress-opened` | Pods reach"), "{text}");
}

#[test]
fn what_strangers_wrote_stays_text() {
    let text = diff(&["--env", "dev", "--format", "markdown"]).exits(0).stdout;
    // What the new route asks for stands in code whose fence is longer than any within.
    assert!(text.contains("header x-team is \"@me`<img/src=x>|[x](y)\"``"), "{text}");
    let bare: String = text.split("``").step_by(2).flat_map(|text| text.split('`').step_by(2)).collect();
    assert!(!bare.contains("@me") && !bare.contains("<img"), "{bare}");
}

#[test]
fn whole_findings_are_left_out_where_there_is_no_room() {
    let service = |n: usize, percent: usize| {
        let path = "x".repeat(100);
        format!(
            "service s{n} {{ port 80 http; version v1; version v2; serve v1; route \"/{path}{n}\" {{ timeout \"{}s\" }}; canary v2 percent={percent} }}\n",
            n + percent
        )
    };
    let shop = |percent: usize| (0..120).map(|n| service(n, percent + n % 7)).collect::<String>();
    let text = of(&shop(1), &shop(50), &["--format", "markdown"]).exits(0).stdout;
    let count = text.chars().count();
    assert!(count <= MOST && count > MOST / 2, "{count}");
    let more = text.lines().find(|line| line.starts_with("**and ")).unwrap();
    assert!(more.contains(" more**"), "{more}");
    // Every finding that is shown is whole, and every fold is closed.
    let headings = text.lines().filter(|line| line.starts_with("#### ")).count();
    let ends = text.lines().filter(|line| line.starts_with("- rule ")).count();
    assert_eq!(headings, ends);
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    assert!(text.lines().all(|line| line.matches('`').count() % 2 == 0));
}

/// Returns what stands between the fences of pictures.
fn pictures(text: &str) -> Vec<String> {
    let mut pictures: Vec<String> = Vec::new();
    let mut lines = text.lines();
    while lines.any(|line| line == "```mermaid") {
        let inside = lines.by_ref().take_while(|line| *line != "```");
        pictures.push(inside.map(|line| format!("{line}\n")).collect());
        assert_eq!(lines.by_ref().take(2).collect::<Vec<_>>(), ["", "</details>"]);
    }
    pictures
}

#[test]
fn a_picture_stands_in_its_fence() {
    let text = diff(&["--all-envs", "--format", "markdown"]).exits(0).stdout;
    let pictures = pictures(&text);
    assert_eq!(pictures.len(), 2, "{text}");
    assert!(text.contains(
        "<details><summary>picture: where traffic goes, in dev</summary>\n\n```mermaid\nflowchart LR\n"
    ));
    for picture in &pictures {
        // The header that looks like markup stands in it, and is text.
        assert!(picture.contains("x-team") && picture.contains("api.bank.example"), "{picture}");
        assert!(!picture.contains('`') && !picture.contains('@') && !picture.contains("<img"), "{picture}");
        assert!(picture.lines().skip(1).all(|line| line.starts_with("  ")), "{picture}");
        assert!(!picture.contains("details"), "a timeout is nothing that a picture shows: {picture}");
    }
    let slower = BEFORE.replace("1s", "2s");
    let text = of(BEFORE, &slower, &["--all-envs", "--format", "markdown"]).exits(0).stdout;
    assert!(!text.contains("mermaid") && !text.contains("picture"), "{text}");
}

#[test]
fn a_picture_is_left_out_before_any_finding_is() {
    let shop = |services: usize, percent: usize| {
        let service = |n| {
            format!(
                "service s{n} {{ port 80 http; version v1; version v2; serve v1; canary v2 percent={percent} }}\n"
            )
        };
        (0..services).map(service).collect::<String>()
    };
    let both =
        |services| of(&shop(services, 1), &shop(services, 50), &["--format", "markdown"]).exits(0).stdout;
    let (few, many) = (both(10), both(200));
    assert_eq!((pictures(&few).len(), pictures(&many).len()), (1, 0));
    assert!(
        many.contains("There is no room for a picture here: `meshc diff --format html` draws it."),
        "{many}"
    );
    assert!(few.chars().count() <= MOST && many.chars().count() <= MOST);
    assert_eq!(many.matches("<details>").count(), many.matches("</details>").count());
}

#[test]
fn a_template_may_show_pictures() {
    let template = "{% for one in pictures %}{{ one.envs|join }}\n```mermaid\n{{ one.mermaid }}```\n{% endfor %}{{ undrawn }}\n";
    let place = Place::with(&[("old/shop.kdl", BEFORE), ("new/shop.kdl", AFTER), ("own.md.j2", template)]);
    let run = place.run(&["diff", "old", "new", "--env", "dev", "--template", "own.md.j2"]).exits(0);
    assert!(run.stdout.starts_with("dev\n```mermaid\nflowchart LR\n"), "{}", run.stdout);
    assert!(run.stdout.ends_with("\n```\n0\n"), "{}", run.stdout);
}

#[test]
fn a_base_that_does_not_compile_is_unknown() {
    let run = of("service {", BEFORE, &["--env", "dev", "--format", "markdown"]).exits(0);
    assert!(run.stdout.starts_with("**1 unknown**"), "{}", run.stdout);
    assert!(run.stdout.contains("revision-not-loadable"), "{}", run.stdout);
    of("service {", BEFORE, &["--env", "dev", "--fail-on", "critical", "-o", "/dev/null"]).exits(1);
}
