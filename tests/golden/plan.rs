//! Two folders, `before` and `after`: what `meshc plan` says of the way from one to the other is in `plan.txt` and
//! `plan.json`. From each side to itself there is none.

use std::collections::BTreeSet;
use std::fs;

use meshc_compiler::plan::KINDS;
use serde_json::Value;

use crate::case::{Case, Run, list, top};
use crate::expected::{self, Mode};

/// Hazards without a case, with the reason.
const NOT_FROM_INTENT: &[(&str, &str)] = &[
    ("open-meanwhile", "what closes is one object, which is closed at each of both ends"),
    ("unknown-meanwhile", "fields of `raw` are as unknown at the ends as they are in between"),
];

pub fn check(case: &Case, mode: Mode) -> Result<(), String> {
    case.check_files(|path| matches!(path, "args" | "plan.txt" | "plan.json"))?;
    let plan = |from: &str, to: &str, more: &[&str]| {
        let mut args = vec![from.to_owned(), to.to_owned()];
        args.extend(case.args());
        args.extend(more.iter().map(|arg| (*arg).to_owned()));
        match case.plan(&args) {
            Run { exit: 0, stdout, .. } => Ok(stdout),
            Run { exit, stderr, .. } => Err(format!("exit code {exit}\n{stderr}")),
        }
    };
    expected::check(mode, &case.dir.join("plan.txt"), &plan("before", "after", &[])?)?;
    expected::check(mode, &case.dir.join("plan.json"), &plan("before", "after", &["--format=json"])?)?;
    for side in ["before", "after"] {
        let text = plan(side, side, &[])?;
        if !text.starts_with("one-step: ") || text.lines().count() > 1 {
            return Err(format!("from `{side}` to itself:\n{text}"));
        }
    }
    Ok(())
}

/// Tells that every hazard and every verdict has a case, that its doc says what to do, and that the index names each case.
pub fn check_kinds() -> Result<(), String> {
    let (mut shown, mut verdicts, mut faults) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    let index = fs::read_to_string(top().join("golden/README.md")).map_err(|error| error.to_string())?;
    for case in list(&top().join("golden/plan")) {
        let text = fs::read_to_string(case.dir.join("plan.json")).map_err(|error| error.to_string())?;
        let document: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        for env in document["envs"].as_array().into_iter().flatten() {
            let hazards = env["hazards"].as_array().into_iter().flatten();
            shown.extend(hazards.map(|hazard| hazard["rule"].as_str().unwrap_or_default().to_owned()));
            verdicts.insert(env["verdict"].as_str().unwrap_or_default().to_owned());
        }
        if !index.contains(&format!("`plan/{}`", case.name)) {
            faults.push(format!("golden/README.md does not name plan/{}", case.name));
        }
    }
    for kind in KINDS {
        let never = NOT_FROM_INTENT.iter().any(|(other, _)| *other == kind.slug);
        match (shown.contains(kind.slug), never) {
            (false, false) => faults.push(format!("{}: no case in golden/plan shows it", kind.slug)),
            (true, true) => {
                faults.push(format!("{}: golden/plan shows what should not come about", kind.slug))
            }
            (true, false) | (false, true) => {}
        }
        if kind.doc.split("\n\n").count() < 2 {
            faults.push(format!("{}: its doc does not say what happens and what to do", kind.slug));
        }
    }
    for verdict in ["one-step", "needs-waves", "needs-two-releases"] {
        if !verdicts.contains(verdict) {
            faults.push(format!("no case in golden/plan comes to {verdict}"));
        }
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(faults.join("\n")),
    }
}
