//! Hazards: what goes wrong in between, why, and in which order it would not.

use super::requests::{Happens, Hit};
use super::{Hazard, Verdict};
use crate::diff::{Origins, Place, Thing, Witness};
use crate::mesh::{Binding, Mesh, Policy, Rollout, written};

/// A kind of hazard, with a name that stays for ever.
#[derive(PartialEq, Eq, Debug)]
pub struct Kind {
    /// What it is called.
    pub slug: &'static str,
    /// What it means, the first line alone.
    pub doc: &'static str,
}

macro_rules! kinds {
    ($($name:ident = $slug:literal $doc:literal;)*) => {
        $(#[doc = $doc] pub(super) static $name: Kind = Kind { slug: $slug, doc: $doc };)*
        /// Every kind of hazard.
        pub static KINDS: &[&Kind] = &[$(&$name),*];
    };
}

kinds! {
    SUBSET_REMOVED = "subset-removed-with-its-route"
        "A subset goes in the change that moves the last requests away from it.\n\nOne DestinationRule holds all subsets of a host, and every rollout applies it before the routes, for the sake of those that come: until the routes have moved too, requests get 503. In two releases: first move the requests, then take the version out. By hand one will do if no version comes: the routes first.";
    SUBSET_ADDED = "subset-added-with-its-route"
        "Requests go to a subset that comes with the same change.\n\nWhere the route is there before the subset, requests get 503.";
    SUBSET_RELABELED = "subset-relabeled"
        "A subset means other pods from one moment to the next.\n\nNo route changes, so nothing moves step by step: where the new pods are not there yet, requests get 503.";
    HOST_REMOVED = "host-removed-while-used"
        "A host goes in the change that moves the last requests away from it.\n\nWhere the host is gone before the routes have moved, proxies know nobody of that name: requests get 503. Apply the routes first and take the ServiceEntry away last.";
    HOST_ADDED = "host-added-with-its-route"
        "Requests go to a host that comes with the same change.\n\nWhere the route is there before the host, requests get 503. Apply the ServiceEntry first, and the routes when every proxy has it.";
    BINDING_MOVED = "virtual-service-renamed"
        "The routes of a host get another object.\n\nKubernetes knows no renaming: the old object goes and a new one comes. For a while there is none, or there are two and the older one counts.";
    VISIBILITY_CHANGED = "visibility-changed"
        "Whom an object is for changes together with what they use.\n\nThose who no longer see a host or its versions still have the old routes for a while, or the new ones already: they get 503. In two releases: let all see it that see it before or after, and narrow it when the routes are in force.";
    GATEWAY_CHANGED = "gateway-changed-with-its-routes"
        "A gateway's listener and the routes at it change together.\n\nA listener without routes answers with 404, and routes without a listener are reached by nobody. Where the listener comes, apply the Gateway first, and where it goes, last; a listener that becomes another, such as TLS that was passed on and is opened now, takes another port or two releases.";
    CREDENTIAL_CHANGED = "credential-changed"
        "A gateway takes another secret.\n\nAs long as it is not there the gateway refuses every TLS connection for its hosts. Nobody can tell from git whether it is: put the new secret there before, and keep the old one until the change is in force.";
    TLS_TIGHTENED = "tls-tightened"
        "Callers have to show what they did not have to show before.\n\nThose that are not ready are refused at once.";
    IN_THE_CLEAR = "in-the-clear-meanwhile"
        "Requests that are protected before and after travel in the clear in between.\n\nOne object opens TLS and another sends requests past it: whoever listens reads them, with their cookies and tokens. Apply the DestinationRule before the routes that rely on it, and take it away after them.";
    OPEN_MEANWHILE = "open-meanwhile"
        "Requests that are refused before and after are let through in between.\n\nWhat closes the old way is gone before what closes the new one is there. Apply what closes first.";
    STRAYS = "elsewhere-meanwhile"
        "Requests that go to one place before and after go to another in between.\n\nTwo objects say together where requests go, and for a while one of them is the old one: users meet a version or a path that nobody meant for them. Say both in one object, or change them one after the other in two releases.";
    FAILS = "fails-meanwhile"
        "Requests that work before and after fail in between.\n\nTwo objects have to become others at one moment, and there is no such moment: they are applied one after another, and each proxy hears of it when it does. In two releases: first what is new beside what is old, then what is old away.";
    UNKNOWN = "unknown-meanwhile"
        "Nobody can tell what requests meet in between.\n\nSuch as fields of `raw` that come or go while routes change. In two releases each of them can be looked at by itself.";
}

/// What makes two findings one hazard.
pub(super) type Key = (&'static str, String);

/// Why something happens in between.
pub(super) struct Cause {
    pub kind: &'static Kind,
    /// The host that it is about, and the subset.
    pub host: String,
    pub subset: Option<String>,
}

impl Cause {
    pub fn key(&self) -> Key {
        (self.kind.slug, format!("{}@{}", self.host, self.subset.as_deref().unwrap_or("")))
    }
}

/// A hazard, and where it was met.
pub(super) struct Found {
    cause: Cause,
    hit: Hit,
    /// Whether it is met in the best order there is.
    pub waves: bool,
    /// Whether it is met as this project is applied.
    pub actual: bool,
}

/// Finds out why something happens in between.
pub(super) fn classify(hit: &Hit, between: &Mesh<'_>, before: &Mesh<'_>, after: &Mesh<'_>) -> Cause {
    let subset = hit.at.as_ref().and_then(|(_, subset)| subset.clone());
    let host = hit.at.as_ref().map_or(hit.host.clone(), |(host, _)| host.clone());
    let kind = match hit.happens {
        Happens::InTheClear => &IN_THE_CLEAR,
        Happens::Passes => &OPEN_MEANWHILE,
        Happens::Fails | Happens::Strays | Happens::Unknown => match (&hit.at, &subset) {
            (Some(_), Some(subset)) => of_subset(&host, subset, before, after),
            (Some(_), None) => of_host(&host, between, before, after),
            (None, _) => of_binding(hit, before, after),
        },
    };
    Cause { kind, host, subset }
}

fn of_subset(host: &str, subset: &str, before: &Mesh<'_>, after: &Mesh<'_>) -> &'static Kind {
    let has = |mesh: &Mesh<'_>| {
        policies(mesh, host).any(|policy| policy.subsets.iter().any(|own| own.name == subset))
    };
    let seen =
        |mesh: &Mesh<'_>| policies(mesh, host).map(|policy| format!("{:?}", policy.seen)).collect::<Vec<_>>();
    match (has(before), has(after)) {
        (true, false) => &SUBSET_REMOVED,
        (false, true) => &SUBSET_ADDED,
        (true, true) if seen(before) != seen(after) => &VISIBILITY_CHANGED,
        (true, true) | (false, false) => &FAILS,
    }
}

