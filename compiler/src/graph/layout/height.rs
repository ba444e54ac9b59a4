//! How high everything stands: as near to what it leads to as the others in its column let it.

use super::{Field, GAP, LANE};

/// How often everything is moved towards its neighbours.
const ROUNDS: usize = 16;

/// Returns the top of each item.
pub(super) fn tops(field: &Field) -> Vec<i32> {
    let mut tops = vec![0; field.items.len()];
    for column in &field.columns {
        let mut top = 0;
        for (place, item) in column.iter().enumerate() {
            top += if place > 0 { gap(field, column[place - 1], *item) } else { 0 };
            tops[*item] = top;
            top += field.items[*item].height;
        }
    }
    for round in 0..ROUNDS {
        let count = field.columns.len();
        for step in 0..count {
            let column = if round % 2 == 0 { step } else { count - 1 - step };
            settle(field, column, &mut tops);
        }
    }
    let highest = tops.iter().copied().min().unwrap_or(0);
    tops.iter().map(|top| top - highest).collect()
}

/// Returns the space between two items of one column; lanes lie close to each other.
fn gap(field: &Field, above: usize, below: usize) -> i32 {
    let is_lane = |item: usize| field.items[item].height == LANE;
    if is_lane(above) && is_lane(below) { LANE / 2 } else { GAP }
}

/// Moves the items of a column to where their neighbours want them, in their order and without overlap, so that the sum of
/// the squared distances is the smallest: items that push each other move as one block, to the mean of their wishes.
fn settle(field: &Field, column: usize, tops: &mut [i32]) {
    let items = &field.columns[column];
    // Where an item stands if the block begins at 0.
    let mut offset = 0;
    let mut offsets = Vec::new();
    for (place, item) in items.iter().enumerate() {
        offset += if place > 0 { gap(field, items[place - 1], *item) } else { 0 };
        offsets.push(offset);
        offset += field.items[*item].height;
    }
    let mut blocks: Vec<(i64, i64, usize)> = Vec::new();
    for (place, item) in items.iter().enumerate() {
        let (wish, weight) = wish(field, *item, tops);
        let mut block = (i64::from(wish - offsets[place]) * weight, weight, 1);
        while let Some((sum, count, members)) = blocks.last().copied() {
            // Compared as fractions, so that nothing is rounded on the way.
            if sum * block.1 <= block.0 * count {
                break;
            }
            blocks.pop();
            block = (sum + block.0, count + block.1, members + block.2);
        }
        blocks.push(block);
    }
    let mut place = 0;
    for (sum, count, members) in blocks {
        let base = i32::try_from(sum.div_euclid(count)).unwrap_or(0);
        for _ in 0..members {
            tops[items[place]] = base + offsets[place];
            place += 1;
        }
    }
}

/// Returns where an item would like its top to be, and how much it does.
fn wish(field: &Field, item: usize, tops: &[i32]) -> (i32, i64) {
    let mut sum = 0;
    let mut count = 0;
    for piece in &field.pieces {
        if piece.right == item {
            sum += i64::from(tops[piece.left] + piece.out - piece.into);
            count += 1;
        }
        if piece.left == item {
            sum += i64::from(tops[piece.right] + piece.into - piece.out);
            count += 1;
        }
    }
    match count {
        // Nobody pulls: it stays where it is as far as others let it.
        0 => (tops[item], 1),
        count => (i32::try_from(sum.div_euclid(count)).unwrap_or(0), 4 * count),
    }
}
