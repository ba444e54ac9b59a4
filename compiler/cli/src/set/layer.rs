//! Blocks under an `in` of a file: what one environment, or several, say about a service of another place.

use anyhow::bail;
use meshc_compiler::project::Project as Intent;
use meshc_dialect::edit::{self, Change};
use meshc_dialect::line::Line;

use super::find::{Block, place, shown};
use crate::files::Project;

/// A block under an `in`.
pub struct Layer<'l, 'a> {
    /// The environments of the `in`.
    envs: Vec<&'l str>,
    block: &'l Line<'a>,
}

impl Layer<'_, '_> {
    /// Tells whether the block says what a change is about.
    pub fn says(&self, change: &Change) -> bool {
        edit::says(self.block, change)
    }
}

/// Returns the blocks of a name that stand under an `in` for an environment.
pub fn inside<'l, 'a>(intent: &'l Intent<'a>, name: &str, env: &str) -> Vec<Layer<'l, 'a>> {
    let mut all = Vec::new();
    for layer in intent.files.iter().flat_map(|file| file.blocks).filter(|line| line.is("in")) {
        let envs: Vec<&str> = layer.args().filter_map(|value| value.text()).collect();
        if !envs.contains(&env) {
            continue;
        }
        let named = |line: &&Line<'a>| line.args().filter_map(|value| value.text()).any(|text| text == name);
        let fits =
            layer.lines().iter().filter(|line| matches!(line.word.name, "service" | "ingress" | "egress"));
        all.extend(fits.filter(named).map(|block| Layer { envs: envs.clone(), block }));
    }
    all
}

/// Returns the one block in which all changes can be made; nothing if there is none.
pub fn only(
    project: &Project,
    inside: &[Layer<'_, '_>],
    env: &str,
    changes: &[Change],
) -> anyhow::Result<Option<Block>> {
    let mut wanted: Vec<&Layer<'_, '_>> =
        inside.iter().filter(|layer| changes.iter().any(|change| layer.says(change))).collect();
    if wanted.is_empty() {
        wanted = inside.iter().collect();
    }
    match wanted[..] {
        [] => Ok(None),
        [Layer { envs, block }] if envs[..] == [env] => Ok(Some(place(block.span))),
        [Layer { envs, block }] => bail!(
            "`in {}` at {} says it for all of these: move it from there to an `in` of each by hand",
            envs.join(" "),
            shown(project, block.span)
        ),
        [..] => {
            let places: Vec<String> = wanted.iter().map(|layer| shown(project, layer.block.span)).collect();
            bail!("{env} is spoken of at {}: change the one that is meant by hand", places.join(" and "))
        }
    }
}
