//! `meshc test`: every promise of a project, kept or not, and the routes that no promise reaches.

mod cases;
mod judge;
mod report;
mod taken;

use std::collections::BTreeSet;

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::sources::Sources;

use crate::mesh::Client;
use crate::project::Project;
use crate::resolve::{Places, Promise, resolve_with};
use crate::route::{Page, trace};
use crate::simulate::{Detail, Outcome, Request, Simulator, Trace};
pub use cases::{Case, cases};

/// The JSON Schema of outcomes as a document.
pub const SCHEMA: &str = include_str!("test/test.schema.json");

/// What became of all promises of a project.
#[derive(Debug, Default)]
pub struct Outcomes {
    /// Each promise in each environment where it holds.
    pub promises: Vec<Kept>,
    /// Every route that is written into an object, and whether a promise reaches it.
    pub routes: Vec<Route>,
}

/// One promise in one environment.
#[derive(Debug)]
pub struct Kept {
    /// Its text.
    pub text: String,
    /// The file that it stands in.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The environment.
    pub env: Option<String>,
    /// How it was broken, if it was.
    pub broken: Option<Broken>,
}

/// How a promise was broken.
#[derive(Debug)]
pub struct Broken {
    /// The request.
    pub request: String,
    /// What was expected, and what came, in pairs.
    pub differences: Vec<(String, String)>,
    /// What the proxies did.
    pub trace: String,
}

/// A route of the project.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Route {
    /// The file that it was written in.
    pub file: String,
    /// The line.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// Whether a promise reaches it, in any environment.
    pub reached: bool,
}

/// How outcomes are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// For people.
    Pretty,
    /// A versioned document: `meshc.dev/test/v1`.
    Json,
    /// What continuous integration reads.
    Junit,
    /// Workflow commands of GitHub Actions.
    Github,
}

/// Tries every promise in each of these environments, and every case in all of them.
pub fn test<'a>(
    project: &'a Project<'a>,
    envs: &[Option<&'a str>],
    cases: &[Case],
    written: (&Sources, &str),
    out: &mut Diagnostics,
) -> Outcomes {
    let mut outcomes = Outcomes::default();
    let mut all: BTreeSet<(String, usize, String)> = BTreeSet::new();
    let mut reached = BTreeSet::new();
    for &env in envs {
        let arena = Bump::new();
        let resolved = resolve_with(project, env, &arena, out);
        let (sources, base) = written;
        let page = Page { resolved: &resolved, sources, base, places: Places::of(&resolved) };
        let simulator = Simulator::new(&resolved.mesh, Detail::Reasons);
        for promise in resolved.promises(env) {
            let answer = simulator.send(&request(&promise));
            page.mark(&answer, &mut reached);
            outcomes.promises.push(page.keep(&promise, &answer, env));
        }
        for case in cases {
            let kept = page.case(case, &simulator, env, &mut |answer| page.mark(answer, &mut reached));
            outcomes.promises.push(kept);
        }
        page.routes(&mut all);
    }
    // The order of files and lines, whatever the order of environments.
    outcomes.promises.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    let route = |(file, line, name): (String, usize, String)| {
        let key = (file, line, name);
        let reached = reached.contains(&key);
        let (file, line, name) = key;
        Route { file, line, name, reached }
    };
    outcomes.routes = all.into_iter().map(route).collect();
    outcomes
}

impl Outcomes {
    /// Returns how many promises were broken.
    #[must_use]
    pub fn broken(&self) -> usize {
        self.promises.iter().filter(|kept| kept.broken.is_some()).count()
    }

    /// Returns how many percent of the routes a promise reaches, rounded down; all of none.
    #[must_use]
    pub fn coverage(&self) -> u32 {
        let reached = self.routes.iter().filter(|route| route.reached).count();
        let percent = (reached * 100).checked_div(self.routes.len()).unwrap_or(100);
        u32::try_from(percent).unwrap_or(100)
    }

    /// Returns the outcomes in a format.
    #[must_use]
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Pretty => report::pretty(self),
            Format::Json => report::json(self),
            Format::Junit => report::junit(self),
            Format::Github => report::github(self),
        }
    }
}

/// Returns the request of a promise.
fn request<'p>(promise: &'p Promise<'_>) -> Request<'p> {
    let client = match promise.via {
        Some(index) => Client::Gateway(index),
        None => Client::Sidecar { namespace: promise.namespace, labels: &promise.labels },
    };
    Request {
        client,
        tls: promise.called.tls,
        host: promise.called.host.clone(),
        port: promise.called.port,
        authority: promise.called.authority.clone(),
        method: promise.method.to_owned(),
        path: promise.called.path.clone(),
        headers: promise.headers.clone(),
    }
}

impl Page<'_, '_> {
    fn keep(&self, promise: &Promise<'_>, answer: &Trace<'_>, env: Option<&str>) -> Kept {
        let (file, line) = self.file_line(promise.span);
        let differences = judge::differences(promise, answer, &self.resolved.mesh);
        let broken = (!differences.is_empty()).then(|| {
            let mut text = String::new();
            trace(&mut text, self, answer, 0);
            Broken { request: format!("{} {}", promise.method, promise.url), differences, trace: text }
        });
        Kept { text: promise.text.to_owned(), file, line, env: env.map(str::to_owned), broken }
    }

    fn file_line(&self, span: meshc_dialect::span::Span) -> (String, usize) {
        let path = &self.sources.file(span.file()).path;
        (format!("{}{path}", self.base), self.sources.position(span).0)
    }

    /// Adds the routes that a request took.
    fn mark(&self, trace: &Trace<'_>, reached: &mut BTreeSet<(String, usize, String)>) {
        if let Some(taken) = &trace.route
            && let Some(span) = self.place(taken)
        {
            let (file, line) = self.file_line(span);
            reached.insert((file, line, taken.name.to_owned()));
        }
        let Outcome::Routed(routed) = &trace.outcome else { return };
        for then in routed.destinations.iter().filter_map(|arrival| arrival.then.as_deref()) {
            self.mark(then, reached);
        }
    }

    /// Adds the routes that are written into objects.
    fn routes(&self, all: &mut BTreeSet<(String, usize, String)>) {
        for binding in &self.resolved.mesh.bindings {
            let opaque = !binding.tls.is_empty() || !binding.tcp.is_empty();
            let names = binding.http.iter().map(|route| route.name).chain(opaque.then_some(""));
            for name in names {
                if let Some(span) = self.places.route(binding, name) {
                    let (file, line) = self.file_line(span);
                    all.insert((file, line, name.to_owned()));
                }
            }
        }
    }
}
