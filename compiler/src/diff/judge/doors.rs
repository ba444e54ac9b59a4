//! Doors: how gateways protect connections, on which pods they are, and how the mesh is set up.

use super::delta;
use crate::diff::change::{Delta, Direction, Level};
use crate::diff::rule::rules;
use crate::diff::words;
use crate::mesh::{Outbound, Server, ServerProtocol, ServerTls, TlsVersion, World};

rules! {
    GATEWAY_SELECTOR_CHANGED = Critical Availability "gateway-selector-changed" <-> "gateway-selector-changed"
        "A gateway is on other pods.\n\nThe old ones stop listening, and the new ones may be reached by others.";
    GATEWAY_CLIENT_AUTH_LOOSENED = Critical Security "gateway-client-auth-loosened" <-> "gateway-client-auth-tightened"
        "Callers of a gateway need no certificate any more, or may do without.";
    GATEWAY_CLIENT_AUTH_TIGHTENED = High Availability "gateway-client-auth-tightened" <-> "gateway-client-auth-loosened"
        "Callers of a gateway have to show a certificate.";
    TLS_VERSION_OR_CIPHER_WEAKENED = High Security "tls-version-or-cipher-weakened" <-> "tls-version-or-cipher-strengthened"
        "A gateway accepts an older version of TLS, or ciphers that it did not accept.";
    TLS_VERSION_OR_CIPHER_STRENGTHENED = Medium Availability "tls-version-or-cipher-strengthened" <-> "tls-version-or-cipher-weakened"
        "A gateway no longer accepts an older version of TLS, or some ciphers: old clients cannot connect.";
    GATEWAY_TLS_OPENED = High Security "gateway-tls-opened" <-> "gateway-tls-passed-on"
        "A gateway opens TLS that it passed on unopened.\n\nCallers meet the certificate of the gateway instead of the upstream's, and the upstream gets what was inside instead of TLS.";
    GATEWAY_TLS_PASSED_ON = High Security "gateway-tls-passed-on" <-> "gateway-tls-opened"
        "A gateway passes TLS on that it opened.\n\nCallers meet the certificate of the upstream instead of the gateway's, and the upstream gets TLS instead of what was inside.";
    GATEWAY_CREDENTIAL_CHANGED = High Security "gateway-credential-changed" <-> "gateway-credential-changed"
        "Another secret holds the certificate of a gateway; what is in it cannot be seen from here.";
    OUTBOUND_POLICY_LOOSENED = Critical Security "outbound-policy-loosened" <-> "outbound-policy-tightened"
        "Pods may reach hosts that nobody declared.";
    OUTBOUND_POLICY_TIGHTENED = High Availability "outbound-policy-tightened" <-> "outbound-policy-loosened"
        "Pods no longer reach hosts that nobody declared: 502, or a closed connection.";
    ISTIO_VERSION_CHANGED = Low Correctness "istio-version-changed" <-> "istio-version-changed"
        "Output is for another version of Istio, whose defaults may be others.";
    CONFIGURATION_ENDS = High Availability "configuration-ends" <-> "configuration-begins"
        "Nothing is configured here any more: the project or the environment is gone.\n\nNothing can be built for it, so whoever applies it fails or has nothing to apply. What is in the cluster stays until somebody takes it away; the other changes are what holds then.";
    CONFIGURATION_BEGINS = Info Correctness "configuration-begins" <-> "configuration-ends"
        "Nothing was configured here before: the project or the environment is new.";
    HOST_IDENTITY_CHANGED = Critical Availability "host-identity-changed" <-> "host-identity-changed"
        "Names mean other hosts: the cluster's domain or the root namespace is another.\n\nCallers that ask for the old names reach nothing, or something else. Where the domain is another, all names are, and everything else is said as if they were not: the same service is compared on both sides.";
}

/// Judges on which pods a gateway is.
pub(in crate::diff) fn workload(before: &[(&str, &str)], after: &[(&str, &str)]) -> Vec<Delta> {
    if before == after {
        return Vec::new();
    }
    let said = (words::labels(before), words::labels(after));
    vec![delta(&GATEWAY_SELECTOR_CHANGED, Direction::Neither, "pods", said.0, said.1)]
}

