//! A review: two revisions of a project compared in each environment, and told to people and to programs.

mod breaches;
mod document;
mod github;
mod gitlab;
mod html;
mod json;
mod markdown;
mod pictures;
mod planned;
mod pretty;
mod ruled;
mod ruling;
mod sarif;
mod template;
mod touched;
mod words;
mod written;

pub use breaches::Breach;
pub use json::DIFF_SCHEMA;
pub use template::Wrong;
pub use touched::{Touched, touched};

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::sources::Sources;

use crate::diff::{self, Diff, HostTable, Level, Side, Verdict};
use crate::graph::{Call, Graph, Scene};
use crate::mesh::{Index, Mesh, World};
use crate::plan::{self, Plan, Was};
use crate::processors::{are_several, both};
use crate::project::Project;
pub use crate::report::Colour;
use crate::resolve::{self, Judge, Resolved, Spare, resolve_beside, resolve_in_domain, resolve_side};
use document::Document;
use json::Part;
pub use pictures::picture;
pub use planned::Planned;
pub use ruling::{RuledBy, Terms};
use written::{Written, place};

/// With fewer hosts, waking another thread takes longer than it saves.
const MANY: usize = 512;

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
    /// What a policy does not allow, though it can be built: see [`steps`].
    pub breaches: Vec<Breach>,
}

/// What a comparison came to in one environment.
pub struct InEnv {
    /// The environment.
    pub env: Option<String>,
    /// What differs; nothing where the old revision does not compile.
    pub diff: Option<Diff>,
    /// What it takes to apply it, if anybody asked.
    pub plan: Option<Plan>,
    /// What proxies do with the hosts that changes are about, for formats that show it; see [`tables`].
    pub tables: Vec<HostTable>,
    /// Where traffic goes otherwise, for formats that show it, if a picture shows that; see [`picture`].
    pub picture: Option<Graph>,
    /// Whom the changes concern; see [`touched()`].
    pub touched: Touched,
}

/// How a review is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// For people.
    Pretty,
    /// For a pull request, with pictures that forges draw.
    Markdown,
    /// One document: `meshc.dev/diff/v1`.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// Code quality of GitLab.
    Gitlab,
    /// One page, which shows pictures and tables of routes as well.
    Html,
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

    /// Returns it as text. Only text for people has colours.
    ///
    /// # Errors
    ///
    /// Where a review does not fit its format.
    pub fn show(&self, format: Format, colour: Colour) -> Result<String, Wrong> {
        let document = Document::of(self);
        Ok(match format {
            Format::Pretty => pretty::text(&document, colour),
            Format::Markdown => markdown::text(&document, None)?,
            Format::Json => json::document(&document, Part::Published),
            Format::Sarif => sarif::document(&document),
            Format::Github => github::commands(&document),
            Format::Gitlab => gitlab::report(&document),
            Format::Html => html::page(&document)?,
        })
    }

    /// Returns it as Markdown by somebody's own template.
    ///
    /// # Errors
    ///
    /// Where the template is none, does too much, or makes too much text.
    pub fn show_by(&self, template: &str) -> Result<String, Wrong> {
        markdown::text(&Document::of(self), Some(template))
    }

    /// Returns what is said beside text for people: what a verdict rests on, or where to read on.
    #[must_use]
    pub fn talk(&self) -> String {
        pretty::talk(&Document::of(self))
    }
}

/// One revision in one environment.
pub struct Revision<'a> {
    resolved: Option<Resolved<'a>>,
    project: Option<&'a Project<'a>>,
    env: Option<&'a str>,
    /// Where the facts of its mesh stand, if that was found out already.
    index: Option<Index<'a>>,
}

