//! Checks a project in one environment, or in several, which share almost everything.

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;

use super::{Asked, Spare, compile};
use crate::project::Project;

/// Reports what is wrong with a project in an environment; half of it is found in other arenas by another thread, if there are any.
pub fn check<'a>(
    project: &'a Project<'a>,
    env: Option<&'a str>,
    (arena, other): (&'a Bump, Option<&'a mut Spare>),
    out: &mut Diagnostics,
) {
    compile(project, env, (arena, other), Asked::Findings, out);
}

/// Reports what is wrong with a project in several environments, one after another. What services have in common with those of
/// the first one, without errors, is looked at there.
pub fn check_each<'a>(project: &'a Project<'a>, envs: &[Option<&'a str>], out: &mut Diagnostics) {
    let Some((first, rest)) = envs.split_first() else { return };
    let arena = Bump::new();
    let mut found = Diagnostics::default();
    let known = compile(project, *first, (&arena, None), Asked::Findings, &mut found);
    let is_good = !found.has_errors();
    out.append(found);
    for env in rest {
        let (arena, mut found) = (Bump::new(), Diagnostics::default());
        if is_good {
            compile(project, *env, (&arena, None), Asked::FindingsBeside(&known), &mut found);
        }
        // What is wrong is told as if there were no other environment.
        if !is_good || found.has_errors() {
            found = Diagnostics::default();
            compile(project, *env, (&Bump::new(), None), Asked::Findings, &mut found);
        }
        out.append(found);
    }
}
