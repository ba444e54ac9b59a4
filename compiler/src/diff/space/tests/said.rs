//! Differences in words.

use insta::assert_snapshot;

use super::super::{Dead, Verdict, dead};
use super::{Budget, Compared, Written, compared, domain, table};
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
    assert_snapshot!(said(&[before], &[after]), @"");
}

#[test]
fn order_matters_where_rows_overlap() {
    let (api, canary) = (row(&[starts("/api")], 1), row(&[Header("X-Canary", Exact("always"))], 2));
    assert_snapshot!(said(&[api.clone(), canary.clone()], &[canary, api]), @"");
    let (api, web) = (row(&[starts("/api")], 1), row(&[starts("/web")], 2));
    assert_snapshot!(said(&[api.clone(), web.clone()], &[web, api]), @"same []");
}

#[test]
fn a_method_is_taken_away() {
    let ways = |methods: &[&'static str]| -> Vec<Vec<Test<'static>>> {
        methods.iter().map(|method| vec![starts("/"), Method(Exact(method))]).collect()
    };
    let (before, after) = ((ways(&["GET", "POST", "PUT"]), 1), (ways(&["GET"]), 1));
    assert_snapshot!(said(&[before], &[after]), @"");
}

#[test]
fn a_pattern_may_be_said_otherwise() {
    let all = row(&[Path(Regex("/.*"))], 1);
    assert_snapshot!(said(&[row(&[], 1)], &[all]), @"same []");
    let ids = |regex: &'static str| row(&[Path(Regex(regex))], 1);
    assert_snapshot!(said(&[ids("/v[0-9]+/.*")], &[ids(r"/v\d\d*(/.*)")]), @"same []");
    assert_snapshot!(said(&[ids("/v[0-9]+/.*")], &[ids("/v[0-9]/.*")]), @"");
    assert_snapshot!(said(&[row(&[starts("/a/..")], 1)], &[row(&[starts("/a/...")], 1)]), @"");
    assert_snapshot!(said(&[row(&[Path(Exact("/a/../b"))], 1)], &[]), @"same []");
    assert_snapshot!(said(&[row(&[Path(Exact("/%61"))], 1)], &[]), @"same []");
}

#[test]
fn an_absent_header_counts_as_empty_for_what_must_not_be() {
    let not = |pattern: Pattern<'static>| row(&[NoHeader("x", pattern)], 1);
    assert_snapshot!(said(&[not(Regex(".*"))], &[not(Regex(".+"))]), @"");
    assert_snapshot!(said(&[not(Exact("a"))], &[not(Present)]), @"");
    assert_snapshot!(said(&[row(&[Header("x", Present)], 1)], &[]), @"");
}

#[test]
fn a_query_and_a_host_are_tested() {
    let query = |pattern: Pattern<'static>| row(&[Query("v", pattern)], 1);
    assert_snapshot!(said(&[query(Exact("1"))], &[query(Prefix("1"))]), @"");
    assert_snapshot!(said(&[row(&[Authority(Exact("shop.example"))], 1)], &[]), @"");
    assert_snapshot!(said(&[row(&[Authority(Exact("SHOP.example:80"))], 1)], &[]), @"");
    assert_snapshot!(said(&[row(&[Authority(Exact("other.example"))], 1)], &[]), @"same []");
    assert_snapshot!(said(&[row(&[Authority(Prefix("a"))], 1)], &[]), @"");
}

#[test]
fn repeated_headers_are_looked_at_apart() {
    let (one, two) = (row(&[Header("x", Exact("a"))], 1), row(&[Header("x", Exact("b"))], 2));
    assert_snapshot!(said(&[one.clone(), two.clone()], &[two, one]), @"");
}

#[test]
fn older_proxies_are_looked_at_apart() {
    let (one, two) = (row(&[Header("x", Exact("É"))], 1), row(&[Header("x", Regex("(?i)É"))], 1));
    assert_snapshot!(said(&[one], &[two]), @"");
}

#[test]
fn what_is_too_large_is_unknown_unless_it_is_untouched() {
    let crazy = || row(&[Path(Regex("/[ab]*a[ab]{30}"))], 3);
    let (api, web) = (row(&[starts("/api")], 1), row(&[starts("/web")], 2));
    assert_snapshot!(said(&[crazy(), api.clone(), web.clone()], &[crazy(), web.clone(), api.clone()]), @"same []");
    assert_snapshot!(said(&[crazy(), api.clone()], &[api.clone(), crazy()]), @"");
    let near = row(&[starts("/ab")], 1);
    assert_snapshot!(said(&[crazy(), near.clone()], &[near, crazy()]), @"");
    let far = row(&[Path(Exact("/aaa"))], 1);
    assert_snapshot!(said(&[crazy(), far.clone()], &[far, crazy()]), @"");
    assert_snapshot!(said(&[crazy()], &[row(&[Path(Regex("/[ab]*a[ab]{30}"))], 4)]), @"");
    assert_snapshot!(said(&[crazy()], &[row(&[Path(Regex("/[ba]*a[ab]{30}"))], 3)]), @"");
}

#[test]
fn rows_that_nothing_reaches_have_others_in_front() {
    let rows = [
        row(&[starts("/api/v1")], 1),
        row(&[starts("/api")], 2),
        row(&[starts("/")], 1),
        row(&[starts("/api/v2")], 2),
        row(&[Path(Exact("/a/../b"))], 5),
    ];
    let found: Vec<Dead> = dead(&table(&rows), &domain(), &Budget::default());
    let lines: Vec<String> =
        found.iter().map(|dead| format!("{} by {:?}", dead.row, dead.blockers)).collect();
    assert_snapshot!(lines.join("\n"), @"");
    let methods = [
        row(&[Method(Exact("GET"))], 1),
        row(&[NoHeader("x", Present)], 2),
        row(&[Header("x", Present)], 3),
        row(&[starts("/a")], 1),
    ];
    let found = dead(&table(&methods), &domain(), &Budget::default());
    assert_snapshot!(format!("{:?}", found), @"");
}
