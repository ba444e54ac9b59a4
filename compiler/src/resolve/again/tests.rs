//! What is taken over is what would have been found: random pairs of projects, resolved with the other side and without.

use std::fmt::Write;

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::sources::Sources;
use meshc_dialect::span::FileId;

use super::super::{Resolved, resolve_beside, resolve_side};
use super::same;
use crate::project::Project;

/// So many services there are.
const SERVICES: u64 = 9;

/// Numbers that look random, the same ones each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

/// Returns the text of a service that may send requests to some of those behind it.
fn service(number: u64, dice: &mut Dice) -> String {
    let mut text = format!("service s{number} {{\n    port 8080 http\n");
    let next = |dice: &mut Dice| (number + 1 + dice.below(4)).min(SERVICES - 1);
    let mut add = |line: String| writeln!(text, "    {line}").expect("a string takes all");
    // The last one sends requests to nobody, so that nobody is followed in a circle.
    let is_last = number == SERVICES - 1;
    let has_versions = dice.once_in(3);
    if has_versions {
        add(format!("version v1\n    version v2\n    serve v1\n    canary v2 percent={}", 1 + dice.below(9)));
    } else if !is_last && dice.once_in(3) {
        add(format!("to s{}", next(dice)));
    }
    if !is_last && dice.once_in(3) {
        add(format!(
            "route \"/a{}/*\" {{ to s{}.default; timeout \"{}s\" }}",
            dice.below(3),
            next(dice),
            1 + dice.below(4)
        ));
    }
    if dice.once_in(4) {
        add(format!("route \"/b\" {{ when {{ from service=s{} }}; respond 404 }}", next(dice)));
    }
    if !is_last && dice.once_in(5) {
        add(format!("mirror s{}", next(dice)));
    }
    if dice.once_in(4) {
        add(format!("timeout \"{}s\"", 1 + dice.below(9)));
    }
    if dice.once_in(4) {
        add(format!("use slow for=\"{}s\"", 1 + dice.below(9)));
    }
    if dice.once_in(5) {
        add(format!(
            "egress own{number}.example.com {{ tls originate; timeout \"{}s\" }}",
            1 + dice.below(9)
        ));
    }
    if dice.once_in(3) {
        add(format!("limit connections={}; eject after=5", 100 + dice.below(2)));
    }
    if dice.once_in(6) {
        // Longer than the timeout of some, which is a warning.
        add("retry 3 per-try=\"2s\"".to_owned());
    }
    if !has_versions && dice.once_in(6) {
        // Nothing says what is dialled, which is a warning.
        add("address \"203.0.113.9\"; port 7000 tcp".to_owned());
    }
    if dice.once_in(6) {
        add("visible-to web".to_owned());
    }
    if dice.once_in(6) {
        add("workload app=other tier=back; port 9090 http".to_owned());
    }
    if dice.once_in(5) {
        add(format!("in prod {{ timeout \"{}s\" }}", 11 + dice.below(9)));
    }
    text + "}\n"
}

/// Returns the text of what is no service.
fn rest(dice: &mut Dice) -> String {
    let mut text =
        "mesh bench { envs prod }\ngateway public ingress { workload istio=ingressgateway }\n".to_owned();
    if dice.once_in(2) {
        text += "defaults { service { retry 2 per-try=\"1s\" } }\n";
    }
    // Names are known in every project: what a `use` means may differ.
    text += if dice.once_in(2) {
        "template slow for=\"3s\" { timeout $for }\n"
    } else {
        "template slow for=\"3s\" { timeout $for; retry 1 }\n"
    };
    if dice.once_in(6) {
        text += "in prod { service s3 { timeout \"77s\" } }\n";
    }
    if dice.once_in(3) {
        text += "egress api.example.com { tls originate }\n";
    }
    let (one, other) = (dice.below(SERVICES), dice.below(SERVICES));
    writeln!(text, "ingress shop.example.com {{ tls terminate secret=shop; route \"/x/*\" {{ to s{one} }}; to s{other} }}")
        .expect("a string takes all");
    text
}

