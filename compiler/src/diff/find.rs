//! Findings: what differs for each proxy, put together to one change each.

mod heard;

use std::collections::BTreeMap;

use super::asking::Asking;
use super::change::{Compared, Delta, Diff, Direction, Place, Scope, Thing};
use super::gather::{Found, Gathered, Key};
use super::judge::{self, Facet, Where, unknown};
use super::leaving;
use super::outcome::Outcome;
use super::probes::Probe;
use super::protection;
use super::proxy::{self, Proxy};
use super::rule::Rule;
use super::ruling::Ruled;
use super::selectors;
use super::served;
use super::side::Side;
use super::space::{self, Assumed, Budget, Class, Comparer, Domain, Obstacle, Paths, Ports, Taken};
use super::upstreams::Upstreams;
use super::verify::{Sent, shown, verify};
use super::view::{View, view};
use super::words;
use crate::mesh::Asked;

/// What was found so far.
pub(super) struct Findings<'s, 'm> {
    /// Both sides.
    pub sides: [&'s Side<'m>; 2],
    comparer: Comparer<'m>,
    /// What was found so far.
    pub gathered: Gathered<'m>,
    assumed: Vec<Assumed>,
    /// The upstreams that requests reach on both sides.
    pub upstreams: Upstreams<'m>,
    /// What the tables of one question came to: most proxies have the same ones.
    answers: Vec<Answer<'m>>,
}

/// Two tables for requests that call their host by some names, and what their comparison came to.
struct Answer<'m> {
    tables: [space::Table<'m, 'm>; 2],
    names: Vec<String>,
    compared: space::Compared,
}

impl<'s, 'm> Findings<'s, 'm> {
    pub(super) fn new(sides: [&'s Side<'m>; 2], budget: Budget) -> Findings<'s, 'm> {
        let (comparer, assumed) = (Comparer::new(budget), Vec::new());
        let gathered = Gathered::new(sides.map(|side| side.origins));
        Findings { sides, comparer, gathered, assumed, upstreams: Upstreams::default(), answers: Vec::new() }
    }

