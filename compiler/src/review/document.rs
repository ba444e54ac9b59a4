//! What all formats of a review have in common: findings of all environments together, counted and named.

use std::collections::HashMap;
use std::fmt::Write;

use super::{InEnv, Review};
use crate::diff::{
    Category, Change, Delta, Direction, Elsewhere, Level, Place, Scope, TO_HTTPS, Unknown, Verdict, Witness,
    not_loadable,
};

/// What is said where nothing changed, word for word.
pub(super) const SAME: &str = "no traffic changes";

/// What is said where somebody gets in, or out, or is believed, whom nobody let before.
const OPENS: &str = "exposure grows";

/// Where what has no place is shown by systems that ask for one.
pub(super) const NOWHERE: &str = "mesh.kdl";

/// A review with each finding once.
pub(super) struct Document<'r> {
    pub review: &'r Review,
    /// What differs, worst first.
    pub changes: Vec<Finding<'r>>,
    /// What could not be judged.
    pub unknowns: Vec<Open<'r>>,
    /// What the verdict rests on.
    pub assumptions: Vec<&'r str>,
}

/// A change, in every environment that has it.
pub(super) struct Finding<'r> {
    pub change: &'r Change,
    pub envs: Vec<&'r str>,
    /// Names it among all findings of the review.
    pub id: String,
}

/// Something that could not be judged, in every environment that has it.
pub(super) struct Open<'r> {
    pub unknown: Unknown,
    pub envs: Vec<&'r str>,
    /// Names it among all findings of the review.
    pub id: String,
}

impl<'r> Document<'r> {
    /// Puts the findings of all environments together.
    pub fn of(review: &'r Review) -> Document<'r> {
        let (mut changes, mut unknowns) = (Vec::<Finding<'r>>::new(), Vec::<Open<'r>>::new());
        let mut assumptions: Vec<&'r str> = Vec::new();
        let mut known: HashMap<&'r str, Vec<usize>> = HashMap::new();
        for InEnv { env, diff, plan: _, tables: _, picture: _, touched: _ } in &review.envs {
            let Some(diff) = diff else {
                add_unknown(&mut unknowns, broken(review), env.as_deref());
                continue;
            };
            for change in &diff.changes {
                let alike = known.entry(&change.fingerprint).or_default();
                match alike.iter().copied().find(|index| is_one(changes[*index].change, change)) {
                    Some(index) => changes[index].envs.extend(env.as_deref()),
                    None => {
                        alike.push(changes.len());
                        let envs = env.as_deref().into_iter().collect();
                        changes.push(Finding { change, envs, id: String::new() });
                    }
                }
            }
            diff.unknowns.iter().for_each(|one| add_unknown(&mut unknowns, one.clone(), env.as_deref()));
            for assumption in &diff.assumptions {
                if !assumptions.contains(&assumption.as_str()) {
                    assumptions.push(assumption);
                }
            }
        }
        changes.sort_by(|one, other| order(one).cmp(&order(other)));
        name(&mut changes, &mut unknowns);
        Document { review, changes, unknowns, assumptions }
    }

    /// Returns how many changes have a level.
    pub fn count(&self, level: Level) -> usize {
        self.changes.iter().filter(|finding| finding.change.level == level).count()
    }

    /// Returns the verdict in a line, risk first: `2 high, 5 low, 1 unknown, exposure grows`.
    pub fn summary(&self) -> String {
        if self.review.verdict() == Verdict::Same {
            return SAME.to_owned();
        }
        let of = |level: &Level| (self.count(*level), level.word());
        let counts = Level::ALL.iter().map(of).chain([(self.unknowns.len(), "unknown")]);
        let parts: Vec<String> =
            counts.filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
        let ruled = self.review.envs.iter().filter_map(|one| one.diff.as_ref()).map(|diff| &diff.ruled);
        let ruled = super::ruled::counts(&ruled.collect::<Vec<_>>());
        let breaches = super::breaches::count(&self.review.breaches);
        let opens = self.changes.iter().any(|finding| opens(finding.change)).then(|| OPENS.to_owned());
        parts.into_iter().chain(opens).chain(ruled).chain(breaches).collect::<Vec<_>>().join(", ")
    }
}

/// Tells whether a change lets somebody in, or out, or believes somebody, where nobody was before; whatever level its rule has here.
fn opens(change: &Change) -> bool {
    let at_gateway = change.everybody().any(|scope| scope.from.starts_with("gateway "));
    change.deltas.iter().any(|delta| {
        let is_open = delta.rule.category == Category::Security
            || (at_gateway && matches!(delta.rule.slug, "route-gained" | "response-kind-changed"));
        // To be told the way to HTTPS opens nothing.
        delta.direction == Direction::Wider && is_open && delta.after != TO_HTTPS
    })
}

/// Tells whether two environments have one change, whether or not each shows it where it is asked alone.
fn is_one(one: &Change, other: &Change) -> bool {
    one == other || Change { alone: other.alone, ..one.clone() } == *other
}

fn order<'f>(finding: &'f Finding<'_>) -> impl Ord + use<'f> {
    let Finding { change, envs: _, id: _ } = finding;
    (std::cmp::Reverse(change.level), change.rule.slug, &change.scopes)
}

fn add_unknown<'r>(to: &mut Vec<Open<'r>>, unknown: Unknown, env: Option<&'r str>) {
    match to.iter_mut().find(|open| open.unknown == unknown) {
        Some(open) => open.envs.extend(env),
        None => to.push(Open { unknown, envs: env.into_iter().collect(), id: String::new() }),
    }
}

