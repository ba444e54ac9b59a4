//! Laws of the comparison: how a project is written changes nothing, and what changes is the same seen from both ends.

mod by_chance;
mod files;
mod mirrored;

use std::fs;
use std::path::Path;

use libtest_mimic::{Failed, Trial};
use meshc_compiler::diff::Verdict;

use crate::case::{self, Case, top};
use files::{Files, compare};

/// Ways to write the same, by name.
type Anew = (&'static str, fn(&Files) -> Files);

const ANEW: &[Anew] = &[
    ("backwards and with other names", |files| files.renamed().backwards()),
    ("formatted, then with comments", |files| files.formatted().commented()),
    ("each block by itself", Files::split),
    ("all of a folder together", Files::joined),
];

/// Pairs that say something else from the other end, with the reason.
const ONE_WAY: &[&str] = &[
    // A host is called by its short name where it has the domain of the new side.
    "cluster-domain-changed",
];

/// Returns the trials of these laws.
pub fn trials() -> Vec<Trial> {
    let mut trials = vec![Trial::test("compared/by chance", || by_chance::check().map_err(Failed::from))];
    for folder in ["golden/build", "examples"] {
        for case in case::list(&top().join(folder)).into_iter().filter(Case::is_project) {
            let name = format!("compared/{folder}/{}", case.name);
            trials.push(Trial::test(name, move || of_project(&case).map_err(Failed::from)));
        }
    }
    let pairs = case::list(&top().join("golden/diff")).into_iter();
    for pair in pairs.filter(|pair| !ONE_WAY.contains(&pair.name.as_str())) {
        let name = format!("compared/golden/diff/{}", pair.name);
        trials.push(Trial::test(name, move || of_pair(&pair.dir).map_err(Failed::from)));
    }
    trials
}

/// Returns a folder as it is on the disk.
pub fn read(case: &Case) -> Result<Files, String> {
    let text = |path: &str| fs::read_to_string(case.dir.join(path)).map_err(|error| error.to_string());
    let files: Result<Vec<_>, _> = case.inputs().map(|path| Ok((path.to_owned(), text(path)?))).collect();
    files.map(Files)
}

/// Fails if a project differs from itself, however it is written.
fn of_project(case: &Case) -> Result<(), String> {
    let files = read(case)?;
    let envs = files.envs();
    let envs: Vec<Option<&str>> = match envs.as_slice() {
        [] => vec![None],
        envs => envs.iter().map(|env| Some(env.as_str())).collect(),
    };
    for env in envs {
        for (how, anew) in ANEW {
            let found = compare(&files, &anew(&files), env)?;
            if found.verdict() != Verdict::Same {
                return Err(format!("{how}, it differs: {:?} {:?}", found.changes, found.unknowns));
            }
        }
    }
    Ok(())
}

/// Fails if what differs is not the same from both ends, or becomes another with how the sides are written.
fn of_pair(dir: &Path) -> Result<(), String> {
    let sides = case::list(dir);
    let side = |name: &str| sides.iter().find(|side| side.name == name).map_or(Ok(Files(Vec::new())), read);
    let [before, after] = [side("before")?, side("after")?];
    let envs = [before.envs(), after.envs()].concat();
    let envs = if envs.is_empty() { vec![None] } else { envs.iter().map(|env| Some(env.as_str())).collect() };
    for env in envs {
        let there = compare(&before, &after, env)?;
        let back = compare(&after, &before, env)?;
        if mirrored::forward(&there) != mirrored::backward(&back) {
            return Err(format!(
                "there {:#?}\nand back {:#?}",
                mirrored::forward(&there),
                mirrored::forward(&back)
            ));
        }
        let anew = compare(&before.split(), &after.formatted().commented().backwards(), env)?;
        if mirrored::forward(&there) != mirrored::forward(&anew)
            || there.unknowns.len() != anew.unknowns.len()
        {
            return Err(format!(
                "written anew it says {:#?}\nand not {:#?}",
                mirrored::forward(&anew),
                mirrored::forward(&there)
            ));
        }
    }
    Ok(())
}
