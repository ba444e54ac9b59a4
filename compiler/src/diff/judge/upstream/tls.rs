//! How connections to an upstream are protected.

use super::super::{Where, delta};
use crate::diff::change::{Delta, Direction};
use crate::diff::rule::rules;
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
    let strengths = (strength(before, at), strength(after, at));
    if before == after || (is_plain(before, at) && is_plain(after, at)) {
        return;
    }
    let said = (words(before, at), words(after, at));
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

/// How well a connection is protected, the least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Plain,
    Unverified,
    Verified,
    Auto,
    Mutual,
}

fn strength(tls: Option<&ClientTls<'_>>, at: Where<'_>) -> Strength {
    match tls {
        // The mesh protects what is part of it by itself, if the other end can.
        None if at.is_inside(at.host) => Strength::Auto,
        None | Some(ClientTls::Off) => Strength::Plain,
        Some(ClientTls::Simple { trust: Trust::Anyone, sni: _ }) => Strength::Unverified,
        Some(ClientTls::Simple { trust: Trust::System(_) | Trust::ConfigMap(..), sni: _ }) => {
            Strength::Verified
        }
        Some(ClientTls::Mesh { .. } | ClientTls::Mutual { .. }) => Strength::Mutual,
    }
}

fn is_plain(tls: Option<&ClientTls<'_>>, at: Where<'_>) -> bool {
    strength(tls, at) == Strength::Plain
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

fn words(tls: Option<&ClientTls<'_>>, at: Where<'_>) -> String {
    let names = |sans: &[&str]| sans.join(" or ");
    match tls {
        None if at.is_inside(at.host) => "mesh, where both ends can".to_owned(),
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
