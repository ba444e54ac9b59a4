//! What every part of `resolve` has at hand.

use std::collections::{BTreeSet, HashMap};
use std::mem;
use std::ops::Range;
use std::sync::Arc;

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::Line;
use meshc_dialect::span::Span;

use super::Told;
use super::gateways::Door;
use super::lower::Lowered;
use super::names::Services;
use super::settled::Settled;
use super::setup::Setup;
use super::traffic::{Arrived, FOLLOWS_ITSELF, FOLLOWS_TOO_FAR, Leaf, Served, TOO_MANY_ROUTES};
use super::versions::Version;
use super::ways::Way;
use crate::mesh::{
    Binding, Facts, Fields, Gateway, Headers, Host, Opaque, Policy, Rare, RetryPlan, Seen, Subset,
};

/// The most steps over which services may follow each other.
const MOST_STEPS: u8 = 32;

/// The most tests that the routes of a project may become. A small file can ask for very many, by following and by templates.
const MOST_TESTS: usize = 524_288;

/// How many of them any project may have.
const TESTS: usize = 16_384;

/// How many more for each line of its blocks.
const TESTS_EACH: usize = 8;

/// What every part of `resolve` has at hand.
pub(super) struct Context<'a, 'd> {
    pub setup: Setup<'a>,
    pub arena: &'a Bump,
    pub out: &'d mut Diagnostics,
    /// Where to keep what a mesh does not say, if anybody asks.
    pub told: Option<Told<'a>>,
    /// Whether anybody asks for the mesh: without, routes are looked at and not kept.
    pub is_kept: bool,
    pub services: Arc<Services<'a>>,
    /// How each service is served, once that has been asked.
    pub tables: Vec<Table<'a>>,
    /// The same as requests see it that arrive at one of its ports from elsewhere, for a version or for all, where there are many
    /// routes.
    pub arrived: HashMap<(usize, u16, Option<usize>), Arrived<'a>>,
    /// The services that are being found out, each followed by the one before.
    pub following: Vec<usize>,
    /// Over how many steps each service follows others, as far as is known.
    pub steps: Vec<u8>,
    /// How many tests the routes have become so far.
    pub tests: usize,
    /// How many they may become.
    pub most_tests: usize,
    /// The shares of connections of each service of which that has been asked; none while they are being found out.
    pub sharing: HashMap<usize, &'a [Leaf<'a>]>,
    /// How the last route is tried again that says so.
    pub last_retry: Option<&'a RetryPlan<'a>>,
    /// For services that gateways send requests to, the namespaces of these.
    pub routed: HashMap<usize, BTreeSet<&'a str>>,
    /// The declared gateways, in the order of `gateways`.
    pub doors: Vec<Door<'a>>,
    /// What has been found out about the mesh so far.
    pub hosts: Facts<Host<'a>>,
    pub bindings: Facts<Binding<'a>>,
    pub policies: Facts<Policy<'a>>,
    pub gateways: Vec<Gateway<'a>>,
    pub opaque: Vec<Opaque<'a>>,
    /// The raw fields of each place that has some, and where what there was to report of them stands.
    pub raw: HashMap<Span, (Fields<'a>, Range<usize>)>,
    /// What lists of `headers` lines say, by where they are in the arena.
    pub headers: HashMap<(usize, usize), Rare<Headers<'a>>>,
    /// What becomes of the headers of requests that leave, where nothing else is said.
    pub stripped: Option<Rare<Headers<'a>>>,
    /// What became of the headers of the last route that has some, and so have its destinations.
    pub settled: Settled<'a>,
    /// What a mesh tests for ways that many routes have.
    pub lowered: Lowered<'a>,
    /// The last canary that has ways in, and these, if there was nothing to report of them and they do not depend on where they
    /// stand.
    pub last_canary: Option<(&'a Line<'a>, &'a [Way<'a>])>,
    /// The last namespaces that were said to see something, as they were said, and who sees it.
    pub last_seen: Option<(Vec<&'a str>, Seen<'a>)>,
    /// The last versions that are subsets, and these.
    pub last_subsets: Option<(&'a [Version<'a>], &'a [Subset<'a>])>,
}

