//! What a proxy is going to be, before it is written.

use std::collections::{BTreeMap, BTreeSet};

use super::Options;
use super::cluster::Cluster;
use super::endpoints::{self, Found};
use super::listener::Listener;
use super::tls;
use crate::mesh::{
    Asked, Balance, Client, Destination, Mesh, Opaque, Protocol, Settings, Table, Treatment, Verdict, View,
};

/// The listeners of a proxy, and the clusters that they send to.
#[derive(Debug)]
pub(super) struct Plan<'m> {
    pub mesh: &'m Mesh<'m>,
    pub view: View<'m, 'm>,
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
            view: mesh.view(),
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

    /// Returns what the proxy does with what is asked of it; nothing where that is unknown, which is told.
    pub fn ask(&mut self, port: u16, sni: Option<&str>, host: &str) -> Option<Table<'m, 'm>> {
        match self.view.seen_by(self.client, Asked { port, sni, host }) {
            Verdict::Is(table) => Some(table),
            Verdict::Unknown(why) => {
                self.notes.insert(format!(
                    "traffic for `{host}` is refused, because what Istio does with it is unknown: {why}"
                ));
                None
            }
        }
    }

    /// Returns the name of the cluster of a destination, and plans it.
    pub fn cluster(&mut self, to: Destination<'m>) -> String {
        let Destination { host, port, subset } = to;
        let name = format!("outbound|{port}|{}|{host}", subset.unwrap_or(""));
        if self.clusters.contains_key(&name) {
            return name;
        }
        let known = self.view.known_to(self.client, to.host).first().copied();
        let protocol = known.and_then(|known| known.ports.iter().find(|at| at.number == port));
        let protocol = protocol.map_or(Protocol::Http, |port| port.protocol);
        let treatment = self.view.treated_by(self.client, to);
        self.tell_treatment(host, &treatment);
        let found = endpoints::find(self, to, known, &treatment);
        let tls = treatment.settings.tls.as_ref().and_then(|mode| tls::upstream(self, to, mode));
        let cluster = Cluster { name: name.clone(), found, settings: treatment.settings, tls, protocol };
        self.clusters.insert(name.clone(), cluster);
        name
    }

    /// Returns the name of the cluster that finds every host by its own name, and plans it.
    pub fn anywhere(&mut self) -> String {
        self.own_cluster("PassthroughCluster", Found::Anywhere)
    }

    /// Returns the name of the cluster where nobody lives, and plans it.
    pub fn nowhere(&mut self) -> String {
        self.own_cluster("BlackHoleCluster", Found::Places(Vec::new(), 0))
    }

    fn own_cluster(&mut self, name: &str, found: Found) -> String {
        let settings = Settings::default();
        let cluster = Cluster { name: name.to_owned(), found, settings, tls: None, protocol: Protocol::Http };
        self.clusters.entry(name.to_owned()).or_insert(cluster);
        name.to_owned()
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

    /// Tells of what Envoy does otherwise than Istio.
    fn tell_treatment(&mut self, host: &str, treatment: &Treatment<'m, 'm>) {
        let Treatment { settings, subset: _, by: _, unknown } = treatment;
        if let Some(why) = unknown {
            self.notes.insert(format!(
                "`{host}` is given no address, so that calls to it fail: how Istio reaches it is unknown, because {why}"
            ));
        }
        let raw =
            |opaque: &&Opaque<'_>| unknown.is_none() && opaque.host == host && !opaque.unread.is_empty();
        for opaque in self.mesh.opaque.iter().filter(raw) {
            self.notes.insert(format!(
                "raw fields of the {} of `{host}` are left out: who is called does not depend on them, but Istio may treat calls otherwise",
                opaque.kind
            ));
        }
        if settings.locality.is_some() && self.options.locality.is_none() {
            self.notes.insert(format!(
                "`{host}` has a failover or spread, which is left out: say where the proxy runs with `--locality REGION/ZONE`"
            ));
        }
        if settings.balance == Some(Balance::Passthrough) {
            self.notes.insert(format!(
                "`{host}` is to get requests at the address that was dialled, which only Istio sees: one of its addresses is picked"
            ));
        }
    }
}
