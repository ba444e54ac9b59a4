//! Services on loopback that say what they were sent.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use serde_json::json;

/// A service. Its threads wait for connections until the test process ends.
pub struct Upstream {
    pub address: SocketAddr,
    hits: Arc<AtomicUsize>,
    gate: Arc<Gate>,
}

/// Whether what was held may go.
#[derive(Default)]
struct Gate {
    open: Mutex<bool>,
    opened: Condvar,
}

impl Upstream {
    /// Starts one. It answers 200 with its name and what it got; `/status/503` with that status, `/held` not before
    /// it is released.
    pub fn start(name: &'static str) -> Upstream {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let hits = Arc::new(AtomicUsize::new(0));
        let gate = Arc::new(Gate::default());
        let (counted, waits) = (Arc::clone(&hits), Arc::clone(&gate));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (hits, gate) = (Arc::clone(&counted), Arc::clone(&waits));
                thread::spawn(move || serve(name, stream, &hits, &gate));
            }
        });
        Upstream { address, hits, gate }
    }

    /// Returns how many requests came.
    pub fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }

    /// Answers what is held, and holds nothing from then on.
    pub fn release(&self) {
        *self.gate.open.lock().unwrap() = true;
        self.gate.opened.notify_all();
    }
}

fn serve(name: &str, mut stream: TcpStream, hits: &AtomicUsize, gate: &Gate) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let mut words = line.split_whitespace();
        let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((key, value)) = line.trim_end().split_once(": ") else { break };
            headers.insert(key.to_lowercase(), value.to_owned());
        }
        let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        hits.fetch_add(1, Ordering::SeqCst);
        let status = path.strip_prefix("/status/").and_then(|status| status.parse().ok()).unwrap_or(200);
        if path.starts_with("/held") {
            drop(gate.opened.wait_while(gate.open.lock().unwrap(), |open| !*open).unwrap());
        }
        let text = json!({ "name": name, "method": method, "path": path, "headers": headers }).to_string();
        // In one write: a second one would wait for the first to be acknowledged.
        let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{text}", text.len());
        stream.write_all(answer.as_bytes()).ok()?;
        if headers.get("connection").is_some_and(|connection| connection == "close") {
            return Some(());
        }
    }
}
