//! Which files a project is made of, and what is said about those that are not.
//!
//! Nothing here lists a folder: whoever does asks [`Plan::selects`] for each path, so that a pattern can only ever choose
//! among files below the root.

mod early;
mod glob;
mod halves;
mod levels;
mod parsed;

pub use early::Early;
pub use halves::MUCH_TEXT;
pub use levels::Levels;
pub use parsed::{CODES as PARSED_CODES, File, Project};

use std::collections::BTreeSet;

use glob::Glob;
use meshc_dialect::diagnostic::{Diagnostic, Diagnostics};
use meshc_dialect::includes::{self, Include};
use meshc_dialect::sources::Sources;
use meshc_dialect::span::{FileId, Span};
use meshc_dialect::unseen::is_unseen;

/// The file that makes a folder the root of a project.
pub const ROOT_FILE: &str = "mesh.kdl";

/// The most files that a project may have.
pub const MAX_FILES: usize = 20_000;

/// The most folders that may stand in each other.
pub const MAX_DEPTH: usize = 32;

meshc_dialect::codes! {
    /// An include pattern leads out of the project.
    OUTSIDE_PROJECT = error "outside-project" "An `include` pattern names something that is not below the project's root.\n\nPatterns are relative to the folder of `mesh.kdl`, with `/` between names. An absolute path, `..`, a drive letter, a backslash or a URL could name a file that the reviewers of this repository never see, so none of them is ever opened. Move the files below the root, or move `mesh.kdl` up to a folder that holds both.";
    /// An include pattern selects no file.
    UNUSED_INCLUDE = warning "unused-include" "An `include` pattern selects no file.\n\nPatterns count in `mesh.kdl` alone. There, it may be a typo, and then a whole team's intent is missing from the output. In a pattern `*` is any part of a name, `?` is one character, and `**` is any number of folders, none too: `\"teams/**/*.kdl\"`.";
    /// No include pattern selects a file.
    NOT_INCLUDED = warning "not-included" "A `.kdl` file below the project's root is selected by no `include`.\n\nWhat it says has no effect. Add a pattern for it to the `include` line of `mesh.kdl`, or give the file another ending.";
    /// A folder below is a project of its own.
    NESTED_PROJECT = warning "nested-project" "A folder below has a `mesh.kdl` of its own, so it is another project and is not read.\n\nBuild it by its own path. To make it a part of this project, take its `mesh.kdl` away.";
    /// A file is a symbolic link.
    LINKED_FILE = error "linked-file" "A `.kdl` file is a symbolic link.\n\nLinks are never followed: one could lead out of the repository, to a secret of the machine that builds it. Put the file itself there.";
    /// A folder is a symbolic link.
    LINKED_FOLDER = warning "linked-folder" "A folder is a symbolic link, and is not read.\n\nLinks are never followed: one could lead out of the repository. Put the folder itself there if it holds intent.";
    /// What should be a file is a folder, a pipe or a device.
    NOT_A_FILE = error "not-a-file" "Something called `*.kdl` is not a regular file.\n\nFolders, pipes, sockets and devices of such a name are never opened. Rename it, or take it out of the project.";
    /// A file is what Git LFS leaves in the place of another.
    LFS_POINTER = error "lfs-pointer" "A `.kdl` file is a pointer of Git LFS, and not the file itself.\n\nGit LFS keeps the text elsewhere and leaves three lines with its hash in the repository. In a folder, `git lfs pull` fetches it. A revision has the pointer alone, so `--at` and `diff` could not say what it means. Intent is small text: `git lfs untrack '*.kdl'` and `git add --renormalize .` put it into git itself.";
    /// A folder is a submodule.
    SUBMODULE = error "submodule" "A folder is a submodule, whose files are in another repository.\n\nA revision holds only the name of the other repository's commit, so what is in there cannot be read, and would be missing from the output. Name the folders that are read with `include` if no intent is in it; else put the intent into this repository, or make the submodule a project of its own. On the disk its files are read like others, once `git submodule update --init` has fetched them.";
    /// A path has characters that cannot be shown.
    ODD_PATH = error "odd-path" "The path of a file has characters that cannot be seen or are not UTF-8.\n\nPaths are shown in messages and written into annotations, where control characters and such that change the direction of writing could hide what a file is. Rename it.";
    /// There are more files or folders than we read.
    PROJECT_TOO_LARGE = error "project-too-large" "The project has more than 20,000 files, or folders more than 32 deep.\n\nThe limits keep a stranger's change from costing the machine that checks it. Split the project into several, each with a `mesh.kdl` of its own.";
}

