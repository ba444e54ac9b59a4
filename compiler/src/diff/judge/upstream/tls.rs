//! How connections to an upstream are protected.

use super::super::{Where, delta};
use crate::diff::change::{Delta, Direction};
use crate::diff::outcome::Upstream;
use crate::diff::rule::{Rule, rules};
use crate::mesh::{ClientTls, Trust};

rules! {
    TLS_ORIGINATION_LOST = Critical Security "tls-origination-lost" <-> "tls-origination-added"
        "Proxies no longer speak TLS to the upstream: what they send is in the clear.";
    TLS_ORIGINATION_ADDED = Medium Availability "tls-origination-added" <-> "tls-origination-lost"
        "Proxies speak TLS to the upstream.\n\nIf it speaks TLS already, because callers do, requests fail.";
    CLIENT_TLS_DOWNGRADED = Critical Security "client-tls-downgraded" <-> "client-tls-upgraded"
        "Connections to the upstream are protected less: proxies show no certificate any more, or nothing is encrypted.";
    CLIENT_TLS_UPGRADED = Medium Availability "client-tls-upgraded" <-> "client-tls-downgraded"
        "Connections to the upstream are protected more.\n\nThe upstream has to understand it, or every connection fails.";
    VERIFICATION_DISABLED = Critical Security "verification-disabled" <-> "verification-enabled"
        "Nobody looks at the upstream's certificate any more.\n\nWhoever is on the way can answer in its place.";
    VERIFICATION_ENABLED = Medium Availability "verification-enabled" <-> "verification-disabled"
        "The upstream's certificate is verified; connections fail where it does not fit.";
    SNI_CHANGED = High Availability "sni-changed" <-> "sni-changed"
        "Proxies ask the upstream for another name.\n\nIt may answer with another certificate, or not at all.";
    SUBJECT_ALTERNATIVE_NAMES_CHANGED = High Security "subject-alternative-names-changed" <-> "subject-alternative-names-changed"
        "The upstream's certificate must have another name.\n\nMore names believe more servers; fewer refuse some.";
    CA_CHANGED = High Security "ca-changed" <-> "ca-changed"
        "Certificates of another authority are believed.";
    CREDENTIAL_CHANGED = High Security "credential-changed" <-> "credential-changed"
        "Another secret holds the certificate; what is in it cannot be seen from here.";
}

/// Judges the protection of connections.
pub(super) fn judge(
    before: Option<&ClientTls<'_>>,
    after: Option<&ClientTls<'_>>,
    at: Where<'_>,
    out: &mut Vec<Delta>,
) {
    let inside = at.is_inside(at.host);
    let strengths = (strength(before, inside), strength(after, inside));
    if before == after || strengths == (Strength::Plain, Strength::Plain) {
        return;
    }
    let said = (words(before, inside), words(after, inside));
    let mut push = |rule, direction| out.push(delta(rule, direction, "TLS", said.0.clone(), said.1.clone()));
    match (is_originated(before), is_originated(after)) {
        (true, false) if strengths.1 == Strength::Plain => {
            push(&TLS_ORIGINATION_LOST, Direction::Wider);
            return;
        }
        (false, true) if strengths.0 == Strength::Plain => {
            push(&TLS_ORIGINATION_ADDED, Direction::Narrower);
            return;
        }
        (true | false, _) => {}
    }
    match (strengths.0 == Strength::Unverified, strengths.1 == Strength::Unverified) {
        (false, true) if strengths.0 > strengths.1 => push(&VERIFICATION_DISABLED, Direction::Wider),
        (true, false) if strengths.1 > strengths.0 => push(&VERIFICATION_ENABLED, Direction::Narrower),
        (_, _) if strengths.0 > strengths.1 => push(&CLIENT_TLS_DOWNGRADED, Direction::Wider),
        (_, _) if strengths.0 < strengths.1 => push(&CLIENT_TLS_UPGRADED, Direction::Narrower),
        (_, _) => {}
    }
    details(before, after, out);
}

/// Judges where a CA is read that has the same name on both sides.
///
/// A ConfigMap is one of the namespace of the policy that names it.
pub(in super::super) fn authority(
    sides: [Option<&ClientTls<'_>>; 2],
    namespaces: [Option<&str>; 2],
) -> Option<Delta> {
    let [Some(Some(name)), Some(Some(other))] = sides.map(|tls| tls.and_then(ca)) else { return None };
    let [Some(one), Some(another)] = namespaces else { return None };
    let is_moved = name == other && one != another;
    let said = [one, another].map(|namespace| format!("{name} of namespace {namespace}"));
    let [one, another] = said;
    is_moved.then(|| delta(&CA_CHANGED, Direction::Neither, "CA", one, another))
}

/// How connections to one upstream are protected.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::diff) struct Protection {
    strength: Strength,
    is_originated: bool,
    words: String,
}

