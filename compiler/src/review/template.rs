//! Templates: what a review's document becomes as Markdown or as a page. Everything that a template prints is escaped for
//! where it goes.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value};

use crate::report::escape;
use crate::yaml;

/// How much a template may do: a page of 10,000 findings takes a tenth of it.
const FUEL: u64 = 20_000_000;

/// How much text a template may make.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// How deep a template may call itself.
const DEEPEST: usize = 64;

/// What text is escaped for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum For {
    Markdown,
    Html,
}

/// What is wrong with a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wrong {
    /// The line of the template, if it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Wrong { line, message } = self;
        match line {
            Some(line) => write!(out, "line {line}: {message}"),
            None => write!(out, "{message}"),
        }
    }
}

/// A template that was read.
pub(super) struct Template<'t> {
    environment: Environment<'t>,
}

/// What a template has of its own name.
const NAME: &str = "template";

impl<'t> Template<'t> {
    /// Reads a template.
    pub fn read(text: &'t str, of: For) -> Result<Template<'t>, Wrong> {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(move |_| match of {
            For::Markdown => AutoEscape::Custom("markdown".into()),
            For::Html => AutoEscape::Html,
        });
        environment.set_formatter(print);
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(DEEPEST);
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_debug(false);
        environment.add_filter("code", |text: &str| Value::from_safe_string(escape::markdown_code(text)));
        environment.add_filter("short", |text: &str, most: usize| escape::short(text, most).into_owned());
        environment.add_filter("apart", |all: Vec<Value>| apart(all));
        environment.add_filter("escape", escaped);
        environment.add_filter("e", escaped);
        // Blocks leave no empty lines behind.
        let syntax =
            SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
        environment.set_syntax(syntax.map_err(|error| wrong(&error))?);
        environment.add_template(NAME, text).map_err(|error| wrong(&error))?;
        Ok(Template { environment })
    }

    /// Fills it in.
    pub fn render(&self, context: &Value) -> Result<String, Wrong> {
        let template = self.environment.get_template(NAME).map_err(|error| wrong(&error))?;
        let mut text = Limited(Vec::new());
        template.render_captured_to(context.clone(), &mut text).map_err(|error| wrong(&error))?;
        Ok(String::from_utf8_lossy(&text.0).into_owned())
    }
}

/// Leaves out what differs in the same words as something before it: a thing may differ in two ways.
fn apart(all: Vec<Value>) -> Vec<Value> {
    let words = |one: &Value| ["what", "before", "after"].map(|key| one.get_attr(key).ok());
    let mut said = BTreeSet::new();
    all.into_iter().filter(|one| said.insert(words(one))).collect()
}

/// Text that does not grow for ever.
struct Limited(Vec<u8>);

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_BYTES {
            return Err(io::Error::other("the template makes too much text"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Prints a value, escaped.
fn print(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    // What is null has nothing to say.
    if value.is_none() || value.is_undefined() {
        return Ok(());
    }
    let text = match value.kind() {
        _ if value.is_safe() => value.to_string(),
        ValueKind::Number | ValueKind::Bool => value.to_string(),
        _ => escape_for(state.auto_escape(), &value.to_string()),
    };
    out.write_str(&text).map_err(|_| Error::new(ErrorKind::WriteFailure, "the template makes too much text"))
}

fn escaped(state: &State<'_, '_>, text: &Value) -> Value {
    match text.is_safe() {
        true => text.clone(),
        false => Value::from_safe_string(escape_for(state.auto_escape(), &text.to_string())),
    }
}

fn escape_for(escape: &AutoEscape, text: &str) -> String {
    match escape {
        AutoEscape::Html => escape::html(text),
        AutoEscape::Custom(_) => escape::markdown(text),
        _ => escape::visible(text).into_owned(),
    }
}

fn wrong(error: &Error) -> Wrong {
    let message = match (error.kind(), error.detail()) {
        (ErrorKind::OutOfFuel, _) => "the template does too much: is there a loop in it?".to_owned(),
        (kind, Some(detail)) => format!("{kind}: {detail}"),
        (kind, None) => kind.to_string(),
    };
    Wrong { line: error.line(), message: escape::visible(&message).into_owned() }
}

/// Returns a document as templates know it.
pub(super) fn context(json: &str) -> Value {
    // We wrote it ourselves.
    yaml::read(json.as_bytes()).map_or(Value::UNDEFINED, value)
}

/// Returns a document with more entries; one of the same name is replaced.
pub(super) fn with<const N: usize>(document: &Value, more: [(&'static str, Value); N]) -> Value {
    let keys = document.try_iter().into_iter().flatten();
    let own = keys.map(|key| (key.clone(), document.get_item(&key).unwrap_or_default()));
    let pairs: Vec<(Value, Value)> = own.collect();
    Value::from_pairs(pairs.into_iter().chain(more.map(|(key, value)| (Value::from(key), value))))
}

fn value(read: yaml::Value) -> Value {
    match read {
        yaml::Value::Null => Value::from(()),
        yaml::Value::Bool(flag) => Value::from(flag),
        yaml::Value::Number(number) => match number.parse::<u64>() {
            Ok(number) => Value::from(number),
            Err(_) => Value::from(number),
        },
        yaml::Value::Text(text) => Value::from(text),
        yaml::Value::List(items) => items.into_iter().map(value).collect(),
        yaml::Value::Map(entries) => {
            Value::from_pairs(entries.into_iter().map(|(key, item)| (key, value(item))))
        }
    }
}
