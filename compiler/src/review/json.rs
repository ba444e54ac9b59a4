//! A review as a versioned document.

use super::{InEnv, Review};
use crate::diff::{Change, Delta, Diff, Place, Scope, Unknown, Verdict, Witness};
use crate::yaml::{self, Format, Map};

pub(super) fn document(review: &Review) -> String {
    let mut bytes = Vec::new();
    let written = yaml::one(&mut bytes, Format::Json, |map| {
        map.text("schema", "meshc.dev/diff/v1");
        map.text("before", &review.before);
        map.text("after", &review.after);
        map.text("verdict", word(review.verdict()));
        map.maps("envs", &review.envs, |map, InEnv { env, diff }| {
            match env {
                Some(env) => map.text("env", env),
                None => map.null("env"),
            }
            match diff {
                Some(diff) => compared(map, review, diff),
                None => broken(map),
            }
        });
    });
    // A vector takes every byte, and the writer writes text.
    debug_assert!(written.is_ok());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns the word for a verdict.
pub(super) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Same => "same",
        Verdict::Different => "different",
        Verdict::Unknown => "unknown",
    }
}

fn broken(map: &mut Map<'_>) {
    map.text("verdict", word(Verdict::Unknown));
    map.texts("assumptions", [""; 0]);
    map.maps("changes", [0; 0], |_, _| {});
    map.maps("unknowns", [()], |map, ()| {
        map.text("rule", "revision-not-loadable");
        map.text("reason", "the old revision does not compile");
        map.maps("scopes", [0; 0], |_, _| {});
        map.text("resolve", "compare with a revision that compiles");
    });
}

fn compared(map: &mut Map<'_>, review: &Review, diff: &Diff) {
    let Diff { changes, unknowns, assumptions, compared } = diff;
    map.text("verdict", word(diff.verdict()));
    map.number("hosts", compared.hosts as u64);
    map.number("gateways", compared.gateways as u64);
    map.texts("assumptions", assumptions.iter().map(String::as_str));
    map.maps("changes", changes, |map, found| change(map, review, found));
    map.maps("unknowns", unknowns, |map, unknown| {
        let Unknown { rule, reason, scopes: about, resolve, place: at } = unknown;
        map.text("rule", rule.slug);
        map.text("reason", reason);
        scopes(map, about);
        map.text("resolve", resolve);
        place(map, "place", at.as_ref(), &review.after_base);
    });
}

fn change(map: &mut Map<'_>, review: &Review, change: &Change) {
    let Change {
        rule,
        also,
        level,
        direction,
        fingerprint,
        scopes: about,
        when,
        witness,
        deltas,
        before,
        after,
    } = change;
    map.text("rule", rule.slug);
    map.texts("also", also.iter().map(|rule| rule.slug));
    map.text("level", level.word());
    map.text("category", rule.category.word());
    map.text("direction", direction.word());
    map.text("fingerprint", fingerprint);
    scopes(map, about);
    map.text("when", if when.is_empty() { "every request" } else { when });
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
    for (side, of) in [("before", 0), ("after", 1)] {
        map.map(side, |map| {
            for Delta { rule: _, level: _, direction: _, what, before, after } in deltas {
                map.text(*what, if of == 0 { before } else { after });
            }
        });
    }
    map.map("places", |map| {
        place(map, "before", before.as_ref(), &review.before_base);
        place(map, "after", after.as_ref(), &review.after_base);
    });
}

fn scopes(map: &mut Map<'_>, scopes: &[Scope]) {
    map.maps("scopes", scopes, |map, Scope { from, host, port }| {
        map.text("from", from);
        map.text("host", host);
        match port {
            Some(port) => map.number("port", u64::from(*port)),
            None => map.null("port"),
        }
    });
}

fn place(map: &mut Map<'_>, name: &'static str, place: Option<&Place>, base: &str) {
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
