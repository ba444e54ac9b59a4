//! What each gateway listens on, for all ingresses together: one Gateway object, whoever asked.

use std::collections::{BTreeMap, HashMap, HashSet};

use meshc_dialect::span::Span;

use super::super::blocks::Block;
use super::super::context::Context;
use super::super::objects;
use super::listen::{Inside, Listener};
use super::wildcards;
use crate::mesh::{Server, ServerHost, ServerProtocol, ServerTls, TlsVersion};

meshc_dialect::codes! {
    /// A host that is served twice.
    HOST_TAKEN = error "host-taken" "A host is served twice on one port of a gateway.\n\nA proxy takes the first of the two and drops the other without a word; which one is first depends on what was applied when. A host has one owner per gateway and port. To let another team have a path of it, say `delegate` in a route.";
    /// A port that is two things.
    PORT_TAKEN = error "port-taken" "Two ingresses want different things of one port of a gateway.\n\nPlain HTTP, TLS and bytes do not go together on one port: the proxy drops one of them without a word. Two hosts of bytes do not either, as nothing tells them apart. Give one of them another port or gateway.";
    /// A certificate under two settings.
    SHARED_CERTIFICATE = warning "shared-certificate" "Hosts that share a certificate have different TLS settings on one port.\n\nA browser uses one connection for all hosts of its certificate, and each of these settings has a route table of its own: requests for the other host would get a 404. Give them the same settings, or each its own secret.";
}

/// A host on a port of a gateway.
#[derive(Clone, Debug)]
pub(super) struct Listening<'a> {
    /// The gateway, by its index.
    pub gateway: usize,
    pub host: &'a str,
    /// Where the host is written.
    pub place: Span,
    pub block: Block<'a>,
    pub listener: Listener<'a>,
}

/// Gives the gateways their servers, reporting what cannot be side by side.
pub(super) fn place<'a>(all: &[Listening<'a>], ctx: &mut Context<'a, '_>) {
    ports(all, ctx);
    wildcards::check(all, ctx);
    hosts(all, ctx);
    certificates(all, ctx);
    for (gateway, servers) in grouped(all) {
        let mut used: HashSet<String> = HashSet::new();
        for ((port, protocol, tls, alone), mut hosts) in servers {
            hosts.sort_by_key(|host| (host.host, host.namespace));
            hosts.dedup();
            let name = name(port, protocol, &tls, alone, &mut used);
            let name = ctx.arena.alloc_str(&name);
            ctx.gateways[gateway].servers.push(Server { name, port, protocol, hosts, tls });
        }
    }
}

/// The servers of a gateway, by what sets them apart, in the order in which they are written.
type Servers<'a> = BTreeMap<(u16, ServerProtocol, ServerTls<'a>, Option<&'a str>), Vec<ServerHost<'a>>>;

/// Returns hosts that can share a server together: a proxy has one route table for each, and browsers use one connection
/// for all hosts of a certificate.
fn grouped<'a>(all: &[Listening<'a>]) -> BTreeMap<usize, Servers<'a>> {
    let mut gateways: BTreeMap<usize, Servers<'a>> = BTreeMap::new();
    for one in all {
        let Listener { port, protocol, tls, inside, span: _ } = &one.listener;
        // A redirect holds for a host whoever serves it.
        let namespace = (*tls != ServerTls::Redirect).then_some(one.block.namespace);
        // All bytes of a server go to whoever is found first, so a host whose TLS is opened has one of its own.
        let alone = (*inside == Inside::Bytes && *tls != ServerTls::Plain).then_some(one.host);
        let servers = gateways.entry(one.gateway).or_default();
        let hosts = servers.entry((*port, *protocol, tls.clone(), alone)).or_default();
        hosts.push(ServerHost { namespace, host: one.host });
    }
    gateways
}

