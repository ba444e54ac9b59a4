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
    let mut owed = false;
    for mut item in items.drain(..) {
        let is_comment = matches!(item.what, What::Comment { .. });
        item.apart |= std::mem::take(&mut owed);
        if item.apart {
            kept.append(&mut above);
        }
        match is_comment {
            true => above.push(item),
            false if is(&item, STANDING) => {
                owed = above.first().unwrap_or(&item).apart;
                moved.append(&mut above);
                moved.push(item);
            }
            false => {
                kept.append(&mut above);
                kept.push(item);
            }
        }
    }
    place(kept, moved, behind, items);
}

/// Writes the moved lines between the routes and what stood behind them.
fn place<'a>(
    kept: Vec<Item<'a>>,
    mut moved: Vec<Item<'a>>,
    mut behind: Vec<Item<'a>>,
    items: &mut Vec<Item<'a>>,
) {
    let is_tall = kept.last().is_some_and(is_tall);
    if let Some(first) = moved.first_mut() {
        first.apart = is_tall || matches!(first.what, What::Comment { .. });
        if let Some(next) = behind.first_mut().filter(|next| is(next, STANDING)) {
            first.apart |= std::mem::take(&mut next.apart);
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
