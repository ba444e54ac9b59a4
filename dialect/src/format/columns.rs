//! What stands under each other in neighbouring rows: blocks on one row, and comments behind rows.
//!
//! Neighbours are rows as far in as each other with nothing between them: no blank row, no comment of its own, no block
//! of several rows.

use super::rows::{Holds, Row, Rows};
use super::{WIDTH, width};

/// Comments of rows that differ by more than this in length are not set under each other.
const REACH: usize = 40;
/// The fewest blanks before a comment behind a row.
const LEAST: usize = 2;

/// Sets blocks and comments under each other.
pub(super) fn align(rows: &mut Rows<'_>) {
    let Rows { code, rows, .. } = rows;
    let opens = |row: &Row<'_>| code[row.start..row.end].ends_with('{');
    let are_neighbours = |row: &Row<'_>, next: &Row<'_>| {
        row.indent == next.indent && is_line(row, code) && is_line(next, code) && !opens(row)
    };
    for run in rows.chunk_by_mut(|row, next| are_neighbours(row, next)) {
        align_braces(run, code);
        align_remarks(run, code);
    }
}

fn is_line(row: &Row<'_>, code: &str) -> bool {
    row.holds == Holds::Line && !code[row.start..row.end].contains('\n')
}

/// Where the author has moved one block to the right, all of its neighbours begin in one column.
fn align_braces(run: &mut [Row<'_>], code: &str) {
    if !run.iter().any(|row| row.brace.is_some_and(|brace| brace.moved)) {
        return;
    }
    let head = |row: &Row<'_>| row.brace.map(|brace| width(&code[row.start..brace.at]));
    let column = run.iter().filter_map(head).max().unwrap_or(0);
    let fits = |row: &Row<'_>| {
        row.brace.is_none_or(|brace| row.indent + column + width(&code[brace.at..row.end]) <= WIDTH)
    };
    if !run.iter().all(fits) {
        return;
    }
    for row in run {
        let head = head(row).unwrap_or(column);
        if let Some(brace) = &mut row.brace {
            brace.pad = column - head;
        }
    }
}

/// The comments of neighbours stand in one column, as far behind the longest row as its own comment stood.
fn align_remarks(run: &mut [Row<'_>], code: &str) {
    let mut rows: Vec<(usize, &mut super::tree::Remark<'_>)> = run
        .iter_mut()
        .filter(|row| row.start < row.end)
        .filter_map(|row| {
            let pad = row.brace.map_or(0, |brace| brace.pad);
            let length = width(&code[row.start..row.end]) + pad;
            row.remark.as_mut().map(|remark| (length, remark))
        })
        .collect();
    let mut rest = rows.as_mut_slice();
    while let Some((first, _)) = rest.first() {
        let (mut least, mut most) = (*first, *first);
        let count = rest
            .iter()
            .take_while(|(length, _)| {
                (least, most) = (least.min(*length), most.max(*length));
                most - least <= REACH
            })
            .count();
        let (section, others) = rest.split_at_mut(count);
        let longest = section.iter().map(|(length, _)| *length).max().unwrap_or(0);
        let gap = section.iter().find(|(length, _)| *length == longest).map_or(0, |(_, remark)| remark.gap);
        for (length, remark) in section {
            remark.gap = longest - *length + gap.max(LEAST);
        }
        rest = others;
    }
}
