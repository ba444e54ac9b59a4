//! An Envoy that runs, and requests to it.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::binary::binary;

/// Ended when dropped. One that ended by itself is a failure, whatever was seen of it.
pub struct Running {
    child: Child,
    log: PathBuf,
    /// Where it is administered.
    pub admin: SocketAddr,
    /// The listeners, by name.
    listeners: Vec<(String, SocketAddr)>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Running {
    /// Starts an Envoy with a bootstrap. Its listeners get free ports of loopback, and nothing else is changed.
    pub fn start(bootstrap: &str, below: &Path) -> Running {
        Running::of(serde_yaml::from_str(bootstrap).unwrap(), below)
    }

    /// Starts an Envoy with a bootstrap that has been read.
    pub fn of(mut config: Value, below: &Path) -> Running {
        let dir = tempfile::tempdir_in(below).unwrap().keep();
        for listener in config["static_resources"]["listeners"].as_array_mut().unwrap() {
            let address = &mut listener["address"]["socket_address"];
            (address["address"], address["port_value"]) = ("127.0.0.1".into(), 0.into());
        }
        let file = dir.join("envoy.json");
        fs::write(&file, config.to_string()).unwrap();
        Running::in_dir(&file, &dir)
    }

    /// Starts an Envoy with a bootstrap as it is, in a folder.
    pub fn in_dir(file: &Path, dir: &Path) -> Running {
        let (log, admin) = (dir.join("stderr"), dir.join("admin"));
        let child = Command::new(binary().unwrap())
            .arg("-c")
            .arg(file)
            .current_dir(dir)
            .args(["--concurrency", "1", "--disable-hot-restart", "-l", "warning", "--admin-address-path"])
            .arg(&admin)
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut running = Running { child, log, admin: nowhere, listeners: Vec::new() };
        let admin: SocketAddr = running.wait(|| fs::read_to_string(&admin).ok()?.trim().parse().ok());
        running.admin = admin;
        running.wait(|| send(admin, "GET", "localhost", "/ready", &[]).filter(|answer| answer.status == 200));
        let listeners = send(admin, "GET", "localhost", "/listeners?format=json", &[]).unwrap().body;
        let listeners: Value = serde_json::from_str(&listeners).unwrap();
        for listener in listeners["listener_statuses"].as_array().into_iter().flatten() {
            let port = listener["local_address"]["socket_address"]["port_value"].as_u64().unwrap();
            let address = SocketAddr::from(([127, 0, 0, 1], u16::try_from(port).unwrap()));
            running.listeners.push((listener["name"].as_str().unwrap().to_owned(), address));
        }
        running
    }

    fn wait<T>(&mut self, mut ready: impl FnMut() -> Option<T>) -> T {
        let begin = Instant::now();
        loop {
            if let Some(found) = ready() {
                return found;
            }
            let ended = self.child.try_wait().unwrap();
            let log = || fs::read_to_string(&self.log).unwrap_or_default();
            assert!(ended.is_none(), "Envoy ended with {ended:?}: {}", log());
            assert!(begin.elapsed() < Duration::from_secs(20), "Envoy did not become ready: {}", log());
            thread::park_timeout(Duration::from_millis(10));
        }
    }

    /// Returns where a listener listens.
    pub fn at(&self, listener: &str) -> SocketAddr {
        self.listens(listener).unwrap_or_else(|| panic!("no listener `{listener}` in {:?}", self.listeners))
    }

    /// Returns where a listener listens, if there is such a one.
    pub fn listens(&self, listener: &str) -> Option<SocketAddr> {
        self.listeners.iter().find(|(name, _)| name == listener).map(|(_, address)| *address)
    }

    /// Sends a request to the only HTTP listener that a service has.
    pub fn get(&self, url: &str, headers: &[(&str, &str)]) -> Answer {
        let (host, path) = url.split_once('/').unwrap();
        self.send("GET", "outbound", host, &format!("/{path}"), headers)
    }

    /// Sends a request to a listener.
    pub fn send(
        &self,
        method: &str,
        listener: &str,
        host: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let answer = send(self.at(listener), method, host, path, headers);
        answer.unwrap_or_else(|| panic!("no answer: {}", fs::read_to_string(&self.log).unwrap_or_default()))
    }
}

impl Answer {
    /// Returns a header of the answer.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Returns what the upstream says it got.
    pub fn got(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no upstream answered: {self:?}"))
    }

    /// Returns the name of the upstream that answered.
    pub fn by(&self) -> String {
        self.got()["name"].as_str().unwrap().to_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let ended = self.child.try_wait();
        let _ = self.child.kill();
        let _ = self.child.wait();
        let log = || fs::read_to_string(&self.log).unwrap_or_default();
        match ended {
            Ok(Some(status)) if !thread::panicking() => panic!("Envoy ended by itself, {status}: {}", log()),
            Ok(Some(status)) => eprintln!("Envoy ended by itself, {status}: {}", log()),
            Ok(None) | Err(_) if thread::panicking() => eprintln!("Envoy said: {}", log()),
            Ok(None) | Err(_) => {}
        }
    }
}

#[test]
fn an_envoy_that_is_killed_is_a_failure_with_what_it_said() {
    if binary().is_none() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let mut running = Running::of(
        json!({
            "admin": { "address": { "socket_address": { "address": "127.0.0.1", "port_value": 0 } } },
            "static_resources": { "listeners": [] },
        }),
        place.path(),
    );
    // What a connection to nobody looks like is no difference: a battery may expect just that.
    let pid = running.child.id().to_string();
    assert!(Command::new("kill").args(["-SEGV", &pid]).status().unwrap().success());
    running.child.wait().unwrap();
    let failed = catch_unwind(AssertUnwindSafe(|| drop(running))).unwrap_err();
    let said = failed.downcast_ref::<String>().unwrap();
    assert!(said.contains("SIGSEGV") && said.contains("Caught Segmentation fault"), "{said}");
}

/// Sends one request on a connection of its own.
pub fn send(
    to: SocketAddr,
    method: &str,
    host: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> Option<Answer> {
    let mut stream = TcpStream::connect(to).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    headers.iter().for_each(|(name, value)| request.push_str(&format!("{name}: {value}\r\n")));
    request.push_str("\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let chunked = head.to_lowercase().contains("transfer-encoding: chunked");
    let body = if chunked { unchunked(body) } else { body.to_owned() };
    Some(Answer { status, headers, body })
}

fn unchunked(mut body: &str) -> String {
    let mut text = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        if size == 0 || size > rest.len() {
            break;
        }
        text.push_str(&rest[..size]);
        body = rest[size..].trim_start_matches("\r\n");
    }
    text
}
