//! What is wrong with the arguments of `--target envoy` is said, before anything is printed. These need no Envoy.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

const INTENT: &str = "gateway public ingress { workload istio=ingressgateway }\nservice reviews {\n    port 9080 http\n    version v1\n    version v2\n    serve v1\n}\ningress a.example.com {\n    tls terminate secret=a-cert\n    to reviews\n}\n";

/// Runs `meshc build` with a file of endpoints and an empty folder of certificates.
fn fails(args: &[&str], endpoints: &str, code: i32, says: &str) {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("mesh.kdl"), INTENT).unwrap();
    fs::write(dir.path().join("at.yaml"), endpoints).unwrap();
    fs::create_dir(dir.path().join("certs")).unwrap();
    let run =
        Command::new(env!("CARGO_BIN_EXE_meshc")).arg("build").args(args).current_dir(dir.path()).output();
    let run = run.unwrap();
    let stderr = String::from_utf8(run.stderr).unwrap();
    assert!(stderr.contains(says), "{args:?} {endpoints}\n{stderr}");
    assert_eq!((run.status.code(), run.stdout.len()), (Some(code), 0), "{stderr}");
}

fn service(args: &[&str], endpoints: &str, says: &str) {
    let all: Vec<&str> = ["--target=envoy", "--for=service/reviews"].iter().chain(args).copied().collect();
    fails(&all, endpoints, 2, says);
}

#[test]
fn a_proxy_that_is_not_there() {
    fails(&["--target=envoy"], "", 2, "--for <PROXY>");
    fails(&["--target=envoy", "--for=reviews"], "", 2, "say `gateway/NAME` or `service/NAME`");
    fails(&["--target=envoy", "--for=service/review"], "", 2, "did you mean `service/reviews`?");
    fails(&["--target=envoy", "--for=gateway/publik"], "", 2, "did you mean `gateway/public`?");
    fails(&["--target=envoy", "--for=gateway/x"], "", 2, "there is no gateway `x`; there are public");
}

#[test]
fn arguments_that_mean_nothing_together() {
    fails(&["--for=service/reviews"], "", 2, "say `--target envoy` too");
    service(&["-o", "out"], "", "`-o` writes the objects of Istio");
}

#[test]
fn endpoints_that_are_none() {
    service(&["--endpoints=nowhere.yaml"], "", "cannot read nowhere.yaml");
    let at = &["--endpoints=at.yaml"];
    service(at, "- a\n", "at.yaml: it is no map of hosts to addresses");
    service(
        at,
        "revews.default.svc.cluster.local: 127.0.0.1:1\n",
        "did you mean `reviews.default.svc.cluster.local`?",
    );
    service(at, "reviews: 127.0.0.1:1\n", "did you mean `reviews.default.svc.cluster.local`?");
    service(at, "reviews.default.svc.cluster.local/v3: 127.0.0.1:1\n", "nor a subset of one");
    service(at, "reviews.default.svc.cluster.local: 127.0.0.1:99999\n", "write an address, such as");
    service(at, "reviews.default.svc.cluster.local: [{locality: eu}]\n", "a map without an address");
    service(at, "reviews.default.svc.cluster.local: {address: a, port: 1}\n", "an odd `port`");
}

#[test]
fn certificates_that_cannot_be_read() {
    let gateway = &["--target=envoy", "--for=gateway/public"];
    fails(gateway, "", 2, "say where it is with `--certs DIR`, as DIR/a-cert/tls.crt");
    let with = |dir| ["--target=envoy", "--for=gateway/public", "--certs", dir];
    fails(&with("nowhere"), "", 2, "cannot find nowhere");
    fails(&with("at.yaml"), "", 2, "is no folder of certificates");
    fails(&with("certs"), "", 2, "certs/a-cert/tls.key: No such file");
}