/// How a service is served, once somebody has asked.
pub(super) type Table<'a> = Option<&'a [Served<'a>]>;

impl<'a, 'd> Context<'a, 'd> {
    /// Knows nothing yet but how the mesh is set up.
    pub fn new(
        setup: Setup<'a>,
        arena: &'a Bump,
        told: Option<Told<'a>>,
        out: &'d mut Diagnostics,
    ) -> Context<'a, 'd> {
        Context {
            setup,
            arena,
            out,
            told,
            is_kept: true,
            services: Arc::default(),
            tables: Vec::new(),
            arrived: HashMap::new(),
            following: Vec::new(),
            steps: Vec::new(),
            tests: 0,
            most_tests: TESTS,
            sharing: HashMap::new(),
            last_retry: None,
            routed: HashMap::new(),
            doors: Vec::new(),
            hosts: Facts::new(),
            bindings: Facts::new(),
            policies: Facts::new(),
            gateways: Vec::new(),
            opaque: Vec::new(),
            raw: HashMap::new(),
            headers: HashMap::new(),
            stripped: None,
            settled: Settled::default(),
            lowered: Lowered::default(),
            last_canary: None,
            last_seen: None,
            last_subsets: None,
        }
    }

    /// Takes up the services of the project.
    pub fn know(&mut self, services: Arc<Services<'a>>) {
        let all = services.list.len();
        self.services = services;
        self.sharing.clear();
        self.tables = vec![None; all];
        self.steps = vec![0; all];
    }

    /// Takes up the services of another context of which nothing is known yet, which must take them up anew.
    pub fn know_instead(&mut self, other: &mut Context<'a, '_>) {
        self.services = Arc::clone(&other.services);
        self.tables = mem::take(&mut other.tables);
        self.steps = mem::take(&mut other.steps);
        self.sharing = mem::take(&mut other.sharing);
    }

    /// Lets there be as many tests as a project with so many lines may have.
    pub fn make_room(&mut self, lines: usize) {
        self.most_tests = (TESTS + TESTS_EACH * lines).min(MOST_TESTS);
    }

    /// Tells whether there are more tests than a project may have.
    pub fn is_spent(&self) -> bool {
        self.tests > self.most_tests
    }

    /// Returns how a service is served, or nothing where services follow each other in a circle.
    pub fn served(&mut self, service: usize, asked_at: Span) -> Option<&'a [Served<'a>]> {
        let known = self.tables[service].is_some();
        let asking = self.following.last().copied();
        let table = match known || self.following.len() <= usize::from(MOST_STEPS) {
            true => self.table(service, asked_at)?,
            false => return self.too_far(asked_at),
        };
        let Some(asking) = asking else { return Some(table) };
        self.steps[asking] = self.steps[asking].max(self.steps[service] + 1);
        if self.steps[asking] > MOST_STEPS { self.too_far(asked_at) } else { Some(table) }
    }

    fn too_far(&mut self, asked_at: Span) -> Option<&'a [Served<'a>]> {
        // One chain is one mistake, however many services are too far from its end.
        if !self.out.as_slice().iter().any(|found| std::ptr::eq(found.code, &FOLLOWS_TOO_FAR)) {
            self.out
                .report(&FOLLOWS_TOO_FAR, asked_at)
                .says(format!("services follow each other over more than {MOST_STEPS} steps"))
                .because("all that is said on the way holds in the end, and nobody could follow it")
                .help(
                    "name a version somewhere on the way (to reviews@v2), or go to the last service directly",
                );
        }
        None
    }

    /// Counts tests that routes become; nothing more is compiled behind the limit, which is reported once.
    pub fn spend(&mut self, tests: usize, span: Span) -> bool {
        let was_spent = self.is_spent();
        self.tests += tests.max(1);
        if self.is_spent() && !was_spent {
            self.out
                .report(&TOO_MANY_ROUTES, span)
                .says(format!("up to here the project becomes more than {} tests", self.most_tests))
                .because("every proxy would have to hold them, and try them one after another")
                .help("follow fewer routes (to reviews@v2 follows none), or cut the project in two");
        }
        !self.is_spent()
    }

    fn table(&mut self, service: usize, asked_at: Span) -> Table<'a> {
        if self.tables[service].is_some() {
            return self.tables[service];
        }
        if self.following.contains(&service) {
            let service = &self.services.list[service];
            self.out
                .report(&FOLLOWS_ITSELF, asked_at)
                .says(format!("`{}` is served by a service that it serves itself", service.name))
                .also(service.block.line.span, "the circle closes here")
                .because("there is no end to follow")
                .help("name a version somewhere on the way: to reviews@v2");
            return None;
        }
        // Whoever reads the report has enough to do; nothing is written.
        if self.is_spent() {
            return None;
        }
        self.following.push(service);
        let table = super::service::table(service, self);
        self.following.pop();
        self.tables[service] = Some(table);
        Some(table)
    }
}
