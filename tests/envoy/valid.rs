//! Envoy accepts what comes of every case and example, for every gateway and service, without a warning.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::battery::project::with_mesh;
use crate::binary::{binary, old};
use crate::cases::{Case, cases};
use crate::certs::Certs;

/// So many at a time.
const TOGETHER: usize = 4;

/// What is built: where, and with which arguments.
struct Job {
    dir: PathBuf,
    args: Vec<String>,
}

#[test]
fn envoy_accepts_everything_without_a_warning() {
    let Some(envoy) = binary() else { return };
    let envoys: Vec<&Path> = [envoy].into_iter().chain(old()).collect();
    let place = tempfile::tempdir().unwrap();
    let Some(certs) = Certs::new(place.path()) else { return };
    let mut jobs = Vec::new();
    for Case { dir, args, env } in cases(&certs) {
        let proxies = with_mesh(&dir, env.as_deref(), meshc_compiler::envoy::proxies).unwrap();
        let args = |proxy| args.iter().cloned().chain([format!("--for={proxy}")]).collect();
        jobs.extend(proxies.into_iter().map(|proxy| Job { dir: dir.clone(), args: args(proxy) }));
    }
    let (jobs, next, faults) = (Arc::new(jobs), AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..TOGETHER {
            scope.spawn(|| {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let file = tempfile::Builder::new().suffix(".yaml").tempfile_in(place.path()).unwrap();
                    faults.lock().unwrap().extend(judge(job, &envoys, file.path()));
                }
            });
        }
    });
    let faults = faults.into_inner().unwrap();
    assert!(jobs.len() > 150, "only {} configurations", jobs.len());
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    println!("{} configurations, {} versions of Envoy", jobs.len(), envoys.len());
}

fn judge(job: &Job, envoys: &[&Path], file: &Path) -> Option<String> {
    let Job { dir, args } = job;
    let built =
        Command::new(env!("CARGO_BIN_EXE_meshc")).args(["build", "."]).args(args).current_dir(dir).output();
    let built = built.unwrap();
    let said = String::from_utf8_lossy(&built.stderr).into_owned();
    if !built.status.success() {
        return Some(format!("{} {args:?}\n{said}", dir.display()));
    }
    fs::write(file, &built.stdout).unwrap();
    envoys.iter().find_map(|envoy| {
        let run = Command::new(envoy).args(["--mode", "validate", "-l", "warning", "-c"]).arg(file).output();
        let run = run.unwrap();
        let log = String::from_utf8_lossy(&run.stderr);
        let fine = run.status.success() && !log.contains("[warning]");
        (!fine).then(|| format!("{} {} {args:?}: {:?}\n{log}", envoy.display(), dir.display(), run.status))
    })
}
