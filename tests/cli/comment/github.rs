//! One comment of a pull request on GitHub, whatever the forge and strangers do.

use super::double::{Double, Fault, OURS};
use super::{HEAD, TOKEN, changed, github, job};
use crate::git::{Repository, service};

const ARGS: [&str; 3] = ["comment", "github", "main...HEAD"];

const MARK: &str = "<!-- meshc:diff:mesh -->";

#[test]
fn one_comment_after_any_number_of_runs() {
    let (repository, double) = (changed(), Double::start());
    let environment = github(&repository, &double);
    let first = job(&repository.path(""), &environment, &ARGS).exits(0).says("commented");
    assert_eq!(first.stdout, "https://github.example.com/shop/mesh/pull/7#issuecomment-1001\n");
    assert!(double.ours()[0].starts_with(&format!("{MARK}\n**1 low")), "{:?}", double.ours());
    for _ in 0..3 {
        let again = job(&repository.path(""), &environment, &ARGS).exits(0).says("says so already");
        assert_eq!(again.stdout, first.stdout);
    }
    assert_eq!((double.asked("POST"), double.asked("PATCH")), (1, 0));
    repository.commit(&[("a.kdl", &service("checkout").replace("5s", "11s"))]);
    let edited = job(&repository.path(""), &environment, &ARGS).exits(0).says("was edited");
    assert_eq!(edited.stdout, first.stdout);
    repository.commit(&[("a.kdl", &service("checkout"))]);
    job(&repository.path(""), &environment, &ARGS).exits(0).says("was edited");
    assert_eq!((double.asked("POST"), double.asked("PATCH")), (0, 2));
    let ours = double.ours();
    assert!(ours.len() == 1 && ours[0].contains("no traffic changes"), "{ours:?}");
}

#[test]
fn marks_of_others_and_many_pages_do_not_hide_it() {
    let (repository, double) = (changed(), Double::start());
    let environment = github(&repository, &double);
    double.say("mallory", &format!("{MARK}\n**no traffic changes**"));
    double.say(OURS, &format!("somebody asked what `{MARK}` is"));
    double.say(OURS, "<!-- meshc:diff:prod -->\nof another environment");
    (0..120).for_each(|_| double.say("reviewer", "looks good"));
    job(&repository.path(""), &environment, &ARGS).exits(0).says("commented");
    (0..250).for_each(|_| double.say("reviewer", "looks better"));
    job(&repository.path(""), &environment, &ARGS).exits(0).says("says so already");
    repository.commit(&[("a.kdl", &service("checkout").replace("5s", "11s"))]);
    job(&repository.path(""), &environment, &ARGS).exits(0).says("was edited");
    let ours = double.ours();
    assert_eq!(ours.iter().filter(|text| text.starts_with(MARK)).count(), 1, "{ours:?}");
    assert!(double.state().comments[0].2.contains("no traffic changes"), "mallory's is mallory's");
    let other = [&ARGS[..], &["--key", "prod"]].concat();
    job(&repository.path(""), &environment, &other).exits(0).says("was edited");
    assert_eq!(double.ours().len(), 3);
}