    /// Asks proxies on both sides, and keeps what differs. Tells whether anything does, or may.
    pub(super) fn ask(&mut self, asking: &Asking<'_, 'm>) -> bool {
        let unknown = self.gathered.unknown_scopes();
        let mut all: BTreeMap<Key, (Vec<&Proxy<'m>>, Found)> = BTreeMap::new();
        self.answers.clear();
        for proxy in asking.proxies {
            for (key, found) in self.one(asking, proxy) {
                all.entry(key).or_insert_with(|| (Vec::new(), found)).0.push(proxy);
            }
        }
        let differs = !all.is_empty() || self.gathered.unknown_scopes() > unknown;
        let everyone: Vec<&Proxy<'m>> = asking.proxies.iter().collect();
        for (key, (proxies, mut found)) in all {
            let scope = |from| Scope { from, host: self.shown(asking.probe.shown), port: Some(asking.port) };
            found.scopes = proxy::named(&proxies, &everyone).into_iter().map(scope).collect();
            self.gathered.add(key, found);
        }
        differs
    }

    /// Returns a host as people of this mesh call it.
    pub(super) fn shown(&self, host: &str) -> String {
        words::host(host, self.sides[1].mesh.world.cluster_domain)
    }

    /// Asks one proxy on both sides.
    fn one(&mut self, asking: &Asking<'_, 'm>, proxy: &Proxy<'m>) -> Vec<(Key, Found)> {
        let Asking { probe, port, said: _, tls, proxies: _ } = asking;
        let asked = Asked { port: *port, sni: tls.then_some(&*probe.host), host: &probe.host };
        let views = self.sides.map(|side| view(side, proxy.on(side), asked));
        let [before, after] = match views {
            [Ok(before), Ok(after)] => [before, after],
            [Err(why), _] | [_, Err(why)] => {
                let (rule, resolve, scope) =
                    (unknown::of(&why), unknown::settles(&why), self.scope(asking, proxy));
                self.gathered.unknown_of(rule, why, scope, resolve, Some(probe.shown));
                return Vec::new();
            }
        };
        self.upstreams.meet(proxy, &probe.host, [&before, &after]);
        if is_undeclared([&before, &after]) || self.is_hop_of_nobody(asking, proxy, [&before, &after]) {
            return Vec::new();
        }
        // What is the same row by row is the same in each facet.
        let takes_alike = before.takes_like(&after);
        if takes_alike && before.ends_like(&after, |one, other| one == other) {
            return Vec::new();
        }
        let hosts = self.names(probe, proxy);
        let names: Vec<&str> = hosts.iter().map(String::as_str).collect();
        let domain = Domain { hosts: names, paths: Paths::Normalised, ports: Ports::May };
        let mut found: Vec<(Key, Found)> = Vec::new();
        for facet in Facet::ALL {
            if takes_alike && before.ends_like(&after, |one, other| facet.is_same(one, other)) {
                continue;
            }
            let context = Context { asking, proxy, views: [&before, &after], facet };
            for (key, new) in self.facet(&context, &domain) {
                // What differs for the same requests is one change.
                match found.iter_mut().find(|(other, _)| other.when == key.when) {
                    Some((other, _)) => {
                        let known = other.deltas.clone();
                        other.deltas.extend(key.deltas.into_iter().filter(|delta| !known.contains(delta)));
                    }
                    None => found.push((key, new)),
                }
            }
        }
        if let Some(seen) = selectors::visibility(self.sides, proxy, &probe.host, [&before, &after]) {
            // It is the reason for all the rest.
            found.iter_mut().for_each(|(key, _)| key.deltas.insert(0, seen.clone()));
        }
        if found.is_empty() && differ(&before, &after, &domain, &self.comparer) {
            let reason = "requests are treated differently, and no rule says how".to_owned();
            self.gathered.unknown(
                &unknown::ENGINES_DISAGREE,
                reason,
                self.scope(asking, proxy),
                unknown::report_us(),
            );
        }
        found
    }

    /// Tells whether a gateway inside the mesh starts or ends to take a host exactly as sidecars start or end to send it
    /// there: then what sidecars do says it all.
    fn is_hop_of_nobody(&self, asking: &Asking<'_, 'm>, proxy: &Proxy<'m>, views: [&View<'m>; 2]) -> bool {
        let refuses = |view: &View<'m>| view.rows.is_empty() && view.otherwise.is_refused();
        let sent =
            [0, 1].map(|side| self.upstreams.passes(self.sides[side], proxy, &asking.probe.host, side));
        sent != [false, false]
            && [0, 1].iter().all(|side| refuses(views[*side]) != sent[*side])
            && refuses(views[0]) != refuses(views[1])
    }

    /// Returns what a question to one proxy is about.
    fn scope(&self, asking: &Asking<'_, 'm>, proxy: &Proxy<'m>) -> Scope {
        let from = proxy::named(&[proxy], &[]).concat();
        Scope { from, host: self.shown(asking.probe.shown), port: Some(asking.port) }
    }

    /// Compares one thing about what a proxy does on both sides.
    fn facet(&mut self, context: &Context<'_, 'm>, domain: &Domain<'_>) -> Vec<(Key, Found)> {
        let Context { asking, proxy, views, facet } = context;
        let mut known: Vec<&Outcome<'m>> = Vec::new();
        let tables = views.map(|view| numbered(view, |one, other| facet.is_same(one, other), &mut known));
        if tables[0] == tables[1] {
            return Vec::new();
        }
        let compared = self.compared(tables, domain);
        self.assumed.extend(compared.assumed);
        let (classes, obstacles) = match compared.verdict {
            space::Verdict::Same => (Vec::new(), Vec::new()),
            space::Verdict::Different(classes) => (classes, Vec::new()),
            space::Verdict::Unknown { classes, obstacles } => (classes, obstacles),
        };
        for obstacle in obstacles {
            self.obstacle(&obstacle, asking, proxy);
        }
        let mut found: Vec<(Key, Found)> =
            classes.iter().filter_map(|class| self.class(context, class, None)).collect();
        let beside =
            [(compared.repeated, &unknown::REPEATED_HEADER), (compared.older, &unknown::PROXY_VERSION)];
        for (class, rule) in beside {
            found.extend(class.and_then(|class| self.class(context, &class, Some(rule))));
        }
        found
    }

