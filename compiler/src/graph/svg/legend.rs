//! What strokes and signs mean, as far as they occur, and the notes.

use super::super::edge::Stroke;
use super::super::{Graph, Mark, escape};
use super::{measure, style};

/// A legend, with the right and the lower end of all that is drawn.
pub(super) struct Legend {
    pub text: String,
    pub size: (i32, i32),
}

/// Notes are cut into lines of so many pixels.
const NOTE_WIDTH: i32 = 640;

/// Returns the legend, below a height.
pub(super) fn draw(graph: &Graph, strokes: &[Stroke], top: i32) -> Legend {
    let mut legend = Legend { text: String::from("<g class=\"mg-legend\">\n"), size: (0, top) };
    let mut x = 0;
    for (stroke, words) in [
        (Stroke::Clear, "requests that proxies see"),
        (Stroke::Opaque, "connections that stay unopened"),
        (Stroke::Copies, "copies"),
    ] {
        if strokes.contains(&stroke) {
            let line = format!(
                "<g class=\"mg-edge {}\"><path class=\"mg-line\" d=\"M{x} {y}H{}\"/><path class=\"mg-head\" d=\"M{} {y}l-8 -4v8z\"/></g>",
                style::stroke(stroke),
                x + 26,
                x + 34,
                y = top - 4
            );
            legend.text.push_str(&line);
            x = legend.words(words, x + 42, top);
        }
    }
    let lines = graph.nodes.iter().flat_map(|node| node.rows.iter().map(|row| row.mark).chain([node.mark]));
    let marks: Vec<Mark> = lines.collect();
    for mark in [Mark::Added, Mark::Removed, Mark::Changed] {
        if marks.contains(&mark) {
            legend.text.push_str(&format!(
                "<g class=\"mg-sign {}\"><circle cx=\"{}\" cy=\"{}\" r=\"8\"/><text x=\"{}\" y=\"{top}\" text-anchor=\"middle\">{}</text></g>",
                style::mark(mark), x + 8, top - 4, x + 8, mark.sign()
            ));
            x = legend.words(mark.word(), x + 22, top);
        }
    }
    let mut y = top;
    for line in graph.notes.iter().flat_map(|note| wrapped(note)) {
        y += 18;
        legend
            .text
            .push_str(&format!("<text class=\"mg-note\" x=\"0\" y=\"{y}\">{}</text>", escape::xml(&line)));
        legend.size.0 = legend.size.0.max(measure::proportional(&line, 11));
    }
    legend.size.1 = y;
    legend.text.push_str("</g>\n");
    legend
}

impl Legend {
    /// Writes words, and returns where the next may begin.
    fn words(&mut self, words: &str, x: i32, y: i32) -> i32 {
        self.text.push_str(&format!("<text x=\"{x}\" y=\"{y}\">{words}</text>\n"));
        let end = x + measure::proportional(words, 11);
        self.size.0 = self.size.0.max(end);
        end + 22
    }
}

fn wrapped(note: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in note.split(' ') {
        let line = lines.last_mut().map_or("", |line| line.as_str());
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if measure::proportional(&longer, 11) > NOTE_WIDTH && !line.is_empty() {
            lines.push(word.to_owned());
        } else if let Some(last) = lines.last_mut() {
            *last = longer;
        }
    }
    lines
}
