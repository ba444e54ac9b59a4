//! Requests at the boundaries of every route, sent to a real Envoy and to the simulator: both must do the same.
//!
//! The parts can be used alone. [`generate`] makes the requests that tell the routes of a mesh apart; [`rig`] runs any
//! number of bootstraps, whoever made them, in one Envoy whose clusters all lead to one [`echo`]; [`judge`] compares what
//! was seen there with a trace of the simulator. Another test binary includes this folder with
//! `#[path = "../envoy/battery/mod.rs"] mod battery;`, and needs `binary` and `running` beside it.

pub mod chance;
pub mod echo;
pub mod generate;
pub mod judge;
pub mod overlay;
pub mod project;
pub mod rig;
pub mod unit;
pub mod wire;
pub mod witness;

use meshc_compiler::mesh::Client;
use meshc_compiler::simulate::Request;

/// A request, as it is sent to one proxy.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Probe {
    /// The port that is dialled.
    pub port: u16,
    /// The SNI name, where TLS is spoken.
    pub sni: Option<String>,
    /// What is said to be the host.
    pub authority: String,
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Headers, in order, repeated where they are.
    pub headers: Vec<(String, String)>,
}

impl Probe {
    /// Returns a plain request.
    pub fn new(port: u16, authority: &str) -> Probe {
        let (method, path) = ("GET".to_owned(), "/".to_owned());
        Probe { port, sni: None, authority: authority.to_owned(), method, path, headers: Vec::new() }
    }

    /// Returns the same as the simulator takes it.
    pub fn request<'c>(&self, client: Client<'c>) -> Request<'c> {
        Request {
            client,
            tls: self.sni.is_some(),
            host: self.sni.clone().unwrap_or_else(|| self.authority.clone()),
            port: self.port,
            authority: self.authority.clone(),
            method: self.method.clone(),
            path: self.path.clone(),
            headers: self.headers.clone(),
        }
    }

    /// Returns the same with another path.
    pub fn at(&self, path: &str) -> Probe {
        Probe { path: path.to_owned(), ..self.clone() }
    }

    /// Returns the same with these lines of a header, and none else of its name.
    pub fn with(&self, name: &str, lines: &[&str]) -> Probe {
        let mut probe = self.clone();
        probe.headers.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
        probe.headers.extend(lines.iter().map(|line| (name.to_owned(), (*line).to_owned())));
        probe
    }
}
