//! Plans of all environments, as text and as a versioned document.

use std::fmt::Write;

use meshc_dialect::unseen::marked;

use super::InEnv;
use crate::plan::{self, Verdict};
use crate::yaml::{self, Format};

/// What it takes to apply a change, in each environment.
pub struct Planned<'p> {
    /// What the old and the new revision are called.
    pub names: [&'p str; 2],
    /// What to put before their paths, so that they can be opened.
    pub bases: [&'p str; 2],
    /// Each environment.
    pub envs: &'p [InEnv],
}

impl Planned<'_> {
    /// Returns what it takes in all environments; nothing where nobody can tell for one of them.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        let mut worst = Verdict::OneStep;
        for InEnv { env: _, diff: _, plan, tables: _, picture: _, touched: _ } in self.envs {
            worst = worst.max(plan.as_ref()?.verdict);
        }
        Some(worst)
    }

    /// Returns it for people.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (index, InEnv { env, diff: _, plan, tables: _, picture: _, touched: _ }) in
            self.envs.iter().enumerate()
        {
            if index > 0 {
                text.push('\n');
            }
            if let Some(env) = env {
                let _ = writeln!(text, "in {env}");
            }
            match plan {
                Some(plan) => plan::text(&mut text, plan, self.bases),
                None => _ = writeln!(text, "unknown: {} does not compile", self.names[0]),
            }
        }
        // Names are whatever somebody wrote.
        marked(&text)
    }

    /// Returns it as one document.
    #[must_use]
    pub fn document(&self) -> String {
        let word = |verdict: Option<Verdict>| verdict.map_or("unknown", Verdict::word);
        let mut bytes = Vec::new();
        let written = yaml::one(&mut bytes, Format::Json, |map| {
            map.text("schema", "meshc.dev/plan/v1");
            map.text("before", self.names[0]);
            map.text("after", self.names[1]);
            map.text("verdict", word(self.verdict()));
            map.maps(
                "envs",
                self.envs,
                |map, InEnv { env, diff: _, plan, tables: _, picture: _, touched: _ }| {
                    match env {
                        Some(env) => map.text("env", env),
                        None => map.null("env"),
                    }
                    match plan {
                        Some(plan) => plan::document(map, plan, self.bases),
                        None => map.text("verdict", word(None)),
                    }
                },
            );
        });
        // A vector takes every byte, and the writer writes text.
        debug_assert!(written.is_ok());
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
