//! An `in` within an `in`.

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::{Line, Value};

use super::CHANGES_NOTHING;

/// Reports each `in` that stands in one for other environments.
pub(in super::super) fn check(outer: &Line<'_>, out: &mut Diagnostics) {
    for line in outer.lines().iter().filter(|line| line.is("in")) {
        let both = |value: Value<'_>| outer.args().any(|env| env.data == value.data);
        if !line.args().any(both) {
            out.report(&CHANGES_NOTHING, line.span)
                .says("this `in` never holds")
                .also(outer.span, "it stands in one for other environments")
                .help("put it beside the outer one");
        }
    }
}