/// Returns what is said where the old revision does not compile.
fn broken(review: &Review) -> Unknown {
    Unknown {
        rule: not_loadable(),
        reason: format!("{} does not compile, so nobody can tell what there was", review.before),
        scopes: Vec::new(),
        resolve: "compare with a revision that compiles".to_owned(),
        place: None,
    }
}

/// Gives every finding a name of its own: systems that show findings take those of one name for one.
fn name(changes: &mut [Finding<'_>], unknowns: &mut [Open<'_>]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut own = |base: &str, envs: &[&str]| {
        let mut id = base.to_owned();
        envs.iter().for_each(|env| id = format!("{id}:{env}"));
        let nth = seen.entry(id.clone()).or_default();
        *nth += 1;
        if *nth > 1 { format!("{id}:{nth}") } else { id }
    };
    for Finding { change, envs, id } in changes {
        *id = own(&change.fingerprint, envs);
    }
    for Open { unknown, envs, id } in unknowns {
        let hosts: Vec<&str> = unknown.scopes.iter().map(|scope| scope.host.as_str()).collect();
        *id = own(&format!("{}:{}", unknown.rule.slug, hosts.join(":")), envs);
    }
}

/// What is said where all requests are meant.
const EVERY: &str = "every request";

/// Returns which requests, in words.
pub(super) fn when(said: &str) -> &str {
    if said.is_empty() { EVERY } else { said }
}

/// Returns which requests, in words, unless it is all of them.
pub(super) fn only_when(change: &Change) -> Option<&str> {
    Some(when(&change.when)).filter(|when| *when != EVERY)
}

/// Returns a host with those whose requests to it are meant, unless that is everybody in the mesh.
fn called(host: &str, callers: &[&str]) -> String {
    match callers {
        [] | ["mesh"] => host.to_owned(),
        callers => format!("{host} from {}", callers.join(", ")),
    }
}

/// Returns for whom else a change is the same: hosts with their callers, and for each which requests.
pub(super) fn elsewhere(change: &Change) -> Vec<(String, Vec<&str>)> {
    let mut all: Vec<(String, Vec<&str>)> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    for Elsewhere { scopes, when: said, witness: _ } in &change.elsewhere {
        for (host, callers) in hosts(scopes) {
            let whom = called(&host, &callers);
            match at.get(&whom) {
                Some(index) => all[*index].1.push(when(said)),
                None => {
                    at.insert(whom.clone(), all.len());
                    all.push((whom, vec![when(said)]));
                }
            }
        }
    }
    all
}

/// Returns whom it is about in the words of [`elsewhere`], where that is one host.
pub(super) fn only_host(scopes: &[Scope]) -> Option<String> {
    match hosts(scopes).as_slice() {
        [(host, callers)] => Some(called(host, callers)),
        _ => None,
    }
}

/// Returns what a rule means, in a sentence.
pub(super) fn meaning(doc: &str) -> &str {
    doc.lines().next().unwrap_or("")
}

/// Returns whom a finding is about: each host once, with everybody whose requests to it are meant.
pub(super) fn hosts(scopes: &[Scope]) -> Vec<(String, Vec<&str>)> {
    let mut hosts: Vec<(String, Vec<&str>)> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    for Scope { from, host, port } in scopes {
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let name = format!("{host}{port}");
        match at.get(&name) {
            Some(index) => hosts[*index].1.push(from),
            None => {
                at.insert(name.clone(), hosts.len());
                hosts.push((name, vec![from]));
            }
        }
    }
    hosts
}

