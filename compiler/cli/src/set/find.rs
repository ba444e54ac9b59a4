//! Which block a name means.

use anyhow::bail;
use bumpalo::Bump;
use meshc_compiler::project::Project as Intent;
use meshc_compiler::resolve::{Declared, declared};
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::edit::Change;
use meshc_dialect::line::Line;
use meshc_dialect::span::{FileId, Span};
use meshc_dialect::suggest::nearest;

use super::layer;
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

/// Finds the block that is to be changed, and the environment that it is changed for there: none where all of the block is
/// for that environment, because it stands in an `in` of the file. Makes sure that there is such an environment.
pub fn find<'e>(
    project: &Project,
    name: &str,
    env: Option<&'e str>,
    changes: &[Change],
) -> anyhow::Result<(Block, Option<&'e str>)> {
    let arena = Bump::new();
    let intent = Intent::parse(&project.sources, &arena, &mut Diagnostics::default());
    if env.is_some() {
        build::env(&intent, env)?;
    }
    let all = declared(&intent, &arena);
    let Some(said) = env else { return Ok((whole(project, &intent, &all, name)?, None)) };
    let inside = layer::inside(&intent, name, said);
    let known = all.iter().filter(|block| block.name == name).count();
    // A block of an `in` may be of any namespace; where several are called so, what comes of it is left to the compiler.
    let wanted = known <= 1
        && (known == 0 || inside.iter().any(|layer| changes.iter().any(|change| layer.says(change))));
    match wanted.then(|| layer::only(project, &inside, said, changes)).transpose()?.flatten() {
        Some(block) => Ok((block, None)),
        None => Ok((whole(project, &intent, &all, name)?, env)),
    }
}

/// Finds the block that a name means in all environments.
fn whole(project: &Project, intent: &Intent<'_>, all: &[Declared<'_>], name: &str) -> anyhow::Result<Block> {
    let full = |block: &Declared<'_>| format!("{}.{}", block.name, block.namespace);
    let mut fits: Vec<&Declared<'_>> = all.iter().filter(|block| block.name == name).collect();
    if fits.is_empty() {
        fits = all.iter().filter(|block| full(block) == name).collect();
    }
    if let [block] = fits[..] {
        return Ok(place(block.span));
    }
    if fits.is_empty() {
        return match nested(intent, name)[..] {
            [span] => Ok(place(span)),
            [] => bail!(unknown(project, intent, all, name)),
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
    let places = fits.iter().take(MOST_PLACES).map(|block| shown(project, block.span)).collect::<Vec<_>>();
    let more = match fits.len().saturating_sub(MOST_PLACES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    bail!(
        "several blocks are called {name}, at {}{more}: say the project in which there is one, or change the one that is \
         meant by hand",
        places.join(" and ")
    )
}

/// Finds the block whose heading begins there.
pub fn at<'l, 'a>(lines: &'l [Line<'a>], start: u32) -> Option<&'l Line<'a>> {
    let all = lines.iter().chain(lines.iter().flat_map(|line| line.lines()));
    let mut all = all.filter(|line| line.span.start() == start);
    all.next()
}

pub(super) fn place(span: Span) -> Block {
    Block { file: span.file(), start: span.start() }
}

/// So many places are said of blocks of one name.
const MOST_PLACES: usize = 3;

/// Returns the egresses of a host that stand inside services.
fn nested(intent: &Intent<'_>, host: &str) -> Vec<Span> {
    let blocks = intent.files.iter().flat_map(|file| file.blocks).filter(|line| line.is("service"));
    let inner = blocks.flat_map(|block| block.lines()).filter(|line| line.is("egress"));
    inner.filter(|line| line.text(0) == Some(host)).map(|line| line.span).collect()
}

/// Returns where something stands: `file:line`.
pub(super) fn shown(project: &Project, span: Span) -> String {
    let line = project.sources.position(span).0;
    format!("{}{}:{line}", project.base, project.sources.file(span.file()).path)
}

fn unknown(project: &Project, intent: &Intent<'_>, all: &[Declared<'_>], name: &str) -> String {
    let mut others = intent.files.iter().flat_map(|file| file.blocks);
    if let Some(other) = others.find(|line| line.is(name) || line.text(0) == Some(name)) {
        return format!(
            "{name} is neither a service nor the host of an ingress or an egress: change the `{}` at {} by hand",
            other.word.name,
            shown(project, other.span)
        );
    }
    match nearest(name, all.iter().map(|block| block.name)) {
        Some(near) => format!("nothing is called {name}: did you mean {near}?"),
        None => {
            format!("nothing is called {name}: neither a service nor the host of an ingress or an egress")
        }
    }
}