fn of_host(host: &str, between: &Mesh<'_>, before: &Mesh<'_>, after: &Mesh<'_>) -> &'static Kind {
    let of = |mesh: &Mesh<'_>| -> Vec<String> {
        mesh.hosts.iter().filter(|own| own.host == host).map(|own| format!("{:?}", own.seen)).collect()
    };
    let has = |mesh: &Mesh<'_>| !of(mesh).is_empty();
    let is_seen_otherwise = || of(before) != of(after);
    match (has(before), has(after)) {
        (true, false) => &HOST_REMOVED,
        (false, true) => &HOST_ADDED,
        (true, true) if has(between) && is_seen_otherwise() => &VISIBILITY_CHANGED,
        (true, true) | (false, false) => &FAILS,
    }
}

fn of_binding(hit: &Hit, before: &Mesh<'_>, after: &Mesh<'_>) -> &'static Kind {
    if moved(&hit.host, before, after).is_some() {
        return &BINDING_MOVED;
    }
    match hit.happens {
        Happens::Unknown => &UNKNOWN,
        Happens::Strays => &STRAYS,
        Happens::Fails if hit.witness.from.starts_with("gateway/") => &GATEWAY_CHANGED,
        Happens::Fails | Happens::InTheClear | Happens::Passes => &FAILS,
    }
}

