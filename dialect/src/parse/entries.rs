//! The values of a line, against its row.

use bumpalo::Bump;

use super::{habits, marks, slips, unknown};
use crate::diagnostic::Diagnostics;
use crate::kdl::{Datum, Entry, Node, Text, Value as Raw};
use crate::kind::{Kind, NO_BOOLEANS, clip};
use crate::line::{Data, Prop, Said, Value};
use crate::parse::{MOST_ENVS, MOST_LINES, Params, TOO_MANY_LINES};
use crate::span::Span;
use crate::suggest::nearest;
use crate::word::{Arg, Block, Count, Place, Word};
use crate::words;

crate::codes! {
    /// A value too many.
    EXTRA_VALUE = error "extra-value" "A line has a value that it does not take.\n\nOften two lines were written as one: what belongs into a block stands in braces, and values of properties follow `=` without a space.";
    /// A parameter that nobody declared.
    UNKNOWN_PARAMETER = error "unknown-parameter" "A `$name` stands where no parameter of that name is known.\n\nParameters belong to a template: `template resilient timeout=\"2s\" { timeout $timeout }`. Every parameter stands in the heading with its default, and a `use` line may give another value.";
    /// A property that the line does not have.
    UNKNOWN_PROPERTY = error "unknown-property" "A line has no property of that name.\n\nThe message lists those it has. It is refused rather than passed over, because a misspelt `percent` would send all traffic.";
}

/// A line that is being read.
pub(super) struct Line<'a, 'n> {
    /// Its row.
    pub word: &'static Word,
    /// The block it stands in.
    pub place: Place,
    /// As it is written.
    pub node: &'n Node<'a>,
    /// The row of the argument that is next, if it takes any more.
    pub row: Option<&'static Arg>,
}

impl Line<'_, '_> {
    /// Tells whether a word begins a line in this block.
    pub fn begins(&self, word: &str) -> bool {
        words::find(self.place, word).is_some()
    }

    /// Returns where the entry before an argument ends, or the name of the line.
    pub fn before(&self, raw: &Raw<'_>) -> u32 {
        let end = |entry: &Entry<'_>| {
            let (Entry::Argument(value) | Entry::Property(_, value)) = entry;
            value.span.end()
        };
        let ends = self.node.entries.iter().map(end).filter(|end| *end <= raw.span.start());
        ends.max().unwrap_or(self.node.name.span.end())
    }
}

/// What was read of a line.
pub(super) struct Read<'a> {
    /// What it says.
    pub said: &'a Said<'a>,
    /// Whether all of it could be read.
    pub is_whole: bool,
    /// Whether one of them says that a part of it could not be read.
    pub is_broken: bool,
}

/// Reads the values of a node as its row says, reporting what does not fit. Whether all of it is there is known.
pub(super) fn read<'a>(
    word: &'static Word,
    node: &Node<'a>,
    place: Place,
    (params, is_whole): (Option<&Params<'a>>, bool),
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> Read<'a> {
    if habits::is_one(word, node, out) {
        let broken = arena.alloc([not_all_there(node.span, arena)]);
        return Read { said: Said::once(&[], broken, arena), is_whole: false, is_broken: true };
    }
    values(word, node, place, (params, is_whole), arena, out)
}

