//! Pictures of revisions: what is between a project and its [`Graph`].

use meshc_dialect::suggest::nearest;

use crate::graph::{self, Graph, Scene};
use crate::review::Revision;

/// What came of asking for a picture.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// This.
    Is(Graph),
    /// Nothing goes by that name; perhaps this is meant.
    Unknown(Option<String>),
}

/// Returns the picture of a revision, or of what touches one thing in it.
#[must_use]
pub fn picture(revision: &Revision<'_>, name: Option<&str>) -> Answer {
    let Some(scene) = revision.scene() else { return Answer::Is(Graph::default()) };
    graph::of(&scene, name).map_or_else(|| unknown(&[&scene], name), Answer::Is)
}

/// Returns the picture of what is different between two revisions, or of what touches one thing in it.
#[must_use]
pub fn change(before: &Revision<'_>, after: &Revision<'_>, name: Option<&str>) -> Answer {
    let (Some(old), Some(new)) = (before.scene(), after.scene()) else { return Answer::Is(Graph::default()) };
    let known = |scene: &Scene<'_>| graph::of(scene, name).is_some();
    if !known(&old) && !known(&new) {
        return unknown(&[&old, &new], name);
    }
    let hosts: Vec<&str> = name.into_iter().collect();
    Answer::Is(graph::of_change(&old, &new, &hosts))
}

fn unknown(scenes: &[&Scene<'_>], name: Option<&str>) -> Answer {
    let whole = scenes.iter().filter_map(|scene| graph::of(scene, None));
    let names: Vec<String> = whole.flat_map(|whole| graph::names(&whole)).collect();
    let near = nearest(name.unwrap_or_default(), names.iter().map(String::as_str));
    Answer::Unknown(near.map(str::to_owned))
}
