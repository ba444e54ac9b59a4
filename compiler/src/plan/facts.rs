//! Hazards that no mixture of objects shows: one object changes at once, and something outside has to be ready for it.

use std::collections::BTreeSet;

use super::hazard::{CREDENTIAL_CHANGED, SUBSET_RELABELED, TLS_TIGHTENED};
use super::{Hazard, Verdict};
use crate::diff::{Origins, Thing};
use crate::mesh::{ClientTls, Destination, Gateway, Mesh, Policy, Server, ServerTls, Split, written};

/// Returns what one object alone may break.
pub(super) fn hazards(before: &Mesh<'_>, after: &Mesh<'_>, origins: [&dyn Origins; 2]) -> Vec<Hazard> {
    let mut found = Vec::new();
    let domain = after.world.cluster_domain;
    for (old, new) in pairs(&before.policies, &after.policies, |policy| &policy.object) {
        let places = [origins[0].place(Thing::Policy(old)), origins[1].place(Thing::Policy(new))];
        let told = subsets(old, new, [before, after], domain);
        found.extend(told.into_iter().map(|told| told.at(places.clone())));
    }
    found.extend(mesh_tls(before, after, origins));
    for (old, new) in pairs(&before.gateways, &after.gateways, |gateway| &gateway.object) {
        let places = [origins[0].place(Thing::Gateway(old)), origins[1].place(Thing::Gateway(new))];
        found.extend(servers(old, new).into_iter().map(|told| told.at(places.clone())));
    }
    found
}

/// A hazard without its places.
struct Told {
    kind: &'static super::Kind,
    needs: Verdict,
    says: String,
    because: String,
    help: String,
}

impl Told {
    fn at(self, [before, after]: [Option<crate::diff::Place>; 2]) -> Hazard {
        let Told { kind, needs, says, because, help } = self;
        Hazard { kind, needs, covered: false, says, because, help, witness: None, before, after }
    }
}

/// Returns the facts that both sides have under one name.
fn pairs<'m, T: 'm>(
    before: impl IntoIterator<Item = &'m T>,
    after: impl IntoIterator<Item = &'m T>,
    object: impl Fn(&T) -> &crate::mesh::Object<'_>,
) -> Vec<(&'m T, &'m T)> {
    let key = |fact: &T| (object(fact).namespace.to_owned(), object(fact).name.to_owned());
    let old: std::collections::HashMap<_, _> = before.into_iter().map(|fact| (key(fact), fact)).collect();
    after.into_iter().filter_map(|fact| Some((*old.get(&key(fact))?, fact))).collect()
}

/// Finds subsets that mean other pods, and get requests before and after.
fn subsets(old: &Policy<'_>, new: &Policy<'_>, meshes: [&Mesh<'_>; 2], domain: &str) -> Vec<Told> {
    let sorted = |labels: &[(&str, &str)]| {
        let mut labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
        labels.sort();
        labels.join(",")
    };
    let both = new.subsets.iter().filter_map(|subset| {
        let other = old.subsets.iter().find(|other| other.name == subset.name)?;
        let labels = [sorted(&other.labels), sorted(&subset.labels)];
        let used = || meshes.iter().all(|mesh| is_used(mesh, new.host, subset.name));
        (labels[0] != labels[1] && used()).then_some((subset.name, labels))
    });
    both.map(|(name, [was, is])| Told {
        kind: &SUBSET_RELABELED,
        needs: Verdict::NeedsTwoReleases,
        says: format!("subset `{name}` of `{}` means other pods: {was} before, {is} after", written::host(new.host, domain)),
        because: "all its requests move at once, and get 503 where the new pods are not there yet; no route shows it"
            .to_owned(),
        help: format!(
            "in two releases: first declare a version of another name with {is} beside `{name}` and move the requests to \
             it; then take `{name}` out"
        ),
    })
    .collect()
}

/// Tells whether requests are sent to a subset.
fn is_used(mesh: &Mesh<'_>, host: &str, subset: &str) -> bool {
    let sends = |split: &Split<'_>| {
        split.shares().iter().any(|share| {
            let Destination { host: to, port: _, subset: own } = share.to;
            to == host && own == Some(subset) && (share.weight > 0 || split.owner().is_some())
        })
    };
    mesh.bindings.iter().any(|binding| {
        let http = binding.http.iter().any(|route| match &route.action {
            crate::mesh::Action::Forward(forward) => sends(&forward.to),
            crate::mesh::Action::Redirect(_) | crate::mesh::Action::Respond(_) => false,
        });
        http || binding.tls.iter().any(|route| sends(&route.to))
            || binding.tcp.iter().any(|route| sends(&route.to))
    })
}

