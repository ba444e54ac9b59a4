//! A picture as plain nodes with lines between them, for drawings that know nothing else.

use super::change::split;
use super::words::percent;
use super::{Graph, Guard, Kind, Leg, Mark, Node, Row, Target, Verb, Version};

/// So many lines of text stand at one edge.
const MOST_LABELS: usize = 4;

/// A plain picture.
pub(super) struct Plain {
    /// The boxes; edges refer to them by their place.
    pub boxes: Vec<Box>,
    /// What is between them.
    pub edges: Vec<Edge>,
}

/// A box with some lines of text.
pub(super) struct Box {
    /// What it is; nothing for a version.
    pub kind: Option<Kind>,
    /// Its text, line by line.
    pub lines: Vec<String>,
    /// What became of it.
    pub mark: Mark,
}

/// An edge between two boxes.
#[derive(PartialEq, Eq)]
pub(super) struct Edge {
    /// The box where it begins.
    pub from: usize,
    /// The box where it ends.
    pub to: usize,
    /// What it says, line by line.
    pub labels: Vec<String>,
    /// How it is drawn.
    pub stroke: Stroke,
    /// What became of it.
    pub mark: Mark,
}

/// How an edge is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stroke {
    /// Requests that proxies see.
    Clear,
    /// Connections that proxies do not open.
    Opaque,
    /// Copies.
    Copies,
}

/// Returns what a line of a node is drawn as.
pub(super) fn stroke(row: &Row) -> Stroke {
    match (row.verb, row.leg) {
        (Verb::Copies, _) => Stroke::Copies,
        (_, Leg::Tls | Leg::Bytes) => Stroke::Opaque,
        (_, Leg::Http) => Stroke::Clear,
    }
}

/// Returns what became of the way from a line of a node to a target.
pub(super) fn mark(node: &Node, row: &Row, target: &Target) -> Mark {
    match (node.mark, row.mark) {
        (Mark::Added | Mark::Removed, _) => node.mark,
        (_, Mark::Added | Mark::Removed) => row.mark,
        (Mark::Same | Mark::Changed, Mark::Changed) if target.mark == Mark::Same => Mark::Changed,
        (Mark::Same | Mark::Changed, Mark::Same | Mark::Changed) => target.mark,
    }
}

/// Returns a picture as boxes and edges.
pub(super) fn plain(graph: &Graph) -> Plain {
    let mut plain = Plain { boxes: Vec::new(), edges: Vec::new() };
    let mut starts = Vec::new();
    for node in &graph.nodes {
        starts.push(plain.boxes.len());
        plain.boxes.push(main(node));
        plain.boxes.extend(node.versions.iter().map(|version| of_version(node, version)));
    }
    for (index, node) in graph.nodes.iter().enumerate() {
        for row in &node.rows {
            edges(graph, &starts, (index, row), &mut plain.edges);
        }
    }
    plain
}

fn main(node: &Node) -> Box {
    let Node { id: _, kind, name, detail, rows, more, versions: _, mark } = node;
    let mut lines = vec![format!("{}{name}", signed(*mark))];
    lines.extend((!detail.is_empty()).then(|| detail.clone()));
    for row in rows.iter().filter(|row| row.to.is_empty()) {
        let was = row.was.as_ref().map(|was| format!(" (was {was})")).unwrap_or_default();
        lines.push(format!("{}{} \u{2192} {}{was}", signed(row.mark), row.when, row.says));
    }
    lines.extend((*more > 0).then(|| format!("and {more} more routes")));
    Box { kind: Some(*kind), lines, mark: *mark }
}

fn of_version(node: &Node, version: &Version) -> Box {
    let Version { name, share, was, mark } = version;
    let mark = if matches!(node.mark, Mark::Added | Mark::Removed) { node.mark } else { *mark };
    let was = was.map(|was| format!(" (was {})", percent(was))).unwrap_or_default();
    let share = share.map(|share| format!(" {}", percent(share))).unwrap_or_default();
    Box { kind: None, lines: vec![format!("{}{name}{share}{was}", signed(mark))], mark }
}

fn signed(mark: Mark) -> String {
    match mark {
        Mark::Same => String::new(),
        Mark::Added | Mark::Removed | Mark::Changed => format!("{} ", mark.sign()),
    }
}

fn edges(graph: &Graph, starts: &[usize], (index, row): (usize, &Row), edges: &mut Vec<Edge>) {
    let node = &graph.nodes[index];
    let place = |id: &str| graph.nodes.iter().position(|node| node.id == id);
    let mut said: Vec<usize> = Vec::new();
    for target in &row.to {
        let Some(at) = place(&target.node) else { continue };
        let version = target
            .version
            .as_ref()
            .and_then(|version| graph.nodes[at].versions.iter().position(|known| known.name == *version));
        let together = index != at && row.to.iter().filter(|other| other.node == target.node).count() > 1;
        let to = starts[at] + version.filter(|_| !together).map_or(0, |version| version + 1);
        if to == starts[index] || said.contains(&to) {
            continue;
        }
        said.push(to);
        let mark = mark(node, row, target);
        let label = label(row, target, together, mark);
        add(edges, Edge { from: starts[index], to, labels: vec![label], stroke: stroke(row), mark });
    }
}

fn label(row: &Row, target: &Target, together: bool, mark: Mark) -> String {
    let mut words = vec![row.when.clone()];
    if together {
        let same: Vec<Target> = row.to.iter().filter(|other| other.node == target.node).cloned().collect();
        words.push(split(&same));
    } else {
        words.extend(target.share.filter(|_| target.mark != Mark::Removed).map(percent));
    }
    words.extend((!row.says.is_empty()).then(|| row.says.clone()));
    words.extend(row.leg.word().map(str::to_owned));
    words.extend((row.guard != Guard::Unsaid).then(|| row.guard.word().unwrap_or_default().to_owned()));
    // Where it went before is said where it goes now.
    let was = row.was.as_ref().filter(|_| mark != Mark::Removed);
    let was = was.map(|was| format!(" (was {was})")).unwrap_or_default();
    let text = match words.as_slice() {
        // What is at the other end anyway need not be said.
        [when] if row.verb == Verb::Lets || row.verb == Verb::Calls => {
            if target.node.ends_with(when.as_str()) { String::new() } else { when.clone() }
        }
        words => words.join(" \u{b7} "),
    };
    format!("{}{text}{was}", signed(mark)).trim_end().to_owned()
}

fn add(edges: &mut Vec<Edge>, edge: Edge) {
    let alike = |known: &&mut Edge| {
        (known.from, known.to, known.stroke, known.mark) == (edge.from, edge.to, edge.stroke, edge.mark)
    };
    match edges.iter_mut().find(alike) {
        Some(known) => known.labels.extend(edge.labels),
        None => edges.push(edge),
    }
}

impl Edge {
    /// Returns the lines of text, the end of a long list counted.
    pub(super) fn text(&self) -> Vec<String> {
        let labels: Vec<&String> = self.labels.iter().filter(|label| !label.is_empty()).collect();
        let few = if labels.len() > MOST_LABELS { MOST_LABELS - 1 } else { labels.len() };
        let mut text: Vec<String> = labels[..few].iter().map(|label| (*label).clone()).collect();
        text.extend((labels.len() > few).then(|| format!("and {} more", labels.len() - few)));
        text
    }
}
