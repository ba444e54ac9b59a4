//! Requests that show what a mixture of old and new objects does: those for which it differs from either end.

use std::fmt::Write;

use crate::diff::{self, Origins, Place, Side, Thing, Witness};
use crate::mesh::{Client, Mesh};
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

/// Where nothing was written.
struct Nowhere;

impl Origins for Nowhere {
    fn line(&self, _: Thing<'_, '_>, _: &str) -> Option<Place> {
        None
    }
}

impl<'m> Requests<'m> {
    pub fn new(before: &'m Mesh<'m>, after: &'m Mesh<'m>) -> Requests<'m> {
        let ends = [before, after];
        Requests { ends, simulators: ends.map(|mesh| Simulator::new(mesh, Detail::Outcome)) }
    }

    /// Returns what happens in a mixture.
    pub fn through<'x>(&self, mesh: &'x Mesh<'x>) -> Vec<Hit>
    where
        'm: 'x,
    {
        let [before, after]: [&'x Mesh<'x>; 2] = self.ends;
        let mut witnesses: Vec<Witness> = Vec::new();
        for pair in [[before, mesh], [mesh, after]] {
            let [one, other] = pair.map(|mesh| Side::new(mesh, &Nowhere));
            let found = diff::compare(&one, &other, diff::space::Budget::default());
            for witness in found.changes.into_iter().filter_map(|change| change.witness) {
                if !witnesses.contains(&witness) {
                    witnesses.push(witness);
                }
            }
        }
        let between = Simulator::new(mesh, Detail::Outcome);
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
        let fates = [&before, &during, &after].map(Fate::of);
        let [old, now, new] = &fates;
        let clear = |fate: &Fate| fate.works && fate.clear;
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
            Happens::InTheClear | Happens::Passes | Happens::Strays => now.digest.clone(),
        };
        Some(Hit { happens, at: fates[1].at.clone(), host: request.host, witness, why })
    }
}

/// What becomes of a request, in a form that can be compared between meshes.
struct Fate {
    works: bool,
    unknown: bool,
    clear: bool,
    at: Option<(String, Option<String>)>,
    why: String,
    digest: String,
}

impl Fate {
    fn of(trace: &Trace<'_>) -> Fate {
        let mut fate = Fate {
            works: true,
            unknown: false,
            clear: false,
            at: None,
            why: String::new(),
            digest: String::new(),
        };
        fate.follow(trace);
        fate
    }

    fn follow(&mut self, trace: &Trace<'_>) {
        match &trace.outcome {
            Outcome::Routed(routed) => {
                if let Some(http) = &routed.http {
                    let _ = write!(self.digest, "{} {} ", http.authority, http.path);
                }
                routed.destinations.iter().filter(|to| to.share > 0).for_each(|to| self.arrive(to));
            }
            Outcome::Redirect { status, location } => _ = write!(self.digest, "{status} {location}"),
            Outcome::Respond { status, body: _, why } => {
                let _ = write!(self.digest, "answered with {status}");
                if let Some(why) = why {
                    self.fails(why);
                }
            }
            Outcome::Blocked { status: _, why } | Outcome::NoRoute { why } => self.fails(why),
            Outcome::Passes { host, port } => _ = write!(self.digest, "passes to {host}:{port}"),
            Outcome::Unknown { why } => {
                self.unknown = true;
                self.fails(why);
            }
        }
    }

    fn arrive(&mut self, arrival: &Arrival<'_>) {
        let Arrival { to, share, headers: _, tls, missing, then } = arrival;
        let subset = to.subset.map(|subset| format!("@{subset}")).unwrap_or_default();
        let _ = write!(self.digest, "{}:{}{subset} {} tls {}; ", to.host, to.port, share, tls.word());
        self.clear |= match tls {
            Leg::Plain | Leg::Unverified => then.is_none(),
            Leg::Auto | Leg::Mesh | Leg::Originate | Leg::Mutual | Leg::Passthrough | Leg::Unknown => false,
        };
        if let Some(why) = missing {
            self.at.get_or_insert_with(|| (to.host.to_owned(), to.subset.map(str::to_owned)));
            self.fails(why);
        }
        if let Some(then) = then {
            self.follow(then);
        }
    }

    fn fails(&mut self, why: &str) {
        if self.works {
            why.clone_into(&mut self.why);
        }
        self.works = false;
        let _ = write!(self.digest, "fails: {why}");
    }
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
    let (host, port) = match said.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (said, usual),
    };
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
