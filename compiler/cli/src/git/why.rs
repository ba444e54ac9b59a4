//! Why git says no, and the command that helps.

use std::path::Path;

use anyhow::anyhow;
use git2::{Error, ErrorCode, Repository};

/// Says why a repository cannot be opened.
pub fn cannot_open(folder: &Path, error: &Error) -> anyhow::Error {
    let shown = folder.display();
    match error.code() {
        ErrorCode::NotFound => {
            anyhow!("{shown} is in no git repository: run this in one, or `git init` makes one")
        }
        ErrorCode::Owner => {
            // Its message is the only place that says which folder it was.
            let top = error.message().split('\'').nth(1).map_or(folder.to_string_lossy(), Into::into);
            let top = top.trim_end_matches('/');
            anyhow!(
                "the repository at {top} belongs to another user, who could have set a trap in it: if you trust it, \
                 `git config --global --add safe.directory {top}`"
            )
        }
        _ if error.message().contains("extension") => anyhow!(
            "cannot open the repository of {shown}: {}; a clone made without `--filter`, with SHA-1 names and files \
             for refs, can be read",
            error.message()
        ),
        _ => anyhow!("cannot open the repository of {shown}: {}", error.message()),
    }
}

/// Says that an object which is named in the repository is not in it.
pub fn missing(git: &Repository, what: &str, error: &Error) -> anyhow::Error {
    match error.code() {
        ErrorCode::NotFound if git.is_shallow() => anyhow!("{what} is not in this clone: {}", unshallow(git)),
        ErrorCode::NotFound => match partial(git) {
            Some(remote) => anyhow!(
                "{what} is not in this clone: the clone is partial, and git would fetch what is left out when it needs \
                 it, which meshc never does: `git fetch --refetch --no-filter {remote}` gets all of it"
            ),
            None => anyhow!("{what} is not in this clone, though it is named there: `git fsck` says more"),
        },
        _ => anyhow!("cannot read {what}: {}", error.message()),
    }
}

/// Returns the remote that has what was left out when the repository was cloned.
fn partial(git: &Repository) -> Option<String> {
    let remote = remote(git)?;
    let promises = git.config().ok()?.get_bool(&format!("remote.{remote}.promisor")).ok()?;
    promises.then_some(remote)
}

/// Says how a shallow clone gets the rest of its history.
pub fn unshallow(git: &Repository) -> String {
    let remote = remote(git).unwrap_or_else(|| "origin".to_owned());
    format!(
        "the clone is shallow, so older commits and other branches are missing: \
         `git fetch --unshallow {remote} '+refs/heads/*:refs/remotes/{remote}/*'` gets them \
         (in GitHub Actions `fetch-depth: 0` at actions/checkout, in GitLab `GIT_DEPTH: 0`)"
    )
}

/// Returns the remote that branches come from.
pub fn remote(git: &Repository) -> Option<String> {
    let remotes = git.remotes().ok()?;
    let names: Vec<&str> = remotes.iter().filter_map(|name| name.ok().flatten()).collect();
    let name = match names.as_slice() {
        [only] => only,
        several => several.iter().find(|name| **name == "origin")?,
    };
    is_plain(name).then(|| (*name).to_owned())
}

/// Tells whether a name can stand in a command as it is.
pub fn is_plain(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._/-".contains(&byte);
    !name.is_empty() && !name.starts_with('-') && name.bytes().all(fits)
}
