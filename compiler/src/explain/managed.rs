//! What a controller changes in the cluster, and how Argo CD is told to leave it.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::istio::Kind;
use crate::mesh::{
    Action, Binding, Controller, Forward, HttpRoute, Mesh, Object, Policy, Split, TcpRoute, TlsRoute,
};

/// The label by which Argo Rollouts tells the pods of two subsets apart, which it adds to both.
const ROLLOUTS_LABEL: &str = "rollouts-pod-template-hash";

/// Returns the lines of an Application under which Argo CD neither reports nor undoes what controllers change for some
/// hosts; nothing if they change nothing.
///
/// Only the weights of the controller's own routes are named: others of the same object stay the files' business.
pub(super) fn snippet(hosts: &[&str], mesh: &Mesh<'_>) -> String {
    let Mesh { world: _, hosts: _, bindings, policies, gateways: _, opaque: _ } = mesh;
    let mut entries = String::new();
    let mut controllers = BTreeSet::new();
    let mut labelled = BTreeSet::new();
    for binding in bindings {
        let owned: Vec<Owned<'_>> =
            owned(binding).into_iter().filter(|owned| owned.concerns(hosts, binding)).collect();
        let paths: BTreeSet<&str> = owned.iter().map(|owned| owned.path.as_str()).collect();
        entry(&mut entries, Kind::VirtualService, &binding.object, &paths);
        for Owned { split, controller, path: _ } in &owned {
            controllers.insert(name(*controller));
            if *controller == Controller::ArgoRollouts {
                labelled.extend(split.shares().iter().map(|share| share.to.host));
            }
        }
    }
    let path = format!(".spec.subsets[].labels[\"{ROLLOUTS_LABEL}\"]");
    for Policy { object, host, clients: _, seen: _, subsets, all: _, ports: _ } in policies {
        if labelled.contains(host) && !subsets.is_empty() {
            entry(&mut entries, Kind::DestinationRule, object, &BTreeSet::from([path.as_str()]));
        }
    }
    if entries.is_empty() {
        return String::new();
    }
    let controllers = controllers.into_iter().collect::<Vec<_>>().join(" and ");
    format!(
        "\nArgo CD, so that it leaves what {controllers} changes\n  spec:\n    ignoreDifferences:\n{entries}    \
         syncPolicy:\n      syncOptions:\n      - ApplyOutOfSyncOnly=true\n      - RespectIgnoreDifferences=true\n"
    )
}

/// A split whose weights a controller sets, and the path of those weights in its object.
struct Owned<'m> {
    split: &'m Split<'m>,
    controller: Controller,
    path: String,
}

impl Owned<'_> {
    fn concerns(&self, hosts: &[&str], binding: &Binding<'_>) -> bool {
        let sent = self.split.shares().iter().map(|share| share.to.host);
        sent.chain(binding.hosts.iter().copied()).any(|host| hosts.contains(&host))
    }
}

fn owned<'m>(binding: &'m Binding<'m>) -> Vec<Owned<'m>> {
    let Binding { object: _, hosts: _, at: _, seen: _, http, tls, tcp } = binding;
    let http =
        http.iter().filter_map(|HttpRoute { name, ways: _, action, headers: _, cors: _ }| match action {
            Action::Forward(Forward { to, timeout: _, retry: _, rewrite: _, mirrors: _, fault: _ }) => {
                Some((to, format!(".spec.http[] | select(.name == \"{name}\") | .route[].weight")))
            }
            Action::Redirect(_) | Action::Respond(_) => None,
        });
    let tls = tls.iter().map(|TlsRoute { ways: _, to }| (to, ".spec.tls[].route[].weight".to_owned()));
    let tcp = tcp.iter().map(|TcpRoute { ways: _, to }| (to, ".spec.tcp[].route[].weight".to_owned()));
    let all = http.chain(tls).chain(tcp);
    all.filter_map(|(split, path)| Some(Owned { split, controller: split.owner()?, path })).collect()
}

fn name(controller: Controller) -> &'static str {
    match controller {
        Controller::ArgoRollouts => "argo-rollouts",
        Controller::Flagger => "flagger",
    }
}

fn entry(to: &mut String, kind: Kind, object: &Object<'_>, paths: &BTreeSet<&str>) {
    let Object { name, namespace, source: _, owner: _ } = object;
    if paths.is_empty() {
        return;
    }
    // Writing to a string cannot fail.
    let _ = write!(
        to,
        "    - group: networking.istio.io\n      kind: {}\n      namespace: {namespace}\n      name: {name}\n      \
         jqPathExpressions:\n",
        kind.name()
    );
    for path in paths {
        let _ = writeln!(to, "      - '{path}'");
    }
}
