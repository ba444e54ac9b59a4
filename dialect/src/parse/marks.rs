//! Lines as other languages have them: a mark between a word and its values, or around these (`port = 80`, `port: 80`,
//! `hosts = ["a"]`), and words of which nothing stays. What else is wrong with such a line is a part of the same mistake.

use super::entries::Line;
use super::unknown::UNKNOWN_WORD;
use super::{Head, MISSING_BLOCK, STRAY_BLOCK};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::kdl::{
    BAD_NUMBER, BARE_KEYWORD, BARE_PERCENT, COMMENT_IN_WORD, Datum, MISPLACED_COLON, MISPLACED_COMMA,
    MISPLACED_EQUALS, MISSING_VALUE, NEEDS_QUOTES, UNEXPECTED, Value as Raw, items,
};
use crate::kind::duration::DURATION_WITHOUT_UNIT;
use crate::span::Span;
use crate::word::Count;

/// What is said of how a value is written.
const OF_VALUES: &[&Code] = &[
    &BAD_NUMBER,
    &BARE_KEYWORD,
    &BARE_PERCENT,
    &COMMENT_IN_WORD,
    &DURATION_WITHOUT_UNIT,
    &MISPLACED_COMMA,
    &NEEDS_QUOTES,
    &UNEXPECTED,
];

/// What is said of a mark.
const OF_MARKS: &[&Code] = &[&MISPLACED_COLON, &MISPLACED_EQUALS];

/// What is said of a line that lacks something, or has a block where it takes none.
const OF_LINES: &[&Code] = &[&MISSING_BLOCK, &MISSING_VALUE, &STRAY_BLOCK];

/// Makes one of what has been said of a line with a mark behind its word, where there were `said` findings before it.
pub(super) fn join(head: Head, said: usize, out: &mut Diagnostics) {
    let found = out.as_slice().get(said..).unwrap_or(&[]);
    if found.len() < 2 {
        return;
    }
    // The mark of `retry = { … }` stands behind all that the line says.
    let reach = head.block.map_or(head.span, |brace| head.span.to(brace));
    let Some(mark) = found.iter().position(|found| is_mark(found, reach)) else { return };
    let mut rest = out.split_off(said);
    let mut mark = rest.remove(mark);
    for found in rest {
        match is_part(&found, head) {
            true => add(&mut mark, found),
            false => out.push(found),
        }
    }
    out.push(mark);
}

/// Drops what was said of how values are written since there were `said` findings, in a piece of which nothing stays.
pub(super) fn hush(piece: Span, said: usize, out: &mut Diagnostics) {
    let is_echo = |found: &Diagnostic| {
        // What another tool is to fill in is a mistake wherever it stands, and alone says why.
        is_one_of(found, &[OF_VALUES, OF_MARKS]) && found.because.is_none() && is_in(found, piece)
    };
    if out.as_slice().get(said..).is_some_and(|found| found.iter().any(is_echo)) {
        out.split_off(said).into_iter().filter(|found| !is_echo(found)).for_each(|found| out.push(found));
    }
}

/// Says that several values in brackets are a line each, where a line takes one.
pub(super) fn a_line_each(line: &Line<'_, '_>, raw: &Raw<'_>, out: &mut Diagnostics) {
    let Datum::Broken(text) = raw.datum else { return };
    let Some(items) = items(text).filter(|items| items.len() > 1) else { return };
    if line.row.is_some_and(|row| matches!(row.count, Count::Some | Count::Any)) {
        return;
    }
    let rest = if line.node.entries.len() > 1 { " …" } else { "" };
    let lines: Vec<String> = items.iter().map(|item| format!("{} {item}{rest}", line.word.name)).collect();
    out.revise_latest(|found| {
        if found.place.span == raw.span && std::ptr::eq(found.code, &UNEXPECTED) {
            found.fix.clear();
            found.help(format!("there are no lists: this takes a line each: {}", lines.join("; ")));
        }
        true
    });
}

fn is_mark(found: &Diagnostic, head: Span) -> bool {
    let is_behind_word = std::ptr::eq(found.code, &UNKNOWN_WORD) && found.message.ends_with("` too many");
    is_in(found, head) && !found.fix.is_empty() && (is_behind_word || is_one_of(found, &[OF_MARKS]))
}

/// Tells whether something was said of the line itself, and not of the lines in its block.
fn is_part(found: &Diagnostic, head: Head) -> bool {
    let is_here = is_in(found, head.span) || head.block == Some(found.place.span);
    is_here && is_one_of(found, &[OF_VALUES, OF_LINES]) && found.because.is_none()
}

/// Adds to what is said of a mark what else has to be changed; where nobody can do that unseen, that is said instead.
fn add(mark: &mut Diagnostic, found: Diagnostic) {
    if mark.because.is_some() {
        return;
    }
    if !found.fix.is_empty() {
        mark.fix.extend(found.fix);
        return;
    }
    mark.fix.clear();
    mark.because = Some(found.message);
    mark.help = found.help;
}

fn is_one_of(found: &Diagnostic, codes: &[&[&Code]]) -> bool {
    codes.iter().copied().flatten().any(|code| std::ptr::eq(*code, found.code))
}

fn is_in(found: &Diagnostic, piece: Span) -> bool {
    let place = found.place.span;
    place.file() == piece.file() && place.start() >= piece.start() && place.end() <= piece.end()
}
