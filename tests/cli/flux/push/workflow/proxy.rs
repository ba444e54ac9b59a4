//! A proxy through which one host is reached, which is somewhere else than its name says.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A proxy, which ends with the tests.
pub struct Proxy {
    /// Where it listens.
    pub address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Starts one that connects those who ask for the host with the address, and turns away all others.
    pub fn to(host: &'static str, address: &str) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let proxy = Proxy { address: listener.local_addr().unwrap().to_string(), asked: Arc::clone(&asked) };
        let address = address.to_owned();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (asked, address) = (Arc::clone(&asked), address.clone());
                // Whoever hangs up early sees for themselves what came of it.
                thread::spawn(move || connect(client, host, &address, &asked));
            }
        });
        proxy
    }

    /// Returns whom it was asked for.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn connect(mut client: TcpStream, host: &str, address: &str, asked: &Mutex<Vec<String>>) -> io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut lines = Vec::new();
    while lines.last().is_none_or(|line: &String| !line.trim_end().is_empty()) {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        lines.push(line);
    }
    let target =
        lines[0].strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).unwrap_or(&lines[0]);
    asked.lock().unwrap().push(target.to_owned());
    if target != host {
        return client.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    }
    let mut server = TcpStream::connect(address)?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let (mut back, mut to) = (server.try_clone()?, client.try_clone()?);
    let answers = thread::spawn(move || io::copy(&mut back, &mut to).and(to.shutdown(Shutdown::Write)));
    io::copy(&mut reader, &mut server)?;
    server.shutdown(Shutdown::Write)?;
    answers.join().unwrap_or(Ok(()))
}
