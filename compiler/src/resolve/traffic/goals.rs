//! Goals: where requests go from one place, as it was said.

use std::cell::OnceCell;

use meshc_dialect::line::{Line, Value};
use meshc_dialect::span::Span;

use super::super::names::Found;
use super::Leaf;
use crate::mesh::Controller;

/// Somewhere that requests go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Goal<'a> {
    pub to: Found,
    pub weight: u64,
    pub port: Option<Value<'a>>,
    pub owner: Option<Controller>,
    pub headers: &'a [&'a Line<'a>],
    /// Whether it is requests that go there, rather than connections that nobody opens.
    pub http: bool,
    pub span: Span,
}

/// Everywhere that requests go from one place.
pub(super) struct Goals<'a> {
    pub list: Vec<Goal<'a>>,
    /// The upstreams that they are together, once that is known: all routes of a service may go there.
    merged: OnceCell<&'a [Leaf<'a>]>,
}

impl<'a> From<Vec<Goal<'a>>> for Goals<'a> {
    fn from(list: Vec<Goal<'a>>) -> Goals<'a> {
        Goals { list, merged: OnceCell::new() }
    }
}

impl<'a> Goals<'a> {
    /// Tells whether there is one alone, of which nothing is said but its name.
    pub fn is_plain(&self) -> bool {
        matches!(&self.list[..], [Goal { owner: None, headers: [], .. }])
    }

    /// Returns the upstreams that they are together. What is wrong with a port is told for each route.
    pub fn merged(&self, merge: impl FnOnce(&[Goal<'a>]) -> &'a [Leaf<'a>]) -> &'a [Leaf<'a>] {
        match self.list.iter().all(|goal| goal.port.is_none()) {
            true => self.merged.get_or_init(|| merge(&self.list)),
            false => merge(&self.list),
        }
    }
}
