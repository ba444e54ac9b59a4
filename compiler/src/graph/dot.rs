//! Pictures for Graphviz.

use super::edge::{self, Edge, Stroke};
use super::escape;
use super::{Graph, Kind, Mark};

/// Returns the picture as a directed graph for Graphviz.
#[must_use]
pub fn dot(graph: &Graph) -> String {
    let edge::Plain { boxes, edges } = edge::plain(graph);
    let mut text = String::from(
        "digraph traffic {
  rankdir=LR
  node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=11]
  edge [fontname=\"sans-serif\", fontsize=9]
",
    );
    for (index, one) in boxes.iter().enumerate() {
        text.push_str(&format!(
            "  n{index} [label=\"{}\"{}{}]\n",
            label(&one.lines),
            shape(one.kind),
            node(one.mark)
        ));
    }
    for edge in &edges {
        let Edge { from, to, labels: _, stroke, mark } = edge;
        let label = label(&edge.text());
        text.push_str(&format!("  n{from} -> n{to} [label=\"{label}\"{}{}]\n", line(*stroke), colour(*mark)));
    }
    for (index, note) in graph.notes.iter().enumerate() {
        text.push_str(&format!("  note{index} [shape=note, style=solid, label=\"{}\"]\n", escape::dot(note)));
    }
    text.push_str("}\n");
    text
}

fn label(lines: &[String]) -> String {
    lines.iter().map(|line| escape::dot(line)).collect::<Vec<_>>().join("\\n")
}

fn shape(kind: Option<Kind>) -> &'static str {
    match kind {
        None => ", shape=oval",
        Some(Kind::Gateway | Kind::Exit) => ", shape=component",
        Some(Kind::Ingress | Kind::Service) => "",
        Some(Kind::Several) => ", shape=folder",
        Some(Kind::Outside) => ", shape=hexagon",
        Some(Kind::Callers) => ", shape=house",
    }
}

fn line(stroke: Stroke) -> &'static str {
    match stroke {
        Stroke::Clear => "",
        Stroke::Opaque => ", style=bold, arrowhead=box",
        Stroke::Copies => ", style=dotted",
    }
}

fn colour(mark: Mark) -> &'static str {
    match mark {
        Mark::Same => "",
        Mark::Added => ", color=\"#2da44e\", penwidth=2",
        Mark::Removed => ", color=\"#cf222e\", penwidth=2, arrowhead=tee",
        Mark::Changed => ", color=\"#bf8700\", penwidth=2",
    }
}

fn node(mark: Mark) -> &'static str {
    match mark {
        Mark::Same => "",
        Mark::Added => ", color=\"#2da44e\", penwidth=2",
        Mark::Removed => ", color=\"#cf222e\", penwidth=2, style=dashed",
        Mark::Changed => ", color=\"#bf8700\", penwidth=2",
    }
}
