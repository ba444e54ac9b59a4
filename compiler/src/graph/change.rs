//! The picture of what is different between two meshes.

use std::collections::BTreeSet;

use super::words::{ALL, REST, percent};
use super::{Graph, Kind, Mark, Node, Row, Scene, Target, Verb, Version, draw, focus};

/// Returns the picture of what came, went and moved between two meshes, with what touches it: around some hosts, or around
/// everything that is different where none is given. Nothing is in it where nothing is different.
#[must_use]
pub fn of_change(before: &Scene<'_>, after: &Scene<'_>, hosts: &[&str]) -> Graph {
    around(before, after, |node| match hosts {
        [] => is_different(node),
        hosts => hosts.iter().any(|host| focus::goes_by(node, host)),
    })
}

/// Returns the same around those of some hosts that are drawn differently. Nothing is in it where what is different about
/// them is nothing that a picture shows, such as a timeout.
#[must_use]
pub fn of_changed(before: &Scene<'_>, after: &Scene<'_>, hosts: &BTreeSet<&str>) -> Graph {
    around(before, after, |node| is_different(node) && hosts.iter().any(|host| focus::goes_by(node, host)))
}

fn is_different(node: &Node) -> bool {
    node.mark != Mark::Same && node.kind != Kind::Gateway
}

fn around(before: &Scene<'_>, after: &Scene<'_>, wanted: impl Fn(&Node) -> bool) -> Graph {
    let merged = merged(draw::whole(before), draw::whole(after));
    let seeds: Vec<usize> = (0..merged.nodes.len()).filter(|index| wanted(&merged.nodes[*index])).collect();
    focus::around(merged, &seeds)
}

fn merged(before: Graph, after: Graph) -> Graph {
    let mut old: Vec<Option<Node>> = before.nodes.into_iter().map(Some).collect();
    let mut nodes = Vec::new();
    for node in after.nodes {
        let same = old.iter_mut().find(|old| old.as_ref().is_some_and(|old| old.id == node.id));
        nodes.push(match same.and_then(Option::take) {
            Some(old) => both(old, node),
            None => Node { mark: Mark::Added, ..node },
        });
    }
    nodes.extend(old.into_iter().flatten().map(|node| Node { mark: Mark::Removed, ..node }));
    nodes.sort_by(|one, other| (one.kind.column(), &one.id).cmp(&(other.kind.column(), &other.id)));
    let mut notes = after.notes;
    for note in before.notes {
        let note = format!("before: {note}");
        notes.push(note);
    }
    Graph { nodes, notes, is_change: true }
}

fn both(old: Node, new: Node) -> Node {
    let same_detail = old.detail == new.detail;
    let rows = rows(old.rows, new.rows);
    let versions = versions(old.versions, new.versions);
    let marks = rows.iter().map(|row| row.mark).chain(versions.iter().map(|version| version.mark));
    let same = same_detail && marks.into_iter().all(|mark| mark == Mark::Same);
    Node {
        id: new.id,
        kind: new.kind,
        name: new.name,
        detail: if same_detail { new.detail } else { format!("{}, was {}", new.detail, old.detail) },
        rows,
        more: 0,
        versions,
        mark: if same { Mark::Same } else { Mark::Changed },
    }
}

/// Returns the lines of both, in the order of the new ones; one that is gone stands behind the one it stood behind.
fn rows(old: Vec<Row>, new: Vec<Row>) -> Vec<Row> {
    let above = above(&old);
    let mut old: Vec<Option<Row>> = old.into_iter().map(Some).collect();
    let mut rows: Vec<Row> = Vec::new();
    // Where each old line is found among all.
    let mut places: Vec<(usize, usize)> = Vec::new();
    for row in new {
        let same = |old: &Option<Row>| old.as_ref().is_some_and(|old| key(old) == key(&row));
        let found = old.iter().position(same);
        rows.push(match found.and_then(|at| old[at].take()) {
            Some(old) => one(old, row),
            None => Row { mark: Mark::Added, ..row },
        });
        places.extend(found.map(|at| (at, rows.len())));
    }
    for (at, behind) in moved(&places) {
        let (row, Some(above)) = (&mut rows[behind - 1], &above[at]) else { continue };
        row.mark = Mark::Changed;
        row.was = Some(row.was.take().map_or_else(|| above.clone(), |was| format!("{was}, {above}")));
    }
    let mut gone = 0;
    for (at, row) in old.into_iter().enumerate() {
        let Some(row) = row else { continue };
        let behind = places.iter().filter(|(place, _)| *place < at).map(|(_, behind)| *behind).max();
        rows.insert(behind.unwrap_or(0) + gone, Row { mark: Mark::Removed, ..row });
        gone += 1;
    }
    rows
}

