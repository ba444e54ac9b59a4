//! From an address to the line, the property or the block it means.

use super::{Refusal, token};
use crate::kind::{Kind, list};
use crate::line::Line;
use crate::suggest::nearest;
use crate::word::{Arg, Block, Identity, Place, Word};
use crate::words;

/// What an address leads to in one block.
pub(super) struct Found<'l, 'a> {
    /// The row of the line.
    pub word: &'static Word,
    /// What the line is known by, where there may be several.
    pub key: Option<Key<'l>>,
    /// The line, if there is one.
    pub line: Option<&'l Line<'a>>,
    /// What is meant of the line.
    pub rest: Rest<'l>,
}

/// What a line is known by.
#[derive(Clone, Copy)]
pub(super) enum Key<'l> {
    /// Its first argument.
    Argument(&'l str),
    /// A property.
    Prop(&'static str, &'l str),
}

/// What is meant of a line.
#[derive(Clone, Copy)]
pub(super) enum Rest<'l> {
    /// The line, and its arguments.
    Line,
    /// A property.
    Prop(&'l str, Kind),
    /// A line of its block.
    Inner(Place, &'l str),
}

/// What the lines of a word are known by, if there may be several.
#[derive(Clone, Copy)]
enum KnownBy {
    Argument,
    Prop(&'static str),
}

impl Found<'_, '_> {
    /// Returns the arguments that a value is for: those behind the one that the line is known by.
    pub fn args(&self) -> &'static [Arg] {
        match self.key {
            Some(Key::Argument(_)) if !self.word.args.is_empty() => &self.word.args[1..],
            Some(Key::Argument(_) | Key::Prop(..)) | None => self.word.args,
        }
    }

    /// Returns how a message names the line.
    pub fn name(&self) -> String {
        match self.key {
            Some(Key::Argument(key) | Key::Prop(_, key)) => format!("{} {key}", self.word.name),
            None => self.word.name.to_owned(),
        }
    }
}

impl<'l> Key<'l> {
    fn text(self) -> &'l str {
        match self {
            Key::Argument(text) | Key::Prop(_, text) => text,
        }
    }

    /// Returns the key as a line has it.
    pub fn written(self, word: &Word) -> String {
        match self {
            Key::Argument(text) => token::argument(token::kind(word.args, 0), text),
            Key::Prop(name, text) => {
                let kind = word.props.iter().find(|row| row.name == name).map_or(Kind::Text, |row| row.kind);
                format!("{name}={}", token::property(kind, text))
            }
        }
    }

    fn is_of(self, line: &Line<'_>) -> bool {
        let value = match self {
            Key::Argument(_) => line.arg(0),
            Key::Prop(name, _) => line.prop(name),
        };
        let kind = match self {
            Key::Argument(_) => token::kind(line.word.args, 0),
            Key::Prop(name, _) => {
                line.word.props.iter().find(|row| row.name == name).map_or(Kind::Text, |row| row.kind)
            }
        };
        value.is_some_and(|value| token::same(kind, &token::argument(kind, self.text()), value))
    }
}

/// Follows an address one line down.
pub(super) fn find<'l, 'a>(
    lines: &'l [Line<'a>],
    place: Place,
    address: &'l str,
    value: Option<&'l str>,
) -> Result<Found<'l, 'a>, Refusal> {
    let (name, behind) = split(address);
    let Some(word) = words::find(place, name).filter(|word| word.name != "in") else {
        return Err(unknown(name, place));
    };
    let lines: Vec<&Line<'a>> = lines.iter().filter(|line| line.is(name)).collect();
    match (known_by(word), behind) {
        (None, behind) => {
            let rest = behind.map_or(Ok(Rest::Line), |behind| rest(word, behind))?;
            Ok(Found { word, key: None, line: unkeyed(word, &lines, rest, value)?, rest })
        }
        (Some(by), Some(behind)) => keyed(word, by, &lines, behind),
        (Some(KnownBy::Argument), None) if word.identity == Identity::Many && word.name != "drop" => {
            let line = only(word, &lines)?;
            Ok(Found { word, key: None, line, rest: Rest::Line })
        }
        (Some(KnownBy::Argument), None) => {
            let first = value.and_then(|value| value.split_whitespace().next());
            let Some(first) = first else { return Err(which(word, &lines)) };
            let line = lines.iter().find(|line| Key::Argument(first).is_of(line)).copied();
            Ok(Found {
                word,
                key: None,
                line: line.filter(|_| word.name != "drop" || value == Some(first)),
                rest: Rest::Line,
            })
        }
        (Some(KnownBy::Prop(_)), None) => Err(which(word, &lines)),
    }
}

/// Says what lines of a word are known by.
fn known_by(word: &Word) -> Option<KnownBy> {
    let says_more =
        word.args.len() > 1 || !word.props.is_empty() || word.free.is_some() || word.block != Block::None;
    match word.identity {
        Identity::Route => Some(KnownBy::Prop("name")),
        Identity::Prop(name) => Some(KnownBy::Prop(name)),
        Identity::First if says_more => Some(KnownBy::Argument),
        Identity::Many if says_more && word.free.is_none() && !word.args.is_empty() => {
            Some(KnownBy::Argument)
        }
        Identity::First | Identity::Many | Identity::Itself | Identity::Under(_) | Identity::Which(_) => None,
    }
}

