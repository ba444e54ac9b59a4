//! Runs `meshc krm`: a function on a list of resources, or a plugin of kustomize's old kind.

mod config;
mod list;
mod make;
mod merge;

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context, bail};
use meshc_compiler::yaml::{self, Format, Key, Stream};

use crate::Outcome;
use crate::args::NAME;
use crate::args::krm::Krm;
use crate::terminal::{Terminal, print};
use config::Config;
use list::List;
use make::Made;

/// What kustomize looks for in its folder of plugins: the kind of the configuration.
const PLUGIN: &str = "MeshcGenerator";

/// The most that is read of what comes in.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Returns what the command was called with; under the name of the plugin it is `meshc krm`.
pub fn called() -> Vec<OsString> {
    let mut args: Vec<OsString> = std::env::args_os().collect();
    if args.first().is_some_and(|name| Path::new(name).file_name() == Some(PLUGIN.as_ref())) {
        args.splice(..1, [NAME.into(), "krm".into()]);
    }
    args
}

/// Puts the objects of a project among resources, or prints them.
pub fn run(terminal: &Terminal, args: &Krm) -> anyhow::Result<Outcome> {
    match &args.config {
        Some(file) => plugin(terminal, file),
        None => function(terminal),
    }
}

/// Answers a list with a list, also if there are no new objects: then it says why.
fn function(terminal: &Terminal) -> anyhow::Result<Outcome> {
    let mut text = String::new();
    io::stdin().lock().take(MAX_BYTES).read_to_string(&mut text).context("cannot read stdin")?;
    let mut list = List::read(&text)?;
    let (results, outcome) = match answer(terminal, &mut list) {
        Ok(results) => results,
        Err(error) => {
            let error = format!("{error:#}");
            terminal.say(&error);
            (make::failure(&error)?, Outcome::Problems)
        }
    };
    let text = list.with(&results);
    print(|stdout| stdout.write_all(text.as_bytes()))?;
    Ok(outcome)
}

/// Replaces what this function made before; leaves the list alone if anything is wrong.
fn answer(terminal: &Terminal, list: &mut List) -> anyhow::Result<(Vec<u8>, Outcome)> {
    let config = Config::read(list.function_config.as_ref())?;
    let Made { objects, results, report } = make::make(&config)?;
    terminal.talk(&report);
    let Some(objects) = objects else { return Ok((results, Outcome::Problems)) };
    list.items = merge::merge(std::mem::take(&mut list.items), objects, &config.name, &list.indent)?;
    Ok((results, Outcome::Fine))
}

/// Prints the objects that a configuration asks for.
fn plugin(terminal: &Terminal, file: &Path) -> anyhow::Result<Outcome> {
    let text = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let Some(value) = yaml::read(&text) else { bail!("{} is not YAML", file.display()) };
    let Made { objects, results: _, report } = make::make(&Config::read(Some(&value))?)?;
    terminal.talk(&report);
    let Some(objects) = objects else { return Ok(Outcome::Problems) };
    print(|stdout| {
        let mut stream = Stream::new(stdout, Format::Yaml);
        for object in &objects {
            stream
                .document(|map| object.fields.iter().for_each(|(key, value)| map.value(Key::of(key), value)));
        }
        stream.finish()
    })?;
    Ok(Outcome::Fine)
}
