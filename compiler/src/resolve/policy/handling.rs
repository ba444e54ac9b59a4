//! Rules about how requests are handled: timeouts, retries, mirrors, faults.

use meshc_dialect::line::Line;

use super::super::show;
use super::super::traffic::{Outcome, Served};
use super::{Breach, Judged};

/// How often Istio tries again where nobody says.
const UNSAID_TRIES: u64 = 2;

pub(super) fn no_timeout(judged: &Judged<'_, '_>) -> Vec<Breach> {
    let help = "say how long a request may take: timeout \"5s\"";
    let name = judged.subject.name();
    let breach = |served: &Served<'_>| match &served.handling.timeout {
        None => Some(absent(served, judged, format!("`{name}` has no timeout"), help)),
        Some(line) if is_off(line) => {
            Some(Breach::new(line.span, format!("`{name}` has no timeout: it is `off`"), help))
        }
        Some(_) => None,
    };
    judged.subject.forwards().filter_map(breach).collect()
}

pub(super) fn long_timeout(judged: &Judged<'_, '_>) -> Vec<Breach> {
    let Some(most) = judged.rule.most else { return Vec::new() };
    let (name, shown) = (judged.subject.name(), duration(most));
    let mut found = Vec::new();
    for line in judged.subject.forwards().filter_map(|served| served.handling.timeout) {
        let Some(value) = line.arg(0) else { continue };
        let says = match value.millis() {
            Some(millis) if millis > most => {
                format!("the timeout of `{name}` is {}, and {shown} is allowed", duration(millis))
            }
            None if is_off(line) => format!("`{name}` may take for ever, and {shown} is allowed"),
            Some(_) | None => continue,
        };
        found.push(Breach::new(value.span, says, format!("say {shown} or less")));
    }
    found
}

pub(super) fn no_retry(judged: &Judged<'_, '_>) -> Vec<Breach> {
    let help = "say how often and when: retry 2 per-try=\"1s\" on=\"connect-failure,reset\"";
    let name = judged.subject.name();
    let breach = |served: &Served<'_>| match &served.handling.retry {
        None => {
            Some(absent(served, judged, format!("`{name}` does not say how often it is tried again"), help))
        }
        Some(line) if tries(line) == Some(0) => {
            Some(Breach::new(line.span, format!("`{name}` is never tried again"), help))
        }
        Some(_) => None,
    };
    // Beside a fault nothing is tried again, whatever is said.
    judged.subject.forwards().filter(|served| served.handling.faults.is_empty()).filter_map(breach).collect()
}

pub(super) fn too_many_tries(judged: &Judged<'_, '_>) -> Vec<Breach> {
    let Some(most) = judged.rule.most else { return Vec::new() };
    let name = judged.subject.name();
    let help = format!("say retry {most}, or fewer");
    let mut found = Vec::new();
    for served in judged.subject.forwards().filter(|served| served.handling.faults.is_empty()) {
        match &served.handling.retry {
            Some(line) => {
                let (Some(value), Some(tries)) = (line.arg(0), tries(line)) else { continue };
                if tries > most {
                    let says = format!("`{name}` is tried {tries} times more, and {most} is allowed");
                    found.push(Breach::new(value.span, says, help.clone()));
                }
            }
            None if UNSAID_TRIES > most => {
                let says = format!(
                    "`{name}` says no retry, so Istio tries {UNSAID_TRIES} times more, and {most} is allowed"
                );
                found.push(absent(served, judged, says, &help));
            }
            None => {}
        }
    }
    found
}

pub(super) fn large_mirror(judged: &Judged<'_, '_>) -> Vec<Breach> {
    let Some(most) = judged.rule.most else { return Vec::new() };
    let (name, shown) = (judged.subject.name(), show::percent(u32::try_from(most).unwrap_or(u32::MAX)));
    let mut found = Vec::new();
    for mirror in
        judged.subject.forwards().filter_map(|served| served.handling.mirror.map(|mirror| mirror.said))
    {
        let said = mirror.line.prop("percent");
        let Some(points) = said.map_or(Some(10_000), |value| value.percent()) else { continue };
        if u64::from(points) > most {
            let says = format!(
                "`{name}` mirrors {} percent of its requests, and {shown} is allowed",
                show::percent(points)
            );
            let place = said.map_or(mirror.line.span, |value| value.span);
            found.push(Breach::new(place, says, format!("say percent={shown} or less")));
        }
    }
    found
}

pub(super) fn fault(judged: &Judged<'_, '_>) -> Vec<Breach> {
    let name = judged.subject.name();
    let faults = judged.subject.forwards().flat_map(|served| served.handling.faults);
    let breach = |line: &Line<'_>| {
        let help = "take it out, or say in which environments it is meant: in staging { … }";
        Breach::new(line.span, format!("`{name}` has a fault"), help)
    };
    faults.map(|line| breach(line)).collect()
}

/// Returns a breach by what nobody said, on a route of a block.
fn absent(served: &Served<'_>, judged: &Judged<'_, '_>, says: String, help: &str) -> Breach {
    let subject = judged.subject;
    let follows = match &served.outcome {
        Outcome::Forward(leaves) => leaves
            .iter()
            .map(|leaf| leaf.service)
            .filter(|service| subject.service != Some(*service))
            .collect(),
        Outcome::Outside | Outcome::Redirect(_) | Outcome::Respond(_) | Outcome::Delegate(..) => Vec::new(),
    };
    let breach = Breach { absent: Some(follows), ..Breach::new(subject.block.line.span, says, help) };
    if served.span == subject.block.line.span || served.span == breach.place {
        breach
    } else {
        breach.also(served.span, "for the requests that this takes")
    }
}

fn is_off(line: &Line<'_>) -> bool {
    line.text(0) == Some("off")
}

fn tries(line: &Line<'_>) -> Option<u64> {
    line.arg(0).and_then(|value| value.number())
}

/// Returns milliseconds as they are written in a file.
fn duration(millis: u64) -> String {
    format!("\"{}\"", show::duration(millis))
}
