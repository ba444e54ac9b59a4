//! Slips of the pen on a line, each of which is one mistake: a unit apart from its number, a colon for `=`, a comma, a
//! line that goes on with the next one.

use super::entries::{EXTRA_VALUE, Line, UNKNOWN_PROPERTY};
use super::unknown;
use crate::diagnostic::Diagnostics;
use crate::kdl::{Datum, Entry, MISPLACED_COMMA, REPEATED_PROPERTY, Value as Raw};
use crate::kind::{Kind, WRONG_VALUE, clip, list};
use crate::span::Span;
use crate::word::Block;
use crate::words;

/// Units that people write apart from their number.
const UNITS: &[&str] = &["ms", "s", "m", "h", "%"];

/// Tells whether an argument, behind another value, may be a part of a slip, or the name of a parameter.
///
/// A word that begins a line is not of the form that is asked for, so nobody need look for it.
pub(super) fn is_possible(datum: Datum<'_>, before: Datum<'_>) -> bool {
    let Datum::Bare(text) = datum else { return false };
    let is_unit = matches!(before, Datum::Number(_)) && UNITS.contains(&text);
    is_unit || is_parameter(datum) || text.ends_with(':') || text.contains(',')
}

/// Tells whether a value has the form of a parameter's name.
pub(super) fn is_parameter(datum: Datum<'_>) -> bool {
    matches!(datum, Datum::Bare(text) if text.starts_with('$'))
}

/// Reports a number and its unit that stand apart, as in `every=10 s`. Returns whether it did.
pub(super) fn unit_apart(raw: &Raw<'_>, next: Option<&Entry<'_>>, out: &mut Diagnostics) -> bool {
    let (Datum::Number(number), Some(Entry::Argument(unit))) = (raw.datum, next) else { return false };
    let Datum::Bare(text) = unit.datum else { return false };
    if !UNITS.contains(&text) {
        return false;
    }
    let written = if text == "%" { number.to_owned() } else { format!("\"{number}{text}\"") };
    out.report(&EXTRA_VALUE, unit.span)
        .says(format!("the unit `{text}` stands apart from its number"))
        .help(format!("write {written}"))
        .fix(raw.span.to(unit.span), written);
    true
}

/// Reports a port that stands behind its protocol, as in `port http 8080`. Returns whether it did.
pub(super) fn swapped(
    line: &Line<'_, '_>,
    raw: &Raw<'_>,
    next: Option<&Entry<'_>>,
    out: &mut Diagnostics,
) -> bool {
    let (Datum::Bare(protocol), Some(Entry::Argument(port))) = (raw.datum, next) else { return false };
    let Datum::Number(number) = port.datum else { return false };
    if line.row.is_none_or(|row| row.kind != Kind::Port) {
        return false;
    }
    out.report(&WRONG_VALUE, raw.span.to(port.span))
        .says("the number stands first, and what is spoken there behind it")
        .help(format!("write {} {number} {}", line.word.name, clip(protocol)))
        .fix(raw.span.to(port.span), format!("{number} {protocol}"));
    true
}

/// Reports a key and its value that no `=` joins, as in `x-user: jason` and `per-try "1s"`. Returns whether it did.
pub(super) fn no_equals(
    line: &Line<'_, '_>,
    raw: &Raw<'_>,
    next: Option<&Entry<'_>>,
    out: &mut Diagnostics,
) -> bool {
    let (Datum::Bare(text), Some(Entry::Argument(value))) = (raw.datum, next) else { return false };
    if let Some(key) = text.strip_suffix(':')
        && is_share(key)
        && let Datum::Number(number) = value.datum
        && let Some(share) = line.word.props.iter().find(|row| row.kind == Kind::Percent)
    {
        let written = format!("{}={number}", share.name());
        out.report(&EXTRA_VALUE, raw.span.to(value.span))
            .says(format!("a colon joins `{}` and its value", clip(key)))
            .help(format!("write {written}"))
            .fix(raw.span.to(value.span), written);
        return true;
    }
    let row = |key: &str| line.word.props.iter().any(|row| row.name() == key);
    if let Some(key) = text.strip_suffix(':')
        && let Some(ours) = unknown::property(line.word.name, key)
    {
        out.report(&UNKNOWN_PROPERTY, raw.span)
            .says(format!("`{}` has no `{}`", line.word.name, clip(text)))
            .help(format!("here one says {ours}"));
        return true;
    }
    let (key, what) = match text.strip_suffix(':') {
        Some(key) if !key.is_empty() && (row(key) || line.word.free.is_some()) => (key, "a colon joins"),
        None if row(text) && !may_be(line, text) => (text, "nothing joins"),
        None if line.word.free.is_some() && line.word.args.is_empty() && line.word.props.is_empty() => {
            (text, "nothing joins")
        }
        Some(_) if let Some(Kind::OneOf(choices)) = line.row.map(|row| row.kind) => {
            out.report(&EXTRA_VALUE, raw.span.to(value.span))
                .says(format!("no `{}` stands before this value", clip(text)))
                .help(format!("write the word alone: {}", list(choices)));
            return true;
        }
        Some(_) | None => return false,
    };
    let gap = Span::new(raw.span.file(), raw.span.start() + length(key), value.span.start());
    out.report(&EXTRA_VALUE, raw.span.to(value.span))
        .says(format!("{what} `{}` and its value", clip(key)))
        .help(format!("write {}={}", clip(key), shown(value)))
        .fix(gap, "=");
    true
}

