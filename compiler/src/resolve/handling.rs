//! How requests are handled on the way: timeout, retry, faults, mirrors, CORS, headers; who said it, and what beats what.

use std::ops::Deref;

use bumpalo::Bump;
use meshc_dialect::line::Line;

use super::layers;
use super::names::Found;

/// What was said about handling, as lines, so that levels can be put together word by word.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Handling<'a> {
    pub timeout: Option<&'a Line<'a>>,
    pub retry: Option<&'a Line<'a>>,
    more: &'a More<'a>,
}

/// What is seldom said, and stands elsewhere because there are so many routes.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct More<'a> {
    pub cors: Option<&'a Line<'a>>,
    /// `headers` lines, the outermost first: they add up.
    pub headers: &'a [&'a Line<'a>],
    pub mirror: Option<Mirrored<'a>>,
    pub faults: &'a [&'a Line<'a>],
    /// A `rewrite` line of which only the host matters here; the path goes with each way.
    pub rewrite: Option<&'a Line<'a>>,
}

impl Default for &More<'_> {
    fn default() -> Self {
        const NOTHING: &More<'static> =
            &More { cors: None, headers: &[], mirror: None, faults: &[], rewrite: None };
        NOTHING
    }
}

impl<'a> Deref for Handling<'a> {
    type Target = More<'a>;

    fn deref(&self) -> &More<'a> {
        self.more
    }
}

/// A mirror.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mirrored<'a> {
    pub said: &'a Copying<'a>,
    /// Whether a nearer level took it over from an outer one.
    pub inherited: bool,
}

/// A `mirror` line, with its destination looked up where it was written. Few routes have one, so it stands elsewhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Copying<'a> {
    pub line: &'a Line<'a>,
    pub to: Found,
}

impl<'a> Handling<'a> {
    /// Returns what lines say, but for the mirror, whose destination is looked up elsewhere.
    pub fn read(lines: &'a [Line<'a>], arena: &'a Bump) -> Handling<'a> {
        let [mut timeout, mut retry, mut cors, mut rewrite] = [None; 4];
        let [mut headers, mut faults]: [&[&Line<'a>]; 2] = [&[]; 2];
        for line in lines {
            match line.word.name {
                "timeout" => _ = timeout.get_or_insert(line),
                "retry" => _ = retry.get_or_insert(line),
                "cors" => _ = cors.get_or_insert(line),
                "rewrite" => _ = rewrite.get_or_insert(line),
                "headers" if headers.is_empty() => headers = all(lines, "headers", arena),
                "fault" if faults.is_empty() => faults = all(lines, "fault", arena),
                _ => {}
            }
        }
        let more = More { cors, headers, mirror: None, faults, rewrite };
        Handling { timeout, retry, more: more.kept(arena) }
    }

    /// Returns the same with this mirror.
    pub fn mirrored(&self, mirror: Option<Mirrored<'a>>, arena: &'a Bump) -> Handling<'a> {
        if mirror.is_none() && self.mirror.is_none() {
            return *self;
        }
        Handling { more: More { mirror, ..*self.more }.kept(arena), ..*self }
    }

    /// Returns what routes take over from their block: faults and rewrites are for what stands in the block itself.
    pub fn inheritable(&self, arena: &'a Bump) -> Handling<'a> {
        if self.more.is_unsaid() {
            return *self;
        }
        let more = More { faults: &[], rewrite: None, mirror: self.passed_on(), ..*self.more };
        Handling { more: more.kept(arena), ..*self }
    }

    /// Returns the mirror as a nearer level takes it over.
    pub fn passed_on(&self) -> Option<Mirrored<'a>> {
        self.mirror.map(|mirror| Mirrored { inherited: true, ..mirror })
    }

    /// Returns this level put over an outer one.
    pub fn over(&self, outer: &Handling<'a>, arena: &'a Bump) -> Handling<'a> {
        if self.is_unsaid() {
            return *outer;
        }
        let put = |near: Option<&'a Line<'a>>, far: Option<&'a Line<'a>>| match (near, far) {
            (Some(near), Some(far)) => Some(merged(far, near, arena)),
            (near, far) => near.or(far),
        };
        let (near, far) = (self.more, outer.more);
        let more = match (near.is_unsaid(), far.is_unsaid()) {
            (true, _) => far,
            (false, true) => near,
            (false, false) => arena.alloc(More {
                cors: near.cors.or(far.cors),
                headers: joined(far.headers, near.headers, arena),
                mirror: near.mirror.or(far.mirror),
                faults: faults(near.faults, far.faults, arena),
                rewrite: put(near.rewrite, far.rewrite),
            }),
        };
        Handling { timeout: put(self.timeout, outer.timeout), retry: put(self.retry, outer.retry), more }
    }

