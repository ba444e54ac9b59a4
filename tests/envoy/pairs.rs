//! What `meshc diff` says of two projects, asked of the simulator and of a real Envoy: every example request is treated
//! differently by both, and requests outside all findings are not.

mod mutate;
mod seen;
mod sides;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::battery::chance::{Chance, project};
use crate::battery::project::{with_mesh, with_mesh_of};
use crate::battery::unit::{Unit, compare};
use crate::battery_cases::tell;
use crate::binary::binary;
use crate::certs::Certs;
use mutate::mutated;
use sides::{Count, Pair};

/// How many pairs there are by chance.
const PAIRS: usize = 1_050;

/// How many of them run together in a few Envoys.
const BATCH: usize = 75;

const TOGETHER: usize = 2;

#[test]
fn what_differs_by_chance_differs_in_the_simulator_and_in_envoy() {
    let place = tempfile::tempdir().unwrap();
    let (mut count, mut asked) = (Count::default(), 0);
    for first in (0..PAIRS).step_by(BATCH) {
        let (units, found) = batch(first, PAIRS.min(first + BATCH));
        count.add(found);
        println!("to pair {}: {count}", first + BATCH);
        assert!(count.wrong.is_empty(), "{} wrong, such as\n{}", count.wrong.len(), count.shown());
        if binary().is_some() {
            let tally = compare(units, place.path(), place.path());
            asked += tally.requests;
            tell(&format!("pairs by chance from {first}"), &tally);
        }
    }
    println!("{PAIRS} pairs by chance: {count}; {asked} requests to Envoys");
    assert!(count.quiet * 50 <= count.witnesses, "too many examples show nothing: {count}");
    assert!(
        count.same > 50 && count.differing > 500 && count.witnesses > 1_000,
        "too little was tried: {count}"
    );
}

#[test]
fn what_differs_in_the_cases_differs_in_the_simulator_and_in_envoy() {
    let place = tempfile::tempdir().unwrap();
    let certs = binary().and_then(|_| Certs::new(place.path())).inspect(|certs| certs.mesh());
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/diff");
    let mut dirs: Vec<PathBuf> = fs::read_dir(top).unwrap().map(|entry| entry.unwrap().path()).collect();
    dirs.sort();
    let (mut units, mut count) = (Vec::new(), Count::default());
    for (index, dir) in dirs.iter().enumerate() {
        for env in envs(dir) {
            let name = dir.file_name().unwrap().to_str().unwrap();
            let certs = certs.as_ref().inspect(|certs| secrets(dir, certs));
            let folder = certs.map(|certs| certs.dir.to_str().unwrap().to_owned());
            let env = env.as_deref();
            with_mesh(&dir.join("before"), env, |before| {
                with_mesh(&dir.join("after"), env, |after| {
                    let name = format!("{name}-{index}{}", env.unwrap_or(""));
                    let pair = Pair::new(&name, [before, after], folder);
                    units.extend(pair.check(&mut Chance::new(index as u64), &mut count));
                })
            });
        }
    }
    println!("{} cases: {count}", dirs.len());
    assert!(count.wrong.is_empty(), "{} wrong, such as\n{}", count.wrong.len(), count.shown());
    if let Some(certs) = certs {
        tell("cases of golden/diff", &compare(units, &certs.dir, place.path()));
    }
}

/// Compares some pairs, and returns what to ask Envoys about them.
fn batch(first: usize, end: usize) -> (Vec<Unit>, Count) {
    let (next, all) = (AtomicUsize::new(first), Mutex::new((Vec::new(), Count::default())));
    thread::scope(|scope| {
        for _ in 0..TOGETHER {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::SeqCst);
                    if index >= end {
                        return;
                    }
                    let (units, count) = one(index);
                    let mut all = all.lock().unwrap();
                    all.0.extend(units);
                    all.1.add(count);
                }
            });
        }
    });
    all.into_inner().unwrap()
}

/// Makes one pair by chance and compares it.
fn one(index: usize) -> (Vec<Unit>, Count) {
    let mut chance = Chance::new(index as u64 * 7_919 + 3);
    // Chance makes projects that are refused too.
    loop {
        let text = project(&mut chance);
        let found = with_mesh_of(&text, |before| {
            for _ in 0..20 {
                let other = mutated(&text, &mut chance);
                let found = with_mesh_of(&other, |after| {
                    let mut count = Count::default();
                    let name = format!("pair-{index}");
                    let pair = Pair::new(&name, [before, after], None);
                    let units = pair.check(&mut chance, &mut count);
                    count.tell(&text, &other);
                    (units, count)
                });
                if found.is_some() {
                    return found;
                }
            }
            None
        });
        if let Some(found) = found.flatten() {
            return found;
        }
    }
}

/// Returns the environments of a case.
fn envs(dir: &Path) -> Vec<Option<String>> {
    let text = fs::read_to_string(dir.join("before/mesh.kdl")).unwrap_or_default();
    let line = text
        .split('{')
        .flat_map(|part| part.split(['\n', ';']))
        .find_map(|line| line.trim().strip_prefix("envs "));
    let names = line
        .map(|line| line.trim_end_matches(['}', ' ']).split_whitespace().map(|name| Some(name.to_owned())));
    names.map_or_else(|| vec![None], Iterator::collect)
}

/// Makes a certificate for each secret that a case names.
fn secrets(dir: &Path, certs: &Certs) {
    for side in ["before", "after"] {
        for entry in fs::read_dir(dir.join(side)).unwrap() {
            let text = fs::read_to_string(entry.unwrap().path()).unwrap_or_default();
            for word in text.split([' ', '\n', ';', '}']).filter_map(|word| word.strip_prefix("secret=")) {
                if !certs.dir.join(word).exists() {
                    certs.secret(word, "DNS:any.example.com");
                }
            }
        }
    }
}