/// Says for each route where it stood: the first that fits is taken, so that its place is part of what it does.
fn above(rows: &[Row]) -> Vec<Option<String>> {
    let mut last = None;
    let mut place = |row: &Row| {
        (row.verb == Verb::Routes).then(|| match last.replace(row.when.clone()) {
            Some(above) => format!("below {above}"),
            None => "first".to_owned(),
        })
    };
    rows.iter().map(&mut place).collect()
}

/// Returns the fewest whose moves explain the new order.
fn moved(places: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // For each, how many can stay up to it, and which is the last one before it that does.
    let mut stays: Vec<(usize, Option<usize>)> = Vec::new();
    for (index, (at, _)) in places.iter().enumerate() {
        let before =
            (0..index).filter(|before| places[*before].0 < *at).max_by_key(|before| stays[*before].0);
        stays.push((before.map_or(1, |before| stays[before].0 + 1), before));
    }
    let mut next = (0..places.len()).max_by_key(|index| stays[*index].0);
    let mut kept = vec![false; places.len()];
    while let Some(index) = next {
        kept[index] = true;
        next = stays[index].1;
    }
    places.iter().zip(kept).filter(|(_, kept)| !kept).map(|(place, _)| *place).collect()
}

/// Returns what a line is known by; a copy is one of the same requests whatever its share is.
fn key(row: &Row) -> (Verb, &str) {
    match row.verb {
        Verb::Copies => (row.verb, row.to.first().map_or("", |target| target.node.as_str())),
        Verb::Lets | Verb::Routes | Verb::Calls if row.when == REST => (row.verb, ALL),
        Verb::Lets | Verb::Routes | Verb::Calls => (row.verb, &row.when),
    }
}

fn one(old: Row, new: Row) -> Row {
    let facts = |row: &Row| (row.to.clone(), row.says.clone(), row.leg, row.guard);
    let copies = old.verb == Verb::Copies && old.when != new.when;
    if facts(&old) == facts(&new) && !copies {
        return new;
    }
    let was = said(&old);
    let mut to = Vec::new();
    let same = |one: &Target, other: &Target| (&one.node, &one.version) == (&other.node, &other.version);
    for target in new.to {
        let before = old.to.iter().find(|before| same(before, &target));
        let mark = match before {
            None => Mark::Added,
            Some(before) if before.share == target.share => Mark::Same,
            Some(_) => Mark::Changed,
        };
        to.push(Target { mark, ..target });
    }
    let gone = old.to.into_iter().filter(|before| !to.iter().any(|target| same(before, target)));
    let gone: Vec<Target> = gone.map(|target| Target { mark: Mark::Removed, ..target }).collect();
    to.extend(gone);
    Row { to, mark: Mark::Changed, was: Some(was), ..new }
}

/// Returns where the requests of a line go, in words.
fn said(row: &Row) -> String {
    let Row { verb, when, to, says, leg, guard, mark: _, was: _ } = row;
    let mut words: Vec<String> = Vec::new();
    words.extend((*verb == Verb::Copies).then(|| when.clone()));
    words.extend((!to.is_empty()).then(|| split(to)));
    words.extend((!says.is_empty()).then(|| says.clone()));
    words.extend(leg.word().map(str::to_owned));
    words.extend(guard.word().map(str::to_owned));
    words.join(", ")
}

/// Returns destinations with their shares, in words.
pub(super) fn split(to: &[Target]) -> String {
    let one = |target: &Target| {
        let Target { node, version, share, mark: _ } = target;
        let host = node.strip_prefix("host ").or(node.strip_prefix("gateway ")).unwrap_or(node);
        let name = version.as_deref().unwrap_or_else(|| host.split(".svc.").next().unwrap_or(host));
        match share {
            Some(share) => format!("{name} {}", percent(*share)),
            None => name.to_owned(),
        }
    };
    to.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn versions(old: Vec<Version>, new: Vec<Version>) -> Vec<Version> {
    let mut versions: Vec<Version> = Vec::new();
    for version in new {
        versions.push(match old.iter().find(|old| old.name == version.name) {
            None => Version { mark: Mark::Added, ..version },
            Some(old) if old.share == version.share => version,
            Some(old) => Version { mark: Mark::Changed, was: Some(old.share.unwrap_or(0)), ..version },
        });
    }
    for version in old {
        if versions.iter().all(|known| known.name != version.name) {
            versions.push(Version { mark: Mark::Removed, ..version });
        }
    }
    versions
}
