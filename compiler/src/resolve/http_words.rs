//! Words of HTTP handling, read: retry, fault, cors.

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::kind::pattern::escape;
use meshc_dialect::line::{Line, Value};

use super::blocks::{Block, find};
use super::context::Context;
use super::nearest::nearest;
use super::show;
use super::upstream::SAYS_NOTHING;
use super::ways;
use crate::mesh::{Cors, Fault, Origin, Retry, RetryPlan};

meshc_dialect::codes! {
    /// A condition for retries that nobody knows, or that has no retry.
    RETRY_ON = error "retry-on" "A `retry` line names a condition that Envoy does not know, or one for no retry at all.\n\nEnvoy passes over what it does not know, so nothing would be tried again. The conditions are 5xx, gateway-error, reset, reset-before-request, connect-failure, retriable-4xx, refused-stream, retriable-status-codes, retriable-headers, envoy-ratelimited, http3-post-connect-failure, the grpc ones cancelled, deadline-exceeded, internal, resource-exhausted, unavailable, and single statuses that have a name, such as 503.";
    /// Retries that cannot fit.
    RETRIES_EXCEED_TIMEOUT = warning "retries-exceed-timeout" "Retries cannot all happen within the timeout.\n\nThe timeout holds for all tries together. Tries times the time that each may take, backoff not counted, is more than that: the last tries are cut off or never made. Make the timeout longer, or the tries fewer or shorter.";
    /// A body too long to be sent to every proxy.
    LONG_BODY = error "long-body" "The `body` of a `respond` is longer than 100 kB.\n\nIt becomes part of the configuration of every proxy that has the route. Let a service answer instead.";
    /// One header changed twice.
    REPEATED_HEADER = error "repeated-header" "A header is set or added twice on one level.\n\nOnly one of the two could hold. Keep one.";
    /// Words of a rewrite that do not go together.
    ODD_REWRITE = error "odd-rewrite" "A `rewrite` line has words that do not go together.\n\nA path is rewritten in one way: `path=` replaces the matched prefix or the whole path, `regex=` with `to=` replaces what the regex finds, where `\\1` is what its first pair of parentheses found. A `to=` that names a group which is not there would leave every path as it is.";
    /// Any site may act as its visitors.
    OPEN_CORS = warning "open-cors" "A `cors` lets pages from any site call with the credentials of whoever looks at them.\n\nBrowsers refuse `*` together with credentials, but no proxy sends that: Envoy answers with the name of the very site that asks. So a page of any site may send requests with the cookies of its visitor, and read the answers. Name the origins whose pages may do so, or leave `credentials` out.";
    /// A header that is not ours to change.
    PSEUDO_HEADER = error "pseudo-header" "A header is changed or asked for that is not one.\n\n`host` is changed with `rewrite host=`, so that what the server sees and what the route says are one, and asked for with a `host` line in the `when`: proxies keep it apart from the headers.";
}

/// What Envoy knows to be retried, as Istio's webhook lists it.
const CONDITIONS: &[&str] = &[
    "5xx",
    "gateway-error",
    "reset",
    "reset-before-request",
    "connect-failure",
    "retriable-4xx",
    "refused-stream",
    "retriable-status-codes",
    "retriable-headers",
    "envoy-ratelimited",
    "http3-post-connect-failure",
    "cancelled",
    "deadline-exceeded",
    "internal",
    "resource-exhausted",
    "unavailable",
];

/// Returns what a `retry` line says.
pub(super) fn retry<'a>(line: &Line<'a>, ctx: &mut Context<'a, '_>) -> Retry<'a> {
    let millis = |name: &str| line.prop(name).and_then(|value| value.millis());
    let attempts = match line.arg(0).and_then(|value| value.number()).map(u32::try_from) {
        None | Some(Err(_)) => return Retry::Default,
        Some(Ok(0)) => return Retry::Off,
        Some(Ok(attempts)) => attempts,
    };
    let on = line.prop("on").and_then(|value| value.text()).map(|on| without_spaces(on, ctx.arena));
    let plan = RetryPlan { attempts, per_try: millis("per-try"), on, backoff: millis("backoff") };
    let plan = match ctx.last_retry {
        Some(last) if *last == plan => last,
        Some(_) | None => ctx.arena.alloc(plan),
    };
    ctx.last_retry = Some(plan);
    Retry::Set(plan)
}

