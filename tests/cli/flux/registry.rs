//! A real registry on this machine, started for one test and stopped with it.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::authority::Authority;
use super::program::say;

/// How long it may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// A name and a password that it takes, if it asks for one, and the line of its file that says so.
pub const USER: (&str, &str) = ("robot", "correct-horse");

/// A registry.
pub struct Registry {
    process: Child,
    /// Where it listens.
    pub address: String,
    data: TempDir,
}

/// Who may push.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Everybody.
    Nobody,
    /// The one user.
    Password,
}

impl Registry {
    /// Starts one without TLS; none on a machine without, which is said on standard error.
    pub fn start(asks: Asks) -> Option<Registry> {
        Registry::serve(asks, None)
    }

    /// Starts one that speaks TLS, with a certificate of that authority.
    pub fn with_tls(asks: Asks, authority: &Authority) -> Option<Registry> {
        Registry::serve(asks, Some(authority))
    }

    fn serve(asks: Asks, authority: Option<&Authority>) -> Option<Registry> {
        let found = Command::new("docker-registry").arg("--version").output();
        if found.is_err_and(|error| error.kind() == ErrorKind::NotFound) {
            say("skipped: no docker-registry on this machine, nothing is pushed");
            return None;
        }
        let data = TempDir::new().unwrap();
        // The port is free again before the registry takes it, and nobody else takes it so soon.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let mut config = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {:?}}}}}\nhttp: {{addr: \"{address}\"{}}}\n",
            data.path().join("data"),
            authority.map(tls).unwrap_or_default()
        );
        if asks == Asks::Password {
            let users = data.path().join("users");
            fs::write(&users, line()?).unwrap();
            config.push_str(&format!("auth: {{htpasswd: {{realm: test, path: {users:?}}}}}\n"));
        }
        fs::write(data.path().join("config.yml"), config).unwrap();
        let mut process = Command::new("docker-registry")
            .arg("serve")
            .arg(data.path().join("config.yml"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        while TcpStream::connect(&address).is_err() {
            assert!(begun.elapsed() < PATIENCE, "docker-registry does not listen");
            assert_eq!(process.try_wait().unwrap(), None, "docker-registry ends by itself");
            thread::yield_now();
        }
        Some(Registry { process, address, data })
    }

    /// Returns the digest of what has a tag.
    pub fn tagged(&self, repository: &str, tag: &str) -> Option<String> {
        let link =
            format!("data/docker/registry/v2/repositories/{repository}/_manifests/tags/{tag}/current/link");
        fs::read_to_string(self.data.path().join(link)).ok()
    }
}

/// Returns what the registry is told about its certificate.
fn tls(authority: &Authority) -> String {
    format!(
        ", tls: {{certificate: {:?}, key: {:?}}}",
        authority.path("server.pem"),
        authority.path("server.key")
    )
}

/// Returns the line of the file of users. The registry takes bcrypt alone, which `htpasswd` makes.
fn line() -> Option<String> {
    let (user, password) = USER;
    let made = Command::new("htpasswd").args(["-nbB", user, password]).output();
    match made {
        Ok(output) if output.status.success() => Some(String::from_utf8(output.stdout).unwrap()),
        _ => {
            say("skipped: no htpasswd on this machine, no registry asks who pushes");
            None
        }
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        // It may have ended already, and then there is nothing to do.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Answers every request the same, a few times, as a registry would that is out of order; returns where it listens.
pub fn broken(status: &'static str, body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming().take(8) {
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 4096]);
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
        }
    });
    address
}
