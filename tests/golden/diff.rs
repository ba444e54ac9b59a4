//! Two folders, `before` and `after`: what `meshc diff` says of them is in `diff.txt` and `diff.json`. Backwards it has to
//! say the same the other way round.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use meshc_compiler::diff::rules;
use serde_json::Value;

use crate::case::{Case, Run, list, top};
use crate::expected::{self, Mode};

/// What is said where nothing changes.
const SAME: &str = "no traffic changes\n";

/// Rules without a case, with the reason.
const NOT_FROM_INTENT: &[(&str, &str)] = &[
    ("engines-disagree", "it is a mistake of ours, which fails every test that sees it"),
    ("order-depends-on-creation-time", "of one host intent makes one object; others' YAML may have two"),
    ("revision-not-loadable", "`tests/cli/completions.rs` has a revision that does not compile"),
];

/// So many pairs of twins there are at least: of each the first looks different and is the same.
const TWINS: usize = 80;

/// So many cases are the same, and something differs in so many.
const SAME_AND_DIFFERENT: [usize; 2] = [80, 165];

pub fn check(case: &Case, mode: Mode) -> Result<(), String> {
    case.check_files(|path| matches!(path, "args" | "diff.txt" | "diff.json"))?;
    let sides = |from: &str, to: &str, more: &[&str]| {
        let mut args = vec![from.to_owned(), to.to_owned()];
        args.extend(case.args());
        args.extend(more.iter().map(|arg| (*arg).to_owned()));
        let Run { exit, stdout, stderr } = case.diff(&args);
        match (exit, stdout.contains("engines-disagree")) {
            (0, false) => Ok(stdout),
            (0, true) => Err(format!("the engines do not agree:\n{stdout}")),
            (exit, _) => Err(format!("exit code {exit}\n{stderr}")),
        }
    };
    expected::check(mode, &case.dir.join("diff.txt"), &sides("before", "after", &[])?)?;
    let forward = sides("before", "after", &["--format=json"])?;
    expected::check(mode, &case.dir.join("diff.json"), &forward)?;
    for side in ["before", "after"] {
        let text = sides(side, side, &[])?;
        if text != SAME {
            return Err(format!("`{side}` differs from itself:\n{text}"));
        }
    }
    let back = sides("after", "before", &["--format=json"])?;
    let (there, back) = (findings(&forward)?, findings(&back)?);
    let mirrored: BTreeMap<String, usize> = mirrors(&there)?;
    match mirrored == back {
        true => Ok(()),
        false => Err(format!("backwards it says\n  {back:?}\nand not\n  {mirrored:?}")),
    }
}

/// Tells that every rule has a case, a mirror that points back, and a doc.
pub fn check_rules() -> Result<(), String> {
    let mut faults = Vec::new();
    let all = rules();
    let mut shown = BTreeSet::new();
    for case in list(&top().join("golden/diff")) {
        let text = fs::read_to_string(case.dir.join("diff.json")).map_err(|error| error.to_string())?;
        shown.extend(findings(&text)?.into_keys());
    }
    for rule in &all {
        let slug = rule.slug;
        if all.iter().filter(|other| other.slug == slug).count() > 1 {
            faults.push(format!("{slug}: declared twice"));
        }
        match all.iter().find(|other| other.slug == rule.mirror) {
            None => faults.push(format!("{slug}: no rule is called {}", rule.mirror)),
            Some(other) if other.mirror != slug => {
                faults.push(format!("{slug}: its mirror {} points to {}", other.slug, other.mirror));
            }
            Some(_) => {}
        }
        let first = rule.doc.lines().next().unwrap_or("");
        if !first.ends_with('.') || first.len() > 120 {
            faults.push(format!("{slug}: the first line of its doc is no short sentence"));
        }
        let never = NOT_FROM_INTENT.iter().any(|(other, _)| *other == slug);
        match (shown.contains(slug), never) {
            (false, false) => faults.push(format!("{slug}: no case in golden/diff shows it")),
            (true, true) => faults.push(format!("{slug}: golden/diff shows what intent cannot bring about")),
            (true, false) | (false, true) => {}
        }
    }
    let unknown = shown.iter().filter(|slug| !all.iter().any(|rule| rule.slug == **slug));
    faults.extend(unknown.map(|slug| format!("{slug}: no such rule")));
    match faults.is_empty() {
        true => Ok(()),
        false => Err(faults.join("\n")),
    }
}

