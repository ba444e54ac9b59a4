//! Hosts: what traffic can be sent to.

use super::{Block, Labels, List, Object, Seen};

/// A service of the mesh, or a host outside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Host<'a> {
    /// Its object, where one has to be written to make it known.
    pub object: Object<'a>,
    /// The full name.
    pub host: &'a str,
    /// What it listens on.
    pub ports: List<'a, Port<'a>>,
    /// How proxies find it.
    pub reach: Reach<'a>,
    /// Addresses that applications dial.
    pub addresses: List<'a, &'a str>,
    /// Names its certificate must have one of.
    pub sans: List<'a, &'a str>,
    /// Who sees it.
    pub seen: Seen<'a>,
    /// The service of the project that it is; nothing for a host outside.
    pub workload: Option<Workload<'a>>,
}

impl Host<'_> {
    /// Tells whether it takes every connection on one of its ports, to whatever address: tcp shows no name.
    #[must_use]
    pub fn takes_all(&self, port: &Port<'_>) -> bool {
        port.protocol == Protocol::Tcp && self.addresses.is_empty() && self.reach != Reach::Platform
    }

    /// Returns the narrowest of its blocks of addresses that holds another one.
    #[must_use]
    pub fn dialled(&self, address: &Block) -> Option<Block> {
        let blocks = self.addresses.iter().filter_map(|block| Block::parse(block));
        blocks
            .filter(|block| block.holds(address))
            .reduce(|one, other| if one.holds(&other) { other } else { one })
    }
}

/// A service of the project, as callers are known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Workload<'a> {
    /// What the project calls it.
    pub name: &'a str,
    /// The labels of its pods.
    pub labels: Labels<'a>,
}

/// One port of a host.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Port<'a> {
    /// What the caller dials.
    pub number: u16,
    /// What is spoken there.
    pub protocol: Protocol,
    /// Its name.
    pub name: &'a str,
    /// The port at the other end, where it differs.
    pub target: Option<u16>,
}

impl Port<'_> {
    /// Tells whether it is the one where hosts are served that only have routes.
    #[must_use]
    pub fn is_http_80(&self) -> bool {
        self.number == 80 && self.protocol.is_http()
    }
}

/// What is spoken on a port, as far as the proxy can see.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Protocol {
    /// HTTP/1.1
    Http,
    /// HTTP/2 in clear text
    Http2,
    /// gRPC
    Grpc,
    /// TLS of the application's own: only the SNI name shows.
    Tls,
    /// Bytes.
    Tcp,
}

impl Protocol {
    /// Tells whether HTTP rules hold on such a port.
    #[must_use]
    pub fn is_http(self) -> bool {
        match self {
            Protocol::Http | Protocol::Http2 | Protocol::Grpc => true,
            Protocol::Tls | Protocol::Tcp => false,
        }
    }
}

/// How proxies find a host.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reach<'a> {
    /// The platform knows it (a Kubernetes Service): nothing has to be written.
    Platform,
    /// It has to be made known.
    Declared {
        /// How its addresses are found.
        resolution: Resolution,
        /// Where it lives, unless its own name says so.
        endpoints: Vec<Endpoint<'a>>,
        /// Whether it is part of the mesh.
        inside: bool,
    },
}

/// How the addresses of a host are found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resolution {
    /// The address that the application dialled.
    None,
    /// The endpoints are addresses.
    Static,
    /// By DNS, from the proxy.
    Dns,
}

/// One place where a host lives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoint<'a> {
    /// An IP address or a DNS name.
    pub address: &'a str,
    /// Labels that subsets choose by.
    pub labels: Labels<'a>,
    /// `region/zone/subzone`
    pub locality: Option<&'a str>,
    /// Its share among the endpoints.
    pub weight: Option<u32>,
}
