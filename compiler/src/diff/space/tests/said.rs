//! Differences in words.

use insta::assert_snapshot;

use super::super::Verdict;
use super::{Compared, Written, compared};
use crate::mesh::Pattern::{self, Exact, Prefix, Present, Regex};
use crate::mesh::Test::{self, Authority, Header, Method, NoHeader, Path, Query};

fn starts(path: &str) -> Test<'_> {
    Path(Prefix(path))
}

fn row<'a>(tests: &[Test<'a>], outcome: u32) -> Written<'a> {
    (vec![tests.to_vec()], outcome)
}

fn said(before: &[Written<'_>], after: &[Written<'_>]) -> String {
    let Compared { verdict, assumed, repeated, older } = compared(before, after);
    let (word, classes, obstacles) = match verdict {
        Verdict::Same => ("same".to_owned(), Vec::new(), Vec::new()),
        Verdict::Different(classes) => ("different".to_owned(), classes, Vec::new()),
        Verdict::Unknown { classes, obstacles } => ("unknown".to_owned(), classes, obstacles),
    };
    let mut lines = vec![format!("{word} {assumed:?}")];
    let labelled = classes.iter().map(|class| ("", class));
    let labelled = labelled.chain(repeated.iter().map(|class| ("repeated: ", class)));
    for (label, class) in labelled.chain(older.iter().map(|class| ("older: ", class))) {
        let (before, after, witness) = (class.before, class.after, &class.witness);
        let headers: String =
            witness.headers.iter().map(|(name, value)| format!(" {name}:{value}")).collect();
        lines.push(format!(
            "{label}{} -> {}: {} [{} {}{}{headers}]",
            before.outcome, after.outcome, class.when, witness.method, witness.authority, witness.path
        ));
    }
    lines.extend(obstacles.iter().map(|obstacle| format!("{obstacle:?}")));
    lines.join("\n")
}

