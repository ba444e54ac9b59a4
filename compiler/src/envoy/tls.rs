//! TLS on both sides, with the certificates of files.

use super::amount::extension;
use super::plan::Plan;
use crate::mesh::{ClientTls, Destination, ServerTls, TlsVersion, Trust};
use crate::yaml::Map;

/// TLS to an upstream.
#[derive(Clone, Debug)]
pub(super) struct Upstream<'m> {
    sni: String,
    /// What the server's certificate must be signed by; nothing where nobody verifies.
    ca: Option<String>,
    names: Names<'m>,
    own: Option<Pair>,
}

/// Whose certificate the server must have.
#[derive(Clone, Debug)]
enum Names<'m> {
    /// One of these.
    Dns(Vec<&'m str>),
    /// Any workload of the mesh.
    Workloads,
}

/// A certificate and its key.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    chain: String,
    key: String,
}

/// TLS that a gateway opens.
#[derive(Clone, Debug)]
pub(super) struct Downstream<'m> {
    own: Pair,
    min: TlsVersion,
    ciphers: &'m [&'m str],
    callers: Callers,
    http: bool,
}

/// Whether callers show a certificate, and whose is believed.
#[derive(Clone, Debug)]
enum Callers {
    Unasked,
    May(String),
    Must(String),
}

/// Plans TLS to an upstream.
pub(super) fn upstream<'m>(
    plan: &mut Plan<'m>,
    to: Destination<'m>,
    tls: &ClientTls<'m>,
) -> Option<Upstream<'m>> {
    let what = format!("TLS to `{}` needs a certificate", to.host);
    match tls {
        ClientTls::Off => None,
        ClientTls::Mesh { sni } => {
            let own = mesh_pair(
                plan,
                &format!(
                    "`{}` is reached by the mesh's own TLS, which only Istio has certificates for",
                    to.host
                ),
            );
            let default = || format!("outbound_.{}_.{}_.{}", to.port, to.subset.unwrap_or(""), to.host);
            let ca = plan.file("root-cert.pem", &what);
            let sni = sni.map_or_else(default, str::to_owned);
            Some(Upstream { sni, ca: Some(ca), names: Names::Workloads, own: Some(own) })
        }
        ClientTls::Simple { sni, trust } => {
            let (ca, names) = match trust {
                Trust::System(names) => (Some(plan.options.system_ca.clone()), names.clone()),
                Trust::ConfigMap(name, names) => {
                    let what = format!("TLS to `{}` believes the CA of the ConfigMap `{name}`", to.host);
                    (Some(plan.file(&format!("{name}/ca.crt"), &what)), names.clone())
                }
                Trust::Anyone => (None, Vec::new()),
            };
            Some(Upstream { sni: (*sni).to_owned(), ca, names: named(names, sni), own: None })
        }
        ClientTls::Mutual { secret, sni, sans } => {
            let own = secret_pair(
                plan,
                secret,
                &format!("TLS to `{}` shows the certificate of the secret `{secret}`", to.host),
            );
            let ca = plan.file(&format!("{secret}/ca.crt"), &what);
            Some(Upstream {
                sni: (*sni).to_owned(),
                ca: Some(ca),
                names: named(sans.clone(), sni),
                own: Some(own),
            })
        }
    }
}

/// A CA alone would believe every certificate that it signed, so there is always a name.
fn named<'m>(names: Vec<&'m str>, sni: &'m str) -> Names<'m> {
    Names::Dns(if names.is_empty() { vec![sni] } else { names })
}

/// Plans TLS that a gateway opens; nothing where it opens none.
pub(super) fn downstream<'m>(
    plan: &mut Plan<'m>,
    tls: &'m ServerTls<'m>,
    http: bool,
) -> Option<Downstream<'m>> {
    let shows = |secret: &str| format!("the gateway shows the certificate of the secret `{secret}`");
    match tls {
        ServerTls::Plain | ServerTls::Redirect | ServerTls::Passthrough => None,
        ServerTls::Terminate { secret, min, ciphers } => {
            let own = secret_pair(plan, secret, &shows(secret));
            Some(Downstream { own, min: *min, ciphers, callers: Callers::Unasked, http })
        }
        ServerTls::Mutual { secret, optional, min, ciphers } => {
            let own = secret_pair(plan, secret, &shows(secret));
            let ca = plan
                .file(&format!("{secret}/ca.crt"), &format!("callers are believed by the secret `{secret}`"));
            let callers = if *optional { Callers::May(ca) } else { Callers::Must(ca) };
            Some(Downstream { own, min: *min, ciphers, callers, http })
        }
        ServerTls::Mesh => {
            let what = "callers come by the mesh's own TLS, which only Istio has certificates for";
            let own = mesh_pair(plan, what);
            let ca = plan.file("root-cert.pem", what);
            Some(Downstream { own, min: TlsVersion::V1_2, ciphers: &[], callers: Callers::Must(ca), http })
        }
    }
}

