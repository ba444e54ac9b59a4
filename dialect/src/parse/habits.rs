//! Lines as other tools have them, where all of a line is one mistake: `rewrite "^/a" "/b"`, `redirect 301 "/new"`,
//! `header x-a=b and method GET`.

use bumpalo::Bump;

use super::entries::{EXTRA_VALUE, Line};
use super::marks;
use super::slips::is_parameter;
use crate::diagnostic::Diagnostics;
use crate::kdl::{Datum, Entry, NEEDS_QUOTES, Node, Value as Raw};
use crate::kind::pattern::regex_value;
use crate::kind::{Kind, WRONG_VALUE, clip, number};
use crate::span::Span;
use crate::word::{Arg, Word};
use crate::words;

/// Words that join conditions in other languages.
const AND: &[&str] = &["and", "&&"];
const OR: &[&str] = &["or", "||"];

/// Words that begin lines of a `when`, and seldom are what a header is compared with.
const TESTS: &[&str] = &["header", "cookie", "query", "method"];

/// Reports a line that is written in the order of another tool. Returns whether it is.
pub(super) fn is_one(word: &Word, node: &Node<'_>, out: &mut Diagnostics) -> bool {
    let (Some(Entry::Argument(first)), second) = (node.entries.first(), node.entries.get(1)) else {
        return false;
    };
    let second = match second {
        Some(Entry::Argument(second)) => Some(second),
        Some(Entry::Property(..)) => return false,
        None => None,
    };
    if is_parameter(first.datum) || second.is_some_and(|second| is_parameter(second.datum)) {
        return false;
    }
    let span = second.map_or(first.span, |second| first.span.to(second.span));
    let (says, written) = match (word.name, first.datum, second.map(|second| second.datum)) {
        ("redirect", first, Some(second)) => {
            let Some(written) = redirected(first, second).or_else(|| redirected(second, first)) else {
                return false;
            };
            ("the status of a redirect stands behind its URL, by its name", written)
        }
        ("respond", Datum::Number(status), Some(Datum::Bare(body) | Datum::Quoted(body))) => {
            ("the body of an answer is said by its name", format!("{status} body={}", quoted(body)))
        }
        ("respond", Datum::Quoted(body), None) if body.parse::<u16>().is_err() => {
            ("an answer begins with its status", format!("200 body={}", quoted(body)))
        }
        ("rewrite", Datum::Bare(from) | Datum::Quoted(from), Some(Datum::Bare(to) | Datum::Quoted(to))) => {
            ("what is replaced, and what takes its place, is said by its name", replaced(from, to))
        }
        ("rewrite", Datum::Quoted(to), None) if to.starts_with('/') => {
            ("what is written is said by its name", format!("path={}", quoted(to)))
        }
        _ => return false,
    };
    let found = out.report(&EXTRA_VALUE, span);
    found.says(says).help(format!("write {} {written}", word.name));
    let is_sure = match (word.name, second) {
        // Which status was meant, nobody knows.
        ("respond", None) => false,
        // Here it is the path of the route that is replaced, which may be another one.
        ("rewrite", Some(_)) => !written.starts_with("path="),
        _ => true,
    };
    // Of what is long only the beginning is shown.
    if is_sure && !written.contains('…') {
        found.fix(span, written);
    }
    true
}

/// Returns the values of a `redirect` from a status, or a word for it, and a URL.
fn redirected(status: Datum<'_>, url: Datum<'_>) -> Option<String> {
    let status = match status {
        Datum::Number(status) => status,
        Datum::Bare(word) => number::redirected(word)?,
        Datum::Quoted(_) | Datum::Bool(_) | Datum::Null | Datum::Broken(_) => return None,
    };
    let (Datum::Bare(url) | Datum::Quoted(url)) = url else { return None };
    Some(format!("{} status={status}", quoted(url)))
}

