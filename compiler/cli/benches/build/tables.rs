//! Tables that are hard to compare: many routes, and expressions that ask for as much work as they can.

use std::fmt::Write;

/// Two states of one file, by what is in it.
pub struct Pair {
    /// What it is.
    pub what: &'static str,
    /// What there was.
    pub before: String,
    /// What there is.
    pub after: String,
}

/// So many routes a host has.
const ROUTES: usize = 1000;

/// Returns the pairs.
pub fn pairs() -> Vec<Pair> {
    let prefixes = |timeout: &dyn Fn(usize) -> usize| {
        routes((0..ROUTES).map(|number| (format!("\"/team-{}/{number}/*\"", number % 37), timeout(number))))
    };
    let plain = prefixes(&|_| 1);
    let nested =
        |count: usize| move |number: usize| format!("(regex)\"/(.{{1,{}}}/){{3}}x.*\"", count + number);
    let letters = |tail: usize| format!("(regex)\"/[ab]*a[ab]{{{tail}}}\"");
    let hostile = |patterns: Vec<String>| {
        let pair = |all: Vec<(usize, String)>| routes(all.into_iter().map(|(timeout, text)| (text, timeout)));
        let all: Vec<(usize, String)> = (1..).zip(patterns).collect();
        let reversed = all.iter().rev().cloned().collect();
        (pair(all), pair(reversed))
    };
    let several = hostile((0..30).map(nested(150)).collect());
    let exponential = hostile(vec![letters(16), "(regex)\"/[ab]*b[ab]{16}\"".to_owned()]);
    vec![
        Pair {
            what: "1,000 routes, one changed",
            before: plain.clone(),
            after: prefixes(&|number| if number == ROUTES / 2 { 2 } else { 1 }),
        },
        Pair { what: "1,000 routes, each changed", before: plain, after: prefixes(&|number| 2 + number % 7) },
        Pair { what: "30 nested repetitions, reversed", before: several.0, after: several.1 },
        Pair { what: "2 exponential expressions, reversed", before: exponential.0, after: exponential.1 },
    ]
}

/// Returns a service with these routes and their timeouts.
fn routes(all: impl Iterator<Item = (String, usize)>) -> String {
    let text = "service a {\n    port 80 http\n".to_owned();
    let text = all.fold(text, |mut text, (pattern, timeout)| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "    route {pattern} {{ timeout \"{timeout}s\" }}");
        text
    });
    text + "}\n"
}