/// Judges what a gateway asks of connections for one host on one port.
pub(in crate::diff) fn server(before: &Server<'_>, after: &Server<'_>) -> Vec<Delta> {
    // A gateway speaks HTTP/1.1, HTTP/2 and gRPC alike, and where it is no longer HTTP that is what its routes show.
    let Server { name: _, port: _, protocol, hosts: _, tls } = before;
    let mut out = Vec::new();
    let (old, new) = match (Opened::of(tls), Opened::of(&after.tls)) {
        (Some(old), Some(new)) => (old, new),
        (old, new) => {
            handed_over([(tls, old), (&after.tls, new)], &mut out);
            // Where requests were seen on either side, their routes show who opens TLS, but not who had to show what.
            let both = [*protocol, after.protocol];
            if !both.iter().all(|spoken| matches!(spoken, ServerProtocol::Tls)) {
                out.retain(|delta| delta.what == CLIENT_CERTIFICATE);
            }
            return out;
        }
    };
    if old.caller != new.caller {
        let (rule, direction) = match new.caller < old.caller {
            true => (&GATEWAY_CLIENT_AUTH_LOOSENED, Direction::Wider),
            false => (&GATEWAY_CLIENT_AUTH_TIGHTENED, Direction::Narrower),
        };
        out.push(delta(rule, direction, CLIENT_CERTIFICATE, old.caller.words(), new.caller.words()));
    }
    if old.secret != new.secret {
        out.push(delta(&GATEWAY_CREDENTIAL_CHANGED, Direction::Neither, "secret", old.secret, new.secret));
    }
    versions(&old, &new, &mut out);
    out
}

/// What callers have to show.
const CLIENT_CERTIFICATE: &str = "client certificate";

/// Judges who opens TLS, the gateway or the upstream.
fn handed_over(sides: [(&ServerTls<'_>, Option<Opened<'_>>); 2], out: &mut Vec<Delta>) {
    const PASSED: &str = "passed on";
    let opened = |opened: &Opened<'_>| format!("opened with secret {}", opened.secret);
    let asked = |caller: Caller| (caller > Caller::Anyone).then_some(caller);
    let whose = "the upstream's to ask for";
    let what = CLIENT_CERTIFICATE;
    match sides {
        [(ServerTls::Passthrough, _), (_, Some(new))] => {
            out.push(delta(&GATEWAY_TLS_OPENED, Direction::Neither, "TLS", PASSED, opened(&new)));
            if let Some(caller) = asked(new.caller) {
                let tightened = &GATEWAY_CLIENT_AUTH_TIGHTENED;
                out.push(delta(tightened, Direction::Narrower, what, whose, caller.words()));
            }
        }
        [(_, Some(old)), (ServerTls::Passthrough, _)] => {
            out.push(delta(&GATEWAY_TLS_PASSED_ON, Direction::Neither, "TLS", opened(&old), PASSED));
            if let Some(caller) = asked(old.caller) {
                out.push(delta(&GATEWAY_CLIENT_AUTH_LOOSENED, Direction::Wider, what, caller.words(), whose));
            }
        }
        // Where nothing was TLS, or nothing is, other connections are taken than before.
        [(_, _), (_, _)] => {}
    }
}

fn versions(old: &Opened<'_>, new: &Opened<'_>, out: &mut Vec<Delta>) {
    if old.min != new.min {
        let (rule, direction) = weaker(new.min < old.min);
        out.push(delta(rule, direction, "oldest TLS", version(old.min), version(new.min)));
    }
    if old.ciphers != new.ciphers {
        // No list is the default one, which somebody else keeps.
        let more = new.ciphers.is_empty() || new.ciphers.iter().any(|cipher| !old.ciphers.contains(cipher));
        let (rule, direction) = weaker(more && !old.ciphers.is_empty());
        let words = |list: &[&str]| if list.is_empty() { "the usual".to_owned() } else { list.join(" ") };
        out.push(delta(rule, direction, "ciphers", words(&old.ciphers), words(&new.ciphers)));
    }
}

fn weaker(is_weaker: bool) -> (&'static crate::diff::rule::Rule, Direction) {
    match is_weaker {
        true => (&TLS_VERSION_OR_CIPHER_WEAKENED, Direction::Wider),
        false => (&TLS_VERSION_OR_CIPHER_STRENGTHENED, Direction::Narrower),
    }
}

/// TLS that a gateway opens.
struct Opened<'t> {
    secret: &'t str,
    caller: Caller,
    min: TlsVersion,
    ciphers: Vec<&'t str>,
}

/// What a caller has to show.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Caller {
    Anyone,
    MayShow,
    MustShow,
}

impl Caller {
    fn words(self) -> &'static str {
        match self {
            Caller::Anyone => "none asked for",
            Caller::MayShow => "optional",
            Caller::MustShow => "required",
        }
    }
}

