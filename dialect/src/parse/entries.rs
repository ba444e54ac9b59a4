//! The values of a line, against its row.

use bumpalo::Bump;

use crate::diagnostic::Diagnostics;
use crate::kdl::MISSING_VALUE;
use crate::kdl::{Datum, Entry, Node, Text, Value as Raw};
use crate::kind::Kind;
use crate::line::{Data, Line, Prop, Value};
use crate::parse::Params;
use crate::suggest::nearest;
use crate::word::{Arg, Block, Count, Free, PropRow, Word};
use crate::words;

crate::codes! {
    /// A value too many.
    EXTRA_VALUE = error "extra-value" "A line has a value that it does not take.\n\nOften two lines were written as one: what belongs into a block stands in braces, and values of properties follow `=` without a space.";
    /// A parameter that nobody declared.
    UNKNOWN_PARAMETER = error "unknown-parameter" "A `$name` stands where no parameter of that name is known.\n\nParameters belong to a template: `template resilient timeout=\"2s\" { timeout $timeout }`. Every parameter stands in the heading with its default, and a `use` line may give another value.";
    /// A property that the line does not have.
    UNKNOWN_PROPERTY = error "unknown-property" "A line has no property of that name.\n\nThe message lists those it has. It is refused rather than passed over, because a misspelt `percent` would send all traffic.";
}

/// Reads the values of a node as its row says, reporting what does not fit.
pub(super) fn read<'a>(
    word: &'static Word,
    node: &Node<'a>,
    params: Option<&Params<'a>>,
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> (&'a [Value<'a>], &'a [Prop<'a>]) {
    let mut args = bumpalo::collections::Vec::new_in(arena);
    let mut props = bumpalo::collections::Vec::new_in(arena);
    if let Some(annotation) = node.annotation {
        out.report(&crate::kind::STRAY_ANNOTATION, annotation.span)
            .says(format!("`({})` means nothing in front of `{}`", annotation.text, word.name))
            .help("leave the annotation out");
    }
    for entry in node.entries {
        match with_param(*entry, params, out) {
            Entry::Argument(raw) => match argument(word.args, args.len()) {
                Some(row) if !written_as_one_line(word, &raw, row.kind, out) => {
                    args.push(row.kind.read(raw, out));
                }
                Some(_) => break,
                None => {
                    if !extra(word, node, &raw, out) {
                        break;
                    }
                }
            },
            Entry::Property(name, raw) => {
                if let Some(prop) = property(word, name, raw, out) {
                    props.push(prop);
                }
            }
        }
    }
    (args.into_bump_slice(), props.into_bump_slice())
}

