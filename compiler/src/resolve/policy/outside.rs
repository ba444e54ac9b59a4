//! Rules about what leaves the mesh.

use super::super::blocks::Block;
use super::subject::originates;
use super::{Breach, Judged};

/// Tells whether everything goes to a service of ours, so that nothing leaves.
fn stays(block: &Block<'_>) -> bool {
    block.find("to").is_some()
}

pub(super) fn no_via(judged: &Judged<'_, '_>) -> Vec<Breach> {
    let block = &judged.subject.block;
    if stays(block) || block.find("via").is_some() {
        return Vec::new();
    }
    let says = format!("`{}` is called past every egress gateway", judged.subject.name());
    let breach = Breach::new(block.line.span, says, "say by which it leaves: via GATEWAY");
    vec![Breach { absent: Some(Vec::new()), ..breach }]
}

pub(super) fn wildcard(judged: &Judged<'_, '_>) -> Vec<Breach> {
    let block = &judged.subject.block;
    if stays(block) {
        return Vec::new();
    }
    let hosts = block.find("host").map_or(block.line.args(), |line| line.args());
    let breach = |value: meshc_dialect::line::Value<'_>| {
        let host = value.text().filter(|host| host.starts_with("*."))?;
        Some(Breach::new(
            value.span,
            format!("`{host}` is every name below it"),
            "name the hosts that are called",
        ))
    };
    hosts.filter_map(breach).collect()
}

pub(super) fn plain(judged: &Judged<'_, '_>) -> Vec<Breach> {
    let (block, name) = (&judged.subject.block, judged.subject.name());
    if stays(block) || originates(block) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for port in block.all("port") {
        let (says, help) = match port.text(1) {
            Some("http" | "http2" | "grpc") => (
                format!("what goes to `{name}` leaves in plain HTTP"),
                "let the mesh speak TLS: tls originate".to_owned(),
            ),
            Some("tcp") => (
                format!("nothing says that what goes to `{name}` is encrypted"),
                format!(
                    "where the application speaks TLS itself, say so: port {} tls",
                    port.arg(0).and_then(|value| value.number()).unwrap_or(443)
                ),
            ),
            Some(_) | None => continue,
        };
        found.push(Breach::new(port.span, says, help));
    }
    found
}

pub(super) fn unverified(judged: &Judged<'_, '_>) -> Vec<Breach> {
    let tls = judged.subject.block.find("tls").filter(|line| line.text(1) == Some("unverified"));
    let says = || format!("whoever answers as `{}` is believed", judged.subject.name());
    let breach = |line: &meshc_dialect::line::Line<'_>| {
        let place = line.arg(1).map_or(line.span, |value| value.span);
        Breach::new(place, says(), "leave `unverified` out; a private authority is said by `ca=`")
    };
    tls.map(breach).into_iter().collect()
}
