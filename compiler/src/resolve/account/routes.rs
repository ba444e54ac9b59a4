//! Where the requests of a block go, whom it follows, and who sends requests to it.

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::{Line, Pattern};

use super::super::blocks::Block;
use super::super::handling::{Handling, More};
use super::super::show;
use super::super::traffic::{Leaf, Outcome, Served};
use super::super::ways::{Named, Transform, Way};
use super::{Row, Teller, title};

impl<'a> Teller<'_, 'a> {
    /// Returns the routes of a block, each with where it goes and what holds on it alone.
    pub(super) fn routes(&self, block: &Block<'a>) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for served in self.table(block.line) {
            let gateway = block.line.is("ingress");
            let ways: Vec<&Way<'a>> = served.ways.iter().filter(|way| !gateway || !way.asks_who()).collect();
            if ways.is_empty() && !served.ways.is_empty() {
                continue;
            }
            let mut texts = ways.iter().map(|way| requests(way));
            let every = if rows.is_empty() { "every request" } else { "every other request" };
            let first = texts.next().unwrap_or_else(|| every.into());
            rows.push(Row::new(0, format!("{}: {first}", served.name)).at(served.span));
            rows.extend(texts.map(|text| Row::new(1, format!("or {text}"))));
            self.outcome(served, block, &mut rows);
            self.handling(served, block, &mut rows);
        }
        rows
    }

    fn outcome(&self, served: &Served<'a>, block: &Block<'a>, rows: &mut Vec<Row>) {
        match &served.outcome {
            Outcome::Forward(leaves) => {
                let total: u64 = leaves.iter().map(|leaf| leaf.weight).sum::<u64>().max(1);
                let text = |leaf: &Leaf<'a>| {
                    let points = u32::try_from(leaf.weight * 10_000 / total).unwrap_or(10_000);
                    let share = if leaves.len() == 1 {
                        String::new()
                    } else {
                        format!(" {}%", show::percent(points))
                    };
                    format!("{}{share}", self.destination(leaf, block))
                };
                let all: Vec<String> = leaves.iter().map(text).collect();
                rows.push(Row::new(1, format!("to {}", all.join(", "))));
            }
            Outcome::Outside => rows.push(Row::new(1, "to the host itself, outside")),
            Outcome::Redirect(line) | Outcome::Respond(line) | Outcome::Delegate(_, line) => {
                self.line(line, 1, block.line, rows);
            }
        }
    }

    fn destination(&self, leaf: &Leaf<'a>, block: &Block<'a>) -> String {
        let service = &self.resolved.services.list[leaf.service];
        let mut text = service.name.to_owned();
        if service.namespace != block.namespace {
            text = format!("{text}.{}", service.namespace);
        }
        if let Some(version) = leaf.version {
            text = format!("{text}@{}", service.versions[version].name);
        }
        match leaf.port {
            Some(port) if service.ports.len() > 1 => format!("{text} port {port}"),
            Some(_) | None => text,
        }
    }

    /// Adds what holds on a route and is not what the block says for all of them.
    fn handling(&self, served: &Served<'a>, block: &Block<'a>, rows: &mut Vec<Row>) {
        let (Handling { timeout, retry, .. }, More { cors, headers, mirror, faults, rewrite }) =
            (&served.handling, &*served.handling);
        let mirror = mirror.map(|mirror| mirror.said.line);
        let off = !faults.is_empty() && retry.is_some();
        let said = [timeout, &if off { None } else { *retry }, cors, &mirror, rewrite];
        let lines = said.into_iter().flatten().chain(*headers).chain(*faults);
        for line in lines.filter(|line| !block.lines.iter().any(|own| identical(own, line))) {
            self.line(line, 1, block.line, rows);
        }
        if off {
            rows.push(Row::new(1, "retry 0: what a fault breaks is never tried again"));
        }
        if rewrite.is_none()
            && let Some(to) = served.ways.iter().find_map(|way| moved(way.rewrite))
        {
            rows.push(Row::new(1, to));
        }
    }

    /// Returns the services that a block is served as.
    pub(super) fn follows(&self, block: &Block<'a>) -> Vec<Row> {
        let services = &self.resolved.services;
        let inside = services.list.iter().position(|service| service.block.line.span == block.line.span);
        let routes = block.all("route").flat_map(|route| route.lines());
        let mut rows: Vec<Row> = Vec::new();
        for line in block.lines.iter().chain(routes).filter(|line| line.is("to")) {
            let mut unsaid = Diagnostics::default();
            let Some(value) = line.arg(0) else { continue };
            let found = services.destination(value, inside, block.namespace, &mut unsaid);
            let Some(found) = found.filter(|found| !found.own) else { continue };
            let service = &services.list[found.service];
            let pinned = found.version.map(|version| service.versions[version].name);
            let but =
                pinned.map_or(String::new(), |version| format!(", but for its shares: {version} is pinned"));
            let text = format!("service {}.{}{but}", service.name, service.namespace);
            if !rows.iter().any(|row| row.text == text) {
                rows.push(Row::new(0, text).at(service.block.line.span));
            }
        }
        rows
    }

    /// Returns the hosts outside that a service calls itself.
    pub(super) fn calls(&self, block: &Block<'a>) -> Vec<Row> {
        let lines = block.lines.iter().filter(|line| line.is("egress"));
        lines.map(|line| Row::new(0, title(line)).at(line.span)).collect()
    }

    /// Returns the blocks whose routes end at a service.
    pub(super) fn callers(&self, block: &Block<'a>) -> Vec<Row> {
        let services = &self.resolved.services.list;
        let is_it = |index: usize| services[index].block.line.span == block.line.span;
        let ends_here = |served: &Served<'a>| match &served.outcome {
            Outcome::Forward(leaves) => leaves.iter().any(|leaf| is_it(leaf.service)),
            Outcome::Outside | Outcome::Redirect(_) | Outcome::Respond(_) | Outcome::Delegate(..) => false,
        };
        let mut rows = Vec::new();
        if block.line.is("egress") {
            let calls = |service: &&Block<'a>| service.all("egress").any(|line| line.span == block.line.span);
            let inside = self.resolved.blocks.services.iter().copied().filter(calls);
            rows.extend(inside.map(|service| Row::new(0, title(service.line)).at(service.line.span)));
        }
        for other in self.blocks().iter().filter(|other| other.line.span != block.line.span) {
            let mut last = None;
            for served in self.table(other.line).iter().filter(|served| ends_here(served)) {
                if last.replace(served.span) != Some(served.span) {
                    let route = if served.span == other.line.span {
                        String::new()
                    } else {
                        format!(", {}", served.name)
                    };
                    rows.push(Row::new(0, format!("{}{route}", title(other.line))).at(served.span));
                }
            }
        }
        rows
    }
}

