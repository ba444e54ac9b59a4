//! The `tls` line of an ingress: certificate, versions, ciphers.

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::Line;
use meshc_dialect::suggest::nearest;

use crate::mesh::{ServerTls, TlsVersion};

meshc_dialect::codes! {
    /// A gateway without a certificate.
    MISSING_SECRET = error(absence) "missing-secret" "A gateway opens TLS, and nothing says with which certificate.\n\n`secret=NAME` is a Kubernetes secret of type tls in the namespace of the gateway's pods. For `tls mutual` it also holds the CA of the callers (`ca.crt`), or a second secret `NAME-cacert` does.";
    /// A version of TLS that cannot be.
    TLS_MIN = error "tls-min" "The oldest version of TLS is not one that a gateway can have.\n\nIt is \"1.0\", \"1.1\", \"1.2\" or \"1.3\", and \"1.2\" unless said. The ciphers that proxies offer by default do not go with 1.0 and 1.1, so those two need `ciphers=` as well.";
    /// A cipher that cannot be.
    TLS_CIPHER = error "tls-cipher" "A cipher is not one that a gateway takes.\n\nIstio leaves out names that it does not know, and if none is left the default list holds. Names are those of OpenSSL, with commas between them: \"ECDHE-ECDSA-AES256-GCM-SHA384,ECDHE-RSA-AES256-GCM-SHA384\". TLS 1.3 has its own, which cannot be chosen.";
}

/// The ciphers that Istio passes on to its proxies (`ValidCipherSuites` in its `pkg/config/security`).
const CIPHERS: &[&str] = &[
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
    "ECDHE-ECDSA-AES128-SHA",
    "ECDHE-RSA-AES128-SHA",
    "ECDHE-ECDSA-AES256-SHA",
    "ECDHE-RSA-AES256-SHA",
    "AES128-GCM-SHA256",
    "AES256-GCM-SHA384",
    "AES128-SHA",
    "AES256-SHA",
    "DES-CBC3-SHA",
];

/// Returns how a gateway opens TLS, reporting what it cannot do.
pub(super) fn settings<'a>(line: &Line<'a>, out: &mut Diagnostics) -> ServerTls<'a> {
    let mutual = line.text(0) == Some("mutual");
    let secret = line.prop("secret");
    if secret.is_none() {
        let word = if mutual { "mutual" } else { "terminate" };
        out.report(&MISSING_SECRET, line.span)
            .says("nothing says which certificate the gateway shows")
            .because("Istio would refuse the gateway, with all of its hosts")
            .help(format!("name the secret that holds it: tls {word} secret=NAME"));
    }
    let secret = secret.and_then(|value| value.text()).unwrap_or("");
    let ciphers = ciphers(line, out);
    let min = version(line, &ciphers, out);
    if mutual {
        ServerTls::Mutual { secret, optional: line.arg(1).is_some(), min, ciphers }
    } else {
        ServerTls::Terminate { secret, min, ciphers }
    }
}

fn version(line: &Line<'_>, ciphers: &[&str], out: &mut Diagnostics) -> TlsVersion {
    let Some(value) = line.prop("min") else { return TlsVersion::V1_2 };
    let version = match value.text() {
        Some("1.0") => TlsVersion::V1_0,
        Some("1.1") => TlsVersion::V1_1,
        Some("1.2") | None => TlsVersion::V1_2,
        Some("1.3") => TlsVersion::V1_3,
        Some(text) => {
            let found = out.report(&TLS_MIN, value.span);
            found.says(format!("there is no TLS \"{text}\""));
            // `TLSV1_2`, `TLSv1.2` and the like.
            let number: String = text.chars().filter(char::is_ascii_digit).collect();
            let is_tls = text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("tls"));
            match number.as_str() {
                "12" if is_tls => found.help("write \"1.2\"").fix(value.span, "\"1.2\""),
                "13" if is_tls => found.help("write \"1.3\"").fix(value.span, "\"1.3\""),
                _ => found.help(
                    "say \"1.2\" or \"1.3\"; \"1.0\" and \"1.1\" only for callers that cannot do better",
                ),
            };
            TlsVersion::V1_2
        }
    };
    if version < TlsVersion::V1_2 && line.prop("ciphers").is_none() {
        out.report(&TLS_MIN, value.span)
            .says("TLS before 1.2 needs ciphers of its own")
            .because("callers that speak nothing newer would be turned away: no default cipher goes with it")
            .help("say ciphers=\"ECDHE-RSA-AES128-SHA\" as well, or min=\"1.2\"");
    }
    if version == TlsVersion::V1_3 && !ciphers.is_empty() {
        let span = line.prop("ciphers").map_or(line.span, |value| value.span);
        out.report(&TLS_CIPHER, span)
            .says("the ciphers of TLS 1.3 cannot be chosen")
            .also(value.span, "nothing older is taken")
            .because("this list is for older versions only, so it would do nothing")
            .help("take the ciphers out, or say min=\"1.2\"");
    }
    version
}

fn ciphers<'a>(line: &Line<'a>, out: &mut Diagnostics) -> Vec<&'a str> {
    let Some(value) = line.prop("ciphers") else { return Vec::new() };
    let mut ciphers: Vec<&'a str> = Vec::new();
    for name in value.text().unwrap_or("").split(',').map(str::trim) {
        if CIPHERS.contains(&name) && !ciphers.contains(&name) {
            ciphers.push(name);
            continue;
        }
        let found = out.report(&TLS_CIPHER, value.span);
        if ciphers.contains(&name) {
            found.says(format!("cipher `{name}` is there twice")).help("name it once");
            continue;
        }
        found.says(format!("`{name}` is no cipher that Istio passes on")).because(
            "it would be left out without a word, and other ciphers might be used than those that stand here",
        );
        match nearest(name, CIPHERS.iter().copied()) {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None if name.starts_with("TLS_") => found.help(
                "names are those of OpenSSL, such as ECDHE-RSA-AES256-GCM-SHA384; those of TLS 1.3 cannot be chosen",
            ),
            None => found.help("say for example \"ECDHE-ECDSA-AES256-GCM-SHA384,ECDHE-RSA-AES256-GCM-SHA384\""),
        };
    }
    ciphers
}
