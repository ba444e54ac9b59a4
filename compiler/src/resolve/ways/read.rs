//! Ways as they are written: the patterns of a route, and its `when`s.

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::{Line, Pattern, Value};

use super::patterns::{check, common_lists};
use super::values::check_values;
use super::{Named, Way};
use crate::resolve::http_words::PSEUDO_HEADER;
use crate::resolve::lists::list;
use crate::resolve::upstream::SAYS_NOTHING;

meshc_dialect::codes! {
    /// Two tests of one thing that cannot both be asked.
    TWO_TESTS_OF_ONE = error "two-tests-of-one" "A `when` asks two things of one header, cookie or parameter that cannot be put into one test.\n\nLines of a `when` are joined by and, but a proxy tests each name once. Say it in one pattern; for alternatives write the values on one line, or two `when`s.";
    /// A `path` where the route has patterns.
    PATH_IN_WHEN = error "path-in-when" "A `when` has a `path`, and its route has patterns.\n\n`route` says which paths, `when` says which of those requests. Move the path into the route's patterns, or leave those out.";
    /// A route that takes everything by accident.
    NO_PATTERN = error(absence) "no-pattern" "A route has neither a pattern nor a `when`.\n\nIt would take every request, and hide the routes below it. Say which paths: `route \"/api/*\"`; what no route takes goes where the block itself says.";
    /// A `when` that stands for very many tests.
    TOO_MANY_WAYS = error "too-many-ways" "A `when` stands for more tests than a proxy should try.\n\nCookies stand in one header in any order, so each order of them is a regex; a `not` of several lines is an alternative for each of them, and several such lines multiply. Ask for less, or write one `not` a line.";
    /// A negated regex that takes the empty value.
    NOT_EMPTY = error "not-empty" "A `not` has a pattern that an empty value fulfils.\n\nProxies treat a missing header as an empty one there, so requests without the header would be left out as well. Write `*` for a header that must not be there at all, or a regex that needs a character.";
}

/// The most cookies that one `when` may ask for: each order of them is a regex of its own.
const MOST_COOKIES: usize = 3;

/// The most tests that one `when` may stand for.
const MOST_WAYS: usize = 64;

/// Returns the patterns of a route.
pub(in super::super) fn patterns<'a>(route: &Line<'a>, out: &mut Diagnostics) -> Vec<Pattern<'a>> {
    check_values(route, out);
    route.args().inspect(|value| check(value, out)).filter_map(|value| value.pattern()).collect()
}

/// The most tests that one route may become.
pub(in super::super) const MOST_TESTS: usize = 4096;

/// Returns the ways in of a route or canary: its patterns and its `when`s. Lines that stand directly in it are one `when`. If
/// there are more than a route may have, the rest is left out.
pub(in super::super) fn conditions<'a>(
    line: &Line<'a>,
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> Vec<Way<'a>> {
    let paths = if line.is("route") { patterns(line, out) } else { Vec::new() };
    let mut whens: Vec<Way<'a>> = Vec::new();
    if line.is("canary") && line.lines().iter().any(is_test) {
        whens = when(line, &paths, arena, out);
    }
    for inner in line.lines().iter().filter(|inner| inner.is("when")) {
        let ways = when(inner, &paths, arena, out);
        if whens.is_empty() {
            whens = ways;
        } else {
            whens.extend(ways);
        }
    }
    if paths.is_empty() {
        return whens;
    }
    if whens.is_empty() {
        whens.push(Way::default());
    }
    let with = |path: &Pattern<'a>| {
        let path = (*path != Pattern::Below("")).then_some(*path);
        whens.iter().map(move |way| Way { path, ..*way })
    };
    // More are not needed to tell that they are too many.
    paths.iter().flat_map(with).take(MOST_TESTS + 1).collect()
}

fn is_test(line: &Line<'_>) -> bool {
    matches!(
        line.word.name,
        "path" | "host" | "port" | "header" | "cookie" | "query" | "method" | "from" | "not"
    )
}

