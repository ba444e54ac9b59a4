//! A running Envoy takes a change of its folder, and no request is lost.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use crate::binary::binary;
use crate::running::{Running, send};
use crate::upstream::Upstream;

const REVIEWS: &str = "reviews.default.svc.cluster.local";

/// A gateway on free ports, the folder that its Envoy reads, and what stands behind it.
struct Door {
    dir: TempDir,
    port: u16,
    other: u16,
    _v1: Upstream,
    v2: Upstream,
}

impl Door {
    /// Makes one; nothing without an Envoy.
    fn new() -> Option<Door> {
        binary()?;
        let dir = tempfile::tempdir().unwrap();
        let (v1, v2) = (Upstream::start("v1"), Upstream::start("v2"));
        let at = json!({
            format!("{REVIEWS}/v1"): v1.address.to_string(),
            format!("{REVIEWS}/v2"): v2.address.to_string(),
        });
        fs::write(dir.path().join("at.json"), at.to_string()).unwrap();
        let [port, other] = [free(), free()];
        Some(Door { dir, port, other, _v1: v1, v2 })
    }

    fn folder(&self) -> PathBuf {
        self.dir.path().join("xds")
    }

    /// Builds the folder from what is said of `reviews` and beside it.
    fn build(&self, reviews: &str, beside: &str, args: &[&str]) -> Output {
        let port = self.port;
        let intent = format!(
            "gateway door ingress {{ workload istio=ingressgateway }}
service reviews {{ port 9080 http; version v1; version v2; {reviews} }}
ingress a.example.com {{ port {port} http; to reviews }}
{beside}
"
        );
        fs::write(self.dir.path().join("mesh.kdl"), intent).unwrap();
        let args = ["build", "--target=envoy", "--for=gateway/door", "--endpoints=at.json", "--xds=xds"]
            .iter()
            .chain(args);
        Command::new(env!("CARGO_BIN_EXE_meshc")).args(args).current_dir(self.dir.path()).output().unwrap()
    }

    /// Builds the folder, and returns what is said.
    fn builds(&self, reviews: &str, beside: &str, args: &[&str]) -> String {
        let Output { status, stdout, stderr } = self.build(reviews, beside, args);
        let said = String::from_utf8(stderr).unwrap();
        assert!(status.success() && stdout.is_empty(), "{said}");
        said
    }

    /// Starts the Envoy that reads the folder, from where meshc was run.
    fn run(&self) -> Running {
        Running::in_dir(&self.folder().join("bootstrap.yaml"), self.dir.path())
    }

    fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    fn get(&self, path: &str) -> Option<String> {
        let answer = send(self.address(), "GET", "a.example.com", path, &[])?;
        (answer.status == 200).then(|| answer.by())
    }

    /// Sends requests without end while something is done, and counts those that were answered.
    fn under_load(&self, change: impl FnOnce(&AtomicUsize)) {
        let (stop, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
        thread::scope(|scope| {
            let caller = || {
                while !stop.load(Ordering::SeqCst) {
                    if self.get("/").is_none() {
                        return false;
                    }
                    answered.fetch_add(1, Ordering::SeqCst);
                }
                true
            };
            let callers: Vec<_> = (0..3).map(|_| scope.spawn(caller)).collect();
            more(&answered, 50);
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| change(&answered)));
            more(&answered, 50);
            stop.store(true, Ordering::SeqCst);
            let fine = callers.into_iter().all(|caller| caller.join().unwrap());
            assert!(fine, "a request was lost after {} that were answered", answered.load(Ordering::SeqCst));
            done.unwrap();
        });
        println!("{} requests were answered, none was lost", answered.load(Ordering::SeqCst));
    }
}

/// Waits for more answers.
fn more(answered: &AtomicUsize, requests: usize) {
    let (first, begin) = (answered.load(Ordering::SeqCst), Instant::now());
    while answered.load(Ordering::SeqCst) < first + requests && begin.elapsed() < Duration::from_secs(10) {
        thread::park_timeout(Duration::from_millis(2));
    }
}

