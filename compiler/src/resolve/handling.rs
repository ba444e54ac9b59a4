//! How requests are handled on the way: timeout, retry, faults, mirrors, CORS, headers; who said it, and what beats what.

use bumpalo::Bump;
use meshc_dialect::line::Line;

use super::blocks::find;
use super::layers;
use super::names::Found;

/// What was said about handling, as lines, so that levels can be put together word by word.
#[derive(Clone, Default, Debug)]
pub(super) struct Handling<'a> {
    pub timeout: Option<Line<'a>>,
    pub retry: Option<Line<'a>>,
    pub cors: Option<Line<'a>>,
    /// `headers` lines, the outermost first: they add up.
    pub headers: Vec<Line<'a>>,
    pub mirror: Option<Mirrored<'a>>,
    pub faults: Vec<Line<'a>>,
    /// A `rewrite` line of which only the host matters here; the path goes with each way.
    pub rewrite: Option<Line<'a>>,
}

/// A mirror, with its destination looked up where it was written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mirrored<'a> {
    pub line: Line<'a>,
    pub to: Found,
    /// Whether a nearer level took it over from an outer one.
    pub inherited: bool,
}

impl<'a> Handling<'a> {
    /// Returns what lines say, but for the mirror, whose destination is looked up elsewhere.
    pub fn read(lines: &'a [Line<'a>]) -> Handling<'a> {
        Handling {
            timeout: find(lines, "timeout").copied(),
            retry: find(lines, "retry").copied(),
            cors: find(lines, "cors").copied(),
            headers: lines.iter().filter(|line| line.is("headers")).copied().collect(),
            mirror: None,
            faults: lines.iter().filter(|line| line.is("fault")).copied().collect(),
            rewrite: find(lines, "rewrite").copied(),
        }
    }

    /// Returns what routes take over from their block: faults and rewrites are for what stands in the block itself.
    pub fn inheritable(&self) -> Handling<'a> {
        let mirror = self.mirror.map(|mirror| Mirrored { inherited: true, ..mirror });
        Handling { faults: Vec::new(), rewrite: None, mirror, ..self.clone() }
    }

    /// Returns this level put over an outer one.
    pub fn over(&self, outer: &Handling<'a>, arena: &'a Bump) -> Handling<'a> {
        let put = |near: &Option<Line<'a>>, far: &Option<Line<'a>>| match (near, far) {
            (Some(near), Some(far)) => Some(layers::merge(far, near, arena)),
            (near, far) => near.or(*far),
        };
        let mut faults = outer.faults.clone();
        for fault in &self.faults {
            match faults.iter().position(|old| old.same(fault)) {
                Some(index) => faults[index] = layers::merge(&faults[index].clone(), fault, arena),
                None => faults.push(*fault),
            }
        }
        Handling {
            timeout: put(&self.timeout, &outer.timeout),
            retry: put(&self.retry, &outer.retry),
            cors: self.cors.or(outer.cors),
            headers: outer.headers.iter().chain(&self.headers).copied().collect(),
            mirror: self.mirror.or(outer.mirror),
            faults,
            rewrite: put(&self.rewrite, &outer.rewrite),
        }
    }

    /// Tells whether two say the same, where `said` does not say it already.
    pub fn agrees(&self, other: &Handling<'a>, said: &Handling<'a>) -> Result<(), &'static str> {
        let same = |a: &Option<Line<'a>>, b: &Option<Line<'a>>| match (a, b) {
            (None, None) => true,
            (Some(a), Some(b)) => layers::equal(a, b),
            (Some(_), None) | (None, Some(_)) => false,
        };
        let all = |a: &[Line<'a>], b: &[Line<'a>]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| layers::equal(a, b))
        };
        let mirrors = match (&self.mirror, &other.mirror) {
            (None, None) => true,
            (Some(a), Some(b)) => a.to == b.to && layers::equal(&a.line, &b.line),
            (Some(_), None) | (None, Some(_)) => false,
        };
        let checks = [
            ("timeout", said.timeout.is_some() || same(&self.timeout, &other.timeout)),
            ("retry", said.retry.is_some() || same(&self.retry, &other.retry)),
            ("cors", said.cors.is_some() || same(&self.cors, &other.cors)),
            ("headers", all(&self.headers, &other.headers)),
            ("mirror", said.mirror.is_some() || mirrors),
            ("fault", !said.faults.is_empty() || all(&self.faults, &other.faults)),
            ("rewrite", said.rewrite.is_some() || same(&self.rewrite, &other.rewrite)),
        ];
        checks.iter().find(|(_, agrees)| !agrees).map_or(Ok(()), |(word, _)| Err(word))
    }
}
