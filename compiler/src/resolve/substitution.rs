//! Text that Flux would replace on its way into the cluster.

use std::ops::Range;

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::{Data, Line};
use meshc_dialect::sources::has_byte;
use meshc_dialect::span::Span;

use super::blocks::find;
use crate::project::{File, Project};

meshc_dialect::codes! {
    /// Text that Flux may replace.
    FLUX_SUBSTITUTES = warning "flux-substitutes" "A text has `${` or `$$` in it, which Flux may replace before it applies the objects.\n\nWhere a Kustomization of Flux has `postBuild`, it puts variables in the place of `${NAME}` and one `$` in the place of `$$`, anywhere in the objects; a variable that is not set makes the whole Kustomization fail. What reaches the cluster is then not what was checked here. `rollout flux` in `mesh` makes the objects say that they are to be left as they are; `rollout argocd` and `rollout none` say that Flux does not apply them.";
}

/// Words whose texts stay here: they are no part of an object.
const KEPT_HERE: &[&str] = &["mesh", "expect", "policy"];

/// Reports texts that Flux would replace, unless the project says who applies the objects.
pub(super) fn check<'a>(project: &'a Project<'a>, mesh: &[Line<'a>], out: &mut Diagnostics) {
    if find(mesh, "rollout").is_some() {
        return;
    }
    for file in &project.files {
        let text = &file.source.text;
        // One byte is found much faster than two, and nearly no file has it.
        if has_byte(text, b'$') && (text.contains("${") || text.contains("$$")) {
            lines(file, file.blocks, out);
        }
    }
}

fn lines(file: &File<'_>, all: &[Line<'_>], out: &mut Diagnostics) {
    for line in all.iter().filter(|line| !KEPT_HERE.contains(&line.word.name)) {
        let props = line.props().filter(|prop| prop.key.text != "because").map(|prop| prop.value);
        // What could not be read has been reported, and reaches no object.
        for value in line.args().chain(props).filter(|value| value.data != Data::Broken) {
            text(file, value.span, out);
        }
        match line.is("raw") {
            true => text(file, Span::new(file.id, line.body().0, line.body().1), out),
            false => lines(file, line.lines(), out),
        }
    }
}

/// Reports the first that would be replaced between two places of a file.
fn text(file: &File<'_>, span: Span, out: &mut Diagnostics) {
    let Some(written) = file.source.text.get(span.start() as usize..span.end() as usize) else { return };
    let Some(Range { start, end }) = replaced(written) else { return };
    let at = |offset: usize| span.start().saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
    let becomes = match written[start..end].starts_with("$$") {
        true => "where its Kustomization has `postBuild`, one `$` would reach the cluster",
        false => {
            "where its Kustomization has `postBuild`, a variable that nobody checked takes its place; one that is not set stops everything"
        }
    };
    out.report(&FLUX_SUBSTITUTES, Span::new(file.id, at(start), at(end)))
        .says(format!("Flux may replace `{}`", &written[start..end]))
        .because(becomes)
        .help("say `rollout flux` in `mesh`: the objects then tell it to leave them as they are; if Flux does not apply them, say `rollout none` or `rollout argocd`");
}

/// Returns where the first thing stands that would be replaced.
fn replaced(text: &str) -> Option<Range<usize>> {
    let start = [text.find("${"), text.find("$$")].into_iter().flatten().min()?;
    let end = match text[start..].starts_with("${") {
        true => text[start..].find(['}', '"', '\n']).map_or(text.len(), |length| {
            start + length + usize::from(text[start + length..].starts_with('}'))
        }),
        false => start + 2,
    };
    Some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_flux_would_replace_is_found() {
        for (text, found) in [
            ("a ${NAME} b", Some("${NAME}")),
            ("${", Some("${")),
            ("\"${NAME\"", Some("${NAME")),
            ("$$${A}", Some("$$")),
            ("^/a$", None),
            ("$NAME", None),
        ] {
            assert_eq!(replaced(text).map(|range| &text[range]), found, "{text}");
        }
    }
}
