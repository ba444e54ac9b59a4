//! Policies at random.

use meshc_compiler::mesh::{
    Balance, ClientTls, Eject, HashAlgorithm, HashKey, Limits, Locality, Policy, Seen, Settings, Subset,
    Trust,
};

use super::{Dice, NAMES, OUTSIDE, PORTS, SERVICES, object};

/// Returns some, each of which says something: Istio refuses others, so they are not written.
pub fn policies(dice: &mut Dice) -> Vec<Policy<'static>> {
    let mut policies = Vec::new();
    for name in NAMES.iter().copied().take(dice.below(NAMES.len())) {
        let object = object(dice, name);
        // It is looked up in its own namespace alone.
        let clients = dice.maybe(|_| vec![("app", "web")].into());
        let seen = if clients.is_some() { Seen::In([object.namespace].into()) } else { dice.seen() };
        let host = dice.of(&[SERVICES, OUTSIDE, &["*.svc.cluster.local"]].concat());
        let subsets = dice.some(&["v1", "v2"]).into_iter().map(|name| subset(dice, name)).collect();
        let mut ports = Vec::new();
        for port in PORTS.iter().copied() {
            ports.extend(dice.maybe(|dice| (port, settings(dice))));
        }
        policies.push(Policy { object, host, clients, seen, subsets, all: settings(dice).into(), ports });
    }
    policies
        .retain(|policy| !policy.all.is_empty() || !policy.ports.is_empty() || !policy.subsets.is_empty());
    policies
}

fn subset(dice: &mut Dice, name: &'static str) -> Subset<'static> {
    Subset { name, labels: dice.labels(), settings: settings(dice).into() }
}

fn settings(dice: &mut Dice) -> Settings<'static> {
    Settings {
        balance: dice.maybe(balance),
        limits: dice.maybe(limits),
        eject: dice.maybe(eject),
        locality: dice.maybe(locality),
        tls: dice.maybe(tls),
    }
}

fn balance(dice: &mut Dice) -> Balance<'static> {
    let key = dice.of(&[
        HashKey::Header("x-user"),
        HashKey::Cookie { name: "user", ttl: None },
        HashKey::Cookie { name: "user", ttl: Some(0) },
        HashKey::Query("user"),
        HashKey::SourceIp,
    ]);
    let algorithm =
        dice.of(&[HashAlgorithm::Default, HashAlgorithm::Ring(2_048), HashAlgorithm::Maglev(65_537)]);
    match dice.below(5) {
        0 => Balance::LeastRequest { warmup: dice.maybe(Dice::millis) },
        1 => Balance::RoundRobin { warmup: dice.maybe(Dice::millis) },
        2 => Balance::Random,
        3 => Balance::Passthrough,
        _ => Balance::Hash(key, algorithm),
    }
}

fn limits(dice: &mut Dice) -> Limits {
    Limits {
        connections: dice.maybe(|_| 10),
        pending: dice.maybe(|_| 20),
        requests: dice.maybe(|_| 30),
        per_connection: dice.maybe(|_| 40),
        retries: dice.maybe(|_| 50),
        connect_timeout: dice.maybe(Dice::millis),
        idle: dice.maybe(Dice::millis),
        keepalive: dice.maybe(Dice::millis),
    }
}

fn eject(dice: &mut Dice) -> Eject {
    Eject {
        after: dice.maybe(|_| 5),
        gateway_errors: dice.maybe(|_| 0),
        every: dice.maybe(Dice::millis),
        lasting: dice.maybe(Dice::millis),
        max_percent: dice.maybe(|_| 50),
        min_healthy: dice.maybe(|_| 10),
    }
}

fn locality(dice: &mut Dice) -> Locality<'static> {
    dice.of(&[
        Locality::Failover(vec![("eu", "us"), ("us", "eu")]),
        Locality::Spread(vec![("eu/*", vec![("us/*", 20), ("eu/*", 80)])]),
    ])
}

fn tls(dice: &mut Dice) -> ClientTls<'static> {
    let sans = dice.some(&["a.example.com", "b.example.com"]);
    let trust = match dice.below(3) {
        0 => Trust::System(sans.clone()),
        1 => Trust::ConfigMap("bank-ca", sans.clone()),
        _ => Trust::Anyone,
    };
    match dice.below(4) {
        0 => ClientTls::Off,
        1 => ClientTls::Mesh { sni: dice.maybe(|_| "a.example.com") },
        2 => ClientTls::Simple { sni: "a.example.com", trust },
        _ => ClientTls::Mutual { secret: "bank", sni: "a.example.com", sans },
    }
}
