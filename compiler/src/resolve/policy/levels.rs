//! `level` in `mesh`: which findings may have another level, and which changes another risk.

use meshc_dialect::diagnostic::{Code, Diagnostics, Level};
use meshc_dialect::line::Prop;
use meshc_dialect::suggest::nearest;

use super::rules;
use crate::project::Levels;

meshc_dialect::codes! {
    /// A level of a code that there is not, or that keeps its own.
    ODD_LEVEL = error "odd-level" "A `level` line names a code or rule that there is not, or gives it a level that it cannot have.\n\nWarnings and what policies find can be made `error` or `warn`, or not be shown: `off`. Every other error means that the output would not do what was said, so nothing is written while there is one. The rules of `meshc diff` have a risk: `critical`, `high`, `medium`, `low` or `info`, or `off`; those that say why something is unknown have none, because nobody can tell what they hide.";
}

/// The levels of codes.
const OF_CODES: &[&str] = &["error", "warn", "off"];
/// The levels of rules.
const OF_RULES: &[&str] = &["critical", "high", "medium", "low", "info", "off"];

/// Reports what a project cannot say about levels.
pub(super) fn check(levels: &Levels<'_>, out: &mut Diagnostics) {
    for prop in levels.said() {
        let name = prop.key.text;
        let rules = crate::rules();
        if let Some(rule) = rules.iter().find(|rule| rule.slug == name) {
            if rule.is_unknown() {
                out.report(&ODD_LEVEL, prop.name().span)
                    .says(format!("`{name}` has no risk that could be another"))
                    .because(
                        "it says that nobody can tell what a change does, which no level makes any safer",
                    )
                    .help("settle what it says, or let it pass once with `meshc diff --unknown=warn`");
            } else {
                check_word(&prop, OF_RULES, "a rule of `meshc diff`", out);
            }
            continue;
        }
        let codes = crate::codes();
        match codes.iter().find(|code| code.name == name) {
            Some(code) if may_change(code) => check_word(&prop, OF_CODES, "a code", out),
            Some(_) => {
                out.report(&ODD_LEVEL, prop.name().span)
                    .says(format!("`{name}` is always an error"))
                    .because("the output would not do what was said")
                    .help(format!("mend what it finds; `meshc explain {name}` says how"));
            }
            None => {
                let found = out.report(&ODD_LEVEL, prop.name().span);
                found.says(format!("no code or rule is called `{name}`"));
                let codes = codes.iter().filter(|code| may_change(code)).map(|code| code.name);
                let rules = rules.iter().filter(|rule| !rule.is_unknown()).map(|rule| rule.slug);
                match nearest(name, codes.chain(rules)) {
                    Some(near) => found.help(format!("did you mean `{near}`?")).fix(prop.name().span, near),
                    None => found.help("`meshc explain` lists the codes; a message has its own in brackets, and a change that `meshc diff` finds names its rule"),
                };
            }
        }
    }
}

fn check_word(prop: &Prop<'_>, takes: &[&str], what: &str, out: &mut Diagnostics) {
    let Some(word) = prop.value.text().filter(|word| !takes.contains(word)) else { return };
    // A word that is none of either has been reported where it was read.
    if OF_CODES.contains(&word) || OF_RULES.contains(&word) {
        out.report(&ODD_LEVEL, prop.value.span)
            .says(format!("`{}` cannot be `{word}`", prop.key.text))
            .help(format!("it is {what}, and takes {}", meshc_dialect::kind::list(takes)));
    }
}

/// Tells whether a code may have another level: output is right in spite of it.
fn may_change(code: &Code) -> bool {
    code.level == Level::Warning || rules::CODES.iter().any(|rule| rule.name == code.name)
}
