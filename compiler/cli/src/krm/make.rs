//! The objects that a configuration asks for, and what was found on the way.

use std::path::Path;

use anyhow::{Context, bail};
use bumpalo::Bump;
use meshc_compiler::istio::{self, Object};
use meshc_compiler::project::Project as Intent;
use meshc_compiler::report::{Colour, Format, Report};
use meshc_compiler::resolve::{resolve, settle};
use meshc_compiler::yaml::{self, Value};

use super::config::{Config, From};
use crate::build;
use crate::files::{self, Project};
use crate::out;

/// What came of a configuration.
pub struct Made {
    /// The objects; none if there was a mistake.
    pub objects: Option<Vec<New>>,
    /// What was found, as `results`.
    pub results: Vec<u8>,
    /// What was found, for people.
    pub report: String,
}

/// An object that was made.
pub struct New {
    /// What it says.
    pub fields: Vec<(String, Value)>,
    /// The file to put it into.
    pub path: String,
}

/// Compiles what a configuration asks for.
pub fn make(config: &Config) -> anyhow::Result<Made> {
    let Config { name: _, from, env, only, today } = config;
    let Project { sources, base, mut found, .. } = load(from)?;
    let arena = Bump::new();
    let mut intent = Intent::parse(&sources, &arena, &mut found);
    intent.today.clone_from(today);
    let env =
        build::env(&intent, env.as_deref()).context("the function's configuration says no good `env`")?;
    let mesh = resolve(&intent, env, &arena, &mut found);
    settle(&intent, &mut found);
    let report = Report::new(&sources, &base, found);
    let text = report.render(Format::Pretty, Colour::Never);
    let results = results(&report, from)?;
    if report.errors() > 0 {
        return Ok(Made { objects: None, results, report: text });
    }
    let objects = match build::part(istio::objects(&mesh), only.as_ref()) {
        Ok(objects) => objects.iter().map(made).collect::<anyhow::Result<_>>()?,
        Err(why) => bail!("nothing to generate, and what was generated before would go: {why}"),
    };
    Ok(Made { objects: Some(objects), results, report: text })
}

/// Returns what a failure is that has no place in the intent.
pub fn failure(message: &str) -> anyhow::Result<Vec<u8>> {
    let mut text = Vec::new();
    yaml::one(&mut text, yaml::Format::Yaml, |map| {
        map.maps("results", [message], |map, message| {
            map.text("message", message);
            map.text("severity", "error");
        });
    })?;
    Ok(text)
}

fn load(from: &From) -> anyhow::Result<Project> {
    match from {
        From::Project => files::load(Path::new(".")),
        From::Files(paths) => files::load_named(paths),
        From::Texts(texts) => {
            Ok(files::given(texts.iter().map(|text| (text.name.clone(), text.text.clone().into_bytes()))))
        }
    }
}

/// Returns findings as `results`; nothing if there are none.
fn results(report: &Report<'_>, from: &From) -> anyhow::Result<Vec<u8>> {
    let mut text = Vec::new();
    if report.findings().is_empty() {
        return Ok(text);
    }
    let field = |path: &str| match from {
        From::Project | From::Files(_) => None,
        From::Texts(texts) => texts.iter().find(|text| text.name == path).map(|text| text.field.clone()),
    };
    yaml::one(&mut text, yaml::Format::Yaml, |map| report.results(map, field))?;
    Ok(text)
}

fn made(object: &Object<'_>) -> anyhow::Result<New> {
    let mut text = Vec::new();
    yaml::one(&mut text, yaml::Format::Yaml, |map| object.write(map))?;
    let Some(Value::Map(fields)) = yaml::read(&text) else { bail!("what we write cannot be read") };
    Ok(New { fields, path: out::path(object)? })
}
