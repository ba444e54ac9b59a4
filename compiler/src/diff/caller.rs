//! A proxy that sends requests on.

use std::cell::RefCell;

use super::outcome::{Name, Pods, Upstream};
use super::side::Side;
use crate::mesh::{Client, Destination};

/// So many upstreams are remembered, so that to look for one of thousands takes no longer than to find it out.
const MOST: usize = 16;

/// A proxy of one side, and the upstreams that it was found to send to: most routes of a host have the same ones.
pub(super) struct Caller<'s, 'm> {
    side: &'s Side<'m>,
    client: Client<'s>,
    known: RefCell<Vec<(Destination<'m>, Upstream<'m>)>>,
}

impl<'s, 'm> Caller<'s, 'm> {
    pub(super) fn new(side: &'s Side<'m>, client: Client<'s>) -> Caller<'s, 'm> {
        Caller { side, client, known: RefCell::default() }
    }

    /// Returns the upstream that a destination is for it.
    pub(super) fn upstream(&self, to: Destination<'m>) -> Upstream<'m> {
        if let Some((_, known)) = self.known.borrow().iter().find(|(own, _)| *own == to) {
            return known.clone();
        }
        let Destination { host, port, subset } = to;
        let upstream = Upstream { host, port, pods: self.pods(to), subset: Name(subset) };
        let mut known = self.known.borrow_mut();
        if known.len() < MOST {
            known.push((to, upstream.clone()));
        }
        upstream
    }

    fn pods(&self, to: Destination<'m>) -> Pods<'m> {
        let Caller { side, client, known: _ } = self;
        if side.is_unknown_to(*client, to.host, to.port) {
            return Pods::NoHost;
        }
        if to.subset.is_none() {
            return Pods::All;
        }
        match side.view.treated_by(*client, to).subset {
            Some(subset) if subset.labels.is_empty() => Pods::All,
            Some(subset) => {
                let mut labels = subset.labels.to_vec();
                labels.sort_unstable();
                Pods::With(labels)
            }
            None => Pods::NoSubset,
        }
    }
}
