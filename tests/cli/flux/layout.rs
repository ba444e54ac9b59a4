//! `build --oci-layout DIR`

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::program::flux;
use super::top;
use crate::place::{BAD, GOOD, Place, Run, meshc, run};

fn place() -> Place {
    Place::with(&[("checkout.kdl", GOOD)])
}

fn read(place: &Place, path: &str) -> Value {
    serde_json::from_str(&place.read(path)).unwrap()
}

/// Returns where a blob is, by what names it.
fn blob(described: &Value) -> String {
    format!("image/blobs/{}", described["digest"].as_str().unwrap().replace(':', "/"))
}

/// Returns every file below a folder with its bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => open.push(path),
                false => {
                    let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                    found.push((name, fs::read(path).unwrap()));
                }
            }
        }
    }
    found.sort();
    found
}

#[test]
fn it_is_the_artifact_that_flux_pulls() {
    let place = place();
    let digest = place.run(&["build", "--oci-layout", "image"]).exits(0).says("1 object to image").stdout;
    let index = read(&place, "image/index.json");
    assert_eq!(index["manifests"][0]["digest"], digest.trim());
    let manifest = read(&place, &blob(&index["manifests"][0]));
    assert_eq!(manifest["config"]["mediaType"], "application/vnd.cncf.flux.config.v1+json");
    assert_eq!(manifest["layers"].as_array().unwrap().len(), 1);
    let layer = &manifest["layers"][0];
    assert_eq!(layer["mediaType"], "application/vnd.cncf.flux.content.v1.tar+gzip");
    let created = json!({ "org.opencontainers.image.created": "1970-01-01T00:00:00Z" });
    assert_eq!(manifest["annotations"], created);
    let packed = fs::read(place.path(&blob(layer))).unwrap();
    // No time, and no system that it was made on.
    assert_eq!((&packed[..3], &packed[4..8], packed[9]), (&[0x1f, 0x8b, 8][..], &[0; 4][..], 255));
}

#[test]
fn flux_unpacks_and_builds_what_is_in_it() {
    let place = place();
    let digest = place.run(&["build", "--oci-layout", "image"]).exits(0).stdout;
    let Some(read) = flux(&["layout", place.path("image").to_str().unwrap()]) else { return };
    assert_eq!(read.unwrap(), digest.trim());
}

#[test]
fn equal_objects_make_equal_bytes() {
    let first = place();
    let second = place();
    second.put("notes.txt", b"elsewhere, later, with more beside it");
    let build = |place: &Place, zone: &str| -> Run {
        let args = ["build", "--oci-layout", "image"];
        run(meshc(&place.path("")).args(args).env("TZ", zone).env("SOURCE_DATE_EPOCH", "1"), b"").exits(0)
    };
    assert_eq!(build(&first, "UTC").stdout, build(&second, "Asia/Tokyo").stdout);
    assert!(files(&first.path("image")) == files(&second.path("image")));
    build(&first, "UTC");
    assert!(files(&first.path("image")) == files(&second.path("image")));
}

#[test]
fn what_is_said_about_it_is_part_of_it() {
    let place = place();
    let before = place.run(&["build", "--oci-layout", "image"]).exits(0).stdout;
    let said = ["--source", "https://git.example.com/mesh", "--revision", "main@sha1:abc"];
    let after = place.run(&[&["build", "--oci-layout", "image"][..], &said].concat()).exits(0).stdout;
    assert_ne!(before, after);
    let manifest = read(&place, &blob(&read(&place, "image/index.json")["manifests"][0]));
    assert_eq!(manifest["annotations"]["org.opencontainers.image.revision"], "main@sha1:abc");
    assert_eq!(manifest["annotations"]["org.opencontainers.image.source"], "https://git.example.com/mesh");
    place.run(&[&["build"][..], &said].concat()).exits(2).says("say `--oci-layout` too");
    place.run(&["build", "--oci-layout", "image", "--revision", "a b"]).exits(2);
}

#[test]
fn files_of_others_are_left_alone() {
    for foreign in ["notes.txt", "index.json"] {
        let place = place();
        place.put(&format!("image/{foreign}"), b"mine\n");
        place.run(&["build", "--oci-layout", "image"]).exits(2).says("did not write");
        assert_eq!(place.read(&format!("image/{foreign}")), "mine\n");
    }
    place().run(&["build", "--oci-layout", "."]).exits(2).says("did not write");
}

#[test]
fn a_failure_keeps_the_old_artifact() {
    let place = place();
    place.run(&["build", "--oci-layout", "image"]).exits(0);
    let before = files(&place.path("image"));
    place.put("checkout.kdl", BAD.as_bytes());
    place.run(&["build", "--oci-layout", "image"]).exits(1);
    fs::remove_file(place.path("checkout.kdl")).unwrap();
    place.run(&["build", "--oci-layout", "image"]).exits(1).says("--allow-empty");
    assert!(files(&place.path("image")) == before);
}

#[test]
fn what_says_nothing_together_is_usage() {
    let place = place();
    for more in
        [&["-o", "out"][..], &["--format", "json"], &["--target", "envoy", "--for", "service/checkout"]]
    {
        place.run(&[&["build", "--oci-layout", "image"][..], more].concat()).exits(2);
    }
    assert_eq!(place.names(), ["checkout.kdl"]);
}

#[test]
fn kustomize_controller_takes_the_folder_as_it_is() {
    for (project, env) in [("bookinfo", None), ("acme", Some("prod"))] {
        let place = Place::with(&[]);
        let out = place.path("out");
        let project = format!("examples/{project}");
        let env: Vec<&str> = env.iter().flat_map(|env| ["--env", env]).collect();
        let build = |more: &[&str]| {
            let args = [&["build", &project][..], &env, more].concat();
            run(meshc(&top()).args(args), b"").exits(0).stdout
        };
        build(&["-o", out.to_str().unwrap()]);
        // Flux writes the list again in its own way, and adds to it what `spec` says.
        let all_but_the_list = || {
            let mut files = files(&out);
            files.retain(|(path, _)| path != "kustomization.yaml");
            files
        };
        let before = all_but_the_list();
        let Some(built) = flux(&["build", out.to_str().unwrap()]) else { return };
        let built = built.unwrap();
        // It adds no file of its own, and takes every object that is in the folder.
        assert_eq!(built["action"], "unchanged");
        assert!(all_but_the_list() == before);
        let mut objects = built["objects"].as_array().unwrap().clone();
        let printed: Value = serde_json::from_str(&build(&["--format", "json"])).unwrap();
        let mut printed = printed["items"].as_array().unwrap().clone();
        for objects in [&mut objects, &mut printed] {
            objects.sort_by_key(Value::to_string);
        }
        assert_eq!(objects, printed);
    }
}
