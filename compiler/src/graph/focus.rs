//! What touches something: who leads to it, and where it leads.

use std::collections::{BTreeMap, BTreeSet};

use super::{Graph, Kind, Node, Row, Verb};

/// Returns what touches whatever goes by a name; nothing where nothing does.
pub(super) fn on(graph: Graph, name: &str) -> Option<Graph> {
    let seeds: Vec<usize> = graph
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| goes_by(node, name))
        .map(|(index, _)| index)
        .collect();
    (!seeds.is_empty()).then(|| around(graph, &seeds))
}

/// Returns every name that a picture can be asked for, sorted.
#[must_use]
pub fn names(graph: &Graph) -> Vec<String> {
    let nodes = graph.nodes.iter().filter(|node| node.kind != Kind::Callers);
    let names: BTreeSet<String> = nodes.map(|node| node.name.clone()).collect();
    names.into_iter().collect()
}

/// Tells whether a node goes by a name: its own, its whole host, or `name.namespace`.
pub(super) fn goes_by(node: &Node, name: &str) -> bool {
    let host = node.id.strip_prefix("host ");
    let short =
        || host.is_some_and(|host| host.strip_prefix(name).is_some_and(|rest| rest.starts_with(".svc.")));
    node.kind != Kind::Callers && (node.name == name || host == Some(name) || short())
}

/// Returns the nodes with these places, and what touches them.
pub(super) fn around(graph: Graph, seeds: &[usize]) -> Graph {
    let places = graph.nodes.iter().enumerate().map(|(index, node)| (node.id.as_str(), index)).collect();
    let mut kept = Kept { nodes: &graph.nodes, places, rows: BTreeMap::new(), seen: BTreeSet::new() };
    for seed in seeds {
        kept.rows.insert(*seed, (0..graph.nodes[*seed].rows.len()).collect());
        kept.down(*seed, None, true);
        kept.up(*seed, None);
    }
    let rows = kept.rows;
    let Graph { nodes, notes, is_change } = graph;
    let keep = |(index, mut node): (usize, Node)| {
        let wanted = rows.get(&index)?;
        let all = node.rows.len();
        let mut at = 0..;
        node.rows.retain(|_| at.next().is_some_and(|at| wanted.contains(&at)));
        // What a service calls besides, or whom else a gateway lets in, is nobody's question here.
        node.more += if node.kind == Kind::Ingress { all - node.rows.len() } else { 0 };
        Some(node)
    };
    Graph { nodes: nodes.into_iter().enumerate().filter_map(keep).collect(), notes, is_change }
}

struct Kept<'g> {
    nodes: &'g [Node],
    places: BTreeMap<&'g str, usize>,
    /// The lines of each node that is kept.
    rows: BTreeMap<usize, BTreeSet<usize>>,
    /// Where we have been, with the host that we were after, and which way.
    seen: BTreeSet<(usize, Option<&'g str>, bool)>,
}

impl<'g> Kept<'g> {
    /// Keeps what a node leads to; through a door out, only what goes to one host.
    fn down(&mut self, at: usize, only: Option<&'g str>, is_seed: bool) {
        if !self.seen.insert((at, only, true)) {
            return;
        }
        self.rows.entry(at).or_default();
        let node = &self.nodes[at];
        for (index, row) in node.rows.iter().enumerate() {
            let wanted = match row.verb {
                Verb::Calls => is_seed,
                Verb::Lets => only.is_none_or(|host| is_about(row, host)),
                Verb::Routes | Verb::Copies => true,
            };
            if wanted {
                self.rows.entry(at).or_default().insert(index);
                for target in &row.to {
                    let Some(next) = self.places.get(target.node.as_str()).copied() else { continue };
                    let through = self.nodes[next].kind == Kind::Exit;
                    self.down(next, through.then_some(row.when.as_str()), false);
                }
            }
        }
    }

    /// Keeps what leads to a node; through a door out, only what goes to one host.
    fn up(&mut self, at: usize, only: Option<&'g str>) {
        if !self.seen.insert((at, only, false)) {
            return;
        }
        let id = self.nodes[at].id.as_str();
        for (from, node) in self.nodes.iter().enumerate() {
            for (index, row) in node.rows.iter().enumerate() {
                let leads = from != at && row.to.iter().any(|target| target.node == id);
                if leads && only.is_none_or(|host| is_about(row, host) || is_called(row, host)) {
                    self.rows.entry(from).or_default().insert(index);
                    let through = node.kind == Kind::Exit;
                    self.up(from, through.then_some(row.when.as_str()));
                }
            }
        }
    }
}

/// Tells whether a line of a door is about a host.
fn is_about(row: &Row, host: &str) -> bool {
    row.when == host || row.when.strip_prefix(host).is_some_and(|rest| rest.starts_with(' '))
}

/// Tells whether a line of a caller is about the host of a line of a door.
fn is_called(row: &Row, host: &str) -> bool {
    host.strip_prefix(row.when.as_str()).is_some_and(|rest| rest.starts_with(' ')) || row.verb != Verb::Calls
}
