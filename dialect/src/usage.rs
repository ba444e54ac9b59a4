//! The form of a line, as `explain` and the reference show it: `canary DESTINATION [percent=SHARE] [{ … }]`.
//!
//! Words in capitals stand for values, `[…]` may be left out, `…` may be there more than once.

use crate::kind::Kind;
use crate::word::{Arg, Block, Count, Free, Key, PropRow, Word};

/// Returns the form of a line: `canary DESTINATION [percent=SHARE] [{ … }]`.
#[must_use]
pub fn usage(row: &Word) -> String {
    let Word { name, args, props, free, block, .. } = row;
    let mut parts = vec![(*name).to_owned()];
    parts.extend(args.iter().map(argument));
    if let Some(Free { name, kind, count, .. }) = free {
        let pair = format!("{}={}", name.to_ascii_uppercase(), short(*kind, None));
        // What may be there any number of times stands last: header NAME=VALUE [OR…].
        let last = args.iter().filter(|arg| arg.count == Count::Any).count();
        parts.insert(parts.len() - last, counted(&pair, *count));
    }
    parts.extend(props.iter().map(|PropRow { key: Key { text: name, place: _ }, kind, required }| {
        let pair = format!("{name}={}", short(*kind, None));
        if *required { pair } else { format!("[{pair}]") }
    }));
    match block {
        Block::None => {}
        Block::May(_) => parts.push("[{ … }]".into()),
        Block::Must(_) | Block::Same | Block::Later => parts.push("{ … }".into()),
    }
    parts.join(" ")
}

fn argument(arg: &Arg) -> String {
    counted(&short(arg.kind, Some(arg.name)), arg.count)
}

fn counted(text: &str, count: Count) -> String {
    match count {
        Count::One => text.to_owned(),
        Count::Optional => format!("[{text}]"),
        Count::Some => format!("{text}…"),
        Count::Any => format!("[{text}…]"),
    }
}

/// Returns what stands for a value in the form of a line: its choices where they are few, else what it is. `name` is what an
/// argument calls it.
fn short(kind: Kind, name: Option<&str>) -> String {
    let what = match kind {
        Kind::OneOf(choices) if choices.len() <= 6 => return choices.join("|"),
        Kind::Duration(_) => return "DURATION".into(),
        Kind::DurationOrOff => return "DURATION|off".into(),
        Kind::Number(..) => return "N".into(),
        Kind::Percent => return "SHARE".into(),
        Kind::Status => return "STATUS".into(),
        Kind::Bound => return "N|DURATION".into(),
        Kind::Date => return "DATE".into(),
        Kind::Port => return "PORT".into(),
        Kind::Name | Kind::ObjectName | Kind::HeaderName | Kind::LabelName => "NAME",
        Kind::Version | Kind::Release => "VERSION",
        Kind::Destination => "DESTINATION",
        Kind::Text => "TEXT",
        Kind::Key => "KEY",
        Kind::Pattern | Kind::Path => "PATTERN",
        Kind::PathText => "PATH",
        Kind::Regex => "REGEX",
        Kind::Host | Kind::HostOrWildcard => "HOST",
        Kind::Origin => "ORIGIN",
        Kind::Target | Kind::Url => "URL",
        Kind::Locality => "LOCALITY",
        Kind::Caller => "CALLER",
        Kind::OneOf(_)
        | Kind::LabelValue
        | Kind::HeaderValue
        | Kind::Anything
        | Kind::Address
        | Kind::Range => "VALUE",
    };
    name.map_or_else(|| what.to_owned(), str::to_ascii_uppercase)
}
