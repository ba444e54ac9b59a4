//! `examples/flux/push.yaml` as it is, run as GitHub would: a registry of this machine answers as ghcr.io, behind a proxy.

mod proxy;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use crate::comment::outside;
use crate::comment::programs::program;
use crate::flux::authority::Authority;
use crate::flux::registry::{Asks, Registry, USER};
use crate::flux::top;
use crate::git::{Repository, at};
use crate::place::{BAD, Place, Run, run};
use proxy::Proxy;

/// A machine that runs workflows.
struct Runner {
    act: PathBuf,
    registry: Registry,
    proxy: Proxy,
    authority: Authority,
    place: Place,
}

impl Runner {
    /// Sets one up; none where something is missing that it takes, which is said on standard error.
    fn new() -> Option<Runner> {
        let act = program("act")?;
        let authority = Authority::of("a private CA", "DNS:ghcr.io")?;
        let registry = Registry::with_tls(Asks::Password, &authority)?;
        let proxy = Proxy::to("ghcr.io:443", &registry.address);
        let place = Place::with(&[]);
        let meshc = env!("CARGO_BIN_EXE_meshc");
        // What `cargo install` would build is this one; before that there is none.
        let (log, bin) = (place.path("installed.txt"), place.path("bin"));
        let cargo = format!(
            "#!/bin/sh\necho \"$*\" >>'{}'\nln -sf '{meshc}' '{}/meshc'\n",
            log.display(),
            bin.display()
        );
        place.put("bin/cargo", cargo.as_bytes());
        fs::set_permissions(place.path("bin/cargo"), fs::Permissions::from_mode(0o755)).unwrap();
        Some(Runner { act, registry, proxy, authority, place })
    }

    /// Runs what an event starts.
    fn run(&self, event: &str, repository: &Repository) -> Run {
        let paths = std::env::split_paths(&std::env::var_os("PATH").unwrap()).collect::<Vec<_>>();
        let (user, password) = USER;
        let mut command = Command::new(&self.act);
        outside(&mut command)
            .args([event, "-P", "ubuntu-latest=-self-hosted", "--actor", user])
            .args(["--secret", &format!("GITHUB_TOKEN={password}")])
            .args(["--env", &format!("HTTPS_PROXY=http://{}", self.proxy.address)])
            .args(["--env", &format!("SSL_CERT_FILE={}", self.authority.path("ca.pem").display())])
            .env("PATH", std::env::join_paths([self.place.path("bin")].into_iter().chain(paths)).unwrap())
            .env("HOME", self.place.path("home"))
            .env("XDG_CACHE_HOME", self.place.path("home/cache"))
            .current_dir(repository.path(""));
        let run = run(&mut command, b"");
        assert!(!format!("{run:?}").contains(password), "{run:?}");
        run
    }

    fn pushed(&self) -> Option<String> {
        self.registry.tagged("acme/mesh", "prod")
    }

    /// Returns what was installed since this was asked the last time.
    fn installed(&self) -> Vec<String> {
        let log = self.place.read("installed.txt");
        fs::remove_file(self.place.path("installed.txt")).unwrap();
        fs::remove_file(self.place.path("bin/meshc")).unwrap();
        log.lines().map(str::to_owned).collect()
    }
}

/// Returns a repository with intent and the workflow.
fn repository() -> Repository {
    let repository = Repository::new();
    let copied = Command::new("cp")
        .args(["-R", "examples/acme/."])
        .arg(repository.path(""))
        .current_dir(top())
        .status();
    assert!(copied.unwrap().success());
    let workflow = fs::read_to_string(top().join("examples/flux/push.yaml")).unwrap();
    repository.commit(&[(".github/workflows/mesh.yaml", &workflow)]);
    repository.git(&["remote", "add", "origin", "https://github.com/acme/mesh.git"]);
    repository
}

const CHECKS: &str = "install --locked --git https://git.example.com/meshc.git meshc";

#[test]
fn what_was_merged_is_pushed() {
    let Some(runner) = Runner::new() else { return };
    let repository = repository();
    let run = runner.run("push", &repository);
    assert_eq!(run.exit, Some(0), "{run:?}");
    let built =
        at(&repository.path(""), &["build", "--env", "prod", "--oci-layout", "image"]).exits(0).stdout;
    assert!(run.stdout.contains(&format!("ghcr.io/acme/mesh:prod@{}", built.trim())), "{run:?}");
    assert_eq!(runner.pushed().as_deref(), Some(built.trim()));
    assert_eq!(runner.installed(), [CHECKS.to_owned(), format!("{CHECKS} --features push")]);
    let asked = runner.proxy.asked();
    assert!(!asked.is_empty() && asked.iter().all(|host| host == "ghcr.io:443"), "{asked:?}");
}

#[test]
fn neither_a_proposal_nor_a_mistake_is_pushed() {
    let Some(runner) = Runner::new() else { return };
    let repository = repository();
    let proposed = runner.run("pull_request", &repository);
    assert_eq!(proposed.exit, Some(0), "{proposed:?}");
    assert_eq!(runner.installed(), [CHECKS]);
    repository.commit(&[("teams/mistake.kdl", BAD)]);
    let wrong = runner.run("push", &repository);
    assert_eq!(wrong.exit, Some(1), "{wrong:?}");
    assert!(wrong.stdout.contains("file=teams/mistake.kdl,line=3"), "{wrong:?}");
    assert_eq!(runner.installed(), [CHECKS]);
    assert_eq!((runner.pushed(), runner.proxy.asked()), (None, Vec::new()));
}