/// Returns the objects that hold the routes of a host, where they are others after a change.
fn moved<'m>(host: &str, before: &'m Mesh<'m>, after: &'m Mesh<'m>) -> Option<[&'m Binding<'m>; 2]> {
    let name = |binding: &Binding<'_>| (binding.object.namespace.to_owned(), binding.object.name.to_owned());
    let of = |mesh: &'m Mesh<'m>| {
        mesh.bindings.iter().filter(|binding| binding.hosts.contains(&host)).collect::<Vec<_>>()
    };
    let (old, new) = (of(before), of(after));
    let gone = old.iter().find(|old| !new.iter().any(|new| name(new) == name(old)))?;
    let come = new.iter().find(|new| !old.iter().any(|old| name(new) == name(old)))?;
    Some([gone, come])
}

pub(super) fn policies<'m>(mesh: &'m Mesh<'m>, host: &str) -> impl Iterator<Item = &'m Policy<'m>> {
    mesh.policies.iter().filter(move |policy| policy.host == host)
}

impl Found {
    pub fn new(cause: Cause, hit: Hit) -> Found {
        Found { cause, hit, waves: false, actual: false }
    }

    /// Puts it into words.
    pub fn told(
        self,
        before: &Mesh<'_>,
        after: &Mesh<'_>,
        rollout: Rollout,
        origins: [&dyn Origins; 2],
    ) -> Hazard {
        let Found { cause: Cause { kind, host, subset }, hit, waves, actual } = self;
        // No order that the project could ask for keeps it away: for Flux there is no order to ask for.
        let needs = match (waves, rollout) {
            (true, _) | (false, Rollout::Flux) => Verdict::NeedsTwoReleases,
            (false, Rollout::Argocd | Rollout::Unsaid) => Verdict::NeedsWaves,
        };
        let shown = written::host(&host, after.world.cluster_domain);
        let (says, help) = said(kind, &hit, shown, subset.as_deref(), [before, after]);
        // Where an order helps, it is that of the phases, whatever else would.
        let help = match needs {
            Verdict::NeedsWaves if ![&SUBSET_ADDED, &HOST_ADDED, &HOST_REMOVED].contains(&kind) => {
                "apply the objects in the order of the phases, and wait some seconds between the kinds"
                    .to_owned()
            }
            Verdict::NeedsWaves | Verdict::OneStep | Verdict::NeedsTwoReleases => help,
        };
        let help = match (needs, rollout) {
            (Verdict::NeedsWaves, Rollout::Unsaid | Rollout::Argocd) => {
                format!("{help}; with Argo CD `mesh {{ rollout argocd }}` writes the waves that do so")
            }
            (Verdict::NeedsWaves | Verdict::OneStep | Verdict::NeedsTwoReleases, _) => help,
        };
        let because = because(&hit);
        let places = [place(&host, before, origins[0]), place(&host, after, origins[1])];
        let [before, after] = places;
        let Hit { witness, happens: _, at: _, host: _, why: _ } = hit;
        Hazard { kind, needs, covered: !actual, says, because, help, witness: Some(witness), before, after }
    }
}

/// Returns what requests meet in between.
fn because(hit: &Hit) -> String {
    let Hit { happens, witness: Witness { method, url, from, headers: _ }, at: _, host: _, why } = hit;
    let request = format!("{method} {url} from {from}");
    match happens {
        Happens::Fails => format!("in between {request} fails, which works before and after: {why}"),
        Happens::InTheClear => format!("in between {request} is sent without TLS"),
        Happens::Passes => format!("in between {request} gets through, which is refused before and after"),
        Happens::Strays => {
            format!("in between {request} goes elsewhere, and to one place before and after: {why}")
        }
        Happens::Unknown => format!("in between nobody can tell what becomes of {request}: {why}"),
    }
}

