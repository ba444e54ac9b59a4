//! Reads every file of intent below some folders, whether a project includes it or not.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use meshc_compiler::project::ROOT_FILE;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::sources::Sources;
use meshc_dialect::span::FileId;

use super::gather::{Entry, Kind};
use super::{base, exists, read, root, walk};

/// Files one by one, as they were read.
#[derive(Default)]
pub struct Texts {
    /// Their texts, under paths that can be opened from the current folder.
    pub sources: Sources,
    /// Where each is.
    pub paths: Vec<PathBuf>,
    /// Whether each begins with a byte order mark.
    pub marked: Vec<bool>,
    /// What is called like a file of intent and was left out, with the reason.
    pub skipped: Vec<String>,
    /// What was wrong with the files themselves.
    pub found: Diagnostics,
    seen: BTreeSet<PathBuf>,
}

/// Reads files, and those below folders; without any, those of the project that the current folder is in.
pub fn texts(paths: &[PathBuf]) -> anyhow::Result<Texts> {
    let mut texts = Texts::default();
    if paths.is_empty() {
        let root = root(&fs::canonicalize(".").context("cannot find the current folder")?);
        texts.folder(&root, &base(&root))?;
    }
    for path in paths {
        let cannot = || format!("cannot find {}", path.display());
        let kind = fs::metadata(path).with_context(cannot)?;
        let absolute = fs::canonicalize(path).with_context(cannot)?;
        match kind.is_dir() {
            true => texts.folder(&absolute, &base(&absolute))?,
            false if kind.is_file() && path.extension().is_none_or(|name| name != "kdl") => {
                bail!(
                    "{} is not called *.kdl, so it may be anything; say `-` to read it from stdin",
                    path.display()
                )
            }
            false if kind.is_file() => texts.file(&absolute, path.to_string_lossy().into_owned())?,
            false => {
                bail!("{} is neither a folder nor a regular file; say `-` to read stdin", path.display())
            }
        }
    }
    Ok(texts)
}

impl Texts {
    /// Reads the files below a folder, which is called `shown` and a slash.
    fn folder(&mut self, folder: &Path, shown: &str) -> anyhow::Result<()> {
        let mut entries = walk::walk(folder)?;
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        for Entry { path, kind, blob: _ } in entries {
            let absolute = folder.join(&path);
            // A path is what can be shown of it, which leads nowhere where a name on it is not UTF-8.
            let is_lost = path.contains(char::REPLACEMENT_CHARACTER) && !exists(&absolute);
            let why = match kind {
                _ if is_lost => "a name on its path is not UTF-8, rename it",
                Kind::File => {
                    self.file(&absolute, format!("{shown}{path}"))?;
                    continue;
                }
                // A project below is a folder like others here.
                Kind::NestedProject => {
                    let below = path.strip_suffix(ROOT_FILE).unwrap_or(&path);
                    self.folder(&folder.join(below), &format!("{shown}{below}"))?;
                    continue;
                }
                Kind::LinkedFolder => continue,
                Kind::Link => "it is a link",
                Kind::TooDeep => "it is too deep",
                // Nothing on a disk is one: there it is a folder.
                Kind::Submodule | Kind::UnfetchedSubmodule => continue,
                Kind::Other(what) => what,
            };
            self.skipped.push(format!("left out {shown}{path}: {why}"));
        }
        Ok(())
    }

    fn file(&mut self, absolute: &Path, shown: String) -> anyhow::Result<()> {
        if !self.seen.insert(absolute.to_owned()) {
            return Ok(());
        }
        if self.paths.len() > FileId::LAST.0 as usize {
            bail!("there are more than {} files: name the folders one by one", self.paths.len());
        }
        let bytes = read::read(absolute).with_context(|| format!("cannot read {shown}"))?;
        self.marked.push(bytes.starts_with(b"\xEF\xBB\xBF"));
        self.paths.push(absolute.to_owned());
        self.sources.add_bytes(shown, bytes, &mut self.found);
        Ok(())
    }
}
