//! What two revisions share is left out of their comparison, and nothing else is.

use std::fmt::Write;

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::sources::Sources;
use meshc_dialect::span::FileId;

use super::{Revision, compare, compare_by};
use crate::diff::space::Budget;
use crate::diff::{self, Verdict};
use crate::project::Project;

/// So many services there are.
const SERVICES: usize = 12;

/// Returns the text of a service that may have been changed in some way, as one of a project that may have been.
fn service(number: usize, change: usize) -> String {
    let next = (number + 1) % SERVICES;
    let mut text = format!("service s{number} {{\n    port 8080 http\n");
    match number % 4 {
        0 => text += "    version v1\n    version v2\n    serve v1\n    canary v2 percent=10\n",
        1 => writeln!(text, "    route \"/a/*\" {{ to s{next}.default; timeout \"2s\" }}")
            .expect("a string takes all"),
        2 => text += "    limit connections=100\n    egress api.example.com { tls originate }\n",
        _ => text += "    address \"203.0.113.9\"\n    port 7000 tcp\n",
    }
    match change {
        0 => text += "    timeout \"5s\"\n",
        1 => text += "    timeout \"6s\"\n",
        2 => text += "    timeout \"5s\"\n    eject after=3\n",
        3 => text += "    timeout \"5s\"\n    visible-to default\n",
        4 => text += "    timeout \"5s\"\n    port 5432 tcp\n",
        _ => text += "    timeout \"5s\"\n    route \"/b\" { respond 404 }\n",
    }
    text + "}\n"
}

#[test]
fn what_is_shared_makes_no_difference() {
    let (mut different, mut broken) = (0, 0);
    for seed in (0..SERVICES * 6 * 3).step_by(5) {
        let (changed, change, gone) = (seed % SERVICES, seed / SERVICES % 6, seed / SERVICES / 6);
        let mut sources = Sources::default();
        let (mut before, mut after): (Vec<FileId>, Vec<FileId>) = (Vec::new(), Vec::new());
        for number in 0..SERVICES {
            let path = format!("s{number:02}.kdl");
            let old = sources.add(path.clone(), service(number, 0));
            let both = [(changed, change), ((changed + 5) % SERVICES, (change + 1) % 6)];
            let own = both.into_iter().find(|(other, _)| *other == number).map_or(0, |(_, change)| change);
            let new = if own == 0 { old } else { sources.add(path, service(number, own)) };
            // Sometimes one comes, and sometimes one goes, so that all behind it only moves.
            let is_it = number == (changed + 3) % SERVICES;
            before.extend((!is_it || gone != 1).then_some(old));
            after.extend((!is_it || gone != 2).then_some(new));
        }
        let (arena, mut found) = (Bump::new(), Diagnostics::default());
        let old = Project::parse_some(&sources, &before, None, &arena, &mut found);
        let new = Project::parse_some(&sources, &after, Some(&old), &arena, &mut found);
        let mut is = Revision::compile(&new, None, &arena, &mut found);
        let alone = Revision::compile(&old, None, &arena, &mut found);
        let beside = Revision::compile_beside(&old, None, &mut is, &arena, &mut found);
        // A service may be gone that another one names.
        if found.has_errors() {
            broken += 1;
            continue;
        }
        let diff = compare(&sources, &alone, &is);
        assert!(diff == compare(&sources, &beside, &is), "another difference with seed {seed}");
        assert!(
            compare(&sources, &is, &alone) == compare(&sources, &is, &beside),
            "another way back with seed {seed}"
        );
        let cut_at = |many| {
            let budget = Budget::default();
            compare_by(&sources, &alone, &is, |old, new| diff::compare_by(old, new, budget, many))
        };
        assert!(diff == cut_at(usize::MAX), "one thread finds something else with seed {seed}");
        assert!(diff == cut_at(1), "two threads find something else with seed {seed}");
        different += usize::from(diff.verdict() != Verdict::Same);
    }
    assert!(different > 20 && broken < 12, "{different} were different, {broken} broken");
}
