//! Every folder of `golden/` and `examples/`, through the real command.
//!
//! `cargo test --test golden [name]` compares, `cargo accept [name]` rewrites what is expected.

mod build;
mod case;
mod codes;
mod compared;
mod diff;
mod error;
mod expected;
mod explain;
mod fmt;
mod graph;
mod law;
mod named;
mod plan;
mod reversed;
mod route;
mod test;
mod tried;

use std::process::ExitCode;

use case::{Case, top};
use expected::Mode;
use libtest_mimic::{Arguments, Failed, Trial};

/// Compares a case with what is expected of it, or rewrites that.
type Check = fn(&Case, Mode) -> Result<(), String>;

fn main() -> ExitCode {
    let (accept, rest): (Vec<_>, Vec<_>) = std::env::args().partition(|argument| argument == "--accept");
    let arguments = Arguments::from_iter(rest);
    let mode = if accept.is_empty() { Mode::Compare } else { Mode::Accept };

    let mut trials = vec![
        Trial::test("codes", || codes::check().map_err(Failed::from)),
        Trial::test("readme", || named::check().map_err(Failed::from)),
        Trial::test("diff rules", || diff::check_rules().map_err(Failed::from)),
        Trial::test("diff index", || diff::check_index().map_err(Failed::from)),
        Trial::test("diff commands", || tried::check().map_err(Failed::from)),
        Trial::test("plan hazards", || plan::check_kinds().map_err(Failed::from)),
        Trial::test("folders", || case::check_top().map_err(Failed::from)),
    ];
    let kinds: [(&str, Check); 10] = [
        ("golden/build", build::check),
        ("golden/diff", diff::check),
        ("golden/error", error::check),
        ("golden/fmt", fmt::check),
        ("golden/explain", explain::check),
        ("golden/graph", graph::check),
        ("golden/plan", plan::check),
        ("golden/route", route::check),
        ("golden/test", test::check),
        ("examples", build::check),
    ];
    for (folder, check) in kinds {
        // Some examples are about where a project is used, and hold none.
        let wanted = |case: &case::Case| folder != "examples" || case.is_project();
        for case in case::list(&top().join(folder)).into_iter().filter(wanted) {
            let name = format!("{folder}/{}", case.name);
            trials.push(Trial::test(name, move || check(&case, mode).map_err(Failed::from)));
        }
    }
    for case in case::list(&top().join("examples")).into_iter().filter(case::Case::is_project) {
        let name = format!("fmt/examples/{}", case.name);
        trials.push(Trial::test(name, move || fmt::stays(&case).map_err(Failed::from)));
    }
    for case in case::list(&top().join("examples")).into_iter().filter(case::Case::is_project) {
        let name = format!("test/examples/{}", case.name);
        trials.push(Trial::test(name, move || test::kept(&case).map_err(Failed::from)));
    }
    trials.extend(law::trials());
    trials.extend(compared::trials());
    libtest_mimic::run(&arguments, trials).exit_code()
}
