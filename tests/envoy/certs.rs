//! A CA for a test, and certificates of it, made by `openssl`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder as `--certs` wants it, with one CA for everything.
pub struct Certs {
    pub dir: PathBuf,
}

impl Certs {
    /// Makes the CA; nothing without `openssl`, which is said.
    pub fn new(place: &Path) -> Option<Certs> {
        let dir = place.join("certs");
        fs::create_dir(&dir).unwrap();
        let certs = Certs { dir };
        let made = certs.openssl(&[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            "ca.key",
            "-out",
            "ca-certificates.crt",
            "-days",
            "30",
            "-subj",
            "/CN=test CA",
        ]);
        if !made {
            eprintln!("skipped: no openssl to make certificates with");
            return None;
        }
        Some(certs)
    }

    /// Adds a secret with a certificate for a name.
    pub fn secret(&self, secret: &str, san: &str) {
        fs::create_dir_all(self.dir.join(secret)).unwrap();
        let [key, csr, crt] = ["tls.key", "tls.csr", "tls.crt"].map(|name| format!("{secret}/{name}"));
        self.sign(&key, &csr, &crt, san);
        fs::copy(self.dir.join("ca-certificates.crt"), self.dir.join(secret).join("ca.crt")).unwrap();
    }

    /// Adds what stands for the mesh's own certificates.
    pub fn mesh(&self) {
        self.sign(
            "key.pem",
            "mesh.csr",
            "cert-chain.pem",
            "URI:spiffe://cluster.local/ns/default/sa/default",
        );
        fs::copy(self.dir.join("ca-certificates.crt"), self.dir.join("root-cert.pem")).unwrap();
    }

    fn sign(&self, key: &str, csr: &str, crt: &str, san: &str) {
        let subject =
            ["-nodes", "-subj", "/CN=test", "-addext", &format!("subjectAltName={san}")].map(str::to_owned);
        let request =
            ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", key, "-out", csr];
        let request: Vec<String> = request.into_iter().map(str::to_owned).chain(subject).collect();
        assert!(self.openssl(&request));
        assert!(self.openssl(&[
            "x509",
            "-req",
            "-in",
            csr,
            "-CA",
            "ca-certificates.crt",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "30",
            "-copy_extensions",
            "copy",
            "-out",
            crt,
        ]));
    }

    fn openssl(&self, args: &[impl AsRef<str>]) -> bool {
        let args = args.iter().map(AsRef::as_ref);
        let output = Command::new("openssl").args(args).current_dir(&self.dir).output();
        output.is_ok_and(|output| output.status.success())
    }
}
