//! A service or a host of the project: all that holds for it, and where each value came from.

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::sources::Sources;
use meshc_dialect::span::Span;

use super::layout::{Pair, columns, wrap};
use super::managed;
use crate::istio::{self, Kind};
use crate::mesh::{Mesh, Object};
use crate::project::Project;
use crate::resolve::{Account, Row, Section, accounts, names_of, resolve_with};

/// What the project knows by a name.
#[derive(Debug)]
pub enum Answer {
    /// This.
    Text(String),
    /// Nothing; these names it knows.
    Unknown(Vec<String>),
}

/// Says what holds for everything that goes by a name, in each of these environments.
pub fn thing<'a>(
    name: &str,
    project: &'a Project<'a>,
    envs: &[Option<&'a str>],
    sources: &Sources,
    base: &str,
    out: &mut Diagnostics,
) -> Answer {
    let page = Page { sources, base };
    let mut known: Vec<String> = Vec::new();
    // Environments in which the same holds stand together.
    let mut texts: Vec<(String, Vec<&str>)> = Vec::new();
    for &env in envs {
        let arena = Bump::new();
        let (text, names) = in_env(name, project, env, &page, &arena, out);
        known.extend(names.into_iter().map(str::to_owned));
        match texts.iter_mut().find(|(other, _)| *other == text) {
            Some((_, same)) => same.extend(env),
            None => texts.push((text, env.into_iter().collect())),
        }
    }
    if texts.iter().all(|(text, _)| text.is_empty()) {
        known.sort();
        known.dedup();
        return Answer::Unknown(known);
    }
    let mut all = String::new();
    let several = texts.len() > 1;
    for (text, envs) in texts {
        if !all.is_empty() {
            all.push('\n');
        }
        let (verb, rest) = if text.is_empty() { ("not there in", "\n") } else { ("in", "\n\n") };
        if several || !envs.is_empty() {
            all.push_str(&format!("{verb} {}{rest}", envs.join(", ")));
        }
        all.push_str(&text);
    }
    Answer::Text(all)
}

/// Returns what holds in one environment, and every name that is known there.
fn in_env<'a>(
    name: &str,
    project: &'a Project<'a>,
    env: Option<&'a str>,
    page: &Page<'_>,
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> (String, Vec<&'a str>) {
    let resolved = resolve_with(project, env, arena, out);
    let each = accounts(name, &resolved, project, page.sources);
    let texts: Vec<String> = each.iter().map(|account| page.account(account, &resolved.mesh)).collect();
    (texts.join("\n"), names_of(&resolved, project, page.sources))
}

/// What a page is made with.
struct Page<'r> {
    sources: &'r Sources,
    base: &'r str,
}

impl Page<'_> {
    fn account(&self, account: &Account<'_>, mesh: &Mesh<'_>) -> String {
        let Account { word, name, namespace, heading, hosts, owner, sections, remarks } = account;
        let mut text = String::new();
        let title = format!("{word} {name}, namespace {namespace}");
        columns(&mut text, &[Pair { indent: 0, text: title, beside: self.place(*heading) }]);
        for host in hosts.iter().filter(|host| *host != name) {
            text.push_str(&format!("{host}\n"));
        }
        if let Some(owner) = owner {
            wrap(&mut text, 0, &format!("owner {owner}"));
        }
        for Section { title, rows } in sections {
            text.push_str(&format!("\n{title}\n"));
            let pairs: Vec<Pair> = rows.iter().map(|row| self.pair(row)).collect();
            columns(&mut text, &pairs);
        }
        if !remarks.is_empty() {
            text.push_str("\nMind\n");
            for remark in remarks {
                super::layout::hang(&mut text, 2, 4, &format!("- {remark}"));
            }
        }
        text.push_str("\nObjects\n");
        let objects = objects(hosts, mesh);
        if objects.is_empty() {
            text.push_str("  none: Istio knows this much by itself\n");
        }
        for (kind, namespace, name) in objects {
            text.push_str(&format!("  {kind} {namespace}/{name}\n"));
        }
        text.push_str(&managed::snippet(hosts, mesh));
        text
    }

    fn pair(&self, row: &Row) -> Pair {
        let Row { depth, text, place, level } = row;
        let place = place.map(|span| self.place(span)).unwrap_or_default();
        let beside = match (place.is_empty(), level.is_empty()) {
            (_, true) => place,
            (true, false) => level.clone(),
            (false, false) => format!("{place} ({level})"),
        };
        Pair { indent: 2 + 2 * depth, text: text.clone(), beside }
    }

    fn place(&self, span: Span) -> String {
        format!("{}{}:{}", self.base, self.sources.file(span.file()).path, self.sources.position(span).0)
    }
}

/// Returns the objects that are written for some hosts: kind, namespace and name.
fn objects<'m>(hosts: &[&str], mesh: &'m Mesh<'m>) -> Vec<(&'m str, &'m str, &'m str)> {
    let Mesh { world: _, hosts: known, bindings, policies, gateways, opaque } = mesh;
    let about = |host: &&str| hosts.contains(host);
    let entries = known.iter().filter(|fact| about(&fact.host));
    let rules = policies.iter().filter(|policy| about(&policy.host));
    let routes = bindings.iter().filter(|binding| binding.hosts.iter().any(about));
    let doors = gateways.iter().filter(|gateway| {
        gateway.servers.iter().flat_map(|server| &server.hosts).any(|served| about(&served.host))
    });
    let mut wanted: Vec<(&str, &str, &str)> = Vec::new();
    let mut add = |kind: &'m str, object: &Object<'m>| wanted.push((kind, object.namespace, object.name));
    entries.for_each(|fact| add(Kind::ServiceEntry.name(), &fact.object));
    rules.for_each(|policy| add(Kind::DestinationRule.name(), &policy.object));
    doors.for_each(|gateway| add(Kind::Gateway.name(), &gateway.object));
    routes.for_each(|binding| add(Kind::VirtualService.name(), &binding.object));
    opaque.iter().filter(|raw| about(&raw.host)).for_each(|raw| add(raw.kind, &raw.object));
    let written = istio::objects(mesh);
    let written = written.iter().map(|object| (object.kind().name(), object.namespace(), object.name()));
    written.filter(|object| wanted.contains(object)).collect()
}
