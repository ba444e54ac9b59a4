//! Codes, their docs and their cases are three lists of the same names.

use std::collections::BTreeSet;

use meshc_compiler::codes;

use crate::case::{list, top};

/// Codes whose input is too large for a folder, or must not stand in a repository, with the test that has it.
const MADE_ELSEWHERE: &[(&str, &str)] = &[
    ("too-large", "tests/cli/hostile.rs"),
    ("odd-path", "tests/cli/hostile.rs"),
    ("project-too-large", "tests/cli/hostile.rs"),
    ("long-body", "tests/cli/hostile.rs"),
    ("submodule", "tests/cli/git/trees.rs"),
    ("limit-canary-step", "tests/cli/judged.rs"),
    ("too-many-lines", "tests/cli/budgets.rs"),
    ("too-many-inherited", "tests/cli/budgets.rs"),
    ("too-many-rules", "tests/cli/budgets.rs"),
];

pub fn check() -> Result<(), String> {
    let folders: BTreeSet<String> =
        list(&top().join("golden/error")).into_iter().map(|case| case.name).collect();
    let mut names = BTreeSet::new();
    let mut faults = Vec::new();
    let mut missing = BTreeSet::new();
    for code in codes() {
        if !names.insert(code.name) {
            faults.push(format!("{}: declared twice", code.name));
        }
        if !is_kebab(code.name) {
            faults.push(format!("{}: not in kebab-case", code.name));
        }
        let first = code.doc.lines().next().unwrap_or("");
        if !first.ends_with('.') || first.len() > 120 {
            faults.push(format!("{}: the first line of its doc is no short sentence", code.name));
        }
        let elsewhere = MADE_ELSEWHERE.iter().find(|(name, _)| *name == code.name);
        match (folders.contains(code.name), elsewhere) {
            (false, None) => _ = missing.insert(code.name),
            (true, Some((_, test))) => faults.push(format!("{}: {test} has the case already", code.name)),
            (true, None) | (false, Some(_)) => {}
        }
    }
    faults.extend(
        folders
            .iter()
            .filter(|name| !names.contains(name.as_str()))
            .map(|name| format!("{name}: golden/error/{name}/ is of no code that is declared")),
    );
    faults.sort();
    if !missing.is_empty() {
        let list: Vec<_> = missing.iter().copied().collect();
        let (count, all) = (missing.len(), names.len());
        faults.push(format!(
            "{count} of {all} codes have no folder in golden/error/:\n  {}",
            list.join("\n  ")
        ));
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(faults.join("\n")),
    }
}

fn is_kebab(name: &str) -> bool {
    let plain = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    name.split('-').all(plain)
}
