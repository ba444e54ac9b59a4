//! Requests that show what a mixture of old and new objects does: those for which it differs from either end.

use std::fmt::Write;
use std::iter;
use std::sync::Arc;

use crate::diff::{self, Nowhere, Scope, Side, Witness};
use crate::mesh::{Client, Host, Mesh, Reach, written};
use crate::simulate::{Arrival, Detail, Leg, Outcome, Request, Simulator, Trace};

/// Both ends of a change.
pub(super) struct Requests<'m> {
    ends: [&'m Mesh<'m>; 2],
    simulators: [Simulator<'m>; 2],
}

/// A request that something happens to in between, and at neither end.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub happens: Happens,
    pub witness: Witness,
    /// Where it should have got, where that is known.
    pub at: Option<(String, Option<String>)>,
    /// The host that was asked for.
    pub host: String,
    /// What becomes of it, in words.
    pub why: String,
}

/// What happens to a request in between.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Happens {
    /// It fails.
    Fails,
    /// It travels in the clear.
    InTheClear,
    /// It is let through.
    Passes,
    /// It goes where it goes neither before nor after.
    Strays,
    /// Nobody can tell.
    Unknown,
}

impl<'m> Requests<'m> {
    pub fn new(before: &'m Mesh<'m>, after: &'m Mesh<'m>) -> Requests<'m> {
        let ends = [before, after];
        let simulators = [[before, after], [after, before]].map(|[mesh, other]| simulator(mesh, &[other]));
        Requests { ends, simulators }
    }

    /// Tells whether either end is taken to have services, or ports of theirs, that only the other mentions.
    pub fn borrow(&self) -> bool {
        let [before, after] = self.ends;
        [[before, after], [after, before]]
            .into_iter()
            .any(|[mesh, other]| diff::view_beside(mesh, &[other]).borrows())
    }

    /// Returns what happens in a mixture.
    pub fn through<'x>(&self, mesh: &'x Mesh<'x>) -> Vec<Hit>
    where
        'm: 'x,
    {
        let [before, after]: [&'x Mesh<'x>; 2] = self.ends;
        let mut witnesses: Vec<Witness> = Vec::new();
        for pair in [[before, mesh], [mesh, after]] {
            let [one, other] = Side::both(pair, [&Nowhere, &Nowhere]);
            let found = diff::compare(&one, &other, diff::space::Budget::default());
            for change in found.changes {
                let others = change.elsewhere.into_iter().map(|other| (other.scopes, other.witness));
                for (scopes, witness) in iter::once((change.scopes, change.witness)).chain(others) {
                    let shown = witness.map(|witness| vec![witness]);
                    let any = || scopes.iter().flat_map(|scope| any(scope, mesh)).collect();
                    for witness in shown.unwrap_or_else(any) {
                        if !witnesses.contains(&witness) {
                            witnesses.push(witness);
                        }
                    }
                }
            }
        }
        let between = simulator(mesh, &[before, after]);
        witnesses.into_iter().filter_map(|witness| self.hit(witness, mesh, &between)).collect()
    }

    fn hit<'x>(&self, witness: Witness, mesh: &'x Mesh<'x>, between: &Simulator<'x>) -> Option<Hit> {
        let ends = [0, 1].map(|end| {
            // A proxy that one side does not have sends nothing there.
            Some(self.simulators[end].send(&request(&witness, self.ends[end])?))
        });
        let [Some(before), Some(after)] = ends else { return None };
        let request = request(&witness, mesh)?;
        let during = between.send(&request);
        let [was, is] = self.ends;
        let mut fates = [Fate::of(&before, was), Fate::of(&during, mesh), Fate::of(&after, is)];
        let clear = |fate: &Fate| fate.works && fate.clear;
        // What is protected at both ends and not in between is told so, which is worse.
        if !clear(&fates[1]) || clear(&fates[0]) || clear(&fates[2]) {
            fates[1].misspeaks(&[fates[0].spoken.clone(), fates[2].spoken.clone()].concat());
        }
        let [old, now, new] = &fates;
        let happens = match (old.works, now.works, new.works) {
            _ if now.unknown && !old.unknown && !new.unknown => Happens::Unknown,
            (true, false, true) => Happens::Fails,
            (true, true, true) if clear(now) && !clear(old) && !clear(new) => Happens::InTheClear,
            (false, true, false) if !old.unknown && !new.unknown => Happens::Passes,
            (true, true, true) if old.digest == new.digest && now.digest != old.digest => Happens::Strays,
            _ => return None,
        };
        let why = match happens {
            Happens::Fails | Happens::Unknown => now.why.clone(),
            Happens::InTheClear | Happens::Passes | Happens::Strays => now.reaches.join(" and "),
        };
        Some(Hit { happens, at: fates[1].at.clone(), host: request.host, witness, why })
    }
}

