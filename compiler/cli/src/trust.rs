//! TLS: whose signature a server's certificate has to have: a CA's that this system trusts, or one's in a file.

#[cfg(all(unix, not(target_vendor = "apple")))]
use anyhow::{Context, bail};
use rustls::crypto::CryptoProvider;

/// What to do about a certificate that is not trusted.
const HINT: &str = match cfg!(all(unix, not(target_vendor = "apple"))) {
    true => "name a file with the CA in SSL_CERT_FILE",
    false => "add the CA to those that this system trusts",
};

/// Returns who does the cryptography.
pub fn provider() -> CryptoProvider {
    rustls::crypto::ring::default_provider()
}

/// Returns what to do about what went wrong with a certificate, of which the words of TLS say little.
pub fn hint(reason: &str) -> Option<String> {
    let hint = if reason.contains("UnknownIssuer") {
        format!("nobody who is trusted here signed its certificate: {HINT}")
    } else if reason.contains("BadSignature") {
        format!("it is not signed with the key that is trusted here under this name: {HINT}")
    } else if reason.contains("CaUsedAsEndEntity") {
        "its certificate is a CA's own, and not one for a server that a CA signed".to_owned()
    } else if reason.contains("No CA certificates") {
        format!("nobody is trusted here: install `ca-certificates`, or {HINT}")
    } else {
        return None;
    };
    Some(hint)
}

/// Fails if the file is said and of no use: who verifies would pass it over, and then trust nobody.
#[cfg(all(unix, not(target_vendor = "apple")))]
pub fn check() -> anyhow::Result<()> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;

    let Some(file) = std::env::var_os("SSL_CERT_FILE") else { return Ok(()) };
    if file.is_empty() {
        bail!("SSL_CERT_FILE names no file: unset it, or name one with the CAs to trust");
    }
    let named = format!("{}, which SSL_CERT_FILE names", file.to_string_lossy().escape_debug());
    let pem = std::fs::read(&file).with_context(|| format!("cannot read {named}"))?;
    let certificates = CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok);
    match rustls::RootCertStore::empty().add_parsable_certificates(certificates) {
        (0, _) => bail!("there is no certificate in {named}: it takes those of CAs, in PEM"),
        _ => Ok(()),
    }
}

/// Elsewhere the system alone knows whom it trusts.
#[cfg(not(all(unix, not(target_vendor = "apple"))))]
pub fn check() -> anyhow::Result<()> {
    Ok(())
}