/// Returns what a server is called, unique in its gateway, and the same whatever else the gateway serves.
fn name(
    port: u16,
    protocol: ServerProtocol,
    tls: &ServerTls<'_>,
    alone: Option<&str>,
    used: &mut HashSet<String>,
) -> String {
    let word = match protocol {
        ServerProtocol::Http => "http",
        ServerProtocol::Http2 => "http2",
        ServerProtocol::Grpc => "grpc",
        ServerProtocol::Https => "https",
        ServerProtocol::Tls => "tls",
        ServerProtocol::Tcp => "tcp",
    };
    let mut name = match tls {
        ServerTls::Plain => format!("{word}-{port}"),
        ServerTls::Redirect => format!("{word}-{port}-redirect"),
        ServerTls::Terminate { secret, min: _, ciphers: _ } => format!("{word}-{port}-{secret}"),
        ServerTls::Mutual { secret, optional: false, min: _, ciphers: _ } => {
            format!("{word}-{port}-{secret}-mutual")
        }
        ServerTls::Mutual { secret, optional: true, min: _, ciphers: _ } => {
            format!("{word}-{port}-{secret}-optional")
        }
        ServerTls::Passthrough => format!("{word}-{port}-passthrough"),
        ServerTls::Mesh => format!("{word}-{port}-mesh"),
    };
    match tls {
        ServerTls::Terminate { secret: _, min, ciphers: _ }
        | ServerTls::Mutual { secret: _, optional: _, min, ciphers: _ } => match min {
            TlsVersion::V1_0 => name.push_str("-tls10"),
            TlsVersion::V1_1 => name.push_str("-tls11"),
            TlsVersion::V1_2 => {}
            TlsVersion::V1_3 => name.push_str("-tls13"),
        },
        ServerTls::Plain | ServerTls::Redirect | ServerTls::Passthrough | ServerTls::Mesh => {}
    }
    name = objects::dashed(&name);
    if let Some(host) = alone {
        name = format!("{word}-{port}-{}", objects::dashed(host));
    }
    let first = name.clone();
    let mut count = 2;
    while !used.insert(name.clone()) {
        name = format!("{first}-{count}");
        count += 1;
    }
    name
}

/// What of a port's protocols can be side by side.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Class {
    Http,
    Tls,
    Bytes,
}

fn class(protocol: ServerProtocol) -> Class {
    match protocol {
        ServerProtocol::Http | ServerProtocol::Http2 | ServerProtocol::Grpc => Class::Http,
        ServerProtocol::Https | ServerProtocol::Tls => Class::Tls,
        ServerProtocol::Tcp => Class::Bytes,
    }
}

fn described(class: Class) -> &'static str {
    match class {
        Class::Http => "plain HTTP",
        Class::Tls => "TLS",
        Class::Bytes => "bytes",
    }
}

/// Reports ports that would have to be two things.
fn ports<'a>(all: &[Listening<'a>], ctx: &mut Context<'a, '_>) {
    let mut first: HashMap<(usize, u16), &Listening<'a>> = HashMap::new();
    for one in all {
        let port = one.listener.port;
        let other = *first.entry((one.gateway, port)).or_insert(one);
        let (mine, theirs) = (class(one.listener.protocol), class(other.listener.protocol));
        let gateway = ctx.doors[one.gateway].name;
        if mine != theirs {
            ctx.out
                .report(&PORT_TAKEN, one.listener.span)
                .says(format!(
                    "port {port} of gateway `{gateway}` cannot be {} and {}",
                    described(theirs),
                    described(mine)
                ))
                .also(other.listener.span, format!("this makes it {}", described(theirs)))
                .because("the proxy would drop one of the two without a word")
                .help("give one of them another port, or another gateway");
        } else if mine == Class::Bytes && one.block.line.span != other.block.line.span {
            ctx.out
                .report(&PORT_TAKEN, one.listener.span)
                .says(format!("port {port} of gateway `{gateway}` has bytes for two ingresses"))
                .also(other.listener.span, "the other one")
                .because("bytes have no host: nothing tells whose they are, and one of the two would get all of them")
                .help("give one of them another port; or let callers speak TLS, where the SNI name tells");
        }
    }
}

