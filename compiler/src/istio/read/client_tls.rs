//! `tls` of a destination rule: how connections to an upstream are protected.

use super::entries::Entries;
use crate::mesh::{ClientTls, Trust};

/// Returns mode and trust. `own` is the namespace of the rule, the only one whose ConfigMaps it may name.
pub(super) fn client_tls<'a>(of: &Entries<'_, 'a>, own: &str) -> Option<ClientTls<'a>> {
    // Istio takes the first of its modes where none is said: what says nothing switches TLS off.
    let mode = if of.has("mode") { of.word("mode", MODES)? } else { Mode::Off };
    match mode {
        Mode::Off => Some(ClientTls::Off),
        Mode::Mesh => Some(ClientTls::Mesh { sni: of.text("sni") }),
        Mode::Simple => {
            let sni = of.needed("sni")?;
            let sans = of.texts("subjectAltNames");
            Some(ClientTls::Simple { sni, trust: trust(of, own, sans) })
        }
        Mode::Mutual => {
            let (secret, sni) = (of.needed("credentialName")?, of.needed("sni")?);
            Some(ClientTls::Mutual { secret, sni, sans: of.texts("subjectAltNames") })
        }
    }
}

fn trust<'a>(of: &Entries<'_, 'a>, own: &str, sans: Vec<&'a str>) -> Trust<'a> {
    if of.flag("insecureSkipVerify") == Some(true) {
        return Trust::Anyone;
    }
    if let Some(name) = of.text("credentialName") {
        let map = name.strip_prefix("configmap://").and_then(|name| name.split_once('/'));
        return match map.filter(|(namespace, _)| *namespace == own) {
            Some((_, name)) => Trust::ConfigMap(name, sans),
            None => {
                of.odd("credentialName");
                Trust::System(sans)
            }
        };
    }
    // Silence means the CAs of the system too.
    of.word("caCertificates", &[("system", ())]);
    Trust::System(sans)
}

#[derive(Clone, Copy)]
enum Mode {
    Off,
    Mesh,
    Simple,
    Mutual,
}

const MODES: &[(&str, Mode)] = &[
    ("DISABLE", Mode::Off),
    ("ISTIO_MUTUAL", Mode::Mesh),
    ("SIMPLE", Mode::Simple),
    ("MUTUAL", Mode::Mutual),
];