/// Returns a simulator that takes for granted what a comparison does: a service that some mesh mentions is there.
fn simulator<'x>(mesh: &'x Mesh<'x>, others: &[&'x Mesh<'x>]) -> Simulator<'x> {
    Simulator::seeing(mesh, Arc::new(diff::view_beside(mesh, others)), Detail::Outcome)
}

/// Returns requests to an upstream that is treated otherwise, which no request shows by where it goes. What a gateway treats
/// otherwise may be what pods send out by it, on a port of its own.
fn any(scope: &Scope, mesh: &Mesh<'_>) -> Vec<Witness> {
    let Scope { from, host, port } = scope;
    let from = match from.split_once(' ') {
        Some(("namespace", namespace)) if is_for_gateways(namespace, mesh) => Vec::new(),
        Some(("namespace", namespace)) => vec![format!("ns/{namespace}")],
        // Its namespace may stand before it.
        Some(("gateway", gateway)) => {
            let owners =
                mesh.hosts.iter().filter(|known| known.host == host && known.reach != Reach::Platform);
            let pods = owners.take(1).map(|known| format!("ns/{}", known.object.namespace));
            let door = format!("gateway/{}", gateway.rsplit('/').next().unwrap_or(gateway));
            std::iter::once(door).chain(pods).collect()
        }
        Some(("other", "namespaces")) | None => vec!["ns/default".to_owned()],
        Some(_) => Vec::new(),
    };
    let Some(port) = *port else { return Vec::new() };
    let url = if port == 80 { format!("http://{host}/") } else { format!("http://{host}:{port}/") };
    let sent = |from| Witness { method: "GET".to_owned(), url: url.clone(), headers: Vec::new(), from };
    from.into_iter().map(sent).collect()
}

/// Tells whether nobody that the project knows runs in a namespace, gateways apart: those are asked for themselves.
fn is_for_gateways(namespace: &str, mesh: &Mesh<'_>) -> bool {
    let door = |host: &Host<'_>| mesh.gateways.iter().any(|gateway| gateway.host == host.host);
    let runs = |host: &Host<'_>| host.object.namespace == namespace && host.workload.is_some() && !door(host);
    mesh.gateways.iter().any(|gateway| gateway.object.namespace == namespace) && !mesh.hosts.iter().any(runs)
}

/// What becomes of a request, in a form that can be compared between meshes.
struct Fate {
    works: bool,
    unknown: bool,
    clear: bool,
    at: Option<(String, Option<String>)>,
    why: String,
    digest: String,
    /// Where it gets, for people.
    reaches: Vec<String>,
    /// What servers outside of the mesh are spoken to.
    spoken: Vec<Spoken>,
}

/// How a server outside of the mesh is spoken to.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Spoken {
    host: String,
    /// The port at its end.
    port: u16,
    /// What is opened.
    tls: SpokenTls,
}

/// How much TLS a proxy speaks to a server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum SpokenTls {
    /// None.
    Plain,
    /// It opens TLS.
    Opened,
    /// It opens TLS, and shows a certificate of ours.
    Certified,
}

impl Fate {
    fn of(trace: &Trace<'_>, mesh: &Mesh<'_>) -> Fate {
        let mut fate = Fate {
            works: true,
            unknown: false,
            clear: false,
            at: None,
            why: String::new(),
            digest: String::new(),
            reaches: Vec::new(),
            spoken: Vec::new(),
        };
        fate.follow(trace, mesh);
        fate
    }

    /// Fails if a server outside is spoken to on a port in a way that it is not at either end: TLS is opened where none is
    /// understood, or is not where nothing else is, or no certificate is shown where one is asked for.
    fn misspeaks(&mut self, ends: &[Spoken]) {
        let why = self.spoken.iter().find_map(|Spoken { host, port, tls }| {
            let mut at_ends =
                ends.iter().filter(|end| (&end.host, end.port) == (host, *port)).map(|end| end.tls);
            let is = |known: SpokenTls| (known == SpokenTls::Plain) == (*tls == SpokenTls::Plain);
            let first = at_ends.clone().next()?;
            match tls {
                SpokenTls::Plain if !at_ends.any(is) => {
                    Some(format!("port {port} of {host} speaks TLS, and none is opened"))
                }
                SpokenTls::Opened | SpokenTls::Certified if !at_ends.clone().any(is) => {
                    Some(format!("TLS is opened to port {port} of {host}, which speaks none"))
                }
                SpokenTls::Opened if first == SpokenTls::Certified && at_ends.all(|end| end == first) => {
                    Some(format!("port {port} of {host} asks for our certificate, and none is shown"))
                }
                SpokenTls::Plain | SpokenTls::Opened | SpokenTls::Certified => None,
            }
        });
        if let Some(why) = why {
            self.fails(&why);
        }
    }

