//! The programs that run functions, and `examples/kpt` and `examples/kustomize` under them.

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::flux::program::{kustomize, say};
use crate::flux::top;
use crate::place::{BAD, Place, Run, meshc, run};

/// Tells whether there is a program; if not, that is said on standard error.
fn is_there(name: &str) -> bool {
    let there = Command::new(name).arg("version").output().is_ok();
    if !there {
        say(&format!("skipped: no {name} on this machine, it runs no function of ours"));
    }
    there
}

/// Returns a copy of an example.
fn copied(example: &str) -> Place {
    let place = Place::with(&[]);
    let root = top().join("examples").join(example);
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let to = path.strip_prefix(&root).unwrap().to_str().unwrap();
            place.put(to, &fs::read(&path).unwrap());
            fs::set_permissions(place.path(to), fs::metadata(&path).unwrap().permissions()).unwrap();
        }
    }
    place
}

/// Runs a program in a folder, with our command on its path.
fn started(mut command: Command, folder: &Path, args: &[&str]) -> Run {
    let ours = Path::new(env!("CARGO_BIN_EXE_meshc")).parent().unwrap().to_owned();
    let others = env::var_os("PATH").unwrap();
    let path = env::join_paths([ours].into_iter().chain(env::split_paths(&others))).unwrap();
    run(command.args(args).current_dir(folder).env("PATH", path), b"")
}

fn kpt(place: &Place, args: &[&str]) -> Run {
    started(Command::new("kpt"), &place.path(""), args)
}

/// Returns what `meshc build` makes of the intent of an example's configuration.
fn built(config: &Value, key: &[&str]) -> Vec<Value> {
    let intent = key.iter().fold(config, |value, key| &value[*key]).as_str().unwrap();
    let place = Place::with(&[]);
    let args = ["build", "-", "--env", "prod", "--format", "json"];
    let json = run(meshc(&place.path("")).args(args), intent.as_bytes()).exits(0).stdout;
    serde_json::from_str::<Value>(&json).unwrap()["items"].as_array().unwrap().clone()
}

/// Returns the documents of a text, without what says where they came from.
fn documents(text: &str) -> Vec<Value> {
    let mut all: Vec<Value> = text.split("---\n").map(|one| serde_yaml::from_str(one).unwrap()).collect();
    all.iter_mut().for_each(|object| _ = object["metadata"].as_object_mut().unwrap().remove("annotations"));
    all
}

#[test]
fn kpt_renders_the_example_to_what_is_in_it() {
    if !is_there("kpt") {
        return;
    }
    let place = copied("kpt");
    let files = ["shop/destinationrule-checkout.yaml", "shop/virtualservice-checkout.yaml"];
    let before = files.map(|file| place.read(file));
    fs::remove_dir_all(place.path("shop")).unwrap();
    for _ in 0..2 {
        let run = kpt(&place, &["fn", "render", "--allow-exec"]);
        assert_eq!(run.exit, Some(0), "{run:?}");
        assert_eq!(files.map(|file| place.read(file)), before);
    }
    let config: Value = serde_yaml::from_str(&place.read("meshc.yaml")).unwrap();
    let mut built = built(&config, &["data", "checkout.kdl"]);
    built.iter_mut().for_each(|object| _ = object["metadata"].as_object_mut().unwrap().remove("annotations"));
    assert_eq!(documents(&before.join("---\n")), built);
}

