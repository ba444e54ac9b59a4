//! Many ways at once: which of them takes everything that another takes.

use std::collections::{BTreeSet, HashMap};

use meshc_dialect::line::Pattern;

use super::{Named, Way, covers, literal_end, literal_start};

/// Ways, and where those among them stand that may take another.
#[derive(Default)]
pub(in super::super) struct Among<'a> {
    ways: Vec<&'a Way<'a>>,
    /// Where they stand, once there are more than a few. Most blocks have few.
    lists: Option<Box<Lists<'a>>>,
}

/// Where ways stand, each in one list.
#[derive(Default)]
struct Lists<'a> {
    /// Those for paths that are or begin with a text, by that text.
    by_text: HashMap<&'a str, Vec<usize>>,
    /// How long those texts are.
    lengths: BTreeSet<usize>,
    /// Those for paths that fit a regex, with what such paths begin and end with; by that regex, too.
    regexes: Vec<(&'a str, &'a str, usize)>,
    by_regex: HashMap<&'a str, Vec<usize>>,
    /// Those that ask for one value of a header, a cookie or a parameter, or for any other than one.
    by_value: HashMap<Value<'a>, Vec<usize>>,
    /// Of these, those for any other than one, by what has it.
    by_name: HashMap<(What, &'a str), Vec<usize>>,
    /// Those for all paths and values.
    others: Vec<usize>,
}

/// What has a value, its name, and the value.
type Value<'a> = (What, &'a str, &'a str);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum What {
    Header,
    Cookie,
    Query,
    NotHeader,
    NotCookie,
}

/// So few are compared one by one.
const FEW: usize = 16;

impl<'a> Among<'a> {
    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.ways.len()
    }

    /// Returns the first that takes all that a way takes.
    pub fn first_over(&self, way: &Way<'a>) -> Option<usize> {
        let Some(lists) = &self.lists else {
            return self.ways.iter().position(|taken| covers(taken, way));
        };
        let first = |list: &[usize]| list.iter().copied().find(|index| covers(self.ways[*index], way));
        let known = |list: Option<&Vec<usize>>| list.and_then(|list| first(list));
        let starts = |text: &'a str| {
            let ends = lists.lengths.range(..=text.len()).filter_map(|end| text.get(..*end));
            ends.filter_map(|start| known(lists.by_text.get(start))).min()
        };
        let fitting = |text: &'a str| {
            let fits =
                |(start, end, _): &&(&str, &str, usize)| text.starts_with(start) && text.ends_with(end);
            let mut fitting = lists.regexes.iter().filter(fits).map(|(_, _, index)| *index);
            fitting.find(|index| covers(self.ways[*index], way))
        };
        let by_path = match way.path {
            Some(Pattern::Exact(text)) => [starts(text), fitting(text)],
            Some(Pattern::Prefix(text) | Pattern::Below(text)) => [starts(text), None],
            Some(Pattern::Regex(regex)) => [known(lists.by_regex.get(regex)), starts(literal_start(regex))],
            Some(Pattern::Present) | None => [None, None],
        };
        let by_value = values(way).filter_map(|value| known(lists.by_value.get(&value)));
        let by_other = match lists.by_name.is_empty() {
            true => None,
            false => lists.excluding(way).into_iter().filter_map(known).min(),
        };
        by_path.into_iter().flatten().chain(by_value).chain(by_other).chain(first(&lists.others)).min()
    }

    /// Adds ways behind those that there are.
    pub fn push(&mut self, ways: &'a [Way<'a>]) {
        let before = self.ways.len();
        self.ways.extend(ways);
        if self.ways.len() > FEW {
            let unlisted = if self.lists.is_some() { before } else { 0 };
            let lists = self.lists.get_or_insert_default();
            self.ways.iter().enumerate().skip(unlisted).for_each(|(index, way)| lists.push(index, way));
        }
    }
}

impl<'a> Lists<'a> {
    /// Puts a way where few others are, among what it asks: it takes only what asks the same, or more.
    fn push(&mut self, index: usize, way: &Way<'a>) {
        let text = match way.path {
            Some(Pattern::Exact(text) | Pattern::Prefix(text) | Pattern::Below(text)) => {
                Some(text).filter(|text| !text.is_empty())
            }
            Some(Pattern::Present | Pattern::Regex(_)) | None => None,
        };
        let beside_text = text.map(|text| self.by_text.get(text).map_or(0, Vec::len));
        let beside = |value: &Value<'a>| self.by_value.get(value).map_or(0, Vec::len);
        let alone = values(way).filter(|value| is_alone(way, value)).chain(excluded(way));
        let rarest = alone.min_by_key(beside);
        let value = rarest.filter(|value| beside_text.is_none_or(|others| beside(value) < others));
        match (value, text, way.path) {
            (Some(value), _, _) => {
                let (what, name, _) = value;
                self.by_value.entry(value).or_default().push(index);
                if matches!(what, What::NotHeader | What::NotCookie) {
                    self.by_name.entry((what, name)).or_default().push(index);
                }
            }
            (None, Some(text), _) => {
                self.by_text.entry(text).or_default().push(index);
                self.lengths.insert(text.len());
            }
            (None, None, Some(Pattern::Regex(regex))) if regex != ".*" => {
                self.regexes.push((literal_start(regex), literal_end(regex), index));
                self.by_regex.entry(regex).or_default().push(index);
            }
            (None, None, _) => self.others.push(index),
        }
    }

