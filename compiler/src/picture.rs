//! Pictures of projects: what is between a project and its [`Graph`].

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::suggest::nearest;

use crate::graph::{self, Call, Graph, Scene};
use crate::project::Project;
use crate::resolve::{Resolved, resolve_with};

/// What came of asking for a picture.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// This.
    Is(Graph),
    /// Nothing goes by that name; perhaps this is meant.
    Unknown(Option<String>),
}

/// Returns the picture of a project in an environment, or of what touches one thing in it. Nothing comes of a project that
/// has errors; they are reported.
pub fn picture<'a>(
    project: &'a Project<'a>,
    env: Option<&'a str>,
    name: Option<&str>,
    out: &mut Diagnostics,
) -> Option<Answer> {
    let arena = Bump::new();
    let resolved = resolve_with(project, env, &arena, out);
    if out.has_errors() {
        return None;
    }
    let scene = scene(&resolved);
    Some(match graph::of(&scene, name) {
        Some(graph) => Answer::Is(graph),
        None => {
            let names = graph::of(&scene, None).map_or_else(Vec::new, |whole| graph::names(&whole));
            let near = nearest(name.unwrap_or_default(), names.iter().map(String::as_str));
            Answer::Unknown(near.map(str::to_owned))
        }
    })
}

/// Returns what a picture is made of.
pub(crate) fn scene<'r>(resolved: &'r Resolved<'r>) -> Scene<'r> {
    let calls = resolved.calls().into_iter().map(|(from, to)| Call { from, to });
    Scene { mesh: &resolved.mesh, calls: calls.collect() }
}