fn values<'a>(
    word: &'static Word,
    node: &Node<'a>,
    place: Place,
    (params, mut is_whole): (Option<&Params<'a>>, bool),
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> Read<'a> {
    let count = node.entries.iter().filter(|entry| matches!(entry, Entry::Argument(_))).count();
    let mut args = bumpalo::collections::Vec::with_capacity_in(count, arena);
    let mut props = bumpalo::collections::Vec::with_capacity_in(node.entries.len() - count, arena);
    if let Some(annotation) = node.annotation.filter(|annotation| !annotation.text.is_empty()) {
        out.report(&crate::kind::STRAY_ANNOTATION, annotation.span)
            .says(format!("`({})` means nothing in front of `{}`", clip(annotation.text), word.name))
            .help("leave the annotation out");
    }
    let said = out.as_slice().len();
    let most = most_read(word, node, out);
    let mut rest = node.entries[..most].iter();
    while let Some(entry) = rest.next() {
        let read = if names_param(entry) { with_param(*entry, params, out) } else { *entry };
        // What a parameter stands for was written elsewhere, and nothing follows it there.
        let next = rest.as_slice().first().filter(|_| !names_param(entry) || read == *entry);
        match read {
            Entry::Argument(raw) => {
                let line = Line { word, place, node, row: argument(word.args, args.len()) };
                if slips::no_equals(&line, &raw, next, out) {
                    rest.next();
                    continue;
                }
                if slips::next_line(&line, &raw, out) || habits::is_joined(&line, &raw, next, out) {
                    break;
                }
                let raw = slips::comma(&line, raw, next, out);
                is_whole &= !matches!(raw.datum, Datum::Broken(_));
                match line.row {
                    Some(row) if slips::unit_apart(&raw, next, out) => {
                        rest.next();
                        args.push(broken(row, raw, arena, out));
                    }
                    Some(row) if slips::swapped(&line, &raw, next, out) => {
                        rest.next();
                        args.extend([broken(row, raw, arena, out), broken(row, raw, arena, out)]);
                    }
                    Some(row) => {
                        let raw = habits::unquoted(&line, row, raw, arena, out);
                        args.push(row.kind.read(raw, arena, out));
                    }
                    None => extra(word, &raw, out),
                }
            }
            Entry::Property(name, raw) => {
                is_whole &= !matches!(raw.datum, Datum::Broken(_));
                if slips::unit_apart(&raw, next, out) {
                    rest.next();
                } else if let Some(prop) = property(word, name, raw, arena, out) {
                    props.push(prop);
                }
            }
        }
    }
    let mut values = args.iter().chain(props.iter().map(|prop: &Prop<'_>| &prop.value));
    let is_broken = values.any(|value| value.data == Data::Broken);
    is_whole &= out.as_slice().len() == said;
    if !is_whole && !is_broken {
        props.push(not_all_there(node.span, arena));
    }
    let said = Said::once(args.into_bump_slice(), props.into_bump_slice(), arena);
    Read { said, is_whole, is_broken: is_broken || !is_whole }
}

/// Returns what tells whoever reads a line later that not all of it is there.
fn not_all_there<'a>(span: Span, arena: &'a Bump) -> Prop<'a> {
    Prop::new(Text { text: "", span }, None, Value { data: Data::Broken, span }, arena)
}

/// Returns a line with a mark that not all of it is there.
pub(super) fn marked_broken<'a>(line: crate::line::Line<'a>, arena: &'a Bump) -> crate::line::Line<'a> {
    let props: Vec<Prop<'a>> = line.props().chain([not_all_there(line.span, arena)]).collect();
    line.saying(line.span, line.args(), props.into_iter(), arena)
}

/// Returns how many entries of a line are read, reporting where there are more.
fn most_read(word: &Word, node: &Node<'_>, out: &mut Diagnostics) -> usize {
    let (limit, help) = match word.name {
        "envs" => (MOST_ENVS, "each is compiled on its own: put what differs less into one of them"),
        _ => (MOST_LINES, "spread them over several lines"),
    };
    if node.entries.len() > limit {
        out.report(&TOO_MANY_LINES, node.name.span)
            .says(format!("this line has more than {limit} values"))
            .help(help);
    }
    node.entries.len().min(limit)
}

/// Returns a value that has been reported.
fn broken<'a>(row: &Arg, raw: Raw<'a>, arena: &'a Bump, out: &mut Diagnostics) -> Value<'a> {
    row.kind.read(Raw { datum: Datum::Broken(""), ..raw }, arena, out)
}

/// Tells whether the value of an entry may be the name of a parameter.
fn names_param(entry: &Entry<'_>) -> bool {
    let (Entry::Argument(raw) | Entry::Property(_, raw)) = entry;
    slips::is_parameter(raw.datum)
}

/// Returns an entry with the value of the parameter that it names.
fn with_param<'a>(entry: Entry<'a>, params: Option<&Params<'a>>, out: &mut Diagnostics) -> Entry<'a> {
    let mut value_of = |raw: Raw<'a>| {
        let Datum::Bare(text) = raw.datum else { return raw };
        let Some(name) = text.strip_prefix('$') else { return raw };
        let known = || params.into_iter().flatten().copied().flatten();
        if let Some((_, value)) = known().find(|(param, _)| *param == name) {
            return *value;
        }
        let near = out.nearest(name, known().map(|(name, _)| *name));
        let found = out.report(&UNKNOWN_PARAMETER, raw.span);
        match params {
            None => found
                .says(format!("`{text}` means something only inside a `template`"))
                .help(format!("write the value itself; for the text with its `$` write \"{text}\"")),
            Some(_) => {
                found.says(format!("the template has no parameter `{}`", clip(name)));
                match near {
                    Some(near) => {
                        found.help(format!("did you mean `${near}`?")).fix(raw.span, format!("${near}"))
                    }
                    None => {
                        found.help(format!("give it one with its default in the heading: {}=…", clip(name)))
                    }
                }
            }
        };
        Raw { datum: Datum::Broken(text), ..raw }
    };
    match entry {
        Entry::Argument(raw) => Entry::Argument(value_of(raw)),
        Entry::Property(name, raw) => Entry::Property(name, value_of(raw)),
    }
}

