//! Laws, on random tables.

use proptest::prelude::*;
use proptest::sample::select;

use super::super::concrete::Matchers;
use super::super::{Class, Witness};
use super::{Budget, Comparer, Domain, Paths, Ports, Verdict, Written, compare, domain, table};
use crate::mesh::Pattern::{self, Exact, Prefix, Present, Regex};
use crate::mesh::Test;
use crate::re2::Alphabet;

const PATHS: &[Pattern<'static>] = &[
    Exact("/"),
    Exact("/api"),
    Exact("/api/"),
    Exact("/api/v1"),
    Exact("/a.b"),
    Exact("/./x"),
    Prefix("/"),
    Prefix("/api"),
    Prefix("/api/"),
    Prefix("/api/v"),
    Prefix("/a"),
    Prefix("/%"),
    Prefix("/api/.."),
    Prefix(""),
    Regex("/.*"),
    Regex("/api(/.*)?"),
    Regex("/api/v[0-9]+"),
    Regex("/[^/]+/[^/]+"),
    Regex(".*v1.*"),
    Regex("(?i)/API"),
    Regex("/a[^p]*"),
    Regex("[^b]*"),
];
const METHODS: &[Pattern<'static>] =
    &[Exact("GET"), Exact("POST"), Prefix("P"), Regex("GET|HEAD"), Regex("[A-Z]+"), Exact("get")];
const HOSTS: &[Pattern<'static>] = &[
    Exact("shop.example"),
    Exact("a.shop.example"),
    Prefix("a"),
    Regex(".*:80"),
    Regex("shop.*"),
    Prefix("SHOP"),
];
const VALUES: &[Pattern<'static>] = &[
    Exact("a"),
    Exact("ab"),
    Exact("b"),
    Exact(""),
    Prefix("a"),
    Prefix("é"),
    Regex("a|b"),
    Regex(".*"),
    Regex(".+"),
    Regex("[ab]*"),
    Regex("."),
    Regex("..?"),
    Regex("[^a]*"),
    Present,
    Exact("é"),
    Regex("(?i)A"),
    Regex("x y"),
];

/// Strings that are close to the patterns.
const TEXTS: &[&str] = &["", "a", "ab", "b", "A", "é", "x y", "ax", "c", "aab", "É"];
const SENT: &[&str] = &[
    "/", "/api", "/api/", "/api/v1", "/api/v12", "/api/v", "/a", "/a.b", "/axb", "/API", "/x", "/x/y",
    "/x/v1", "/%20", "/b", "/ab", "/api/..x", "/apix",
];

fn test() -> impl Strategy<Value = Test<'static>> {
    let name = select(&["x", "X", "y"][..]);
    prop_oneof![
        4 => select(PATHS).prop_map(Test::Path),
        1 => select(METHODS).prop_map(Test::Method),
        1 => select(HOSTS).prop_map(Test::Authority),
        3 => (name.clone(), select(VALUES)).prop_map(|(name, pattern)| Test::Header(name, pattern)),
        2 => (name, select(VALUES)).prop_map(|(name, pattern)| Test::NoHeader(name, pattern)),
        1 => (select(&["q", "r"][..]), select(VALUES)).prop_map(|(name, pattern)| Test::Query(name, pattern)),
    ]
}

fn rows() -> impl Strategy<Value = Vec<Written<'static>>> {
    let way = prop::collection::vec(test(), 0..4);
    prop::collection::vec((prop::collection::vec(way, 0..3), 0..3u32), 0..6)
}

