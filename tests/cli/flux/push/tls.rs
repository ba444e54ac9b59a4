//! A registry whose certificate a private CA signed.

use super::{VARIABLES, command, place};
use crate::flux::authority::Authority;
use crate::flux::registry::{Asks, Registry, USER};
use crate::place::{Place, Run, run};

/// What a CA calls itself.
const OURS: &str = "a private CA";

const LOCAL: &str = "DNS:localhost,IP:127.0.0.1";

/// Pushes where these CAs are trusted: files and folders, by the variables that name them.
fn push(place: &Place, address: &str, trusted: &[(&str, &str)]) -> Run {
    let (user, password) = USER;
    let mut command = command(place);
    command.args(["push", &format!("oci://{address}/acme/mesh:prod")]);
    command.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR").env("NO_PROXY", "*");
    command.envs([(VARIABLES[0], user), (VARIABLES[1], password)]).envs(trusted.iter().copied());
    run(&mut command, b"")
}

fn file(authority: &Authority) -> String {
    authority.path("ca.pem").to_str().unwrap().to_owned()
}

fn text(file: &str) -> String {
    std::fs::read_to_string(file).unwrap()
}

#[test]
fn a_private_ca_is_trusted_where_it_is_named() {
    let Some(authority) = Authority::of(OURS, LOCAL) else { return };
    let Some(registry) = Registry::with_tls(Asks::Password, &authority) else { return };
    let (place, address, ca) = (place(), &registry.address, file(&authority));
    let pushed = push(&place, address, &[("SSL_CERT_FILE", &ca)]).exits(0).says("pushed 1 object to").stdout;
    let built = place.run(&["build", "--oci-layout", "image"]).exits(0).stdout;
    assert_eq!(pushed, format!("{address}/acme/mesh:prod@{built}"));
    assert_eq!(registry.tagged("acme/mesh", "prod").as_deref(), Some(built.trim()));
    let by_name = address.replace("127.0.0.1", "localhost");
    push(&place, &by_name, &[("SSL_CERT_FILE", &ca)]).exits(0);
    // As a folder of CAs, and as the last of several in a file.
    place.put("trusted/ca.pem", text(&ca).as_bytes());
    push(&place, address, &[("SSL_CERT_DIR", "trusted")]).exits(0);
    let Some(other) = Authority::of("another CA", LOCAL) else { return };
    place.put("both.pem", format!("# ours\n{}{}", text(&file(&other)), text(&ca)).as_bytes());
    push(&place, address, &[("SSL_CERT_FILE", "both.pem")]).exits(0);
}

#[test]
fn nobody_else_may_have_signed_it() {
    let Some(authority) = Authority::of(OURS, LOCAL) else { return };
    let Some(registry) = Registry::with_tls(Asks::Password, &authority) else { return };
    let (place, address) = (place(), &registry.address);
    for (name, says) in [
        (
            "another CA",
            "UnknownIssuer; nobody who is trusted here signed its certificate: name a file with the CA",
        ),
        (
            OURS,
            "BadSignature; it is not signed with the key that is trusted here under this name: name a file",
        ),
    ] {
        let Some(other) = Authority::of(name, LOCAL) else { return };
        let refused = push(&place, address, &[("SSL_CERT_FILE", &file(&other))]).exits(2).says(says);
        assert!(!refused.stderr.contains(USER.1), "{refused:?}");
    }
    // Whomever this machine trusts, it is not them.
    push(&place, address, &[]).exits(2).says("trusted here");
    place.put("trusted/notes.txt", b"nobody");
    push(&place, address, &[("SSL_CERT_DIR", "trusted")]).exits(2).says(
        "nobody is trusted here: install `ca-certificates`, or name a file with the CA in SSL_CERT_FILE",
    );
    assert_eq!(registry.tagged("acme/mesh", "prod"), None);
    super::push(&place, address, &[]).exits(2).says("HTTPS");
}

#[test]
fn the_name_counts_and_a_ca_is_no_server() {
    let Some(authority) = Authority::of(OURS, "DNS:registry.example.com") else { return };
    let Some(registry) = Registry::with_tls(Asks::Nobody, &authority) else { return };
    let place = place();
    push(&place, &registry.address, &[("SSL_CERT_FILE", &file(&authority))])
        .exits(2)
        .says("registry.example.com");
    let authority = authority.serves_its_own();
    let Some(registry) = Registry::with_tls(Asks::Nobody, &authority) else { return };
    push(&place, &registry.address, &[("SSL_CERT_FILE", &file(&authority))])
        .exits(2)
        .says("its certificate is a CA's own");
}

#[test]
fn a_file_without_a_ca_is_said_before_anything_is_built() {
    let place = Place::with(&[("checkout.kdl", crate::place::BAD), ("empty.pem", "no certificate\n")]);
    for (file, says) in [
        ("", "SSL_CERT_FILE names no file"),
        ("none.pem", "cannot read none.pem, which SSL_CERT_FILE names: "),
        (".", "cannot read ., which SSL_CERT_FILE names: "),
        ("empty.pem", "there is no certificate in empty.pem, which SSL_CERT_FILE names"),
    ] {
        push(&place, "127.0.0.1:1", &[("SSL_CERT_FILE", file)]).exits(2).says(says);
    }
}