/// Returns conditions as proxies take them: with commas and nothing else between.
fn without_spaces<'a>(on: &'a str, arena: &'a Bump) -> &'a str {
    match on.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => on,
        false => arena.alloc_str(&on.split(',').map(str::trim).collect::<Vec<_>>().join(",")),
    }
}

/// Returns what `fault` lines say.
pub(super) fn fault(lines: &[&Line<'_>]) -> Fault {
    let mut fault = Fault::default();
    for line in lines {
        let percent = line.prop("percent").and_then(|value| value.percent()).unwrap_or(10_000);
        if let Some(delay) = line.prop("delay").and_then(|value| value.millis()) {
            fault.delay = Some((delay, percent));
        }
        if let Some(status) =
            line.prop("abort").and_then(|value| value.number()).and_then(|status| u16::try_from(status).ok())
        {
            fault.abort = Some((status, percent));
        }
    }
    fault
}

/// Returns what a `cors` line says.
pub(super) fn cors<'a>(line: &Line<'a>, arena: &'a Bump) -> Cors<'a> {
    let texts = |word: &str| {
        find(line.lines(), word)
            .map_or(Vec::new(), |line| line.args().filter_map(|value| value.text()).collect())
    };
    let origins = texts("origin").into_iter().map(|origin| match origin.split_once("*.") {
        _ if origin == "*" => Origin::Regex(".*"),
        Some((scheme, rest)) => {
            Origin::Regex(arena.alloc_str(&format!("{}[^/:]+\\.{}", escape(scheme), escape(rest))))
        }
        None => Origin::Exact(origin),
    });
    Cors {
        origins: origins.collect(),
        methods: texts("methods"),
        headers: texts("headers"),
        expose: texts("expose"),
        max_age: find(line.lines(), "max-age").and_then(|line| line.arg(0)).and_then(|value| value.millis()),
        credentials: find(line.lines(), "credentials").is_some(),
    }
}

/// Reports what is wrong with the words of a block and its routes.
pub(super) fn check(block: &Block<'_>, out: &mut Diagnostics) {
    let outer = block.find("timeout");
    level_words(block.lines, out);
    tries(block, outer, block.find("retry"), out);
    for route in block.all("route") {
        let timeout = find(route.lines(), "timeout").or(outer);
        level_words(route.lines(), out);
        tries(block, timeout, find(route.lines(), "retry"), out);
    }
}

fn level_words(lines: &[Line<'_>], out: &mut Diagnostics) {
    for line in lines {
        match line.word.name {
            "retry" => conditions(line, out),
            "fault" if line.prop("delay").is_none() && line.prop("abort").is_none() => {
                out.report(&SAYS_NOTHING, line.span)
                    .says("this `fault` breaks nothing")
                    .help("say what it does: fault delay=\"3s\" percent=20, or fault abort=503 percent=1");
            }
            "rewrite" => rewrite(line, out),
            "headers" => no_edits(line, out),
            "to" => {
                line.lines().iter().filter(|line| line.is("headers")).for_each(|line| no_edits(line, out))
            }
            "cors" if find(line.lines(), "origin").is_none() && !line.is_broken() => {
                out.report(&SAYS_NOTHING, line.span)
                    .says("this `cors` lets nobody in")
                    .because("a page from any origin would be refused")
                    .help("say who may call: origin \"https://shop.example.com\"; or leave it out");
            }
            "cors" => open(line, out),
            "respond" => body(line, out),
            _ => {}
        }
    }
}

/// Reports tries that cannot fit into their timeout, at the line of the two that stands nearest: one may be that of a template,
/// and fits whatever else uses it.
fn tries(block: &Block<'_>, timeout: Option<&Line<'_>>, retry: Option<&Line<'_>>, out: &mut Diagnostics) {
    let (Some(timeout), Some(retry)) = (timeout, retry) else { return };
    let limit = timeout.arg(0).and_then(|value| value.millis());
    let per_try = retry.props().find(|prop| prop.key.text == "per-try");
    let each = per_try.and_then(|prop| prop.value.millis());
    let tries = retry.arg(0).and_then(|value| value.number());
    let (Some(limit), Some(per_try), Some(each), Some(tries)) = (limit, per_try, each, tries) else {
        return;
    };
    if tries == 0 || (tries + 1).saturating_mul(each) <= limit {
        return;
    }
    let fits = limit.div_ceil(each);
    let changed = per_try.name().span.to(per_try.value.span);
    let place = nearest(block, retry.span, &[changed, timeout.span]);
    let found = out.report(&RETRIES_EXCEED_TIMEOUT, place);
    let (each, all) = (show::duration(each), show::duration(limit));
    found.says(format!("{} tries of {each} take longer than the timeout of {all}", tries + 1));
    if place != retry.span {
        found.also(retry.span, "the tries");
    }
    if place != timeout.span {
        found.also(timeout.span, "all tries together");
    }
    found
        .because(format!("the caller gets an error after {fits} of them"))
        .help("make the timeout longer, or the tries fewer or shorter");
}

/// Reports header changes of which there are none.
fn no_edits(line: &Line<'_>, out: &mut Diagnostics) {
    let blocks = [Some(line), find(line.lines(), "response")];
    for line in blocks.into_iter().flatten().filter(|line| line.lines().is_empty() && !line.is_broken()) {
        out.report(&SAYS_NOTHING, line.name())
            .says(format!("this `{}` changes no header", line.word.name))
            .help("say what becomes of which: set x-edge=public; what is said elsewhere goes with `drop headers`");
    }
}

/// Reports that pages of any site may call with credentials.
fn open(line: &Line<'_>, out: &mut Diagnostics) {
    let all = find(line.lines(), "origin")
        .and_then(|origin| origin.args().find(|value| value.text() == Some("*")).map(|value| value.span));
    let (Some(all), Some(credentials)) = (all, find(line.lines(), "credentials")) else { return };
    out.report(&OPEN_CORS, all)
        .says("pages from any site may call with the cookies of whoever looks at them")
        .also(credentials.span, "with credentials")
        .because("a browser is told that the very site that asks is allowed: it may act as the user, and read the answers")
        .help("name the sites: origin \"https://shop.example.com\" \"https://*.shop.example.com\"; or take `credentials` out");
}

/// Reports a body that istiod would not like to send to every proxy.
fn body(line: &Line<'_>, out: &mut Diagnostics) {
    let Some(value) = line.prop("body") else { return };
    let Some(length) = value.text().map(str::len).filter(|length| *length > LONGEST_BODY) else { return };
    out.report(&LONG_BODY, line.name())
        .says(format!("this body has {length} bytes"))
        .because(
            "it would be sent to every proxy that has the route; Istio warns from 100 kB on and refuses 1 MB",
        )
        .help(format!("write at most {LONGEST_BODY} bytes, or let a service answer"));
}

/// The longest body that Istio takes without a warning.
const LONGEST_BODY: usize = 100 * 1024;

/// Checks that the words of a `rewrite` go together.
fn rewrite(line: &Line<'_>, out: &mut Diagnostics) {
    let prop = |name: &str| line.prop(name);
    if line.props().is_empty() {
        out.report(&SAYS_NOTHING, line.span).says("this `rewrite` changes nothing").help(
            "say what: rewrite path=\"/\", rewrite host=old.example.com, or rewrite regex=\"…\" to=\"…\"",
        );
        return;
    }
    match (prop("regex"), prop("to"), prop("path")) {
        (Some(regex), Some(to), None) => {
            let (Some(pattern), Some(text)) = (regex.text(), to.text()) else { return };
            let Some(groups) = ways::check_text(pattern, &regex, out) else { return };
            if let Some(group) = wrong_group(text, groups) {
                out.report(&ODD_REWRITE, to.span)
                    .says(format!("`{group}` is no group of the regex"))
                    .also(
                        regex.span,
                        match groups {
                            0 => "it has no groups".to_owned(),
                            count => format!("it has groups up to \\{count}"),
                        },
                    )
                    .because("Envoy would leave every path as it is")
                    .help("`\\1` is what the first pair of parentheses finds, `\\\\` is a backslash");
            }
        }
        (Some(regex), None, None) => {
            out.report(&ODD_REWRITE, regex.span)
                .says("nothing says what takes the place of what the regex finds")
                .help("say `to=` as well: rewrite regex=\"^/v[0-9]+\" to=\"\"");
        }
        (None, Some(to), _) => {
            out.report(&ODD_REWRITE, to.span)
                .says("`to=` goes with `regex=`")
                .help("for a new prefix or path say path=; for a pattern say regex= as well");
        }
        (Some(regex), _, Some(path)) => {
            out.report(&ODD_REWRITE, regex.span)
                .says("a path is rewritten once: with `path=` or with `regex=`")
                .also(path.span, "the other one")
                .because("Istio would refuse the whole object")
                .help("keep one of them");
        }
        (None, None, _) => {}
    }
}

/// Returns the first reference in a replacement that its regex does not fill.
fn wrong_group(text: &str, groups: usize) -> Option<String> {
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            continue;
        }
        match rest.next() {
            Some('\\') => {}
            Some(digit) if digit.to_digit(10).is_some_and(|group| group as usize <= groups) => {}
            other => return Some(format!("\\{}", other.map(String::from).unwrap_or_default())),
        }
    }
    None
}