/// Returns the row of the argument at an index.
pub(super) fn argument(rows: &'static [Arg], index: usize) -> Option<&'static Arg> {
    rows.get(index).or_else(|| rows.last().filter(|row| matches!(row.count, Count::Some | Count::Any)))
}

/// Reports an argument too many.
fn extra(word: &'static Word, raw: &Raw<'_>, out: &mut Diagnostics) {
    let text = match raw.datum {
        Datum::Broken(_) => return,
        Datum::Bare(text) | Datum::Quoted(text) | Datum::Number(text) => text,
        Datum::Bool(_) | Datum::Null => {
            let found = out.report(&NO_BOOLEANS, raw.span);
            found.says(format!("`{}` takes no booleans and no nulls", word.name));
            match raw.datum {
                Datum::Bool(true) => found
                    .help("writing the line says yes")
                    .fix(Span::new(raw.span.file(), raw.span.start() - 1, raw.span.end()), ""),
                _ => found.help("writing the line says yes: take the line out"),
            };
            return;
        }
    };
    let found = out.report(&EXTRA_VALUE, raw.span);
    if matches!((raw.datum, text), (Datum::Bare(_), "->" | ":" | ":=")) {
        found
            .says(format!("no `{text}` stands in a line"))
            .help("leave it out: values, and the block, follow their word")
            .fix(raw.span, "");
        return;
    }
    found.says(format!("`{}` is one value too many for `{}`", clip(text), word.name));
    match (raw.datum, word.props.iter().find(|row| row.kind == Kind::Percent)) {
        (Datum::Number(number), Some(row)) => {
            let written = format!("{}={number}", row.name());
            found.help(format!("write {written}")).fix(raw.span, written)
        }
        (Datum::Bare(_), _) if word.name == "to" => {
            found.help("write a line for each, with its share: to reviews weight=90; to details weight=10")
        }
        _ => found.help(format!("write {}", word.example)),
    };
}

/// Reads a property, if the line takes it; that it does not is reported.
#[inline]
pub(super) fn property<'a>(
    word: &'static Word,
    name: Text<'a>,
    raw: Raw<'a>,
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> Option<Prop<'a>> {
    if let Some(row) = word.props.iter().find(|row| row.name() == name.text) {
        return Some(Prop::new(name, Some(&row.key), row.kind.read(raw, arena, out), arena));
    }
    let Some(free) = &word.free else {
        unknown_property(word, name, raw, out);
        return None;
    };
    let key = Raw { annotation: None, datum: Datum::Quoted(name.text), span: name.span };
    match free.keys.read(key, arena, out).data {
        Data::Text(text) => {
            Some(Prop::new(Text { text, ..name }, None, free.kind.read(raw, arena, out), arena))
        }
        Data::Number(_)
        | Data::Percent(_)
        | Data::Duration(_)
        | Data::Pattern(_)
        | Data::Raw(..)
        | Data::Broken => None,
    }
}

/// More than this is not said of how one value is written.
const MOST_OF_A_VALUE: usize = 8;

fn unknown_property(word: &'static Word, name: Text<'_>, raw: Raw<'_>, out: &mut Diagnostics) {
    if unknown::property(word.name, name.text).is_some() {
        // What takes its place is written out, quotes and all.
        marks::hush(raw.span, out.as_slice().len().saturating_sub(MOST_OF_A_VALUE), out);
    }
    let names: Vec<&str> = word.props.iter().map(|row| row.name()).collect();
    let found = out.report(&UNKNOWN_PROPERTY, name.span);
    found.says(format!("`{}` has no `{}=`", word.name, clip(name.text)));
    let nested = match word.block {
        Block::May(place) | Block::Must(place) => words::find(place, name.text),
        Block::None | Block::Same | Block::Later => None,
    };
    let share = word.props.iter().find(|row| row.kind == Kind::Percent).map(|row| row.name());
    let meant = share.filter(|_| slips::is_share(name.text));
    if word.name == "retry" && matches!(name.text, "attempts" | "tries" | "times" | "count") {
        found.help("the number of tries stands first: retry 3 per-try=\"1s\"");
    } else if let Some(near) = meant.or_else(|| nearest(name.text, names.iter().copied())) {
        found.help(format!("did you mean `{near}=`?")).fix(name.span, near);
    } else if let Some(ours) = unknown::property(word.name, name.text) {
        found.help(format!("here one says {}", unknown::with_duration(ours, Some(raw.datum))));
    } else if let Some(inner) = nested {
        found.help(format!("`{}` is a line of its own: {}", inner.name, inner.example));
    } else if names.is_empty() {
        found.help(format!("write {}", word.example));
    } else {
        found.help(format!("it takes {}", crate::kind::list(&names)));
    }
}
