//! Which files git may have written to the disk otherwise than it has them, because an attribute says so.

use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use git2::{AttrCheckFlags, AttrValue, Repository};

/// Attributes of files whose text on the disk is another, maybe one of the same length. The ends of lines are not among
/// them: changing those changes the length.
const REWRITE: [&str; 3] = ["filter", "ident", "working-tree-encoding"];

/// Knows what attributes say about files. To ask that of each file takes longer than to read it, so it is asked only where
/// a file of attributes has one of the words in it.
pub struct Attributes<'r> {
    git: &'r Repository,
    /// The folder on the disk that paths begin at.
    top: PathBuf,
    /// Whether one of the words stands where it is about all files.
    everywhere: bool,
    /// Whether one of the words stands in a folder or above it.
    folders: HashMap<String, bool>,
}

impl<'r> Attributes<'r> {
    /// Returns what the attributes of a repository say.
    pub fn of(git: &'r Repository) -> Attributes<'r> {
        let said = git.config().and_then(|config| config.get_path("core.attributesFile")).ok();
        let of_user = || {
            let set = |name: &str| env::var_os(name).filter(|value: &OsString| !value.is_empty());
            let home = || Some(PathBuf::from(set("HOME")?).join(".config"));
            Some(set("XDG_CONFIG_HOME").map(PathBuf::from).or_else(home)?.join("git/attributes"))
        };
        let of_all = [git.path(), git.commondir()].map(|git| git.join("info/attributes"));
        let mut all = said.or_else(of_user).into_iter().chain(of_all).chain(["/etc/gitattributes".into()]);
        let everywhere = all.any(|path| mentions(&path));
        let top = git.workdir().unwrap_or_else(|| git.path()).to_owned();
        Attributes { git, top, everywhere, folders: HashMap::new() }
    }

    /// Tells whether the text of a file may be another on the disk. In doubt it may.
    pub fn rewrite(&mut self, path: &str) -> bool {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        (self.everywhere || self.stand_above(folder)) && REWRITE.iter().any(|name| self.say(path, name))
    }

    fn say(&self, path: &str, name: &str) -> bool {
        let value = self.git.get_attr_bytes(Path::new(path), name, AttrCheckFlags::FILE_THEN_INDEX);
        value.map_or(true, |value| match AttrValue::from_bytes(value) {
            AttrValue::Unspecified | AttrValue::False => false,
            AttrValue::True | AttrValue::String(_) | AttrValue::Bytes(_) => true,
        })
    }

    fn stand_above(&mut self, folder: &str) -> bool {
        if let Some(known) = self.folders.get(folder) {
            return *known;
        }
        let above = folder.rsplit_once('/').map_or("", |(above, _)| above);
        let found = mentions(&self.top.join(folder).join(".gitattributes"))
            || (!folder.is_empty() && self.stand_above(above));
        self.folders.insert(folder.to_owned(), found);
        found
    }
}

/// Tells whether one of the words stands in a file.
fn mentions(path: &Path) -> bool {
    match fs::read(path) {
        Ok(bytes) => {
            let has = |word: &str| bytes.windows(word.len()).any(|part| part == word.as_bytes());
            REWRITE.into_iter().any(has)
        }
        Err(error) => !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
    }
}
