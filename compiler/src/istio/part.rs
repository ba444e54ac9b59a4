//! Parts of an output, for controllers that apply a mesh team by team.
//!
//! An object has one namespace and at most one owner, so the parts by namespace are disjoint and make up the whole, and so
//! do those by owner together with what nobody owns.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use super::Object;

/// What is said for objects that have no owner.
const NOBODY: &str = "no-owner";

/// Some objects of an output: those of one namespace, of one team, or of no team.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Part {
    /// Those that are in a namespace.
    Namespace(String),
    /// Those that a team answers for.
    Owner(String),
    /// Those that nobody answers for.
    Nobody,
}

impl Part {
    /// Tells whether an object belongs to the part.
    #[must_use]
    pub fn holds(&self, object: &Object<'_>) -> bool {
        match self {
            Part::Namespace(namespace) => object.namespace() == namespace,
            Part::Owner(team) => object.owner() == Some(team),
            Part::Nobody => object.owner().is_none(),
        }
    }

    /// Returns the parts that an output can be taken into, by namespace and by owner; none of them is empty.
    #[must_use]
    pub fn all(objects: &[Object<'_>]) -> BTreeSet<Part> {
        let namespaces = objects.iter().map(|object| Part::Namespace(object.namespace().to_owned()));
        let owners = objects.iter().map(|object| match object.owner() {
            Some(team) => Part::Owner(team.to_owned()),
            None => Part::Nobody,
        });
        namespaces.chain(owners).collect()
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Part, String> {
        match text.split_once('=') {
            Some(("namespace", name)) if !name.is_empty() => Ok(Part::Namespace(name.to_owned())),
            Some(("owner", team)) if !team.is_empty() => Ok(Part::Owner(team.to_owned())),
            None if text == NOBODY => Ok(Part::Nobody),
            Some(_) | None => Err(format!("say `namespace=NAME`, `owner=TEAM` or `{NOBODY}`")),
        }
    }
}

impl Display for Part {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Part::Namespace(name) => write!(to, "namespace={name}"),
            Part::Owner(team) => write!(to, "owner={team}"),
            Part::Nobody => to.write_str(NOBODY),
        }
    }
}
