//! The report for people.

use super::{BEFORE, diff, of};

#[test]
fn the_worst_comes_first_with_its_place_and_a_command() {
    let run = diff(&["--env", "prod"]).exits(0);
    let first = "\
api.bank.example:443   in prod                                    risk: critical
  Pods reach a host outside the mesh that they did not reach.
  answer       502, nobody declared it → api.bank.example:443, unopened
  at           new/shop.kdl:12
  try          meshc route https://api.bank.example/ new --from ns/default --env prod
  rule         egress-opened (";
    assert!(run.stdout.starts_with(first), "{}", run.stdout);
    let last = run.stdout.lines().last().unwrap();
    assert!(last.contains(" traffic changes, 2 critical, "), "{last}");
    assert!(run.stdout.contains("old/shop.kdl:7 (before)"), "{}", run.stdout);
    assert!(!run.stdout.contains('\x1b'));
    run.says("for more about a rule: meshc explain egress-opened");
}

#[test]
fn what_is_printed_can_be_pasted() {
    let place = crate::place::Place::with(&[("old/shop.kdl", BEFORE), ("new/shop.kdl", super::AFTER)]);
    let run = place.run(&["diff", "old", "new", "--env", "prod"]).exits(0);
    let commands = run.stdout.lines().filter_map(|line| line.trim().strip_prefix("try "));
    for command in commands {
        let words = command.trim().strip_prefix("meshc ").unwrap();
        let script = format!("{} {words}", env!("CARGO_BIN_EXE_meshc"));
        let ran = std::process::Command::new("sh").args(["-c", &script]).current_dir(place.path("")).output();
        let ran = ran.unwrap();
        assert!(ran.status.success(), "{command}: {}", String::from_utf8_lossy(&ran.stderr));
    }
}

#[test]
fn no_change_is_said_in_these_words() {
    let moved = format!("// moved\n{}", BEFORE.replace("; ", "\n"));
    let run = of(BEFORE, &moved, &["--all-envs", "--fail-on", "info"]).exits(0);
    assert_eq!(run.stdout, "no traffic changes\n");
    run.says("it rests on this:\n  Istio 1.");
    let text = of(BEFORE, &moved, &["--all-envs", "--format", "markdown"]).exits(0).stdout;
    assert!(text.starts_with("**no traffic changes**, proven for "), "{text}");
}

#[test]
fn many_hosts_are_folded() {
    let shop = |timeout: &str| {
        (0..30)
            .map(|n| format!("service s{n} {{ port 80 http; timeout \"{timeout}\" }}\n"))
            .collect::<String>()
    };
    let text = of(&shop("1s"), &shop("2s"), &[]).exits(0).stdout;
    assert!(text.contains("and 25 more hosts\n") && text.lines().count() < 16, "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80 || line.contains("meshc route")), "{text}");
    assert!(text.ends_with("1 traffic change, 1 low\n"), "{text}");
}

#[test]
fn colours_are_asked_for() {
    let text = diff(&["--env", "prod", "--color", "always"]).exits(0).stdout;
    assert!(text.contains("\x1b[1;31mrisk: critical\x1b[0m"), "{text}");
}

#[test]
fn a_report_goes_into_a_file_and_levels_decide_the_exit() {
    let place = crate::place::Place::with(&[("old/shop.kdl", BEFORE), ("new/shop.kdl", super::AFTER)]);
    let run = place.run(&["diff", "old", "new", "--env", "dev", "--fail-on", "critical", "-o", "report.txt"]);
    assert_eq!((run.exit, run.stdout.as_str()), (Some(1), ""));
    assert!(place.read("report.txt").contains("risk: critical"));
    place
        .run(&["diff", "old", "new", "--env", "dev", "-o", "nowhere/report.txt"])
        .exits(2)
        .says("cannot write");
}