/// Tells whether two lines are one, value for value, place for place.
fn identical(a: &Line<'_>, b: &Line<'_>) -> bool {
    let place = |line: &Line<'_>| line.args().map(|value| value.span).collect::<Vec<_>>();
    let props = |line: &Line<'_>| line.props().map(|prop| prop.value.span).collect::<Vec<_>>();
    a.name() == b.name() && place(a) == place(b) && props(a) == props(b)
}

/// Returns what becomes of a path, where something does.
fn moved(rewrite: Transform<'_>) -> Option<String> {
    match rewrite {
        Transform::Kept => None,
        Transform::Prefix(to) => Some(format!("the matched prefix becomes {to}")),
        Transform::Whole(to) => Some(format!("the path becomes {to}")),
        Transform::Regex { find, to } => {
            Some(format!("in the path, what (regex)\"{find}\" finds becomes \"{to}\""))
        }
    }
}

/// Returns which requests a way takes.
fn requests(way: &Way<'_>) -> String {
    let Way {
        path,
        rewrite: _,
        methods,
        authority,
        headers,
        not_headers,
        cookies,
        not_cookies,
        query,
        port,
        namespace,
        labels,
    } = way;
    let mut tests: Vec<String> = path.iter().map(|path| show::pattern(*path)).collect();
    tests.extend((!methods.is_empty()).then(|| methods.join("|")));
    tests.extend((!authority.is_empty()).then(|| format!("host {}", any(authority))));
    for (word, list) in [
        ("header", headers),
        ("not header", not_headers),
        ("cookie", cookies),
        ("not cookie", not_cookies),
        ("query", query),
    ] {
        tests.extend(
            list.iter().map(|(name, patterns): &Named<'_>| format!("{word} {name}={}", any(patterns))),
        );
    }
    tests.extend(port.map(|port| format!("port {port}")));
    tests.extend(namespace.map(|namespace| format!("from namespace {namespace}")));
    tests.extend(labels.iter().map(|(name, value)| format!("from {name}={value}")));
    if tests.is_empty() { "every other request".into() } else { tests.join(", ") }
}

fn any(patterns: &[Pattern<'_>]) -> String {
    patterns.iter().map(|pattern| show::pattern(*pattern)).collect::<Vec<_>>().join(" or ")
}
