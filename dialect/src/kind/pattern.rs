//! The one pattern language: `word`, `word*`, `*`, `(regex)"…"`, `(exact)"a*b"`, and its form for paths.

use super::Reading;
use super::name::clip;
use crate::line::{Data, Pattern};

crate::codes! {
    /// A star in the middle of a path element, or before its end.
    STAR_IN_PATH = error "star-in-path" "A `*`, or a name such as `{id}` or `:id`, stands in a path where it means nothing.\n\nIn a path `*` is only ever a whole last element: `\"/api/*\"` is `/api` and everything below it, never `/apifoo`. For anything else write a regex: `(regex)\"/users/[^/]+/cart\"`.";
    /// Not a path.
    NOT_A_PATH = error "not-a-path" "A path is not one.\n\nPaths begin with `/` and have no query, fragment, scheme or host: `\"/api\"`, `\"/api/*\"`. Query parameters are matched with `query` in a `when`.";
    /// A pattern that nothing or everything matches by accident.
    ODD_PATTERN = error "odd-pattern" "A pattern is empty, or has a `*` that is not at its end.\n\n`word` is exact, `word*` is a prefix, `*` is anything that is there, `(regex)\"…\"` is a full match in RE2, `(exact)\"a*b\"` is literal.";
}

/// The longest regex that Istio takes.
const LONGEST_REGEX: usize = 1024;

pub(super) fn value<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    match reading.annotation {
        Some("regex") => regex_text(reading),
        Some("exact") => exact(reading),
        Some(_) => stray(reading),
        None => plain(reading),
    }
}

pub(super) fn path<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    match reading.annotation {
        Some("regex") => regex_text(reading),
        Some("exact") if reading.text.starts_with('/') => Data::Pattern(Pattern::Exact(reading.text)),
        Some("exact") | None => plain_path(reading),
        Some(_) => stray(reading),
    }
}

pub(super) fn path_text<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    let Reading { text, span, out, .. } = reading;
    if text.starts_with('/')
        && !text.contains(['?', '#', '*'])
        && text.bytes().all(|byte| byte > b' ' && byte != 0x7f)
    {
        return Data::Text(text);
    }
    let found = out.report(&NOT_A_PATH, span);
    found.says(format!("`{}` is not a path to write", clip(text)));
    match text.strip_suffix('*') {
        Some(path) if path.starts_with('/') => {
            found.help("leave the `*` out: what follows the matched prefix stays")
        }
        _ => found.help("a path begins with `/` and has no query: \"/\", \"/internal\""),
    };
    Data::Broken
}

pub(super) fn regex<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    match reading.annotation {
        Some("regex") | None => match regex_text(reading) {
            Data::Pattern(Pattern::Regex(text)) => Data::Text(text),
            other => other,
        },
        Some(_) => stray(reading),
    }
}

fn exact<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    if reading.text.is_empty() { odd(reading) } else { Data::Pattern(Pattern::Exact(reading.text)) }
}

fn plain<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    match reading.text.split_once('*') {
        None if reading.text.is_empty() => odd(reading),
        None => Data::Pattern(Pattern::Exact(reading.text)),
        Some(("", "")) => Data::Pattern(Pattern::Present),
        Some((start, "")) => Data::Pattern(Pattern::Prefix(start)),
        Some(_) => odd(reading),
    }
}

fn plain_path<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    let text = reading.text;
    let odd = !text.starts_with('/')
        || text.contains(['?', '#'])
        || text.bytes().any(|byte| !byte.is_ascii_graphic())
        || (text.contains("/.") && has_dots(text));
    if text == "*" {
        return Data::Pattern(Pattern::Below(""));
    }
    if odd {
        return not_a_path(reading);
    }
    if reading.annotation.is_none() && text.split('/').any(is_slot) {
        return slot(reading);
    }
    match text.split_once('*') {
        None => Data::Pattern(Pattern::Exact(text)),
        Some((start, "")) if start.ends_with('/') => Data::Pattern(Pattern::Below(&start[..start.len() - 1])),
        Some(_) => star(reading),
    }
}

/// Tells whether an element of a path is a name for whatever stands there, as frameworks have it: `{id}`, `:id`.
fn is_slot(element: &str) -> bool {
    let name = |text: &str| text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    element.strip_prefix(':').is_some_and(name) || (element.starts_with('{') && element.ends_with('}'))
}

fn slot<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    let Reading { text, span, out, .. } = reading;
    let shown = clip(text);
    let last = text.rsplit('/').find(|element| is_slot(element)).unwrap_or(text);
    let element = |element: &str| match element {
        "*" => ".*".to_owned(),
        _ if is_slot(element) => "[^/]+".to_owned(),
        _ => escape(element),
    };
    let regex: Vec<String> = text.split('/').map(element).collect();
    out.report(&STAR_IN_PATH, span)
        .says(format!("`{}` in `{shown}` stands for nothing but itself", clip(last)))
        .because("only a path with these very characters in it would be taken")
        .help(format!(
            "for any element there write {}; for these characters (exact)\"{shown}\"",
            regex_value(&regex.join("/"))
        ));
    Data::Broken
}

