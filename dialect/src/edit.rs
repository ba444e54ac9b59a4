//! Small changes to the text of a block: `canary.percent=25`. Everything else stays as it was, to the byte.
//!
//! An address is the way down to a value, with dots: a line by its word, behind it what the line is known by where there
//! may be several (`version.v3`, `route.search`), then a property of it or a line of its block.

mod address;
mod insert;
mod remove;
mod token;

use crate::diagnostic::Edit;
use crate::line::Line;
use crate::sources::Source;
use crate::span::Span;
use crate::word::{Block, Place};
use crate::words;
use address::{Found, Rest};

/// Why a change cannot be made, for the person who asked for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal(pub String);

/// A change as it was asked for: an address, and the value that is to stand there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The way down to the value, with dots.
    pub address: String,
    /// What is to stand there; nothing takes away what stands there.
    pub value: Option<String>,
}

/// The block that is changed.
#[derive(Clone, Copy, Debug)]
pub struct Target<'t, 'a> {
    /// Its file.
    pub source: &'t Source,
    /// The block.
    pub line: &'t Line<'a>,
    /// The environment that it is changed for; all of them unless said.
    pub env: Option<&'t str>,
}

impl Change {
    /// Reads `ADDRESS=VALUE`.
    ///
    /// # Errors
    /// Says what is missing.
    pub fn read(text: &str) -> Result<Change, Refusal> {
        let refuse = |why: &str| {
            Err(Refusal(format!("`{text}` is no change: {why}, such as canary.percent=25 or timeout=5s")))
        };
        match text.split_once('=') {
            None => refuse("write WORD=VALUE"),
            Some((address, _)) if address.split('.').any(str::is_empty) => {
                refuse("write WORD.PROPERTY=VALUE")
            }
            Some((address, "")) => Ok(Change { address: address.to_owned(), value: None }),
            Some((address, value)) => {
                Ok(Change { address: address.to_owned(), value: Some(value.to_owned()) })
            }
        }
    }
}

/// Returns the edits that make a change, none if the text says so already.
///
/// # Errors
/// Refuses what no line could say, and what could be meant in two ways.
pub fn edits(target: Target<'_, '_>, change: &Change) -> Result<Vec<Edit>, Refusal> {
    let Target { source, line, env } = target;
    let (Block::May(place) | Block::Must(place)) = line.word.block else {
        return Err(Refusal(format!("`{}` has no lines to change", line.word.name)));
    };
    let editor = Editor { text: &source.text };
    match env {
        None => editor.change(line, place, &change.address, change.value.as_deref()),
        Some(env) => editor.change_in(env, line, place, change),
    }
}

/// Tells whether a block itself has the line that a change is about.
#[must_use]
pub fn says(block: &Line<'_>, change: &Change) -> bool {
    let (Block::May(place) | Block::Must(place)) = block.word.block else { return false };
    let found = address::find(block.lines(), place, &change.address, change.value.as_deref());
    found.is_ok_and(|found| found.line.is_some())
}

/// Returns the text with the edits made.
#[must_use]
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
    let mut text = text.to_owned();
    for edit in edits {
        text.replace_range(edit.span.start() as usize..edit.span.end() as usize, &edit.text);
    }
    text
}

/// The text that is changed.
struct Editor<'t> {
    text: &'t str,
}

