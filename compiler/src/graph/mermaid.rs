//! Pictures as Mermaid, which GitHub and GitLab draw.

use super::edge::{self, Box, Edge, Stroke};
use super::escape;
use super::{Graph, Kind, Mark, fold};

/// Mermaid refuses more (`maxEdges` is 500).
const MOST_EDGES: usize = 400;

/// A line of text is cut off behind so many characters.
const MOST_CHARACTERS: usize = 80;

/// How what came, went and moved is drawn; the colours hold on dark and on light ground, and are never alone.
const CLASSES: &str = "  classDef added stroke:#2da44e,stroke-width:3px
  classDef removed stroke:#cf222e,stroke-width:3px,stroke-dasharray:6 4
  classDef changed stroke:#bf8700,stroke-width:3px
";

/// Returns the picture as a Mermaid flowchart with about so many nodes at most, without a fence around it.
#[must_use]
pub fn mermaid(graph: &Graph, limit: usize) -> String {
    let graph = fold::within(graph, limit);
    let edge::Plain { boxes, mut edges } = edge::plain(&graph);
    let mut notes = graph.notes.clone();
    if edges.len() > MOST_EDGES {
        notes.push(format!("{} more lines are left out", edges.len() - MOST_EDGES));
        edges.sort_by_key(|edge| edge.mark == Mark::Same);
        edges.truncate(MOST_EDGES);
    }
    let mut text = String::from("flowchart LR\n");
    for (index, one) in boxes.iter().enumerate() {
        text.push_str(&format!("  n{index}{}\n", shape(one)));
    }
    for edge in &edges {
        text.push_str(&line(edge));
    }
    for (index, note) in notes.iter().enumerate() {
        text.push_str(&format!("  note{index}>\"{}\"]\n", escape::mermaid(note)));
    }
    if graph.is_change {
        text.push_str(CLASSES);
        text.push_str(&marks(&boxes, &edges));
    }
    text
}

fn shape(one: &Box) -> String {
    let label = label(&one.lines);
    match one.kind {
        None => format!("([\"{label}\"])"),
        Some(Kind::Gateway | Kind::Exit) => format!("[[\"{label}\"]]"),
        Some(Kind::Ingress) => format!("(\"{label}\")"),
        Some(Kind::Service | Kind::Several) => format!("[\"{label}\"]"),
        Some(Kind::Outside) => format!("{{{{\"{label}\"}}}}"),
        Some(Kind::Callers) => format!("[/\"{label}\"\\]"),
    }
}

fn line(edge: &Edge) -> String {
    let Edge { from, to, labels: _, stroke, mark: _ } = edge;
    let arrow = match stroke {
        Stroke::Clear => "-->",
        Stroke::Opaque => "==>",
        Stroke::Copies => "-.->",
    };
    let text = edge.text();
    let label = if text.is_empty() { String::new() } else { format!("|\"{}\"|", label(&text)) };
    format!("  n{from} {arrow}{label} n{to}\n")
}

fn label(lines: &[String]) -> String {
    lines.iter().map(|line| escape::mermaid(&cut(line))).collect::<Vec<_>>().join("<br/>")
}

/// Returns the text, cut off where it is too long.
fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((at, _)) => format!("{}\u{2026}", &text[..at]),
        None => text.to_owned(),
    }
}

fn marks(boxes: &[Box], edges: &[Edge]) -> String {
    let mut text = String::new();
    for (mark, stroke) in [
        (Mark::Added, "stroke:#2da44e,stroke-width:3px"),
        (Mark::Removed, "stroke:#cf222e,stroke-width:2px,stroke-dasharray:6 4"),
        (Mark::Changed, "stroke:#bf8700,stroke-width:3px"),
    ] {
        let of = |(index, one): (usize, &Box)| (one.mark == mark).then(|| format!("n{index}"));
        let nodes: Vec<String> = boxes.iter().enumerate().filter_map(of).collect();
        if !nodes.is_empty() {
            text.push_str(&format!("  class {} {}\n", nodes.join(","), mark.word()));
        }
        let of = |(index, edge): (usize, &Edge)| (edge.mark == mark).then(|| index.to_string());
        let links: Vec<String> = edges.iter().enumerate().filter_map(of).collect();
        if !links.is_empty() {
            text.push_str(&format!("  linkStyle {} {stroke}\n", links.join(",")));
        }
    }
    text
}
