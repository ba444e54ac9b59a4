//! Requests as bytes: nothing is normalised on the way, and a connection is kept for as long as the proxy keeps it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::Probe;
use super::echo::PROBE;

/// What came back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Response {
    /// Returns a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// A way to one listener, in TLS for one name or in the clear.
pub struct Wire {
    to: SocketAddr,
    tls: Option<(String, PathBuf)>,
    open: Option<Open>,
}

struct Open {
    reader: BufReader<Box<dyn Read + Send>>,
    writer: Box<dyn Write + Send>,
    child: Option<Child>,
}

impl Wire {
    /// Returns a way to a listener. In TLS, which `openssl` speaks, the caller shows the certificate of a folder.
    pub fn new(to: SocketAddr, sni: Option<&str>, certs: &Path) -> Wire {
        Wire { to, tls: sni.map(|sni| (sni.to_owned(), certs.to_owned())), open: None }
    }

    /// Sends a request with a mark. Nothing comes back where the connection is closed.
    pub fn send(&mut self, probe: &Probe, mark: &str) -> Option<Response> {
        let bytes = bytes(probe, mark);
        let fresh = self.open.is_none();
        let answer = self.exchange(&bytes, &probe.method);
        if answer.is_none() && !fresh {
            // The proxy may have closed what was kept just before it would have been used.
            return self.exchange(&bytes, &probe.method);
        }
        answer
    }

    fn exchange(&mut self, bytes: &[u8], method: &str) -> Option<Response> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.connect()?,
        };
        open.writer.write_all(bytes).and_then(|()| open.writer.flush()).ok()?;
        let response = read(&mut open.reader, method)?;
        if response.header("connection") != Some("close") {
            self.open = Some(open);
        }
        Some(response)
    }

    fn connect(&self) -> Option<Open> {
        let Some((sni, certs)) = &self.tls else {
            let stream = TcpStream::connect(self.to).ok()?;
            stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
            stream.set_nodelay(true).ok()?;
            let reader: Box<dyn Read + Send> = Box::new(stream.try_clone().ok()?);
            return Some(Open { reader: BufReader::new(reader), writer: Box::new(stream), child: None });
        };
        let mut child = Command::new("openssl")
            .args(["s_client", "-quiet", "-cert", "cert-chain.pem", "-key", "key.pem", "-connect"])
            .arg(self.to.to_string())
            .args(["-servername", sni])
            .current_dir(certs)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let reader: Box<dyn Read + Send> = Box::new(child.stdout.take().unwrap());
        let writer = Box::new(child.stdin.take().unwrap());
        Some(Open { reader: BufReader::new(reader), writer, child: Some(child) })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn bytes(probe: &Probe, mark: &str) -> Vec<u8> {
    let Probe { port: _, sni: _, authority, method, path, headers } = probe;
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: {authority}\r\n{PROBE}: {mark}\r\n");
    headers.iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\r\n")));
    text.push_str("\r\n");
    text.into_bytes()
}

fn read(reader: &mut impl BufRead, method: &str) -> Option<Response> {
    let status = line(reader)?.split(' ').nth(1)?.parse().ok()?;
    let mut headers = Vec::new();
    loop {
        let line = line(reader)?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut response = Response { status, headers, body: String::new() };
    if method == "HEAD" || matches!(status, 204 | 304) {
        return Some(response);
    }
    let mut body = Vec::new();
    if let Some(length) = response.header("content-length") {
        body.resize(length.parse().ok()?, 0);
        reader.read_exact(&mut body).ok()?;
    } else if response.header("transfer-encoding") == Some("chunked") {
        loop {
            let size = usize::from_str_radix(line(reader)?.trim(), 16).ok()?;
            let mut chunk = vec![0; size];
            reader.read_exact(&mut chunk).ok()?;
            line(reader)?;
            if size == 0 {
                break;
            }
            body.extend(chunk);
        }
    } else {
        reader.read_to_end(&mut body).ok()?;
    }
    response.body = String::from_utf8_lossy(&body).into_owned();
    Some(response)
}

fn line(reader: &mut impl BufRead) -> Option<String> {
    let mut bytes = Vec::new();
    reader.read_until(b'\n', &mut bytes).ok().filter(|read| *read > 0)?;
    Some(String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned())
}