impl<'t> Opened<'t> {
    fn of(tls: &ServerTls<'t>) -> Option<Opened<'t>> {
        let (secret, caller, min, ciphers) = match tls {
            ServerTls::Terminate { secret, min, ciphers } => (secret, Caller::Anyone, min, ciphers),
            ServerTls::Mutual { secret, optional: true, min, ciphers } => {
                (secret, Caller::MayShow, min, ciphers)
            }
            ServerTls::Mutual { secret, optional: false, min, ciphers } => {
                (secret, Caller::MustShow, min, ciphers)
            }
            ServerTls::Plain | ServerTls::Redirect | ServerTls::Passthrough | ServerTls::Mesh => return None,
        };
        let mut ciphers = ciphers.clone();
        ciphers.sort_unstable();
        Some(Opened { secret, caller, min: *min, ciphers })
    }
}

fn version(version: TlsVersion) -> &'static str {
    match version {
        TlsVersion::V1_0 => "1.0",
        TlsVersion::V1_1 => "1.1",
        TlsVersion::V1_2 => "1.2",
        TlsVersion::V1_3 => "1.3",
    }
}

/// Judges whether anything is configured at all.
pub(in crate::diff) fn presence(is_there: [bool; 2]) -> Option<Delta> {
    let words = |is_there: bool| if is_there { "there" } else { "none" };
    let (rule, direction) = match is_there {
        [true, false] => (&CONFIGURATION_ENDS, Direction::Narrower),
        [false, true] => (&CONFIGURATION_BEGINS, Direction::Wider),
        [true, true] | [false, false] => return None,
    };
    Some(delta(rule, direction, "configuration", words(is_there[0]), words(is_there[1])))
}

/// Judges how two meshes are set up, each difference with the hosts that it is about.
///
/// Hosts may be compared as if both clusters had one domain: which they have is given.
pub(in crate::diff) fn world(
    before: &World<'_>,
    after: &World<'_>,
    domains: [&str; 2],
) -> Vec<(Delta, &'static str)> {
    let World {
        istio_minor,
        outbound,
        root_namespace,
        cluster_domain: _,
        registry: _,
        rollout: _,
        source: _,
    } = before;
    let mut out = Vec::new();
    if let Some(found) = outbounds(*outbound, after.outbound) {
        out.push((found, "undeclared hosts"));
    }
    if *istio_minor != after.istio_minor {
        let said = (format!("1.{istio_minor}"), format!("1.{}", after.istio_minor));
        out.push((delta(&ISTIO_VERSION_CHANGED, Direction::Neither, "istio", said.0, said.1), "*"));
    }
    for (what, one, other) in [
        ("cluster domain", domains[0], domains[1]),
        ("root namespace", *root_namespace, after.root_namespace),
    ] {
        if one != other {
            out.push((delta(&HOST_IDENTITY_CHANGED, Direction::Neither, what, one, other), "*"));
        }
    }
    out
}

fn outbounds(before: Outbound, after: Outbound) -> Option<Delta> {
    let rank = |outbound: Outbound| match outbound {
        // Whatever the mesh is set up with, our object opens it.
        Outbound::AllowAny { enforced: true } => 0,
        Outbound::Unsaid | Outbound::AllowAny { enforced: false } => 1,
        Outbound::RegistryOnly { enforced: false } => 2,
        Outbound::RegistryOnly { enforced: true } => 3,
    };
    let is_closed = |outbound: Outbound| matches!(outbound, Outbound::RegistryOnly { .. });
    let words = |outbound: Outbound| match outbound {
        Outbound::Unsaid | Outbound::AllowAny { enforced: false } => "allow-any",
        Outbound::AllowAny { enforced: true } => "allow-any, enforced",
        Outbound::RegistryOnly { enforced: false } => "registry-only",
        Outbound::RegistryOnly { enforced: true } => "registry-only, enforced",
    };
    let said = (words(before), words(after));
    let one = |rule, direction| Some(delta(rule, direction, "undeclared hosts", said.0, said.1));
    match rank(after).cmp(&rank(before)) {
        std::cmp::Ordering::Less if is_closed(before) && !is_closed(after) => {
            one(&OUTBOUND_POLICY_LOOSENED, Direction::Wider)
        }
        // The mesh is said to be set up so by others; our object only makes it so.
        std::cmp::Ordering::Less => {
            one(&OUTBOUND_POLICY_LOOSENED, Direction::Wider).map(|found| found.at(Level::High))
        }
        // Nothing opens the mesh any more; whether that closes it is not known here.
        std::cmp::Ordering::Greater if !is_closed(after) => {
            one(&OUTBOUND_POLICY_TIGHTENED, Direction::Narrower).map(|found| found.at(Level::Low))
        }
        std::cmp::Ordering::Greater => one(&OUTBOUND_POLICY_TIGHTENED, Direction::Narrower),
        std::cmp::Ordering::Equal => None,
    }
}