/// Reports hosts that are served twice.
fn hosts<'a>(all: &[Listening<'a>], ctx: &mut Context<'a, '_>) {
    let mut first: HashMap<(usize, u16, &str), &Listening<'a>> = HashMap::new();
    let mut said: HashSet<(Span, Span, usize)> = HashSet::new();
    let mut owner: HashMap<(usize, Inside, &str), &Listening<'a>> = HashMap::new();
    for one in all {
        two_owners(one, owner.entry((one.gateway, one.listener.inside, one.host)).or_insert(one), ctx);
        let key = (one.gateway, one.listener.port, one.host);
        let Some(other) = first.get(&key) else {
            first.insert(key, one);
            continue;
        };
        let gateway = ctx.doors[one.gateway].name;
        let (host, port) = (one.host, one.listener.port);
        let own = one.block.line.span == other.block.line.span;
        // One block beside another is one mistake, on however many ports.
        if class(one.listener.protocol) != class(other.listener.protocol)
            || !said.insert((one.block.line.span, other.block.line.span, one.gateway))
        {
            continue;
        }
        let (here, there) = if own && one.place == other.place {
            (one.listener.span, other.listener.span)
        } else {
            (one.place, other.place)
        };
        ctx.out
            .report(&HOST_TAKEN, here)
            .says(format!("`{host}` is served already on port {port} of gateway `{gateway}`"))
            .also(there, "the first one")
            .because("the proxy would take one of the two and drop the other without a word")
            .help(if own {
                "keep one of the two"
            } else {
                "put both into one block; to let another team have a path, say `delegate` in a route of it"
            });
    }
}

/// Reports a host whose requests on two ports are two blocks' to route: a route holds on every port of its host.
fn two_owners<'a>(one: &Listening<'a>, other: &Listening<'a>, ctx: &mut Context<'a, '_>) {
    let apart = match one.listener.inside {
        Inside::Requests | Inside::Bytes => one.listener.port == other.listener.port,
        Inside::Named | Inside::Redirected => true,
    };
    if apart || one.block.line.span == other.block.line.span {
        return;
    }
    let (host, gateway) = (one.host, ctx.doors[one.gateway].name);
    ctx.out
        .report(&HOST_TAKEN, one.place)
        .says(format!("`{host}` is served already at gateway `{gateway}`, on port {}", other.listener.port))
        .also(other.place, "the first one")
        .because("routes hold on every port of their host: of two blocks, the one that was applied first would win")
        .help("put both into one block, with a `port` line for each");
}

/// Warns where browsers would use a connection for a host that is not served on it.
fn certificates<'a>(all: &[Listening<'a>], ctx: &mut Context<'a, '_>) {
    let mut first: HashMap<(usize, u16, &str), &Listening<'a>> = HashMap::new();
    for one in all.iter().filter(|one| one.listener.protocol == ServerProtocol::Https) {
        let secret = match one.listener.tls {
            ServerTls::Terminate { secret, min: _, ciphers: _ }
            | ServerTls::Mutual { secret, optional: _, min: _, ciphers: _ } => secret,
            ServerTls::Plain | ServerTls::Redirect | ServerTls::Passthrough | ServerTls::Mesh => continue,
        };
        let other = *first.entry((one.gateway, one.listener.port, secret)).or_insert(one);
        if secret.is_empty() || other.listener.tls == one.listener.tls {
            continue;
        }
        let tls = |one: &Listening<'a>| one.block.find("tls").map_or(one.block.line.span, |line| line.span);
        ctx.out
            .report(&SHARED_CERTIFICATE, tls(one))
            .says(format!("`{}` and `{}` share a certificate, but not their TLS settings", other.host, one.host))
            .also(tls(other), "the other settings")
            .because("a browser uses one connection for all hosts of a certificate, and would get a 404 for the other")
            .help("give both the same settings, or each its own secret");
    }
}
