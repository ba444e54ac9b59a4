//! What a rule does not hold for: names and hosts of headings, `*.example.com`, or the beginning of a name, `shop-*`.

use std::collections::{BTreeSet, HashMap, HashSet};

use meshc_dialect::line::{Data, Value};
use meshc_dialect::span::Span;

/// A name of a heading.
#[derive(Clone, Copy)]
pub(super) struct Called<'n> {
    pub name: &'n str,
    /// Its namespace, if it is a service.
    pub namespace: Option<&'n str>,
}

/// The exceptions of a rule.
pub(super) struct Exceptions<'a> {
    list: Vec<Value<'a>>,
    /// Where they stand, if there are many.
    places: Option<Places<'a>>,
}

/// The first place of each exception, by what it says.
#[derive(Default)]
struct Places<'a> {
    /// Whole names and hosts.
    names: HashMap<&'a str, usize>,
    /// What may be the name of a service, with its namespace.
    full: HashMap<(&'a str, &'a str), usize>,
    /// What hosts end in, with the dot.
    ends: HashMap<&'a str, usize>,
    /// What names begin with.
    starts: HashMap<&'a str, usize>,
    /// How long those are.
    lengths: BTreeSet<usize>,
}

/// What an exception says.
enum Pattern<'a> {
    /// A wildcard host, which is the heading of one egress, too; and what hosts below it end in.
    Below(&'a str, &'a str),
    /// What names begin with.
    Start(&'a str),
    /// A whole name.
    Name(&'a str),
}

impl<'a> Pattern<'a> {
    fn of(except: &Value<'a>) -> Option<Pattern<'a>> {
        let text = except.text()?;
        if let Some(end) = text.strip_prefix('*').filter(|end| end.starts_with('.')) {
            return Some(Pattern::Below(text, end));
        }
        Some(text.strip_suffix('*').map_or(Pattern::Name(text), Pattern::Start))
    }

    /// Tells whether it means a name of a heading.
    fn fits(&self, Called { name, namespace }: Called<'_>) -> bool {
        let is_namespace = |rest: &str| namespace.is_some() && rest.strip_prefix('.') == namespace;
        match self {
            Pattern::Below(text, end) => name == *text || (name.ends_with(end) && name.len() > end.len()),
            Pattern::Start(start) => name.starts_with(start),
            Pattern::Name(text) => name == *text || text.strip_prefix(name).is_some_and(is_namespace),
        }
    }
}

/// So many are looked at one by one.
const FEW: usize = 16;

impl<'a> Exceptions<'a> {
    pub fn of(list: Vec<Value<'a>>) -> Exceptions<'a> {
        let places = (list.len() > FEW).then(|| Places::of(&list));
        Exceptions { list, places }
    }

    /// Tells whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Returns them as they stand there.
    pub fn as_slice(&self) -> &[Value<'a>] {
        &self.list
    }

    /// Returns what they say.
    pub fn said(&self) -> Vec<Data<'a>> {
        self.list.iter().map(|value| value.data).collect()
    }

    /// Returns the place of the first that means a name of a heading.
    pub fn first(&self, called: Called<'_>) -> Option<Span> {
        let place = match &self.places {
            Some(places) => places.first(called),
            None => first(&self.list, called),
        };
        place.map(|place| self.list[place].span)
    }
}

/// Returns the place of the first exception that means a name.
fn first(list: &[Value<'_>], called: Called<'_>) -> Option<usize> {
    list.iter().position(|except| Pattern::of(except).is_some_and(|pattern| pattern.fits(called)))
}

impl<'a> Places<'a> {
    fn of(list: &[Value<'a>]) -> Places<'a> {
        let mut places = Places::default();
        for (place, except) in list.iter().enumerate() {
            match Pattern::of(except) {
                Some(Pattern::Below(text, end)) => {
                    places.names.entry(text).or_insert(place);
                    places.ends.entry(end).or_insert(place);
                }
                Some(Pattern::Start(start)) => {
                    places.starts.entry(start).or_insert(place);
                    places.lengths.insert(start.len());
                }
                Some(Pattern::Name(text)) => {
                    places.names.entry(text).or_insert(place);
                    for pair in pairs(text) {
                        places.full.entry(pair).or_insert(place);
                    }
                }
                None => {}
            }
        }
        places
    }

    fn first(&self, Called { name, namespace }: Called<'_>) -> Option<usize> {
        let Places { names, full, ends, starts, lengths } = self;
        let full = namespace.and_then(|namespace| full.get(&(name, namespace)));
        let below = self::ends(name).filter_map(|end| ends.get(end));
        let starts = lengths
            .range(..=name.len())
            .filter_map(|length| name.get(..*length))
            .filter_map(|start| starts.get(start));
        names.get(name).into_iter().chain(full).chain(below).chain(starts).min().copied()
    }
}

/// The names of the headings that a rule looks at.
#[derive(Default)]
pub(super) struct Headings<'a> {
    /// Sorted.
    names: Vec<&'a str>,
    /// Of services, with their namespaces.
    full: HashSet<(&'a str, &'a str)>,
    /// What hosts end in, with the dot.
    ends: HashSet<&'a str>,
}

impl<'a> Headings<'a> {
    pub fn of(all: impl Iterator<Item = Called<'a>>) -> Headings<'a> {
        let mut headings = Headings::default();
        for Called { name, namespace } in all {
            headings.names.push(name);
            headings.ends.extend(ends(name));
            headings.full.extend(namespace.map(|namespace| (name, namespace)));
        }
        headings.names.sort_unstable();
        headings
    }

    /// Tells whether an exception means any of them.
    pub fn has(&self, except: &Value<'a>) -> bool {
        let is_name = |text: &str| self.names.binary_search(&text).is_ok();
        match Pattern::of(except) {
            Some(Pattern::Below(text, end)) => self.ends.contains(end) || is_name(text),
            Some(Pattern::Start(start)) => {
                let first = self.names.partition_point(|name| *name < start);
                self.names.get(first).is_some_and(|name| name.starts_with(start))
            }
            Some(Pattern::Name(text)) => is_name(text) || pairs(text).any(|pair| self.full.contains(&pair)),
            None => false,
        }
    }
}

/// Returns what a text may be as a name and a namespace.
fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices('.').map(|(at, _)| (&text[..at], &text[at + 1..]))
}

/// Returns what a host ends in, from each of its dots on, but for the whole.
fn ends(host: &str) -> impl Iterator<Item = &str> {
    host.match_indices('.').filter(|(at, _)| *at > 0).map(|(at, _)| &host[at..])
}

#[cfg(test)]
mod tests {
    use meshc_dialect::sources::Sources;

    use super::*;

    #[test]
    fn many_are_found_as_if_looked_at_one_by_one() {
        let file = Sources::default().add("a.kdl".into(), String::new());
        let said = [
            "b.c", "a", "a.x.y", "*.a", "*.x.y", "a*", "ab*", "x-*", "c", "a.b", "*.b.a", "b", "x.a", "a.x",
            "y*", "b.",
        ];
        let value = |text| Value { data: Data::Text(text), span: Span::new(file, 0, 0) };
        let names = [
            "a", "b", "c", "a.x", "x.a", "q.x.y", "x.y", ".a", "*.a", "*.x.y", "abc", "x-", "x", "y.b.a", "d",
        ];
        let namespaces = [None, Some("c"), Some("b"), Some("x"), Some("x.y"), Some("")];
        for start in 0..said.len() {
            let list: Vec<Value<'_>> =
                said.iter().cycle().skip(start).take(said.len() + 3).map(|text| value(text)).collect();
            let many = Exceptions::of(list);
            let places = many.places.as_ref().expect("there are many");
            for name in names {
                for namespace in namespaces {
                    let called = Called { name, namespace };
                    assert_eq!(places.first(called), first(&many.list, called), "{name} {namespace:?}");
                    let headings = Headings::of([called].into_iter());
                    for except in &many.list {
                        let fits = first(&[*except], called).is_some();
                        assert_eq!(headings.has(except), fits, "{except:?} {name} {namespace:?}");
                    }
                }
            }
        }
    }
}
