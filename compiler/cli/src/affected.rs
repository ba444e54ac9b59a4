//! Runs `meshc affected`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::bail;
use meshc_compiler::diff::{Diff, Verdict};
use meshc_compiler::review::{InEnv, Review, Touched};
use meshc_compiler::yaml::{self, Format as Yaml, Map};
use serde_json::json;

use crate::Outcome;
use crate::args::affected::{Affected, Format};
use crate::args::diff::{Compared, Side};
use crate::diff::{self, Afterwards, Broken, Reviewed, Wants};
use crate::git::{Repo, Root, shown};
use crate::terminal::{Terminal, print};

/// The JSON Schema of the document.
pub const SCHEMA: &str = include_str!("affected/affected.schema.json");

/// A project in an environment, in which traffic is treated differently.
struct Row {
    /// The project's folder, below the top of the repository.
    project: String,
    env: Option<String>,
    /// The worst level, or that nobody can tell.
    risk: &'static str,
    changes: usize,
    unknowns: usize,
    touched: Touched,
}

/// Lists what a change affects.
pub fn run(terminal: &Terminal, args: &Affected) -> anyhow::Result<Outcome> {
    let Affected { range, projects, today, format } = args;
    let range: Vec<String> = range.iter().cloned().collect();
    let mut rows = Vec::new();
    let mut good = true;
    for (name, path) in wanted(&range, projects)? {
        let of = Compared {
            what: range.clone(),
            paths: vec![path],
            env: None,
            all_envs: true,
            today: today.clone(),
        };
        let wants = Wants { by: Side::Base, plan: false, tables: false, pictures: false };
        match diff::compare(terminal, &of, &wants, Afterwards::More)? {
            Ok(Reviewed { review, breaks: _ }) => rows.extend(affected(&name, &review)),
            Err(Broken(summary)) => {
                terminal.say(&format!("nobody can tell what is affected in {}: {summary}", shown(&name)));
                good = false;
            }
        }
    }
    if !good {
        return Ok(Outcome::Problems);
    }
    terminal.say(&match rows.len() {
        0 => "nothing is affected".to_owned(),
        1 => "1 project and environment is affected".to_owned(),
        count => format!("{count} pairs of project and environment are affected"),
    });
    match format {
        Format::Json => print(|stdout| yaml::one(stdout, Yaml::Json, |map| document(map, &rows)))?,
        Format::GithubMatrix => print(|stdout| writeln!(stdout, "{}", matrix(&rows)))?,
    }
    Ok(Outcome::Fine)
}

/// Returns the projects to look at: what each is called, and where it is.
fn wanted(range: &[String], said: &[PathBuf]) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let mut all = Vec::new();
    for path in said {
        let name = Repo::find(path)?.below();
        let name = if name.is_empty() { ".".to_owned() } else { name };
        if all.iter().any(|(other, _)| *other == name) {
            bail!("the project `{name}` is named twice");
        }
        all.push((name, path.clone()));
    }
    if !all.is_empty() {
        return Ok(all);
    }
    let repo = Repo::find(Path::new("."))?;
    let names: Vec<&str> = range.iter().map(String::as_str).collect();
    let found: BTreeSet<String> = repo.projects(&repo.range(&names)?)?;
    if found.is_empty() {
        return Ok(vec![(".".to_owned(), PathBuf::from("."))]);
    }
    let place = |folder: String| {
        let name = if folder.is_empty() { ".".to_owned() } else { folder.clone() };
        let root = Root { folder, file: None };
        // A bare repository has no folders, but its paths begin where it is.
        (name, repo.folder(&root).unwrap_or_else(|| PathBuf::from(&root.folder)))
    };
    Ok(found.into_iter().map(place).collect())
}

fn affected(project: &str, review: &Review) -> Vec<Row> {
    let differs = |one: &&InEnv| one.diff.as_ref().is_none_or(|diff| diff.verdict() != Verdict::Same);
    let row = |InEnv { env, diff, plan: _, tables: _, picture: _, touched }: &InEnv| Row {
        project: project.to_owned(),
        env: env.clone(),
        risk: diff.as_ref().and_then(Diff::worst).map_or("unknown", |level| level.word()),
        changes: diff.as_ref().map_or(0, |diff| diff.changes.len()),
        unknowns: diff.as_ref().map_or(1, |diff| diff.unknowns.len()),
        touched: touched.clone(),
    };
    review.envs.iter().filter(differs).map(row).collect()
}

fn document(map: &mut Map<'_>, rows: &[Row]) {
    map.text("schema", "meshc.dev/affected/v1");
    map.maps("affected", rows, |map, Row { project, env, risk, changes, unknowns, touched }| {
        let Touched { namespaces, owners } = touched;
        map.text("project", project);
        match env {
            Some(env) => map.text("env", env),
            None => map.null("env"),
        }
        map.text("risk", risk);
        map.number("changes", *changes as u64);
        map.number("unknowns", *unknowns as u64);
        map.texts("namespaces", namespaces.iter().map(String::as_str));
        map.texts("owners", owners.iter().map(String::as_str));
    });
}

/// Returns a matrix: lists are texts in it, because a matrix has no lists inside.
fn matrix(rows: &[Row]) -> String {
    let text = |text: &str| json!(text).to_string();
    let list =
        |names: &BTreeSet<String>| text(&names.iter().map(String::as_str).collect::<Vec<_>>().join(","));
    let row = |Row { project, env, risk, changes: _, unknowns: _, touched }: &Row| {
        let Touched { namespaces, owners } = touched;
        format!(
            "{{\"project\":{},\"env\":{},\"risk\":{},\"namespaces\":{},\"owners\":{}}}",
            text(project),
            text(env.as_deref().unwrap_or("")),
            text(risk),
            list(namespaces),
            list(owners)
        )
    };
    format!("{{\"include\":[{}]}}", rows.iter().map(row).collect::<Vec<_>>().join(","))
}
