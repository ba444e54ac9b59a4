//! A question about one host, as it is put to both sides.

use super::probes::Probe;
use super::proxy::Proxy;

/// One question to several proxies.
pub(super) struct Asking<'q, 'm> {
    /// The host.
    pub probe: &'q Probe<'m>,
    /// The port that is dialled.
    pub port: u16,
    /// When its number stands in a URL.
    pub said: Said,
    /// Whether TLS is spoken.
    pub tls: bool,
    /// The proxies.
    pub proxies: &'q [Proxy<'m>],
}

/// When the number of a port stands in a URL.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Said {
    /// Where it is not the usual one of its scheme.
    Usual,
    /// Always: without it, the host's own port would be meant.
    Always,
}
