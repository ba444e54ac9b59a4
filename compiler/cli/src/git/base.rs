//! Which two states of a project are compared.

use anyhow::{anyhow, bail};
use git2::{ErrorCode, Oid, Repository};

use super::{Repo, Revision, names, why};

/// Refs by which forges keep what a branch would be once it is merged: the first parent is the branch it goes into.
const MERGES: &[&str] = &["refs/remotes/pull/*/merge", "refs/pull/*/merge", "refs/merge-requests/*/merge"];

/// What is compared with what.
pub struct Range {
    /// What there was.
    pub before: Revision,
    /// What there is now; nothing stands for the files on the disk.
    pub after: Option<Revision>,
}

impl Repo {
    /// Reads nothing, `BASE`, `A..B`, `A...B`, or `A` and `B`. Without any of them, looks for what the current branch
    /// began with.
    ///
    /// A side of a range that is left out is HEAD. In a bare repository HEAD also stands for the files on the disk.
    pub fn range(&self, said: &[&str]) -> anyhow::Result<Range> {
        let revision = |name: &str| self.revision(if name.is_empty() { "HEAD" } else { name });
        let after = || if self.is_bare() { revision("HEAD").map(Some) } else { Ok(None) };
        let said = match said {
            [] => return Ok(Range { before: default(&self.git)?, after: after()? }),
            [said] => *said,
            [one, other] if split(one).is_none() && split(other).is_none() => {
                return Ok(Range { before: self.revision(one)?, after: Some(self.revision(other)?) });
            }
            several => {
                bail!("`{}` says too much: two revisions are compared", names::shown(&several.join(" ")))
            }
        };
        let Some((one, dots, other)) = split(said) else {
            return Ok(Range { before: self.revision(said)?, after: after()? });
        };
        let (one, other) = (revision(one)?, revision(other)?);
        let before = if dots == "..." { common(&self.git, &one, &other)? } else { one };
        Ok(Range { before, after: Some(other) })
    }

    /// Tells whether a text names revisions of this repository.
    pub fn knows(&self, said: &str) -> bool {
        is_range(said) || self.git.revparse_single(said).is_ok()
    }
}

/// Tells whether a text is a range of revisions.
pub fn is_range(said: &str) -> bool {
    split(said).is_some()
}

/// Splits a range; a path such as `../other` is none.
fn split(said: &str) -> Option<(&str, &str, &str)> {
    let at = said.find("..")?;
    let (one, rest) = said.split_at(at);
    let dots = if rest.starts_with("...") { "..." } else { ".." };
    let other = &rest[dots.len()..];
    let is_path = other.starts_with('/') || one.ends_with('/') || said == "..";
    (!is_path).then_some((one, dots, other))
}

/// Returns what the current branch is compared with if nobody says.
fn default(git: &Repository) -> anyhow::Result<Revision> {
    let head = names::revision(git, "HEAD")?;
    if let Some(merge) = merge_of(git, head.commit) {
        return first_parent(git, &merge, &head);
    }
    let Some(branch) = default_branch(git) else { return Err(no_default(git)) };
    common(git, &branch, &head)
}

/// Returns the name of the ref that says that a commit is a merge that a forge made to try it.
fn merge_of(git: &Repository, commit: Oid) -> Option<String> {
    // On a branch, somebody works; a forge's own merge is checked out by itself.
    if !git.head_detached().unwrap_or(false) {
        return None;
    }
    for glob in MERGES {
        for reference in git.references_glob(glob).ok()?.flatten() {
            if reference.target() == Some(commit) {
                return Some(names::shown(reference.name().ok()?));
            }
        }
    }
    None
}

fn first_parent(git: &Repository, merge: &str, head: &Revision) -> anyhow::Result<Revision> {
    let parents = git.find_commit(head.commit).map(|commit| commit.parent_ids().collect::<Vec<_>>());
    match parents.unwrap_or_default().as_slice() {
        [first, _] => Ok(Revision { name: "HEAD^1".to_owned(), commit: *first }),
        _ if git.is_shallow() => bail!(
            "HEAD is {merge}, and what it would be merged into is not in this clone: \
             {} (`fetch-depth: 2` is enough for this)",
            why::unshallow(git)
        ),
        _ => bail!(
            "HEAD is {merge}, but no merge of two commits: name a base, such as `meshc diff origin/main`"
        ),
    }
}

/// Returns the branch that others begin with: what the remote says, or what it is called nearly everywhere.
fn default_branch(git: &Repository) -> Option<Revision> {
    let remote = why::remote(git);
    let of_remote = remote.iter().flat_map(|remote| {
        ["HEAD", "main", "master"]
            .map(|name| (format!("{remote}/{name}"), format!("refs/remotes/{remote}/{name}")))
    });
    let own = ["main", "master"].map(|name| (name.to_owned(), format!("refs/heads/{name}")));
    for (short, name) in of_remote.chain(own) {
        let Ok(reference) = git.find_reference(&name) else { continue };
        // `origin/HEAD` is a name that nobody knows the branch by.
        let behind = reference.symbolic_target().ok().flatten().map(str::to_owned);
        let short =
            behind.and_then(|name| name.strip_prefix("refs/remotes/").map(names::shown)).unwrap_or(short);
        if let Ok(commit) = reference.peel_to_commit() {
            return Some(Revision { name: short, commit: commit.id() });
        }
    }
    None
}

fn no_default(git: &Repository) -> anyhow::Error {
    let say = "cannot tell which branch is the default: name a base, such as `meshc diff main`";
    match why::remote(git) {
        _ if git.is_shallow() => anyhow!("{say}; {}", why::unshallow(git)),
        Some(remote) => anyhow!(
            "{say}; or `git fetch {remote} '+refs/heads/*:refs/remotes/{remote}/*'` and \
             `git remote set-head {remote} --auto` let git know it"
        ),
        None => anyhow!("{say}"),
    }
}

/// Returns the commit that two others have in common.
fn common(git: &Repository, one: &Revision, other: &Revision) -> anyhow::Result<Revision> {
    let (one_shown, other_shown) = (one.shown(), other.shown());
    match git.merge_base(one.commit, other.commit) {
        Ok(commit) if commit == one.commit => Ok(one.clone()),
        Ok(commit) => Ok(Revision { name: commit.to_string()[..7].to_owned(), commit }),
        Err(error) if error.code() == ErrorCode::NotFound && git.is_shallow() => {
            bail!("cannot tell what {one_shown} and {other_shown} have in common: {}", why::unshallow(git))
        }
        Err(error) if error.code() == ErrorCode::NotFound => bail!(
            "{one_shown} and {other_shown} have no commit in common: compare them as they are with `{}..{}`",
            one.name,
            other.name
        ),
        Err(error) => {
            Err(anyhow!("cannot tell what {one_shown} and {other_shown} have in common: {}", error.message()))
        }
    }
}