impl<'a> Revision<'a> {
    /// Compiles a revision.
    pub fn compile(
        project: &'a Project<'a>,
        env: Option<&'a str>,
        arena: &'a Bump,
        out: &mut Diagnostics,
    ) -> Revision<'a> {
        Revision::of(project, env, resolve_side(project, env, (arena, None), out))
    }

    /// Compiles a revision, half of it in other arenas by another thread.
    pub fn compile_by_two(
        project: &'a Project<'a>,
        env: Option<&'a str>,
        arena: &'a Bump,
        other: &'a mut Spare,
        out: &mut Diagnostics,
    ) -> Revision<'a> {
        Revision::of(project, env, resolve_side(project, env, (arena, Some(other)), out))
    }

    /// Compiles a revision of which another one, without errors, is known: what they share is not compiled again. Meanwhile
    /// the other one is made ready to be compared, by another thread where there is much.
    pub fn compile_beside(
        project: &'a Project<'a>,
        env: Option<&'a str>,
        other: &mut Revision<'a>,
        arena: &'a Bump,
        out: &mut Diagnostics,
    ) -> Revision<'a> {
        let Some(known) = &other.resolved else { return Revision::compile(project, env, arena, out) };
        let pays = known.mesh.hosts.len() >= MANY && are_several();
        let mut compile = || resolve_beside(project, env, known, arena, out);
        let (resolved, index) = match pays {
            // Whoever compares the two will ask for it.
            true => both(&mut compile, || Some(known.mesh.index())),
            false => (compile(), None),
        };
        other.index = index;
        Revision::of(project, env, resolved)
    }

    fn of(project: &'a Project<'a>, env: Option<&'a str>, resolved: Resolved<'a>) -> Revision<'a> {
        Revision { resolved: Some(resolved), project: Some(project), env, index: None }
    }

    /// A revision that has no such project or environment: nothing is configured.
    #[must_use]
    pub fn absent() -> Revision<'a> {
        Revision { resolved: None, project: None, env: None, index: None }
    }

    /// Returns it as one that judges.
    fn judge(&self) -> Option<Judge<'_, 'a>> {
        Some(Judge { resolved: self.resolved.as_ref()?, project: self.project?, env: self.env })
    }

    /// Returns what a picture is made of, if there is anything.
    #[must_use]
    pub fn scene(&self) -> Option<Scene<'_>> {
        let resolved = self.resolved.as_ref()?;
        let calls = resolved.calls().into_iter();
        Some(Scene { mesh: &resolved.mesh, calls: calls.map(|(from, to)| Call { from, to }).collect() })
    }

    /// Returns its mesh, if there is one.
    fn mesh(&self) -> Option<&Mesh<'a>> {
        self.resolved.as_ref().map(|resolved| &resolved.mesh)
    }
}

/// A mesh in which nothing is configured, set up like another.
fn nothing<'a>(world: World<'a>) -> Mesh<'a> {
    let (hosts, bindings, policies) = Default::default();
    Mesh { world, hosts, bindings, policies, gateways: Vec::new(), opaque: Vec::new() }
}

/// Returns a revision as if its cluster had the domain of another one, which it has not.
///
/// To compare hosts of two domains would tell of each that the old one is gone and a new one there, and never what else is
/// another about it.
fn renamed<'r>(before: &'r Revision<'r>, after: &'r Revision<'r>, arena: &'r Bump) -> Option<Revision<'r>> {
    let [from, to] = [before.mesh()?, after.mesh()?].map(|mesh| mesh.world.cluster_domain);
    let project = before.project.filter(|_| from != to)?;
    let mut out = Diagnostics::default();
    let resolved = resolve_in_domain(project, before.env, to, arena, &mut out);
    // Where somebody wrote names with their domain, some mean nothing any more.
    (!out.has_errors()).then(|| Revision::of(project, before.env, resolved))
}

/// Compares two revisions in one environment.
#[must_use]
pub fn compare<'r>(sources: &'r Sources, before: &'r Revision<'r>, after: &'r Revision<'r>) -> Diff {
    compare_by(sources, before, after, |old, new| diff::compare(old, new, diff::space::Budget::default()))
}

