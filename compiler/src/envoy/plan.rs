//! What a proxy is going to be, before it is written.

use std::collections::{BTreeMap, BTreeSet};

use super::Options;
use super::client::Client;
use super::cluster::Cluster;
use super::endpoints::{self, Found};
use super::listener::Listener;
use super::tls::{self, Upstream};
use super::treatment::{Treatment, treatment};
use crate::mesh::{Balance, ClientTls, Destination, Host, Mesh, Protocol};

/// The listeners of a proxy, and the clusters that they send to.
#[derive(Debug)]
pub(super) struct Plan<'m> {
    pub mesh: &'m Mesh<'m>,
    pub options: &'m Options,
    pub client: Client<'m>,
    pub listeners: Vec<Listener<'m>>,
    pub clusters: BTreeMap<String, Cluster<'m>>,
    /// The files that Envoy will open.
    pub files: BTreeSet<String>,
    /// What is other than in Istio.
    pub notes: BTreeSet<String>,
    /// What the options lack.
    pub lacks: BTreeSet<String>,
    /// What cannot be without Istio.
    pub cannot: BTreeSet<String>,
}

impl<'m> Plan<'m> {
    pub fn new(mesh: &'m Mesh<'m>, options: &'m Options, client: Client<'m>) -> Plan<'m> {
        Plan {
            mesh,
            options,
            client,
            listeners: Vec::new(),
            clusters: BTreeMap::new(),
            files: BTreeSet::new(),
            notes: BTreeSet::new(),
            lacks: BTreeSet::new(),
            cannot: BTreeSet::new(),
        }
    }

    /// Returns what is known of a host: the caller's own namespace first.
    pub fn host(&self, host: &str) -> Option<&'m Host<'m>> {
        let mesh: &'m Mesh<'m> = self.mesh;
        let mut seen = mesh.hosts.iter().filter(|known| known.host == host && self.client.sees(&known.seen));
        let own = seen.clone().find(|known| known.object.namespace == self.client.namespace);
        own.or_else(|| seen.next())
    }

    /// Returns the name of the cluster of a destination, and plans it.
    pub fn cluster(&mut self, to: Destination<'m>) -> String {
        let Destination { host, port, subset } = to;
        let name = format!("outbound|{port}|{}|{host}", subset.unwrap_or(""));
        if self.clusters.contains_key(&name) {
            return name;
        }
        self.tell_opaque(host);
        let known = self.host(host);
        let protocol = known.and_then(|known| known.ports.iter().find(|at| at.number == port));
        let protocol = protocol.map_or(Protocol::Http, |port| port.protocol);
        let treatment = treatment(self.mesh, &self.client, to);
        self.tell_treatment(host, &treatment);
        let found = endpoints::find(self, to, known, &treatment);
        let tls = self.upstream_tls(to, &treatment);
        let cluster = Cluster { name: name.clone(), found, treatment, tls, protocol };
        self.clusters.insert(name.clone(), cluster);
        name
    }

    /// Returns the name of the cluster that finds every host by its own name, and plans it.
    pub fn anywhere(&mut self) -> String {
        let name = "PassthroughCluster".to_owned();
        self.clusters.entry(name.clone()).or_insert_with(|| Cluster {
            name: name.clone(),
            found: Found::Anywhere,
            treatment: Treatment::default(),
            tls: None,
            protocol: Protocol::Http,
        });
        name
    }

    /// Returns a file of the folder of certificates.
    pub fn file(&mut self, path: &str, what: &str) -> String {
        let Some(certs) = &self.options.certs else {
            self.lacks.insert(format!("{what}: say where it is with `--certs DIR`, as DIR/{path}"));
            return String::new();
        };
        let file = format!("{}/{path}", certs.trim_end_matches('/'));
        self.files.insert(file.clone());
        file
    }

    /// Tells of a host about which something was said that only Istio understands.
    pub fn tell_opaque(&mut self, host: &str) {
        for opaque in
            self.mesh.opaque.iter().filter(|opaque| opaque.host == host && !opaque.unread.is_empty())
        {
            self.notes.insert(format!(
                "raw fields of the {} of `{host}` are left out: only Istio understands them, so Envoy may do otherwise",
                opaque.kind
            ));
        }
    }

    /// Tells of what needs to know where a connection came from or went to.
    fn tell_treatment(&mut self, host: &str, treatment: &Treatment<'m>) {
        if treatment.locality.is_some() && self.options.locality.is_none() {
            self.notes.insert(format!(
                "`{host}` has a failover or spread, which is left out: say where the proxy runs with `--locality REGION/ZONE`"
            ));
        }
        if treatment.balance == Some(Balance::Passthrough) {
            self.notes.insert(format!(
                "`{host}` is to get requests at the address that was dialled, which only Istio sees: one of its addresses is picked"
            ));
        }
    }

    fn upstream_tls(&mut self, to: Destination<'m>, treatment: &Treatment<'m>) -> Option<Upstream<'m>> {
        let mode: &'m ClientTls<'m> = treatment.tls?;
        tls::upstream(self, to, mode)
    }
}
