//! The order of what stands in one column: such that few lines cross.

use super::Field;

/// How often columns are sorted, forth and back.
const SWEEPS: usize = 12;

/// Puts what stands in each column in order.
pub(super) fn arrange(field: &mut Field) {
    let mut best = field.columns.clone();
    let mut fewest = crossings(field);
    for sweep in 0..SWEEPS {
        if fewest == 0 {
            break;
        }
        let count = field.columns.len();
        for step in 1..count {
            let (column, to_left) = if sweep % 2 == 0 { (step, true) } else { (count - 1 - step, false) };
            sort(field, column, to_left);
        }
        let now = crossings(field);
        if now < fewest {
            fewest = now;
            best.clone_from(&field.columns);
        }
    }
    field.columns = best;
}

/// Sorts a column by where the neighbours of its items stand, left or right of it.
fn sort(field: &mut Field, column: usize, to_left: bool) {
    let places = places(field);
    let wish = |item: usize| {
        let mut sum = 0;
        let mut count = 0;
        for piece in &field.pieces {
            let (own, other, below) = if to_left {
                (piece.right, piece.left, piece.out)
            } else {
                (piece.left, piece.right, piece.into)
            };
            if own == item {
                sum += rank(places[other], below);
                count += 1;
            }
        }
        (count > 0).then(|| sum / count)
    };
    let mut items = field.columns[column].clone();
    let wishes: Vec<Option<i64>> = items.iter().map(|item| wish(*item)).collect();
    // What has no neighbours there stays behind what it stood behind.
    let mut last = 0;
    let mut keys: Vec<(i64, usize)> = Vec::new();
    for (place, item) in items.iter().enumerate() {
        last = wishes[place].unwrap_or(last);
        keys.push((last, *item));
    }
    let mut sorted: Vec<usize> = (0..items.len()).collect();
    sorted.sort_by_key(|place| (keys[*place].0, *place));
    items = sorted.into_iter().map(|place| keys[place].1).collect();
    field.columns[column] = items;
}

/// Returns the place of each item in its column.
fn places(field: &Field) -> Vec<usize> {
    let mut places = vec![0; field.items.len()];
    for column in &field.columns {
        for (place, item) in column.iter().enumerate() {
            places[*item] = place;
        }
    }
    places
}

/// Returns a number that grows with the place, and within one by how far below the top it is.
fn rank(place: usize, below: i32) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX / 2_000_000) * 100_000 + i64::from(below)
}

/// Returns how many pieces cross.
fn crossings(field: &Field) -> usize {
    let places = places(field);
    let mut count = 0;
    for column in 0..field.columns.len() {
        let mut ends: Vec<(i64, i64)> = field
            .pieces
            .iter()
            .filter(|piece| field.items[piece.left].column == column)
            .map(|piece| (rank(places[piece.left], piece.out), rank(places[piece.right], piece.into)))
            .collect();
        ends.sort_unstable();
        for (index, one) in ends.iter().enumerate() {
            count += ends[index + 1..].iter().filter(|other| other.0 > one.0 && other.1 < one.1).count();
        }
    }
    count
}
