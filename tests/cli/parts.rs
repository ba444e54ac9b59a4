//! `build --only`: parts of an output.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::place::{Place, meshc, run};

/// Two teams, one of which has its gateway in a namespace of its own.
const TEAMS: &[(&str, &str)] = &[
    ("mesh.kdl", "gateway public ingress { workload istio=ingressgateway; namespace doors }\n"),
    (
        "shop/a.kdl",
        "defaults { owner shop; namespace shop }\nservice a { port 80 http; timeout \"1s\" }\ningress a.example.com { to a }\n",
    ),
    (
        "pay/b.kdl",
        "defaults { owner pay; namespace pay }\nservice b { port 80 http; timeout \"1s\" }\ningress b.example.com { to b }\n",
    ),
];

/// Returns the objects of an output, as text.
fn objects(stdout: &str) -> Vec<String> {
    stdout.strip_suffix('\n').unwrap_or(stdout).split("\n---\n").map(str::to_owned).collect()
}

#[test]
fn a_shared_gateway_belongs_to_its_own_namespace() {
    let place = Place::with(TEAMS);
    let doors = place.run(&["build", "--only", "namespace=doors"]).exits(0).stdout;
    assert_eq!(objects(&doors).len(), 1);
    assert!(doors.contains("kind: Gateway") && doors.contains("pay/b.example.com"), "{doors}");
    assert_eq!(place.run(&["build", "--only", "no-owner"]).exits(0).stdout, doors);
    let shop = place.run(&["build", "--only", "namespace=shop"]).exits(0).stdout;
    assert_eq!(place.run(&["build", "--only", "owner=shop"]).exits(0).stdout, shop);
    assert!(!shop.contains("kind: Gateway") && !shop.contains("namespace: pay"), "{shop}");
    let order = ["build", "--only", "owner=shop", "-o", "out"];
    place.run(&order).exits(0);
    place.run(&[&order[..], &["--check"]].concat()).exits(0);
    place.run(&["build", "-o", "out", "--check"]).exits(1).says("3 new");
}

#[test]
fn a_part_without_objects_is_an_error_unless_it_is_meant() {
    let place = Place::with(TEAMS);
    let run = place.run(&["build", "--only", "owner=shpo"]).exits(1);
    run.says("did you mean `owner=shop`?").says("--allow-empty");
    place.run(&["build", "--only", "namespace=nowhere-at-all"]).exits(1).says("there are namespace=doors,");
    assert_eq!(place.run(&["build", "--only", "owner=x", "--allow-empty"]).exits(0).stdout, "");
    place.run(&["build", "--only", "shop"]).exits(2).says("say `namespace=NAME`, `owner=TEAM` or `no-owner`");
    place.run(&["build", "--only", "owner="]).exits(2);
    let envoy = ["build", "--target", "envoy", "--for", "service/a", "--only", "owner=shop"];
    place.run(&envoy).exits(2).says("`--only` is for the objects of Istio");
}

#[test]
fn the_rest_of_a_project_counts_too() {
    let place = Place::with(TEAMS);
    place.put("pay/c.kdl", b"service c { port 80 http; timeout 5s }\n");
    place.run(&["build", "--only", "owner=shop"]).exits(1).says("in pay/c.kdl:");
}

#[test]
fn parts_are_disjoint_and_make_up_the_whole() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut tried = 0;
    for folder in ["golden/build", "examples"] {
        for case in fs::read_dir(top.join(folder)).unwrap() {
            tried += parts_of(&case.unwrap().path());
        }
    }
    assert!(tried > 250, "only {tried} parts");
}

/// Takes every expected output of a case apart; returns the number of parts.
fn parts_of(case: &Path) -> usize {
    let files = fs::read_dir(case).unwrap().map(|file| file.unwrap().path());
    files.filter(|file| name(file).starts_with("istio.")).map(|file| parts_of_output(case, &file)).sum()
}

fn parts_of_output(case: &Path, file: &Path) -> usize {
    let said = fs::read_to_string(case.join("args")).unwrap_or_default();
    let mut args: Vec<String> =
        ["build", "."].into_iter().chain(said.split_whitespace()).map(str::to_owned).collect();
    let name = name(file);
    let env = name.strip_prefix("istio.").and_then(|rest| rest.strip_suffix(".yaml"));
    args.extend(env.map(|env| format!("--env={env}")));
    let whole = objects(&fs::read_to_string(file).unwrap());
    if whole == [""] {
        return 0;
    }
    let found = |key: &str| -> BTreeSet<Option<String>> {
        let of = |object: &String| {
            let line = object.lines().find_map(|line| line.trim_start().strip_prefix(key));
            line.map(|value| value.trim_matches('"').to_owned())
        };
        whole.iter().map(of).collect()
    };
    let part = |word: &str, name: Option<String>| match name {
        Some(name) => format!("{word}={name}"),
        None => "no-owner".to_owned(),
    };
    let mut count = 0;
    for (word, key) in [("namespace", "namespace: "), ("owner", "meshc.dev/owner: ")] {
        let mut together = Vec::new();
        for name in found(key) {
            let only = format!("--only={}", part(word, name));
            let built = run(meshc(case).args(&args).arg(&only), b"").exits(0);
            together.extend(objects(&built.stdout));
            count += 1;
        }
        let (mut together, mut whole) = (together, whole.clone());
        together.sort();
        whole.sort();
        assert_eq!(together, whole, "{word} of {}", file.display());
    }
    count
}

fn name(file: &Path) -> String {
    PathBuf::from(file.file_name().unwrap()).to_string_lossy().into_owned()
}