#[test]
fn a_longer_prefix_leaves_something_out() {
    let (before, after) = (row(&[starts("/api")], 1), row(&[starts("/api/")], 1));
    assert_snapshot!(said(&[before], &[after]), @"
    different []
    1 -> 0: path starts with /api but not what starts with /api/ [GET shop.example/api]
    ");
}

#[test]
fn order_matters_where_rows_overlap() {
    let (api, canary) = (row(&[starts("/api")], 1), row(&[Header("X-Canary", Exact("always"))], 2));
    assert_snapshot!(said(&[api.clone(), canary.clone()], &[canary, api]), @r#"
    different []
    1 -> 2: path starts with /api, header x-canary is "always" [GET shop.example/api x-canary:always]
    "#);
    let (api, web) = (row(&[starts("/api")], 1), row(&[starts("/web")], 2));
    assert_snapshot!(said(&[api.clone(), web.clone()], &[web, api]), @"same []");
}

#[test]
fn a_method_is_taken_away() {
    let ways = |methods: &[&'static str]| -> Vec<Vec<Test<'static>>> {
        methods.iter().map(|method| vec![starts("/"), Method(Exact(method))]).collect()
    };
    let (before, after) = ((ways(&["GET", "POST", "PUT"]), 1), (ways(&["GET"]), 1));
    assert_snapshot!(said(&[before], &[after]), @"
    different []
    1 -> 0: method POST or PUT [POST shop.example/]
    ");
}

#[test]
fn a_pattern_may_be_said_otherwise() {
    let all = row(&[Path(Regex("/.*"))], 1);
    assert_snapshot!(said(&[row(&[], 1)], &[all]), @"same []");
    let ids = |regex: &'static str| row(&[Path(Regex(regex))], 1);
    assert_snapshot!(said(&[ids("/v[0-9]+/.*")], &[ids(r"/v\d\d*(/.*)")]), @"same []");
    assert_snapshot!(said(&[ids("/v[0-9]+/.*")], &[ids("/v[0-9]/.*")]), @"
    different []
    1 -> 0: path matches /v[0-9]+/.* but not what matches /v[0-9]/.* [GET shop.example/v11/]
    ");
    assert_snapshot!(said(&[row(&[starts("/a/..")], 1)], &[row(&[starts("/a/...")], 1)]), @"
    different []
    1 -> 0: path starts with /a/.. but not what starts with /a/... [GET shop.example/a/..a]
    ");
    assert_snapshot!(said(&[row(&[Path(Exact("/a/../b"))], 1)], &[]), @"same []");
    assert_snapshot!(said(&[row(&[Path(Exact("/%61"))], 1)], &[]), @"same []");
}

#[test]
fn an_absent_header_counts_as_empty_for_what_must_not_be() {
    let not = |pattern: Pattern<'static>| row(&[NoHeader("x", pattern)], 1);
    assert_snapshot!(said(&[not(Regex(".*"))], &[not(Regex(".+"))]), @r#"
    different [HeadersComeOnce, HeadersAreUtf8]
    0 -> 1: header x does not match ".+" [GET shop.example/]
    "#);
    assert_snapshot!(said(&[not(Exact("a"))], &[not(Present)]), @r#"
    different []
    1 -> 0: header x is there but is not "a" [GET shop.example/ x:other]
    "#);
    assert_snapshot!(said(&[row(&[Header("x", Present)], 1)], &[]), @"
    different []
    1 -> 0: header x is there [GET shop.example/ x:other]
    ");
}

#[test]
fn a_query_and_a_host_are_tested() {
    let query = |pattern: Pattern<'static>| row(&[Query("v", pattern)], 1);
    assert_snapshot!(said(&[query(Exact("1"))], &[query(Prefix("1"))]), @r#"
    different []
    0 -> 1: query v starts with "1" but is not "1" [GET shop.example/?v=1a]
    "#);
    assert_snapshot!(said(&[row(&[Authority(Exact("shop.example"))], 1)], &[]), @"
    different []
    1 -> 0: host is shop.example [GET shop.example/]
    ");
    assert_snapshot!(said(&[row(&[Authority(Exact("SHOP.example:80"))], 1)], &[]), @"
    different []
    1 -> 0: host is SHOP.example:80 [GET SHOP.example:80/]
    ");
    assert_snapshot!(said(&[row(&[Authority(Exact("other.example"))], 1)], &[]), @"same []");
    assert_snapshot!(said(&[row(&[Authority(Prefix("a"))], 1)], &[]), @"
    different []
    1 -> 0: host starts with a [GET a.shop.example/]
    ");
}

#[test]
fn repeated_headers_are_looked_at_apart() {
    let (one, two) = (row(&[Header("x", Exact("a"))], 1), row(&[Header("x", Exact("b"))], 2));
    assert_snapshot!(said(&[one.clone(), two.clone()], &[two, one]), @r#"
    same [HeadersComeOnce]
    repeated: 1 -> 2: header x is "a", header x is "b" [GET shop.example/ x:a x:b]
    "#);
}

#[test]
fn older_proxies_are_looked_at_apart() {
    let (one, two) = (row(&[Header("x", Exact("É"))], 1), row(&[Header("x", Regex("(?i)É"))], 1));
    assert_snapshot!(said(&[one], &[two]), @r#"
    same [HeadersAreUtf8, ProxiesMatchBytes]
    older: 0 -> 1: header x matches "(?i)É" but is not "É" [GET shop.example/ x:é]
    "#);
}

#[test]
fn what_is_too_large_is_unknown_unless_it_is_untouched() {
    let crazy = || row(&[Path(Regex("/[ab]*a[ab]{30}"))], 3);
    let (api, web) = (row(&[starts("/api")], 1), row(&[starts("/web")], 2));
    assert_snapshot!(said(&[crazy(), api.clone(), web.clone()], &[crazy(), web.clone(), api.clone()]), @"same []");
    assert_snapshot!(said(&[crazy(), api.clone()], &[api.clone(), crazy()]), @"same []");
    let near = row(&[starts("/ab")], 1);
    assert_snapshot!(said(&[crazy(), near.clone()], &[near, crazy()]), @r#"
    unknown []
    Patterns(Path, ["/[ab]*a[ab]{30}"])
    "#);
    let far = row(&[Path(Exact("/aaa"))], 1);
    assert_snapshot!(said(&[crazy(), far.clone()], &[far, crazy()]), @"same []");
    assert_snapshot!(said(&[crazy()], &[row(&[Path(Regex("/[ab]*a[ab]{30}"))], 4)]), @"
    different []
    3 -> 4: path matches /[ab]*a[ab]{30} [GET shop.example/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]
    ");
    assert_snapshot!(said(&[crazy()], &[row(&[Path(Regex("/[ba]*a[ab]{30}"))], 3)]), @r#"
    unknown []
    Patterns(Path, ["/[ab]*a[ab]{30}", "/[ba]*a[ab]{30}"])
    "#);
}
