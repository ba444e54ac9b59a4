//! Requests as they are: examples made from parts, and tables tried row by row.

use std::collections::HashMap;

use regex_syntax::hir::{Class, Hir, HirKind};

use super::bits::Bits;
use super::dimension::{Axis, Matcher, nicer_hosts};
use super::rows::{Of, Space};
use super::{Dimension, Domain, Table, Taken, Witness, legal};
use crate::mesh::{Pattern, Test};
use crate::re2::{self, Alphabet};

/// Regular expressions that have been compiled.
pub(super) struct Matchers<'a> {
    pub(super) alphabet: Alphabet,
    known: HashMap<Pattern<'a>, Matcher<'a>>,
}

impl<'a> Matchers<'a> {
    pub(super) fn new(alphabet: Alphabet) -> Matchers<'a> {
        Matchers { alphabet, known: HashMap::new() }
    }

    fn holds(&mut self, pattern: Pattern<'a>, value: &str) -> bool {
        let alphabet = self.alphabet;
        self.known.entry(pattern).or_insert_with(|| Matcher::new(pattern, alphabet)).holds(value)
    }

    /// Returns what a table does with a request, by trying its rows.
    pub(super) fn taken(&mut self, table: &Table<'_, 'a>, request: &Witness) -> Taken {
        for (index, row) in table.rows.iter().enumerate() {
            let mut ways = row.ways.iter();
            if ways.any(|way| way.iter().all(|test| self.passes(test, request))) {
                return Taken { outcome: row.outcome, row: Some(index) };
            }
        }
        Taken { outcome: table.otherwise, row: None }
    }

    fn passes(&mut self, test: &Test<'a>, request: &Witness) -> bool {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let lines = |name: &str| -> Vec<&String> {
            let named = request.headers.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name));
            named.map(|(_, value)| value).collect()
        };
        match *test {
            Test::Path(pattern) => self.holds(pattern, path),
            Test::Method(pattern) => self.holds(pattern, &request.method),
            Test::Authority(pattern) => self.holds(pattern, &request.authority),
            Test::Query(name, pattern) => {
                let mut pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
                let found = pairs.find(|(key, _)| *key == name && request.path.contains('?'));
                found.is_some_and(|(_, value)| self.holds(pattern, value))
            }
            Test::Header(name, pattern) => lines(name).into_iter().any(|line| self.holds(pattern, line)),
            Test::NoHeader(name, pattern) => match lines(name) {
                lines if lines.is_empty() => pattern == Pattern::Present || !self.holds(pattern, ""),
                lines => !lines.into_iter().any(|line| self.holds(pattern, line)),
            },
        }
    }
}

/// Returns what a value costs in an example: it should be short and ask for little.
pub(super) fn cost(space: &Space<'_>, variable: usize, value: usize) -> usize {
    let axis = &space.axes[space.variables[variable].axis];
    match space.variables[variable].of {
        Of::Part => part_cost(axis, value),
        Of::There => value * 30,
        Of::Matched(_) if axis.repeated => value,
        // What a free pattern matches is hard to find.
        Of::Matched(_) => 1000,
    }
}

fn part_cost(axis: &Axis<'_>, part: usize) -> usize {
    let length = axis.examples[part].len();
    match axis.key {
        Dimension::Path | Dimension::Authority => length,
        Dimension::Method => {
            3 * legal::METHODS.iter().position(|own| *own == axis.examples[part]).unwrap_or(0)
        }
        Dimension::Header(_) | Dimension::Query(_) if part == 0 => 0,
        Dimension::Header(_) => 30 + length,
        Dimension::Query(_) => 20 + length,
    }
}

/// Returns a request of given values; the rest of it is as plain as can be.
pub(super) fn request(space: &Space<'_>, domain: &Domain<'_>, values: &[(usize, usize)]) -> Option<Witness> {
    let host = nicer_hosts(domain).into_iter().next().unwrap_or_else(|| "example.com".to_owned());
    let mut request =
        Witness { method: "GET".to_owned(), authority: host, path: "/".to_owned(), headers: Vec::new() };
    let mut query = Vec::new();
    for (index, axis) in space.axes.iter().enumerate() {
        for part in parts(space, index, values)? {
            let example = axis.examples[part].clone();
            match &axis.key {
                Dimension::Path => request.path = example,
                Dimension::Method => request.method = example,
                Dimension::Authority => request.authority = example,
                Dimension::Header(name) => request.headers.push((name.clone(), example)),
                Dimension::Query(name) => query.push(format!("{name}={example}")),
            }
        }
    }
    if !query.is_empty() {
        request.path = format!("{}?{}", request.path, query.join("&"));
    }
    Some(request)
}

