//! What others say about our output: istiod reads the YAML, and has to accept it without a word.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bites;
mod judge;
mod listeners;
mod shapes;
mod verdict;

use std::fs;
use std::path::{Path, PathBuf};

use judge::judge;

/// The release that is meant where an intent names none.
const DEFAULT_ISTIO: &str = "1.30";

/// The domain that is meant where an intent names none.
const DEFAULT_DOMAIN: &str = "cluster.local";

#[test]
fn istiod_accepts_every_golden() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let golden = top.join("golden/build");
    let mut files = Vec::new();
    for folder in [&golden, &top.join("examples")] {
        find(folder, &mut files);
    }
    assert!(!golden.exists() || !files.is_empty(), "no expected YAML in {}", golden.display());
    let Some(judge) = judge() else { return };

    let mut complaints = Vec::new();
    for file in &files {
        let yaml = fs::read_to_string(file).unwrap();
        let istio = said_above(file, &top, "istio").unwrap_or_else(|| DEFAULT_ISTIO.to_owned());
        let domain = said_above(file, &top, "cluster-domain").unwrap_or_else(|| DEFAULT_DOMAIN.to_owned());
        let found = judge.ask_at(&domain, &istio, &yaml, "").complaints();
        complaints.extend(found.iter().map(|complaint| format!("{}: {complaint}", file.display())));
    }
    assert!(complaints.is_empty(), "istiod complains:\n{}", complaints.join("\n"));
}

/// Lists the expected files below a folder: `istio.yaml`, and `istio.prod.yaml` where there are several.
fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    for path in entries(folder) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            find(&path, files);
        } else if name.starts_with("istio.") && name.ends_with(".yaml") {
            files.push(path);
        }
    }
}

/// Reads what the `mesh` block says after a word, from the intent beside an expected file or above it.
fn said_above(file: &Path, top: &Path, word: &str) -> Option<String> {
    let folders = file.ancestors().skip(1).take_while(|folder| *folder != top);
    let paths = folders.flat_map(entries);
    let mut intents = paths.filter(|path| path.extension().is_some_and(|extension| extension == "kdl"));
    intents.find_map(|path| said_in(&fs::read_to_string(&path).unwrap(), word))
}

fn said_in(intent: &str, word: &str) -> Option<String> {
    let lines = intent.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut said = lines.flat_map(|line| line.split([';', '{', '}'])).map(str::split_whitespace);
    let value = said.find_map(|mut words| (words.next()? == word).then(|| words.next())?)?;
    Some(value.trim_matches('"').to_owned())
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
