//! What levels and waivers made of a diff, as text and as a part of the document.

use std::fmt::Write;

use crate::diff::{Change, Note, Place, Ruled, Waiver};
use crate::yaml::Map;

/// Writes it for people: a line each.
pub(super) fn text(text: &mut String, ruled: &Ruled, after_base: &str) {
    let Ruled { waived, hidden: _, notes } = ruled;
    for (change, waiver) in waived {
        let Waiver { fingerprint, because, until, place: _ } = waiver;
        let scope = change.scopes.first();
        let host = scope.map(|scope| {
            let port = scope.port.map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}{port}", scope.host)
        });
        let host = host.unwrap_or_default();
        let _ = writeln!(
            text,
            "waived: {} of {host} ({fingerprint}), until {until}: {because}",
            change.rule.slug
        );
    }
    for Note { says, place } in notes {
        let at =
            place.as_ref().map(|Place { path, line, column: _ }| format!(" ({after_base}{path}:{line})"));
        let _ = writeln!(text, "info: {says}{}", at.unwrap_or_default());
    }
    if !waived.is_empty() || !notes.is_empty() {
        text.push('\n');
    }
}

/// Returns what is said beside the counts of a summary.
pub(super) fn counts(ruled: &[&Ruled]) -> Vec<String> {
    let waived: usize = ruled.iter().map(|ruled| ruled.waived.len()).sum();
    let hidden: usize = ruled.iter().map(|ruled| ruled.hidden).sum();
    let some = |count: usize, what: &str| (count > 0).then(|| format!("{count} {what}"));
    [some(waived, "waived"), some(hidden, "not shown (off)")].into_iter().flatten().collect()
}

/// Writes it into a document.
pub(super) fn document(map: &mut Map<'_>, ruled: &Ruled, mut change: impl FnMut(&mut Map<'_>, &Change)) {
    let Ruled { waived, hidden, notes } = ruled;
    map.maps("waived", waived, |map, (found, waiver)| {
        let Waiver { fingerprint: _, because, until, place: _ } = waiver;
        map.text("because", because);
        map.text("until", until);
        map.map("change", |map| change(map, found));
    });
    map.number("hidden", *hidden as u64);
    map.maps("notes", notes, |map, Note { says, place: _ }| map.text("says", says));
}
