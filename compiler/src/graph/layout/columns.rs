//! Which column everything stands in, and the lanes between.

use std::collections::BTreeMap;

use super::{Boxes, Field, Item, LANE, Line, Piece};

/// The pieces that make up a line.
pub(super) struct Way {
    /// Their places, from left to right.
    pub pieces: Vec<usize>,
    /// Whether the line goes from right to left.
    pub is_back: bool,
}

/// Returns the columns, and the way of each line through them.
pub(super) fn field(boxes: &Boxes) -> (Field, Vec<Way>) {
    let back = backward(boxes);
    let columns = compressed(columns(boxes, &back));
    let count = columns.iter().max().map_or(0, |last| last + 1);
    let item = |(index, (_, _, height)): (usize, &(usize, i32, i32))| Item {
        column: columns[index],
        height: *height,
    };
    let items = boxes.boxes.iter().enumerate().map(item).collect();
    let mut field = Field { items, pieces: Vec::new(), columns: vec![Vec::new(); count] };
    let mut lanes: BTreeMap<(usize, i32, usize), usize> = BTreeMap::new();
    let ways: Vec<Way> = boxes
        .lines
        .iter()
        .zip(&back)
        .map(|(line, back)| way(line, *back, boxes.entry, &mut field, &mut lanes))
        .collect();
    for item in 0..field.items.len() {
        field.columns[field.items[item].column].push(item);
    }
    (field, ways)
}

/// Returns the way of a line; those that end at one place share their lanes.
fn way(
    line: &Line,
    is_back: bool,
    entry: i32,
    field: &mut Field,
    lanes: &mut BTreeMap<(usize, i32, usize), usize>,
) -> Way {
    let Line { from, below, to } = *line;
    // One that goes back leaves its box on the left, and arrives on the right.
    let (start, out, end, into) = if is_back { (to, entry, from, below) } else { (from, below, to, entry) };
    let (first, last) = (field.items[start].column, field.items[end].column);
    let mut pieces = Vec::new();
    let (mut left, mut left_out) = (start, out);
    for column in first + 1..last {
        let key = if is_back { (start, -1, column) } else { (end, into, column) };
        let lane = *lanes.entry(key).or_insert_with(|| {
            field.items.push(Item { column, height: LANE });
            field.items.len() - 1
        });
        pieces.push(piece(field, Piece { left, out: left_out, right: lane, into: LANE / 2 }));
        (left, left_out) = (lane, LANE / 2);
    }
    pieces.push(piece(field, Piece { left, out: left_out, right: end, into }));
    Way { pieces, is_back }
}

fn piece(field: &mut Field, piece: Piece) -> usize {
    field.pieces.iter().position(|known| *known == piece).unwrap_or_else(|| {
        field.pieces.push(piece);
        field.pieces.len() - 1
    })
}

/// Tells of each line whether it closes a circle.
fn backward(boxes: &Boxes) -> Vec<bool> {
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); boxes.boxes.len()];
    for (index, line) in boxes.lines.iter().enumerate() {
        out[line.from].push(index);
    }
    let mut state = vec![Visit::Not; boxes.boxes.len()];
    let mut back = vec![false; boxes.lines.len()];
    for start in 0..boxes.boxes.len() {
        if state[start] != Visit::Not {
            continue;
        }
        // Not by recursion: a chain may be as long as a project.
        let mut path: Vec<(usize, usize)> = vec![(start, 0)];
        state[start] = Visit::Open;
        while let Some((at, next)) = path.pop() {
            let Some(line) = out[at].get(next).copied() else {
                state[at] = Visit::Done;
                continue;
            };
            path.push((at, next + 1));
            let to = boxes.lines[line].to;
            match state[to] {
                Visit::Not => {
                    state[to] = Visit::Open;
                    path.push((to, 0));
                }
                Visit::Open => back[line] = true,
                Visit::Done => {}
            }
        }
    }
    back
}

/// How far a box has been looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    Not,
    Open,
    Done,
}

/// Returns the column of each box: its first one, or right of all that lead to it.
fn columns(boxes: &Boxes, back: &[bool]) -> Vec<usize> {
    let mut columns: Vec<usize> = boxes.boxes.iter().map(|(first, _, _)| *first).collect();
    loop {
        let mut moved = false;
        for (line, back) in boxes.lines.iter().zip(back) {
            let (left, right) = if *back { (line.to, line.from) } else { (line.from, line.to) };
            if columns[right] <= columns[left] {
                columns[right] = columns[left] + 1;
                moved = true;
            }
        }
        if !moved {
            return columns;
        }
    }
}

/// Returns the columns without those that nothing stands in.
fn compressed(mut columns: Vec<usize>) -> Vec<usize> {
    let mut used = columns.clone();
    used.sort_unstable();
    used.dedup();
    for column in &mut columns {
        *column = used.iter().position(|used| used == column).unwrap_or(0);
    }
    columns
}
