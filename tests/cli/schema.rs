//! `schema`: what is printed as JSON is as its schema says, by somebody else's reader of schemas.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::git::Repository;
use crate::place::{BAD, Place};

/// What reads schemas, from the package index.
const PACKAGE: &str = "check-jsonschema==0.34.0";

const SHOP: &str = "\
gateway public ingress { workload istio=ingressgateway }
gateway exit egress { workload istio=egressgateway }
service reviews {
    port 80 http
    version v1
    version v2
    route \"/slow/*\" { fault percent=50 delay=\"1s\"; to v1 }
    route \"/gone\" { redirect \"https://example.com/new\" }
    route \"/no\" { respond 404 body=\"no\" }
    route \"/seen/*\" { mirror v2 percent=0.5; timeout \"2s\"; retry 3 per-try=\"500ms\"; to v1 }
    serve v1
    canary v2 percent=12.5
    egress api.example.com { via exit; tls originate }
}
ingress shop.example.com { tls terminate secret=shop; gateway public; to reviews }
expect \"kept\" { request GET \"http://reviews/no\"; respond 404 }
expect \"broken\" { request GET \"http://reviews/\"; to reviews@v1 }
";

#[test]
fn documents_are_as_their_schemas_say() {
    let place = Place::with(&[("shop.kdl", SHOP)]);
    let bad = Place::with(&[("reviews.kdl", BAD)]);
    for name in ["affected", "check", "route", "test"] {
        let schema = place.run(&["schema", name]).exits(0).stdout;
        let read: serde_json::Value = serde_json::from_str(&schema).unwrap();
        assert_eq!(read["$id"], format!("https://meshc.dev/{name}/v1"));
        place.put(&format!("{name}.schema.json"), schema.as_bytes());
    }
    let mut documents = vec![
        ("check", place.run(&["check", "--format", "json"]).stdout),
        ("check", bad.run(&["check", "--format", "json"]).stdout),
        ("test", place.run(&["test", "--format", "json"]).stdout),
    ];
    for url in [
        "http://reviews/",
        "http://reviews/slow/x",
        "http://reviews/gone",
        "http://reviews/no",
        "http://reviews/seen/x",
        "http://api.example.com/",
        "https://shop.example.com/",
        "https://shop.example.com:444/",
        "http://nobody.example.com/",
    ] {
        documents.push(("route", place.run(&["route", url, "--format", "json"]).stdout));
    }
    documents.extend(affected().map(|document| ("affected", document)));
    let Some(program) = program() else { return };
    for (index, (name, document)) in documents.iter().enumerate() {
        let file = format!("{index}.json");
        place.put(&file, document.as_bytes());
        let mut check = Command::new(program);
        check.arg("--schemafile").arg(place.path(&format!("{name}.schema.json"))).arg(place.path(&file));
        let output = check.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{name}: {document}\n{said}");
    }
}

/// Returns what is affected by a change of a project with environments and of a project without, and by none.
fn affected() -> [String; 2] {
    let repository = Repository::with(&[
        ("one/mesh.kdl", "mesh a { envs dev prod }\n"),
        ("one/shop.kdl", SHOP),
        ("two/mesh.kdl", ""),
        ("two/shop.kdl", SHOP),
    ]);
    repository.git(&["checkout", "--quiet", "-b", "feature"]);
    let other = SHOP.replace("12.5", "50");
    repository.commit(&[("one/shop.kdl", &other), ("two/shop.kdl", &other)]);
    let found = repository.run(&["affected"]).exits(0).stdout;
    assert_eq!(found.matches("\"project\"").count(), 3, "{found}");
    [found, repository.run(&["affected", "main..main"]).exits(0).stdout]
}

/// Installs the reader of schemas below target, once.
fn program() -> Option<&'static Path> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOUND.get_or_init(install).as_deref()
}

fn install() -> Option<PathBuf> {
    let venv = Path::new(env!("CARGO_TARGET_TMPDIR")).join("check-jsonschema");
    let program = venv.join("bin/check-jsonschema");
    let works = |program: &Path| {
        Command::new(program).arg("--version").output().is_ok_and(|run| run.status.success())
    };
    if works(&program) {
        return Some(program);
    }
    let fine = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let made = fine(Command::new("python3").args(["-m", "venv"]).arg(&venv))
        && fine(Command::new(venv.join("bin/python")).args(["-m", "pip", "install", "-q", PACKAGE]));
    if made && works(&program) {
        return Some(program);
    }
    eprintln!("skipped: documents against their schemas: no python3 or no package index for {PACKAGE}");
    None
}