/// The files of a secret are called as its keys.
fn secret_pair(plan: &mut Plan<'_>, secret: &str, what: &str) -> Pair {
    let chain = plan.file(&format!("{secret}/tls.crt"), what);
    Pair { chain, key: plan.file(&format!("{secret}/tls.key"), what) }
}

/// The mesh's own files are called as Istio's agent writes them.
fn mesh_pair(plan: &mut Plan<'_>, what: &str) -> Pair {
    let chain = plan.file("cert-chain.pem", what);
    Pair { chain, key: plan.file("key.pem", what) }
}

/// Writes `transport_socket` of a cluster.
pub(super) fn upstream_socket(to: &mut Map<'_>, tls: &Upstream<'_>, http2: bool) {
    let Upstream { sni, ca, names, own } = tls;
    to.map("transport_socket", |to| {
        extension(
            to,
            "envoy.transport_sockets.tls",
            "extensions.transport_sockets.tls.v3.UpstreamTlsContext",
            |to| {
                to.text("sni", sni);
                to.map("common_tls_context", |to| {
                    params(to, TlsVersion::V1_2, &[]);
                    own.iter().for_each(|own| pair(to, own));
                    if let Some(ca) = ca {
                        to.map("validation_context", |to| validation(to, ca, names));
                    }
                    if http2 {
                        to.texts("alpn_protocols", ["h2"]);
                    }
                });
            },
        );
    });
}

fn validation(to: &mut Map<'_>, ca: &str, names: &Names<'_>) {
    to.map("trusted_ca", |to| to.text("filename", ca));
    match names {
        Names::Dns(names) => to.maps("match_typed_subject_alt_names", names, |to, name| {
            to.text("san_type", "DNS");
            to.map("matcher", |to| to.text("exact", name));
        }),
        Names::Workloads => to.maps("match_typed_subject_alt_names", ["spiffe://"], |to, prefix| {
            to.text("san_type", "URI");
            to.map("matcher", |to| to.text("prefix", prefix));
        }),
    }
}

/// Writes `transport_socket` of a filter chain.
pub(super) fn downstream_socket(to: &mut Map<'_>, tls: &Downstream<'_>) {
    let Downstream { own, min, ciphers, callers, http } = tls;
    to.map("transport_socket", |to| {
        extension(
            to,
            "envoy.transport_sockets.tls",
            "extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            |to| {
                to.map("common_tls_context", |to| {
                    params(to, *min, ciphers);
                    pair(to, own);
                    match callers {
                        Callers::Unasked => {}
                        Callers::May(ca) | Callers::Must(ca) => to.map("validation_context", |to| {
                            to.map("trusted_ca", |to| to.text("filename", ca));
                        }),
                    }
                    if *http {
                        to.texts("alpn_protocols", ["h2", "http/1.1"]);
                    }
                });
                to.flag("require_client_certificate", matches!(callers, Callers::Must(_)));
            },
        );
    });
}

impl Downstream<'_> {
    /// Tells whether a caller may show a certificate.
    pub fn asks(&self) -> bool {
        match self.callers {
            Callers::Unasked => false,
            Callers::May(_) | Callers::Must(_) => true,
        }
    }
}

fn pair(to: &mut Map<'_>, pair: &Pair) {
    let Pair { chain, key } = pair;
    to.maps("tls_certificates", [(chain, key)], |to, (chain, key)| {
        to.map("certificate_chain", |to| to.text("filename", chain));
        to.map("private_key", |to| to.text("filename", key));
    });
}

fn params(to: &mut Map<'_>, min: TlsVersion, ciphers: &[&str]) {
    to.map("tls_params", |to| {
        to.text("tls_minimum_protocol_version", version(min));
        to.text("tls_maximum_protocol_version", version(TlsVersion::V1_3));
        if !ciphers.is_empty() {
            to.texts("cipher_suites", ciphers);
        }
    });
}

fn version(version: TlsVersion) -> &'static str {
    match version {
        TlsVersion::V1_0 => "TLSv1_0",
        TlsVersion::V1_1 => "TLSv1_1",
        TlsVersion::V1_2 => "TLSv1_2",
        TlsVersion::V1_3 => "TLSv1_3",
    }
}