/// Returns whom a finding is about, in a few words: `reviews.shop:9080 and 3 more hosts`.
pub(super) fn whom(scopes: &[Scope]) -> String {
    let hosts = hosts(scopes);
    match hosts.as_slice() {
        [] => "the whole project".to_owned(),
        [(host, _)] => host.clone(),
        [(host, _), (other, _)] => format!("{host} and {other}"),
        [(host, _), rest @ ..] => format!("{host} and {} more hosts", rest.len()),
    }
}

/// Returns which requests are meant, where there may be several answers: `when path is /a, or when path is /b`.
pub(super) fn conditions(whens: &[&str]) -> String {
    let each =
        whens.iter().map(|when| if *when == EVERY { EVERY.to_owned() } else { format!("when {when}") });
    each.collect::<Vec<_>>().join(", or ")
}

/// Returns a change in one line: what was and what is, of what, for whom.
pub(super) fn line(change: &Change, envs: &[&str]) -> String {
    let mut line = whom(&change.scopes);
    let each: Vec<String> = change
        .deltas
        .iter()
        .map(|Delta { rule: _, level: _, direction: _, what, before, after }| {
            format!("{what} {before} → {after}")
        })
        .collect();
    let _ = write!(line, ": {}", each.join("; "));
    if let Some(when) = only_when(change) {
        let _ = write!(line, ", when {when}");
    }
    for (whom, whens) in elsewhere(change) {
        let _ = write!(line, "; also {whom}, {}", conditions(&whens));
    }
    if !envs.is_empty() {
        let _ = write!(line, ", in {}", envs.join(", "));
    }
    line
}

/// Returns the command that shows what becomes of the example, for a shell; nothing where it would say something else.
pub(super) fn command(change: &Change, review: &Review, envs: &[&str]) -> Option<String> {
    let Witness { method, url, headers, from } = change.witness.as_ref().filter(|_| change.alone)?;
    // Where nothing is any more there is nothing to ask.
    let ends =
        |diff: &crate::diff::Diff| diff.changes.iter().any(|own| own.rule.slug == "configuration-ends");
    let is_asked = |one: &&InEnv| one.env.as_deref() == envs.first().copied();
    if review.envs.iter().find(is_asked).and_then(|one| one.diff.as_ref()).is_some_and(ends) {
        return None;
    }
    let mut words = vec!["meshc".to_owned(), "route".to_owned(), quoted(url)];
    // Where the files are not on the disk, the project is wherever the reader has it.
    let path = review.after_base.trim_end_matches('/');
    if is_path(path) && !path.is_empty() {
        words.push(quoted(path));
    }
    if method != "GET" {
        words.extend(["-X".to_owned(), quoted(method)]);
    }
    for (name, value) in headers {
        words.extend(["-H".to_owned(), quoted(&format!("{name}: {value}"))]);
    }
    match from.strip_prefix("gateway/") {
        Some(gateway) => words.extend(["--via".to_owned(), quoted(gateway)]),
        None => words.extend(["--from".to_owned(), quoted(from)]),
    }
    if let Some(env) = envs.first() {
        words.extend(["--env".to_owned(), quoted(env)]);
    }
    Some(words.join(" "))
}

/// Returns a word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// Tells whether what stands before paths is a folder: a revision ends in a colon.
fn is_path(base: &str) -> bool {
    !base.contains(':')
}

/// Returns a path of a side as its reader would open it.
pub(super) fn at(place: &Place, base: &str) -> String {
    let Place { path, line, column: _ } = place;
    format!("{base}{path}:{line}")
}

/// Returns where a finding is shown by systems that know the new files only: what is gone is shown where it was.
pub(super) fn anchor<'p>(
    review: &Review,
    before: Option<&'p Place>,
    after: Option<&'p Place>,
) -> Option<(String, &'p Place)> {
    let folder = |base: &str| if is_path(base) { base.to_owned() } else { below(base).to_owned() };
    match (after, before) {
        (Some(place), _) => Some((format!("{}{}", folder(&review.after_base), place.path), place)),
        (None, Some(place)) => Some((format!("{}{}", folder(&review.before_base), place.path), place)),
        (None, None) => None,
    }
}

/// Returns the folder of a project behind the name of a revision.
fn below(base: &str) -> &str {
    base.rsplit_once(':').map_or("", |(_, folder)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_every_word_for_one() {
        assert_eq!(quoted("http://a/b?c=1"), "'http://a/b?c=1'");
        assert_eq!(quoted("it's $(rm)"), r"'it'\''s $(rm)'");
        assert_eq!(quoted("ns/shop"), "ns/shop");
        assert_eq!(quoted(""), "''");
    }
}
