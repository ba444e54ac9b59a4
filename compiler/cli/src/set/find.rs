//! Which block a name means.

use anyhow::bail;
use bumpalo::Bump;
use meshc_compiler::project::Project as Intent;
use meshc_compiler::resolve::{Declared, declared};
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::Line;
use meshc_dialect::span::{FileId, Span};
use meshc_dialect::suggest::nearest;

use crate::build;
use crate::files::Project;

/// Where a block stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Block {
    /// Its file.
    pub file: FileId,
    /// Where its heading begins.
    pub start: u32,
}

/// Finds the block, and makes sure that the environment is one of the project's.
pub fn find(project: &Project, name: &str, env: Option<&str>) -> anyhow::Result<Block> {
    let arena = Bump::new();
    let intent = Intent::parse(&project.sources, &arena, &mut Diagnostics::default());
    if env.is_some() {
        build::env(&intent, env)?;
    }
    let all = declared(&intent, &arena);
    let full = |block: &Declared<'_>| format!("{}.{}", block.name, block.namespace);
    let mut fits: Vec<&Declared<'_>> = all.iter().filter(|block| block.name == name).collect();
    if fits.is_empty() {
        fits = all.iter().filter(|block| full(block) == name).collect();
    }
    if let [block] = fits[..] {
        return Ok(place(block.span));
    }
    if fits.is_empty() {
        return match nested(&intent, name)[..] {
            [span] => Ok(place(span)),
            [] => bail!(unknown(&all, name)),
            [..] => bail!(
                "several services have an egress {name}: say meshc set SERVICE egress.{name}.WORD=VALUE"
            ),
        };
    }
    let mut names: Vec<String> = fits.iter().map(|block| full(block)).collect();
    names.dedup();
    if names.len() == fits.len() {
        bail!("several blocks are called {name}: say which, {}", names.join(" or "));
    }
    let places: Vec<String> = fits
        .iter()
        .map(|block| {
            let line = project.sources.position(block.span).0;
            format!("{}{}:{line}", project.base, project.sources.file(block.span.file).path)
        })
        .collect();
    bail!(
        "several blocks are called {name}, at {}: change the one that is meant by hand",
        places.join(" and ")
    )
}

/// Finds the block whose heading begins there.
pub fn at<'l, 'a>(lines: &'l [Line<'a>], start: u32) -> Option<&'l Line<'a>> {
    let all = lines.iter().chain(lines.iter().flat_map(|line| line.lines()));
    let mut all = all.filter(|line| line.span.start == start);
    all.next()
}

fn place(span: Span) -> Block {
    Block { file: span.file, start: span.start }
}

/// Returns the egresses of a host that stand inside services.
fn nested(intent: &Intent<'_>, host: &str) -> Vec<Span> {
    let blocks = intent.files.iter().flat_map(|file| file.blocks).filter(|line| line.is("service"));
    let inner = blocks.flat_map(|block| block.lines()).filter(|line| line.is("egress"));
    inner.filter(|line| line.text(0) == Some(host)).map(|line| line.span).collect()
}

fn unknown(all: &[Declared<'_>], name: &str) -> String {
    match nearest(name, all.iter().map(|block| block.name)) {
        Some(near) => format!("nothing is called {name}: did you mean {near}?"),
        None => {
            format!("nothing is called {name}: neither a service nor the host of an ingress or an egress")
        }
    }
}
