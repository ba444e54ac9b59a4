//! The command that a comparison tells its readers to try: the new side alone answers what the finding says of it.

mod told;

use std::fs;

use meshc_compiler::route::Question;
use serde_json::Value;

use crate::case::{Case, list, top};
use crate::compared;

/// There are at least so many commands.
const COMMANDS: usize = 150;

pub fn check() -> Result<(), String> {
    let (mut commands, mut faults) = (0, Vec::new());
    for case in list(&top().join("golden/diff")) {
        let text = fs::read_to_string(case.dir.join("diff.json")).map_err(|error| error.to_string())?;
        let document: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        for change in document["changes"].as_array().into_iter().flatten() {
            if let Some(command) = change["witness"]["command"].as_str() {
                commands += 1;
                let fault = tried(&case, command, change).err();
                faults.extend(fault.map(|why| format!("{}: {command}\n{why}", case.name)));
            }
        }
    }
    match faults.is_empty() && commands >= COMMANDS {
        true => Ok(()),
        false => Err(format!("{commands} commands\n{}", faults.join("\n"))),
    }
}

fn tried(case: &Case, command: &str, change: &Value) -> Result<(), String> {
    let words = words(command);
    let ["meshc", "route", url, path, ref options @ ..] =
        words.iter().map(String::as_str).collect::<Vec<_>>()[..]
    else {
        return Err("it does not begin with `meshc route URL PATH`".to_owned());
    };
    let mut question = Question { url, method: "GET", headers: Vec::new(), from: None, via: None };
    let mut env = None;
    for option in options.chunks(2) {
        match *option {
            ["-X", method] => question.method = method,
            ["-H", header] => question
                .headers
                .extend(header.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()))),
            ["--from", from] => question.from = Some(from),
            ["--via", gateway] => question.via = Some(gateway),
            ["--env", name] => env = Some(name),
            _ => return Err(format!("nobody here knows the option {option:?}")),
        }
    }
    let sides = list(&case.dir);
    let side = sides.iter().find(|side| side.name == path).ok_or_else(|| format!("no folder {path}"))?;
    let text = compared::read(side)?.route(&question, env)?;
    let answer: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    for delta in change["differences"].as_array().into_iter().flatten() {
        let [what, after] = ["what", "after"].map(|key| delta[key].as_str().unwrap_or_default());
        if !told::is_told(what, after, url, &answer)? {
            return Err(format!("  {what} should be {after}, and the answer is\n{text}"));
        }
    }
    Ok(())
}

/// Returns the words of a command as a shell takes them.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut quoted, mut escaped) = (vec![String::new()], false, false);
    for c in command.chars() {
        match c {
            _ if escaped => {
                words.last_mut().expect("there is one").push(c);
                escaped = false;
            }
            '\'' => quoted = !quoted,
            '\\' if !quoted => escaped = true,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().expect("there is one").push(c),
        }
    }
    words
}