/// Tells whether a word is what tools call a share of requests.
pub(super) fn is_share(word: &str) -> bool {
    matches!(word, "percent" | "percentage" | "weight" | "share")
}

/// Tells whether a line takes a text as its next value.
fn may_be(line: &Line<'_, '_>, text: &str) -> bool {
    match line.row.map(|row| row.kind) {
        Some(Kind::OneOf(choices)) => choices.contains(&text),
        Some(_) => true,
        None => false,
    }
}

/// Reports a comma in a word without quotes, as in `in dev, staging`. Returns the word without it, where it stands at the end
/// of one that is fine otherwise.
pub(super) fn comma<'a>(
    line: &Line<'a, '_>,
    raw: Raw<'a>,
    next: Option<&Entry<'_>>,
    out: &mut Diagnostics,
) -> Raw<'a> {
    let Datum::Bare(text) = raw.datum else { return raw };
    let Some(first) = text.bytes().position(|byte| byte == b',') else { return raw };
    let words = text.trim_end_matches(',');
    if first != words.len() {
        let names = matches!(
            line.row.map(|row| row.kind),
            Some(
                Kind::Name
                    | Kind::ObjectName
                    | Kind::OneOf(_)
                    | Kind::Host
                    | Kind::HostOrWildcard
                    | Kind::Version
                    | Kind::HeaderName
            )
        );
        if !names || raw.annotation.is_some() {
            return raw;
        }
        let apart = words.split(',').collect::<Vec<_>>().join(" ");
        out.report(&MISPLACED_COMMA, raw.span)
            .says("values are not separated by commas")
            .help(format!("a space is enough: {}", clip(&apart)))
            .fix(raw.span, apart);
        return Raw { datum: Datum::Broken(text), ..raw };
    }
    if words.is_empty() {
        return raw;
    }
    let comma = Span::new(raw.span.file(), raw.span.end() - length(&text[first..]), raw.span.end());
    let found = out.report(&MISPLACED_COMMA, comma);
    found.says("values are not separated by commas");
    match next {
        Some(Entry::Argument(Raw { datum: Datum::Bare(word), .. })) if line.begins(word) => {
            found.help("lines are separated by `;` or stand on lines of their own").fix(comma, ";")
        }
        Some(_) | None => found.help("a space is enough").fix(comma, ""),
    };
    Raw {
        datum: Datum::Bare(words),
        span: Span::new(raw.span.file(), raw.span.start(), comma.start()),
        ..raw
    }
}

/// Reports a word that begins a line of its own, as in `timeout "5s" retry 2`, or that belongs into the block of this line, as
/// in `route "/a" to api`. Returns whether it did; the rest is no part of this line then.
pub(super) fn next_line(line: &Line<'_, '_>, raw: &Raw<'_>, out: &mut Diagnostics) -> bool {
    let Datum::Bare(text) = raw.datum else { return false };
    let by_form = matches!(line.row.map(|row| row.kind), Some(Kind::Path | Kind::HostOrWildcard));
    // Behind a comma, as in `port 80, timeout "5s"`.
    let is_no_choice =
        matches!(line.row.map(|row| row.kind), Some(Kind::OneOf(choices)) if !choices.contains(&text));
    if line.row.is_some() && !by_form && !is_no_choice {
        return false;
    }
    let inner = !is_no_choice
        && match line.word.block {
            Block::May(place) | Block::Must(place) => words::find(place, text).is_some(),
            Block::None | Block::Same | Block::Later => false,
        };
    if inner {
        let found = out.report(&EXTRA_VALUE, raw.span);
        found
            .says(format!("`{text}` stands on the line of `{0}`, and belongs into its block", line.word.name))
            .help(format!("write it in braces: {} … {{ {text} … }}", line.word.name));
        if line.node.block.is_none() {
            found.fix(raw.span.before(), "{ ");
            found.fix(line.node.span.after(), " }");
        }
        return true;
    }
    if line.row.is_some() && !is_no_choice || !line.begins(text) {
        return false;
    }
    let help = "lines are separated by `;` or stand on lines of their own";
    let mut is_said = false;
    out.revise_latest(|found| {
        let place = found.place.span;
        let near = place.file() == raw.span.file()
            && place.end() <= raw.span.start()
            && raw.span.start() - place.end() < 8;
        if near && std::ptr::eq(found.code, &MISPLACED_COMMA) {
            // The comma before it has been reported, by somebody who did not know that this is a word.
            found.fix.clear();
            found.help(help).fix(place, ";");
            is_said = true;
        }
        // What is said twice is said on two lines.
        let behind = place.file() == raw.span.file() && place.start() > raw.span.start();
        !(behind && std::ptr::eq(found.code, &REPEATED_PROPERTY))
    });
    if is_said || is_no_choice {
        return is_said;
    }
    let before = line.before(raw);
    out.report(&EXTRA_VALUE, raw.span)
        .says(format!("`{text}` begins a line of its own"))
        .help(help)
        .fix(Span::new(raw.span.file(), before, before), ";");
    true
}

fn shown(value: &Raw<'_>) -> String {
    match value.datum {
        Datum::Bare(text) | Datum::Number(text) => clip(text),
        Datum::Quoted(text) => format!("\"{}\"", clip(text)),
        Datum::Bool(_) | Datum::Null | Datum::Broken(_) => "…".to_owned(),
    }
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}
