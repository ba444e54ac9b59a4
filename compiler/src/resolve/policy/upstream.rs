//! Rules about how upstreams are treated, and about fields that nobody looked at.

use super::subject::Kind;
use super::{Breach, Judged};

pub(super) fn no_eject(judged: &Judged<'_, '_>) -> Vec<Breach> {
    let (subject, name) = (judged.subject, judged.subject.name());
    let block = &subject.block;
    let outside = match subject.kind {
        // What stays inside is treated by its service; a wildcard has no pods to choose from.
        Kind::Egress => {
            block.find("to").is_some() || (name.starts_with("*.") && block.find("address").is_none())
        }
        Kind::Service | Kind::Ingress | Kind::Failover | Kind::Gateway => false,
    };
    if outside {
        return Vec::new();
    }
    match block.find("eject") {
        // A failover without eject is a mistake by itself, and reported as that.
        None if block.find("failover").is_some() => Vec::new(),
        None => {
            let says = format!("`{name}` never leaves a pod out that fails");
            let help = "say when: eject after=5 every=\"10s\" for=\"30s\"";
            vec![Breach { absent: Some(Vec::new()), ..Breach::new(block.line.span, says, help) }]
        }
        Some(line) => match line.prop("max-percent") {
            Some(value) if value.number() == Some(0) => {
                let says = format!("the `eject` of `{name}` leaves out no pod, with max-percent=0");
                vec![Breach::new(value.span, says, "say how many may be left out: max-percent=50")]
            }
            Some(_) | None => Vec::new(),
        },
    }
}

pub(super) fn raw(judged: &Judged<'_, '_>) -> Vec<Breach> {
    let breach = |line: &meshc_dialect::line::Line<'_>| {
        let says = format!("`{}` has raw fields", judged.subject.name());
        Breach::new(line.span, says, "say it in the language's own words")
    };
    judged.subject.block.all("raw").map(breach).collect()
}
