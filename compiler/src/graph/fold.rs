//! Fewer nodes, where there are too many for one picture: what is alike is drawn as one, and counted.

use std::collections::{BTreeMap, BTreeSet};

use super::{Graph, Kind, Mark, Node, Row, Target, Verb};

/// A node has at most so many lines.
const MOST_ROWS: usize = 24;

/// Returns the picture with about so many nodes at most: what is alike is drawn as one, and counted. What is different
/// between two meshes is kept as long as it can be.
#[must_use]
pub fn within(graph: &Graph, limit: usize) -> Graph {
    let mut graph = graph.clone();
    for (kind, key) in FOLDS {
        if graph.nodes.len() > limit {
            fold(&mut graph, *kind, *key);
        }
    }
    if graph.nodes.len() > limit {
        leave_out(&mut graph, limit);
    }
    graph.nodes.iter_mut().for_each(shorten);
    graph
}

/// Returns what a node is drawn together with, and the words for all of them.
type Key = fn(&Node) -> (String, &'static str);

/// What is folded, in this order, until there is room.
const FOLDS: &[(Kind, Key)] = &[
    (Kind::Service, |node| {
        let namespace = node.detail.split(' ').next().unwrap_or("");
        (format!("namespace {namespace}"), "services")
    }),
    (Kind::Ingress, |node| (format!("hosts {}", node.id.split(' ').nth(1).unwrap_or("")), "hosts")),
    (Kind::Outside, |_| ("hosts outside".to_owned(), "hosts")),
    (Kind::Callers, |_| ("callers".to_owned(), "namespaces")),
];

fn fold(graph: &mut Graph, kind: Kind, key: Key) {
    let mut members: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, node) in graph.nodes.iter().enumerate() {
        if node.kind == kind && node.mark == Mark::Same {
            members.entry(key(node).0).or_default().push(index);
        }
    }
    members.retain(|_, members| members.len() > 1);
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    let mut folded: Vec<Node> = Vec::new();
    for (id, members) in &members {
        let word = key(&graph.nodes[members[0]]).1;
        renamed.extend(members.iter().map(|index| (graph.nodes[*index].id.clone(), id.clone())));
        let rows = members.iter().flat_map(|index| graph.nodes[*index].rows.clone()).collect();
        let detail = format!("{} {word}", members.len());
        folded.push(Node {
            id: id.clone(),
            kind: if kind == Kind::Service { Kind::Several } else { kind },
            name: id.clone(),
            detail,
            rows,
            more: 0,
            versions: Vec::new(),
            mark: Mark::Same,
        });
    }
    if folded.is_empty() {
        return;
    }
    let note = |node: &Node| format!("{} is {}", node.name, node.detail);
    let few = folded.iter().take(3).map(note).collect::<Vec<_>>().join(", ");
    let rest = if folded.len() > 3 { format!(" and so on, {} in all", folded.len()) } else { String::new() };
    graph.notes.push(format!("drawn together: {few}{rest}; ask for one by its name to see it"));
    let ids: BTreeSet<String> = folded.iter().map(|node| node.id.clone()).collect();
    graph.nodes.retain(|node| !renamed.contains_key(&node.id));
    graph.nodes.extend(folded);
    graph.nodes.sort_by(|one, other| (one.kind.column(), &one.id).cmp(&(other.kind.column(), &other.id)));
    for node in &mut graph.nodes {
        redirect(node, &renamed, ids.contains(&node.id), &ids);
    }
}

/// Lets lines lead to what their targets are drawn as now; those that have become alike are one.
fn redirect(node: &mut Node, renamed: &BTreeMap<String, String>, is_folded: bool, ids: &BTreeSet<String>) {
    let mut rows: Vec<Row> = Vec::new();
    let mut counts: Vec<usize> = Vec::new();
    for mut row in std::mem::take(&mut node.rows) {
        let mut to: Vec<Target> = Vec::new();
        for mut target in std::mem::take(&mut row.to) {
            if let Some(id) = renamed.get(&target.node) {
                target = Target { node: id.clone(), version: None, share: None, mark: target.mark };
            }
            if !to.contains(&target) {
                to.push(target);
            }
        }
        row.to = to;
        let own = row.to.iter().all(|target| target.node == node.id);
        if is_folded && own {
            continue;
        }
        // Lines of one kind that lead to the same are counted, where either end is several things.
        let lets = row.verb == Verb::Lets || row.verb == Verb::Calls;
        let counted = is_folded || (lets && row.to.iter().any(|target| ids.contains(&target.node)));
        let alike = |known: &Row| {
            (known.verb, known.leg, known.guard, &known.to) == (row.verb, row.leg, row.guard, &row.to)
        };
        match rows.iter().position(alike).filter(|_| counted && row.mark == Mark::Same) {
            Some(at) => counts[at] += 1,
            None => {
                rows.push(row);
                counts.push(1);
            }
        }
    }
    for (row, count) in rows.iter_mut().zip(counts).filter(|(_, count)| *count > 1) {
        let what = match row.verb {
            Verb::Lets | Verb::Calls => "hosts",
            Verb::Routes => "routes",
            Verb::Copies => "copies",
        };
        row.when = format!("{count} {what}");
    }
    node.rows = rows;
}

/// Leaves out what is the same on both sides, then whatever comes last.
fn leave_out(graph: &mut Graph, limit: usize) {
    let mut order: Vec<usize> = (0..graph.nodes.len()).collect();
    order.sort_by_key(|index| (graph.nodes[*index].mark == Mark::Same, *index));
    let kept: BTreeSet<usize> = order.into_iter().take(limit).collect();
    let left_out = graph.nodes.len() - kept.len();
    let mut at = 0..;
    graph.nodes.retain(|_| at.next().is_some_and(|at| kept.contains(&at)));
    let ids: BTreeSet<String> = graph.nodes.iter().map(|node| node.id.clone()).collect();
    for row in graph.nodes.iter_mut().flat_map(|node| &mut node.rows) {
        row.to.retain(|target| ids.contains(&target.node));
    }
    graph.notes.push(format!("{left_out} more are left out; ask for one by its name to see it"));
}

/// Keeps the first lines of a node, and all that are different.
fn shorten(node: &mut Node) {
    let all = node.rows.len();
    if all > MOST_ROWS {
        let mut left =
            MOST_ROWS.saturating_sub(node.rows.iter().filter(|row| row.mark != Mark::Same).count());
        node.rows.retain(|row| {
            let kept = row.mark != Mark::Same || left > 0;
            left = if row.mark == Mark::Same { left.saturating_sub(1) } else { left };
            kept
        });
        node.more += all - node.rows.len();
    }
}