fn free() -> u16 {
    TcpListener::bind("0.0.0.0:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn each_step_waits_until_the_one_before_is_taken() {
    let Some(door) = Door::new() else { return };
    assert!(door.builds("serve v1", "", &[]).contains("start Envoy with `envoy -c xds/bootstrap.yaml`"));
    let envoy = door.run();
    let admin = format!("--admin={}", envoy.admin);
    assert_eq!(door.get("/").as_deref(), Some("v1"));
    let second = format!("ingress b.example.com {{ port {} http; to reviews }}", door.other);
    door.under_load(|answered| {
        for (reviews, beside) in [
            ("serve v1; canary v2 percent=50", ""),
            ("serve v2", ""),
            ("serve v1; limit pending=100", ""),
            ("serve v2", second.as_str()),
            ("serve v1; route \"/gone\" { respond 410 }", ""),
            ("serve v2", ""),
        ] {
            let said = door.builds(reviews, beside, &[&admin]);
            assert!(said.contains("Envoy has taken all of it"), "{said}");
            // What was waited for is there: nobody has to try again.
            if !reviews.contains("canary") {
                let serves = if reviews.contains("serve v2") { "v2" } else { "v1" };
                assert_eq!(door.get("/").as_deref(), Some(serves), "{reviews}");
            }
            let clusters = fs::read_to_string(door.folder().join("cds.yaml")).unwrap();
            assert_eq!(clusters.contains("|v2|"), reviews.contains("v2"), "{reviews}\n{clusters}");
            more(answered, 30);
        }
    });
    assert!(door.builds("serve v2", "", &[&admin]).contains("xds is up to date; Envoy has taken all of it"));
    let files: Vec<_> = names(&door.folder());
    let table = format!("rds.http.{}.yaml", door.port);
    assert_eq!(files, ["bootstrap.yaml", "cds.yaml", "lds.yaml", table.as_str()]);
}

#[test]
fn clusters_of_before_stay_until_the_next_build_where_nobody_can_be_asked() {
    let Some(door) = Door::new() else { return };
    door.builds("serve v1", "", &[]);
    let _envoy = door.run();
    door.under_load(|answered| {
        let said = door.builds("serve v2", "", &[]);
        assert!(said.contains("a cluster of before is kept: build again"), "{said}");
        let begin = Instant::now();
        while door.v2.hits() == 0 {
            assert!(begin.elapsed() < Duration::from_secs(10), "Envoy has not heard of the change");
            thread::park_timeout(Duration::from_millis(5));
        }
        more(answered, 50);
        let said = door.builds("serve v2", "", &[]);
        assert!(said.contains("wrote cds.yaml in xds\n"), "{said}");
        assert!(!fs::read_to_string(door.folder().join("cds.yaml")).unwrap().contains("|v1|"));
        more(answered, 50);
        assert!(door.builds("serve v2", "", &[]).contains("xds is up to date"));
    });
}

#[test]
fn what_envoy_refuses_is_put_back() {
    let Some(door) = Door::new() else { return };
    door.builds("serve v1", "", &[]);
    let envoy = door.run();
    let admin = format!("--admin={}", envoy.admin);
    let taken = TcpListener::bind(("0.0.0.0", door.other)).unwrap();
    let second = format!("ingress b.example.com {{ port {} http; to reviews }}", door.other);
    let before = fs::read(door.folder().join("lds.yaml")).unwrap();
    door.under_load(|_| {
        let run = door.build("serve v2", &second, &[&admin]);
        let said = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(2), "{said}");
        assert!(said.contains("refuses lds.yaml: its log says why; xds/lds.yaml is as it was"), "{said}");
    });
    assert_eq!(fs::read(door.folder().join("lds.yaml")).unwrap(), before);
    assert_eq!(door.get("/").as_deref(), Some("v1"));
    drop(taken);
    door.builds("serve v2", &second, &[&admin]);
    assert_eq!(door.get("/").as_deref(), Some("v2"));
}

fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