    /// Compares two tables, unless that was done for another proxy.
    fn compared(&mut self, tables: [space::Table<'m, 'm>; 2], domain: &Domain<'_>) -> space::Compared {
        // Where no row asks for it, it makes no difference what else a request calls its host.
        let asks = tables.iter().any(space::Table::asks_for_host);
        let names = if asks { &domain.hosts[..] } else { &domain.hosts[..1] };
        let known = self.answers.iter().find(|own| own.tables == tables && own.names == names);
        if let Some(known) = known {
            return known.compared.clone();
        }
        let compared = self.comparer.compare(&tables[0], &tables[1], domain);
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        self.answers.push(Answer { tables, names, compared: compared.clone() });
        compared
    }

    /// Returns what requests for a probe may call their host, the usual name first.
    fn names(&self, probe: &Probe<'m>, proxy: &Proxy<'m>) -> Vec<String> {
        let mut names = vec![probe.host.clone()];
        if probe.shown.starts_with('*') {
            names.push(probe.shown.to_owned());
        }
        let short = self.shown(&probe.host);
        if short != probe.host {
            // The name alone means a service of the caller's own namespace.
            if let (Proxy::Sidecar(pods), Some((name, namespace))) = (proxy, short.split_once('.'))
                && pods.namespace == Some(namespace)
            {
                names.push(name.to_owned());
            }
            names.extend([format!("{short}.svc"), short]);
        }
        // With a dot at its end, a name is one that needs no search.
        if !proxy.is_gateway() && !probe.is_address() {
            names.push(format!("{}.", probe.host));
        }
        names
    }

    fn class(
        &mut self,
        context: &Context<'_, 'm>,
        class: &Class,
        rule: Option<&'static Rule>,
    ) -> Option<(Key, Found)> {
        let Context { asking, proxy, views, facet } = context;
        let taken = [class.before, class.after];
        // Of outcomes that are alike in this facet, what the example meets is told.
        let [before, after] = [0, 1].map(|side| views[side].met(taken[side]));
        let domain = self.sides[1].mesh.world.cluster_domain;
        let sides = self.sides;
        let way = |side: usize, host: &str| sides[side].way(host);
        let at = Where {
            way: &way,
            domain,
            at_gateway: proxy.is_gateway(),
            served: &|side| served::beside(sides, proxy, (&asking.probe.host, asking.port), side),
            host: &asking.probe.host,
            is_ours: sides.iter().any(|side| side.says_at_gateways_alone(&asking.probe.host)),
            is_wildcard: asking.probe.shown.starts_with('*'),
            leaves: leaving::of(sides, proxy, asking.tls, [before, after]),
            protection: &|side, to| protection::of(sides[side], proxy, &asking.probe.host, to),
        };
        let mut deltas = match rule {
            None => {
                let mut deltas = judge::deltas(*facet, before, after, at);
                selectors::put_first(&mut deltas, *views, taken);
                // Where a host comes or goes as a whole, all of it is said.
                let is_whole = views.iter().any(|view| view.rows.is_empty() && view.otherwise.is_refused());
                if *facet == Facet::Https || (*facet == Facet::Presence && is_whole) {
                    deltas.iter_mut().for_each(|delta| all_answers(delta, [before, after], views, domain));
                }
                deltas
            }
            Some(rule) => {
                let said = (words::outcome(before, domain), words::outcome(after, domain));
                vec![judge::delta(rule, Direction::Neither, "outcome", said.0, said.1)]
            }
        };
        for delta in &mut deltas {
            views[0].correct(&mut delta.before);
            views[1].correct(&mut delta.after);
        }
        // Another thing about the same requests says it all.
        if deltas.is_empty() {
            return None;
        }
        let what = judge::worst(&deltas);
        let places = [0, 1].map(|side| self.place(asking, (side, views[side], taken[side]), what));
        let class = &shown(self.sides, &Sent { asking, proxy, views: *views, class }, *facet);
        let sent = Sent { asking, proxy, views: *views, class };
        // Some headers are joined where they are repeated, and then nothing is special about that.
        if rule == Some(&unknown::REPEATED_HEADER) && verify(self.sides, &sent).is_err() {
            return None;
        }
        if rule.is_none()
            && let Err(why) = verify(self.sides, &sent)
        {
            self.gathered.unknown(
                &unknown::ENGINES_DISAGREE,
                why,
                self.scope(asking, proxy),
                unknown::report_us(),
            );
        }
        let (witness, alone) = (Some(sent.witness()), sent.is_shown_alone(self.sides[1], after));
        let asked = Some((asking.probe.shown.to_owned(), what));
        let found = Found { scopes: Vec::new(), witness, alone, places, asked };
        Some((Key { deltas, when: class.when.to_string() }, found))
    }