impl Editor<'_> {
    /// Makes a change among the lines of a block.
    fn change(
        &self,
        block: &Line<'_>,
        place: Place,
        address: &str,
        value: Option<&str>,
    ) -> Result<Vec<Edit>, Refusal> {
        let found = address::find(block.lines(), place, address, value)?;
        let Some(line) = found.line else {
            return match value {
                None => Err(Refusal(format!("there is no `{}` in {}", found.name(), shown(block)))),
                Some(value) => Ok(vec![self.insert(block, found.word, &fresh(&found, value)?)?]),
            };
        };
        match (found.rest, value) {
            (Rest::Line, None) => self.remove_line(block, line),
            (Rest::Line, Some(value)) => self.set_args(line, &found, value),
            (Rest::Prop(name, _), None) => match line.prop(name) {
                None => Err(Refusal(format!("`{}` has no {name}= to take away", found.name()))),
                Some(_) if is_all_there_is(line) => self.remove_line(block, line),
                Some(_) => Ok(vec![self.remove_prop(line, name)]),
            },
            (Rest::Prop(name, kind), Some(value)) => {
                let new = token::property(kind, value);
                Ok(match line.prop(name) {
                    Some(old) if token::same(kind, &new, old) => Vec::new(),
                    Some(old) => vec![Edit { span: old.span, text: new }],
                    None => {
                        vec![Edit { span: line.span.after(), text: format!(" {}={new}", token::name(name)) }]
                    }
                })
            }
            (Rest::Inner(inner, address), _) => self.change(line, inner, address, value),
        }
    }

    /// Makes a change for one environment, in the `in` of a block.
    fn change_in(
        &self,
        env: &str,
        block: &Line<'_>,
        place: Place,
        change: &Change,
    ) -> Result<Vec<Edit>, Refusal> {
        let Change { address, value } = change;
        let mut own = None;
        for line in block.lines().iter().filter(|line| line.is("in") && line.children().is_some()) {
            let names: Vec<&str> = line.args().filter_map(|value| value.text()).collect();
            if !names.contains(&env) {
                continue;
            }
            let says = address::find(line.lines(), place, address, value.as_deref())?.line.is_some();
            match (names.len(), says) {
                (1, true) => return self.change(line, place, address, value.as_deref()),
                (1, false) => own = Some(line),
                (_, true) => {
                    return Err(shared(env, &names, place, change)?);
                }
                (_, false) => {}
            }
        }
        let found = address::find(&[], place, address, value.as_deref())?;
        let Some(value) = value else {
            return Err(Refusal(format!(
                "nothing is said about `{}` under `in {env}`; to be without it there, say drop={}",
                found.name(),
                found.word.name
            )));
        };
        let inner = fresh(&found, value)?;
        let Some(word) = words::find(place, "in") else {
            return Err(Refusal(format!("{} cannot differ by environment", place.name())));
        };
        Ok(vec![match own {
            Some(own) => self.insert(own, found.word, &inner)?,
            None => self.insert(block, word, &format!("in {env} {{ {inner} }}"))?,
        }])
    }

    /// Puts other arguments on a line.
    fn set_args(&self, line: &Line<'_>, found: &Found<'_, '_>, value: &str) -> Result<Vec<Edit>, Refusal> {
        let rows = found.args();
        let skipped = found.word.args.len() - rows.len();
        let new = token::arguments(rows, value);
        let old = line.args().skip(skipped).collect::<Vec<_>>();
        if rows.is_empty() {
            return Err(Refusal(format!(
                "`{}` takes no value of its own, as in {}",
                found.name(),
                found.word.example
            )));
        }
        let same = |(index, new): (usize, &String)| {
            old.get(index).is_some_and(|old| token::same(token::kind(rows, index), new, *old))
        };
        if new.len() == old.len() && new.iter().enumerate().all(same) {
            return Ok(Vec::new());
        }
        let text = new.join(" ");
        let (Some(first), Some(last)) = (old.first(), old.last()) else {
            let before = line.args().next_back().map_or(line.name(), |value| value.span);
            return Ok(vec![Edit { span: before.after(), text: format!(" {text}") }]);
        };
        let span = first.span.to(last.span);
        if line.props().any(|prop| (span.start()..span.end()).contains(&prop.name().span.start())) {
            return Err(Refusal(format!("the values of `{}` stand between its properties", found.name())));
        }
        Ok(vec![Edit { span, text }])
    }

    /// Returns the place just behind a line and its block.
    fn end(&self, line: &Line<'_>) -> Result<Span, Refusal> {
        let Some((_, close)) = self.braces(line)? else { return Ok(line.span.after()) };
        Ok(Span::new(line.span.file(), close + 1, close + 1))
    }

    /// Returns where what stands between a line's braces begins and ends; nothing for a line without a block.
    fn braces(&self, line: &Line<'_>) -> Result<Option<(u32, u32)>, Refusal> {
        let (open, close) = line.body();
        if line.children().is_none() || open == 0 {
            return Ok(None);
        }
        match self.text.as_bytes().get(close as usize) {
            Some(b'}') => Ok(Some((open, close))),
            Some(_) | None => Err(Refusal(format!("the block of `{}` is not closed", line.word.name))),
        }
    }
}

/// Refuses to change for one environment what several share: an `in` of its own beside theirs would say it twice.
fn shared(env: &str, names: &[&str], place: Place, change: &Change) -> Result<Refusal, Refusal> {
    let Change { address, value } = change;
    let found = address::find(&[], place, address, value.as_deref())?;
    let others: Vec<&str> = names.iter().copied().filter(|name| *name != env).collect();
    let (all, others, what) = (names.join(" "), others.join(" "), found.name());
    let new = match value.as_deref() {
        Some(value) => format!(" and `in {env} {{ {} }}`", fresh(&found, value)?),
        None => String::new(),
    };
    Ok(Refusal(format!(
        "`in {all}` says it for all of these: move `{what}` from there to `in {others} {{ … }}`{new} by hand"
    )))
}

/// Returns the text of a new line.
fn fresh(found: &Found<'_, '_>, value: &str) -> Result<String, Refusal> {
    let Found { word, key, .. } = found;
    let mut text = word.name.to_owned();
    for part in key.iter().map(|key| key.written(word)) {
        text = text + " " + &part;
    }
    match found.rest {
        Rest::Line if found.args().is_empty() => {
            return Err(Refusal(format!(
                "`{}` takes no value of its own, as in {}",
                found.name(),
                word.example
            )));
        }
        Rest::Line => text = text + " " + &token::arguments(found.args(), value).join(" "),
        Rest::Prop(name, kind) => text += &format!(" {}={}", token::name(name), token::property(kind, value)),
        Rest::Inner(place, address) => {
            let inner = address::find(&[], place, address, Some(value))?;
            text += &format!(" {{ {} }}", fresh(&inner, value)?);
        }
    }
    Ok(text)
}

/// Tells whether a line would say nothing more without its only property.
fn is_all_there_is(line: &Line<'_>) -> bool {
    line.args().is_empty() && line.props().len() == 1 && line.children().is_none()
}

/// Returns how a message names a block.
fn shown(block: &Line<'_>) -> String {
    let name: String = block.args().filter_map(|value| value.text()).map(|text| format!(" {text}")).collect();
    format!("`{}{name}`", block.word.name)
}

#[cfg(test)]
mod tests;