    fn follow(&mut self, trace: &Trace<'_>, mesh: &Mesh<'_>) {
        match &trace.outcome {
            Outcome::Routed(routed) => {
                if let Some(http) = &routed.http {
                    let _ = write!(self.digest, "{} {} ", http.authority, http.path);
                }
                routed.destinations.iter().filter(|to| to.share > 0).for_each(|to| self.arrive(to, mesh));
            }
            Outcome::Redirect { status, location } => {
                let _ = write!(self.digest, "{status} {location}");
                self.reaches.push(format!("{status} to {location}"));
            }
            Outcome::Respond { status, body: _, why } => {
                let _ = write!(self.digest, "answered with {status}");
                self.reaches.push(format!("an answer with {status}"));
                if let Some(why) = why {
                    self.fails(why);
                }
            }
            Outcome::Blocked { status: _, why } | Outcome::NoRoute { why } => self.fails(why),
            Outcome::Passes { host, port, declared: _ } => _ = write!(self.digest, "passes to {host}:{port}"),
            Outcome::Unknown { why } => {
                self.unknown = true;
                self.fails(why);
            }
        }
    }

    fn arrive(&mut self, arrival: &Arrival<'_>, mesh: &Mesh<'_>) {
        let Arrival { to, share, headers: _, tls, missing, then } = arrival;
        let subset = to.subset.map(|subset| pods(mesh, to.host, subset)).unwrap_or_default();
        let _ = write!(self.digest, "{}:{}{subset} {} tls {}; ", to.host, to.port, share, tls.word());
        self.reaches.push(format!("{}:{}{subset}", to.host, to.port));
        self.clear |= match tls {
            Leg::Plain | Leg::Unverified => then.is_none(),
            Leg::Auto | Leg::Mesh | Leg::Originate | Leg::Mutual | Leg::Passthrough | Leg::Unknown => false,
        };
        if let Some(why) = missing {
            self.at.get_or_insert_with(|| (to.host.to_owned(), to.subset.map(str::to_owned)));
            self.fails(why);
        }
        if let Some(then) = then {
            self.follow(then, mesh);
            return;
        }
        let tls = match tls {
            Leg::Plain | Leg::Auto | Leg::Mesh => SpokenTls::Plain,
            Leg::Originate | Leg::Unverified => SpokenTls::Opened,
            Leg::Mutual => SpokenTls::Certified,
            Leg::Passthrough | Leg::Unknown => return,
        };
        let outside = mesh.hosts.iter().filter(|host| host.host == to.host && host.reach != Reach::Platform);
        let ports = outside.flat_map(|host| &host.ports).filter(|port| port.number == to.port);
        self.spoken.extend(ports.map(|port| {
            let far = port.target.unwrap_or(port.number);
            Spoken { host: to.host.to_owned(), port: far, tls }
        }));
    }

    fn fails(&mut self, why: &str) {
        if self.works {
            why.clone_into(&mut self.why);
        }
        self.works = false;
        let _ = write!(self.digest, "fails: {why}");
    }
}

/// Returns which pods a subset is: it may keep its name and become others, or the other way round.
fn pods(mesh: &Mesh<'_>, host: &str, subset: &str) -> String {
    let own = mesh.policies.iter().filter(|policy| policy.host == host).flat_map(|policy| &policy.subsets);
    let Some(known) = own.into_iter().find(|own| own.name == subset) else { return format!("@{subset}") };
    let mut labels: Vec<String> =
        known.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    labels.sort();
    format!(" ({})", labels.join(","))
}

/// Returns the request that a witness stands for, as it is sent in a mesh; nothing where the mesh lacks its proxy.
fn request<'r>(witness: &'r Witness, mesh: &Mesh<'_>) -> Option<Request<'r>> {
    let Witness { method, url, headers, from } = witness;
    let client = match from.split_once('/')? {
        ("gateway", name) => {
            Client::Gateway(mesh.gateways.iter().position(|gateway| gateway.object.name == name)?)
        }
        (_, namespace) => Client::Sidecar { namespace, labels: &[] },
    };
    let (scheme, rest) = url.split_once("://")?;
    let (said, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let tls = scheme == "https";
    let usual = if tls { 443 } else { 80 };
    let (host, port) = match said.rsplit_once(':').filter(|_| !said.ends_with(']')) {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (said, usual),
    };
    let host = written::without_brackets(host);
    let mut headers = headers.clone();
    let authority = match headers.first() {
        Some((name, _)) if name == "host" => headers.remove(0).1,
        Some(_) | None => said.to_owned(),
    };
    let path = if path.is_empty() { "/" } else { path }.to_owned();
    Some(Request {
        client,
        tls,
        host: host.to_owned(),
        port,
        authority,
        method: method.clone(),
        path,
        headers,
    })
}