/// Returns what something finds that compares both sides.
fn compare_by<'r>(
    sources: &'r Sources,
    before: &'r Revision<'r>,
    after: &'r Revision<'r>,
    by: impl Fn(&Side<'_>, &Side<'_>) -> Diff,
) -> Diff {
    let domain = before.mesh().map(|mesh| mesh.world.cluster_domain);
    let arena = Bump::new();
    let renamed = renamed(before, after, &arena);
    let before = renamed.as_ref().unwrap_or(before);
    let written = [before, after].map(|revision| Written::of(revision, sources));
    let meshes = [before, after].map(Revision::mesh);
    let Some(world) = meshes.iter().flatten().next().map(|mesh| mesh.world) else { return Diff::default() };
    let empty = nothing(world);
    let index = after.index.clone();
    let both = meshes.map(|mesh| mesh.unwrap_or(&empty));
    let mut sides = Side::both_by(index, both, [&written[0], &written[1]]);
    // A project without environments is a file that comes or goes, which everybody sees.
    if before.env.is_some() || after.env.is_some() {
        sides.iter_mut().zip(meshes).for_each(|(side, mesh)| side.is_there = mesh.is_some());
    }
    let [mut old, new] = sides;
    old.domain = domain.unwrap_or(old.domain);
    let mut found = by(&old, &new);
    // An environment in which nothing was said is no traffic that comes or goes with it.
    if found.changes.iter().all(|change| change.rule.slug.starts_with("configuration-")) {
        found.changes.clear();
    }
    found
}

/// So many tables are shown: nobody looks at more, and a page has to load.
const MOST_TABLES: usize = 40;

/// Returns what proxies do with the hosts that changes are about, for formats that show it.
#[must_use]
pub fn tables<'r>(
    sources: &'r Sources,
    before: &'r Revision<'r>,
    after: &'r Revision<'r>,
    found: &Diff,
) -> Vec<HostTable> {
    let arena = Bump::new();
    let renamed = renamed(before, after, &arena);
    let before = renamed.as_ref().unwrap_or(before);
    let written = [before, after].map(|revision| Written::of(revision, sources));
    let meshes = [before, after].map(Revision::mesh);
    let Some(world) = meshes.iter().flatten().next().map(|mesh| mesh.world) else { return Vec::new() };
    let empty = nothing(world);
    let index = after.index.clone();
    let meshes = meshes.map(|mesh| mesh.unwrap_or(&empty));
    let [old, new] = Side::both_by(index, meshes, [&written[0], &written[1]]);
    diff::tables(&old, &new, found, MOST_TABLES)
}

/// Compares two revisions in one environment, and applies levels and waivers to what is found.
#[must_use]
pub fn judge<'r>(
    sources: &'r Sources,
    before: &'r Revision<'r>,
    after: &'r Revision<'r>,
    terms: &Terms,
) -> Diff {
    ruling::apply(compare(sources, before, after), sources, [before, after], terms)
}

/// Reports what breaks a policy's rule that needs both revisions: `limit canary-step`.
pub fn steps<'r>(before: &'r Revision<'r>, after: &'r Revision<'r>, terms: &Terms, out: &mut Diagnostics) {
    let [Some(old), Some(new)] = [before, after].map(Revision::judge) else { return };
    resolve::steps(old, new, ruling::ruled_by_base(before, terms), out);
}

/// Returns what it takes to get from one revision to another in one environment.
#[must_use]
pub fn plan<'r>(sources: &'r Sources, before: &'r Revision<'r>, after: &'r Revision<'r>) -> Option<Plan> {
    let arena = Bump::new();
    let renamed = renamed(before, after, &arena);
    let compared = [renamed.as_ref().unwrap_or(before), after];
    let written = compared.map(|revision| Written::of(revision, sources));
    let meshes = compared.map(Revision::mesh);
    let empty = nothing(meshes.iter().flatten().next()?.world);
    let [old, new] = meshes.map(|mesh| mesh.unwrap_or(&empty));
    let is_there = before.mesh().unwrap_or(&empty);
    Some(plan::plan(Was { compared: old, written: is_there }, new, [&written[0], &written[1]]))
}

#[cfg(test)]
mod tests;
