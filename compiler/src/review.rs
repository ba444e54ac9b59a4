//! A review: two revisions of a project compared in each environment, and told to people and to programs.

mod json;
mod pretty;
mod words;

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::sources::Sources;
use meshc_dialect::span::Span;

use crate::diff::{self, Diff, Level, Origins, Place, Side, Thing, Verdict};
use crate::mesh::{Mesh, World};
use crate::project::Project;
use crate::resolve::{Places, Resolved, resolve_with};

/// What a comparison of two revisions came to.
pub struct Review {
    /// What the old revision is called.
    pub before: String,
    /// What the new revision is called.
    pub after: String,
    /// What to put before the paths of the old revision, so that they can be opened.
    pub before_base: String,
    /// What to put before the paths of the new revision.
    pub after_base: String,
    /// Each environment; one without a name where there are none.
    pub envs: Vec<InEnv>,
}

/// What a comparison came to in one environment.
pub struct InEnv {
    /// The environment.
    pub env: Option<String>,
    /// What differs; nothing where the old revision does not compile.
    pub diff: Option<Diff>,
}

/// How a review is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// For people.
    Pretty,
    /// One document: `meshc.dev/diff/v1`.
    Json,
}

impl Review {
    /// Returns the verdict on all environments together.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let all = || self.envs.iter().map(|one| one.diff.as_ref().map_or(Verdict::Unknown, Diff::verdict));
        if all().any(|verdict| verdict == Verdict::Different) {
            Verdict::Different
        } else if all().any(|verdict| verdict == Verdict::Unknown) {
            Verdict::Unknown
        } else {
            Verdict::Same
        }
    }

    /// Returns the worst level of all changes.
    #[must_use]
    pub fn worst(&self) -> Option<Level> {
        self.envs.iter().filter_map(|one| one.diff.as_ref()?.worst()).max()
    }

    /// Tells whether anything could not be judged.
    #[must_use]
    pub fn has_unknowns(&self) -> bool {
        self.envs.iter().any(|one| one.diff.as_ref().is_none_or(|diff| !diff.unknowns.is_empty()))
    }

    /// Returns it as text.
    #[must_use]
    pub fn show(&self, format: Format) -> String {
        match format {
            Format::Pretty => pretty::text(self),
            Format::Json => json::document(self),
        }
    }
}

/// One revision in one environment.
pub struct Revision<'a> {
    resolved: Option<Resolved<'a>>,
    places: Option<Places<'a>>,
}

impl<'a> Revision<'a> {
    /// Compiles a revision.
    pub fn compile(
        project: &'a Project<'a>,
        env: Option<&'a str>,
        arena: &'a Bump,
        out: &mut Diagnostics,
    ) -> Revision<'a> {
        let resolved = resolve_with(project, env, arena, out);
        let places = Some(Places::of(&resolved));
        Revision { resolved: Some(resolved), places }
    }

    /// A revision that has no such project or environment: nothing is configured.
    #[must_use]
    pub fn absent() -> Revision<'a> {
        Revision { resolved: None, places: None }
    }

    /// Returns its mesh, if there is one.
    fn mesh(&self) -> Option<&Mesh<'a>> {
        self.resolved.as_ref().map(|resolved| &resolved.mesh)
    }
}

/// A mesh in which nothing is configured, set up like another.
fn nothing<'a>(world: World<'a>) -> Mesh<'a> {
    let (hosts, bindings, policies) = (Vec::new(), Vec::new(), Vec::new());
    Mesh { world, hosts, bindings, policies, gateways: Vec::new(), opaque: Vec::new() }
}

/// Compares two revisions in one environment. Paths begin after `bases`.
#[must_use]
pub fn compare<'r>(sources: &'r Sources, before: &'r Revision<'r>, after: &'r Revision<'r>) -> Diff {
    let written = [before, after].map(|revision| Written { revision, sources });
    let meshes = [before, after].map(Revision::mesh);
    let Some(world) = meshes.iter().flatten().next().map(|mesh| mesh.world) else { return Diff::default() };
    let empty = nothing(world);
    let [old, new] = [0, 1].map(|side| Side::new(meshes[side].unwrap_or(&empty), &written[side]));
    diff::compare(&old, &new, diff::space::Budget::default())
}

/// Knows where a revision was written.
struct Written<'r> {
    revision: &'r Revision<'r>,
    sources: &'r Sources,
}

impl Origins for Written<'_> {
    fn place(&self, thing: Thing<'_, '_>, what: &str) -> Option<Place> {
        let places = self.revision.places.as_ref()?;
        let words = words::of(what);
        let within = |heading: Span| places.line(heading, words).unwrap_or(heading);
        let span = match thing {
            Thing::Route(binding, name) => {
                let route = places.route(binding, name.unwrap_or(""))?;
                let blocks = places.headings_of(binding);
                let line = places.line(route, words);
                let line = line.or_else(|| blocks.iter().find_map(|block| places.line(*block, words)));
                Some(line.unwrap_or(route))
            }
            Thing::Policy(policy) => places.host(policy.host).map(within),
            Thing::Host(host) => places.host(host).map(within),
            Thing::Gateway(gateway) => places.gateway(gateway.object.name).map(within),
            Thing::World => places.of_mesh(words).or_else(|| places.mesh()),
        }?;
        let (line, column) = self.sources.position(span);
        Some(Place { path: self.sources.file(span.file).path.clone(), line, column })
    }
}