    fn place(
        &self,
        asking: &Asking<'_, 'm>,
        (side, view, taken): (usize, &View<'m>, Taken),
        what: &str,
    ) -> Option<Place> {
        let side = self.sides[side];
        let Some(binding) = view.binding else {
            // What nobody serves was written nowhere, whoever mentions the host.
            if view.rows.is_empty() && view.otherwise.is_refused() {
                return None;
            }
            if let Some(declared) = side.declared(&asking.probe.host).next() {
                return side.origins.line(Thing::Host(declared.host), what);
            }
            let to = view.otherwise.to().and_then(|shares| shares.parts.first());
            let (host, what) = match to.filter(|_| asking.probe.is_address()) {
                Some(part) => (part.to.host, words::ADDRESSES),
                None => (asking.probe.shown, what),
            };
            return side.origins.line(Thing::Host(host), what);
        };
        let name = taken.row.and_then(|row| view.rows.get(row)).map(|row| row.name);
        side.origins.line(Thing::Route(binding, name), what)
    }

    fn obstacle(&mut self, obstacle: &Obstacle, asking: &Asking<'_, 'm>, proxy: &Proxy<'m>) {
        let (rule, reason, resolve) = unknown::obstacle(obstacle);
        self.gathered.unknown(rule, reason, self.scope(asking, proxy), resolve);
    }

    /// Puts everything together.
    pub(super) fn finish(mut self, compared: Compared) -> Diff {
        self.assumed.sort();
        self.assumed.dedup();
        let assumptions = unknown::assumptions(&self.assumed, self.sides);
        let (changes, unknowns) = self.gathered.finish();
        Diff { changes, unknowns, assumptions, compared, ruled: Ruled::default() }
    }
}

/// Says all that a host answers where it comes or goes as a whole, what the example meets first.
fn all_answers(delta: &mut Delta, outcomes: [&Outcome<'_>; 2], views: &[&View<'_>; 2], domain: &str) {
    for (side, words) in [(0, &mut delta.before), (1, &mut delta.after)] {
        if !outcomes[side].is_refused() {
            let rows = views[side].rows.iter().map(|row| &row.outcome);
            let all = [outcomes[side]].into_iter().chain(rows).chain([&views[side].otherwise]);
            *words = words::answers(all, domain);
        }
    }
}

/// One proxy's answers, and what about them is compared.
struct Context<'c, 'm> {
    asking: &'c Asking<'c, 'm>,
    proxy: &'c Proxy<'m>,
    views: [&'c View<'m>; 2],
    facet: Facet,
}

/// Tells whether nobody declares a host on either side: what the mesh does with those is said once, for all of them.
fn is_undeclared(views: [&View<'_>; 2]) -> bool {
    views
        .iter()
        .all(|view| view.rows.is_empty() && matches!(view.otherwise, Outcome::Blocked | Outcome::Passes))
}

/// Tells whether two views differ in anything at all, so that nothing is passed over that no rule knows.
fn differ<'m>(before: &View<'m>, after: &View<'m>, domain: &Domain<'_>, comparer: &Comparer<'m>) -> bool {
    let mut known = Vec::new();
    let tables = [before, after].map(|view| numbered(view, |one, other| one == other, &mut known));
    tables[0] != tables[1]
        && match comparer.compare(&tables[0], &tables[1], domain).verdict {
            space::Verdict::Different(_) => true,
            space::Verdict::Unknown { classes, obstacles: _ } => !classes.is_empty(),
            space::Verdict::Same => false,
        }
}

/// Returns a view with its outcomes as numbers: the same number for what is the same.
fn numbered<'c, 'm>(
    view: &'c View<'m>,
    is_same: impl Fn(&Outcome<'m>, &Outcome<'m>) -> bool,
    known: &mut Vec<&'c Outcome<'m>>,
) -> space::Table<'m, 'm> {
    let mut number = |outcome: &'c Outcome<'m>| {
        let at = known.iter().position(|other| is_same(other, outcome)).unwrap_or_else(|| {
            known.push(outcome);
            known.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    };
    let rows = view.rows.iter();
    let rows = rows.map(|row| space::Row { ways: row.ways.clone(), outcome: number(&row.outcome) }).collect();
    space::Table { rows, otherwise: number(&view.otherwise) }
}