/// How a table is changed.
#[derive(Clone, Debug)]
enum Change {
    Swap(usize, usize),
    Remove(usize),
    Outcome(usize, u32),
    Test(usize, Test<'static>),
    Add(usize, Written<'static>),
}

fn change() -> impl Strategy<Value = Change> {
    let added = (prop::collection::vec(prop::collection::vec(test(), 0..3), 1..3), 0..3u32);
    prop_oneof![
        3 => (0..6usize, 0..6usize).prop_map(|(one, other)| Change::Swap(one, other)),
        1 => (0..6usize).prop_map(Change::Remove),
        1 => (0..6usize, 0..3u32).prop_map(|(row, outcome)| Change::Outcome(row, outcome)),
        3 => (0..6usize, test()).prop_map(|(row, test)| Change::Test(row, test)),
        2 => (0..7usize, added).prop_map(|(row, added)| Change::Add(row, added)),
    ]
}

fn changed(rows: &[Written<'static>], change: &Change) -> Vec<Written<'static>> {
    let mut rows = rows.to_vec();
    let count = rows.len();
    match change {
        Change::Swap(one, other) if count > 0 => rows.swap(one % count, other % count),
        Change::Remove(row) if count > 0 => _ = rows.remove(row % count),
        Change::Outcome(row, outcome) if count > 0 => rows[row % count].1 = *outcome,
        Change::Test(row, test) if count > 0 => match rows[row % count].0.first_mut() {
            Some(way) if way.is_empty() => way.push(*test),
            Some(way) => way[0] = *test,
            None => {}
        },
        Change::Add(row, added) => rows.insert(row % (count + 1), added.clone()),
        Change::Swap(_, _) | Change::Remove(_) | Change::Outcome(_, _) | Change::Test(_, _) => {}
    }
    rows
}

fn request() -> impl Strategy<Value = Witness> {
    let headers = prop::collection::btree_map(select(&["x", "y"][..]), select(TEXTS), 0..3);
    let query =
        prop::collection::vec((select(&["q", "r"][..]), select(&["", "a", "ab", "b", "c"][..])), 0..3);
    let method = select(&["GET", "POST", "PUT", "HEAD", "DELETE"][..]);
    let host =
        select(&["shop.example", "a.shop.example", "SHOP.example", "shop.example:80", "b.shop.example"][..]);
    (method, host, select(SENT), query, headers).prop_map(|(method, host, path, query, headers)| {
        let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        Witness {
            method: method.to_owned(),
            authority: host.to_owned(),
            path: format!("{path}{query}"),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        }
    })
}

fn classes(verdict: &Verdict) -> Vec<Class> {
    match verdict {
        Verdict::Same => Vec::new(),
        Verdict::Different(classes) => classes.clone(),
        Verdict::Unknown { .. } => panic!("small tables are not unknown"),
    }
}

thread_local! {
    /// One for all cases, so that it knows what others have asked.
    static COMPARER: Comparer<'static> = Comparer::new(Budget::default());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_table_is_the_same_as_itself(rows in rows()) {
        // Said twice, so that it is not the same text.
        let twice: Vec<Written<'_>> = rows.iter().flat_map(|row| [row.clone(), row.clone()]).collect();
        let compared = compare(&table(&rows), &table(&twice), &domain(), &Budget::default());
        prop_assert_eq!(&compared.verdict, &Verdict::Same);
        prop_assert!(compared.repeated.is_none() && compared.older.is_none());
    }

    #[test]
    fn what_was_found_out_before_changes_nothing(
        rows in rows(), changes in prop::collection::vec(change(), 1..3), host in select(&["shop.example", "*"][..]),
        ports in select(&[Ports::May, Ports::Never][..]), paths in select(&[Paths::Merged, Paths::AsSent][..]),
    ) {
        let other = changes.iter().fold(rows.clone(), |rows, change| changed(&rows, change));
        let (before, after) = (table(&rows), table(&other));
        let domain = Domain { hosts: vec![host], paths, ports };
        let alone = compare(&before, &after, &domain, &Budget::default());
        COMPARER.with(|comparer| {
            prop_assert_eq!(&comparer.compare(&before, &after, &domain), &alone);
            prop_assert_eq!(&comparer.compare(&before, &after, &domain), &alone);
            Ok(())
        })?;
    }

    #[test]
    fn examples_and_random_requests_agree(
        rows in rows(), changes in prop::collection::vec(change(), 1..3), requests in prop::collection::vec(request(), 40),
    ) {
        let other = changes.iter().fold(rows.clone(), |rows, change| changed(&rows, change));
        let (before, after) = (table(&rows), table(&other));
        let compared = compare(&before, &after, &domain(), &Budget::default());
        let mut matchers = Matchers::new(Alphabet::Latin1);
        let found = classes(&compared.verdict);
        for class in found.iter().chain(&compared.repeated) {
            prop_assert_eq!(matchers.taken(&before, &class.witness), class.before, "{:?}", class);
            prop_assert_eq!(matchers.taken(&after, &class.witness), class.after, "{:?}", class);
            prop_assert!(class.before.outcome != class.after.outcome);
        }
        let mut older = Matchers::new(Alphabet::Utf8);
        if let Some(class) = &compared.older {
            prop_assert_eq!(older.taken(&before, &class.witness), class.before);
            prop_assert_eq!(older.taken(&after, &class.witness), class.after);
        }
        for request in requests {
            let taken = (matchers.taken(&before, &request), matchers.taken(&after, &request));
            let outcomes = (taken.0.outcome, taken.1.outcome);
            let known = found.iter().any(|class| (class.before.outcome, class.after.outcome) == outcomes);
            prop_assert_eq!(taken.0.outcome != taken.1.outcome, known, "{:?} {:?}", request, compared);
        }
        let mirrored = compare(&after, &before, &domain(), &Budget::default());
        let mut mirrored: Vec<_> = classes(&mirrored.verdict).iter().map(|class| (class.after.outcome, class.before.outcome)).collect();
        let mut own: Vec<_> = found.iter().map(|class| (class.before.outcome, class.after.outcome)).collect();
        own.sort();
        mirrored.sort();
        prop_assert_eq!(own, mirrored);
    }
}