/// Tells that `golden/README.md` names every case, and that of each pair of twins the first is the same and the other not.
pub fn check_index() -> Result<(), String> {
    let text = fs::read_to_string(top().join("golden/README.md")).map_err(|error| error.to_string())?;
    let named: BTreeSet<&str> =
        text.split('`').skip(1).step_by(2).filter_map(|name| name.strip_prefix("diff/")).collect();
    let mut faults = Vec::new();
    let cases = list(&top().join("golden/diff"));
    faults.extend(
        cases
            .iter()
            .filter(|case| !named.contains(&*case.name))
            .map(|case| format!("golden/README.md does not name diff/{}", case.name)),
    );
    let mut twins = 0;
    for line in text.lines().filter(|line| line.starts_with("| `diff/")) {
        let cells: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
        let [same, differs] = cells[..] else { continue };
        let says = |name: &str| fs::read_to_string(top().join("golden").join(name).join("diff.txt"));
        let is_same = |name: &str| says(name).is_ok_and(|text| text == SAME);
        if !is_same(same) {
            faults.push(format!("{same} should be the same, and is not"));
        }
        if is_same(differs) {
            faults.push(format!("{differs} should differ, and does not"));
        }
        twins += 1;
    }
    if twins < TWINS {
        faults.push(format!("only {twins} twins"));
    }
    faults.extend(check_counts(&cases, twins).err());
    match faults.is_empty() {
        true => Ok(()),
        false => Err(faults.join("\n")),
    }
}

/// Counts what is proven, and fails if that is less than it was.
fn check_counts(cases: &[Case], twins: usize) -> Result<(), String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for case in cases {
        let text = fs::read_to_string(case.dir.join("diff.json")).map_err(|error| error.to_string())?;
        let document: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        *counts.entry(document["verdict"].as_str().unwrap_or_default().to_owned()).or_insert(0) += 1;
    }
    let count = |verdict: &str| counts.get(verdict).copied().unwrap_or(0);
    let [same, different] = ["same", "different"].map(count);
    let told = format!("{same} the same, {different} different, {} unknown, {twins} twins", count("unknown"));
    println!("golden/diff: {told}");
    let [least_same, least_different] = SAME_AND_DIFFERENT;
    match same >= least_same && different >= least_different {
        true => Ok(()),
        false => Err(format!("too few: {told}")),
    }
}

/// Returns how often each rule is found, and each reason why something is unknown.
fn findings(document: &str) -> Result<BTreeMap<String, usize>, String> {
    let document: Value = serde_json::from_str(document).map_err(|error| error.to_string())?;
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut found = BTreeMap::new();
    for change in list(&document["changes"]) {
        *found.entry(text(&change["rule"])).or_insert(0) += 1;
        for rule in list(&change["also"]) {
            *found.entry(text(&rule)).or_insert(0) += 1;
        }
    }
    for unknown in list(&document["unknowns"]) {
        *found.entry(text(&unknown["rule"])).or_insert(0) += 1;
    }
    // Nothing may be compared with nothing because the document has another form.
    if found.is_empty() && document["verdict"] != "same" {
        return Err(format!("no changes in {document}"));
    }
    Ok(found)
}

fn mirrors(found: &BTreeMap<String, usize>) -> Result<BTreeMap<String, usize>, String> {
    let all = rules();
    let mut mirrored = BTreeMap::new();
    for (slug, count) in found {
        let rule = all.iter().find(|rule| rule.slug == slug).ok_or(format!("no rule is called {slug}"))?;
        *mirrored.entry(rule.mirror.to_owned()).or_insert(0) += count;
    }
    Ok(mirrored)
}
