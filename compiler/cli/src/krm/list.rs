//! The list of resources that functions hand on.
//!
//! What is not ours goes out as the bytes that came in: to read and write it again would lose comments, and change what
//! YAML's versions do not agree on.

use anyhow::{Context, bail, ensure};
use meshc_compiler::yaml::{self, Format, Key, Value};

/// The versions of a list, which differ in nothing that we use.
const VERSIONS: [&str; 2] = ["config.kubernetes.io/v1", "config.kubernetes.io/v1beta1"];

/// A list of resources.
pub struct List {
    /// What stands before and behind the resources, line by line.
    before: String,
    behind: String,
    /// How deep the resources stand.
    pub indent: String,
    /// The resources.
    pub items: Vec<Item>,
    /// What the function is told.
    pub function_config: Option<Value>,
}

/// A resource.
pub struct Item {
    /// What it says.
    pub value: Value,
    /// How it is written, from the dash on.
    pub text: String,
}

impl List {
    /// Reads a list.
    pub fn read(text: &str) -> anyhow::Result<List> {
        let Some(whole @ Value::Map(_)) = yaml::read(text.as_bytes()) else {
            bail!("stdin holds no ResourceList: this is a function, kpt and kustomize call it")
        };
        let is = |key: &str, any: &[&str]| match field(&whole, &[key]) {
            Some(Value::Text(text)) => any.contains(&text.as_str()),
            _ => false,
        };
        ensure!(is("kind", &["ResourceList"]), "stdin holds no ResourceList: its `kind` is another");
        ensure!(is("apiVersion", &VERSIONS), "its `apiVersion` is none of {}", VERSIONS.join(", "));
        let values = match field(&whole, &["items"]) {
            Some(Value::List(items)) => items.clone(),
            Some(Value::Null) | None => Vec::new(),
            Some(_) => bail!("`items` is no list"),
        };
        let function_config =
            field(&whole, &["functionConfig"]).filter(|value| **value != Value::Null).cloned();
        // Programs that write JSON have written nothing that YAML's versions read in different ways.
        if text.trim_start().starts_with('{') {
            return rendered(&whole, values, function_config);
        }
        let sections = Sections::of(text);
        let (indent, texts) = sections.items();
        ensure!(
            texts.len() == values.len(),
            "`items` is not in block style, with a line `- …` for each resource"
        );
        let mut items = Vec::new();
        for (value, text) in values.into_iter().zip(texts) {
            ensure!(
                alone(&text) == Some(value.clone()),
                "a resource cannot be told from those around it:\n{text}"
            );
            items.push(Item { value, text });
        }
        let Sections { before, behind, .. } = sections;
        Ok(List { before, behind, indent, items, function_config })
    }

    /// Returns its text, with results.
    pub fn with(&self, results: &[u8]) -> String {
        let mut text = self.before.clone();
        text.push_str(if self.items.is_empty() { "items: []\n" } else { "items:\n" });
        self.items.iter().for_each(|item| text.push_str(&item.text));
        text.push_str(&self.behind);
        text.push_str(&String::from_utf8_lossy(results));
        text
    }
}

impl Item {
    /// Writes a resource.
    pub fn new(value: Value, indent: &str) -> anyhow::Result<Item> {
        let Value::Map(fields) = &value else { bail!("a resource is a map") };
        let mut lines = Vec::new();
        yaml::one(&mut lines, Format::Yaml, |map| {
            fields.iter().for_each(|(key, value)| map.value(Key::of(key), value))
        })
        .context("cannot render an object")?;
        let lines = String::from_utf8(lines)?;
        let mut text = String::new();
        for (index, line) in lines.lines().enumerate() {
            text.push_str(&format!("{indent}{}{line}\n", if index == 0 { "- " } else { "  " }));
        }
        Ok(Item { value, text })
    }
}

/// Returns what stands in a value at some depth.
pub fn field<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    let Some((key, rest)) = path.split_first() else { return Some(value) };
    let Value::Map(entries) = value else { return None };
    field(&entries.iter().find(|(name, _)| name == key)?.1, rest)
}

/// The lines of a list, by what they belong to.
#[derive(Default)]
struct Sections<'t> {
    before: String,
    items: Vec<&'t str>,
    behind: String,
}

impl<'t> Sections<'t> {
    /// Tells them apart by the keys at the start of a line. What an earlier function said is not handed on.
    fn of(text: &'t str) -> Sections<'t> {
        let mut sections = Sections::default();
        let (mut seen, mut key) = (false, "");
        for line in text.lines().filter(|line| !matches!(line.trim_end(), "---" | "...")) {
            let begins = !line.is_empty() && !line.starts_with([' ', '-', '#']);
            if begins {
                key = line.split(':').next().unwrap_or(line).trim();
            }
            match key {
                "items" if begins => seen = true,
                "items" => sections.items.push(line),
                "results" => {}
                _ => {
                    let part = if seen { &mut sections.behind } else { &mut sections.before };
                    part.push_str(line);
                    part.push('\n');
                }
            }
        }
        sections
    }

    /// Returns the lines of each resource, and how deep they stand.
    fn items(&self) -> (String, Vec<String>) {
        let first = self.items.iter().find(|line| line.trim_start().starts_with('-'));
        let depth = first.map_or(0, |line| line.len() - line.trim_start().len());
        let mut texts: Vec<String> = Vec::new();
        for line in &self.items {
            let dash = line.get(depth..).is_some_and(|rest| rest == "-" || rest.starts_with("- "));
            if dash && line[..depth].trim().is_empty() {
                texts.push(String::new());
            }
            if let Some(text) = texts.last_mut() {
                text.push_str(line);
                text.push('\n');
            }
        }
        (" ".repeat(depth), texts)
    }
}

/// Reads the lines of one resource by themselves.
fn alone(text: &str) -> Option<Value> {
    yaml::read(text.replacen('-', " ", 1).as_bytes())
}

/// Writes a list anew.
fn rendered(whole: &Value, values: Vec<Value>, function_config: Option<Value>) -> anyhow::Result<List> {
    let Value::Map(fields) = whole else { bail!("a list of resources is a map") };
    let mut before = Vec::new();
    yaml::one(&mut before, Format::Yaml, |map| {
        let others = fields.iter().filter(|(key, _)| !matches!(key.as_str(), "items" | "results"));
        others.for_each(|(key, value)| map.value(Key::of(key), value));
    })
    .context("cannot render the list")?;
    let items = values.into_iter().map(|value| Item::new(value, "")).collect::<anyhow::Result<_>>()?;
    let before = String::from_utf8(before)?;
    Ok(List { before, behind: String::new(), indent: String::new(), items, function_config })
}
