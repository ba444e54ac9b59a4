//! What was found, put together to one change each.

mod equals;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, Delta, Direction, Origins, Place, Scope, Thing, Unknown, Witness};
use super::judge::routing;
use super::rule::Rule;
use super::words;

/// Everything that was found so far.
pub(super) struct Gathered<'m> {
    origins: [&'m dyn Origins; 2],
    changes: BTreeMap<Key, Kept>,
    unknowns: BTreeMap<(&'static str, String), Unknown>,
    /// Findings, as they came, where they are put together by somebody else.
    heard: Option<Vec<Heard>>,
}

/// One thing that was found.
pub(super) enum Heard {
    /// Something that differs.
    Change(Key, Found),
    /// Something that could not be judged.
    Unknown(&'static Rule, String, Scope, String, Option<String>),
}

/// A finding that stands for all that are alike.
struct Kept {
    found: Found,
    /// Whether its places say another thing after than before, and are of the host itself, once somebody has asked.
    shows: Option<(bool, bool)>,
}

/// What makes two findings one: what differs, and for which requests.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub deltas: Vec<Delta>,
    pub when: String,
}

/// A finding as one proxy has it.
pub(super) struct Found {
    pub scopes: Vec<Scope>,
    pub witness: Option<Witness>,
    /// Whether the new side shows it where it is asked alone.
    pub alone: bool,
    pub places: [Option<Place>; 2],
    /// The host that was asked for, and what its places are about, where it may be said by its own lines.
    pub asked: Option<(String, &'static str)>,
}

impl Found {
    /// Returns a finding that no request shows.
    pub(super) fn without_request(scopes: Vec<Scope>, places: [Option<Place>; 2]) -> Found {
        Found { scopes, witness: None, alone: false, places, asked: None }
    }

    /// Tells whether it is a line of the host itself that says it, and not one of what the host follows.
    fn is_own(&self, origins: [&dyn Origins; 2]) -> bool {
        let Some((host, what)) = &self.asked else { return false };
        let mut sides = self.places.iter().zip(origins).rev();
        let said = sides.find_map(|(place, origins)| Some((place.as_ref()?, origins)));
        said.is_some_and(|(place, origins)| origins.line(Thing::Host(host), what).as_ref() == Some(place))
    }

    /// Tells whether its places say another thing after than before, and are of the host itself.
    fn shows(&self, origins: [&dyn Origins; 2]) -> (bool, bool) {
        let is_other = match &self.places {
            [Some(before), Some(after)] => origins[0].text(before) != origins[1].text(after),
            [Some(_), None] | [None, Some(_)] => true,
            [None, None] => false,
        };
        (is_other, self.is_own(origins))
    }

    /// Tells whether the request that shows it is sent in TLS.
    fn speaks_tls(&self) -> bool {
        speaks_tls(self.witness.as_ref())
    }
}

fn speaks_tls(witness: Option<&Witness>) -> bool {
    witness.is_some_and(|own| own.url.starts_with("https:"))
}

impl<'m> Gathered<'m> {
    /// Returns nothing so far, of sides that were written there.
    pub(super) fn new(origins: [&'m dyn Origins; 2]) -> Gathered<'m> {
        Gathered { origins, changes: BTreeMap::new(), unknowns: BTreeMap::new(), heard: None }
    }

    /// Returns nothing so far, for somebody else to put together.
    pub(super) fn for_another(origins: [&'m dyn Origins; 2]) -> Gathered<'m> {
        Gathered { heard: Some(Vec::new()), ..Gathered::new(origins) }
    }

    /// Returns what was found since this was last asked, for somebody else.
    pub(super) fn take_heard(&mut self) -> Vec<Heard> {
        self.unknowns.clear();
        self.heard.replace(Vec::new()).unwrap_or_default()
    }

    /// Keeps what somebody else has found, in the order in which it was.
    pub(super) fn hear(&mut self, heard: Vec<Heard>) {
        for one in heard {
            match one {
                Heard::Change(key, found) => self.add(key, found),
                Heard::Unknown(rule, reason, scope, resolve, host) => {
                    self.unknown_of(rule, reason, scope, resolve, host.as_deref());
                }
            }
        }
    }

    /// Keeps a finding. Of those that are alike, one shows best what was done: not a host that follows, but the one whose
    /// own line is another. And of their requests, one that readers can ask about.
    pub(super) fn add(&mut self, key: Key, mut found: Found) {
        if let Some(heard) = &mut self.heard {
            return heard.push(Heard::Change(key, found));
        }
        let shows = |found: &Found| found.shows(self.origins);
        let Some(Kept { found: kept, shows: known }) = self.changes.get_mut(&key) else {
            self.changes.insert(key, Kept { found, shows: None });
            return;
        };
        let best = *known.get_or_insert_with(|| shows(kept));
        let better = Some(best).filter(|best| *best != (true, true)).map(|_| shows(&found));
        if better > Some(best) {
            *known = better;
            std::mem::swap(kept, &mut found);
        }
        if found.alone && !kept.alone && found.speaks_tls() == kept.speaks_tls() {
            (kept.witness, kept.alone) = (found.witness, true);
        }
        kept.scopes.extend(found.scopes);
    }

    /// Keeps something that could not be judged.
    pub(super) fn unknown(&mut self, rule: &'static Rule, reason: String, scope: Scope, resolve: String) {
        self.unknown_of(rule, reason, scope, resolve, None);
    }

    /// Keeps something that could not be judged because of what is said of a host.
    pub(super) fn unknown_of(
        &mut self,
        rule: &'static Rule,
        reason: String,
        scope: Scope,
        resolve: String,
        host: Option<&str>,
    ) {
        if let Some(heard) = &mut self.heard {
            let host = host.map(str::to_owned);
            heard.push(Heard::Unknown(rule, reason.clone(), scope.clone(), resolve.clone(), host));
        }
        // Places of unknowns are those of the new side.
        let place = host.and_then(|host| self.origins[1].line(Thing::Host(host), words::RAW));
        let entry = self.unknowns.entry((rule.slug, reason.clone()));
        let known = entry.or_insert_with(|| Unknown { rule, reason, scopes: Vec::new(), resolve, place });
        if !known.scopes.contains(&scope) {
            known.scopes.push(scope);
        }
    }

    /// Returns how many things could not be judged, wherever they are.
    pub(super) fn unknown_scopes(&self) -> usize {
        self.unknowns.values().map(|unknown| unknown.scopes.len()).sum()
    }

    /// Returns the changes, worst first, and what is unknown.
    pub(super) fn finish(self) -> (Vec<Change>, Vec<Unknown>) {
        let Gathered { origins, changes, unknowns, heard: _ } = self;
        let mut kept: Vec<(Key, Kept)> = changes.into_iter().collect();
        best_first(&mut kept, origins);
        let mut changes: Vec<Change> = kept.into_iter().map(|(key, kept)| change(key, kept.found)).collect();
        drop_echoes(&mut changes);
        drop_tls_echoes(&mut changes);
        join_redirects(&mut changes);
        let mut changes = equals::joined(changes);
        worst_first(&mut changes);
        (changes, unknowns.into_values().collect())
    }
}

/// Puts in front, of what differs only in its requests, the one that shows best what was done, and of such one that readers
/// can ask about.
fn best_first(all: &mut [(Key, Kept)], origins: [&dyn Origins; 2]) {
    for equal in all.chunk_by_mut(|(one, _), (other, _)| one.deltas == other.deltas) {
        if equal.len() > 1 {
            equal.sort_by_cached_key(|(_, Kept { found, shows })| {
                std::cmp::Reverse((shows.unwrap_or_else(|| found.shows(origins)), found.alone))
            });
        }
    }
}

/// Sorts changes, the worst first.
pub(super) fn worst_first(changes: &mut [Change]) {
    changes.sort_by(|one, other| {
        let key = |change: &Change| {
            (std::cmp::Reverse(change.level), change.rule.slug, change.scopes.first().cloned())
        };
        key(one).cmp(&key(other))
    });
}

/// Names a change after the first of its deltas; there is none without one.
pub(super) fn put_first(change: Change) -> Option<Change> {
    let first = change.deltas.first()?;
    let (rule, level) = (first.rule, first.level);
    let (also, direction) = (others(&change.deltas), direction(&change.deltas));
    Some(Change { rule, also, level, direction, ..change })
}

/// Returns the rules beside the first one.
fn others(deltas: &[Delta]) -> Vec<&'static Rule> {
    let mut also: Vec<&'static Rule> = Vec::new();
    for delta in deltas {
        if deltas.first().is_some_and(|first| first.rule != delta.rule) && !also.contains(&delta.rule) {
            also.push(delta.rule);
        }
    }
    also
}

/// Drops what only says that a connection which nobody takes ends in another way, where more than that is said of the same
/// host and port.
fn drop_echoes(changes: &mut Vec<Change>) {
    let is_echo = |change: &Change| change.deltas.iter().all(|delta| delta.what == words::REFUSAL);
    let about = |scope: &Scope| (scope.host.clone(), scope.port);
    let said: BTreeSet<(String, Option<u16>)> = changes
        .iter()
        .filter(|change| !is_echo(change))
        .flat_map(|change| change.scopes.iter().map(about))
        .collect();
    for change in changes.iter_mut().filter(|change| is_echo(change)) {
        change.scopes.retain(|scope| !said.contains(&about(scope)));
    }
    changes.retain(|change| !change.scopes.is_empty());
}

/// Drops what only says that TLS to a port ends or begins to be refused where the port speaks, or spoke, something else, and
/// that is said of the same host and port.
fn drop_tls_echoes(changes: &mut Vec<Change>) {
    let speaks_tls = |change: &Change| speaks_tls(change.witness.as_ref());
    let closes = |delta: &Delta| delta.before == words::CLOSED || delta.after == words::CLOSED;
    let is_echo = |change: &Change| {
        speaks_tls(change)
            && change.deltas.iter().all(closes)
            && change.scopes.iter().all(|own| !is_door(own))
    };
    let about = |scope: &Scope| (scope.host.clone(), scope.port);
    let said: BTreeSet<(String, Option<u16>)> = changes
        .iter()
        .filter(|change| change.witness.is_some() && !speaks_tls(change))
        .flat_map(|change| change.scopes.iter().map(about))
        .collect();
    for change in changes.iter_mut().filter(|change| is_echo(change)) {
        change.scopes.retain(|scope| !said.contains(&about(scope)));
    }
    changes.retain(|change| !change.scopes.is_empty());
}

fn is_door(scope: &Scope) -> bool {
    scope.from.starts_with("gateway ")
}

/// Puts what sends callers to HTTPS to what they find there, where both come or go at once.
fn join_redirects(changes: &mut Vec<Change>) {
    let opens_or_closes =
        |rule: &Rule| [rule.slug, rule.mirror].iter().any(|slug| routing::is_door_opened(slug));
    let sends = |change: &Change| {
        let to_https =
            |delta: &Delta| [&delta.before, &delta.after].into_iter().any(|said| said == words::TO_HTTPS);
        opens_or_closes(change.rule) && change.deltas.iter().all(to_https)
    };
    let is_of = |one: &Scope, other: &Scope| one.host == other.host && one.from == other.from;
    for index in 0..changes.len() {
        if !sends(&changes[index]) {
            continue;
        }
        for scope in std::mem::take(&mut changes[index].scopes) {
            let rule = changes[index].rule;
            let main = changes.iter().position(|other| {
                other.rule == rule && !sends(other) && other.scopes.iter().any(|own| is_of(own, &scope))
            });
            let scopes = &mut changes[main.unwrap_or(index)].scopes;
            scopes.push(scope);
            scopes.sort();
        }
    }
    changes.retain(|change| !change.scopes.is_empty());
}

/// Makes one change of findings that are alike.
fn change(key: Key, found: Found) -> Change {
    let Key { mut deltas, when } = key;
    let Found { mut scopes, witness, alone, places: [before, after], asked: _ } = found;
    deltas.sort_by_key(|delta| std::cmp::Reverse(delta.level));
    scopes.sort();
    scopes.dedup();
    let Some(first) = deltas.first() else { unreachable!("two outcomes that differ have a delta") };
    let (rule, level) = (first.rule, first.level);
    let also = others(&deltas);
    let direction = direction(&deltas);
    let fingerprint = fingerprint(&deltas, &scopes, &when);
    let elsewhere = Vec::new();
    Change {
        rule,
        also,
        level,
        direction,
        fingerprint,
        scopes,
        when,
        elsewhere,
        witness,
        alone,
        deltas,
        before,
        after,
    }
}

/// Returns the direction that all have that have one.
fn direction(deltas: &[Delta]) -> Direction {
    let mut all =
        deltas.iter().map(|delta| delta.direction).filter(|direction| *direction != Direction::Neither);
    match all.next() {
        Some(first) if all.all(|other| other == first) => first,
        Some(_) | None => Direction::Neither,
    }
}

fn fingerprint(deltas: &[Delta], scopes: &[Scope], when: &str) -> String {
    let mut words: Vec<Cow<'_, str>> = Vec::new();
    for Delta { rule, what, level: _, direction: _, before: _, after: _ } in deltas {
        words.extend([Cow::from(rule.slug), Cow::from(*what)]);
    }
    for Scope { from, host, port } in scopes {
        words.extend([Cow::from(from), Cow::from(host), Cow::from(port.unwrap_or(0).to_string())]);
    }
    words.push(Cow::from(when));
    hashed(words.iter().map(|word| &**word))
}

/// Returns a short name of words.
fn hashed<'w>(words: impl Iterator<Item = &'w str>) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for word in words {
        hash.update(word.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
