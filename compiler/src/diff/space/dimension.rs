//! The dimensions of the space: what is tested of a request, and the parts it falls into.

use std::collections::{BTreeMap, BTreeSet};

use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, Hir, Repetition};

use super::atoms::{Atoms, Divider};
use super::automaton::{Automaton, TooLarge};
use super::bits::Bits;
use super::legal::{self, Legal};
use super::{Budget, Dimension, Domain, Ports, Table};
use crate::mesh::{Pattern, Test};
use crate::re2::{self, Alphabet, Regex};

/// One thing that is tested, and its parts.
#[derive(Clone)]
pub(super) struct Axis<'a> {
    /// What it is.
    pub(super) key: Dimension,
    /// The patterns that it is tested by, sorted.
    pub(super) patterns: Vec<Pattern<'a>>,
    /// The parts that a pattern matches. Where it is free, only those that are one string count.
    pub(super) sets: Vec<Bits>,
    /// The patterns whose meaning is left open.
    pub(super) free: Vec<bool>,
    /// The patterns that match the empty string.
    pub(super) empty: Vec<bool>,
    /// A string of each part. Where the thing can be absent, that is part 0.
    pub(super) examples: Vec<String>,
    /// The parts of which it is known whether a pattern matches them, though it is free.
    pub(super) known: Vec<Bits>,
    /// Whether it can be absent.
    pub(super) optional: bool,
    /// Whether a request may have several of it that are looked at, and is asked for them.
    pub(super) repeated: bool,
}

/// How patterns are read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Reading {
    /// Regular expressions are left open: whatever they mean.
    Open,
    /// They mean what they do in an alphabet, as far as the budget goes.
    In(Alphabet),
}

/// Returns everything that the tables test, the commonest headers first, with its patterns.
pub(super) fn tested<'a>(tables: &[&Table<'_, 'a>]) -> Vec<(Dimension, Vec<Pattern<'a>>)> {
    let mut found: BTreeMap<Dimension, (usize, BTreeSet<Pattern<'a>>)> = BTreeMap::new();
    let rows = tables.iter().flat_map(|table| &table.rows);
    for test in rows.flat_map(|row| &row.ways).flat_map(|way| way.iter()) {
        let (key, pattern) = subject(test);
        let (count, patterns) = found.entry(key).or_default();
        *count += 1;
        if pattern != Pattern::Present {
            patterns.insert(pattern);
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|(key, (count, _))| match key {
        Dimension::Path => (0, 0),
        Dimension::Method => (1, 0),
        Dimension::Authority => (2, 0),
        Dimension::Header(_) => (3, usize::MAX - count),
        Dimension::Query(_) => (4, usize::MAX - count),
    });
    found.into_iter().map(|(key, (_, patterns))| (key, patterns.into_iter().collect())).collect()
}

/// Returns what a test looks at, and for what.
pub(super) fn subject<'a>(test: &Test<'a>) -> (Dimension, Pattern<'a>) {
    match *test {
        Test::Path(pattern) => (Dimension::Path, pattern),
        Test::Method(pattern) => (Dimension::Method, pattern),
        Test::Authority(pattern) => (Dimension::Authority, pattern),
        Test::Header(name, pattern) | Test::NoHeader(name, pattern) => {
            (Dimension::Header(name.to_ascii_lowercase()), pattern)
        }
        Test::Query(name, pattern) => (Dimension::Query(name.to_owned()), pattern),
    }
}

impl<'a> Axis<'a> {
    /// Divides what is tested into parts.
    pub(super) fn new(
        key: Dimension,
        patterns: Vec<Pattern<'a>>,
        reading: Reading,
        domain: &Domain<'_>,
        budget: &Budget,
    ) -> Result<Axis<'a>, TooLarge> {
        let optional = matches!(key, Dimension::Header(_) | Dimension::Query(_));
        let meanings = meanings(&patterns, reading);
        let open = |index: usize| meanings[index].is_none() && matches!(patterns[index], Pattern::Regex(_));
        let mut free: Vec<bool> = (0..patterns.len()).map(open).collect();
        let (legal, shape, nicer) = match &key {
            Dimension::Path => (Legal::Path(domain.paths), None, Vec::new()),
            Dimension::Method => (Legal::Anything, None, Vec::new()),
            Dimension::Authority => (Legal::Anything, Some(hosts(domain)), nicer_hosts(domain)),
            Dimension::Header(_) => (Legal::Header, None, vec!["other".to_owned()]),
            Dimension::Query(_) => (Legal::Query, None, vec!["other".to_owned()]),
        };
        let atoms = if !legal::can_be(&key) {
            Atoms {
                examples: Vec::new(),
                single: Vec::new(),
                under: Vec::new(),
                sets: vec![Bits::none(0); patterns.len()],
                states: 0,
            }
        } else if key == Dimension::Method {
            free.fill(false);
            methods(&patterns, reading)
        } else {
            let regexes = meanings.into_iter().enumerate();
            let regexes = regexes.filter_map(|(index, hir)| Some((index, hir?))).collect();
            let divider = Divider { patterns: &patterns, regexes, legal, shape, nicer: &nicer };
            divide(divider, &mut free, budget)?
        };
        Ok(Axis::of(key, patterns, free, atoms, reading, optional))
    }

    fn of(
        key: Dimension,
        patterns: Vec<Pattern<'a>>,
        free: Vec<bool>,
        atoms: Atoms,
        reading: Reading,
        optional: bool,
    ) -> Axis<'a> {
        let Atoms { mut examples, single, under, sets, states: _ } = atoms;
        let shift = usize::from(optional);
        let bound = examples.len() + shift;
        let mut sets: Vec<Bits> =
            sets.iter().map(|set| Bits::of(bound, set.iter().map(|atom| atom + shift))).collect();
        let mut known = vec![Bits::of(bound, 0..shift); patterns.len()];
        if optional {
            examples.insert(0, String::new());
        }
        for index in (0..patterns.len()).filter(|index| free[*index]) {
            let (Pattern::Regex(text), Reading::In(alphabet)) = (patterns[index], reading) else { continue };
            let matcher = Matcher::new(patterns[index], alphabet);
            for (atom, example) in examples.iter().enumerate().skip(shift) {
                let below = under[atom - shift].map(|prefix| patterns[prefix]);
                let never =
                    matches!(below, Some(Pattern::Prefix(prefix)) if !can_begin(text, prefix, alphabet));
                if single[atom - shift] || never {
                    known[index].insert(atom);
                }
                if single[atom - shift] && matcher.holds(example) {
                    sets[index].insert(atom);
                }
            }
        }
        let alphabet = match reading {
            Reading::Open => Alphabet::Latin1,
            Reading::In(alphabet) => alphabet,
        };
        let empty = |pattern: &Pattern<'a>| optional && takes_nothing(*pattern, alphabet);
        let empty = patterns.iter().map(empty).collect();
        Axis { key, patterns, sets, free, empty, examples, known, optional, repeated: false }
    }

    /// Tells whether some pattern is not understood.
    pub(super) fn is_open(&self) -> bool {
        self.free.contains(&true)
    }

    /// Returns how many parts there are.
    pub(super) fn size(&self) -> usize {
        self.examples.len()
    }
}