/// Returns the values of a `rewrite`. Groups are `$1` in nginx and Traefik.
fn replaced(from: &str, to: &str) -> String {
    if from.starts_with('/') && !from.contains(['(', '[', '*', '+', '$', '\\']) {
        return format!("path={}", quoted(to));
    }
    let mut groups = clip(to);
    for digit in '0'..='9' {
        groups = groups.replace(&format!("${digit}"), &format!("\\{digit}"));
    }
    let regex = regex_value(&clip(from));
    let to = if groups.contains('\\') { format!("#\"{groups}\"#") } else { quoted(&groups) };
    format!("regex={} to={to}", regex.trim_start_matches("(regex)"))
}

/// Tells whether a value of a test may be meant to join it with another one.
pub(super) fn may_join(datum: Datum<'_>) -> bool {
    matches!(datum, Datum::Bare(text) if AND.contains(&text) || OR.contains(&text) || TESTS.contains(&text))
}

/// Reports a test that goes on with another one on its line. Returns whether it does; the rest is no part of this line then.
pub(super) fn is_joined(
    line: &Line<'_, '_>,
    raw: &Raw<'_>,
    next: Option<&Entry<'_>>,
    out: &mut Diagnostics,
) -> bool {
    let is_test = line.word.free.is_some() && line.row.is_some_and(|row| row.kind == Kind::Pattern);
    let (true, Datum::Bare(text), Some(next)) = (is_test, raw.datum, next) else { return false };
    let before = line.before(raw);
    let gap = Span::new(raw.span.file(), before, raw.span.end());
    let goes_on = match next {
        Entry::Argument(Raw { datum: Datum::Bare(word), .. }) => words::find(line.place, word).is_some(),
        Entry::Argument(_) => false,
        Entry::Property(..) => true,
    };
    if AND.contains(&text) {
        let found = out.report(&EXTRA_VALUE, raw.span);
        found
            .says(format!("no `{text}` joins two tests"))
            .because("on one line it would be one more value that the first may have")
            .help("lines of a `when` are read as and: separate them by `;`");
        if goes_on && matches!(next, Entry::Argument(_)) {
            found.fix(gap, ";");
        }
        return true;
    }
    if OR.contains(&text) {
        let found = out.report(&EXTRA_VALUE, raw.span);
        found
            .says(format!("no `{text}` joins two tests"))
            .because("it would be one more value that the first may have");
        match goes_on {
            true => found.help("write a `when` for each: several are read as or"),
            false => found.help("values behind one another are read as or: leave it out").fix(gap, ""),
        };
        return true;
    }
    let is_line = TESTS.contains(&text) && line.begins(text);
    if is_line {
        out.report(&EXTRA_VALUE, raw.span)
            .says(format!("`{text}` begins a line of its own"))
            .because("on this one it would be one more value that the first may have")
            .help("lines are separated by `;` or stand on lines of their own; for the value itself write it in quotes")
            .fix(Span::new(raw.span.file(), before, before), ";");
    }
    is_line
}

/// Returns a value that lacks quotes as if it had them, where they do not help: then what else is wrong with it is said instead.
pub(super) fn unquoted<'a>(
    line: &Line<'_, '_>,
    row: &Arg,
    raw: Raw<'a>,
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> Raw<'a> {
    let Datum::Broken(text) = raw.datum else { return raw };
    marks::a_line_each(line, &raw, out);
    let lacks = |place: Span, code| place == raw.span && std::ptr::eq(code, &NEEDS_QUOTES);
    if !out.as_slice().iter().rev().take(8).any(|found| lacks(found.place.span, found.code)) {
        return raw;
    }
    let mut aside = out.aside();
    let quoted = Raw { datum: Datum::Quoted(text), ..raw };
    row.kind.read(quoted, arena, &mut aside);
    let ports = text.split_once(':').filter(|_| row.kind == Kind::Port);
    if aside.as_slice().is_empty() {
        return raw;
    }
    out.revise_latest(|found| !lacks(found.place.span, found.code));
    let Some((port, target)) = ports else { return quoted };
    out.report(&WRONG_VALUE, raw.span).says(format!("`{}` is two ports", clip(text))).help(format!(
        "the one that is called stands first, that of the pod behind the protocol: port {} http target={}",
        clip(port),
        clip(target)
    ));
    raw
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", clip(text).replace('\\', "\\\\").replace('"', "\\\""))
}
