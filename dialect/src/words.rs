//! The word table: every word of the language, in the places where it may stand.
//!
//! Each family's file holds its rows; this one lists them and finds them.

mod balance;
mod defaults;
mod egress;
mod elsewhere;
mod env;
mod expect;
mod gateway;
mod ingress;
mod mesh;
mod policy;
mod raw;
mod route;
mod service;
mod template;
mod timeout;
mod to;

pub use elsewhere::elsewhere;
pub(crate) use elsewhere::{elsewhere_in, folded, is_same};

use std::sync::{LazyLock, OnceLock};

use crate::kind::Kind;
use crate::word::{Arg, Count, Key, Place, PropRow, Word};

/// Every row, in the order of the reference.
pub static ROWS: &[&[Word]] = &[
    mesh::ROWS,
    gateway::ROWS,
    defaults::ROWS,
    template::ROWS,
    service::ROWS,
    ingress::ROWS,
    egress::ROWS,
    route::ROWS,
    to::ROWS,
    timeout::ROWS,
    balance::ROWS,
    env::ROWS,
    raw::ROWS,
    expect::ROWS,
    policy::ROWS,
];

/// The rows of each place.
static BY_PLACE: LazyLock<[Vec<&'static Word>; PLACES]> = LazyLock::new(|| {
    let mut rows: [Vec<&Word>; PLACES] = Default::default();
    for word in all() {
        word.within.iter().for_each(|place| rows[*place as usize].push(word));
    }
    rows
});

/// The same rows again, apart by the letter that their words begin with, for each place that somebody asked for.
static BY_LETTER: [OnceLock<[Vec<&'static Word>; LETTERS]>; PLACES] = [const { OnceLock::new() }; PLACES];

/// How many places there are.
const PLACES: usize = Place::ALL.len();

/// Into so many parts the letters are put.
const LETTERS: usize = 32;

/// Returns every row.
pub fn all() -> impl Iterator<Item = &'static Word> {
    ROWS.iter().flat_map(|rows| rows.iter())
}

/// Returns the words that may stand in a place.
#[must_use]
pub fn within(place: Place) -> &'static [&'static Word] {
    &BY_PLACE[place as usize]
}

/// Returns the row of a word in a place.
#[must_use]
pub fn find(place: Place, name: &str) -> Option<&'static Word> {
    let by_letter = BY_LETTER[place as usize].get_or_init(|| {
        let mut rows: [Vec<&Word>; LETTERS] = Default::default();
        within(place).iter().for_each(|word| rows[letter(word.name)].push(word));
        rows
    });
    by_letter[letter(name)].iter().find(|word| word.name == name).copied()
}

fn letter(name: &str) -> usize {
    name.as_bytes().first().map_or(0, |first| usize::from(*first) % LETTERS)
}

const fn one(name: &'static str, kind: Kind) -> Arg {
    Arg { name, kind, count: Count::One }
}

const fn optional(name: &'static str, kind: Kind) -> Arg {
    Arg { name, kind, count: Count::Optional }
}

const fn some(name: &'static str, kind: Kind) -> Arg {
    Arg { name, kind, count: Count::Some }
}

const fn any(name: &'static str, kind: Kind) -> Arg {
    Arg { name, kind, count: Count::Any }
}

const fn may(name: &'static str, kind: Kind) -> PropRow {
    PropRow { key: Key { text: name, place: None }, kind, required: false }
}

const fn must(name: &'static str, kind: Kind) -> PropRow {
    PropRow { key: Key { text: name, place: None }, kind, required: true }
}

#[cfg(test)]
mod tests {
    use super::all;
    use crate::word::{Arg, Count};

    #[test]
    fn what_may_be_left_out_stands_last() {
        let is_needed = |arg: &Arg| matches!(arg.count, Count::One | Count::Some);
        for word in all() {
            assert!(word.args.iter().map(is_needed).is_sorted_by(|a, b| a >= b), "{}", word.name);
            assert!(word.props.iter().map(|row| row.required).is_sorted_by(|a, b| a >= b), "{}", word.name);
        }
    }
}
