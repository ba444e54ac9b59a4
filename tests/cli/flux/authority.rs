//! A private CA and a certificate that it signed, made by openssl.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::Command;

use super::program::say;
use crate::place::{Place, run};

/// A new key that needs no password.
const KEY: [&str; 5] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/// What makes a certificate that of a server.
const SERVER: &str = "basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=";

/// A CA, with the certificate `server.pem` and its key `server.key`.
pub struct Authority {
    place: Place,
}

impl Authority {
    /// Makes one of this name that vouches for servers of these names, such as `DNS:localhost,IP:127.0.0.1`; none on a machine without
    /// openssl, which is said on standard error.
    pub fn of(name: &str, names: &str) -> Option<Authority> {
        let found = Command::new("openssl").arg("version").output();
        if found.is_err_and(|error| error.kind() == ErrorKind::NotFound) {
            say("skipped: no openssl on this machine, no registry speaks TLS");
            return None;
        }
        let authority = Authority { place: Place::with(&[("server.txt", &format!("{SERVER}{names}\n"))]) };
        let subject = format!("/CN={name}");
        let own = ["req", "-x509", "-days", "2", "-subj", &subject];
        authority.openssl(&[&own[..], &KEY, &["-keyout", "ca.key", "-out", "ca.pem"]].concat());
        let request = ["req", "-subj", "/CN=a registry", "-keyout", "server.key", "-out", "request.pem"];
        authority.openssl(&[&request[..], &KEY].concat());
        let sign = ["x509", "-req", "-days", "2", "-in", "request.pem", "-extfile", "server.txt"];
        let by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "server.pem"];
        authority.openssl(&[&sign[..], &by].concat());
        Some(authority)
    }

    /// Puts the CA's own certificate in the place of the one that it signed, as people do who make but one.
    pub fn serves_its_own(self) -> Authority {
        for (own, server) in [("ca.pem", "server.pem"), ("ca.key", "server.key")] {
            self.place.put(server, self.place.read(own).as_bytes());
        }
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.place.path(name)
    }

    fn openssl(&self, args: &[&str]) {
        let run = run(Command::new("openssl").args(args).current_dir(self.place.path("")), b"");
        assert_eq!(run.exit, Some(0), "openssl {args:?}: {run:?}");
    }
}
