//! Gateways: doors into the mesh and out of it.

use super::{Labels, Object};

/// A gateway deployment and what it listens on.
#[derive(Clone, PartialEq, Debug)]
pub struct Gateway<'a> {
    /// Its object.
    pub object: Object<'a>,
    /// Its pods.
    pub workload: Labels<'a>,
    /// The full name of its own service.
    pub host: &'a str,
    /// What it listens on, in the order in which it is written.
    pub servers: Vec<Server<'a>>,
}

/// One listener of a gateway, for some hosts.
#[derive(Clone, PartialEq, Debug)]
pub struct Server<'a> {
    /// Unique within the gateway.
    pub name: &'a str,
    /// The port that callers dial.
    pub port: u16,
    /// What is spoken there.
    pub protocol: ServerProtocol,
    /// For which hosts.
    pub hosts: Vec<ServerHost<'a>>,
    /// How the connection is protected.
    pub tls: ServerTls<'a>,
}

/// A host of a server.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ServerHost<'a> {
    /// Only bindings of this namespace; none is any namespace.
    pub namespace: Option<&'a str>,
    /// The host, possibly a wildcard.
    pub host: &'a str,
}

/// What is spoken at a gateway.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ServerProtocol {
    /// HTTP in the clear.
    Http,
    /// HTTP/2 in the clear.
    Http2,
    /// gRPC in the clear.
    Grpc,
    /// HTTP inside TLS that the gateway opens.
    Https,
    /// TLS: opened by the gateway, or passed on.
    Tls,
    /// Bytes.
    Tcp,
}

/// How connections to a gateway are protected.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ServerTls<'a> {
    /// Not at all.
    Plain,
    /// Not at all: the caller is sent to HTTPS.
    Redirect,
    /// The gateway shows a certificate.
    Terminate {
        /// The secret that holds it.
        secret: &'a str,
        /// The oldest version that is accepted.
        min: TlsVersion,
        /// The only ciphers that are accepted; none is the default list.
        ciphers: Vec<&'a str>,
    },
    /// Both sides show a certificate.
    Mutual {
        /// The secret that holds the gateway's, and the CA of the callers.
        secret: &'a str,
        /// Whether a caller may do without.
        optional: bool,
        /// The oldest version that is accepted.
        min: TlsVersion,
        /// The only ciphers that are accepted; none is the default list.
        ciphers: Vec<&'a str>,
    },
    /// Passed on unopened, by its SNI name.
    Passthrough,
    /// The mesh's own certificates on both sides.
    Mesh,
}

/// A version of TLS.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum TlsVersion {
    /// 1.0
    V1_0,
    /// 1.1
    V1_1,
    /// 1.2
    V1_2,
    /// 1.3
    V1_3,
}