impl Protection {
    /// Returns what a setting comes to for an upstream, which is in the mesh or outside.
    pub(in crate::diff) fn of(tls: Option<&ClientTls<'_>>, inside: bool) -> Protection {
        let (strength, words) = (strength(tls, inside), words(tls, inside));
        Protection { strength, is_originated: is_originated(tls), words }
    }
}

/// Upstreams among which requests move.
pub(in super::super) struct Movers<'o, 'm> {
    /// Those of both sides.
    pub sides: [Vec<&'o Upstream<'m>>; 2],
    /// What is to be told about them.
    pub worse: Worse,
}

/// Of which side it is to be told that its upstreams are protected less.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum Worse {
    /// Of either.
    Either,
    /// Of this one.
    Side(usize),
    /// Of this one, where anybody on the way can read what is sent, or answer.
    OpenSide(usize),
}

/// Judges requests that move to another host: whether it is protected less than all that they went to, or the other way
/// round.
///
/// How one upstream is treated on both sides is compared elsewhere; what moves to another one would be passed over there.
pub(in super::super) fn moved(movers: Movers<'_, '_>, at: Where<'_>) -> Option<Delta> {
    let Movers { sides, worse } = movers;
    let all = |side: usize| least(side, &sides[side], at);
    let alone = |side: usize| least(side, &beside(&sides[side], &sides[1 - side]), at);
    let told = |side: usize, least: &Protection| match worse {
        Worse::Either => true,
        Worse::Side(only) => side == only,
        Worse::OpenSide(only) => side == only && least.strength <= Strength::Unverified,
    };
    if let (Some(before), Some(after)) = (all(0), alone(1))
        && after.strength < before.strength
        && told(1, &after)
    {
        let rule = loss(&before, &after);
        return Some(delta(rule, Direction::Wider, OF_DESTINATION, before.words, after.words));
    }
    if let (Some(before), Some(after)) = (alone(0), all(1))
        && before.strength < after.strength
        && told(0, &before)
    {
        let lost = loss(&after, &before);
        let rule = RULES.iter().find(|rule| rule.slug == lost.mirror).copied().unwrap_or(lost);
        return Some(delta(rule, Direction::Narrower, OF_DESTINATION, before.words, after.words));
    }
    None
}

/// Tells whether an upstream that newly gets requests is protected less than all that others get.
pub(in super::super) fn is_less_protected(
    old: &[&Upstream<'_>],
    new: &[&Upstream<'_>],
    at: Where<'_>,
) -> bool {
    let both = least(0, old, at).zip(least(1, new, at));
    both.is_some_and(|(before, after)| after.strength < before.strength)
}

/// What the protection of another host is told as.
const OF_DESTINATION: &str = "TLS of the destination";

fn loss(before: &Protection, after: &Protection) -> &'static Rule {
    match after.strength {
        Strength::Plain if before.is_originated => &TLS_ORIGINATION_LOST,
        Strength::Unverified => &VERIFICATION_DISABLED,
        Strength::Plain | Strength::Verified | Strength::Auto | Strength::Mutual => &CLIENT_TLS_DOWNGRADED,
    }
}

/// Returns the worst protection of some upstreams.
fn least(side: usize, upstreams: &[&Upstream<'_>], at: Where<'_>) -> Option<Protection> {
    upstreams.iter().map(|upstream| (at.protection)(side, upstream)).min()
}

/// Returns those whose host none of the others has.
fn beside<'o, 'm>(own: &[&'o Upstream<'m>], others: &[&'o Upstream<'m>]) -> Vec<&'o Upstream<'m>> {
    let is_new = |own: &&&Upstream<'_>| !others.iter().any(|other| other.host == own.host);
    own.iter().filter(is_new).copied().collect()
}

/// How well a connection is protected, the least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Strength {
    Plain,
    Unverified,
    Verified,
    Auto,
    Mutual,
}

fn strength(tls: Option<&ClientTls<'_>>, inside: bool) -> Strength {
    match tls {
        // The mesh protects what is part of it by itself, if the other end can.
        None if inside => Strength::Auto,
        None | Some(ClientTls::Off) => Strength::Plain,
        Some(ClientTls::Simple { trust: Trust::Anyone, sni: _ }) => Strength::Unverified,
        Some(ClientTls::Simple { trust: Trust::System(_) | Trust::ConfigMap(..), sni: _ }) => {
            Strength::Verified
        }
        Some(ClientTls::Mesh { .. } | ClientTls::Mutual { .. }) => Strength::Mutual,
    }
}

fn is_originated(tls: Option<&ClientTls<'_>>) -> bool {
    match tls {
        Some(ClientTls::Simple { .. } | ClientTls::Mutual { .. }) => true,
        Some(ClientTls::Off | ClientTls::Mesh { .. }) | None => false,
    }
}

fn details(before: Option<&ClientTls<'_>>, after: Option<&ClientTls<'_>>, out: &mut Vec<Delta>) {
    let (Some(before), Some(after)) = (before, after) else { return };
    let mut push = |rule, what, one: String, other: String| {
        if one != other {
            out.push(delta(rule, Direction::Neither, what, one, other));
        }
    };
    if let (Some(one), Some(other)) = (sni(before), sni(after)) {
        push(&SNI_CHANGED, "SNI", one.to_owned(), other.to_owned());
    }
    if let (Some(one), Some(other)) = (names(before), names(after)) {
        push(
            &SUBJECT_ALTERNATIVE_NAMES_CHANGED,
            "verified as",
            sorted(one).join(" or "),
            sorted(other).join(" or "),
        );
    }
    if let (Some(one), Some(other)) = (ca(before), ca(after)) {
        let words = |ca: Option<&str>| ca.unwrap_or("the system's").to_owned();
        push(&CA_CHANGED, "CA", words(one), words(other));
    }
    if let (Some(one), Some(other)) = (secret(before), secret(after)) {
        push(&CREDENTIAL_CHANGED, "secret", one.to_owned(), other.to_owned());
    }
}

fn sorted<'n>(names: &[&'n str]) -> Vec<&'n str> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names
}

