//! Pictures as SVG: no fonts, scripts or anything else from outside, on dark and on light ground.

mod card;
mod legend;
mod measure;
mod style;

use super::edge::{self, Stroke};
use super::layout::{self, Boxes, Line, Placed};
use super::{Graph, Mark, Node, escape};
use card::Card;
pub use style::STYLE;

/// Space around the picture.
const MARGIN: i32 = 16;

/// Half the height of an arrow's head, and its length.
const HEAD: (i32, i32) = (4, 8);

/// Returns the picture as a file of its own.
#[must_use]
pub fn svg(graph: &Graph) -> String {
    drawn(graph, &format!("<style>{STYLE}</style>"))
}

/// Returns the picture as an element for a page that has [`STYLE`] among its own.
#[must_use]
pub fn picture(graph: &Graph) -> String {
    drawn(graph, "")
}

/// A way from a row of a node to another node.
struct Link<'g> {
    line: Line,
    stroke: Stroke,
    mark: Mark,
    says: [&'g str; 3],
}

fn drawn(graph: &Graph, style: &str) -> String {
    let cards: Vec<Card<'_>> = graph.nodes.iter().map(Card::of).collect();
    let links = links(graph, &cards);
    let placed = layout::place(&Boxes {
        boxes: cards.iter().map(|card| (card.node.kind.column(), card.width, card.height)).collect(),
        lines: links.iter().map(|link| link.line).collect(),
        entry: card::ENTRY,
    });
    let legend =
        legend::draw(graph, &links.iter().map(|link| link.stroke).collect::<Vec<_>>(), placed.size.1 + 28);
    let width = placed.size.0.max(legend.size.0) + 2 * MARGIN;
    let height = legend.size.1 + 2 * MARGIN;
    let title = if graph.is_change { "What changes about traffic" } else { "Where traffic goes" };
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"mg\" role=\"img\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"{} {} {width} {height}\"><title>{title}</title>{style}\n\
         <rect class=\"mg-ground\" x=\"{}\" y=\"{}\" width=\"{width}\" height=\"{height}\"/>\n",
        -MARGIN, -MARGIN, -MARGIN, -MARGIN
    );
    // What is different is drawn last, over what is not.
    let mut order: Vec<usize> = (0..links.len()).collect();
    order.sort_by_key(|index| links[*index].mark != Mark::Same);
    for index in order {
        text.push_str(&curve(&links[index], &placed.lines[index]));
    }
    for (card, at) in cards.iter().zip(&placed.boxes) {
        text.push_str(&card.draw(*at));
    }
    text.push_str(&signs(&links, &placed));
    text.push_str(&legend.text);
    text.push_str("</svg>\n");
    text
}

fn links<'g>(graph: &'g Graph, cards: &[Card<'g>]) -> Vec<Link<'g>> {
    let place = |id: &str| graph.nodes.iter().position(|node| node.id == id);
    let mut links = Vec::new();
    for (from, node) in graph.nodes.iter().enumerate() {
        for (index, row) in node.rows.iter().enumerate() {
            let mut said = Vec::new();
            for target in &row.to {
                let Some(to) = place(&target.node).filter(|to| *to != from) else { continue };
                let mark = edge::mark(node, row, target);
                // Versions of one service are reached by one line, as long as the same became of them.
                if said.contains(&(to, mark)) {
                    continue;
                }
                said.push((to, mark));
                let Node { name, .. } = &graph.nodes[to];
                let line = Line { from, below: cards[from].port(index), to };
                links.push(Link {
                    line,
                    stroke: edge::stroke(row),
                    mark,
                    says: [&node.name, &row.when, name],
                });
            }
        }
    }
    links
}

/// Returns a line with its head.
fn curve(link: &Link<'_>, points: &[[(i32, i32); 2]]) -> String {
    let (Some([start, _]), Some([_, end])) = (points.first(), points.last()) else { return String::new() };
    let mut path = format!("M{} {}", start.0, start.1);
    // The way may go from right to left.
    let ahead = if end.0 >= start.0 { 1 } else { -1 };
    for (index, [(x, y), (to_x, to_y)]) in points.iter().enumerate() {
        if index > 0 {
            path.push_str(&format!("L{x} {y}"));
        }
        let tip = if index + 1 == points.len() { to_x - ahead * (HEAD.1 - 1) } else { *to_x };
        let middle = (x + tip) / 2;
        path.push_str(&format!("C{middle} {y} {middle} {to_y} {tip} {to_y}"));
    }
    let classes = format!("{} {}", style::stroke(link.stroke), style::mark(link.mark));
    let (x, y) = *end;
    let back = x - ahead * HEAD.1;
    let [from, when, to] = link.says.map(escape::xml);
    let sign = link.mark.word();
    let became = if link.mark == Mark::Same { String::new() } else { format!(" ({sign})") };
    format!(
        "<g class=\"mg-edge {classes}\"><title>{from}, {when}: to {to}{became}</title><path class=\"mg-line\" d=\"{path}\"/>\
         <path class=\"mg-head\" d=\"M{x} {y}L{back} {}L{back} {}Z\"/></g>\n",
        y - HEAD.0,
        y + HEAD.0
    )
}

/// Returns the signs of what came and went, where lines begin.
fn signs(links: &[Link<'_>], placed: &Placed) -> String {
    let mut text = String::new();
    let mut taken: Vec<(i32, i32)> = Vec::new();
    for (link, points) in links.iter().zip(&placed.lines) {
        let (Some([(x, y), (end, _)]), true) = (points.first(), link.mark != Mark::Same) else { continue };
        let ahead = if end >= x { 1 } else { -1 };
        let mut at = (x + ahead * 11, *y);
        // Two lines of one row: one came, the other went.
        while taken.contains(&at) {
            at.0 += ahead * 17;
        }
        taken.push(at);
        text.push_str(&format!(
            "<g class=\"mg-sign {}\"><circle cx=\"{}\" cy=\"{}\" r=\"8\"/><text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text></g>\n",
            style::mark(link.mark),
            at.0,
            at.1,
            at.0,
            at.1 + 4,
            link.mark.sign()
        ));
    }
    text
}