#[test]
fn kpt_keeps_files_of_others_and_findings() {
    if !is_there("kpt") {
        return;
    }
    let place = copied("kpt");
    let other = "# mine\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other # why\ndata:\n  mode: 0644\n  on: yes\n";
    place.put("other.yaml", other.as_bytes());
    let run = kpt(&place, &["fn", "render", "--allow-exec"]);
    assert_eq!((run.exit, place.read("other.yaml").as_str()), (Some(0), other), "{run:?}");
    let before = place.read("shop/virtualservice-checkout.yaml");
    place.put("bad.kdl", BAD.as_bytes());
    let run = kpt(
        &place,
        &["fn", "eval", ".", "--exec", "meshc krm", "--results-dir", "results", "--", "env=prod"],
    );
    assert_eq!((run.exit, place.read("shop/virtualservice-checkout.yaml")), (Some(1), before), "{run:?}");
    let results: Value = serde_yaml::from_str(&place.read("results/results.yaml")).unwrap();
    let result = &results["items"][0]["results"][0];
    assert_eq!(
        (&result["file"]["path"], &result["severity"]),
        (&"bad.kdl".into(), &"error".into()),
        "{results}"
    );
}

#[test]
fn kustomize_runs_the_function() {
    let Some(command) = kustomize() else { return };
    let place = copied("kustomize");
    let args = ["build", "--enable-alpha-plugins", "--enable-exec", "function"];
    let run = started(command, &place.path(""), &args).exits(0);
    let mut built = built(&config(&place, "function"), &["spec", "intent"]);
    built.iter_mut().for_each(|object| _ = object["metadata"].as_object_mut().unwrap().remove("annotations"));
    assert_eq!(documents(&run.stdout), built);
    assert!(!run.stdout.contains("internal.config.kubernetes.io"), "{run:?}");
}

#[test]
fn kubectl_passes_the_function_over_without_a_word() {
    if !is_there("kubectl") {
        return;
    }
    let place = copied("kustomize");
    let run = started(
        Command::new("kubectl"),
        &place.path(""),
        &["kustomize", "--enable-alpha-plugins", "function"],
    );
    // The README and the help warn of it: when it changes, so must they.
    assert_eq!((run.exit, run.stdout.as_str()), (Some(0), ""), "{run:?}");
}

#[test]
fn kubectl_and_kustomize_run_the_plugin() {
    let place = copied("kustomize");
    let plugins = plugins(&place);
    let mut commands: Vec<(Command, &[&str])> = Vec::new();
    if is_there("kubectl") {
        commands.push((Command::new("kubectl"), &["kustomize", "--enable-alpha-plugins", "plugin"]));
    }
    if let Some(command) = kustomize() {
        commands.push((command, &["build", "--enable-alpha-plugins", "plugin"]));
    }
    let built = built(&config(&place, "plugin"), &["spec", "intent"]);
    for (mut command, args) in commands {
        command.env("KUSTOMIZE_PLUGIN_HOME", &plugins);
        let run = started(command, &place.path(""), args).exits(0);
        let mut built = built.clone();
        built
            .iter_mut()
            .for_each(|object| _ = object["metadata"].as_object_mut().unwrap().remove("annotations"));
        assert_eq!(documents(&run.stdout), built);
    }
}

#[test]
fn a_plugin_that_fails_says_why_and_prints_nothing() {
    let place = copied("kustomize");
    let plugin = plugins(&place).join("meshc.dev/v1alpha1/meshcgenerator/MeshcGenerator");
    for (config, says) in
        [("spec: {intent: service}", "error["), ("spec: {a: b}", "means nothing"), ("[", "is not YAML")]
    {
        place.put("config.yaml", config.as_bytes());
        let run = started(Command::new(&plugin), &place.path(""), &["config.yaml"]);
        assert!(run.exit != Some(0) && run.stdout.is_empty(), "{run:?}");
        run.says(says);
    }
}

fn config(place: &Place, folder: &str) -> Value {
    serde_yaml::from_str(&place.read(&format!("{folder}/generator.yaml"))).unwrap()
}

/// Makes the folder that kustomize looks for plugins in, with a link to our command.
fn plugins(place: &Place) -> PathBuf {
    let folder = place.path("plugins/meshc.dev/v1alpha1/meshcgenerator");
    fs::create_dir_all(&folder).unwrap();
    symlink(env!("CARGO_BIN_EXE_meshc"), folder.join("MeshcGenerator")).unwrap();
    place.path("plugins")
}
