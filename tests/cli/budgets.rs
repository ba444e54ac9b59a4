//! Small files that ask for much work: each kind of it is counted, and behind its budget one message says so.

use std::fmt::Write;

use crate::place::Place;

/// Checks a file, which must be refused for this and nothing else.
#[track_caller]
fn refuses(text: &str, code: &str) {
    let place = Place::with(&[("mesh.kdl", text)]);
    let run = place.run(&["check"]).exits(1).says(&format!("error[{code}]"));
    assert_eq!(run.stderr.matches("error[").count(), 1, "{}", run.stderr);
}

#[track_caller]
fn takes(text: &str) {
    Place::with(&[("mesh.kdl", text)]).run(&["check"]).exits(0);
}

/// Returns lines for numbers, in a text.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", line(number));
        text
    })
}

#[test]
fn a_block_has_a_thousand_lines_of_one_word() {
    let versions = |count| {
        let versions = lines(count, |number| format!("version v{number}"));
        format!("service a {{ port 80 http; serve v1\n{versions}}}\n")
    };
    takes(&versions(1000));
    refuses(&versions(1001), "too-many-lines");
    let routes = lines(1500, |number| format!("route \"/{number}\" {{ timeout \"5s\" }}"));
    takes(&format!("service a {{ port 80 http\n{routes}}}\n"));
}

#[test]
fn a_line_has_a_thousand_values() {
    let patterns = lines(1001, |number| format!("\"/{number}\" \\"));
    refuses(
        &format!("service a {{ port 80 http; route {patterns} name=a {{ timeout \"5s\" }} }}\n"),
        "too-many-lines",
    );
}

#[test]
fn blocks_take_over_so_many_lines() {
    let versions = lines(300, |number| format!("version v{number}"));
    let services =
        |count, more: &str| lines(count, |number| format!("service s{number} {{ {more}; serve v1 }}"));
    for services in [5, 100] {
        let used =
            self::lines(services, |number| format!("service s{number} {{ port 80 http; use t; serve v1 }}"));
        let text = format!("template t {{\n{versions}}}\n{used}");
        if services == 5 { takes(&text) } else { refuses(&text, "too-many-inherited") }
    }
    let defaults = format!("defaults {{ service {{\n{versions}}} }}\n{}", services(100, "port 80 http"));
    refuses(&defaults, "too-many-inherited");
}

#[test]
fn rules_are_held_so_often() {
    let text = |rules, services| {
        let rules = lines(rules, |number| format!("policy p{number} {{ require owner }}"));
        let services = lines(services, |number| format!("service s{number} {{ port 80 http; owner shop }}"));
        format!("{rules}{services}")
    };
    takes(&text(30, 1000));
    refuses(&text(300, 100), "too-many-rules");
}

#[test]
fn a_file_is_read_up_to_a_thousand_mistakes() {
    let text = lines(5000, |number| format!("xyz{number}"));
    let run = Place::with(&[("mesh.kdl", &text)]).run(&["check"]).exits(1);
    assert!(run.stderr.starts_with("meshc: 1002 errors, "), "{}", &run.stderr[..80]);
}

#[test]
fn names_are_suggested_to_the_first() {
    let services = lines(100, |number| format!("service checkout-{number:03} {{ port 80 http }}"));
    let routes = lines(100, |number| format!("route \"/{number}\" {{ to chekout-{number:03} }}"));
    let text = format!("{services}service zz {{ port 80 http\n{routes}}}\n");
    let run = Place::with(&[("mesh.kdl", &text)]).run(&["check"]).exits(1);
    let suggested = run.stderr.matches("did you mean").count();
    assert!(suggested > 50 && suggested < 70, "{suggested}");
}
