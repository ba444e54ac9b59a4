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

impl Key<'_> {
    /// Returns the key as a line has it.
    pub fn written(self, word: &Word) -> String {
        let kind = self.kind(word);
        match self {
            Key::Argument(text) => token::argument(kind, text),
            Key::Prop(name, text) => format!("{name}={}", token::property(kind, text)),
        }
    }

    fn kind(self, word: &Word) -> Kind {
        match self {
            Key::Argument(_) => token::kind(word.args, 0),
            Key::Prop(name, _) => {
                word.props.iter().find(|row| row.name() == name).map_or(Kind::Text, |row| row.kind)
            }
        }
    }

    fn is_of(self, line: &Line<'_>) -> bool {
        let (value, text) = match self {
            Key::Argument(text) => (line.arg(0), text),
            Key::Prop(name, text) => (line.prop(name), text),
        };
        let kind = self.kind(line.word);
        value.is_some_and(|value| token::same(kind, &token::argument(kind, text), value))
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
        (Some(KnownBy::Argument), None) => {
            let line = by_value(word, &lines, value)?;
            Ok(Found { word, key: None, line, rest: Rest::Line })
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
    if let Rest::Prop(name, _) = rest {
        let tells_apart = match word.identity {
            Identity::Which(names) => names.contains(&name),
            Identity::Many => word.free.is_some(),
            Identity::Itself | Identity::First | Identity::Under(_) | Identity::Prop(_) | Identity::Route => {
                false
            }
        };
        if tells_apart {
            return Ok(lines.iter().find(|line| line.prop(name).is_some()).copied());
        }
    }
    // `remove x-internal-user`: another line beside those that are there, unless one says just this.
    match (rest, value) {
        (Rest::Line, Some(value)) if word.identity == Identity::Many && !word.args.is_empty() => {
            Ok(lines.iter().copied().find(|line| says(line, value)))
        }
        (Rest::Line | Rest::Prop(..) | Rest::Inner(..), _) => only(word, lines),
    }
}

/// Finds the line that a value without a key is about: the only one that could be meant, else one that it names.
fn by_value<'l, 'a>(
    word: &Word,
    lines: &[&'l Line<'a>],
    value: Option<&str>,
) -> Result<Option<&'l Line<'a>>, Refusal> {
    let Some(value) = value else { return Err(which(word, lines)) };
    if word.name == "drop" {
        return Ok(lines.iter().copied().find(|line| says(line, value)));
    }
    if word.identity == Identity::Many {
        return only(word, lines);
    }
    let key = Key::Argument(value.split_whitespace().next().unwrap_or(""));
    Ok(lines.iter().copied().find(|line| key.is_of(line)))
}

/// Tells whether a line has just these arguments.
fn says(line: &Line<'_>, value: &str) -> bool {
    let rows = line.word.args;
    let new = token::arguments(rows, value);
    let kinds = (0..).map(|index| token::kind(rows, index));
    let mut all = kinds.zip(&new).zip(line.args());
    new.len() == line.args().len() && all.all(|((kind, new), old)| token::same(kind, new, old))
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
    if let Some(row) = word.props.iter().find(|row| row.name() == behind) {
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
    let mut known: Vec<&str> = word.props.iter().map(|row| row.name()).collect();
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
