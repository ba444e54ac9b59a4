//! The hosts that a project names in headings: those that people call, and those that we call.

use meshc_dialect::line::Line;
use meshc_dialect::span::Span;
use meshc_dialect::word::Place;

use super::blocks::{Block, Blocks, find};

/// A host of an `ingress` or `egress`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Host<'a> {
    /// The host, possibly `*.` and a host.
    pub host: &'a str,
    /// Which word declares it.
    pub place: Place,
    /// Its heading.
    pub heading: Span,
}

/// All of them, in the order of files.
pub(super) struct Hosts<'a> {
    pub list: Vec<Host<'a>>,
}

impl<'a> Hosts<'a> {
    /// Returns the hosts that blocks declare, with what `host` lines put in the place of a heading.
    pub fn of(blocks: &Blocks<'a>) -> Hosts<'a> {
        let mut list = Vec::new();
        let with = |place: Place, block: &Block<'a>, list: &mut Vec<Host<'a>>| {
            list.extend(own(block.line, block.lines).map(|host| Host {
                host,
                place,
                heading: block.line.span,
            }));
        };
        for block in &blocks.ingresses {
            with(Place::Ingress, block, &mut list);
        }
        let egresses = blocks.egresses.iter().chain(blocks.own_egresses.iter().map(|(_, own)| own));
        for block in egresses {
            with(Place::Egress, block, &mut list);
        }
        Hosts { list }
    }

    /// Returns the hosts of a place that stand for a name: the name itself, or a wildcard above it.
    pub fn matching(&self, place: Place, name: &str) -> Option<&Host<'a>> {
        let of_place = || self.list.iter().filter(|host| host.place == place);
        of_place().find(|host| host.host == name).or_else(|| of_place().find(|host| below(name, host.host)))
    }

    /// Returns the hosts of a place.
    pub fn names(&self, place: Place) -> impl Iterator<Item = &'a str> {
        self.list.iter().filter(move |host| host.place == place).map(|host| host.host)
    }
}

/// Returns the hosts of a block: its `host` line, else its heading.
pub(super) fn own<'a>(heading: &Line<'a>, lines: &'a [Line<'a>]) -> impl Iterator<Item = &'a str> + use<'a> {
    let args = find(lines, "host").map_or(heading.args(), |line| line.args());
    args.filter_map(|value| value.text())
}

/// Tells whether a name stands below a wildcard.
pub(super) fn below(name: &str, wildcard: &str) -> bool {
    wildcard
        .strip_prefix('*')
        .is_some_and(|tail| name.ends_with(tail) && name.len() > tail.len() && !name.starts_with('*'))
}
