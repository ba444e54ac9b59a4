//! Rules about how people come in.

use super::{Breach, Judged};

/// Versions of TLS, the oldest first.
pub(super) const TLS: &[&str] = &["1.0", "1.1", "1.2", "1.3"];

pub(super) fn old_tls(judged: &Judged<'_, '_>) -> Vec<Breach> {
    let (subject, Some(least)) = (judged.subject, judged.rule.most) else { return Vec::new() };
    let Some(tls) = subject.block.find("tls") else { return Vec::new() };
    if tls.text(0) == Some("passthrough") {
        return Vec::new();
    }
    let said = tls.prop("min");
    // Unsaid it is 1.2.
    let shown = said.and_then(|value| value.text()).unwrap_or("1.2");
    let Some(index) = TLS.iter().position(|version| *version == shown) else { return Vec::new() };
    let wanted = usize::try_from(least).ok().and_then(|least| TLS.get(least)).unwrap_or(&"1.3");
    if index as u64 >= least {
        return Vec::new();
    }
    let place = said.map_or(tls.span, |value| value.span);
    let says = format!("`{}` takes TLS {shown}, and {wanted} is the least", subject.name());
    vec![Breach::new(place, says, format!("say min=\"{wanted}\""))]
}

pub(super) fn plain_http(judged: &Judged<'_, '_>) -> Vec<Breach> {
    let (block, name) = (&judged.subject.block, judged.subject.name());
    // A path under another's host has no listener of its own.
    if block.line.prop("under").is_some() {
        return Vec::new();
    }
    if let Some(line) = block.find("http").filter(|line| line.text(0) == Some("serve")) {
        let says = format!("`{name}` is served in plain HTTP as well");
        return vec![Breach::new(line.span, says, "say `http redirect`, or leave the line out")];
    }
    let mut ports = block.all("port").peekable();
    let http = |word: Option<&str>| matches!(word, Some("http" | "http2" | "grpc"));
    let place = match (block.find("tls"), ports.peek()) {
        (Some(_), _) => None,
        (None, None) => Some(block.line.span),
        (None, Some(_)) => ports.find(|line| http(line.text(1))).map(|line| line.span),
    };
    let help = "let the gateway speak TLS: tls terminate secret=NAME";
    place
        .map(|place| Breach::new(place, format!("`{name}` is served in plain HTTP"), help))
        .into_iter()
        .collect()
}
