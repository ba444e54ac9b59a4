//! The folder that a running Envoy reads: a bootstrap that names the other files, and a file each for clusters, listeners
//! and route tables. Envoy reads one again whenever it is replaced by a rename.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::Bootstrap;
use super::cluster::cluster;
use super::filter_chain::Filter;
use super::listener::listener;
use super::route_configuration::{Clusters, RouteConfiguration, route_configuration};
use crate::yaml::{self, Format, Key, Map, Value};

/// The file of all clusters.
pub const CLUSTERS: &str = "cds.yaml";

/// The file of all listeners.
pub const LISTENERS: &str = "lds.yaml";

/// The file that Envoy is started with.
pub const BOOTSTRAP: &str = "bootstrap.yaml";

/// Where route tables are found by listeners.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Tables<'d> {
    /// In the listener.
    Inline,
    /// In files of this folder.
    Files(&'d str),
}

/// A file of the folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// Its name.
    pub name: String,
    /// What Envoy calls it in its statistics.
    pub stat: String,
    /// Which content this is; the same content is the same version.
    pub version: String,
    /// The content.
    pub text: Vec<u8>,
}

impl Bootstrap<'_> {
    /// Returns what Envoy is started with, to find the other files in a folder.
    #[must_use]
    pub fn started_with(&self, dir: &str) -> Vec<u8> {
        render(|to| {
            super::bootstrap::process(to, &self.id);
            to.map("dynamic_resources", |to| {
                to.map("lds_config", |to| source(to, dir, LISTENERS));
                to.map("cds_config", |to| source(to, dir, CLUSTERS));
            });
        })
    }

    /// Returns the file of all clusters, behind which others are kept.
    #[must_use]
    pub fn clusters(&self, kept: &[Value]) -> File {
        let own = self.plan.options.locality.as_deref();
        file(CLUSTERS.to_owned(), "cluster_manager.cds".to_owned(), |to| {
            to.list("resources", |to| {
                for one in self.plan.clusters.values() {
                    to.map(|to| {
                        resource(to, "cluster.v3.Cluster");
                        cluster(to, one, own);
                    });
                }
                kept.iter().for_each(|cluster| to.value(cluster));
            });
        })
    }

    /// Returns the file of all listeners.
    #[must_use]
    pub fn listeners(&self, dir: &str) -> File {
        file(LISTENERS.to_owned(), "listener_manager.lds".to_owned(), |to| {
            to.maps("resources", &self.plan.listeners, |to, one| {
                resource(to, "listener.v3.Listener");
                listener(to, one, Tables::Files(dir));
            });
        })
    }

    /// Returns a file for each route table: Envoy takes no file with more than one.
    #[must_use]
    pub fn route_tables(&self) -> Vec<File> {
        let chains = self.plan.listeners.iter().flat_map(|listener| &listener.chains);
        let tables = chains.filter_map(|chain| match &chain.filter {
            Filter::Http(hcm) => Some(&hcm.routes),
            Filter::Tcp(_) | Filter::BySni(..) => None,
        });
        tables.map(route_table).collect()
    }

    /// Returns the clusters of an earlier file that are gone, but that earlier listeners or route tables send to; nothing
    /// where a file is not as it was written.
    #[must_use]
    pub fn gone(&self, clusters: &[u8], senders: &[&[u8]]) -> Option<Vec<Value>> {
        let mut named = BTreeSet::new();
        for file in senders {
            texts(&yaml::read(file)?, &mut named);
        }
        let Value::Map(entries) = yaml::read(clusters)? else { return None };
        let (_, resources) = entries.into_iter().find(|(key, _)| key == "resources")?;
        let Value::List(clusters) = resources else { return None };
        let gone = |cluster: &Value| {
            name(cluster).is_some_and(|name| named.contains(name) && !self.plan.clusters.contains_key(name))
        };
        Some(clusters.into_iter().filter(gone).collect())
    }
}

fn route_table(table: &RouteConfiguration<'_>) -> File {
    // Envoy counts under a name in which a colon would end a part.
    let counted = table.name.replace(':', "_");
    let stat = format!("http.{counted}.rds.{counted}");
    file(file_of(&table.name), stat, |to| {
        to.maps("resources", [table], |to, table| {
            resource(to, "route.v3.RouteConfiguration");
            route_configuration(to, table, Clusters::Any);
        });
    })
}

/// Returns the file of a route table. A service has only one.
fn file_of(table: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    match table {
        "outbound" => "rds.yaml".to_owned(),
        table => format!("rds.{}.yaml", table.chars().map(plain).collect::<String>()),
    }
}

/// Writes where a listener finds its table.
pub(super) fn rds(to: &mut Map<'_>, dir: &str, table: &str) {
    to.map("rds", |to| {
        to.text("route_config_name", table);
        to.map("config_source", |to| source(to, dir, &file_of(table)));
    });
}

/// Writes a file to read, and the folder to watch: it may also be replaced as a whole, behind a link.
fn source(to: &mut Map<'_>, dir: &str, file: &str) {
    to.text("resource_api_version", "V3");
    to.map("path_config_source", |to| {
        to.display("path", format_args!("{dir}/{file}"));
        to.map("watched_directory", |to| to.text("path", dir));
    });
}

fn resource(to: &mut Map<'_>, of: impl Display) {
    to.display(Key::of("@type"), format_args!("type.googleapis.com/envoy.config.{of}"));
}

fn file(name: String, stat: String, fill: impl FnOnce(&mut Map<'_>)) -> File {
    let resources = render(fill);
    let version = version(&resources);
    let mut text = format!("version_info: \"{version}\"\n").into_bytes();
    text.extend(resources);
    File { name, stat, version, text }
}

fn render(fill: impl FnOnce(&mut Map<'_>)) -> Vec<u8> {
    let mut text = Vec::new();
    match yaml::one(&mut text, Format::Yaml, fill) {
        Ok(()) => text,
        Err(error) => unreachable!("memory takes all that is written: {error}"),
    }
}

/// Returns a hash of a content (FNV-1a): it has to differ when the content does, and nobody gains if it does not.
fn version(content: &[u8]) -> String {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    format!("{:016x}", content.iter().fold(0xcbf2_9ce4_8422_2325, step))
}

fn name(cluster: &Value) -> Option<&str> {
    let Value::Map(entries) = cluster else { return None };
    match entries.iter().find(|(key, _)| key == "name") {
        Some((_, Value::Text(name))) => Some(name),
        Some(_) | None => None,
    }
}

fn texts(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
        Value::Text(text) => _ = found.insert(text.clone()),
        Value::List(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Map(entries) => entries.iter().for_each(|(_, value)| texts(value, found)),
    }
}
