//! Every case and example, in each of its environments.

use std::fs;
use std::path::{Path, PathBuf};

use crate::certs::Certs;

/// A project in an environment.
pub struct Case {
    pub dir: PathBuf,
    pub env: Option<String>,
    /// What `meshc build` is told, but for the proxy.
    pub args: Vec<String>,
}

impl Case {
    /// Returns what it is called.
    pub fn name(&self) -> String {
        let name = self.dir.file_name().unwrap().to_str().unwrap();
        self.env.as_ref().map_or(name.to_owned(), |env| format!("{name}.{env}"))
    }
}

/// Returns all of them, and adds the certificates that they name.
pub fn cases(certs: &Certs) -> Vec<Case> {
    certs.mesh();
    certs.secret("any", "DNS:any.example.com");
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let mut dirs = Vec::new();
    for folder in ["golden/build", "examples"] {
        let below = fs::read_dir(top.join(folder)).unwrap();
        dirs.extend(below.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()));
    }
    dirs.sort();
    dirs.iter().flat_map(|dir| of_folder(dir, &certs.dir)).collect()
}

fn of_folder(dir: &Path, certs: &Path) -> Vec<Case> {
    let mut envs = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let Some(rest) = name.strip_prefix("istio.").and_then(|name| name.strip_suffix("yaml")) else {
            continue;
        };
        add_secrets(&fs::read_to_string(&path).unwrap(), certs);
        envs.push(rest.strip_suffix('.').map(str::to_owned));
    }
    envs.sort();
    if envs.is_empty() {
        envs.push(None);
    }
    let said = fs::read_to_string(dir.join("args")).unwrap_or_default();
    let case = |env: Option<String>| {
        let mut args: Vec<String> = said.split_whitespace().map(str::to_owned).collect();
        args.extend(["--target=envoy", "--certs"].map(str::to_owned));
        args.push(certs.to_str().unwrap().to_owned());
        args.extend(env.iter().map(|env| format!("--env={env}")));
        Case { dir: dir.to_owned(), env, args }
    };
    envs.into_iter().map(case).collect()
}

/// Gives each secret that objects name the same certificate.
fn add_secrets(objects: &str, certs: &Path) {
    for (_, secret) in objects.lines().filter_map(|line| line.split_once("credentialName: ")) {
        let secret = secret.trim_matches('"').rsplit('/').next().unwrap();
        let to = certs.join(secret);
        if !to.exists() {
            fs::create_dir(&to).unwrap();
            for file in ["tls.crt", "tls.key", "ca.crt"] {
                fs::copy(certs.join("any").join(file), to.join(file)).unwrap();
            }
        }
    }
}
