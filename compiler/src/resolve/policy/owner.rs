//! Rules about who looks after a block: its owner, and the tests of its routing.

use std::collections::{BTreeMap, BTreeSet};

use meshc_dialect::line::Line;

use super::super::blocks::Block;
use super::{Breach, Judged};

pub(super) fn owner(judged: &Judged<'_, '_>) -> Vec<Breach> {
    let block = &judged.subject.block;
    if block.owner.is_some() || block.find("owner").is_some() {
        return Vec::new();
    }
    let says = format!("`{}` has no owner", judged.subject.name());
    let breach =
        Breach::new(block.line.span, says, "say who answers for it, here or for the folder: owner TEAM");
    vec![Breach { absent: Some(Vec::new()), ..breach }]
}

pub(super) fn no_expect(judged: &Judged<'_, '_>) -> Vec<Breach> {
    if is_expected(judged) {
        return Vec::new();
    }
    let name = judged.subject.name();
    let says = format!("no `expect` is about `{name}`");
    let help = "write one: expect \"…\" { request GET \"…\"; to … }";
    vec![Breach { absent: Some(Vec::new()), ..Breach::new(judged.subject.block.line.span, says, help) }]
}

/// What tests name, in their requests or as where those go; each name with the namespaces of the tests.
pub(super) type Expected<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// Returns what the tests name that run in an environment.
pub(super) fn expected<'a>(expects: &[Block<'a>], env: Option<&str>) -> Expected<'a> {
    let mut expected = Expected::new();
    for expect in expects {
        let mut named = expect.all("in").flat_map(|line| line.args()).peekable();
        if named.peek().is_some() && !named.any(|value| value.text() == env) {
            continue;
        }
        for name in expect.lines.iter().filter_map(name) {
            expected.entry(name).or_default().insert(expect.namespace);
        }
    }
    expected
}

fn name<'a>(line: &Line<'a>) -> Option<&'a str> {
    match line.word.name {
        "request" => {
            let url = line.text(1)?;
            let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
            rest.split(['/', '?', '#', ':']).next()
        }
        "to" => line.text(0)?.split('@').next(),
        _ => None,
    }
}

/// Tells whether a test names a block.
fn is_expected(judged: &Judged<'_, '_>) -> bool {
    let (subject, expected) = (judged.subject, &judged.scene.expected);
    let Some(index) = subject.service else {
        let real = subject.block.find("host").map(|line| line.args()).unwrap_or_default();
        let mut hosts = subject.block.line.args().chain(real).filter_map(|value| value.text());
        return hosts.any(|host| match host.strip_prefix('*') {
            Some(tail) => expected.keys().any(|name| name.ends_with(tail)),
            None => expected.contains_key(host),
        });
    };
    let services = judged.scene.services;
    let service = &services.list[index];
    let (name, namespace) = (service.name, service.namespace);
    // A bare name is looked up where the test stands, and means the only service of that name elsewhere.
    let means = |from: &&str| *from == namespace || services.exactly(name, from).is_none();
    expected.get(name).is_some_and(|from| from.iter().any(means))
        || expected.contains_key(service.host)
        || [format!("{name}.{namespace}"), format!("{name}.{namespace}.svc")]
            .iter()
            .any(|full| expected.contains_key(full.as_str()))
}