/// Returns what makes the names on one side others: a service that the other side has not, or has once; two objects of one
/// name.
fn odd(service: u64, dice: &mut Dice) -> String {
    match dice.below(3) {
        0 => "service extra { port 80 http }\n".to_owned(),
        1 => format!("service s{service} {{ port 80 http }}\n"),
        _ => {
            "egress a.b.example.com { tls originate }\negress a-b.example.com { tls originate }\n".to_owned()
        }
    }
}

/// Adds a file unless the other side has it too.
fn add(path: String, text: String, known: &[(FileId, String)], sources: &Sources) -> (FileId, String) {
    match known.iter().find(|(id, other)| sources.file(*id).path == path && *other == text) {
        Some((id, _)) => (*id, text),
        None => (sources.add(path, text.clone()), text),
    }
}

#[test]
fn what_is_taken_over_is_what_would_have_been_found() {
    let (mut taken, mut different, mut broken, mut shared) = (0, 0, 0, 0);
    let mut codes = std::collections::BTreeSet::new();
    for seed in 0..600 {
        let mut dice = Dice(seed);
        let sources = Sources::default();
        let texts: Vec<String> = (0..SERVICES).map(|number| service(number, &mut dice)).collect();
        let top = rest(&mut dice);
        let mut after = vec![add("mesh.kdl".into(), top.clone(), &[], &sources)];
        for (number, text) in texts.iter().enumerate() {
            after.push(add(format!("s{number}.kdl"), text.clone(), &[], &sources));
        }
        let top = if dice.once_in(4) { rest(&mut dice) } else { top };
        let mut before = vec![add("mesh.kdl".into(), top, &after, &sources)];
        let changed = dice.below(SERVICES);
        for (number, text) in (0..).zip(&texts) {
            let text = if number == changed { service(number, &mut dice) } else { text.clone() };
            before.push(add(format!("s{number}.kdl"), text, &after, &sources));
        }
        if dice.once_in(8) {
            before.pop();
        }
        if dice.once_in(3) {
            let text = odd(changed, &mut dice);
            before.push(add("a.kdl".into(), text, &after, &sources));
        }
        let env = dice.once_in(2).then_some("prod");
        let (arena, mut found) = (Bump::new(), Diagnostics::default());
        let ids = |side: &[(FileId, String)]| side.iter().map(|(id, _)| *id).collect::<Vec<_>>();
        let old = Project::parse_some(&sources, &ids(&before), None, &arena, &mut found);
        let new = Project::parse_some(&sources, &ids(&after), Some(&old), &arena, &mut found);
        let (mut wrong, mut alone, mut beside): (Diagnostics, Diagnostics, Diagnostics) = Default::default();
        let known = resolve_side(&new, env, (&arena, None), &mut wrong);
        if found.has_errors() || wrong.has_errors() {
            broken += 1;
            codes.extend(found.as_slice().iter().chain(wrong.as_slice()).map(|found| found.code.name));
            continue;
        }
        let whole = resolve_side(&old, env, (&arena, None), &mut alone);
        let quick = resolve_beside(&old, env, &known, &arena, &mut beside);
        assert_eq!(format!("{:?}", alone.as_slice()), format!("{:?}", beside.as_slice()), "seed {seed}");
        assert!(format!("{:?}", whole.mesh) == format!("{:?}", quick.mesh), "another mesh with seed {seed}");
        let seen = quick.mesh.view_beside(&known.mesh.view());
        assert!(seen.is_like(&quick.mesh.view()), "another view with seed {seed}");
        let tables = |side: &Resolved<'_>| format!("{:?}", side.tables().collect::<Vec<_>>());
        assert!(tables(&whole) == tables(&quick), "other routes with seed {seed}");
        let blocks =
            |side: &Resolved<'_>| format!("{:?} {:?}", side.blocks.services, side.blocks.own_egresses);
        assert!(blocks(&whole) == blocks(&quick), "other blocks with seed {seed}");
        let has = |block: &&_| known.blocks.services.iter().any(|own| std::ptr::eq(*own, *block));
        shared += quick.blocks.services.iter().copied().filter(has).count();
        let kept = same(&quick.services, &known.services).unwrap_or_default();
        taken += kept.iter().filter(|same| **same).count();
        different += kept.iter().filter(|same| !**same).count();
    }
    assert!(
        taken > 500 && different > 300 && broken < 450 && shared > 400,
        "{taken} taken over, {different} not, {shared} blocks shared, {broken} broken: {codes:?}"
    );
}
