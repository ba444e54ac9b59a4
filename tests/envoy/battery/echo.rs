//! Upstreams that remember what they were sent: one for each cluster, whichever proxy it is a cluster of.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// The header that says which request an arrival is of.
pub const PROBE: &str = "x-battery-probe";

/// The header of an answer that says which arrival it answers.
pub const ARRIVAL: &str = "x-battery-arrival";

/// A request as it arrived.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrival {
    pub cluster: String,
    pub method: String,
    pub path: String,
    pub authority: String,
    pub headers: Vec<(String, String)>,
}

/// Arrivals by their number, with the probe that each is of.
type Seen = Arc<Mutex<Vec<(String, Arrival)>>>;

/// All upstreams. Their threads wait for connections until the process ends.
#[derive(Default)]
pub struct Echo {
    addresses: Mutex<BTreeMap<String, SocketAddr>>,
    seen: Seen,
}

impl Echo {
    /// Returns where the upstream of a cluster listens, which is started if it is not there.
    pub fn of(&self, cluster: &str) -> SocketAddr {
        let mut addresses = self.addresses.lock().unwrap();
        *addresses.entry(cluster.to_owned()).or_insert_with(|| start(cluster, &self.seen))
    }

    /// Returns an arrival by its number.
    pub fn arrival(&self, number: usize) -> Arrival {
        self.seen.lock().unwrap()[number].1.clone()
    }

    /// Returns the numbers of all arrivals, by probe.
    pub fn by_probe(&self) -> BTreeMap<String, Vec<usize>> {
        let mut all: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, (probe, _)) in self.seen.lock().unwrap().iter().enumerate() {
            all.entry(probe.clone()).or_default().push(number);
        }
        all
    }
}

fn start(cluster: &str, seen: &Seen) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (cluster, seen): (Arc<str>, Seen) = (cluster.into(), Arc::clone(seen));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (cluster, seen) = (Arc::clone(&cluster), Arc::clone(&seen));
            thread::spawn(move || serve(&cluster, stream, &seen));
        }
    });
    address
}

fn serve(cluster: &str, mut stream: TcpStream, seen: &Mutex<Vec<(String, Arrival)>>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let line = line(&mut reader)?;
        let mut words = line.split(' ');
        let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut headers = Vec::new();
        loop {
            let line = self::line(&mut reader)?;
            let Some((name, value)) = line.split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let get = |name: &str| headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone());
        let length = get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        reader.read_exact(&mut vec![0; length]).ok()?;
        let probe = get(PROBE).unwrap_or_default();
        let authority = get("host").unwrap_or_default();
        let arrival = Arrival { cluster: cluster.to_owned(), method, path, authority, headers };
        let number = {
            let mut seen = seen.lock().unwrap();
            seen.push((probe, arrival));
            seen.len() - 1
        };
        // In one write: a second one would wait for the first to be acknowledged.
        let answer = format!("HTTP/1.1 200 OK\r\n{ARRIVAL}: {number}\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(answer.as_bytes()).ok()?;
    }
}

fn line(reader: &mut impl BufRead) -> Option<String> {
    let mut bytes = Vec::new();
    reader.read_until(b'\n', &mut bytes).ok().filter(|read| *read > 0)?;
    Some(String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned())
}
