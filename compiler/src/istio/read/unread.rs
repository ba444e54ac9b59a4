//! What was not read of an object: told with its place, and kept.

use bumpalo::Bump;

use super::Finding;
use super::entries::Step;
use crate::mesh::Fields;
use crate::yaml::{Data, Mark, Node};

/// A part of an object that was not read.
#[derive(Debug)]
pub(super) struct Unread<'a> {
    /// Where in the object.
    pub steps: Vec<Step<'a>>,
    /// Where in the text.
    pub at: Mark,
    /// Why.
    pub why: Why,
}

/// Why something was not read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Why {
    /// The text is none from here on, for this reason.
    Broken(String),
    /// Nothing is known of objects of this kind.
    Kind(String),
    /// Nothing is known of this field.
    Field,
    /// This value is not understood.
    Value(String),
    /// It is not there, and what is meant without it cannot be told.
    Missing,
    /// Nobody has declared this gateway.
    Gateway(String),
    /// It says nothing about traffic, and is only handed on.
    HandedOn,
}

impl<'a> Unread<'a> {
    /// Returns what there is to tell about it.
    pub fn finding(&self, source: usize, object: &str) -> Option<Finding> {
        let Unread { steps, at, why } = self;
        (*why != Why::HandedOn).then(|| Finding {
            source,
            at: *at,
            object: object.to_owned(),
            field: path(steps),
            why: why.clone(),
        })
    }

    /// Tells whether it may have a say in what happens to traffic.
    fn matters(&self) -> bool {
        match &self.why {
            Why::Gateway(_) | Why::HandedOn => false,
            Why::Broken(_) | Why::Kind(_) | Why::Field | Why::Value(_) | Why::Missing => {
                let about_istio =
                    |step: &Step<'a>| matches!(step, Step::Key(key) if key.contains("istio.io/"));
                self.steps.first() != Some(&Step::Key("metadata")) || self.steps.iter().any(about_istio)
            }
        }
    }

    /// Tells whether it has to be kept to be written again.
    fn is_kept(&self) -> bool {
        !matches!(self.why, Why::Gateway(_))
    }
}

/// Returns the paths of what may have a say in what happens to traffic.
pub(super) fn paths<'a>(unread: &[Unread<'a>], arena: &'a Bump) -> Vec<&'a str> {
    let mut paths: Vec<&'a str> = Vec::new();
    for unread in unread.iter().filter(|unread| unread.matters()) {
        paths.push(arena.alloc_str(&path(&unread.steps)));
    }
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// Returns the fields that have to be put over what is known to get the object back, if there are any.
pub(super) fn fields<'a>(node: Node<'a>, unread: &[Unread<'a>]) -> Option<Fields<'a>> {
    let kept: Vec<&[Step<'a>]> =
        unread.iter().filter(|unread| unread.is_kept()).map(|unread| &unread.steps[..]).collect();
    (!kept.is_empty()).then(|| part(node, &kept))
}

/// Returns the part of a value that some paths lead into. Lists are put over as wholes, so they are kept as wholes.
fn part<'a>(node: Node<'a>, paths: &[&[Step<'a>]]) -> Fields<'a> {
    let Data::Map(entries) = node.data else { return whole(node) };
    let mut kept = Vec::new();
    for (name, node) in entries {
        let below = paths.iter().filter(|path| path.first() == Some(&Step::Key(name)));
        let below: Vec<&[Step<'a>]> = below.map(|path| &path[1..]).collect();
        if below.is_empty() {
            continue;
        }
        let all = below.iter().any(|path| path.is_empty());
        kept.push((*name, if all { whole(*node) } else { part(*node, &below) }));
    }
    Fields::Map(kept)
}

fn whole(node: Node<'_>) -> Fields<'_> {
    match node.data {
        Data::Null => Fields::Null,
        Data::Bool(value) => Fields::Bool(value),
        Data::Number(text) => Fields::Number(text),
        Data::Text(text) => Fields::Text(text),
        Data::List(items) => Fields::List(items.iter().map(|item| whole(*item)).collect()),
        Data::Map(entries) => Fields::Map(entries.iter().map(|(name, node)| (*name, whole(*node))).collect()),
    }
}

fn path(steps: &[Step<'_>]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Key(key) => {
                let dot = if path.is_empty() { "" } else { "." };
                path.push_str(dot);
                path.push_str(key);
            }
            Step::Item(index) => path.push_str(&format!("[{index}]")),
        }
    }
    path
}
