//! What others say about our output: istiod reads the YAML, and has to accept it without a word.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bites;
mod judge;
mod shapes;
mod verdict;

use std::fs;
use std::path::{Path, PathBuf};

use judge::judge;

/// The release that is meant where an intent names none.
const DEFAULT_ISTIO: &str = "1.30";

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
        let found = judge.ask(&istio_of(file, &top), &yaml).complaints();
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

/// Reads the release from the intent beside an expected file, or above it.
fn istio_of(file: &Path, top: &Path) -> String {
    for folder in file.ancestors().skip(1).take_while(|folder| *folder != top) {
        for path in entries(folder) {
            if path.extension().is_some_and(|extension| extension == "kdl")
                && let Some(release) = release_in(&fs::read_to_string(&path).unwrap())
            {
                return release;
            }
        }
    }
    DEFAULT_ISTIO.to_owned()
}

fn release_in(intent: &str) -> Option<String> {
    for line in intent.lines().filter(|line| !line.trim_start().starts_with("//")) {
        if let Some((_, rest)) = line.split_once("istio \"")
            && let Some((release, _)) = rest.split_once('"')
        {
            return Some(release.to_owned());
        }
    }
    None
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
