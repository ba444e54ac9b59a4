//! The rule about shares of new versions.
//!
//! What is served is the baseline: `serve`, or the version with the largest share. Every other version that gets requests
//! without their asking for it is a canary, whatever line sends them there.

use std::collections::BTreeMap;

use meshc_dialect::line::{Line, Value};
use meshc_dialect::span::Span;

use super::super::show;
use super::super::traffic::{Leaf, Outcome, Part, Served};
use super::super::ways::Way;
use super::{Breach, Judged, Scene};

pub(super) fn too_much(judged: &Judged<'_, '_>) -> Vec<Breach> {
    let Some(most) = judged.rule.most else { return Vec::new() };
    let subject = judged.subject;
    let allowed = show::percent(u32::try_from(most).unwrap_or(u32::MAX));
    let mut found = Vec::new();
    for served in subject.forwards().filter(|served| served.part != Part::Canary && !asked_for(served)) {
        for (share, leaf) in canaries(served, judged) {
            if share <= most {
                continue;
            }
            let percent = show::percent(u32::try_from(share).unwrap_or(u32::MAX));
            let service = &judged.scene.services.list[leaf.service];
            let to = match leaf.version {
                Some(version) => format!("{}@{}", service.name, service.versions[version].name),
                None => service.name.to_owned(),
            };
            let whole = match subject.block.all("route").any(|route| route.span == served.span) {
                true => " of what a route takes",
                false => "",
            };
            let name = subject.name();
            let says = format!("`{name}` sends {percent} percent{whole} to `{to}`, and {allowed} is allowed");
            let place = said(served, &leaf, share, judged);
            let mut breach = Breach::new(place, says, format!("give it {allowed} percent or less"));
            if let Some((serve, name)) = baseline_line(leaf.service, judged.scene) {
                breach = breach.also(serve, format!("`{name}` is what is served"));
            }
            found.push(breach);
        }
    }
    found
}

/// Tells whether only those requests come here that ask for it by header, cookie or query.
pub(super) fn asked_for(served: &Served<'_>) -> bool {
    let asks = |way: &Way<'_>| !way.headers.is_empty() || !way.cookies.is_empty() || !way.query.is_empty();
    !served.ways.is_empty() && served.ways.iter().all(asks)
}

/// Returns the leaves of a route that are canaries, each with its share in hundredths of a percent.
fn canaries<'a>(served: &Served<'a>, judged: &Judged<'_, 'a>) -> Vec<(u64, Leaf<'a>)> {
    let all = standing(served, judged).into_iter();
    all.filter(|stand| stand.is_canary).map(|stand| (stand.share, stand.leaf)).collect()
}

/// One upstream of a route, as it stands.
pub(super) struct Stand<'a> {
    /// Its share, in hundredths of a percent.
    pub share: u64,
    pub leaf: Leaf<'a>,
    /// Whether it is another than the one that is served.
    pub is_canary: bool,
}

/// Returns the upstreams of a route; another service than the main one stands there once, whatever its versions.
pub(super) fn standing<'a>(served: &Served<'a>, judged: &Judged<'_, 'a>) -> Vec<Stand<'a>> {
    let Outcome::Forward(leaves) = served.outcome else { return Vec::new() };
    let total: u64 = leaves.iter().map(|leaf| leaf.weight).sum::<u64>().max(1);
    let share = |weight: u64| (weight * 10_000).div_ceil(total);
    let mut services: BTreeMap<usize, u64> = BTreeMap::new();
    for leaf in leaves {
        *services.entry(leaf.service).or_default() += leaf.weight;
    }
    // Of several services, the one that says it, or the one with the largest share, is the baseline of the others.
    let main = judged.subject.service.filter(|service| services.contains_key(service)).or_else(|| {
        let largest = services.values().max()?;
        leaves.iter().map(|leaf| leaf.service).find(|service| services[service] == *largest)
    });
    let mut found: Vec<Stand<'a>> = Vec::new();
    for leaf in leaves {
        let baseline = baseline(leaf.service, judged.scene);
        if main != Some(leaf.service) {
            if !found.iter().any(|other| other.leaf.service == leaf.service) {
                found.push(Stand { share: share(services[&leaf.service]), leaf: *leaf, is_canary: true });
            }
        } else {
            let is_canary = leaf.version.is_some() && baseline.is_some() && leaf.version != baseline;
            found.push(Stand { share: share(leaf.weight), leaf: *leaf, is_canary });
        }
    }
    found
}

/// Returns the version of a service that is served.
fn baseline(service: usize, scene: &Scene<'_, '_>) -> Option<usize> {
    let of = &scene.services.list[service];
    if let Some(name) = of.block.find("serve").and_then(|line| line.text(0)) {
        return of.versions.place(name);
    }
    let table = scene.tables[service]?;
    let Outcome::Forward(leaves) = &table.iter().rfind(|served| served.part == Part::Rest)?.outcome else {
        return None;
    };
    let own = || leaves.iter().filter(|leaf| leaf.service == service);
    let largest = own().map(|leaf| leaf.weight).max()?;
    own().find(|leaf| leaf.weight == largest)?.version
}

pub(super) fn baseline_line<'a>(service: usize, scene: &Scene<'_, 'a>) -> Option<(Span, &'a str)> {
    let line = scene.services.list[service].block.find("serve")?;
    Some((line.span, line.text(0)?))
}

/// Returns the place that gives a leaf its share: in the block, or in the services that it follows.
pub(super) fn said(served: &Served<'_>, leaf: &Leaf<'_>, share: u64, judged: &Judged<'_, '_>) -> Span {
    let (block, services) = (&judged.subject.block, &judged.scene.services.list);
    let service = &services[leaf.service];
    let version = leaf.version.map(|version| service.versions[version].name);
    let names = |line: &Line<'_>| {
        let text = line.text(0).unwrap_or("");
        let (name, pinned) = text.split_once('@').map_or((text, None), |(name, pinned)| (name, Some(pinned)));
        match version {
            Some(version) => pinned == Some(version) || text == version,
            None => name.split('.').next() == Some(service.name),
        }
    };
    let gives = |line: &&Line<'_>| (line.is("canary") || line.is("to")) && names(line);
    let of = |lines: &'_ [Line<'_>]| lines.iter().find(gives).map(|line| (amount(line), place(line)));
    if let Some(route) = block.all("route").find(|line| line.span == served.span)
        && let Some((_, place)) = of(route.lines())
    {
        return place;
    }
    // Followed, it stands in the service that is followed, or in one that has this one as its canary.
    let followed = std::iter::once(service.block).chain(services.iter().map(|service| service.block));
    let mut said = Vec::from_iter(of(block.lines));
    for block in followed {
        said.extend(block.all("route").filter_map(|route| of(route.lines())));
        said.extend(of(block.lines));
    }
    let exact = said.iter().find(|(amount, _)| *amount == share);
    exact.or(said.first()).map_or(served.span, |(_, place)| *place)
}

/// Returns the share that a line gives, in hundredths of a percent.
fn amount(line: &Line<'_>) -> u64 {
    let said = line.prop("percent").or(line.prop("weight")).and_then(|value| value.percent());
    match said {
        Some(points) => u64::from(points),
        None if line.is("canary") => 0,
        None => 10_000,
    }
}

fn place(line: &Line<'_>) -> Span {
    let said: Option<Value<'_>> = line.prop("percent").or(line.prop("weight"));
    said.or(line.arg(0)).map_or(line.span, |value| value.span)
}