fn star<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    let Reading { text, span, out, .. } = reading;
    let (start, _) = text.split_once('*').unwrap_or((text, ""));
    let found = out.report(&STAR_IN_PATH, span);
    found.says(format!("`*` cannot stand there in `{}`", clip(text)));
    if let Some(path) = text.strip_suffix("/**").filter(|path| !path.contains('*')) {
        found
            .because("in a path `*` is only ever a whole last element, and takes everything below")
            .help(format!("write \"{}/*\"", clip(path)));
        if !path.contains(['"', '\\']) {
            found.fix(span, format!("\"{path}/*\""));
        }
    } else if text.ends_with('*') && text.matches('*').count() == 1 {
        found.because(format!("`{start}*` would also take `{start}foo`")).help(format!(
            "write \"{start}/*\" for `{start}` and everything below it, or {}",
            regex_value(&format!("{}.*", escape(start)))
        ));
    } else {
        let regex: Vec<String> = text.split('*').map(escape).collect();
        found
            .because("in a path `*` is only ever a whole last element")
            .help(format!("write {}", regex_value(&regex.join("[^/]+"))));
    }
    Data::Broken
}

fn not_a_path<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    let Reading { text, span, out, .. } = reading;
    let found = out.report(&NOT_A_PATH, span);
    found.says(format!("`{}` is not a path", clip(text)));
    // As nginx marks what follows: `~ regex`, `= exact`, `^~ prefix`.
    let marked = text.split_once(' ').filter(|(_, path)| !path.trim().is_empty());
    if let Some(("~" | "~*", regex)) = marked {
        found.help(format!("a regex is written {}", regex_value(&clip(regex.trim()))));
    } else if let Some(("=", path)) = marked {
        found.help(format!("a path without a `*` is exact: \"{}\"", clip(path.trim())));
    } else if let Some(("^~", path)) = marked {
        let path = clip(path.trim());
        found.help(format!("a path and all below it is written \"{}/*\"", path.trim_end_matches('/')));
    } else if text.starts_with('/') && text.contains('?') {
        found.help("a path has no query: say `query name=value` in a `when`");
    } else if text.contains("://") {
        found.help("a path begins with `/`; the host stands in the heading of the block");
    } else if text.is_empty() {
        found.help("write \"/\" for the root alone, or \"/*\" for everything");
    } else if text.starts_with('^') {
        found.help(format!("a regex is written {}", regex_value(&clip(text))));
    } else if text.contains('*') {
        found.help(format!("write {}", regex_value(&escape(&clip(text)).replace("\\*", ".*"))));
    } else if text.starts_with('/') && text.contains('#') {
        found.help("leave out what stands behind `#`: callers do not send it");
    } else if text.starts_with('/') && has_dots(text) {
        found
            .because("proxies take `.` and `..` out of a path before they compare it, so no request would be taken")
            .help("write the path that is left");
    } else if text.starts_with('/') {
        found
            .because("callers send such characters encoded, so no request would be taken")
            .help(format!("write it as it is sent: \"{}\"", encoded(&clip(text))));
    } else {
        found.help(format!("a path begins with `/`: \"/{}\"", clip(text)));
    }
    Data::Broken
}

/// Tells whether a path has elements that lead nowhere else, or up.
fn has_dots(path: &str) -> bool {
    path.split('/').any(|element| matches!(element, "." | ".."))
}

/// Returns a path as callers send it.
fn encoded(path: &str) -> String {
    let mut sent = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte.is_ascii_graphic() {
            true => sent.push(char::from(byte)),
            false => sent.push_str(&format!("%{byte:02X}")),
        }
    }
    sent
}

fn regex_text<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    let Reading { text, span, out, .. } = reading;
    if text.is_empty() || text.len() > LONGEST_REGEX {
        let found = out.report(&ODD_PATTERN, span);
        if text.is_empty() {
            found
                .says("the regex is empty")
                .because("only an empty value would match it")
                .help("write `*` for anything that is there");
        } else {
            found
                .says(format!("the regex has {} bytes", text.len()))
                .because("Istio takes at most 1024")
                .help("split it over several lines or routes");
        }
        return Data::Broken;
    }
    Data::Pattern(Pattern::Regex(text))
}

fn odd<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    let Reading { text, span, out, .. } = reading;
    let found = out.report(&ODD_PATTERN, span);
    if text.is_empty() {
        found
            .says("the pattern is empty")
            .help("write `*` for anything that is there, or `not { … }` for a header that is not there");
    } else {
        let shown = clip(text);
        // A regex that nothing marks as one, perhaps between slashes.
        let bare = shown.strip_prefix('/').and_then(|text| text.strip_suffix('/')).unwrap_or(&shown);
        let regex = match shown.contains(".*") {
            true => bare.to_owned(),
            false => escape(&shown).replace("\\*", ".*"),
        };
        found
            .says(format!("`*` stands in the middle of `{shown}`"))
            .help(format!("say (exact)\"{shown}\" for the star itself, or a regex: {}", regex_value(&regex)));
    }
    Data::Broken
}

fn stray<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    let Reading { annotation, span, out, .. } = reading;
    out.report(&super::STRAY_ANNOTATION, span)
        .says(format!("`({})` is no way to match", clip(annotation.unwrap_or(""))))
        .help("the ways are (regex)\"…\" and (exact)\"…\"; a `*` at the end of a plain value is a prefix");
    Data::Broken
}

/// Returns a regex as a value of the language: raw where it has what KDL reads as an escape.
#[must_use]
pub fn regex_value(regex: &str) -> String {
    match regex.contains(['\\', '"']) {
        true => format!("(regex)#\"{regex}\"#"),
        false => format!("(regex)\"{regex}\""),
    }
}

/// Returns a text as a regex that matches it alone.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\.+*?()|[]{}^$".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
