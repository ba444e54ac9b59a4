//! `tls` of a destination rule: how connections to an upstream are protected.

use super::said;
use crate::mesh::{ClientTls, Trust};
use crate::yaml::Map;

/// Writes mode and trust. `own` is the namespace of the rule, the only one whose ConfigMaps it may name.
///
/// Names are written as soon as there are any: with `sni` alone Istio verifies no name at all
/// (`setAutoSniAndAutoSanValidation` in `pilot/pkg/networking/core/cluster_tls.go`).
pub(super) fn client_tls(to: &mut Map<'_>, tls: &ClientTls<'_>, own: &str) {
    match tls {
        ClientTls::Off => to.word("mode", "DISABLE"),
        ClientTls::Mesh { sni } => {
            to.word("mode", "ISTIO_MUTUAL");
            said::text(to, "sni", *sni);
        }
        ClientTls::Simple { sni, trust: believed } => {
            to.word("mode", "SIMPLE");
            to.text("sni", sni);
            trust(to, believed, own);
        }
        ClientTls::Mutual { secret, sni, sans } => {
            to.word("mode", "MUTUAL");
            to.text("sni", sni);
            said::texts(to, "subjectAltNames", sans);
            to.text("credentialName", secret);
        }
    }
}

fn trust(to: &mut Map<'_>, trust: &Trust<'_>, own: &str) {
    match trust {
        // Silence means the same, but then `istioctl analyze` warns that nothing is verified (IST0128).
        Trust::System(sans) => {
            said::texts(to, "subjectAltNames", sans);
            to.word("caCertificates", "system");
        }
        Trust::ConfigMap(name, sans) => {
            said::texts(to, "subjectAltNames", sans);
            to.display("credentialName", format_args!("configmap://{own}/{name}"));
        }
        Trust::Anyone => to.flag("insecureSkipVerify", true),
    }
}
