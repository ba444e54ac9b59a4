//! Connections that a proxy passes on without looking inside, and how each leg is protected.

use super::{Arrival, Leg, MOST_HOPS, Outcome, Request, Routed, Simulator, Taken, Trace};
use crate::mesh::{
    Client, ClientTls, Destination, Headers, Host, OpaqueEntry, Reach, Registry, Share, Split, Treatment,
    Trust,
};

impl<'m> Simulator<'m> {
    /// Sends a connection where the first of some routes says.
    #[expect(clippy::too_many_arguments, reason = "a table in its parts")]
    pub(super) fn connect(
        &self,
        request: &Request<'_>,
        entries: &[OpaqueEntry<'m, 'm>],
        otherwise: Option<Destination<'m>>,
        bound: Option<usize>,
        sni: Option<&str>,
        hops: usize,
        none: Trace<'m>,
    ) -> Trace<'m> {
        let itself;
        let (route, split) = match (entries.first(), otherwise) {
            (Some(OpaqueEntry::Tls(index, route)), _) => (Some(*index), &route.to),
            (Some(OpaqueEntry::Tcp(index, route)), _) => (Some(*index), &route.to),
            (None, Some(to)) => {
                itself = Split::all(to);
                (None, &itself)
            }
            (None, None) => {
                let why = "no route takes the connection".to_owned();
                return Trace { outcome: Outcome::Blocked { status: None, why }, ..none };
            }
        };
        let opened = Opened::No { sni };
        let destinations = self.arrivals(request, split, &opened, hops);
        let route = route.zip(bound).map(|(index, binding)| Taken { name: "", binding, index });
        Trace { route, outcome: Outcome::Routed(Box::new(Routed { destinations, http: None })), ..none }
    }

    /// Returns the destinations of a split that get anything.
    pub(super) fn arrivals(
        &self,
        request: &Request<'_>,
        split: &Split<'m>,
        opened: &Opened<'_>,
        hops: usize,
    ) -> Vec<Arrival<'m>> {
        let shares = split.shares();
        let total: u64 = shares.iter().map(|share| u64::from(share.weight)).sum();
        // One destination gets everything, whatever its weight.
        let alone = shares.len() == 1;
        let mut arrivals = Vec::new();
        for Share { to, weight, headers } in shares.iter().filter(|share| alone || share.weight > 0) {
            let part = u64::from(*weight) * 10_000 / total.max(1);
            let share = if alone { 10_000 } else { u32::try_from(part).unwrap_or(10_000) };
            arrivals.push(self.arrival(request, *to, share, (**headers).clone(), opened, hops));
        }
        arrivals
    }

    fn arrival(
        &self,
        request: &Request<'_>,
        to: Destination<'m>,
        share: u32,
        headers: Headers<'m>,
        opened: &Opened<'_>,
        hops: usize,
    ) -> Arrival<'m> {
        let mesh = self.mesh;
        let treated = self.view.treated_by(request.client, to);
        let missing = self.missing(request.client, to, &treated);
        let tls = self.leg(request.client, to, &treated, opened);
        let gateway = mesh.gateways.iter().position(|gateway| gateway.host == to.host && !to.host.is_empty());
        let then = gateway.filter(|_| missing.is_none()).map(|index| {
            let sent = match treated.settings.tls {
                Some(ClientTls::Mesh { sni }) => sni,
                Some(ClientTls::Simple { sni, .. } | ClientTls::Mutual { sni, .. }) => Some(sni),
                Some(ClientTls::Off) | None => None,
            };
            let (next, sni) = opened.after(request, index, to.port, sent);
            if hops + 1 >= MOST_HOPS {
                let why = format!("the request passes {MOST_HOPS} gateways and more: it goes in circles");
                let outcome = Outcome::Blocked { status: None, why };
                let (host, considered) = (to.host, Vec::new());
                return Box::new(Trace { gateway: Some(index), host, considered, route: None, outcome });
            }
            Box::new(self.enter(&next, sni, hops + 1))
        });
        Arrival { to, share, headers, tls, missing, then }
    }

    /// Returns why nobody answers at a destination, if nobody does.
    fn missing(
        &self,
        client: Client<'_>,
        to: Destination<'m>,
        treated: &Treatment<'_, '_>,
    ) -> Option<String> {
        let namespace = self.mesh.namespace_of(client);
        let declared = self.view.declared(to.host);
        let mut declared = declared.iter().peekable();
        // Where it is not known which policy holds, the subset may be that of another.
        let no_subset = to.subset.is_some() && treated.subset.is_none() && treated.unknown.is_none();
        if self.mesh.world.registry == Registry::Part
            && declared.clone().any(|host| host.host == to.host && host.reach == Reach::Platform)
            && !no_subset
        {
            return None;
        }
        let is_gateway = self.mesh.gateways.iter().any(|gateway| gateway.host == to.host);
        let is_there = is_gateway || self.view.lent(to.host, to.port).is_some();
        let why = if declared.peek().is_none() && !is_there {
            "nobody declared this host"
        } else if !is_there
            && !declared
                .any(|host| host.seen.by(namespace) && host.ports.iter().any(|port| port.number == to.port))
        {
            "this proxy does not know the host on that port"
        } else if no_subset {
            "this proxy knows no such subset"
        } else {
            return None;
        };
        Some(format!("{why}: 503"))
    }

    fn leg(
        &self,
        client: Client<'_>,
        to: Destination<'m>,
        treated: &Treatment<'_, '_>,
        opened: &Opened<'_>,
    ) -> Leg {
        if treated.unknown.is_some() {
            return match opened {
                Opened::No { .. } => Leg::Passthrough,
                Opened::Yes { .. } => Leg::Unknown,
            };
        }
        match (&treated.settings.tls, opened) {
            (Some(ClientTls::Mesh { .. }), _) => Leg::Mesh,
            (Some(ClientTls::Simple { trust: Trust::Anyone, sni: _ }), _) => Leg::Unverified,
            (Some(ClientTls::Simple { trust: Trust::System(_) | Trust::ConfigMap(..), sni: _ }), _) => {
                Leg::Originate
            }
            (Some(ClientTls::Mutual { .. }), _) => Leg::Mutual,
            (Some(ClientTls::Off) | None, Opened::No { sni: Some(_) }) => Leg::Passthrough,
            (Some(ClientTls::Off), _) => Leg::Plain,
            (None, _) => {
                let known = self.view.known_to(client, to.host);
                let outside = |host: &&&Host<'_>| matches!(host.reach, Reach::Declared { inside: false, .. });
                match known.iter().filter(outside).count() {
                    0 => Leg::Auto,
                    count if count == known.len() => Leg::Plain,
                    _ => Leg::Unknown,
                }
            }
        }
    }
}

/// Whether a proxy sees requests or only connections, and what the next one is shown.
pub(super) enum Opened<'o> {
    /// Connections; of those in TLS the SNI name.
    No {
        /// The SNI name.
        sni: Option<&'o str>,
    },
    /// Requests, which go on like this.
    Yes {
        /// The path, with the query.
        path: &'o str,
        /// The host.
        authority: &'o str,
    },
}

impl Opened<'_> {
    /// Returns the request as a gateway gets it, with the SNI name that it is shown.
    fn after<'s>(
        &'s self,
        request: &Request<'_>,
        gateway: usize,
        port: u16,
        sent: Option<&'s str>,
    ) -> (Request<'static>, Option<&'s str>) {
        let (path, authority, sni) = match self {
            Opened::No { sni } => (request.path.as_str(), request.authority.as_str(), sni.or(sent)),
            Opened::Yes { path, authority } => (*path, *authority, sent),
        };
        let next = Request {
            client: Client::Gateway(gateway),
            tls: sni.is_some(),
            host: request.host.clone(),
            port,
            authority: authority.to_owned(),
            method: request.method.clone(),
            path: path.to_owned(),
            headers: request.headers.clone(),
        };
        (next, sni)
    }
}