/// What `mesh.kdl` says about loading. Without patterns everything below the root is in.
#[derive(Debug, Default)]
pub struct Plan {
    includes: Vec<(Include, Glob)>,
}

/// What keeps a path from being read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unread<'a> {
    /// No pattern selects it.
    NotIncluded,
    /// It is the `mesh.kdl` of a folder below.
    NestedProject,
    /// It is a link, to a file or to nothing.
    LinkedFile,
    /// It is a link to a folder.
    LinkedFolder,
    /// It is no regular file but this ("a folder").
    NotAFile(&'a str),
    /// It is a pointer of Git LFS.
    LfsPointer,
    /// It is a submodule.
    Submodule,
    /// It is a submodule that nobody has fetched.
    UnfetchedSubmodule,
    /// Its path cannot be shown; this is how it looks.
    OddPath,
    /// It is one file, or one folder, too many.
    TooMany,
}

/// Tells whether a path has characters that a reader would not see, or that stand for bytes which are no text.
#[must_use]
pub fn is_odd(path: &str) -> bool {
    // Most paths are plain, which is told without taking them for characters.
    let is_plain = path.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    !is_plain
        && path.chars().any(|character| is_unseen(character) || character == char::REPLACEMENT_CHARACTER)
}

/// Tells whether these are the bytes that Git LFS leaves in the place of a file.
#[must_use]
pub fn is_lfs_pointer(bytes: &[u8]) -> bool {
    bytes.starts_with(b"version https://git-lfs.github.com/spec/")
}

/// Reads the include patterns of `mesh.kdl`, and reports those that lead out of the project.
#[must_use]
pub fn plan(text: &str, file: FileId, out: &mut Diagnostics) -> Plan {
    let mut plan = Plan::default();
    for include in includes::read(text, file) {
        if let Some(why) = glob::leads_out(&include.pattern) {
            out.report(&OUTSIDE_PROJECT, include.span)
                .says(format!("`{}` is not below the project's root", include.pattern))
                .here(why)
                .because("only files that this repository's reviewers see are read")
                .help("name it relative to `mesh.kdl`, or move `mesh.kdl` to a folder above both");
        }
        let glob = Glob::new(&include.pattern);
        plan.includes.push((include, glob));
    }
    plan
}

impl Plan {
    /// Tells whether the file at this path, below the root and with `/`, is part of the project.
    #[must_use]
    pub fn selects(&self, path: &str) -> bool {
        path == ROOT_FILE
            || self.includes.is_empty()
            || self.includes.iter().any(|(_, glob)| glob.matches(path))
    }

    /// Returns the files and folders that everything is at or below which the project is made of, or could be tomorrow.
    /// None of them is below another; the root is empty.
    #[must_use]
    pub fn beginnings(&self) -> BTreeSet<String> {
        let inside = self.includes.iter().filter(|(include, _)| glob::leads_out(&include.pattern).is_none());
        let mut all: BTreeSet<String> =
            inside.map(|(include, _)| glob::beginning(&include.pattern)).collect();
        if self.includes.is_empty() {
            all.insert(String::new());
        }
        all.insert(ROOT_FILE.to_owned());
        let above = |path: &str| {
            let folders = path.char_indices().filter(|(_, c)| *c == '/').map(|(at, _)| &path[..at]);
            folders.chain([""]).any(|folder| folder != path && all.contains(folder))
        };
        all.iter().filter(|path| !above(path)).cloned().collect()
    }

    /// Reports the patterns that select none of these files.
    pub fn report_unused(&self, files: &[FileId], sources: &Sources, out: &mut Diagnostics) {
        for (include, glob) in &self.includes {
            let Include { pattern, span } = include;
            let used = files.iter().any(|file| glob.matches(&sources.file(*file).path));
            if !used && glob::leads_out(pattern).is_none() {
                out.report(&UNUSED_INCLUDE, *span)
                    .says(format!("`{pattern}` selects no file"))
                    .because("intent that it was meant to select is missing from the output")
                    .help("`*` is any part of a name, `**` any number of folders: `\"teams/**/*.kdl\"`");
            }
        }
    }
}