fn said(
    kind: &Kind,
    hit: &Hit,
    host: &str,
    subset: Option<&str>,
    [before, after]: [&Mesh<'_>; 2],
) -> (String, String) {
    let subset = subset.unwrap_or("");
    match kind.slug {
        "subset-removed-with-its-route" => (
            format!("subset `{subset}` of `{host}` goes in the change that moves its last requests"),
            match before.gateways.iter().any(|gateway| written::host(gateway.host, before.world.cluster_domain) == host) {
                // No line keeps it: `via` alone writes what an egress gateway has.
                true => "apply by hand: first the VirtualService, and the rest when every proxy has that".to_owned(),
                false => format!("in two releases: first move the requests and keep `version {subset}`; when that is in force everywhere, take the version out"),
            },
        ),
        "subset-added-with-its-route" => (
            format!("requests go to subset `{subset}` of `{host}`, which comes with this change"),
            "apply the DestinationRule first, and the VirtualService some seconds later".to_owned(),
        ),
        "host-removed-while-used" => (
            format!("`{host}` goes in the change that moves its last requests"),
            "apply the VirtualService first, and remove the ServiceEntry last".to_owned(),
        ),
        "host-added-with-its-route" => (
            format!("requests go to `{host}`, which comes with this change"),
            "apply the ServiceEntry first, and the VirtualService some seconds later".to_owned(),
        ),
        "virtual-service-renamed" => {
            let names = moved(&hit.host, before, after).map(|both| {
                both.map(|binding| format!("{}/{}", binding.object.namespace, binding.object.name))
            });
            let [old, new] = names.unwrap_or_default();
            (
                format!("the routes of `{host}` move from VirtualService {old} to {new}"),
                "keep name and namespace; or in two releases: first both objects with the same routes, applied by hand, \
                 then the new one alone"
                    .to_owned(),
            )
        }
        "visibility-changed" => (
            format!("`{host}` is for other namespaces, and requests move in the same change"),
            "in two releases: first let all see it that see it before or after, then narrow it".to_owned(),
        ),
        "gateway-changed-with-its-routes" => (
            format!("what a gateway listens on for `{host}` changes together with its routes"),
            "apply the Gateway first where it opens, and last where it closes; where it does both, in two releases".to_owned(),
        ),
        "in-the-clear-meanwhile" => (
            format!("requests for `{host}` lose their TLS while the change is applied"),
            "apply the DestinationRule before the routes that rely on it; to take TLS out of one and put it into another, \
             in two releases"
                .to_owned(),
        ),
        "open-meanwhile" => (
            format!("requests for `{host}` get through while the change is applied"),
            "apply what closes first".to_owned(),
        ),
        "elsewhere-meanwhile" => (
            format!("requests for `{host}` go elsewhere while the change is applied"),
            "change in two releases what has to be so at one moment".to_owned(),
        ),
        _ => (
            format!("requests for `{host}` fail while the change is applied"),
            "in two releases: first what is new beside what is old, then what is old away".to_owned(),
        ),
    }
}

/// Returns where most is said about a host.
fn place(host: &str, mesh: &Mesh<'_>, origins: &dyn Origins) -> Option<Place> {
    let policy = policies(mesh, host).next().and_then(|policy| origins.place(Thing::Policy(policy)));
    let bound = || mesh.bindings.iter().find(|binding| binding.hosts.contains(&host));
    let known = || mesh.hosts.iter().find(|own| own.host == host);
    policy
        .or_else(|| bound().and_then(|binding| origins.place(Thing::Route(binding, None))))
        .or_else(|| known().and_then(|host| origins.place(Thing::Host(host.host))))
}
