//! Finding a line among very many: each has marks beside it, and one with others need not be looked at.

use meshc_dialect::line::{Data, Line, Pattern, Value};
use meshc_dialect::word::Identity;

/// Something with a line that it is known by.
pub(in super::super) trait HasLine<'a> {
    /// Returns the line.
    fn line(&self) -> &Line<'a>;
}

impl<'a> HasLine<'a> for Line<'a> {
    fn line(&self) -> &Line<'a> {
        self
    }
}

/// Lines, or things with one, in an order that changes.
pub(in super::super) struct Marked<T> {
    list: Vec<T>,
    marks: Vec<[u32; 2]>,
}

/// The mark of what may be known by anything.
const ANY: u32 = 0;

impl<'a, T: HasLine<'a>> Marked<T> {
    pub fn of(list: Vec<T>) -> Marked<T> {
        let marks = list.iter().map(|item| marks(item.line())).collect();
        Marked { list, marks }
    }

    pub fn list(&self) -> &[T] {
        &self.list
    }

    pub fn into_list(self) -> Vec<T> {
        self.list
    }

    pub fn push(&mut self, item: T) {
        self.insert(self.list.len(), item);
    }

    pub fn insert(&mut self, index: usize, item: T) {
        self.marks.insert(index, marks(item.line()));
        self.list.insert(index, item);
    }

    pub fn set(&mut self, index: usize, item: T) {
        self.marks[index] = marks(item.line());
        self.list[index] = item;
    }

    pub fn remove(&mut self, index: usize) -> T {
        self.marks.remove(index);
        self.list.remove(index)
    }

    /// Takes away all lines of a word.
    pub fn remove_all(&mut self, word: &str) {
        let mut keep = self.list.iter().map(|item| !item.line().is(word));
        self.marks.retain(|_| keep.next().unwrap_or(true));
        self.list.retain(|item| !item.line().is(word));
    }

    /// Returns where lines stand that may be the same as this one, or routes of its patterns.
    pub fn like(&self, line: &Line<'_>) -> impl Iterator<Item = usize> {
        let by_name = usize::from(line.word.identity == Identity::Route && line.prop("name").is_some());
        let mark = marks(line)[by_name];
        self.those(move |marks| marks[by_name] == mark)
    }

    /// Returns where lines stand that may be of this word and known by this key.
    pub fn known_by(&self, word: &str, key: Option<&str>) -> impl Iterator<Item = usize> {
        // A key may say how a pattern matches, too.
        let key = key.filter(|key| !key.starts_with('('));
        let mark = key.map(|key| mark(word, &[key]));
        self.those(move |marks| mark.is_none_or(|mark| marks.contains(&mark) || marks[1] == ANY))
    }

    fn those(&self, is_one: impl Fn(&[u32; 2]) -> bool) -> impl Iterator<Item = usize> {
        let marks = self.marks.iter().enumerate();
        marks.filter(move |(_, marks)| is_one(marks)).map(|(index, _)| index)
    }
}

/// Returns what lines share that are the same, and what they share with a key that they are known by.
fn marks(line: &Line<'_>) -> [u32; 2] {
    let word = line.word.name;
    let of =
        |value: Option<Value<'_>>| value.map_or_else(|| mark(word, &[]), |value| value_mark(word, value));
    match line.word.identity {
        Identity::Itself => [mark(word, &[]), of(line.arg(0))],
        Identity::First | Identity::Under(_) | Identity::Many => [of(line.arg(0)); 2],
        Identity::Prop(name) => [of(line.prop(name)); 2],
        Identity::Route => [of(line.arg(0)), of(line.prop("name"))],
        Identity::Which(_) => [mark(word, &[]), ANY],
    }
}

fn value_mark(word: &str, value: Value<'_>) -> u32 {
    match value.data {
        Data::Text(text) | Data::Pattern(Pattern::Exact(text) | Pattern::Regex(text)) => mark(word, &[text]),
        Data::Pattern(Pattern::Prefix(text)) => mark(word, &[text, "*"]),
        Data::Pattern(Pattern::Below(text)) => mark(word, &[text, "/*"]),
        Data::Pattern(Pattern::Present) => mark(word, &["*"]),
        Data::Number(number) => mark(word, &[&number.to_string()]),
        Data::Percent(_) | Data::Duration(_) | Data::Raw(_) | Data::Broken => mark(word, &[""]),
    }
}

/// Returns a mark that is never [`ANY`]. Different texts may share one: whoever looks for a line compares it, too.
fn mark(word: &str, texts: &[&str]) -> u32 {
    let bytes = word.bytes().chain(texts.iter().flat_map(|text| text.bytes()));
    bytes.fold(0x811c_9dc5, |mark: u32, byte| (mark ^ u32::from(byte)).wrapping_mul(0x0100_0193)) | 1
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;
    use meshc_dialect::diagnostic::Diagnostics;
    use meshc_dialect::sources::Sources;

    use super::super::absent::shown;
    use super::super::same_route;
    use super::*;
    use crate::project::Project;

    const LINES: &str = "service a {
        port 80 http
        port 9090 grpc name=second
        version v1
        version v2 app=other
        timeout \"5s\"
        timeout off
        retry 2
        balance round-robin
        fault delay=\"5s\" percent=1
        fault abort=503 percent=1
        headers { set x=y }
        mirror b
        route \"/a\" { to v1 }
        route \"/a/*\" name=below { to v1 }
        route \"/a/*\" { to v1 }
        route \"/a/*\" \"/b\" { to v1 }
        route (regex)\"/a.*\" { to v1 }
        route name=below { to v1 }
        egress a.example.com
        to v1 weight=1
        to v2 weight=2
    }";

    #[test]
    fn no_line_that_is_meant_has_other_marks() {
        let (sources, arena, mut out) = (Sources::default(), Bump::new(), Diagnostics::default());
        sources.add("a.kdl".into(), LINES.into());
        let project = Project::parse(&sources, &arena, &mut out);
        let lines = project.files[0].blocks[0].lines();
        let marked = Marked::of(lines.to_vec());
        for line in lines {
            let like: Vec<usize> = marked.like(line).collect();
            let keys =
                line.args().take(1).chain(line.props().map(|prop| prop.value)).map(|value| shown(&value));
            for (index, other) in lines.iter().enumerate() {
                let is_same = other.same(line) || same_route(other, line);
                assert!(!is_same || like.contains(&index), "{other:?} is like {line:?}");
            }
            for key in keys.chain(line.props().map(|prop| prop.key.text.to_owned())) {
                let known: Vec<usize> = marked.known_by(line.word.name, Some(&key)).collect();
                for (index, other) in lines.iter().enumerate() {
                    let is_meant = other.is(line.word.name) && super::super::remove::known_by(other, &[&key]);
                    assert!(!is_meant || known.contains(&index), "{other:?} is known by {key}");
                }
            }
        }
        assert!(lines.len() > 15, "{:?}", out.as_slice());
    }
}
