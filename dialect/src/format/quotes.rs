//! Quotes that say nothing: `version "v1"` is `version v1`.
//!
//! They go where the word table asks for a name or a word, and what is in them reads the same without. Texts, paths and
//! durations keep theirs even where KDL could do without: quotes are how one tells them.

use super::tree::{Item, Line, Part, What};
use crate::kdl::tokens::Kind as Sign;
use crate::kind::Kind;
use crate::word::{Block, Count, Place, Word};
use crate::words;

/// Takes needless quotes away.
pub(super) fn remove(items: &mut [Item<'_>]) {
    block(items, Place::File);
}

fn block(items: &mut [Item<'_>], place: Place) {
    for item in items {
        if let What::Line(written) = &mut item.what
            && let Some(word) = written.word().and_then(|name| words::find(place, name))
        {
            line(written, word, place);
        }
    }
}

fn line(line: &mut Line<'_>, word: &Word, place: Place) {
    let inner = match word.block {
        Block::May(inner) | Block::Must(inner) => Some(inner),
        Block::Same => Some(place),
        // What is read later is not known yet.
        Block::None | Block::Later => None,
    };
    // A line with anything in it that is rare is left as it is: it was written with thought.
    let is_plain = line.parts.iter().all(|part| match part {
        Part::Value(_) | Part::Block(_) | Part::Sign(Sign::Equals) => true,
        Part::Sign(_) | Part::Comment(_) | Part::Continue | Part::Break => false,
    });
    if is_plain {
        values(&mut line.parts, word);
    }
    for part in &mut line.parts {
        if let (Part::Block(written), Some(inner)) = (part, inner) {
            block(&mut written.items, inner);
        }
    }
}

/// Takes the quotes of a line's values and keys away.
fn values(parts: &mut [Part<'_>], word: &Word) {
    let mut args = 0;
    let mut key = None;
    for index in 1..parts.len() {
        let is_key = matches!(parts.get(index + 1), Some(Part::Sign(Sign::Equals)));
        let Part::Value(text) = &mut parts[index] else { continue };
        let kind = match key.take() {
            _ if is_key => Some(Kind::LabelName),
            Some(name) => property(word, name),
            None => {
                args += 1;
                argument(word, args - 1)
            }
        };
        *text = kind.and_then(|kind| unquoted(text, kind)).unwrap_or(text);
        key = is_key.then_some(*text);
    }
}

fn argument(word: &Word, index: usize) -> Option<Kind> {
    let last = word.args.last().filter(|row| matches!(row.count, Count::Some | Count::Any));
    word.args.get(index).or(last).map(|row| row.kind)
}

fn property(word: &Word, name: &str) -> Option<Kind> {
    let row = word.props.iter().find(|row| row.name() == name).map(|row| row.kind);
    row.or_else(|| word.free.as_ref().map(|free| free.kind))
}

/// Returns what stands between quotes, if it is the same without them.
fn unquoted(text: &str, kind: Kind) -> Option<&str> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    let is_word = match kind {
        Kind::OneOf(_) | Kind::Name | Kind::ObjectName | Kind::Version | Kind::Destination => true,
        Kind::LabelName | Kind::LabelValue | Kind::HeaderName | Kind::HeaderValue | Kind::Pattern => true,
        // A bare word that is one of the language's could be meant as a line of the block.
        Kind::Host | Kind::HostOrWildcard => inner.contains('.'),
        Kind::Locality | Kind::Caller => true,
        Kind::Text
        | Kind::Key
        | Kind::Anything
        | Kind::Release
        | Kind::Duration(_)
        | Kind::DurationOrOff
        | Kind::Bound
        | Kind::Date
        | Kind::Number(..)
        | Kind::Port => false,
        Kind::Percent | Kind::Status | Kind::Path | Kind::PathText | Kind::Regex | Kind::Origin => false,
        Kind::Target | Kind::Url | Kind::Address | Kind::Range => false,
    };
    let reads_same = inner.starts_with(|first: char| first.is_ascii_alphabetic() || first == '*')
        && inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.*@".contains(&byte))
        && !matches!(inner, "true" | "false" | "null" | "inf" | "nan");
    (is_word && reads_same).then_some(inner)
}