/// Finds the line of a word that is known by nothing, or by which properties it has.
fn unkeyed<'l, 'a>(
    word: &'static Word,
    lines: &[&'l Line<'a>],
    rest: Rest<'l>,
    value: Option<&str>,
) -> Result<Option<&'l Line<'a>>, Refusal> {
    let having = |name: &str| lines.iter().find(|line| line.prop(name).is_some()).copied();
    match (word.identity, rest) {
        (Identity::Which(names), Rest::Prop(name, _)) if names.contains(&name) => Ok(having(name)),
        (Identity::Many, Rest::Prop(name, _)) if word.free.is_some() => Ok(having(name)),
        // `remove x-internal-user`: another line beside those that are there, unless one says just this.
        (Identity::Many, Rest::Line) if !word.args.is_empty() => {
            let says = |line: &&Line<'_>| {
                let new = value.map(|value| token::arguments(word.args, value)).unwrap_or_default();
                let same = |(index, new): (usize, &String)| {
                    token::same(token::kind(word.args, index), new, line.args[index])
                };
                new.len() == line.args.len() && new.iter().enumerate().all(same)
            };
            if value.is_none() { only(word, lines) } else { Ok(lines.iter().copied().find(says)) }
        }
        _ => only(word, lines),
    }
}

/// Finds the line with a key. A key may have dots: an existing line tells where it ends.
fn keyed<'l, 'a>(
    word: &'static Word,
    by: KnownBy,
    lines: &[&'l Line<'a>],
    behind: &'l str,
) -> Result<Found<'l, 'a>, Refusal> {
    let key = |text: &'l str| match by {
        KnownBy::Argument => Key::Argument(text),
        KnownBy::Prop(name) => Key::Prop(name, text),
    };
    let dots: Vec<usize> = behind.match_indices('.').map(|(at, _)| at).collect();
    for end in [behind.len()].into_iter().chain(dots.iter().rev().copied()) {
        let key = key(&behind[..end]);
        let mut same = lines.iter().filter(|line| key.is_of(line));
        let (line, second) = (same.next(), same.next());
        if second.is_some() {
            return Err(which(word, lines));
        }
        if let Some(line) = line {
            let rest = behind.get(end + 1..).map_or(Ok(Rest::Line), |behind| rest(word, behind))?;
            return Ok(Found { word, key: Some(key), line: Some(line), rest });
        }
    }
    // There is no such line yet: what follows its key must be something that it can have.
    if word.free.is_some() && dots.len() > 1 {
        let name = word.name;
        return Err(Refusal(format!(
            "there is no such `{name}` yet, and its name may have dots: add it first with {name}=NAME"
        )));
    }
    for at in dots {
        if let Ok(rest) = rest(word, &behind[at + 1..]) {
            return Ok(Found { word, key: Some(key(&behind[..at])), line: None, rest });
        }
    }
    Ok(Found { word, key: Some(key(behind)), line: None, rest: Rest::Line })
}

/// Reads what stands in an address behind a line.
fn rest<'l>(word: &'static Word, behind: &'l str) -> Result<Rest<'l>, Refusal> {
    if let Some(row) = word.props.iter().find(|row| row.name == behind) {
        return Ok(Rest::Prop(behind, row.kind));
    }
    if let Block::May(place) | Block::Must(place) = word.block
        && words::find(place, split(behind).0).is_some()
    {
        return Ok(Rest::Inner(place, behind));
    }
    if let Some(free) = &word.free {
        return Ok(Rest::Prop(behind, free.kind));
    }
    let mut known: Vec<&str> = word.props.iter().map(|row| row.name).collect();
    if let Block::May(place) | Block::Must(place) = word.block {
        known.extend(words::within(place).iter().map(|word| word.name));
    }
    known.dedup();
    let says = format!("`{}` has no `{behind}`", word.name);
    Err(Refusal(match nearest(split(behind).0, known.iter().copied()) {
        Some(near) => format!("{says}: did you mean `{near}`?"),
        None if known.is_empty() => format!("{says}: write {}=VALUE, as in {}", word.name, word.example),
        None => format!("{says}: it has {}", list(&known)),
    }))
}

fn only<'l, 'a>(word: &Word, lines: &[&'l Line<'a>]) -> Result<Option<&'l Line<'a>>, Refusal> {
    match lines {
        [] => Ok(None),
        [only] => Ok(Some(only)),
        [_, _, ..] => Err(which(word, lines)),
    }
}

fn which(word: &Word, lines: &[&Line<'_>]) -> Refusal {
    let name = word.name;
    match known_by(word) {
        None => {
            Refusal(format!("there are {} `{name}` lines: change the one that is meant by hand", lines.len()))
        }
        Some(by) => {
            let value = |line: &&Line<'_>| match by {
                KnownBy::Argument => line.text(0).map(str::to_owned),
                KnownBy::Prop(prop) => line.prop(prop).and_then(|value| value.text()).map(str::to_owned),
            };
            let known: Vec<String> =
                lines.iter().filter_map(value).map(|key| format!("{name}.{key}")).collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            Refusal(match known[..] {
                [] => format!("say which `{name}` is meant: {name}.NAME"),
                [..] => format!("say which `{name}` is meant: {}", list(&known)),
            })
        }
    }
}

fn unknown(name: &str, place: Place) -> Refusal {
    if name == "in" {
        return Refusal(
            "say the environment with `--env`, and the address as it is outside of `in`".to_owned(),
        );
    }
    let known = words::within(place).iter().map(|word| word.name);
    Refusal(match nearest(name, known) {
        Some(near) => format!("{} has no `{name}`: did you mean `{near}`?", place.name()),
        None => format!("{} has no `{name}`: see `meshc set --help`", place.name()),
    })
}

/// Returns the first name of an address, and what is behind it.
fn split(address: &str) -> (&str, Option<&str>) {
    match address.split_once('.') {
        Some((first, behind)) => (first, Some(behind)),
        None => (address, None),
    }
}