    fn is_unsaid(&self) -> bool {
        let Handling { timeout, retry, more } = self;
        timeout.is_none() && retry.is_none() && more.is_unsaid()
    }

    /// Tells whether two say the same, where `said` does not say it already.
    pub fn agrees(&self, other: &Handling<'a>, said: &Handling<'a>) -> Result<(), &'static str> {
        let same = |a: &Option<&'a Line<'a>>, b: &Option<&'a Line<'a>>| match (a, b) {
            (None, None) => true,
            (Some(a), Some(b)) => layers::equal(a, b),
            (Some(_), None) | (None, Some(_)) => false,
        };
        let all = |a: &[&'a Line<'a>], b: &[&'a Line<'a>]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| layers::equal(a, b))
        };
        let mirrors = match (&self.mirror, &other.mirror) {
            (None, None) => true,
            (Some(Mirrored { said: a, .. }), Some(Mirrored { said: b, .. })) => {
                a.to == b.to && layers::equal(a.line, b.line)
            }
            (Some(_), None) | (None, Some(_)) => false,
        };
        let checks = [
            ("timeout", said.timeout.is_some() || same(&self.timeout, &other.timeout)),
            ("retry", said.retry.is_some() || same(&self.retry, &other.retry)),
            ("cors", said.cors.is_some() || same(&self.cors, &other.cors)),
            ("headers", all(self.headers, other.headers)),
            ("mirror", said.mirror.is_some() || mirrors),
            ("fault", !said.faults.is_empty() || all(self.faults, other.faults)),
            ("rewrite", said.rewrite.is_some() || same(&self.rewrite, &other.rewrite)),
        ];
        checks.iter().find(|(_, agrees)| !agrees).map_or(Ok(()), |(word, _)| Err(word))
    }
}

impl<'a> More<'a> {
    fn is_unsaid(&self) -> bool {
        let More { cors, headers, mirror, faults, rewrite } = self;
        cors.is_none() && headers.is_empty() && mirror.is_none() && faults.is_empty() && rewrite.is_none()
    }

    fn kept(self, arena: &'a Bump) -> &'a More<'a> {
        if self.is_unsaid() { Default::default() } else { arena.alloc(self) }
    }
}

/// Returns the lines of a word.
pub(super) fn all<'a>(lines: &'a [Line<'a>], word: &str, arena: &'a Bump) -> &'a [&'a Line<'a>] {
    let mut found = lines.iter().filter(|line| line.is(word)).peekable();
    match found.peek() {
        None => &[],
        Some(_) => arena.alloc_slice_copy(&found.collect::<Vec<_>>()),
    }
}

/// Returns two lists as one.
pub(super) fn joined<'a>(
    outer: &'a [&'a Line<'a>],
    inner: &'a [&'a Line<'a>],
    arena: &'a Bump,
) -> &'a [&'a Line<'a>] {
    match (outer, inner) {
        ([], one) | (one, []) => one,
        (outer, inner) => arena.alloc_slice_copy(&[outer, inner].concat()),
    }
}

/// Returns an outer line with a nearer one put over it.
fn merged<'a>(far: &'a Line<'a>, near: &'a Line<'a>, arena: &'a Bump) -> &'a Line<'a> {
    if std::ptr::eq(far, near) { near } else { arena.alloc(layers::merge(far, near, arena)) }
}

fn faults<'a>(near: &'a [&'a Line<'a>], outer: &'a [&'a Line<'a>], arena: &'a Bump) -> &'a [&'a Line<'a>] {
    if near.is_empty() || outer.is_empty() {
        return joined(outer, near, arena);
    }
    let mut faults = outer.to_vec();
    for &fault in near {
        match faults.iter().position(|old| old.same(fault)) {
            Some(index) => faults[index] = merged(faults[index], fault, arena),
            None => faults.push(fault),
        }
    }
    arena.alloc_slice_copy(&faults)
}
