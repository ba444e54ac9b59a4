//! Policies: how an upstream is treated.

use super::{Labels, List, Millis, Object, Rare, Seen, Unsaid};

/// How one host is treated by those who call it.
#[derive(Clone, PartialEq, Debug)]
pub struct Policy<'a> {
    /// Its object.
    pub object: Object<'a>,
    /// The host.
    pub host: &'a str,
    /// Only for callers with these labels, in the object's namespace.
    pub clients: Option<Labels<'a>>,
    /// Who sees it.
    pub seen: Seen<'a>,
    /// Its versions.
    pub subsets: List<'a, Subset<'a>>,
    /// What holds on every port.
    pub all: Rare<Settings<'a>>,
    /// What holds on one port, instead of `all`: nothing is inherited.
    pub ports: Vec<(u16, Settings<'a>)>,
}

/// Some of a host's pods.
#[derive(Clone, PartialEq, Debug)]
pub struct Subset<'a> {
    /// Its name.
    pub name: &'a str,
    /// Which pods.
    pub labels: Labels<'a>,
    /// What differs for them, block by block.
    pub settings: Rare<Settings<'a>>,
}

/// How an upstream is treated; each block may be unsaid.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Settings<'a> {
    /// Who of its pods gets a request.
    pub balance: Option<Balance<'a>>,
    /// How much it may get at once.
    pub limits: Option<Limits>,
    /// When a pod is left out for a while.
    pub eject: Option<Eject>,
    /// Where requests go by region and zone.
    pub locality: Option<Locality<'a>>,
    /// How connections to it are protected.
    pub tls: Option<ClientTls<'a>>,
}

impl Unsaid for Settings<'_> {
    fn unsaid<'s>() -> &'s Self
    where
        Self: 's,
    {
        static NOTHING: Settings<'static> =
            Settings { balance: None, limits: None, eject: None, locality: None, tls: None };
        &NOTHING
    }
}

impl Settings<'_> {
    /// Tells whether nothing was said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Settings { balance, limits, eject, locality, tls } = self;
        balance.is_none() && limits.is_none() && eject.is_none() && locality.is_none() && tls.is_none()
    }
}

/// Who of a host's pods gets a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Balance<'a> {
    /// The one with the fewest open requests of two picked at random.
    LeastRequest {
        /// How long a new pod gets less.
        warmup: Option<Millis>,
    },
    /// In turn.
    RoundRobin {
        /// How long a new pod gets less.
        warmup: Option<Millis>,
    },
    /// At random.
    Random,
    /// The address that the caller dialled.
    Passthrough,
    /// The same one for the same key.
    Hash(HashKey<'a>, HashAlgorithm),
}

/// What a hash is taken of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HashKey<'a> {
    /// A header.
    Header(&'a str),
    /// A cookie, which the proxy sets where it has a lifetime.
    Cookie {
        /// Its name.
        name: &'a str,
        /// How long it lives; 0 is as long as the browser runs.
        ttl: Option<Millis>,
    },
    /// A query parameter.
    Query(&'a str),
    /// The caller's address.
    SourceIp,
}

/// How hashes are spread over pods.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HashAlgorithm {
    /// Nothing was said.
    Default,
    /// A ring of at least so many places.
    Ring(u64),
    /// A Maglev table of so many places, a prime.
    Maglev(u64),
}

/// How much an upstream may get at once.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Limits {
    /// TCP connections.
    pub connections: Option<u32>,
    /// Requests that wait for a connection.
    pub pending: Option<u32>,
    /// Requests in flight.
    pub requests: Option<u32>,
    /// Requests on one connection before it is closed.
    pub per_connection: Option<u32>,
    /// Retries in flight.
    pub retries: Option<u32>,
    /// How long opening a connection may take.
    pub connect_timeout: Option<Millis>,
    /// How long a connection may stand idle.
    pub idle: Option<Millis>,
    /// How long a connection may stand idle before it is probed.
    pub keepalive: Option<Millis>,
}

/// When a pod is left out for a while.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Eject {
    /// Errors in a row (any 5xx).
    pub after: Option<u32>,
    /// Gateway errors in a row (502, 503, 504).
    pub gateway_errors: Option<u32>,
    /// How often pods are judged.
    pub every: Option<Millis>,
    /// For how long, the first time.
    pub lasting: Option<Millis>,
    /// How many percent of the pods at the most.
    pub max_percent: Option<u32>,
    /// Only while at least so many percent are healthy.
    pub min_healthy: Option<u32>,
}

/// Where requests go by region and zone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Locality<'a> {
    /// From a region to another when it fails.
    Failover(Vec<(&'a str, &'a str)>),
    /// From a place to others, by whole percents.
    Spread(Vec<(&'a str, Vec<(&'a str, u32)>)>),
}

/// How connections to an upstream are protected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ClientTls<'a> {
    /// Not at all.
    Off,
    /// By the mesh's own certificates.
    Mesh {
        /// The SNI name to send, where it matters.
        sni: Option<&'a str>,
    },
    /// The server shows a certificate.
    Simple {
        /// The SNI name to send.
        sni: &'a str,
        /// Who is believed.
        trust: Trust<'a>,
    },
    /// Both sides show a certificate.
    Mutual {
        /// The secret that holds ours, and the CA.
        secret: &'a str,
        /// The SNI name to send.
        sni: &'a str,
        /// Names the server's certificate must have one of.
        sans: Vec<&'a str>,
    },
}

/// Whose certificates are believed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trust<'a> {
    /// Those of the system's CAs, with one of these names.
    System(Vec<&'a str>),
    /// Those of the CA in a ConfigMap of the policy's namespace, with one of these names.
    ConfigMap(&'a str, Vec<&'a str>),
    /// Anybody's: the server is not verified.
    Anyone,
}