#[test]
fn a_forge_that_is_busy_is_asked_again() {
    let (repository, double) = (changed(), Double::start());
    let environment = github(&repository, &double);
    double.fail(2, "GET", 429, "retry-after: 0\r\n", r#"{"message": "slow down"}"#);
    double.fail(
        1,
        "POST",
        403,
        "retry-after: 0\r\n",
        r#"{"message": "You have exceeded a secondary rate limit"}"#,
    );
    double.fail(1, "POST", 500, "", "<html>oops</html>");
    let run = job(&repository.path(""), &environment, &ARGS)
        .exits(0)
        .says("answers 429: slow down; attempt 3 of 4 in 0 s");
    assert!(run.stderr.contains("secondary rate limit; attempt 2 of 4 in 0 s"), "{run:?}");
    assert!(run.stderr.contains("answers 500; attempt 3 of 4 in 2 s"), "{run:?}");
    assert_eq!(double.ours().len(), 1);
    // It was posted, and only the answer got lost.
    double.state().comments.clear();
    let lost =
        Fault { method: "POST", status: 502, headers: "retry-after: 0\r\n", body: String::new(), done: true };
    double.state().faults.push(lost);
    job(&repository.path(""), &environment, &ARGS).exits(0).says("says so already");
    assert_eq!(double.ours().len(), 1);
    double.fail(9, "GET", 503, "retry-after: 0\r\n", "{}");
    job(&repository.path(""), &environment, &ARGS).exits(2).says("answers 503, 4 times");
    double.state().faults.clear();
    double.fail(1, "GET", 429, "retry-after: 86400\r\n", "{}");
    job(&repository.path(""), &environment, &ARGS).exits(2).says("asks to wait 86400 seconds");
}

#[test]
fn a_token_that_may_only_read_writes_the_summary() {
    let (repository, double) = (changed(), Double::start());
    let environment = github(&repository, &double);
    double.state().read_only = true;
    let run = job(&repository.path(""), &environment, &ARGS).exits(0);
    let run = run.says("the token may not comment (Resource not accessible by integration)");
    assert!(run.stdout.lines().all(|line| line.starts_with("::")), "{run:?}");
    assert!(run.stdout.contains("file=a.kdl,line=3"), "{run:?}");
    let summary = repository.place().read(".git/summary.md");
    assert!(summary.starts_with("**1 low"), "{summary}");
    assert_eq!(double.ours().len(), 0);
    job(&repository.path(""), &environment, &ARGS).exits(0);
    assert_eq!(repository.place().read(".git/summary.md"), summary.repeat(2));
    let without: Vec<_> =
        environment.into_iter().filter(|(name, _)| *name != "GITHUB_STEP_SUMMARY").collect();
    assert_eq!(
        job(&repository.path(""), &without, &ARGS).exits(0).stdout,
        summary.trim_end().to_owned() + "\n"
    );
}

#[test]
fn an_older_commit_never_has_the_last_word() {
    let (repository, double) = (changed(), Double::start());
    let environment = github(&repository, &double);
    double.state().head = "2".repeat(40);
    let run = job(&repository.path(""), &environment, &ARGS).exits(0);
    assert!(
        run.stdout.is_empty() && run.stderr.contains("the pull request is at 222222222222 by now"),
        "{run:?}"
    );
    assert_eq!((double.ours().len(), double.asked("POST")), (0, 0));
    let newest = "2".repeat(40);
    job(&repository.path(""), &environment, &[&ARGS[..], &["--head", &newest]].concat())
        .exits(0)
        .says("commented");
    job(&repository.path(""), &environment, &[&ARGS[..], &["--head", HEAD]].concat()).exits(0).says("by now");
}

#[test]
fn a_revision_that_does_not_compile_is_told_as_well() {
    let (repository, double) = (changed(), Double::start());
    let environment = github(&repository, &double);
    job(&repository.path(""), &environment, &ARGS).exits(0);
    repository.commit(&[("a.kdl", "service checkout { port 80 http; timeout 5s; owner \"```\" }\n")]);
    let run = job(&repository.path(""), &environment, &ARGS);
    assert_eq!(run.exit, Some(1), "{run:?}");
    let ours = double.ours();
    assert!(ours.len() == 1 && ours[0].contains("does not compile"), "{ours:?}");
}

#[test]
fn a_comment_of_thousands_of_changes_fits() {
    // Names of hosts are ASCII; paths of files are not, nor are the values of headers. Equal changes would be one.
    let text = |timeout: &str| {
        let one = |n: usize| {
            format!(
                "service s{n} {{\n    port 80 http\n    timeout \"{n}{timeout}\"\n    route \"/a\" name=a {{ when {{ header x=\"`🦀``🦀{n}`\" }}; timeout \"{n}1{timeout}\" }}\n}}\n"
            )
        };
        (1..300).map(one).collect::<String>()
    };
    let repository = Repository::with(&[("🦀`.kdl", &text("5s"))]);
    repository.git(&["checkout", "--quiet", "-b", "feature"]);
    repository.commit(&[("🦀`.kdl", &text("6s"))]);
    let double = Double::start();
    job(&repository.path(""), &github(&repository, &double), &ARGS).exits(0).says("commented");
    let ours = double.ours();
    let length = ours[0].encode_utf16().count();
    assert!((20_000..=65_536).contains(&length), "{length}");
    assert!(ours[0].contains("more"), "nobody says that there is more");
    assert_eq!(ours[0].matches("<details>").count(), ours[0].matches("</details>").count());
}

#[test]
fn what_a_forge_refuses_is_said() {
    let (repository, double) = (changed(), Double::start());
    let environment = github(&repository, &double);
    let refused = r#"{"message": "Validation Failed", "errors": [{"message": "Body is too long\u001b[2J"}]}"#;
    double.fail(1, "POST", 422, "", refused);
    job(&repository.path(""), &environment, &ARGS)
        .exits(2)
        .says("answers 422: Validation Failed; Body is too long\\u{1b}[2J");
    double.fail(1, "POST", 404, "", r#"{"message": "Not Found"}"#);
    job(&repository.path(""), &environment, &ARGS)
        .exits(2)
        .says("answers 404: Not Found; the token needs `pull-requests: write`");
    // A server that gives the token away is not helped.
    double.fail(1, "POST", 400, "", &format!(r#"{{"message": "what is {TOKEN}?"}}"#));
    job(&repository.path(""), &environment, &ARGS).exits(2).says("answers 400: what is ***?");
    double.fail(1, "GET", 301, "location: https://elsewhere.example.com/\r\n", "");
    job(&repository.path(""), &environment, &ARGS)
        .exits(2)
        .says("has moved to https://elsewhere.example.com/");
    double.fail(1, "GET", 200, "", "<html>please log in</html>");
    job(&repository.path(""), &environment, &ARGS).exits(2).says("no JSON: is it the address of the API?");
    let mut wrong = environment.clone();
    wrong[0].1 = "ghs_other".to_owned();
    let run = job(&repository.path(""), &wrong, &ARGS)
        .exits(2)
        .says("answers 401: Bad credentials; GITHUB_TOKEN is wrong");
    assert!(!run.stderr.contains("ghs_other"), "{run:?}");
    assert_eq!(double.ours().len(), 0);
}

/// Texts that would do something in a comment, a summary or a log.
const HOSTILE: [&str; 8] = [
    "```",
    "<img src=x>",
    "@org-team",
    "[x](http:evil)",
    "<!-- meshc:diff:mesh -->",
    "::error::x%0Ay",
    "a|b\\`*c*",
    "#7 🦀``🦀",
];

#[test]
fn no_name_does_anything() {
    for hostile in HOSTILE {
        let quoted = hostile.replace('\\', "\\\\");
        let text = |timeout: &str| {
            format!(
                "service checkout {{\n    port 8080 http\n    route \"/a\" name=a {{\n        when {{ header x=(exact)\"{quoted}\" }}\n        timeout \"{timeout}\"\n    }}\n    timeout \"5s\"\n}}\n"
            )
        };
        let path = format!("{hostile}.kdl");
        let repository = Repository::with(&[(&path, &text("1s"))]);
        repository.git(&["checkout", "--quiet", "-b", "feature"]);
        repository.commit(&[(&path, &text("2s"))]);
        let double = Double::start();
        let environment = github(&repository, &double);
        job(&repository.path(""), &environment, &ARGS).exits(0).says("commented");
        inert(&double.ours()[0], hostile);
        double.state().read_only = true;
        let run =
            job(&repository.path(""), &environment, &[&ARGS[..], &["--key", "other"]].concat()).exits(0);
        assert_eq!(run.stdout.lines().count(), 2, "{run:?}");
        assert!(run.stdout.lines().all(|line| line.starts_with("::notice ")), "{run:?}");
        double.state().read_only = false;
        repository.commit(&[(&path, "service checkout { timeout }\n")]);
        assert_eq!(job(&repository.path(""), &environment, &ARGS).exit, Some(1));
        let ours = double.ours();
        assert!(ours.len() == 1 && ours[0].contains("does not compile"), "{ours:?}");
        let (_, fenced) = ours[0].split_once("\n\n").unwrap();
        let lines: Vec<_> = fenced.lines().collect();
        assert!(lines.len() == 3 && lines[0] == lines[2] && !lines[1].contains(lines[0]), "{fenced}");
    }
}

/// Asserts that a text is in code and nowhere else.
#[track_caller]
fn inert(comment: &str, hostile: &str) {
    let comment = comment.strip_prefix(MARK).unwrap();
    assert!(
        comment.contains(hostile) || comment.contains(&hostile.replace('\\', "\\\\")),
        "{hostile}: {comment}"
    );
    let mut rest = comment;
    let mut outside = String::new();
    while let Some(at) = rest.find('`') {
        outside.push_str(&rest[..at]);
        let run = &rest[at..at + rest[at..].bytes().take_while(|byte| *byte == b'`').count()];
        let behind = &rest[at + run.len()..];
        // The code ends at the next run of the same length, on the same line.
        let line = behind.lines().next().unwrap_or("");
        let ends = line.match_indices(run).map(|(at, _)| at);
        let alone = |at: &usize| !line[..*at].ends_with('`') && !line[at + run.len()..].starts_with('`');
        let end = ends.into_iter().find(alone).unwrap_or_else(|| panic!("{hostile}: {line} is not closed"));
        rest = &behind[end + run.len()..];
    }
    outside.push_str(rest);
    assert!(!outside.contains(hostile), "{hostile}: {outside}");
    assert_eq!(outside.matches("<details>").count(), outside.matches("</details>").count(), "{outside}");
}
