//! How upstreams are treated: compared as a whole, for each that requests reach on both sides.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Delta, Place, Scope, Thing};
use super::find::Findings;
use super::gather::{Found, Key};
use super::judge::{self, Where, unknown};
use super::outcome::{Name, Outcome, Pods, Upstream};
use super::protection;
use super::proxy::{self, Proxy};
use super::selectors;
use super::served::Served;
use super::side::Side;
use super::view::{View, view};
use super::words;
use crate::mesh::{Asked, Block, Client, Destination, Host, Reach, Resolution};

/// The upstreams that each proxy sends to, with what each side calls them.
#[derive(Default)]
pub(super) struct Upstreams<'m> {
    met: [Met<'m>; 2],
    /// The upstreams that sidecars send each host to.
    passed: [BTreeSet<(String, &'m str)>; 2],
}

impl<'m> Upstreams<'m> {
    /// Notes the upstreams of what a proxy does.
    pub(super) fn meet(&mut self, proxy: &Proxy<'m>, host: &str, views: [&View<'m>; 2]) {
        for ((met, passed), view) in self.met.iter_mut().zip(&mut self.passed).zip(views) {
            let outcomes = view.rows.iter().map(|row| &row.outcome).chain([&view.otherwise]);
            for upstream in outcomes.flat_map(reached) {
                let to = Destination { host: upstream.host, port: upstream.port, subset: upstream.subset.0 };
                if !proxy.is_gateway() {
                    passed.insert((host.to_owned(), upstream.host));
                }
                met.entry(upstream.clone()).or_default().entry(proxy.clone()).or_insert(to);
            }
        }
    }
}

impl<'m> Upstreams<'m> {
    /// Adds what was met behind all this.
    pub(super) fn append(&mut self, others: Upstreams<'m>) {
        let Upstreams { met, passed } = others;
        for (own, others) in self.met.iter_mut().zip(met) {
            for (upstream, proxies) in others {
                let own = own.entry(upstream).or_default();
                for (proxy, to) in proxies {
                    own.entry(proxy).or_insert(to);
                }
            }
        }
        self.passed.iter_mut().zip(passed).for_each(|(own, others)| own.extend(others));
    }

    /// Tells whether sidecars send a host to a gateway on a side.
    pub(super) fn passes(&self, side: &Side<'m>, gateway: &Proxy<'m>, host: &str, index: usize) -> bool {
        let Some(Client::Gateway(at)) = gateway.on(side) else { return false };
        self.passed[index].contains(&(host.to_owned(), side.mesh.gateways[at].host))
    }
}

/// Returns the upstreams that an outcome sends to.
pub(super) fn reached<'o, 'm>(outcome: &'o Outcome<'m>) -> Vec<&'o Upstream<'m>> {
    let parts = outcome.to().map_or(&[][..], |shares| &shares.parts).iter().map(|part| &part.to);
    let copies = if let Outcome::Forward(forwarded) = outcome { &forwarded.mirrors[..] } else { &[] };
    parts.chain(copies.iter().map(|(to, _)| to)).collect()
}

/// Compares how each upstream is treated that proxies send to on both sides.
pub(super) fn compare(found: &mut Findings<'_, '_>) {
    let [before, after] = std::mem::take(&mut found.upstreams).met;
    let both: Vec<_> = pairs([&before, &after]).into_iter().collect();
    for of_host in both.chunk_by(|(one, _), (other, _)| (one.host, one.port) == (other.host, other.port)) {
        let mut alike: BTreeMap<(Vec<Delta>, Vec<Scope>), Said<'_, Upstream<'_>>> = BTreeMap::new();
        for (upstream, proxies) in of_host {
            for (deltas, scopes, places) in one(found, upstream, proxies) {
                alike.entry((deltas, scopes)).or_insert((Vec::new(), places)).0.push(upstream);
            }
        }
        for ((deltas, scopes), (upstreams, places)) in alike {
            let when = if upstreams.len() > 1 && [&before, &after].iter().all(|met| are_all(&upstreams, met))
            {
                String::new()
            } else {
                pods(&upstreams)
            };
            found.gathered.add(Key { deltas, when }, Found::without_request(scopes, places));
        }
    }
}

/// An upstream that proxies send to on some side.
type Met<'m> = BTreeMap<Upstream<'m>, BTreeMap<Proxy<'m>, Destination<'m>>>;

/// The upstreams to compare, each with its proxies and what both sides call it.
type Pairs<'p, 'm> = BTreeMap<&'p Upstream<'m>, Vec<(&'p Proxy<'m>, [Destination<'m>; 2])>>;

/// Returns the upstreams that proxies send to on both sides. Where a proxy sends to none of those of a host that it sent to
/// before, how it treats the old ones and the new ones is compared: else all that is said of a host would be passed over
/// wherever its requests get other pods, or another port, at the same time.
fn pairs<'p, 'm>([before, after]: [&'p Met<'m>; 2]) -> Pairs<'p, 'm> {
    let mut found: Pairs<'_, '_> = BTreeMap::new();
    let mut known: BTreeSet<(&str, &Proxy<'m>)> = BTreeSet::new();
    for (upstream, proxies) in before.iter().filter(|(upstream, _)| are_any(upstream)) {
        let Some(others) = after.get(upstream) else { continue };
        let each = proxies.iter().filter_map(|(proxy, to)| Some((proxy, [*to, *others.get(proxy)?])));
        let each: Vec<_> = each.collect();
        known.extend(each.iter().map(|(proxy, _)| (upstream.host, *proxy)));
        found.insert(upstream, each);
    }
    for (upstream, proxies) in after.iter().filter(|(upstream, _)| are_any(upstream)) {
        let first = Upstream { host: upstream.host, port: 0, pods: Pods::All, subset: Name(None) };
        let of_host = || before.range(&first..).take_while(|(old, _)| old.host == upstream.host);
        for (proxy, to) in proxies.iter().filter(|(proxy, _)| !known.contains(&(upstream.host, *proxy))) {
            let olds = of_host().filter(|(old, _)| are_any(old));
            let olds = olds.filter_map(|(old, proxies)| Some((old, *proxies.get(proxy)?)));
            let closest =
                olds.max_by_key(|(old, _)| (old.port == upstream.port, old.subset.0 == upstream.subset.0));
            if let Some((_, old)) = closest {
                found.entry(upstream).or_default().push((proxy, [old, *to]));
            }
        }
    }
    found
}

/// Tells whether an upstream is any pods at all.
fn are_any(upstream: &Upstream<'_>) -> bool {
    match upstream.pods {
        Pods::All | Pods::With(_) => true,
        Pods::NoHost | Pods::NoSubset => false,
    }
}

/// Tells whether these are all upstreams of their host and port.
fn are_all<T>(upstreams: &[&Upstream<'_>], met: &BTreeMap<Upstream<'_>, T>) -> bool {
    let Some(Upstream { host, port, pods: _, subset: _ }) = upstreams.first().copied() else { return false };
    let first = Upstream { host, port: *port, pods: Pods::All, subset: Name(None) };
    met.range(first..).take_while(|(other, _)| (other.host, other.port) == (*host, *port)).count()
        == upstreams.len()
}

/// Says which pods these upstreams are; nothing if any.
fn pods(upstreams: &[&Upstream<'_>]) -> String {
    let labels = |upstream: &&Upstream<'_>| match &upstream.pods {
        Pods::With(labels) => Some(words::labels(labels)),
        Pods::All | Pods::NoSubset | Pods::NoHost => None,
    };
    let each: Option<Vec<String>> = upstreams.iter().map(labels).collect();
    each.map(|each| format!("to pods {}", each.join(" or "))).unwrap_or_default()
}

/// What differs about an upstream, for whom, and where that was written.
type Difference = (Vec<Delta>, Vec<Scope>, [Option<Place>; 2]);

/// Of whom the same is to be said, and where it was written on both sides.
type Said<'p, T> = (Vec<&'p T>, [Option<Place>; 2]);

/// Returns the addresses of a host outside that nobody reaches on the other side, where it is another one. Where something
/// else is dialled for them, no more is reached than before.
fn unreached<'m>(
    (own, other): (&Host<'m>, &Host<'m>),
    side: &Side<'m>,
    proxy: &Proxy<'m>,
    port: u16,
) -> Vec<&'m str> {
    let is_itself = matches!(own.reach, Reach::Declared { resolution: Resolution::None, inside: false, .. });
    if own.addresses == other.addresses || !is_itself {
        return Vec::new();
    }
    let known = || other.addresses.iter().filter_map(|block| Block::parse(block));
    let is_unreached = |block: &&&'m str| {
        let Some(block) = Block::parse(block) else { return false };
        let free = block.beside(known()).filter(|_| !known().any(|other| other.holds(&block)));
        let Some(address) = free.map(|address| address.to_string()) else { return false };
        let asked = Asked { port, sni: None, host: &address };
        view(side, proxy.on(side), asked)
            .is_ok_and(|view| view.rows.is_empty() && view.otherwise.is_refused())
    };
    own.addresses.iter().filter(is_unreached).copied().collect()
}

fn one<'m>(
    found: &mut Findings<'_, 'm>,
    upstream: &Upstream<'m>,
    both: &[(&Proxy<'m>, [Destination<'m>; 2])],
) -> Vec<Difference> {
    let domain = found.sides[1].mesh.world.cluster_domain;
    let mut all: BTreeMap<(Option<u16>, Vec<Delta>), Said<'_, Proxy<'m>>> = BTreeMap::new();
    let sides = found.sides;
    let way = |side: usize, host: &str| sides[side].way(host);
    for (proxy, to) in both {
        // What is on another port than before is said of the host.
        let port = (to[0].port == to[1].port).then_some(upstream.port);
        let at = Where {
            way: &way,
            domain,
            at_gateway: proxy.is_gateway(),
            served: &|_| Served::Nothing,
            host: upstream.host,
            is_wildcard: upstream.host.starts_with('*'),
            is_ours: false,
            leaves: [None; 2],
            protection: &|side, to| protection::of(sides[side], proxy, upstream.host, to),
        };
        let treated = [0, 1].map(|side| {
            let client = proxy.on(found.sides[side]);
            client.map(|client| found.sides[side].view.treated_by(client, to[side]))
        });
        let [Some(before), Some(after)] = &treated else { continue };
        if let Some(why) = before.unknown.as_ref().or(after.unknown.as_ref()) {
            let from = proxy::named(&[proxy], &[]).concat();
            let scope = Scope { from, host: words::host(upstream.host, domain), port };
            let (rule, settles) = (unknown::of(why), unknown::settles(why));
            found.gathered.unknown_of(rule, why.clone(), scope, settles, Some(upstream.host));
        }
        let hosts = [0, 1].map(|side| found.sides[side].declared(upstream.host).next());
        let mut deltas = judge::treatment(&before.settings, &after.settings, at);
        deltas.extend(judge::authority([before, after]));
        let only = [0, 1].map(|side| {
            let (own, other) = (hosts[side], hosts[1 - side]);
            own.zip(other).map_or_else(Vec::new, |(own, other)| {
                unreached((own, other), found.sides[1 - side], proxy, upstream.port)
            })
        });
        deltas.extend(judge::host(hosts, upstream.port, only));
        if deltas.is_empty() {
            continue;
        }
        deltas.splice(0..0, selectors::of_policies(sides, [before, after]));
        deltas.sort_by_key(|delta| std::cmp::Reverse(delta.level));
        let what = judge::worst(&deltas);
        let origin = |side: usize, by: Option<&&crate::mesh::Policy<'m>>| {
            let origins = found.sides[side].origins;
            let policy = by.and_then(|policy| origins.line(Thing::Policy(policy), what));
            policy.or_else(|| hosts[side].and_then(|host| origins.line(Thing::Host(host.host), what)))
        };
        let places = [origin(0, before.by.first()), origin(1, after.by.first())];
        all.entry((port, deltas)).or_insert((Vec::new(), places)).0.push(proxy);
    }
    let everyone: Vec<&Proxy<'m>> = both.iter().map(|(proxy, _)| *proxy).collect();
    let host = words::host(upstream.host, domain);
    let named = |((port, deltas), (proxies, places))| {
        let proxies: Vec<&Proxy<'m>> = proxies;
        let scope = |from| Scope { from, host: host.clone(), port };
        (deltas, proxy::named(&proxies, &everyone).into_iter().map(scope).collect(), places)
    };
    all.into_iter().map(named).collect()
}
