//! Compiles for several environments at once.

use std::panic;
use std::thread::{self, Builder};

use anyhow::Context;
use bumpalo::Bump;
use meshc_compiler::project::Project as Intent;
use meshc_compiler::resolve::{Spare, check, check_each};
use meshc_dialect::diagnostic::Diagnostics;

/// As much as the first thread of a program usually has.
const STACK: usize = 8 << 20;

/// Adds what is found in each environment, in their order: who is done first makes no difference.
pub fn resolve_each(
    intent: &Intent<'_>,
    envs: &[Option<&str>],
    found: &mut Diagnostics,
) -> anyhow::Result<()> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(envs.len());
    if let [env] = *envs {
        check(intent, env, (&Bump::new(), Some(&mut Spare::default())), found);
        return Ok(());
    }
    if workers < 2 {
        check_each(intent, envs, found);
        return Ok(());
    }
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for mine in envs.chunks(envs.len().div_ceil(workers)) {
            let work = move || {
                let mut found = Diagnostics::default();
                check_each(intent, mine, &mut found);
                found
            };
            threads.push(
                Builder::new()
                    .stack_size(STACK)
                    .spawn_scoped(scope, work)
                    .context("cannot start a thread")?,
            );
        }
        for thread in threads {
            match thread.join() {
                Ok(other) => found.append(other),
                Err(bug) => panic::resume_unwind(bug),
            }
        }
        Ok(())
    })
}
