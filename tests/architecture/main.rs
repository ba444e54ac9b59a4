//! Who may know whom. A new edge is a decision: it is made in `edges.rs`, where a reviewer sees it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod edges;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use edges::{DIALECT, MODULES, OWNERS};

/// Longer files hold more than one thing.
const MOST_LINES: usize = 400;

/// Everything at the top of the repository that is not hidden.
const TOP: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "compiler",
    "dialect",
    "examples",
    "golden",
    "tests",
];

/// Not at the top, and not ours to judge.
const BUILT: &[&str] = &["target"];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] =
    &["utils", "util", "helpers", "helper", "common", "types", "misc", "error", "errors"];

#[test]
fn the_top_is_as_agreed() {
    let names: BTreeSet<String> =
        entries(&top()).iter().filter_map(|path| path.file_name()?.to_str().map(str::to_owned)).collect();
    let strange: Vec<_> = names
        .iter()
        .map(String::as_str)
        .filter(|name| !name.starts_with('.') && !TOP.contains(name) && !BUILT.contains(name))
        .collect();
    assert!(strange.is_empty(), "not agreed at the top: {strange:?}");
}

#[test]
fn modules_name_only_those_they_may() {
    let mut faults = Vec::new();
    for (package, modules) in MODULES {
        for (path, text) in sources(package) {
            let module = module(package, &path);
            let Some((_, allowed)) = modules.iter().find(|(name, _)| *name == module) else {
                faults.push(format!("{path}: `{module}` is not in the table"));
                continue;
            };
            for name in named(&text, "crate::") {
                // What is not a module stands in the root: a type of main.rs, a function of lib.rs.
                let known = modules.iter().any(|(module, _)| *module == name);
                let name = if known || *package != "compiler/cli/src" { name } else { "main".to_owned() };
                if name != module && known && !allowed.contains(&name.as_str())
                    || name == "main" && !allowed.contains(&"main")
                {
                    faults.push(format!("{path}: `{module}` may not name `{name}`"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_compiler_keeps_the_language_where_it_belongs() {
    let mut faults = Vec::new();
    for (path, text) in sources("compiler/src") {
        let module = module("compiler/src", &path);
        let Some((_, allowed)) = DIALECT.iter().find(|(name, _)| *name == module) else { continue };
        for name in named(&text, "meshc_dialect::") {
            if !allowed.contains(&name.as_str()) {
                faults.push(format!("{path}: `{module}` may not name `meshc_dialect::{name}`"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn crates_of_others_have_one_owner() {
    let mut faults = Vec::new();
    for (path, text) in all_sources() {
        for (name, owners) in OWNERS {
            let owned =
                owners.iter().any(|owner| path == *owner || owner.ends_with('/') && path.starts_with(owner));
            let prefix = format!("{name}::");
            if !owned && text.lines().any(|line| !is_comment(line) && names(line, &prefix).next().is_some()) {
                faults.push(format!("{path}: only {owners:?} may name `{name}`"));
            }
        }
        // The crate and our reader share a name: the crate's comes first in a path.
        // The crate is also the oracle that our own reader is compared with.
        let owns = path == "dialect/src/print.rs" || path.starts_with("tests/kdl/");
        if !owns && text.lines().any(|line| line.starts_with("use kdl::")) {
            faults.push(format!("{path}: only dialect/src/print.rs may name the crate `kdl`"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn libraries_do_no_io() {
    const OUTSIDE: &[&str] = &[
        "std::fs",
        "std::env",
        "TcpStream",
        "UdpSocket",
        "ToSocketAddrs",
        "std::process",
        "std::time",
        "SystemTime",
        "println!",
    ];
    let mut faults = Vec::new();
    for (path, text) in sources("dialect/src").into_iter().chain(sources("compiler/src")) {
        for line in text.lines().filter(|line| !is_comment(line)) {
            let found = OUTSIDE.iter().filter(|name| line.contains(**name));
            faults.extend(found.map(|name| format!("{path}: a library may not use `{name}`")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn files_are_short_and_say_what_they_hold() {
    let mut faults = Vec::new();
    for (path, text) in all_sources() {
        let lines = text.lines().count();
        if lines > MOST_LINES {
            faults.push(format!("{path}: {lines} lines, more than {MOST_LINES}; split it by meaning"));
        }
        if !text.starts_with("//! ") {
            faults.push(format!("{path}: does not open with `//!`"));
        }
        let names = path.trim_end_matches(".rs").split('/');
        faults.extend(
            names
                .filter(|name| EMPTY_NAMES.contains(name) && !path.starts_with("tests/"))
                .map(|name| format!("{path}: `{name}` says nothing about what is inside")),
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Returns the module at the root of a package that a file belongs to.
fn module(package: &str, path: &str) -> String {
    let below = path.strip_prefix(package).unwrap().trim_start_matches('/');
    below.split(['/', '.']).next().unwrap().to_owned()
}

/// Returns the first names behind a prefix, also those in braces: `crate::a::B`, `crate::{a, b::C}`.
fn named(text: &str, prefix: &str) -> BTreeSet<String> {
    let code: String =
        text.lines().filter(|line| !is_comment(line)).map(|line| format!("{line}\n")).collect();
    let mut found = BTreeSet::new();
    for rest in names(&code, prefix) {
        match rest.strip_prefix('{') {
            Some(list) => found.extend(in_braces(list).into_iter().map(|item| first_name(&item))),
            None => _ = found.insert(first_name(rest)),
        }
    }
    found.remove("");
    found
}

/// Returns what follows each prefix that begins a path: `crate::`, but not `$crate::` or `xcrate::`.
fn names<'t>(text: &'t str, prefix: &str) -> impl Iterator<Item = &'t str> {
    let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | ':');
    text.match_indices(prefix)
        .filter(move |(at, _)| !text[..*at].ends_with(is_inside))
        .map(|(at, prefix)| &text[at + prefix.len()..])
}

/// Splits a list at the commas that stand in no braces of their own.
fn in_braces(list: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut depth = 0;
    for c in list.chars() {
        match c {
            '}' if depth == 0 => break,
            ',' if depth == 0 => items.push(String::new()),
            _ => {
                depth += match c {
                    '{' => 1,
                    '}' => -1,
                    _ => 0,
                };
                items.last_mut().unwrap().push(c);
            }
        }
    }
    items
}

fn first_name(path: &str) -> String {
    path.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

fn all_sources() -> Vec<(String, String)> {
    ["dialect", "compiler", "tests"].into_iter().flat_map(sources).collect()
}

/// Returns path and text of every Rust file below a folder.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![top().join(folder)];
    while let Some(folder) = open.pop() {
        for path in entries(&folder) {
            if path.is_dir() && !path.ends_with("target") {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(top()).unwrap().to_str().unwrap().replace('\\', "/");
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}
