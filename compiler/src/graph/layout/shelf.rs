//! What no line leads to or from: it stands in rows below the rest, as wide as that is.

use super::{Boxes, GAP, Placed};

/// Rows are at least so wide, whatever stands above.
const LEAST: i32 = 640;

/// Places some boxes below what is placed already, side by side.
pub(super) fn add(boxes: &Boxes, alone: &[usize], placed: &mut Placed) {
    let width = alone.iter().map(|index| boxes.boxes[*index].1).max().unwrap_or(0);
    let room = placed.size.0.max(LEAST).max(width);
    let mut top = if placed.size.1 > 0 { placed.size.1 + 2 * GAP } else { 0 };
    let (mut left, mut highest) = (0, 0);
    for index in alone {
        let height = boxes.boxes[*index].2;
        if left + width > room {
            (left, top, highest) = (0, top + highest + GAP, 0);
        }
        placed.boxes[*index] = (left, top, width);
        highest = highest.max(height);
        placed.size.0 = placed.size.0.max(left + width);
        placed.size.1 = placed.size.1.max(top + height);
        left += width + GAP;
    }
}
