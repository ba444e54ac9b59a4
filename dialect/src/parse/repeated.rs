//! Lines that stand twice in one block.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::REPEATED_LINE;
use crate::diagnostic::Diagnostics;
use crate::line::Line;
use crate::span::Span;
use crate::word::{Count, Identity};

/// So many lines of a block are compared each with each.
const FEW: usize = 24;

/// Reports every line of which an earlier one of the same block is the same line, and returns where those are.
pub(super) fn repeated(lines: &[Line<'_>], out: &mut Diagnostics) -> Vec<usize> {
    if lines.len() > FEW {
        return repeated_of_many(lines, out);
    }
    let mut repeated = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        // In one block a word has one row.
        let same = |earlier: &&Line<'_>| std::ptr::eq(earlier.word, line.word) && earlier.same(line);
        if let Some(first) = lines[..index].iter().find(same) {
            repeated.push(index);
            report_repeated(line, first.span, out);
        }
    }
    repeated
}

/// The same for so many lines that comparing each with each takes long.
fn repeated_of_many(lines: &[Line<'_>], out: &mut Diagnostics) -> Vec<usize> {
    let mut repeated = Vec::new();
    let mut seen: HashMap<(&str, String), Span> = HashMap::new();
    for (index, line) in lines.iter().enumerate().filter(|(_, line)| line.word.identity != Identity::Many) {
        let key = (line.word.name, line.key().unwrap_or_else(|| format!("#{index}")));
        match seen.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(line.span);
            }
            Entry::Occupied(first) => {
                repeated.push(index);
                report_repeated(line, *first.get(), out);
            }
        }
    }
    repeated
}

fn report_repeated(line: &Line<'_>, first: Span, out: &mut Diagnostics) {
    let found = out.report(&REPEATED_LINE, line.span);
    found.says(format!("this `{}` is there already", line.word.name)).also(first, "the first one");
    found.because("only one of the two could hold");
    let several = line.word.args.last().is_some_and(|arg| matches!(arg.count, Count::Some | Count::Any));
    found.help(match line.word.identity {
        Identity::Route => "give each route a `name=`, or put their `when`s into one route",
        Identity::Itself if several => "one line takes all of its values, one behind the other",
        Identity::Itself if line.is("canary") => {
            "keep one; several at a time are said by their shares: to v1 weight=90, to v2 weight=5, to v3 weight=5"
        }
        Identity::Itself
        | Identity::First
        | Identity::Under(_)
        | Identity::Prop(_)
        | Identity::Which(_)
        | Identity::Many => "keep one; what differs in some environments stands under `in`",
    });
}
