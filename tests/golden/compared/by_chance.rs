//! Laws of the comparison on projects made by chance, always by the same: three that follow from each other by small edits.

use std::cell::Cell;
use std::collections::BTreeSet;

use meshc_compiler::diff::{Diff, Scope, Verdict};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use super::files::{Files, compare, compare_all};
use super::mirrored;

/// So many triples are tried.
const TRIPLES: u32 = 80;

/// The ways to write a line: all of one row mean the same, and no two rows do.
const LINES: &[&[&str]] = &[
    &["", "timeout off", "retry 2"],
    &["timeout \"1s\"", "timeout \"1000ms\""],
    &["timeout \"2s\"; retry 0", "retry 0; timeout \"2000ms\""],
    &["mirror v2", "mirror v2 percent=100"],
    &["fault delay=\"3s\"", "fault delay=\"3s\" percent=100"],
    &["headers { set x-a=one x-b=two }", "headers { set x-b=two; set x-a=one }"],
    &["eject after=5", "eject after=5 every=\"10s\" for=\"30s\" max-percent=10"],
    &["balance hash header=x-user", "balance hash header=x-user ring=1024"],
];

/// The ways to write which requests a route takes, each in the same manner.
const ROUTES: &[&[&str]] = &[
    &["\"/a/*\"", "\"/a\" (regex)\"/a/.*\"", "(regex)\"/a(/.*)?\"", "\"/a/*\" \"/a/b\""],
    &["\"/b\"", "(regex)\"/b\"", "(regex)\"/[b]\""],
    &["(regex)\"/[ac]\"", "\"/c\" \"/a\"", "(regex)\"/(c|a)\""],
    &["name=h { when { header x-team=\"qa*\" }", "name=other { when { header X-Team=(regex)\"qa.*\" }"],
    &["name=m { when { method GET }; when { method HEAD }", "name=m { when { method HEAD GET }"],
    &[
        "name=q { when { query q=yes; header x-a=* }",
        "name=q { when { header x-a=(regex)\".*\"; query q=(regex)\"yes\" }",
    ],
    &["name=n { when { not { header x-a=one } }", "name=n { when { not { header x-a=(regex)\"one\" } }"],
];

/// Where a route sends its requests to.
const ENDS: &[&[&str]] = &[
    &["to v1", "to reviews@v1"],
    &["to v2"],
    &["to ratings", "to ratings.default"],
    &["to v1 weight=30; to v2 weight=70", "to v2 weight=70; to v1 weight=30"],
    &["to v2; timeout \"3s\"", "timeout \"3000ms\"; to v2"],
];

/// What of a row is taken: which row, and which of the ways.
type Choice = (usize, Index);

/// A project before it is written: every part of it can be taken again, in another way or for another.
#[derive(Clone, Debug)]
struct Plan {
    routes: Vec<(Choice, Choice)>,
    own: Choice,
    other: Choice,
    canary: bool,
}

/// A small edit: how something is written, or what.
#[derive(Clone, Debug)]
enum Edit {
    OtherWay(usize, Index),
    OtherThing(usize, Index),
    Swap(usize),
    Canary,
}

fn choice(rows: usize) -> impl Strategy<Value = Choice> {
    (0..rows, any::<Index>())
}

fn plan() -> impl Strategy<Value = Plan> {
    let route = (choice(ROUTES.len()), choice(ENDS.len()));
    let routes = prop::collection::vec(route, 1..4);
    (routes, choice(LINES.len()), choice(LINES.len()), any::<bool>())
        .prop_map(|(routes, own, other, canary)| Plan { routes, own, other, canary })
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let way = (0..8_usize, any::<Index>()).prop_map(|(at, way)| Edit::OtherWay(at, way));
    let thing = (0..8_usize, any::<Index>()).prop_map(|(at, row)| Edit::OtherThing(at, row));
    let swap = (0..4_usize).prop_map(Edit::Swap);
    let edit = prop_oneof![12 => way, 2 => thing, 2 => swap, 1 => Just(Edit::Canary)];
    prop::collection::vec(edit, 1..4)
}

impl Plan {
    /// Returns its choices, each with the number of rows that it is made from.
    fn choices(&mut self) -> Vec<(&mut Choice, usize)> {
        let routes = self.routes.iter_mut();
        let of_routes = routes.flat_map(|(which, end)| [(which, ROUTES.len()), (end, ENDS.len())]);
        of_routes.chain([(&mut self.own, LINES.len()), (&mut self.other, LINES.len())]).collect()
    }

    fn edited(&self, edits: &[Edit]) -> Plan {
        let mut plan = self.clone();
        for edit in edits {
            match edit {
                Edit::OtherWay(at, way) => {
                    let mut choices = plan.choices();
                    let count = choices.len();
                    choices[at % count].0.1 = *way;
                }
                Edit::OtherThing(at, row) => {
                    let mut choices = plan.choices();
                    let count = choices.len();
                    let (chosen, rows) = &mut choices[at % count];
                    chosen.0 = row.index(*rows);
                }
                Edit::Swap(at) => {
                    let count = plan.routes.len();
                    plan.routes.swap(at % count, (at + 1) % count);
                }
                Edit::Canary => plan.canary = !plan.canary,
            }
        }
        plan
    }

