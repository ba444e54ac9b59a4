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
    let odd = dir.path().join("certs/odd/a-cert");
    fs::create_dir_all(odd.join("tls.key")).unwrap();
    fs::write(odd.join("tls.crt"), "0\u{82}\n").unwrap();
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
    fails(&with("certs/odd"), "", 2, "odd/a-cert/tls.crt: it is no PEM, which begins with `-----BEGIN`");
    fails(&with("certs/odd"), "", 2, "odd/a-cert/tls.key: Is a directory");
}

#[test]
fn folders_that_cannot_be_written() {
    fails(&["--xds=out"], "", 2, "--for <PROXY>");
    fails(&["--xds=out", "--for=service/reviews"], "", 2, "`--xds` is for Envoy alone");
    service(&["--admin=127.0.0.1:1"], "", "--xds <DIR>");
    service(&["--xds=out", "--format=json"], "", "`--xds` writes YAML files");
    service(&["--xds=out", "-o", "objects"], "", "`-o` writes the objects of Istio");
    service(&["--xds=certs/../at.yaml"], "", "cannot list certs/../at.yaml");
    // The project's own folder holds what is not ours.
    service(
        &["--xds=."],
        "",
        "holds files that are not of `--xds`: \"at.yaml\", \"certs\", \"mesh.kdl\"; nothing was changed",
    );
}

#[test]
fn a_folder_that_nobody_reads_and_an_envoy_that_does_not_answer() {
    let dir = TempDir::new().unwrap();
    let file = |name: &str| dir.path().join(name);
    fs::write(file("mesh.kdl"), INTENT).unwrap();
    let build = |args: &[&str]| {
        let all = ["build", "--target=envoy", "--for=service/reviews", "--xds=out"].iter().chain(args);
        let run =
            Command::new(env!("CARGO_BIN_EXE_meshc")).args(all).current_dir(dir.path()).output().unwrap();
        (run.status.code(), String::from_utf8(run.stderr).unwrap())
    };
    let (code, said) = build(&["--admin=127.0.0.1:1"]);
    assert!(code == Some(0) && said.contains("it is new, so there was no Envoy to wait for"), "{said}");
    let clusters = fs::read(file("out/cds.yaml")).unwrap();
    fs::write(file("mesh.kdl"), INTENT.replace("serve v1", "serve v2")).unwrap();
    let (code, said) = build(&["--admin=127.0.0.1:1"]);
    assert!(code == Some(2) && said.contains("no Envoy answers at 127.0.0.1:1"), "{said}");
    assert!(said.contains("nothing was changed"), "{said}");
    assert_eq!(fs::read(file("out/cds.yaml")).unwrap(), clusters);
    let (code, said) = build(&["--admin=nowhere"]);
    assert!(code == Some(2) && said.contains("`--admin nowhere` is no address"), "{said}");

    // What a killed run left is no reason to refuse; what somebody else wrote is.
    fs::write(file("out/.cds.yaml.meshc-1"), "half").unwrap();
    assert_eq!(build(&[]).0, Some(0));
    assert!(!file("out/.cds.yaml.meshc-1").exists());
    fs::write(file("out/cds.yaml"), "resources: []\n").unwrap();
    let (code, said) = build(&[]);
    assert!(code == Some(2) && said.contains("holds files that are not of `--xds`: \"cds.yaml\""), "{said}");
}
