//! `headers` lines, read: what each level says is put over what outer ones do, header by header.

use std::collections::HashMap;

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::Line;
use meshc_dialect::span::Span;

use super::blocks::find;
use super::http_words::{PSEUDO_HEADER, REPEATED_HEADER};
use crate::mesh::{HeaderEdits, Headers, Rare};

/// Returns what `headers` lines say, the outermost first: nearer ones win, header by header.
pub(super) fn read<'a>(lines: &[&Line<'a>], out: &mut Diagnostics) -> Rare<Headers<'a>> {
    if lines.is_empty() {
        return Rare::default();
    }
    over(Rare::default(), lines, out)
}

/// Returns what `headers` lines say over what outer ones do.
pub(super) fn over<'a>(
    outer: Rare<Headers<'a>>,
    lines: &[&Line<'a>],
    out: &mut Diagnostics,
) -> Rare<Headers<'a>> {
    let mut headers = (*outer).clone();
    for line in lines {
        level(&mut headers.request, line.lines(), out);
        if let Some(response) = find(line.lines(), "response") {
            level(&mut headers.response, response.lines(), out);
        }
    }
    headers.into()
}

/// Puts one level of header changes over those so far.
fn level<'a>(edits: &mut HeaderEdits<'a>, lines: &'a [Line<'a>], out: &mut Diagnostics) {
    let mut here: HashMap<String, Span> = HashMap::new();
    let mut new = HeaderEdits::default();
    for line in lines.iter().filter(|line| matches!(line.word.name, "set" | "add" | "remove")) {
        let named =
            line.props().map(|prop| (prop.key.text, prop.value.text().unwrap_or(""), prop.name().span));
        let removed = line.args().filter_map(|value| Some((value.text()?, "", value.span)));
        for (name, value, span) in named.chain(removed) {
            let folded = name.to_ascii_lowercase();
            if folded == "host" {
                out.report(&PSEUDO_HEADER, span)
                    .says("`host` is not a header to change here")
                    .because("what the server sees and what the route says would be two things")
                    .help(match value {
                        "" => "say `rewrite host=…`".to_owned(),
                        value => format!("say it on a line of its own: rewrite host={value}"),
                    });
                continue;
            }
            if let Some(first) = here.get(&folded) {
                out.report(&REPEATED_HEADER, span)
                    .says(format!("`{name}` is changed twice here"))
                    .also(*first, "changed here first")
                    .because("only one of the two could hold")
                    .help("keep one");
                continue;
            }
            here.insert(folded, span);
            match line.word.name {
                "set" => new.set.push((name, value)),
                "add" => new.add.push((name, value)),
                _ => new.remove.push(name),
            }
        }
    }
    let kept = |old: &str| match here.len() {
        ..=FEW => !here.keys().any(|name| name.eq_ignore_ascii_case(old)),
        _ => !here.contains_key(&old.to_ascii_lowercase()),
    };
    edits.set.retain(|(old, _)| kept(old));
    edits.add.retain(|(old, _)| kept(old));
    edits.remove.retain(|old| kept(old));
    add(new.set, &mut edits.set);
    add(new.add, &mut edits.add);
    add(new.remove, &mut edits.remove);
}

/// So few are looked through one by one.
const FEW: usize = 4;

/// Adds some to a sorted list.
fn add<T: Ord>(mut some: Vec<T>, list: &mut Vec<T>) {
    if some.len() > FEW {
        list.append(&mut some);
        return list.sort_unstable();
    }
    for one in some {
        list.insert(list.partition_point(|other| *other < one), one);
    }
}
