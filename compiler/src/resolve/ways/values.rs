//! Values that no request has, so that a test for them would never hold.

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::kind::pattern::{NOT_A_PATH, ODD_PATTERN, regex_value};
use meshc_dialect::line::{Data, Line, Pattern, Value};

use super::cookies::check_lone;
use super::patterns::unfit_cookie;
use crate::re2::{Unfit, may_begin};

/// What ends the value of a cookie among others.
pub(super) const COOKIE_END: char = ';';

/// Reports values of a test that nobody sends: of a cookie, header or parameter, or a path.
pub(super) fn check_values(test: &Line<'_>, out: &mut Diagnostics) {
    if test.is("header") {
        check_lone(test, out);
    }
    for value in test.props().map(|prop| prop.value).chain(test.args()) {
        let value = &value;
        let (Some(text), regex) = pattern(value) else { continue };
        match test.word.name {
            "cookie" => cookie(text, regex, value, out),
            "query" if !regex => query(text, value, out),
            "header" if !regex && text.trim() != text => {
                out.report(&ODD_PATTERN, value.span)
                    .says("a header's value neither begins nor ends with a space")
                    .because("spaces around it are left out when it is read, so this would take nothing")
                    .help("write it without them");
            }
            "path" | "route" if regex && may_begin(text, b'/') == Some(false) => path(text, value, out),
            _ => {}
        }
    }
}

/// Returns the text of a pattern that has one, and whether it is a regex.
fn pattern<'a>(value: &Value<'a>) -> (Option<&'a str>, bool) {
    match value.data {
        Data::Pattern(Pattern::Regex(text)) => (Some(text), true),
        Data::Pattern(Pattern::Exact(text) | Pattern::Prefix(text)) => (Some(text), false),
        Data::Pattern(Pattern::Below(_) | Pattern::Present)
        | Data::Text(_)
        | Data::Number(_)
        | Data::Percent(_)
        | Data::Duration(_)
        | Data::Raw(..)
        | Data::Broken => (None, false),
    }
}

/// A cookie stands in one header with all others.
fn cookie(text: &str, regex: bool, value: &Value<'_>, out: &mut Diagnostics) {
    let why = match (regex, text.contains(COOKIE_END)) {
        // What is no regex at all is reported where it is checked as one.
        (true, _) => unfit_cookie(text),
        (false, true) => Some(Unfit::End),
        (false, false) => None,
    };
    match why {
        Some(Unfit::End) => out
            .report(&ODD_PATTERN, value.span)
            .says("a cookie's value has no `;`")
            .because("the next cookie begins there, so this would take what others say, or nothing")
            .help("leave it out: in a regex `.` and `[^a]` stop at `;` by themselves"),
        Some(Unfit::Anchor) => out
            .report(&ODD_PATTERN, value.span)
            .says("`^` and `$` stand in the middle of this regex")
            .because("a cookie stands among others in one header, so they would never hold")
            .help("leave them out: the whole value has to match anyway"),
        None => return,
    };
}

/// Parameters are compared as they were sent.
fn query(text: &str, value: &Value<'_>, out: &mut Diagnostics) {
    if text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'&' | b'#')) {
        return;
    }
    let sent: String = text.bytes().map(|byte| sent(byte, b"&#")).collect();
    out.report(&ODD_PATTERN, value.span)
        .says("no parameter is sent like that")
        .because("a proxy compares it as it stands in the URL, where such characters are encoded")
        .help(format!("write it as it is sent: \"{sent}\""));
}

/// Returns a byte as it stands in a URL.
fn sent(byte: u8, encoded: &[u8]) -> String {
    if byte.is_ascii_graphic() && !encoded.contains(&byte) {
        return char::from(byte).to_string();
    }
    format!("%{byte:02X}")
}

fn path(text: &str, value: &Value<'_>, out: &mut Diagnostics) {
    let bare = text.trim_start_matches('^');
    out.report(&NOT_A_PATH, value.span)
        .says("no path matches this regex")
        .because("paths begin with `/`, and the whole path has to match")
        .help(format!(
            "write {} for what is there, or {} for it behind anything",
            regex_value(&format!("/{bare}")),
            regex_value(&format!(".*{bare}"))
        ));
}
