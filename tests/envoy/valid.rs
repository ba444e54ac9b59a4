//! Envoy accepts what comes of every case and example, for every gateway and service, without a warning.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::binary::{binary, old};
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
    certs.mesh();
    certs.secret("any", "DNS:any.example.com");
    let mut jobs = Vec::new();
    for folder in ["golden/build", "examples"] {
        for case in fs::read_dir(top().join(folder)).unwrap() {
            jobs.extend(of_case(&case.unwrap().path(), &certs.dir));
        }
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

/// Returns the proxies of a case in each of its environments, and gives it the certificates that it names.
fn of_case(dir: &Path, certs: &Path) -> Vec<Job> {
    let mut envs = Vec::new();
    let mut proxies = BTreeSet::new();
    let mut open = vec![dir.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                open.push(path);
            } else if name.starts_with("istio.") {
                let text = fs::read_to_string(&path).unwrap();
                text.lines().filter_map(|line| line.split_once("credentialName: ")).for_each(
                    |(_, secret)| {
                        let secret = secret.trim_matches('"').rsplit('/').next().unwrap();
                        let to = certs.join(secret);
                        if !to.exists() {
                            fs::create_dir(&to).unwrap();
                            for file in ["tls.crt", "tls.key", "ca.crt"] {
                                fs::copy(certs.join("any").join(file), to.join(file)).unwrap();
                            }
                        }
                    },
                );
                envs.extend(
                    name.strip_prefix("istio.")
                        .and_then(|name| name.strip_suffix(".yaml"))
                        .map(str::to_owned),
                );
            } else if name.ends_with(".kdl") {
                proxies.extend(headings(&fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let args = fs::read_to_string(dir.join("args")).unwrap_or_default();
    let mut args: Vec<String> = args.split_whitespace().map(str::to_owned).collect();
    args.extend(["--target=envoy", "--certs"].map(str::to_owned));
    args.push(certs.to_str().unwrap().to_owned());
    let envs: Vec<Option<String>> =
        if envs.is_empty() { vec![None] } else { envs.into_iter().map(Some).collect() };
    let mut jobs = Vec::new();
    for env in envs {
        for proxy in &proxies {
            let env = env.iter().map(|env| format!("--env={env}"));
            let args = args.iter().cloned().chain(env).chain([format!("--for={proxy}")]);
            jobs.push(Job { dir: dir.to_owned(), args: args.collect() });
        }
    }
    jobs
}

/// Returns the gateways and services that a file declares.
fn headings(text: &str) -> Vec<String> {
    let named = |line: &str| {
        let mut words = line.split_whitespace();
        let word = words.next().filter(|word| ["gateway", "service"].contains(word))?;
        Some(format!("{word}/{}", words.next()?))
    };
    text.lines().filter_map(named).collect()
}

fn judge(job: &Job, envoys: &[&Path], file: &Path) -> Option<String> {
    let Job { dir, args } = job;
    let built =
        Command::new(env!("CARGO_BIN_EXE_meshc")).args(["build", "."]).args(args).current_dir(dir).output();
    let built = built.unwrap();
    let said = String::from_utf8_lossy(&built.stderr).into_owned();
    if !built.status.success() {
        // Two services of one name are told apart by their namespace.
        let fine = said.contains("several services are called so") || said.contains("there is no service");
        return (!fine).then(|| format!("{} {args:?}\n{said}", dir.display()));
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

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}
