//! `level` in `mesh`: which findings may have another level.

use meshc_dialect::diagnostic::{Code, Diagnostics, Level};
use meshc_dialect::suggest::nearest;

use super::rules;
use crate::project::Levels;

meshc_dialect::codes! {
    /// A level of a code that there is not, or that keeps its own.
    ODD_LEVEL = error "odd-level" "A `level` line names a code that there is not, or one that always is an error.\n\nWarnings and what policies find can be made errors or warnings, or not be shown. Every other error means that the output would not do what was said, so nothing is written while there is one.";
}

/// Reports what a project cannot say about levels.
pub(super) fn check(levels: &Levels<'_>, out: &mut Diagnostics) {
    let codes = crate::codes();
    for prop in levels.said() {
        let name = prop.name.text;
        let known = codes.iter().find(|code| code.name == name);
        match known {
            Some(code) if may_change(code) => {}
            Some(_) => {
                out.report(&ODD_LEVEL, prop.name.span)
                    .says(format!("`{name}` is always an error"))
                    .because("the output would not do what was said")
                    .help(format!("mend what it finds; `meshc explain {name}` says how"));
            }
            None => {
                let found = out.report(&ODD_LEVEL, prop.name.span);
                found.says(format!("no code is called `{name}`"));
                match nearest(name, codes.iter().filter(|code| may_change(code)).map(|code| code.name)) {
                    Some(near) => found.help(format!("did you mean `{near}`?")).fix(prop.name.span, near),
                    None => found.help("`meshc explain` lists the codes; a message has its own in brackets"),
                };
            }
        }
    }
}

/// Tells whether a code may have another level: output is right in spite of it.
fn may_change(code: &Code) -> bool {
    code.level == Level::Warning || rules::CODES.iter().any(|rule| rule.name == code.name)
}