/// A pattern that is ready to be tried on strings.
pub(super) enum Matcher<'a> {
    /// A literal.
    Literal(Pattern<'a>),
    /// A regular expression, unless no proxy takes it.
    Regex(Option<Regex>),
}

impl<'a> Matcher<'a> {
    pub(super) fn new(pattern: Pattern<'a>, alphabet: Alphabet) -> Matcher<'a> {
        match pattern {
            Pattern::Regex(text) => Matcher::Regex(Regex::in_alphabet(text, alphabet).ok()),
            Pattern::Exact(_) | Pattern::Prefix(_) | Pattern::Present => Matcher::Literal(pattern),
        }
    }

    pub(super) fn holds(&self, value: &str) -> bool {
        match self {
            Matcher::Regex(regex) => regex.as_ref().is_some_and(|regex| regex.matches(value.as_bytes())),
            Matcher::Literal(Pattern::Exact(text)) => value == *text,
            Matcher::Literal(Pattern::Prefix(text)) => value.starts_with(text),
            Matcher::Literal(Pattern::Present | Pattern::Regex(_)) => true,
        }
    }
}

/// Tells whether a string that a regular expression matches can begin so. In doubt it can.
fn can_begin(text: &str, prefix: &str, alphabet: Alphabet) -> bool {
    let Ok(pattern) = re2::read(text, alphabet) else { return false };
    let lives = || {
        let mut automaton = Automaton::new(&[pattern.hir])?;
        let start = automaton.start()?;
        let end = prefix.bytes().try_fold(start, |state, byte| automaton.step(state, byte))?;
        Ok::<bool, TooLarge>(!end.is_dead())
    };
    lives().unwrap_or(true)
}

/// Tells whether a pattern matches the empty string.
fn takes_nothing(pattern: Pattern<'_>, alphabet: Alphabet) -> bool {
    let long = |text: &str| {
        let meaning = re2::read(text, alphabet);
        meaning.is_ok_and(|pattern| pattern.hir.properties().minimum_len() != Some(0))
    };
    let never = matches!(pattern, Pattern::Regex(text) if long(text));
    !never && Matcher::new(pattern, alphabet).holds("")
}

/// Returns the languages of the regular expressions that are read; one that no proxy takes matches nothing.
fn meanings(patterns: &[Pattern<'_>], reading: Reading) -> Vec<Option<Hir>> {
    let meaning = |pattern: &Pattern<'_>| match (pattern, reading) {
        (Pattern::Regex(text), Reading::In(alphabet)) => {
            Some(re2::read(text, alphabet).map_or_else(|_| Hir::fail(), |pattern| pattern.hir))
        }
        (_, _) => None,
    };
    patterns.iter().map(meaning).collect()
}

/// Divides strings by as many of the regular expressions as the budget allows, and leaves the others open.
fn divide(mut divider: Divider<'_, '_>, free: &mut [bool], budget: &Budget) -> Result<Atoms, TooLarge> {
    if let Ok(atoms) = divider.divide(budget) {
        return Ok(atoms);
    }
    let all = std::mem::take(&mut divider.regexes);
    let share = all.len().max(1);
    let alone = Budget { states: budget.states / share, automaton: budget.automaton / share, ..*budget };
    let mut small: Vec<(usize, (usize, Hir))> = Vec::new();
    for regex in all {
        divider.regexes = vec![regex.clone()];
        match divider.divide(&alone) {
            Ok(atoms) => small.push((atoms.states, regex)),
            Err(TooLarge) => free[regex.0] = true,
        }
    }
    small.sort_by_key(|(states, (index, _))| (*states, *index));
    let again = Budget { automaton: budget.automaton / 8, ..*budget };
    loop {
        divider.regexes = small.iter().map(|(_, regex)| regex.clone()).collect();
        match divider.divide(&again) {
            Ok(atoms) => return Ok(atoms),
            Err(TooLarge) if small.is_empty() => return Err(TooLarge),
            Err(TooLarge) => {
                let left_open = small.split_off(small.len() / 2);
                left_open.iter().for_each(|(_, (index, _))| free[*index] = true);
            }
        }
    }
}

/// Methods are few enough to try them all.
fn methods(patterns: &[Pattern<'_>], reading: Reading) -> Atoms {
    let alphabet = match reading {
        Reading::Open => Alphabet::Latin1,
        Reading::In(alphabet) => alphabet,
    };
    let matchers: Vec<Matcher<'_>> =
        patterns.iter().map(|pattern| Matcher::new(*pattern, alphabet)).collect();
    let mut found: Vec<(&str, Vec<bool>)> = Vec::new();
    for method in legal::METHODS {
        let matched: Vec<bool> = matchers.iter().map(|matcher| matcher.holds(method)).collect();
        if !found.iter().any(|(_, other)| *other == matched) {
            found.push((method, matched));
        }
    }
    let set = |index: usize| Bits::of(found.len(), (0..found.len()).filter(|atom| found[*atom].1[index]));
    let sets = (0..patterns.len()).map(set).collect();
    let examples = found.iter().map(|(method, _)| (*method).to_owned()).collect();
    Atoms { examples, single: vec![false; found.len()], under: vec![None; found.len()], sets, states: 0 }
}

/// Returns what a request may say its host is.
fn hosts(domain: &Domain<'_>) -> Hir {
    let class = |ranges: &[(u8, u8)]| {
        let ranges = ranges.iter().map(|(from, to)| ClassBytesRange::new(*from, *to));
        Hir::class(Class::Bytes(ClassBytes::new(ranges)))
    };
    let repeat = |of: Hir, min: u32, max: Option<u32>| {
        Hir::repetition(Repetition { min, max, greedy: true, sub: Box::new(of) })
    };
    let letter = |byte: u8| {
        class(&[(byte.to_ascii_lowercase(), byte.to_ascii_lowercase()), {
            let upper = byte.to_ascii_uppercase();
            (upper, upper)
        }])
    };
    // Letters, digits, `-`, `.`, `_`, `~`, `%` and the marks of RFC 3986, without the colon.
    let any = class(&[
        (b'a', b'z'),
        (b'A', b'Z'),
        (b'0', b'9'),
        (b'-', b'.'),
        (b'_', b'_'),
        (b'~', b'~'),
        (b'!', b'!'),
        (b'$', b','),
        (b';', b';'),
        (b'=', b'='),
    ]);
    let host = |host: &&str| {
        let (mut parts, rest) = match host.strip_prefix('*') {
            Some(rest) => (vec![repeat(any.clone(), 1, None)], rest),
            None => (Vec::new(), *host),
        };
        parts.extend(rest.bytes().map(letter));
        Hir::concat(parts)
    };
    let port = Hir::concat(vec![Hir::literal(*b":"), repeat(class(&[(b'0', b'9')]), 1, Some(5))]);
    let names = Hir::alternation(domain.hosts.iter().map(host).collect());
    match domain.ports {
        Ports::May => Hir::concat(vec![names, repeat(port, 0, Some(1))]),
        Ports::Never => names,
    }
}

/// Returns hosts that a person would name.
pub(super) fn nicer_hosts(domain: &Domain<'_>) -> Vec<String> {
    let name = |host: &&str| match host.strip_prefix('*') {
        Some("") => "example.com".to_owned(),
        Some(rest) => format!("www{rest}"),
        None => (*host).to_owned(),
    };
    domain.hosts.iter().map(name).collect()
}
