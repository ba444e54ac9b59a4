//! The real argocd-cmp-server, and the other end of its socket: builds the two Go programs in `cmp/`, starts them and asks.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long the repository server waits unless it is told otherwise, in milliseconds.
const PATIENCE: u32 = 60_000;

/// What Argo CD does by itself with an Application.
pub struct Argo {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// Argo CD with a running plugin server, whose plugin is ours.
pub struct Server {
    argo: Argo,
    process: Child,
    socket: PathBuf,
    dir: TempDir,
}

impl Argo {
    /// Starts it; none on a machine that cannot build it, which is said on standard error.
    pub fn start() -> Option<Argo> {
        let mut process = Command::new(programs()?.join("ask"));
        let mut process = process.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (requests, answers) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        Some(Argo { process, requests, answers: BufReader::new(answers) })
    }

    /// Asks for something.
    pub fn ask(&mut self, request: &Value) -> Value {
        writeln!(self.requests, "{request}").expect("it reads until its input ends");
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).expect("it answers each request")
    }

    /// Tells whether a push that changed a file makes it look at an Application again.
    pub fn refreshes(&mut self, application: &str, changed: &str) -> bool {
        let request = json!({ "call": "refresh", "application": application, "changed": [changed] });
        let answer = self.ask(&request);
        assert_eq!(answer["error"], Value::Null, "{answer}");
        answer["refreshes"] == true
    }
}

impl Server {
    /// Starts it with what `meshc argocd plugin-yaml` prints.
    pub fn start(args: &[&str]) -> Option<Server> {
        let argo = Argo::start()?;
        let dir = tempfile::tempdir().unwrap();
        let meshc = Path::new(env!("CARGO_BIN_EXE_meshc"));
        let plugin = Command::new(meshc).args(["argocd", "plugin-yaml"]).args(args).output().unwrap().stdout;
        for folder in ["config", "sockets", "work"] {
            fs::create_dir(dir.path().join(folder)).unwrap();
        }
        fs::write(dir.path().join("config/plugin.yaml"), plugin).unwrap();
        let mut process = Command::new(programs()?.join("server"))
            .arg("--config-dir-path")
            .arg(dir.path().join("config"))
            .env_clear()
            .env("PATH", meshc.parent().unwrap())
            .env("ARGOCD_PLUGINSOCKFILEPATH", dir.path().join("sockets"))
            .env("ARGOCD_CMP_WORKDIR", dir.path().join("work"))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("serving on") {
            line.clear();
            assert_ne!(said.read_line(&mut line).unwrap(), 0, "argocd-cmp-server ends by itself");
        }
        // It must not wait for somebody to read what else it says.
        std::thread::spawn(move || io::copy(&mut said, &mut io::sink()));
        let socket = dir.path().join("sockets/meshc.sock");
        Some(Server { argo, process, socket, dir })
    }

    /// Asks the plugin about an Application, whose repository is a folder.
    pub fn ask(&mut self, call: &str, repository: &Path, application: &str) -> Value {
        self.argo.ask(&json!({
            "call": call,
            "socket": self.socket,
            "repository": repository,
            "application": application,
            "apiVersions": ["apps/v1", "networking.istio.io/v1"],
            "milliseconds": PATIENCE,
        }))
    }

    /// Returns the objects of an Application.
    pub fn generate(&mut self, repository: &Path, application: &str) -> Vec<Value> {
        let answer = self.ask("generate", repository, application);
        assert_eq!(answer["error"], Value::Null, "{answer}");
        let manifests = answer["manifests"].as_array().unwrap().iter();
        manifests.map(|one| serde_json::from_str(one.as_str().unwrap()).unwrap()).collect()
    }

    /// Returns why there are no objects.
    pub fn failure(&mut self, repository: &Path, application: &str) -> String {
        let answer = self.ask("generate", repository, application);
        assert_eq!(answer["manifests"], Value::Null, "{answer}");
        answer["error"].as_str().unwrap().to_owned()
    }

    /// Returns the folder below which repositories are unpacked.
    pub fn work(&self) -> PathBuf {
        self.dir.path().join("work")
    }
}

impl Drop for Argo {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

fn end(process: &mut Child) {
    // It may have ended already, and then there is nothing to do.
    let _ = process.kill();
    let _ = process.wait();
}

/// Returns the folder of the two programs.
fn programs() -> Option<&'static Path> {
    static PROGRAMS: OnceLock<Option<PathBuf>> = OnceLock::new();
    PROGRAMS.get_or_init(build).as_deref()
}

/// Builds them. Where there is Go on a CI machine it has to succeed, elsewhere it is worth having.
fn build() -> Option<PathBuf> {
    if Command::new("go").arg("version").output().is_err() {
        say("skipped: no go on this machine, Argo CD does not run the plugin");
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("argocd-cmp");
    if !folder.join("server").exists() {
        say("building argocd-cmp-server: the first time, Go compiles much of Argo CD, for up to ten minutes");
    }
    fs::create_dir_all(&folder).unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cli/argocd/cmp");
    let build = Command::new("go")
        .args(["build", "-buildvcs=false", "-ldflags=-s -w", "-o"])
        .arg(&folder)
        .arg("./...")
        .env("CGO_ENABLED", "0")
        .current_dir(source)
        .output()
        .unwrap();
    if build.status.success() {
        return Some(folder);
    }
    let why = String::from_utf8_lossy(&build.stderr);
    assert!(env::var_os("CI").is_none(), "argocd-cmp-server does not build:\n{why}");
    say(&format!("skipped: argocd-cmp-server does not build, Argo CD does not run the plugin\n{why}"));
    None
}

/// Writes past the test harness, which swallows what tests print if they pass.
fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
