//! What a function's configuration asks for.

use anyhow::{bail, ensure};
use meshc_compiler::istio::Part;
use meshc_compiler::project::MAX_FILES;
use meshc_compiler::yaml::Value;
use meshc_dialect::suggest::nearest;

use super::list::field;
use crate::args;

/// What may be said.
const KEYS: [&str; 5] = ["intent", "files", "env", "only", "today"];

/// How the intent is called that stands in the configuration itself.
const INTENT: &str = "intent.kdl";

/// What is to be built.
pub struct Config {
    /// By which a later run knows what this one made.
    pub name: String,
    /// Where the intent is.
    pub from: From,
    /// The environment.
    pub env: Option<String>,
    /// The part.
    pub only: Option<Part>,
    /// The day to compare waivers with.
    pub today: Option<String>,
}

/// Where intent is.
pub enum From {
    /// In the project that the current folder is in.
    Project,
    /// In these files below the current folder.
    Files(Vec<String>),
    /// In the configuration: names and texts, and the field that each stands in.
    Texts(Vec<Text>),
}

/// Intent that stands in a configuration.
pub struct Text {
    /// The name of the file that it would be.
    pub name: String,
    /// The field that it stands in.
    pub field: String,
    /// The intent.
    pub text: String,
}

impl Config {
    /// Reads a configuration; without one, the project of the current folder is built as it is.
    pub fn read(value: Option<&Value>) -> anyhow::Result<Config> {
        let name = value.and_then(|value| field(value, &["metadata", "name"])).and_then(text);
        let mut config = Config {
            name: name.unwrap_or(args::NAME).to_owned(),
            from: From::Project,
            env: None,
            only: None,
            today: None,
        };
        let (Some(block), within) = block(value) else { return Ok(config) };
        let Value::Map(entries) = block else {
            bail!("`{within}` of the function's configuration is no map")
        };
        for (key, value) in entries {
            config.set(key, value, within)?;
        }
        Ok(config)
    }

    fn set(&mut self, key: &str, value: &Value, within: &str) -> anyhow::Result<()> {
        let shown = key.escape_debug();
        let said = || match text(value) {
            Some(said) => Ok(said.to_owned()),
            None => bail!("`{within}.{shown}` of the function's configuration is no text"),
        };
        let fault =
            |why: String| anyhow::anyhow!("`{within}.{shown}` of the function's configuration: {why}");
        match key {
            "env" => self.env = Some(said()?),
            "only" => self.only = Some(said()?.parse().map_err(fault)?),
            "today" => self.today = Some(args::date(&said()?).map_err(fault)?),
            "files" => return self.files(value, within),
            "intent" => return self.text(INTENT, said()?, format!("{within}.{key}")),
            _ if within == "data" && key.ends_with(".kdl") => {
                return self.text(key, said()?, format!("{within}.{key}"));
            }
            _ => match nearest(key, KEYS) {
                Some(near) => bail!("`{within}.{shown}` means nothing here; did you mean `{within}.{near}`?"),
                None => bail!("`{within}.{shown}` means nothing here; there are {}", KEYS.join(", ")),
            },
        }
        Ok(())
    }

    /// Takes paths: a list, or in a ConfigMap words of one text.
    fn files(&mut self, value: &Value, within: &str) -> anyhow::Result<()> {
        let paths: Option<Vec<String>> = match value {
            Value::List(items) => items.iter().map(|item| text(item).map(str::to_owned)).collect(),
            Value::Text(all) => Some(all.split_whitespace().map(str::to_owned).collect()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Map(_) => None,
        };
        let Some(paths) = paths.filter(|paths| !paths.is_empty()) else {
            bail!("`{within}.files` of the function's configuration is no list of paths")
        };
        within_limit(paths.len())?;
        ensure!(
            matches!(self.from, From::Project),
            "intent comes from `files` or from `{within}`, not from both"
        );
        self.from = From::Files(paths);
        Ok(())
    }

    fn text(&mut self, name: &str, text: String, field: String) -> anyhow::Result<()> {
        let text = Text { name: name.to_owned(), field, text };
        match &mut self.from {
            From::Files(_) => bail!("intent comes from `files` or from `{}`, not from both", text.field),
            From::Texts(texts) => {
                texts.push(text);
                within_limit(texts.len())?;
            }
            From::Project => self.from = From::Texts(vec![text]),
        }
        Ok(())
    }
}

/// Refuses more files than a project may have.
fn within_limit(files: usize) -> anyhow::Result<()> {
    ensure!(
        files <= MAX_FILES,
        "a project has at most {MAX_FILES} files, and the function's configuration names more"
    );
    Ok(())
}

/// Returns the part of a configuration that is ours, and its name.
fn block(value: Option<&Value>) -> (Option<&Value>, &'static str) {
    let Some(value) = value else { return (None, "spec") };
    match field(value, &["kind"]).and_then(text) {
        Some("ConfigMap") => (field(value, &["data"]), "data"),
        Some(_) | None => (field(value, &["spec"]), "spec"),
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Map(_) => None,
    }
}