/// Returns an entry with the value of the parameter that it names.
fn with_param<'a>(entry: Entry<'a>, params: Option<&Params<'a>>, out: &mut Diagnostics) -> Entry<'a> {
    let mut value_of = |raw: Raw<'a>| {
        let Datum::Bare(text) = raw.datum else { return raw };
        let Some(name) = text.strip_prefix('$') else { return raw };
        if let Some((_, value)) = params.and_then(|params| params.iter().find(|(param, _)| *param == name)) {
            return *value;
        }
        let found = out.report(&UNKNOWN_PARAMETER, raw.span);
        match params {
            None => found
                .says(format!("`{text}` means something only inside a `template`"))
                .help(format!("write the value itself; for the text with its `$` write \"{text}\"")),
            Some(params) => {
                let names: Vec<String> = params.iter().map(|(name, _)| format!("${name}")).collect();
                found.says(format!("the template has no parameter `{name}`")).help(format!(
                    "give it one with its default in the heading: {name}=…; there are {}",
                    names.join(" ")
                ))
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
fn argument(rows: &'static [Arg], index: usize) -> Option<&'static Arg> {
    rows.get(index).or_else(|| rows.last().filter(|row| matches!(row.count, Count::Some | Count::Any)))
}

/// Reports a word where a value is meant, as in `route "/a" to api`. Returns whether it did.
fn written_as_one_line(word: &'static Word, raw: &Raw<'_>, kind: Kind, out: &mut Diagnostics) -> bool {
    let (Block::May(place) | Block::Must(place), Datum::Bare(text)) = (word.block, raw.datum) else {
        return false;
    };
    let inner = matches!(kind, Kind::Path | Kind::HostOrWildcard) && words::find(place, text).is_some();
    if inner {
        in_a_block(word, text, raw, out);
    }
    inner
}

fn in_a_block(word: &'static Word, text: &str, raw: &Raw<'_>, out: &mut Diagnostics) {
    out.report(&EXTRA_VALUE, raw.span)
        .says(format!("`{text}` stands on the line of `{}`, and belongs into its block", word.name))
        .help(format!("write it in braces: {} … {{ {text} … }}", word.name));
}

/// Reports an argument too many. Returns whether reading the rest of the line makes sense.
fn extra(word: &'static Word, node: &Node<'_>, raw: &Raw<'_>, out: &mut Diagnostics) -> bool {
    let text = match raw.datum {
        Datum::Broken(_) => return true,
        Datum::Bare(text) | Datum::Quoted(text) | Datum::Number(text) => text,
        Datum::Bool(_) | Datum::Null => "#true",
    };
    if let (Block::May(place) | Block::Must(place), Datum::Bare(inner)) = (word.block, raw.datum)
        && words::find(place, inner).is_some()
    {
        in_a_block(word, inner, raw, out);
        return false;
    }
    if let Some(Entry::Property(name, value)) = before(node, raw)
        && let Datum::Number(number) = value.datum
        && matches!(text, "ms" | "s" | "m" | "h" | "%")
    {
        let (shown, fixed) = if text == "%" {
            (number.to_owned(), number.to_owned())
        } else {
            (format!("\"{number}{text}\""), format!("\"{number}{text}\""))
        };
        out.report(&EXTRA_VALUE, raw.span)
            .says(format!("the unit `{text}` stands apart from its number"))
            .help(format!("write {}={shown}", name.text))
            .fix(value.span.to(raw.span), fixed);
        return true;
    }
    let found = out.report(&EXTRA_VALUE, raw.span);
    found.says(format!("`{}` is one value too many for `{}`", crate::kind::clip(text), word.name));
    if let Some(colon) = node.entries.iter().find_map(|entry| key_with_colon(entry)) {
        found.help(format!("write {}={}", colon.trim_end_matches(':'), crate::kind::clip(text)));
    } else if let Some(row) = word.props.iter().find(|row| row.name == text) {
        found.help(format!("`{}` takes its value behind `=`: {}=…", row.name, row.name));
    } else {
        found.help(format!("write {}", word.example));
    }
    true
}

fn key_with_colon<'a>(entry: &Entry<'a>) -> Option<&'a str> {
    match entry {
        Entry::Argument(Raw { datum: Datum::Bare(text), .. }) if text.len() > 1 && text.ends_with(':') => {
            Some(text)
        }
        Entry::Argument(_) | Entry::Property(..) => None,
    }
}

/// Returns the entry in front of an argument.
fn before<'a>(node: &Node<'a>, raw: &Raw<'_>) -> Option<Entry<'a>> {
    let index = node
        .entries
        .iter()
        .position(|entry| matches!(entry, Entry::Argument(value) if value.span == raw.span))?;
    index.checked_sub(1).map(|index| node.entries[index])
}

fn property<'a>(
    word: &'static Word,
    name: Text<'a>,
    raw: Raw<'a>,
    out: &mut Diagnostics,
) -> Option<Prop<'a>> {
    if let Some(row) = word.props.iter().find(|row| row.name == name.text) {
        return Some(Prop { name, value: row.kind.read(raw, out) });
    }
    let Some(free) = &word.free else {
        unknown_property(word, name, out);
        return None;
    };
    let key = Raw { annotation: None, datum: Datum::Quoted(name.text), span: name.span };
    match free.keys.read(key, out).data {
        Data::Text(text) => Some(Prop { name: Text { text, ..name }, value: free.kind.read(raw, out) }),
        Data::Number(_)
        | Data::Percent(_)
        | Data::Duration(_)
        | Data::Pattern(_)
        | Data::Raw(..)
        | Data::Broken => None,
    }
}