/// So many hosts are said one by one.
const MOST_HOSTS: usize = 5;

/// Finds upstreams that from now on have to speak the mesh's own TLS, all in one: what has to be seen to is the same.
fn mesh_tls(before: &Mesh<'_>, after: &Mesh<'_>, origins: [&dyn Origins; 2]) -> Option<Hazard> {
    let is_mesh = |policy: &&Policy<'_>| matches!(policy.all.tls, Some(ClientTls::Mesh { sni: _ }));
    let old: BTreeSet<&str> = before.policies.iter().filter(is_mesh).map(|policy| policy.host).collect();
    // A host that comes with the change has no callers yet.
    let known: BTreeSet<&str> = before.hosts.iter().map(|host| host.host).collect();
    let is_new = |policy: &&Policy<'_>| known.contains(policy.host) && !old.contains(policy.host);
    let new: Vec<&Policy<'_>> = after.policies.iter().filter(is_mesh).filter(is_new).collect();
    let first = new.first()?;
    let hosts: BTreeSet<&str> =
        new.iter().map(|policy| written::host(policy.host, after.world.cluster_domain)).collect();
    let mut named: Vec<String> = hosts.iter().take(MOST_HOSTS).map(|host| format!("`{host}`")).collect();
    if hosts.len() > MOST_HOSTS {
        named.push(format!("{} more", hosts.len() - MOST_HOSTS));
    }
    let last = named.pop()?;
    let hosts = if named.is_empty() { last } else { format!("{} and {last}", named.join(", ")) };
    let was = before.policies.iter().find(|policy| policy.host == first.host);
    let places = [
        was.and_then(|policy| origins[0].place(Thing::Policy(policy))),
        origins[1].place(Thing::Policy(first)),
    ];
    let told = Told {
        kind: &TLS_TIGHTENED,
        needs: Verdict::OneStep,
        says: format!("callers of {hosts} use the mesh's certificates from here on"),
        because: "pods without a sidecar do not understand them, and every request to those fails".to_owned(),
        help: "see before that all their pods have a sidecar".to_owned(),
    };
    Some(told.at(places))
}

fn servers(old: &Gateway<'_>, new: &Gateway<'_>) -> Vec<Told> {
    let mut found = Vec::new();
    for server in &new.servers {
        let is_it = |other: &&Server<'_>| {
            other.port == server.port && other.hosts.iter().any(|host| server.hosts.contains(host))
        };
        let hosts = server.hosts.iter().map(|host| format!("`{}`", host.host)).collect::<Vec<_>>().join(", ");
        for other in old.servers.iter().filter(is_it) {
            let secrets = [secret(&other.tls), secret(&server.tls)];
            if let [Some(was), Some(is)] = secrets
                && was != is
            {
                found.push(Told {
                    kind: &CREDENTIAL_CHANGED,
                    needs: Verdict::OneStep,
                    says: format!("{hosts} get their certificate from secret `{is}` instead of `{was}`"),
                    because: "while the secret is not there, the gateway refuses every TLS connection for them".to_owned(),
                    help: format!(
                        "see before that `{is}` is in namespace `{}`, and keep `{was}` until the change is in force",
                        new.object.namespace
                    ),
                });
            }
            if demands(&server.tls) && !demands(&other.tls) && secret(&other.tls).is_some() {
                found.push(Told {
                    kind: &TLS_TIGHTENED,
                    needs: Verdict::NeedsTwoReleases,
                    says: format!("{hosts} ask every caller for a certificate"),
                    because: "callers that have none are refused from the first moment".to_owned(),
                    help: "in two releases: first `tls mutual secret=… optional`; when every caller shows a certificate, \
                           take `optional` out"
                        .to_owned(),
                });
            }
        }
    }
    found
}

fn secret<'m>(tls: &ServerTls<'m>) -> Option<&'m str> {
    match tls {
        ServerTls::Terminate { secret, min: _, ciphers: _ }
        | ServerTls::Mutual { secret, optional: _, min: _, ciphers: _ } => Some(secret),
        ServerTls::Plain | ServerTls::Redirect | ServerTls::Passthrough | ServerTls::Mesh => None,
    }
}

/// Tells whether callers need a certificate.
fn demands(tls: &ServerTls<'_>) -> bool {
    match tls {
        ServerTls::Mutual { secret: _, optional, min: _, ciphers: _ } => !optional,
        ServerTls::Terminate { .. }
        | ServerTls::Plain
        | ServerTls::Redirect
        | ServerTls::Passthrough
        | ServerTls::Mesh => false,
    }
}