    /// Writes it: a service with routes, one without, and a gateway that follows the first.
    fn written(&self) -> Files {
        let said = |rows: &[&[&'static str]], (row, way): &Choice| *way.get(rows[*row]);
        let mut text = String::from(
            "mesh m { envs dev prod }\ngateway public ingress { workload istio=ingressgateway }\n",
        );
        text += "ingress shop.example.com { to reviews }\n";
        text += "service reviews {\n    port 9080 http\n    version v1\n    version v2\n    serve v1\n";
        for (index, (which, end)) in self.routes.iter().enumerate() {
            let which = said(ROUTES, which);
            let which = which.replace("name=", &format!("name=r{index}-"));
            let open = if which.contains('{') { ";" } else { " {" };
            text += &format!("    route {which}{open} {} }}\n", said(ENDS, end));
        }
        if self.canary {
            text += "    canary v2 percent=10 { header x-canary=always }\n";
        }
        // A mirror goes to a version of the service itself, so the other one has none.
        text += &format!("    {}\n}}\n", said(LINES, &self.own));
        let other = said(LINES, &self.other);
        text += &format!(
            "service ratings {{ port 9080 http; {} }}\n",
            if other.contains("mirror") { "" } else { other }
        );
        Files::one(text)
    }
}

/// Fails if any law does.
pub fn check() -> Result<(), String> {
    let config = Config { cases: TRIPLES, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let counts = [const { Cell::new(0_usize) }; 5];
    let [built, same, differing, chains, others] = &counts;
    let ran = runner.run(&(plan(), edits(), edits(), select(LINES)), |(plan, first, second, row)| {
        let plans = [plan.clone(), plan.edited(&first), plan.edited(&first).edited(&second)];
        let files = plans.each_ref().map(Plan::written);
        // What cannot be built cannot be compared: two routes may have come to be one.
        let Ok(found) = compare_all(files.each_ref(), Some("dev")) else { return Ok(()) };
        built.set(built.get() + 1);
        for (one, there) in found.iter().enumerate() {
            prop_assert!(there[one].verdict() == Verdict::Same, "it differs from itself: {:?}", files[one]);
            for (other, there) in there.iter().enumerate() {
                let back = mirrored::backward(&found[other][one]);
                prop_assert_eq!(mirrored::forward(there), back, "{:?}\n{:?}", &files[one], &files[other]);
            }
        }
        let [[_, ab, ac], [_, _, bc], _] = &found;
        follows(ab, bc, ac)?;
        for (edits, diff) in [(&first, ab), (&second, bc)] {
            let only_ways = edits.iter().all(|edit| matches!(edit, Edit::OtherWay(..)));
            prop_assert!(!only_ways || diff.verdict() == Verdict::Same, "{:?} in {:?}", diff.changes, files);
        }
        let is_same = |diff: &Diff| diff.verdict() == Verdict::Same;
        let [a, b, c] = &files;
        for (diff, is_other) in [(ab, a != b), (bc, b != c), (ac, a != c)] {
            let count = if is_same(diff) { same } else { differing };
            count.set(count.get() + usize::from(is_other));
        }
        chains.set(chains.get() + usize::from(is_same(ab) && is_same(bc) && a != b && b != c));
        others.set(others.get() + usize::from(elsewhere(&files, row, ab)?));
        Ok(())
    });
    let [built, same, differing, chains, others] = counts.map(Cell::into_inner);
    println!(
        "{built} triples of {TRIPLES}: {same} pairs the same and written otherwise, {differing} not the same, \
         {chains} chains of the same, {others} changes of another environment"
    );
    ran.map_err(|error| error.to_string())?;
    match same > 50 && differing > 40 && chains > 8 && others > 20 {
        true => Ok(()),
        false => Err("too little was tried".to_owned()),
    }
}

/// Fails if what is said for one environment changes another. Tells whether it changes that one.
fn elsewhere([a, b, _]: &[Files; 3], row: &[&str], ab: &Diff) -> Result<bool, TestCaseError> {
    let line =
        row.iter().find(|line| !line.is_empty() && !line.contains("mirror")).unwrap_or(&"timeout \"7s\"");
    let Files(files) = b;
    let more = Files::one(format!("{}in prod {{ service ratings {{ {line} }} }}\n", files[0].1));
    let (Ok(here), Ok(there)) = (compare(a, &more, Some("dev")), compare(b, &more, Some("prod"))) else {
        return Ok(false);
    };
    prop_assert_eq!(&here, ab);
    Ok(there.verdict() == Verdict::Different)
}

/// Fails if a change comes from nowhere: whom one from the first to the third is about, one of the steps is about as well.
fn follows(ab: &Diff, bc: &Diff, ac: &Diff) -> Result<(), TestCaseError> {
    let hosts = |diff: &Diff| -> BTreeSet<(String, Option<u16>)> {
        let of = |scope: &Scope| (scope.host.clone(), scope.port);
        diff.changes.iter().flat_map(|change| change.everybody().map(of)).collect()
    };
    let steps: BTreeSet<_> = hosts(ab).union(&hosts(bc)).cloned().collect();
    let strange: Vec<_> = hosts(ac).difference(&steps).cloned().collect();
    prop_assert!(strange.is_empty(), "changes that no step has: {:?}", strange);
    let same = |diff: &Diff| diff.verdict() == Verdict::Same;
    prop_assert!(!(same(ab) && same(bc)) || same(ac), "the same twice, and not at once");
    prop_assert!(!(same(ab) && same(ac)) || same(bc), "the same as one thing, and not as each other");
    prop_assert!(!(same(bc) && same(ac)) || same(ab), "the same as one thing, and not as each other");
    Ok(())
}
