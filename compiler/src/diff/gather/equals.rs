//! Equal changes are one change, whichever requests each is about.

use std::collections::BTreeSet;

use super::{hashed, is_door};
use crate::diff::change::{Change, Elsewhere, Scope};
use crate::diff::judge;
use crate::diff::rule::Category;

/// Puts changes together that are equal but for their requests. Equal ones stand beside each other, the best one first.
///
/// Who gets in, or out, or is believed is asked of each host and gateway: such changes are put together only where they are
/// of the same ones.
pub(super) fn joined(changes: Vec<Change>) -> Vec<Change> {
    let mut groups: Vec<Vec<Change>> = Vec::with_capacity(changes.len());
    for change in changes {
        match groups.last_mut().filter(|group| group[0].deltas == change.deltas) {
            Some(group) => group.push(change),
            None => groups.push(vec![change]),
        }
    }
    groups.into_iter().flat_map(apart).filter_map(one).collect()
}

/// Who asks for which host: what access is to.
type Doors = BTreeSet<(String, String)>;

/// Takes equal changes apart that are about access to something else.
fn apart(group: Vec<Change>) -> Vec<Vec<Change>> {
    if group.len() < 2 || !are_about_access(&group) {
        return vec![group];
    }
    let mut all: Vec<(Doors, Vec<Change>)> = Vec::new();
    for change in group {
        let of = |Scope { from, host, port: _ }: &Scope| (from.clone(), host.clone());
        let doors: Doors = change.scopes.iter().map(of).collect();
        match all.iter_mut().find(|(known, _)| *known == doors) {
            Some((_, changes)) => changes.push(change),
            None => all.push((doors, vec![change])),
        }
    }
    all.into_iter().map(|(_, changes)| changes).collect()
}

/// Tells whether equal changes are about who gets in or out, or is believed, whether that begins or ends.
fn are_about_access(group: &[Change]) -> bool {
    let at_gateway = group.iter().flat_map(|change| &change.scopes).any(is_door);
    let rules = judge::rules();
    let is_security = |slug: &str| {
        rules.iter().any(|rule| rule.slug == slug && rule.category == Category::Security)
            || (at_gateway && matches!(slug, "route-gained" | "route-lost" | "response-kind-changed"))
    };
    group[0].deltas.iter().any(|delta| is_security(delta.rule.slug) || is_security(delta.rule.mirror))
}

/// Makes one change of equal ones.
fn one(parts: Vec<Change>) -> Option<Change> {
    // Which of them is shown makes it no other change.
    let mut names: Vec<String> = parts.iter().map(|part| part.fingerprint.clone()).collect();
    names.sort();
    let mut parts = parts.into_iter();
    let mut first = parts.next()?;
    if names.len() > 1 {
        first.fingerprint = hashed(names.iter().map(String::as_str));
    }
    let elsewhere = |part: Change| Elsewhere { scopes: part.scopes, when: part.when, witness: part.witness };
    first.elsewhere.extend(parts.map(elsewhere));
    first.elsewhere.sort_by(|one, other| (&one.scopes, &one.when).cmp(&(&other.scopes, &other.when)));
    Some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::change::Delta;
    use crate::diff::{Direction, rules};

    /// Returns a change under a rule, of a host that somebody asks for.
    fn change(slug: &str, from: &str, host: &str, when: &str) -> Change {
        let rule = rules().into_iter().find(|rule| rule.slug == slug).expect("there is such a rule");
        let (level, direction, what) = (rule.level, Direction::Neither, "outcome");
        let delta = Delta { rule, level, direction, what, before: "one".to_owned(), after: "two".to_owned() };
        let (from, host) = (from.to_owned(), host.to_owned());
        Change {
            rule,
            also: Vec::new(),
            level,
            direction,
            fingerprint: format!("{host}{when}"),
            scopes: vec![Scope { from, host, port: Some(80) }],
            when: when.to_owned(),
            elsewhere: Vec::new(),
            witness: None,
            alone: false,
            deltas: vec![delta],
            before: None,
            after: None,
        }
    }

    #[test]
    fn equal_changes_are_one_that_the_first_of_them_shows() {
        let (own, follows) = (
            change("weight-shifted", "mesh", "reviews.shop", ""),
            change("weight-shifted", "gateway public", "shop.example.com", "path is /reviews/*"),
        );
        let both = joined(vec![own.clone(), follows.clone()]);
        let [one] = both.as_slice() else { panic!("{both:?}") };
        assert_eq!((&one.scopes, one.when.as_str()), (&own.scopes, ""));
        assert_eq!(one.everybody().count(), 2);
        assert_eq!(one.elsewhere[0].when, "path is /reviews/*");
        let turned = joined(vec![follows, own.clone()]);
        assert_eq!(turned[0].fingerprint, one.fingerprint, "which of them is shown is no other change");
        assert_ne!(one.fingerprint, own.fingerprint, "whoever agreed to less has not agreed to it");
        assert_eq!(joined(vec![own.clone()]), [own], "what is alone stays what it was");
    }

    #[test]
    fn access_is_told_for_each_door() {
        for slug in ["host-exposed", "host-unexposed", "route-gained", "route-lost", "cors-widened"] {
            let all = ["a.example.com", "b.example.com"].map(|host| {
                ["path is /a", "path is /b"].map(|when| change(slug, "gateway public", host, when))
            });
            let found = joined(all.into_iter().flatten().collect());
            let told: Vec<_> = found.iter().map(|one| (&*one.scopes[0].host, one.elsewhere.len())).collect();
            assert_eq!(told, [("a.example.com", 1), ("b.example.com", 1)], "{slug}");
        }
    }
}
