//! Lines of nearer levels put over those of outer ones.

use bumpalo::Bump;
use meshc_dialect::line::{Further, Line, Prop};
use meshc_dialect::word::Change;

use super::Marked;

/// Returns an outer line with a nearer line of the same identity put over it.
pub(in super::super) fn merge<'a>(line: &Line<'a>, over: &Line<'a>, arena: &'a Bump) -> Line<'a> {
    if replaces(line, over) {
        return *over;
    }
    // The word is that of the outer line, wherever the values were written.
    let (span, args, name) = match over.args().is_empty() {
        true => (line.span, line.args(), line.further().name),
        false => (over.span, over.args(), Some(line.name())),
    };
    let merged = line.saying(span, args, merged_props(line, over).into_iter(), arena);
    let children = over.children().or(line.children());
    merged.with(Further { children, body: line.body(), name, ..Further::default() }, arena)
}

/// Tells whether nothing of the outer line stays.
fn replaces(line: &Line<'_>, over: &Line<'_>) -> bool {
    let zero = |line: &Line<'_>| line.is("retry") && line.arg(0).and_then(|value| value.number()) == Some(0);
    let rewrites = |line: &Line<'_>, word: &str| line.is("rewrite") && line.prop(word).is_some();
    match over.word.change {
        Change::Whole => true,
        Change::Mode => {
            !over.args().is_empty()
                && line.arg(0).map(|value| value.data) != over.arg(0).map(|value| value.data)
        }
        Change::Words => {
            zero(over)
                || (zero(line) && !over.args().is_empty())
                || (rewrites(line, "path") && rewrites(over, "regex"))
                || (rewrites(line, "regex") && rewrites(over, "path"))
        }
        Change::Lines => false,
    }
}

/// Returns the properties of an outer line with those of a nearer one put over them.
pub(super) fn merged_props<'a>(line: &Line<'a>, over: &Line<'a>) -> Vec<Prop<'a>> {
    let mut props: Vec<Prop<'a>> = line.props().collect();
    for prop in over.props() {
        match props.iter_mut().find(|old| old.key.text == prop.key.text) {
            Some(old) => *old = prop,
            None => props.push(prop),
        }
    }
    props
}

/// Tells whether two lines say the same.
pub(in super::super) fn equal(a: &Line<'_>, b: &Line<'_>) -> bool {
    let props = |line: &Line<'_>| {
        let mut props: Vec<_> = line
            .props()
            .map(|prop| (prop.key.text, prop.value.data))
            .map(|(name, data)| (name.to_owned(), format!("{data:?}")))
            .collect();
        props.sort();
        props
    };
    a.word.name == b.word.name
        && a.args().len() == b.args().len()
        && a.args().zip(b.args()).all(|(a, b)| a.data == b.data)
        && props(a) == props(b)
        && a.lines().len() == b.lines().len()
        && a.lines().iter().zip(b.lines()).all(|(a, b)| equal(a, b))
}

/// Returns the lines of nearer levels put over those of outer ones.
pub(in super::super) fn levels<'a>(
    outer: &'a [Line<'a>],
    inner: &'a [Line<'a>],
    arena: &'a Bump,
) -> &'a [Line<'a>] {
    if outer.is_empty() {
        return inner;
    }
    let mut lines = Marked::of(outer.to_vec());
    for line in inner {
        let old = lines.like(line).find(|index| lines.list()[*index].same(line));
        match old {
            // Headers add up, level by level.
            Some(_) if line.is("headers") => lines.push(*line),
            Some(index) => lines.set(index, merge(&lines.list()[index], line, arena)),
            None => lines.push(*line),
        }
    }
    let mut lines = lines.into_list();
    // A block's own ports take the place of those it would get by default.
    if inner.iter().any(|line| line.is("port")) {
        lines.retain(|line| !line.is("port") || inner.iter().any(|own| own.is("port") && own.same(line)));
    }
    arena.alloc_slice_copy(&lines)
}
