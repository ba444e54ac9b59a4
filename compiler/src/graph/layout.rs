//! Where things stand: columns from left to right, as traffic passes; what leads to each other stands near.
//!
//! The crates that lay out layered graphs place plain boxes. Here lines begin at a row of a box and must not pass through
//! other boxes, so lanes are kept free for them, and the same picture has to come out on every machine.

mod columns;
mod height;
mod order;
mod shelf;

/// Space between two boxes of a column.
const GAP: i32 = 22;

/// The height of a lane that lines pass a column in.
const LANE: i32 = 8;

/// What is to be placed.
pub(super) struct Boxes {
    /// The first column of each box, its width and its height.
    pub boxes: Vec<(usize, i32, i32)>,
    /// What is between them.
    pub lines: Vec<Line>,
    /// How far below the top of a box lines arrive.
    pub entry: i32,
}

/// A line from a row of a box to a box.
#[derive(Clone, Copy)]
pub(super) struct Line {
    /// The box where it begins.
    pub from: usize,
    /// How far below its top.
    pub below: i32,
    /// The box where it ends.
    pub to: usize,
}

/// Where things stand.
pub(super) struct Placed {
    /// Left, top and width of each box.
    pub boxes: Vec<(i32, i32, i32)>,
    /// The way of each line: it goes from the first of two points to the second in a curve, and straight to the next two.
    pub lines: Vec<Vec<[(i32, i32); 2]>>,
    /// The size of all.
    pub size: (i32, i32),
}

/// A box, or a lane, in its column.
struct Item {
    column: usize,
    height: i32,
}

/// A piece of a line between two neighbouring columns.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Piece {
    left: usize,
    /// Where it begins, below the top.
    out: i32,
    right: usize,
    /// Where it ends, below the top.
    into: i32,
}

/// The columns with all that stands in them.
struct Field {
    items: Vec<Item>,
    pieces: Vec<Piece>,
    /// The items of each column, top to bottom.
    columns: Vec<Vec<usize>>,
}

/// Returns where everything stands: what no line leads to or from stands below the rest.
pub(super) fn place(boxes: &Boxes) -> Placed {
    let tied = |index: usize| boxes.lines.iter().any(|line| line.from == index || line.to == index);
    let (tied, alone): (Vec<usize>, Vec<usize>) = (0..boxes.boxes.len()).partition(|index| tied(*index));
    let renamed = |index: usize| tied.binary_search(&index).unwrap_or(0);
    let line = |line: &Line| Line { from: renamed(line.from), below: line.below, to: renamed(line.to) };
    let Placed { boxes: places, lines, size } = in_columns(&Boxes {
        boxes: tied.iter().map(|index| boxes.boxes[*index]).collect(),
        lines: boxes.lines.iter().map(line).collect(),
        entry: boxes.entry,
    });
    let mut placed = Placed { boxes: vec![(0, 0, 0); boxes.boxes.len()], lines, size };
    for (index, place) in tied.iter().zip(places) {
        placed.boxes[*index] = place;
    }
    shelf::add(boxes, &alone, &mut placed);
    placed
}

fn in_columns(boxes: &Boxes) -> Placed {
    let (mut field, ways) = columns::field(boxes);
    order::arrange(&mut field);
    let tops = height::tops(&field);
    let widths: Vec<i32> = (0..field.columns.len()).map(|column| width(boxes, &field, column)).collect();
    let mut lefts = Vec::new();
    let mut left = 0;
    for (column, width) in widths.iter().enumerate() {
        lefts.push(left);
        left += width + gutter(&field, column);
    }
    let at = |item: usize| (lefts[field.items[item].column], tops[item], widths[field.items[item].column]);
    let lines = ways.iter().map(|way| points(way, &field, &at)).collect();
    let placed: Vec<(i32, i32, i32)> = (0..boxes.boxes.len()).map(at).collect();
    let right = placed.iter().map(|(left, _, width)| left + width).max().unwrap_or(0);
    let bottom = (0..field.items.len()).map(|item| tops[item] + field.items[item].height).max().unwrap_or(0);
    Placed { boxes: placed, lines, size: (right, bottom) }
}

fn width(boxes: &Boxes, field: &Field, column: usize) -> i32 {
    let own = field.columns[column].iter().filter_map(|item| boxes.boxes.get(*item));
    own.map(|(_, width, _)| *width).max().unwrap_or(0)
}

/// Returns the space right of a column: the more lines, the more room they need to be told apart.
fn gutter(field: &Field, column: usize) -> i32 {
    let crossing = field.pieces.iter().filter(|piece| field.items[piece.left].column == column).count();
    56 + i32::try_from(crossing).unwrap_or(16).min(16) * 4
}

/// Returns the points of a line, from where it begins to where it ends.
fn points(way: &columns::Way, field: &Field, at: &impl Fn(usize) -> (i32, i32, i32)) -> Vec<[(i32, i32); 2]> {
    let curve = |piece: &Piece| {
        let (left, top, width) = at(piece.left);
        let (right, below, _) = at(piece.right);
        [(left + width, top + piece.out), (right, below + piece.into)]
    };
    let columns::Way { pieces, is_back } = way;
    let forward = pieces.iter().map(|piece| curve(&field.pieces[*piece]));
    match is_back {
        false => forward.collect(),
        true => forward.rev().map(|[start, end]| [end, start]).collect(),
    }
}