/// Returns the conjunctions that the tests in a line stand for: more than one where it has several paths, or a `not` of
/// several lines.
fn when<'a>(line: &Line<'a>, paths: &[Pattern<'a>], arena: &'a Bump, out: &mut Diagnostics) -> Vec<Way<'a>> {
    let mut way = Way::default();
    let (mut headers, mut cookies, mut query) = (Asked::new(), Asked::new(), Asked::new());
    let mut own_paths: Option<Vec<Option<Pattern<'a>>>> = None;
    let mut labels: Vec<(&'a str, &'a str)> = Vec::new();
    let mut nots: Vec<&Line<'a>> = Vec::new();
    let tests = || line.lines().iter().filter(|test| is_test(test));
    if line.lines().is_empty() {
        asks_nothing(line, "a `when` that asks for nothing takes every request of the route", out);
    }
    for test in tests() {
        match test.word.name {
            "path" if paths.is_empty() => {
                check_values(test, out);
                let every = |value: Value<'a>| {
                    value.pattern().map(|pattern| (pattern != Pattern::Below("")).then_some(pattern))
                };
                let paths = test.args().inspect(|value| check(value, out));
                own_paths = Some(paths.filter_map(every).collect());
            }
            "path" => {
                out.report(&PATH_IN_WHEN, test.span)
                    .says("the route has patterns already")
                    .help("move the path into the route: route \"/a/*\" \"/b\" { … }");
            }
            "host" => {
                let hosts = test.args().inspect(|value| check(value, out));
                way.authority = list(test.args().len(), hosts.filter_map(|value| value.pattern()), arena);
            }
            "port" => {
                way.port =
                    test.arg(0).and_then(|value| value.number()).and_then(|port| u16::try_from(port).ok())
            }
            "method" => {
                let mut methods: Vec<&'a str> = test.args().filter_map(|value| value.text()).collect();
                methods.sort_unstable();
                methods.dedup();
                way.methods = arena.alloc_slice_copy(&methods);
            }
            "header" => named(&mut headers, test, true, arena, out),
            "cookie" => named(&mut cookies, test, false, arena, out),
            "query" => named(&mut query, test, false, arena, out),
            "from" => from(&mut way, &mut labels, test, out),
            "not" if test.lines().is_empty() => {
                asks_nothing(test, "nothing is left out by it", out);
            }
            "not" => nots.push(test),
            other => unreachable!("`{other}` is no row of `when`"),
        }
    }
    labels.sort_unstable();
    way.labels = arena.alloc_slice_copy(&labels);
    if cookies.len() > MOST_COOKIES
        && let Some(line) = tests().rev().find(|test| test.is("cookie"))
    {
        out.report(&TOO_MANY_WAYS, line.span)
            .says(format!("a `when` asks for more than {MOST_COOKIES} cookies"))
            .because("they stand in one header in any order, and a proxy would need a regex for each order")
            .help("ask for fewer, or let the application put what matters into one cookie or header");
        cookies.truncate(MOST_COOKIES);
    }
    if !cookies.is_empty() && headers.iter().any(|(name, _)| *name == "cookie") {
        headers.retain(|(name, _)| *name != "cookie");
        cookie_twice(&mut tests(), out);
    }
    (way.headers, way.cookies, way.query) = (kept(headers, arena), kept(cookies, arena), kept(query, arena));
    let ways = excluding(way, &nots, arena, out);
    let Some(paths) = own_paths else { return ways };
    ways.iter().flat_map(|way| paths.iter().map(|path| Way { path: *path, ..*way })).collect()
}

fn asks_nothing(line: &Line<'_>, because: &str, out: &mut Diagnostics) {
    out.report(&SAYS_NOTHING, line.span)
        .says(format!("this `{}` asks for nothing", line.word.name))
        .because(because)
        .help("say what requests have: header x-canary=always; or take it out");
}

/// Reports a `when` that asks for cookies, and for the header that they stand in.
fn cookie_twice<'a>(tests: &mut dyn Iterator<Item = &'a Line<'a>>, out: &mut Diagnostics) {
    let whole = |test: &&Line<'_>| {
        test.is("header") && test.props().any(|prop| prop.key.text.eq_ignore_ascii_case("cookie"))
    };
    let about: Vec<&Line<'_>> = tests.filter(|test| test.is("cookie") || whole(test)).collect();
    let (Some(one), Some(header)) =
        (about.iter().find(|test| test.is("cookie")), about.iter().find(|test| whole(test)))
    else {
        return;
    };
    out.report(&TWO_TESTS_OF_ONE, header.span)
        .says("this is about the header that all cookies stand in")
        .also(one.span, "and so is this")
        .because("a proxy tests each header once")
        .help("say what its cookies are with `cookie` lines alone, or all of it in one regex for the header");
}

/// Names that are asked for, each with its patterns, while they are read.
type Asked<'a> = Vec<(&'a str, Vec<Pattern<'a>>)>;

fn kept<'a>(asked: Asked<'a>, arena: &'a Bump) -> &'a [Named<'a>] {
    if asked.is_empty() {
        return &[];
    }
    let named = |(name, patterns): (&'a str, Vec<Pattern<'a>>)| (name, &*arena.alloc_slice_copy(&patterns));
    arena.alloc_slice_fill_iter(asked.into_iter().map(named))
}

/// Headers and cookies that may not be there, while they are read.
#[derive(Clone, Default)]
struct Excluded<'a> {
    headers: Asked<'a>,
    cookies: Asked<'a>,
}

/// Returns what is left of a way under these `not`s.
fn excluding<'a>(way: Way<'a>, nots: &[&Line<'a>], arena: &'a Bump, out: &mut Diagnostics) -> Vec<Way<'a>> {
    if nots.is_empty() {
        return vec![way];
    }
    let mut all = vec![Excluded::default()];
    for not in nots {
        if all.len().saturating_mul(not.lines().len()) > MOST_WAYS {
            out.report(&TOO_MANY_WAYS, not.span)
                .says(format!("with this line the `when` stands for more than {MOST_WAYS} tests"))
                .because("a `not` of several lines is an alternative for each of them, and they multiply")
                .help("write one `not` a line where none of them may hold");
            break;
        }
        all = all.iter().flat_map(|excluded| without(excluded, not, arena, out)).collect();
    }
    let left = |Excluded { headers, cookies }| Way {
        not_headers: kept(headers, arena),
        not_cookies: kept(cookies, arena),
        ..way
    };
    all.into_iter().map(left).collect()
}

