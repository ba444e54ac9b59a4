//! The report for a pull request: what strangers wrote stays text, and it fits into a comment.

use super::{BEFORE, diff, of};

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

#[test]
fn a_base_that_does_not_compile_is_unknown() {
    let run = of("service {", BEFORE, &["--env", "dev", "--format", "markdown"]).exits(0);
    assert!(run.stdout.starts_with("**1 unknown**"), "{}", run.stdout);
    assert!(run.stdout.contains("revision-not-loadable"), "{}", run.stdout);
    of("service {", BEFORE, &["--env", "dev", "--fail-on", "critical", "-o", "/dev/null"]).exits(1);
}