/// Keeps only what is said of paths that are not read, unless it was said of another state of the project too.
pub fn keep_left_out(found: &mut Diagnostics, before: &Diagnostics, sources: &Sources) {
    let is_left_out = |one: &Diagnostic| {
        let codes = [&UNUSED_INCLUDE, &NOT_INCLUDED, &NESTED_PROJECT, &LINKED_FOLDER];
        codes.iter().any(|code| code.name == one.code.name)
    };
    let name = |one: &Diagnostic| (one.code.name, &sources.file(one.place.span.file()).path);
    let known: BTreeSet<_> = before.as_slice().iter().filter(|one| is_left_out(one)).map(name).collect();
    found.retain(|one| is_left_out(one) && !known.contains(&name(one)));
}

/// Reports a path that is not read, and keeps its name among the sources so that there is a place to show.
pub fn leave_out<'d>(
    sources: &Sources,
    path: &str,
    why: Unread<'_>,
    out: &'d mut Diagnostics,
) -> &'d mut Diagnostic {
    let span = Span::new(sources.add(path.to_owned(), String::new()), 0, 0);
    match why {
        Unread::NotIncluded => out
            .report(&NOT_INCLUDED, span)
            .says("no `include` selects this file")
            .because("what it says has no effect")
            .help("add a pattern for it to `include` in `mesh.kdl`"),
        Unread::NestedProject => out
            .report(&NESTED_PROJECT, span)
            .says("this folder is a project of its own, and is not read")
            .because("what it says is not in the output of the project above")
            .help("build it by its own path, or take its `mesh.kdl` away"),
        Unread::LinkedFile => out
            .report(&LINKED_FILE, span)
            .says("this file is a symbolic link, and links are never followed")
            .because("a link could lead out of the repository")
            .help("put the file itself there"),
        Unread::LinkedFolder => out
            .report(&LINKED_FOLDER, span)
            .says("this folder is a symbolic link, and is not read")
            .because("a link could lead out of the repository")
            .help("put the folder itself there if it holds intent"),
        Unread::NotAFile(what) => out
            .report(&NOT_A_FILE, span)
            .says(format!("this is {what}, not a regular file"))
            .because("what it says would be missing from the output")
            .help("rename it, or take it out of the project"),
        Unread::LfsPointer => out
            .report(&LFS_POINTER, span)
            .says("this is a pointer of Git LFS, not the file itself")
            .because("what the file says would be missing from the output")
            .help(
                "`git lfs pull` fetches it into a folder; a revision never has it: `git lfs untrack '*.kdl'`",
            ),
        Unread::Submodule => out
            .report(&SUBMODULE, span)
            .says("this folder is a submodule: its files are in another repository")
            .because("what they say would be missing from the output")
            .help("name the folders that are read with `include`, or put its intent into this repository"),
        Unread::UnfetchedSubmodule => out
            .report(&SUBMODULE, span)
            .says("this folder is a submodule that was not fetched: there is nothing in it")
            .because("what its files say would be missing from the output")
            .help("`git submodule update --init` fetches it"),
        Unread::OddPath => out
            .report(&ODD_PATH, span)
            .says("the path of this file has characters that cannot be shown")
            .because("they could hide which file a message is about")
            .help("rename it"),
        Unread::TooMany => out
            .report(&PROJECT_TOO_LARGE, span)
            .says(format!("more than {MAX_FILES} files, or folders more than {MAX_DEPTH} deep"))
            .because("the rest would be missing from the output")
            .help("split the project into several, each with a `mesh.kdl` of its own"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_patterns_everything_is_in() {
        let plan = Plan::default();
        assert!(plan.selects("mesh.kdl") && plan.selects("teams/a/b.kdl"));
        assert_eq!(plan.beginnings(), BTreeSet::from([String::new()]));
    }

    #[test]
    fn a_path_ends_where_a_pattern_has_a_wildcard() {
        let beginnings = |includes: &str| {
            let text = format!("mesh shop {{ include {includes} }}");
            let sources = Sources::default();
            let file = sources.add(ROOT_FILE.to_owned(), text.clone());
            let plan = plan(&text, file, &mut Diagnostics::default());
            plan.beginnings().into_iter().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            beginnings(r#""teams/**/*.kdl" "./platform/*/x.kdl" "a/b.kdl""#),
            "a/b.kdl mesh.kdl platform teams"
        );
        assert_eq!(beginnings(r#""teams/*.kdl" "teams/a/b.kdl" "teams-2/*.kdl""#), "mesh.kdl teams teams-2");
        assert_eq!(beginnings(r#""*.kdl" "teams/**/*.kdl""#), "");
        assert_eq!(beginnings(r#""../x/*.kdl""#), "mesh.kdl");
    }
}
