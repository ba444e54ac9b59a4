//! The administration of a running Envoy, which says what it has taken.

use std::collections::HashMap;
use std::fmt::{self, Display, Formatter};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::thread;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use meshc_compiler::envoy::xds::File;

/// How often Envoy is asked before it is given up, and how long between: half a minute, while a name is looked up that
/// nobody answers for.
const POLLS: u32 = 1500;
const BETWEEN: Duration = Duration::from_millis(20);

/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(5);

/// Far more than the counts that are asked for.
const MOST_BYTES: u64 = 16 << 20;

/// Where to ask.
pub struct Admin<'a> {
    said: &'a str,
    address: SocketAddr,
}

/// What Envoy counts, by name.
pub struct Counts(HashMap<String, String>);

impl<'a> Admin<'a> {
    /// Finds the address.
    pub fn new(said: &'a str) -> anyhow::Result<Admin<'a>> {
        let bare = said.strip_prefix("http://").unwrap_or(said).trim_end_matches('/');
        let found = bare.to_socket_addrs().ok().and_then(|mut found| found.next());
        let wrong = || anyhow!("`--admin {said}` is no address: say HOST:PORT, such as 127.0.0.1:9901");
        Ok(Admin { said, address: found.ok_or_else(wrong)? })
    }

    /// Asks for what is counted about files.
    pub fn counts(&self) -> anyhow::Result<Counts> {
        let text = self.get(FILTER).with_context(|| format!("no Envoy answers at {self}"))?;
        let lines = text.lines().filter_map(|line| line.rsplit_once(": "));
        Ok(Counts(lines.map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned())).collect()))
    }

    /// Waits until Envoy has taken a file.
    pub fn wait(&self, file: &File, before: &Counts) -> anyhow::Result<()> {
        let File { name, stat, version, text: _ } = file;
        let refused = |counts: &Counts| {
            ["update_rejected", "update_failure"].into_iter().any(|kind| {
                let kind = format!("{stat}.{kind}");
                counts.number(&kind) > before.number(&kind)
            })
        };
        let version_text = format!("{stat}.version_text");
        for _ in 0..POLLS {
            let now = self.counts()?;
            let warming = now.number("cluster_manager.warming_clusters")
                + now.number("listener_manager.total_listeners_warming");
            if now.text(&version_text) == version && warming == 0 {
                return Ok(());
            }
            if refused(&now) {
                bail!("the Envoy at {self} refuses {name}: its log says why");
            }
            thread::sleep(BETWEEN);
        }
        bail!(
            "the Envoy at {self} has not taken {name} after {} seconds: does it read this folder?",
            (BETWEEN * POLLS).as_secs()
        )
    }

    fn get(&self, path: &str) -> anyhow::Result<String> {
        let mut stream = TcpStream::connect_timeout(&self.address, ANSWER)?;
        stream.set_read_timeout(Some(ANSWER))?;
        stream.set_write_timeout(Some(ANSWER))?;
        write!(stream, "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address)?;
        let mut bytes = Vec::new();
        stream.take(MOST_BYTES).read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n").context("it is no HTTP that it speaks")?;
        let status = head.lines().next().unwrap_or_default();
        if !status.starts_with("HTTP/") || status.split(' ').nth(1) != Some("200") {
            bail!("it answers {status:?}");
        }
        match head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
            true => whole(body).context("its answer ends too early"),
            false => Ok(body.to_owned()),
        }
    }
}

/// The counts that matter, of thousands.
const FILTER: &str = "/stats?filter=%5E(cluster_manager%7Clistener_manager%7Chttp)%5C..*(version_text%7Cupdate_rejected%7Cupdate_failure%7Cwarming_clusters%7Clisteners_warming)$";

/// Puts the chunks of a body together.
fn whole(mut body: &str) -> Option<String> {
    let mut text = String::new();
    loop {
        let (size, rest) = body.split_once("\r\n")?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        if size == 0 {
            return Some(text);
        }
        text.push_str(rest.get(..size)?);
        body = rest.get(size..)?.strip_prefix("\r\n")?;
    }
}

impl Counts {
    /// Tells whether something is counted.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    fn number(&self, name: &str) -> u64 {
        self.text(name).parse().unwrap_or(0)
    }
}

impl Display for Admin<'_> {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        to.write_str(self.said)
    }
}