/// Not all of these lines: without the first, or without the second, and so on.
fn without<'a>(
    before: &Excluded<'a>,
    not: &Line<'a>,
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> Vec<Excluded<'a>> {
    let mut all = Vec::new();
    for line in not.lines() {
        let mut excluded = before.clone();
        let header = line.is("header");
        let list = if header { &mut excluded.headers } else { &mut excluded.cookies };
        let Some((name, patterns)) = tested(line, header, arena, out) else { continue };
        for value in values(line) {
            let takes_nothing = matches!(value.pattern(), Some(Pattern::Regex(regex)) if super::patterns::regex_takes(regex, "") == Some(true));
            if header && takes_nothing {
                out.report(&NOT_EMPTY, value.span)
                    .says("an empty value fulfils this regex, and a missing header counts as one")
                    .because("requests without the header would be left out, too")
                    .help("write `*` for a header that must not be there, or a regex that needs a character");
            }
        }
        match list.iter_mut().find(|(other, _)| *other == name) {
            Some((_, mine)) => mine.extend(patterns),
            None => list.push((name, patterns)),
        }
        list.sort();
        all.push(excluded);
    }
    all
}

fn from<'a>(way: &mut Way<'a>, labels: &mut Vec<(&'a str, &'a str)>, line: &Line<'a>, out: &mut Diagnostics) {
    if line.props().is_empty() {
        out.report(&SAYS_NOTHING, line.span)
            .says("from where?")
            .help("say `from namespace=shop`, `from service=frontend` or `from app=frontend`");
    }
    for prop in line.props() {
        if prop.key.text == "namespace" && way.namespace.is_some() && way.namespace != prop.value.text() {
            out.report(&TWO_TESTS_OF_ONE, line.span)
                .says("a caller is in one namespace, and this is the second")
                .because("lines of a `when` are joined by and, so no request would be taken")
                .help("write two `when`s");
            continue;
        }
        match (prop.key.text, prop.value.text()) {
            ("namespace", namespace) => way.namespace = namespace,
            // A service is its pods; `resolve` puts its labels here before the way is used.
            ("service", Some(service)) => labels.push((super::super::names::BY_SERVICE, service)),
            (name, Some(value)) => labels.push((name, value)),
            (_, None) => {}
        }
    }
}

/// Adds a test of a name, together with what was asked of it before.
fn named<'a>(list: &mut Asked<'a>, line: &Line<'a>, folded: bool, arena: &'a Bump, out: &mut Diagnostics) {
    let Some((name, patterns)) = tested(line, folded, arena, out) else { return };
    // Each name is there once, and they are sorted.
    let before = match list.binary_search_by(|(other, _)| (**other).cmp(name)) {
        Ok(place) => &mut list[place].1,
        Err(place) => return list.insert(place, (name, patterns)),
    };
    match common_lists(before, &patterns) {
        Some(both) if !both.is_empty() => *before = both,
        Some(_) => {
            out.report(&TWO_TESTS_OF_ONE, line.span)
                .says(format!("`{name}` cannot be all of these at once"))
                .because("no request would be taken")
                .help("write alternatives on one line, or as two `when`s");
        }
        None => {
            out.report(&TWO_TESTS_OF_ONE, line.span)
                .says(format!("`{name}` is tested twice, and the two cannot be put into one pattern"))
                .because("a proxy tests each name once")
                .help("write one regex that says both");
        }
    }
}

fn tested<'a>(
    line: &Line<'a>,
    folded: bool,
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> Option<(&'a str, Vec<Pattern<'a>>)> {
    for value in values(line) {
        check(&value, out);
    }
    check_values(line, out);
    let prop = line.props().first()?;
    let name = prop.key.text;
    if folded && name.eq_ignore_ascii_case("host") {
        out.report(&PSEUDO_HEADER, prop.name().span)
            .says("`host` is not a header to ask for")
            .because("proxies keep it apart from the others, so no request would be taken")
            .help("say it as a line of the `when`: host shop.example.com");
        return None;
    }
    // Header names are compared as HTTP/2 sends them.
    let upper = folded && name.bytes().any(|byte| byte.is_ascii_uppercase());
    let name = if upper { arena.alloc_str(&name.to_ascii_lowercase()) } else { name };
    let patterns: Vec<Pattern<'a>> = values(line).filter_map(|value| value.pattern()).collect();
    (!patterns.is_empty()).then_some((name, patterns))
}

fn values<'a>(line: &Line<'a>) -> impl Iterator<Item = Value<'a>> + use<'a> {
    line.props().map(|prop| prop.value).chain(line.args())
}