fn unknown_property(word: &'static Word, name: Text<'_>, out: &mut Diagnostics) {
    let names: Vec<&str> = word.props.iter().map(|row| row.name).collect();
    let found = out.report(&UNKNOWN_PROPERTY, name.span);
    found.says(format!("`{}` has no `{}=`", word.name, crate::kind::clip(name.text)));
    let nested = match word.block {
        Block::May(place) | Block::Must(place) => words::find(place, name.text),
        Block::None | Block::Same | Block::Later => None,
    };
    if let Some(near) = nearest(name.text, names.iter().copied()) {
        found.help(format!("did you mean `{near}=`?")).fix(name.span, near);
    } else if let Some(inner) = nested {
        found.help(format!("`{}` is a line of its own: {}", inner.name, inner.example));
    } else if names.is_empty() {
        found.help(format!("write {}", word.example));
    } else {
        found.help(format!("it takes {}", crate::kind::list(&names)));
    }
}

/// Reports the values that a line lacks, once nothing more is added to it.
pub fn missing(line: &Line<'_>, out: &mut Diagnostics) {
    let word = line.word;
    let needed = word.args.iter().filter(|arg| matches!(arg.count, Count::One | Count::Some)).count();
    if line.args.len() < needed {
        let arg = &word.args[line.args.len()];
        // A line whose key was written with a colon, `header x-user: jason`, is about that, and says so.
        lacks(line, &format!("{} is missing", article(arg.name)), out);
    }
    for row in word.props.iter().filter(|row| row.required && line.prop(row.name).is_none()) {
        lacks(line, &format!("`{}=` is missing", row.name), out);
    }
    if let Some(free) = &word.free {
        free_count(line, free, out);
    }
}

fn free_count(line: &Line<'_>, free: &Free, out: &mut Diagnostics) {
    let known = |prop: &&Prop<'_>| line.word.props.iter().any(|row: &PropRow| row.name == prop.name.text);
    let count = line.props.iter().filter(|prop| !known(prop)).count();
    let colon = line.args.first().and_then(|value| match value.data {
        Data::Pattern(crate::line::Pattern::Exact(text)) => text.strip_suffix(':'),
        _ => None,
    });
    match free.count {
        Count::One | Count::Some if count == 0 => {
            let found = out.report(&MISSING_VALUE, line.span);
            found.says(format!("`{}` needs a {} and what it must be", line.word.name, free.name));
            match colon {
                Some(name) => found.help(format!("write {name}=… without a colon: {}", line.word.example)),
                None => found.help(format!("write {}", line.word.example)),
            };
        }
        Count::One if count > 1 => {
            out.report(&EXTRA_VALUE, line.span)
                .says(format!("this `{}` line names {count} of them", line.word.name))
                .because("several lines are read as and, several values as or: on one line nobody could tell")
                .help("write a line each for and, a `when` each for or");
        }
        Count::One | Count::Some | Count::Any | Count::Optional => {}
    }
}

fn lacks(line: &Line<'_>, what: &str, out: &mut Diagnostics) {
    out.report(&MISSING_VALUE, line.span)
        .says(format!("`{}`: {what}", line.word.name))
        .help(format!("write {}", line.word.example));
}

fn article(name: &str) -> String {
    if name.starts_with(['a', 'e', 'i', 'o', 'u']) { format!("an {name}") } else { format!("a {name}") }
}
