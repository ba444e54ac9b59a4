//! Findings about some hosts, for whoever puts them together with those about the hosts before.

use std::mem;

use super::super::gather::{self, Gathered};
use super::super::side::Side;
use super::super::space::{Assumed, Budget};
use super::super::upstreams::Upstreams;
use super::Findings;

/// What was found for somebody else.
pub(in super::super) struct Heard<'m> {
    gathered: Vec<gather::Heard>,
    assumed: Vec<Assumed>,
    upstreams: Upstreams<'m>,
}

impl<'s, 'm> Findings<'s, 'm> {
    /// Returns findings for somebody else to put together.
    pub(in super::super) fn for_another(sides: [&'s Side<'m>; 2], budget: Budget) -> Findings<'s, 'm> {
        let gathered = Gathered::for_another(sides.map(|side| side.origins));
        Findings { gathered, ..Findings::new(sides, budget) }
    }

    /// Returns what was found since this was last asked, for somebody else.
    pub(in super::super) fn take_heard(&mut self) -> Heard<'m> {
        let (assumed, upstreams) = (mem::take(&mut self.assumed), mem::take(&mut self.upstreams));
        Heard { gathered: self.gathered.take_heard(), assumed, upstreams }
    }

    /// Keeps what somebody else has found about hosts behind those that were asked about so far.
    pub(in super::super) fn hear(&mut self, Heard { gathered, assumed, upstreams }: Heard<'m>) {
        self.gathered.hear(gathered);
        self.assumed.extend(assumed);
        self.upstreams.append(upstreams);
    }
}
