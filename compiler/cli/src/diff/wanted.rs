//! What the words of a `meshc diff` mean: revisions, or paths.

use std::path::{Component, Path, PathBuf};

use anyhow::bail;

use crate::args::diff::Compared;
use crate::git::{Repo, is_range, shown};

/// What is to be compared.
pub enum Wanted {
    /// Two folders or files.
    Paths(PathBuf, PathBuf),
    /// Two states of one repository: up to two names of revisions, and the path of the project.
    Revisions(Vec<String>, PathBuf),
}

/// Reads the words. Two paths that exist are paths; otherwise revisions come first.
pub fn wanted(args: &Compared) -> anyhow::Result<Wanted> {
    let here = || PathBuf::from(".");
    let wanted = match (args.what.as_slice(), args.paths.as_slice()) {
        ([], [one, other]) => Wanted::Paths(one.clone(), other.clone()),
        (names, [path]) => Wanted::Revisions(names.to_vec(), path.clone()),
        ([], []) => Wanted::Revisions(Vec::new(), here()),
        ([one], []) => match (exists(one), knows(one)) {
            (true, false) => Wanted::Revisions(Vec::new(), one.into()),
            (true, true) => bail!("`{0}` is a revision and a path: say `{0} -- .` or `-- {0}`", shown(one)),
            (false, _) => Wanted::Revisions(vec![one.clone()], here()),
        },
        ([one, other], []) if exists(one) && exists(other) => Wanted::Paths(one.into(), other.into()),
        ([one, other], []) if exists(one) && !knows(one) => {
            bail!("cannot find {}: to compare {} with it, both have to be there", shown(other), shown(one))
        }
        // Where there is no repository there are no revisions.
        ([one, other], [])
            if exists(other) && !exists(one) && !is_range(one) && Repo::find(Path::new(other)).is_err() =>
        {
            bail!("cannot find {}: to compare {} with it, both have to be there", shown(one), shown(other))
        }
        ([one, other], []) => match (exists(other), knows(other)) {
            (false, true) => Wanted::Revisions(vec![one.clone(), other.clone()], here()),
            (true, true) => {
                let (one, other) = (shown(one), shown(other));
                bail!("`{other}` is a revision and a path: say `{one} {other} -- .` or `{one} -- {other}`")
            }
            (_, false) => Wanted::Revisions(vec![one.clone()], other.into()),
        },
        _ => bail!("more than two things cannot be compared: say revisions and one PATH, or two paths"),
    };
    let paths = match &wanted {
        Wanted::Paths(one, other) => vec![one, other],
        Wanted::Revisions(_, path) => vec![path],
    };
    if paths.iter().any(|path| path.as_os_str() == "-") {
        bail!("stdin cannot be compared: name folders, files or revisions");
    }
    Ok(wanted)
}

fn exists(path: &str) -> bool {
    Path::new(path).exists()
}

/// Tells whether the repository that we are in knows a revision of that name. None is called like a path from the root or
/// from here.
fn knows(name: &str) -> bool {
    matches!(Path::new(name).components().next(), Some(Component::Normal(_)))
        && Repo::find(Path::new(".")).is_ok_and(|repo| repo.knows(name))
}