fn sni<'n>(tls: &ClientTls<'n>) -> Option<&'n str> {
    match tls {
        ClientTls::Off => None,
        ClientTls::Mesh { sni } => *sni,
        ClientTls::Simple { sni, trust: _ } | ClientTls::Mutual { sni, secret: _, sans: _ } => Some(sni),
    }
}

fn names<'n, 't>(tls: &'t ClientTls<'n>) -> Option<&'t [&'n str]> {
    match tls {
        ClientTls::Simple { trust: Trust::System(sans) | Trust::ConfigMap(_, sans), sni: _ } => Some(sans),
        ClientTls::Mutual { sans, secret: _, sni: _ } => Some(sans),
        ClientTls::Simple { trust: Trust::Anyone, sni: _ } | ClientTls::Off | ClientTls::Mesh { .. } => None,
    }
}

/// Returns whose certificates are believed: nothing in the inner one is the system's.
fn ca<'n>(tls: &ClientTls<'n>) -> Option<Option<&'n str>> {
    match tls {
        ClientTls::Simple { trust: Trust::System(_), sni: _ } => Some(None),
        ClientTls::Simple { trust: Trust::ConfigMap(name, _), sni: _ } => Some(Some(name)),
        ClientTls::Simple { trust: Trust::Anyone, sni: _ }
        | ClientTls::Off
        | ClientTls::Mesh { .. }
        | ClientTls::Mutual { .. } => None,
    }
}

fn secret<'n>(tls: &ClientTls<'n>) -> Option<&'n str> {
    match tls {
        ClientTls::Mutual { secret, sni: _, sans: _ } => Some(secret),
        ClientTls::Mesh { sni: _ } => Some("the mesh's"),
        ClientTls::Simple { .. } | ClientTls::Off => None,
    }
}

fn words(tls: Option<&ClientTls<'_>>, inside: bool) -> String {
    let names = |sans: &[&str]| sans.join(" or ");
    match tls {
        None if inside => "mesh, where both ends can".to_owned(),
        None | Some(ClientTls::Off) => "none".to_owned(),
        Some(ClientTls::Mesh { sni: _ }) => "mesh certificates".to_owned(),
        Some(ClientTls::Simple { sni, trust: Trust::Anyone }) => format!("{sni}, not verified"),
        Some(ClientTls::Simple { sni, trust: Trust::System(sans) }) => {
            format!("{sni}, verified as {}", names(sans))
        }
        Some(ClientTls::Simple { sni, trust: Trust::ConfigMap(ca, sans) }) => {
            format!("{sni}, verified as {} by CA {ca}", names(sans))
        }
        Some(ClientTls::Mutual { secret, sni, sans }) => {
            format!("{sni}, mutual with secret {secret}, verified as {}", names(sans))
        }
    }
}
