//! What a change names and is not there: an environment, a neighbour, a line to drop.

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::kind::{list, list_of};
use meshc_dialect::line::{Line, Value};
use meshc_dialect::span::Span;

use super::{DROPS_NOTHING, UNKNOWN_ENV, UNKNOWN_NEIGHBOUR};
use crate::project::Project;

/// Reports an environment that nobody declared. Of a project that could not be read, what is missing is not told.
pub(in super::super) fn env(name: &str, span: Span, project: &Project<'_>, out: &mut Diagnostics) {
    let envs = &project.envs;
    if project.broken || envs.contains(&name) {
        return;
    }
    let near = out.nearest(name, envs.iter().copied());
    let found = out.report(&UNKNOWN_ENV, span);
    found.says(format!("no environment is called `{name}`"));
    found.because("what stands here would hold nowhere");
    // People say `production` where `prod` is declared, and the other way round.
    let short = || envs.iter().copied().find(|env| name.starts_with(env) || env.starts_with(name));
    match (near, short()) {
        (Some(near), _) => found.help(format!("did you mean `{near}`?")).fix(span, near),
        (None, Some(near)) => found.help(format!("did you mean `{near}`?")),
        (None, None) if envs.is_empty() => found.help(format!("declare it: mesh {{ envs {name} }}")),
        (None, None) => found.help(format!("say {}, or declare it in `mesh {{ envs … }}`", list(envs))),
    };
}

/// Reports a new route that wants to stand beside one that is not there.
pub(super) fn neighbour(neighbour: &Value<'_>, lines: &[Line<'_>], out: &mut Diagnostics) {
    let routes = lines.iter().filter(|line| line.is("route"));
    let names = routes.filter_map(|line| line.prop("name")?.text());
    let name = neighbour.text().unwrap_or("");
    let near = out.nearest(name, names.clone());
    let count = names.clone().count();
    let found = out.report(&UNKNOWN_NEIGHBOUR, neighbour.span);
    found
        .says(format!("no route here is called `{name}`"))
        .because("nobody could tell which of the two is tried first");
    match (near, count == 0) {
        (Some(near), _) => found.help(format!("did you mean `{near}`?")).fix(neighbour.span, near),
        (None, true) => found.help("give the route that is meant a `name=`"),
        (None, false) => found.help(format!("say {}", list_of(count, names))),
    };
}

/// Reports a `drop` of something that is not there.
pub(super) fn dropped(word: &str, keys: &[&str], drop: &Line<'_>, lines: &[Line<'_>], out: &mut Diagnostics) {
    let values = || {
        let alike = lines.iter().filter(|line| line.is(word));
        alike.filter_map(|line| line.prop("name").or_else(|| line.arg(0)))
    };
    let known: Vec<String> =
        if out.suggests() { values().map(|value| shown(&value)).collect() } else { Vec::new() };
    let key = keys.first().copied().unwrap_or("");
    let near_word = out.nearest(word, lines.iter().map(|line| line.word.name)).filter(|near| *near != word);
    // Names such as `v1` are near to `v3`, and not meant.
    let near_key = out.nearest(key, known.iter().map(String::as_str)).filter(|near| near.len() > 3);
    let found = out.report(&DROPS_NOTHING, drop.span);
    found.says(format!("there is no `{}` here to drop", [&[word], keys].concat().join(" ")));
    match (near_key, near_word) {
        (Some(near), _) => found.help(format!("did you mean `drop {word} {near}`?")),
        (None, Some(near)) => found.help(format!("did you mean `drop {near}`?")),
        (None, None) if values().next().is_none() => {
            found.help(format!("no `{word}` stands here: take the `drop` out"))
        }
        (None, None) => {
            found.help(format!("there is {}", list_of(values().count(), values().map(|value| shown(&value)))))
        }
    };
}

/// Returns a value as it is written.
pub(super) fn shown(value: &Value<'_>) -> String {
    match (value.text(), value.number(), value.pattern()) {
        (Some(text), ..) => text.to_owned(),
        (None, Some(number), _) => number.to_string(),
        (None, None, Some(pattern)) => super::super::show::pattern(pattern),
        (None, None, None) => String::new(),
    }
}