/// Tells whether a status has a name of its own; Istio's webhook refuses others to be retried.
fn has_a_name(status: u16) -> bool {
    matches!(
        status,
        100..=103 | 200..=208 | 226 | 300..=305 | 307 | 308 | 400..=418 | 421..=426 | 428 | 429 | 431 | 451 | 500..=508 | 510 | 511
    )
}

fn conditions(line: &Line<'_>, out: &mut Diagnostics) {
    // A template may be used without tries: then its `$tries` stands elsewhere.
    let here = |value: &Value<'_>| {
        let (line, value) = (line.span, value.span);
        line.file() == value.file() && line.start() <= value.start() && value.end() <= line.end()
    };
    if line.arg(0).filter(here).and_then(|value| value.number()) == Some(0)
        && let Some(prop) = line.props().first()
    {
        out.report(&RETRY_ON, prop.name().span)
            .says(format!("`{}=` does nothing beside `retry 0`", prop.key.text))
            .because("nothing is tried again")
            .help("write `retry 0` alone, or how often to try again");
    }
    let Some(value) = line.prop("on") else { return };
    let Some(text) = value.text() else { return };
    let known =
        |condition: &str| CONDITIONS.contains(&condition) || condition.parse::<u16>().is_ok_and(has_a_name);
    // Most are short: it takes longer to set out for the next comma than to walk there.
    let mut conditions = text.split([',']);
    if let Some(unknown) = conditions.find(|condition| !known(condition) && !known(condition.trim())) {
        let unknown = unknown.trim();
        let near = meshc_dialect::suggest::nearest(unknown, CONDITIONS.iter().copied());
        let found = out.report(&RETRY_ON, value.span);
        found
            .says(format!("`{unknown}` is no condition for a retry"))
            .because("Envoy passes over what it does not know, and nothing would be tried again");
        match near {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found.help(
                "say for example \"5xx,reset,connect-failure\"; `meshc explain retry-on` lists them all",
            ),
        };
    }
}
