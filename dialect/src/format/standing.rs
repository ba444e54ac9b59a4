//! Where traffic goes that no route takes is read last, so it is written behind the routes.
//!
//! Between these lines and routes order means nothing; among themselves they keep theirs.

use super::tree::{Block, Item, Line, Part, What};

/// The blocks that hold routes.
const HOLDERS: &[&str] = &["service", "ingress", "egress"];
/// What stands in them for the rest of the traffic.
const STANDING: &[&str] = &["serve", "canary", "to", "redirect", "respond"];

/// Puts the standing lines of blocks behind their routes, with the comments that belong to them.
pub(super) fn put_last(items: &mut Vec<Item<'_>>) {
    for item in items {
        let What::Line(line) = &mut item.what else { continue };
        match line.word() {
            Some("in") => each_block(line, |block| put_last(&mut block.items)),
            Some(word) if HOLDERS.contains(&word) => each_block(line, |block| {
                reorder(&mut block.items);
                put_last(&mut block.items);
            }),
            _ => {}
        }
    }
}

/// Calls for the block of a line; a line with a block that is taken out is left alone.
fn each_block<'a>(line: &mut Line<'a>, change: impl FnOnce(&mut Block<'a>)) {
    let mut blocks = line.parts.iter_mut().filter_map(|part| match part {
        Part::Block(block) => Some(block),
        Part::Value(_) | Part::Sign(_) | Part::Comment(_) | Part::Continue | Part::Break => None,
    });
    if let (Some(block), None) = (blocks.next(), blocks.next()) {
        change(block);
    }
}

fn reorder(items: &mut Vec<Item<'_>>) {
    let Some(last) = items.iter().rposition(|item| is(item, &["route"])) else { return };
    if !items[..last].iter().any(|item| is(item, STANDING)) {
        return;
    }
    let behind = items.split_off(last + 1);
    let (mut kept, mut moved) = (Vec::with_capacity(items.len()), Vec::new());
    // Comments directly above the next line.
    let mut above: Vec<Item<'_>> = Vec::new();
    // The blank line before a line that is gone stays before those that followed it.
    let mut owed = false;
    for item in items.drain(..) {
        if item.apart {
            keep(&mut kept, &mut above, &mut owed);
        }
        let is_standing = is(&item, STANDING);
        let is_comment = matches!(item.what, What::Comment { .. });
        above.push(item);
        if is_standing {
            owed |= above.first().is_some_and(|first| first.apart);
            moved.append(&mut above);
        } else if !is_comment {
            keep(&mut kept, &mut above, &mut owed);
        }
    }
    place(kept, moved, behind, items);
}

fn keep<'a>(kept: &mut Vec<Item<'a>>, above: &mut Vec<Item<'a>>, owed: &mut bool) {
    if let Some(first) = above.first_mut() {
        first.apart |= std::mem::take(owed);
    }
    kept.append(above);
}

/// Writes the moved lines between the routes and what stood behind them.
fn place<'a>(
    kept: Vec<Item<'a>>,
    mut moved: Vec<Item<'a>>,
    mut behind: Vec<Item<'a>>,
    items: &mut Vec<Item<'a>>,
) {
    if let Some(first) = moved.first_mut() {
        first.apart = kept.last().is_some_and(is_tall) || matches!(first.what, What::Comment { .. });
        match behind.first_mut() {
            Some(next) if is(next, STANDING) => first.apart |= std::mem::take(&mut next.apart),
            Some(next) => next.apart |= first.apart,
            None => {}
        }
    }
    items.extend(kept);
    items.append(&mut moved);
    items.append(&mut behind);
}

fn is(item: &Item<'_>, words: &[&str]) -> bool {
    match &item.what {
        What::Line(line) => line.word().is_some_and(|word| words.contains(&word)),
        What::Comment { .. } => false,
    }
}

/// Tells whether a line has a block of several rows.
fn is_tall(item: &Item<'_>) -> bool {
    let What::Line(line) = &item.what else { return false };
    line.parts.iter().any(|part| matches!(part, Part::Block(block) if !block.flat))
}