/// Returns the parts that an axis has values in.
fn parts(space: &Space<'_>, index: usize, values: &[(usize, usize)]) -> Option<Vec<usize>> {
    let axis = &space.axes[index];
    let own = values.iter().map(|(variable, value)| (space.variables[*variable], *value));
    let own: Vec<(Of, usize)> = own
        .filter(|(variable, _)| variable.axis == index)
        .map(|(variable, value)| (variable.of, value))
        .collect();
    if !axis.repeated {
        let part = own.iter().find(|(of, _)| *of == Of::Part).map(|(_, part)| *part);
        let part = part.or_else(|| (0..axis.size()).min_by_key(|part| part_cost(axis, *part)))?;
        return Some(if axis.optional && part == 0 { Vec::new() } else { vec![part] });
    }
    let mut left = Bits::all(axis.size());
    left.remove(0);
    let mut wanted = Vec::new();
    for (of, value) in &own {
        match (of, value) {
            (Of::Matched(pattern), 0) => left = left.minus(&axis.sets[*pattern]),
            (Of::Matched(pattern), _) => wanted.push(*pattern),
            (Of::Part | Of::There, _) => {}
        }
    }
    let mut chosen = Vec::new();
    while let Some(first) = wanted.first() {
        let covers = |part: &usize| wanted.iter().filter(|pattern| axis.sets[**pattern].has(*part)).count();
        let fitting = left.and(&axis.sets[*first]);
        let part = fitting.iter().min_by_key(|part| (usize::MAX - covers(part), part_cost(axis, *part)))?;
        wanted.retain(|pattern| !axis.sets[*pattern].has(part));
        chosen.push(part);
    }
    if chosen.is_empty() && own.contains(&(Of::There, 1)) {
        chosen.push(left.iter().min_by_key(|part| part_cost(axis, *part))?);
    }
    Some(chosen)
}

/// Puts a string into a request.
pub(super) fn with(request: &Witness, key: &Dimension, text: &str) -> Witness {
    let mut request = request.clone();
    let (path, query) = request.path.split_once('?').map_or((request.path.as_str(), ""), |parts| parts);
    match key {
        Dimension::Path => {
            let mark = if request.path.contains('?') { "?" } else { "" };
            request.path = format!("{text}{mark}{query}");
        }
        Dimension::Method => text.clone_into(&mut request.method),
        Dimension::Authority => text.clone_into(&mut request.authority),
        Dimension::Header(name) => {
            request.headers.retain(|(own, _)| own != name);
            request.headers.push((name.clone(), text.to_owned()));
        }
        Dimension::Query(name) => {
            let other = |pair: &&str| !pair.is_empty() && pair.split('=').next() != Some(name);
            let mut pairs: Vec<String> = query.split('&').filter(other).map(str::to_owned).collect();
            pairs.push(format!("{name}={text}"));
            request.path = format!("{path}?{}", pairs.join("&"));
        }
    }
    request
}

/// Returns strings that are worth trying on an axis whose patterns are not all understood.
pub(super) fn candidates(axis: &Axis<'_>, alphabet: Alphabet) -> Vec<String> {
    const MOST: usize = 200;
    let mut found = Vec::new();
    for (index, pattern) in axis.patterns.iter().enumerate() {
        // Which hosts there are is not a matter of bytes.
        let tried = axis.free[index] && axis.key != Dimension::Authority;
        let (Pattern::Regex(text), true) = (pattern, tried) else { continue };
        let Ok(pattern) = re2::read(text, alphabet) else { continue };
        found.extend(strings(&pattern.hir).into_iter().filter_map(|text| String::from_utf8(text).ok()));
    }
    found.extend(axis.examples.iter().skip(usize::from(axis.optional)).cloned());
    found.truncate(MOST);
    found.retain(|text| legal::is_legal(&axis.key, text));
    found
}

/// Returns some strings of a language, each alternative and each boundary of a repeat once.
fn strings(hir: &Hir) -> Vec<Vec<u8>> {
    const MOST: usize = 24;
    const LONGEST: usize = 4096;
    let mut found = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![Vec::new()],
        HirKind::Literal(literal) => vec![literal.0.to_vec()],
        HirKind::Class(class) => readable(class).into_iter().collect(),
        HirKind::Capture(capture) => strings(&capture.sub),
        HirKind::Alternation(subs) => subs.iter().flat_map(strings).take(MOST).collect(),
        HirKind::Repetition(repeat) => {
            let times = [repeat.min, repeat.min.saturating_add(1).min(repeat.max.unwrap_or(u32::MAX))];
            let subs = strings(&repeat.sub);
            let fits = |sub: &Vec<u8>, times: u32| sub.len().saturating_mul(times as usize) <= LONGEST;
            let of = |times: u32| {
                subs.iter().filter(move |sub| fits(sub, times)).map(move |sub| sub.repeat(times as usize))
            };
            times.into_iter().flat_map(of).collect()
        }
        HirKind::Concat(subs) => {
            let mut found: Vec<Vec<u8>> = vec![Vec::new()];
            for sub in subs {
                let next = strings(sub);
                found =
                    found.iter().flat_map(|own| next.iter().map(|next| [&own[..], next].concat())).collect();
                found.truncate(MOST);
            }
            found
        }
    };
    found.retain(|text| text.len() <= LONGEST);
    found.truncate(MOST);
    found
}

/// Returns the most readable character of a class.
fn readable(class: &Class) -> Option<Vec<u8>> {
    let has = |byte: u8| match class {
        Class::Bytes(bytes) => {
            bytes.ranges().iter().any(|range| (range.start()..=range.end()).contains(&byte))
        }
        Class::Unicode(chars) => {
            chars.ranges().iter().any(|range| (range.start()..=range.end()).contains(&char::from(byte)))
        }
    };
    let readable = (b'a'..=b'z').chain(b'1'..=b'9').chain([b'0']).chain(0x21..=0x7e).chain([b' ']);
    readable.into_iter().find(|byte| has(*byte)).map(|byte| vec![byte])
}