    /// Returns the lists of those for any value but one that may take a way: it has to exclude that value as well, or to ask for
    /// another one of the same name.
    fn excluding(&self, way: &Way<'a>) -> Vec<Option<&Vec<usize>>> {
        let mut lists = Vec::new();
        for (what, excluded, asked) in
            [(What::NotHeader, way.not_headers, way.headers), (What::NotCookie, way.not_cookies, way.cookies)]
        {
            for (name, patterns) in excluded {
                let texts = patterns.iter().map(|pattern| text_of(*pattern));
                match texts.collect::<Option<Vec<&str>>>().filter(|texts| !texts.is_empty()) {
                    Some(texts) => {
                        lists.extend(texts.into_iter().map(|text| self.by_value.get(&(what, *name, text))));
                    }
                    None => lists.push(self.by_name.get(&(what, *name))),
                }
            }
            lists.extend(asked.iter().map(|(name, _)| self.by_name.get(&(what, *name))));
        }
        lists
    }
}

/// Returns the values of everything of which no other one is excluded.
fn excluded<'a>(way: &Way<'a>) -> impl Iterator<Item = Value<'a>> + use<'a> {
    let of = |what: What, list: &'a [Named<'a>]| {
        list.iter().filter_map(move |(name, patterns)| match patterns {
            [one] => Some((what, *name, text_of(*one)?)),
            _ => None,
        })
    };
    of(What::NotHeader, way.not_headers).chain(of(What::NotCookie, way.not_cookies))
}

/// Returns the only text that a pattern takes, if there is one.
fn text_of(pattern: Pattern<'_>) -> Option<&str> {
    match pattern {
        Pattern::Exact(text) => Some(text),
        Pattern::Prefix(_) | Pattern::Below(_) | Pattern::Present | Pattern::Regex(_) => None,
    }
}

/// Returns the first value of everything of which one is asked.
fn values<'a>(way: &Way<'a>) -> impl Iterator<Item = Value<'a>> + use<'a> {
    let of = |what: What, list: &'a [Named<'a>]| {
        list.iter().filter_map(move |(name, patterns)| Some((what, *name, text_of(*patterns.first()?)?)))
    };
    of(What::Header, way.headers).chain(of(What::Cookie, way.cookies)).chain(of(What::Query, way.query))
}

/// Tells whether no other value would do.
fn is_alone(way: &Way<'_>, (what, name, _): &Value<'_>) -> bool {
    let list = match what {
        What::Header => way.headers,
        What::Cookie => way.cookies,
        What::Query => way.query,
        What::NotHeader => way.not_headers,
        What::NotCookie => way.not_cookies,
    };
    list.iter().filter(|(other, _)| other == name).all(|(_, patterns)| patterns.len() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_find_what_a_look_at_all_finds() {
        let arena = bumpalo::Bump::new();
        let texts = ["/a", "/a/b", "/ab", "/b/c/d", "/", "/é", ""];
        let of_text = |text| [Pattern::Exact(text), Pattern::Prefix(text), Pattern::Below(text)].map(Some);
        let regexes =
            ["/a.*", "/a/[a-z]+", "/b/[a-z]/d", "/.+b", ".*"].map(|regex| Some(Pattern::Regex(regex)));
        let paths = texts.into_iter().flat_map(of_text).chain(regexes).chain([None, Some(Pattern::Present)]);
        let paths: Vec<Option<Pattern<'_>>> = paths.collect();
        let one: &[Pattern<'_>] = &[Pattern::Exact("1")];
        let many: &[Pattern<'_>] = &[Pattern::Exact("1"), Pattern::Exact("2")];
        let asked: [&[Named<'_>]; 6] = [
            &[],
            &[("a", one)],
            &[("a", many)],
            &[("a", one), ("b", one)],
            &[("a", &[Pattern::Prefix("1")])],
            &[("b", &[Pattern::Present])],
        ];
        let ways = |path: &Option<Pattern<'static>>| {
            let headers = asked.map(|headers| Way { path: *path, headers, ..Way::default() });
            let cookies = asked.map(|cookies| Way { path: *path, cookies, ..Way::default() });
            let without = asked.map(|not_headers| Way { path: *path, not_headers, ..Way::default() });
            let neither = asked.map(|not_cookies| Way { path: *path, not_cookies, ..headers[1] });
            let methods = Way { path: *path, methods: &["GET"], query: asked[3], ..Way::default() };
            let ways = headers.into_iter().chain(cookies).chain(without).chain(neither).chain([methods]);
            ways.collect::<Vec<Way<'_>>>()
        };
        // Each time another way is the first, and what takes everything comes late.
        for start in 0..paths.len() {
            let mut among = Among::default();
            for (count, path) in paths.iter().cycle().skip(start).take(paths.len()).enumerate() {
                among.push(&arena.alloc_slice_copy(&ways(path))[(count + start) % 19..]);
                for way in paths.iter().step_by(3).flat_map(ways) {
                    let first = among.ways.iter().position(|taken| covers(taken, &way));
                    assert_eq!(among.first_over(&way), first, "{way:?} among {} ways", among.len());
                }
            }
        }
    }
}
