//! The names of revisions: what they stand for, and what is said about those that stand for nothing.

use anyhow::anyhow;
use git2::{ErrorCode, ObjectType, Repository};
use meshc_dialect::suggest::nearest;
use meshc_dialect::unseen::is_unseen;

use super::{Revision, why};

/// Longer names are cut when they are shown.
const LONGEST: usize = 200;

/// Returns the commit that goes by a name.
pub fn revision(git: &Repository, name: &str) -> anyhow::Result<Revision> {
    let shown = shown(name);
    // libgit2 takes an empty name for HEAD, and a NUL for its end.
    if name.is_empty() || name.contains('\0') {
        return Err(no_name(&shown));
    }
    let object = match git.revparse_single(name) {
        Ok(object) => object,
        Err(error) => {
            return Err(match error.code() {
                ErrorCode::NotFound | ErrorCode::UnbornBranch => unknown(git, name),
                ErrorCode::Ambiguous => {
                    anyhow!("several commits begin with `{shown}`: say more of its name")
                }
                // What libgit2 says repeats the name as it is, and a stranger may have chosen it.
                _ => no_name(&shown),
            });
        }
    };
    let commit = object.peel(ObjectType::Commit).map_err(|_| {
        let kind = object.kind().map_or("something else", |kind| kind.str());
        anyhow!("`{shown}` is a {kind}, not a commit: say the commit, and its folder as PATH")
    })?;
    Ok(Revision { name: shown, commit: commit.id() })
}

fn no_name(shown: &str) -> anyhow::Error {
    anyhow!("`{shown}` is no name of a revision: say a branch, a tag or a commit, such as `main` or `HEAD~1`")
}

/// Says why a name is not there, and how it gets there.
fn unknown(git: &Repository, name: &str) -> anyhow::Error {
    let shown = shown(name);
    if git.is_empty().unwrap_or(false) {
        return anyhow!("the repository has no commit yet, so there is no `{shown}`");
    }
    if name == "HEAD" || name == "@" {
        return anyhow!(
            "the current branch has no commit yet, so there is no `{shown}`: name another branch"
        );
    }
    let remote = why::remote(git);
    if let Some(remote) = &remote
        && git.find_reference(&format!("refs/remotes/{remote}/{name}")).is_ok()
    {
        return anyhow!("there is no `{shown}` here; did you mean `{remote}/{name}`?");
    }
    if git.is_shallow() {
        return anyhow!("there is no `{shown}` here: {}", why::unshallow(git));
    }
    let known = complete_in(git);
    if let Some(near) = nearest(name, known.iter().map(String::as_str)) {
        return anyhow!("there is no `{shown}` here; did you mean `{near}`?");
    }
    let Some(remote) = remote.filter(|_| why::is_plain(name)) else {
        return anyhow!(
            "there is no `{shown}` here: say a branch, a tag or a commit, such as `main` or `HEAD~1`"
        );
    };
    let branch = name.strip_prefix(&format!("{remote}/")).unwrap_or(name);
    match is_hash(name) {
        true => {
            anyhow!("there is no `{shown}` here: `git fetch {remote} {name}` gets it, if {remote} has it")
        }
        false => anyhow!(
            "there is no `{shown}` here: if it is a branch of {remote}, \
             `git fetch {remote} +refs/heads/{branch}:refs/remotes/{remote}/{branch}` gets it as `{remote}/{branch}`"
        ),
    }
}

fn is_hash(name: &str) -> bool {
    name.len() >= 7 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Returns the branches and tags of the repository that the current folder is in.
pub fn complete() -> Vec<String> {
    super::Repo::find(std::path::Path::new(".")).map(|repo| complete_in(&repo.git)).unwrap_or_default()
}

fn complete_in(git: &Repository) -> Vec<String> {
    let Ok(references) = git.references() else { return Vec::new() };
    let short = |name: &str| {
        let name = ["refs/heads/", "refs/tags/", "refs/remotes/"]
            .iter()
            .find_map(|prefix| name.strip_prefix(prefix))?;
        (!name.chars().any(is_unseen)).then(|| name.to_owned())
    };
    let names = references.filter_map(|reference| short(reference.ok()?.name().ok()?));
    let mut names: Vec<String> = names.chain(["HEAD".to_owned()]).collect();
    names.sort();
    names
}

/// Returns a name as it can be shown: a stranger may have chosen it.
pub fn shown(name: &str) -> String {
    let visible = |character| if is_unseen(character) { char::REPLACEMENT_CHARACTER } else { character };
    name.chars().take(LONGEST).map(visible).collect()
}
