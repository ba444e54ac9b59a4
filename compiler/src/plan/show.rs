//! A plan for people, and as a part of a document.

use std::fmt::Write;

use super::{ByHand, Hazard, Phase, Plan, Step, Verdict};
use crate::diff::{Place, Witness};
use crate::mesh::Rollout;
use crate::yaml::Map;

/// Writes a plan for people. Paths begin after `bases`.
pub fn text(text: &mut String, plan: &Plan, bases: [&str; 2]) {
    let Plan { verdict, rollout, steps, hazards, mixtures: _, coarse, by_hand, assumptions } = plan;
    let _ = writeln!(text, "{}: {}", verdict.word(), meaning(*verdict, *rollout, by_hand));
    if let ByHand::In(order) = by_hand {
        let order = order.join(", then ");
        let _ = writeln!(
            text,
            "by hand one change will do: {order}, each when every proxy has what is before it"
        );
    }
    for phase in [Phase::Expand, Phase::Migrate, Phase::Contract] {
        let of_phase: Vec<&Step> = steps.iter().filter(|step| step.phase == phase).collect();
        if of_phase.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n{}", phase.word());
        for Step { phase: _, action, kind, namespace, name, note } in of_phase {
            let note = note.as_ref().map(|note| format!(", {note}")).unwrap_or_default();
            let _ = writeln!(text, "  {:<8} {kind} {namespace}/{name}{note}", action.word());
        }
    }
    for hazard in hazards {
        tell(text, hazard, bases);
    }
    if *coarse {
        let _ = writeln!(
            text,
            "\nThere are too many objects to look at each by itself: kinds were looked at as a whole."
        );
    }
    if !assumptions.is_empty() {
        let _ = writeln!(text, "\nit rests on this:");
    }
    for assumption in assumptions {
        let _ = writeln!(text, "  {assumption}");
    }
}

fn tell(text: &mut String, hazard: &Hazard, [before_base, after_base]: [&str; 2]) {
    let Hazard { kind, needs, covered, says, because, help, witness: _, before, after } = hazard;
    let needs = match (covered, needs) {
        (true, _) => "held by the rollout's order",
        (false, Verdict::OneStep) => "see to it before",
        (false, needs) => needs.word(),
    };
    let _ = writeln!(text, "\nhazard: {says}   ({needs})");
    let _ = writeln!(text, "  why   {because}");
    if !covered {
        let _ = writeln!(text, "  do    {help}");
    }
    let _ = writeln!(text, "  rule  {}", kind.slug);
    let at = |place: &Place, base: &str| format!("{base}{}:{}", place.path, place.line);
    let place = after.as_ref().map(|place| at(place, after_base));
    let place = place.or(before.as_ref().map(|place| format!("{} (before)", at(place, before_base))));
    if let Some(place) = place {
        let _ = writeln!(text, "  at    {place}");
    }
}

fn meaning(verdict: Verdict, rollout: Rollout, by_hand: &ByHand) -> &'static str {
    match (verdict, rollout, by_hand) {
        (Verdict::OneStep, Rollout::Argocd, _) => {
            "applied in waves, as `rollout argocd` asks, no request fails on the way"
        }
        (Verdict::OneStep, Rollout::Flux | Rollout::Unsaid, _) => {
            "no request fails on the way, as this is applied"
        }
        (Verdict::NeedsWaves, _, _) => {
            "requests fail unless the objects are applied in the order of these phases"
        }
        (Verdict::NeedsTwoReleases, _, ByHand::Never) => {
            "requests fail in every order: make two changes, and let the first come into force"
        }
        (Verdict::NeedsTwoReleases, Rollout::Flux, ByHand::In(_) | ByHand::Unasked) => {
            "requests fail in the order of Flux, which is one for all changes: make two changes, and let the first come into force"
        }
        (Verdict::NeedsTwoReleases, Rollout::Argocd | Rollout::Unsaid, ByHand::In(_) | ByHand::Unasked) => {
            "requests fail even in the order of waves, which is one for all changes: make two changes, and let the first come into force"
        }
    }
}

/// Writes a plan into a document.
pub fn document(map: &mut Map<'_>, plan: &Plan, bases: [&str; 2]) {
    let Plan { verdict, rollout, steps, hazards, mixtures, coarse, by_hand, assumptions } = plan;
    map.text("verdict", verdict.word());
    map.text(
        "rollout",
        match rollout {
            Rollout::Argocd => "argocd",
            Rollout::Flux => "flux",
            Rollout::Unsaid => "none",
        },
    );
    map.maps("steps", steps, |map, Step { phase, action, kind, namespace, name, note }| {
        map.text("phase", phase.word());
        map.text("action", action.word());
        map.text("kind", kind);
        map.text("namespace", namespace);
        map.text("name", name);
        match note {
            Some(note) => map.text("note", note),
            None => map.null("note"),
        }
    });
    map.maps("hazards", hazards, |map, hazard| {
        let Hazard { kind, needs, covered, says, because, help, witness, before, after } = hazard;
        map.text("rule", kind.slug);
        map.text("needs", needs.word());
        map.flag("covered", *covered);
        map.text("says", says);
        map.text("because", because);
        map.text("help", help);
        match witness {
            None => map.null("witness"),
            Some(Witness { method, url, headers, from }) => map.map("witness", |map| {
                map.text("method", method);
                map.text("url", url);
                map.maps("headers", headers, |map, (name, value)| {
                    map.text("name", name);
                    map.text("value", value);
                });
                map.text("from", from);
            }),
        }
        map.map("places", |map| {
            place(map, "before", before.as_ref(), bases[0]);
            place(map, "after", after.as_ref(), bases[1]);
        });
    });
    map.number("mixtures", *mixtures as u64);
    map.flag("coarse", *coarse);
    match by_hand {
        ByHand::In(order) => map.texts("by_hand", order.iter().map(String::as_str)),
        ByHand::Never | ByHand::Unasked => map.null("by_hand"),
    }
    map.texts("assumptions", assumptions.iter().copied());
}

/// Writes where something stands. Paths begin after `base`.
pub(crate) fn place(map: &mut Map<'_>, name: &'static str, place: Option<&Place>, base: &str) {
    let Some(Place { path, line, column }) = place else {
        map.null(name);
        return;
    };
    map.map(name, |map| {
        map.display("file", format_args!("{base}{path}"));
        map.number("line", *line as u64);
        map.number("column", *column as u64);
    });
}
