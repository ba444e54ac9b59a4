//! `meshc explain`: what a code, a word, a service or a host means, as text that is read at night in 80 columns.

pub(crate) mod layout;
mod managed;
mod thing;
mod word;

pub use thing::{Answer, thing};
pub use word::word;

use meshc_dialect::diagnostic::{Code, Level};
use meshc_dialect::suggest::nearest;
use meshc_dialect::words;

/// Returns what a code means.
#[must_use]
pub fn code(name: &str) -> Option<String> {
    let code = crate::codes().into_iter().find(|code| code.name == name)?;
    let mut text = format!("{} ({})\n", code.name, level(code));
    for paragraph in code.doc.trim_end().split("\n\n") {
        text.push('\n');
        layout::wrap(&mut text, 0, paragraph);
    }
    Some(text)
}

/// Returns every code with the first line of its doc.
#[must_use]
pub fn list() -> String {
    let mut codes: Vec<&Code> = crate::codes();
    codes.sort_by_key(|code| code.name);
    let width = codes.iter().map(|code| code.name.len()).max().unwrap_or(0);
    let line = |code: &&Code| {
        let first = code.doc.lines().next().unwrap_or("");
        format!("{:width$}  {:7}  {first}\n", code.name, level(code))
    };
    codes.iter().map(line).collect()
}

/// Returns what was probably meant, of everything that can be explained: codes, words, and these.
#[must_use]
pub fn meant<'k>(name: &str, known: &'k [String]) -> Option<&'k str> {
    let codes = crate::codes().into_iter().map(|code| code.name);
    let all = known.iter().map(String::as_str).chain(words::all().map(|word| word.name)).chain(codes);
    nearest(name, all)
}

fn level(code: &Code) -> &'static str {
    match code.level {
        Level::Error => "error",
        Level::Warning => "warning",
    }
}
