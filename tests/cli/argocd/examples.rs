//! `examples/argocd`, as the programs read it that it is for.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use super::cmp::{Argo, Server};
use super::top;
use crate::place::{Place, meshc, run};

fn read(name: &str) -> String {
    fs::read_to_string(top().join("examples/argocd").join(name)).unwrap()
}

/// Returns a repository with the project that the Applications name, where they name it.
fn repository() -> Place {
    let place = Place::with(&[]);
    let mut open = vec!["examples/acme".to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(top().join(&folder)).unwrap() {
            let path = format!("{folder}/{}", entry.unwrap().file_name().to_str().unwrap());
            match fs::read(top().join(&path)) {
                Ok(bytes) => place.put(&path, &bytes),
                Err(_) => open.push(path),
            }
        }
    }
    place
}

#[test]
fn the_application_is_one_and_builds() {
    let Some(mut server) = Server::start(&[]) else { return };
    let objects = server.generate(&repository().path(""), &read("application.yaml"));
    assert!(objects.len() > 10, "{objects:?}");
}

#[test]
fn the_applications_of_teams_make_up_the_whole() {
    let Some(mut server) = Server::start(&[]) else { return };
    let answer = Argo::start().unwrap().ask(&json!({ "call": "render", "application": read("teams.yaml") }));
    assert_eq!(answer["error"], Value::Null, "{answer}");
    let (repository, mut together) = (repository(), Vec::new());
    for application in answer["applications"].as_array().unwrap() {
        let application = json!({ "metadata": application["metadata"], "spec": application["spec"] });
        together.extend(server.generate(&repository.path(""), &application.to_string()));
    }
    let mut whole = server.generate(&repository.path(""), &read("application.yaml"));
    for objects in [&mut together, &mut whole] {
        objects.sort_by_key(Value::to_string);
    }
    assert_eq!(together, whole);
}

#[test]
fn the_annotations_are_what_deps_prints() {
    let printed =
        run(meshc(&top()).args(["deps", "examples/acme", "--format", "argocd"]), b"").exits(0).stdout;
    for name in ["application.yaml", "teams.yaml"] {
        assert!(read(name).contains(printed.trim()), "{name} does not say {printed}");
    }
}

#[test]
fn the_sidecar_fits_the_deployment() {
    let Ok(version) = Command::new("kubectl").args(["version", "--client"]).output() else {
        println!("skipped: no kubectl on this machine, the sidecar's manifest is not tried");
        return;
    };
    assert!(version.status.success());
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: argocd-repo-server, namespace: argocd}\n\
                      spec:\n  selector: {matchLabels: {app: x}}\n  template:\n    metadata: {labels: {app: x}}\n    \
                      spec:\n      containers: [{name: argocd-repo-server, image: x}]\n      \
                      volumes: [{name: var-files, emptyDir: {}}, {name: plugins, emptyDir: {}}]\n";
    let place = Place::with(&[("deployment.yaml", deployment), ("patch.yaml", &read("repo-server.yaml"))]);
    let args = ["patch", "--local", "--filename=deployment.yaml", "--patch-file=patch.yaml", "--output=json"];
    let patched = run(Command::new("kubectl").args(args).current_dir(place.path("")), b"").exits(0).stdout;
    let pod = &serde_json::from_str::<Value>(&patched).unwrap()["spec"]["template"]["spec"];
    assert_eq!(pod["containers"].as_array().unwrap().len(), 2, "{pod}");
    let volumes = pod["volumes"].as_array().unwrap();
    let sidecar = pod["containers"].as_array().unwrap().iter().find(|one| one["name"] == "meshc").unwrap();
    let security = &sidecar["securityContext"];
    assert_eq!((&security["runAsUser"], &security["readOnlyRootFilesystem"]), (&json!(999), &json!(true)));
    for mount in sidecar["volumeMounts"].as_array().unwrap() {
        assert!(volumes.iter().any(|volume| volume["name"] == mount["name"]), "{mount} in {pod}");
    }
    // What Kubernetes does not know would be gone.
    let written: Value = serde_yaml::from_str(&read("repo-server.yaml")).unwrap();
    let own = &written["spec"]["template"]["spec"]["containers"][0];
    for key in own.as_object().unwrap().keys() {
        assert_eq!(own[key], sidecar[key], "{key}");
    }
}

#[test]
fn what_a_controller_changes_is_left_alone() {
    let Some(mut argo) = Argo::start() else { return };
    let case = top().join("golden/explain/managed-by-a-controller");
    let page = run(meshc(&case).args(["explain", "cart"]), b"").exits(0).stdout;
    let (_, snippet) = page.split_once("\nArgo CD, so that it leaves what argo-rollouts changes\n").unwrap();
    let objects = run(meshc(&case).args(["build", "--format", "json"]), b"").exits(0).stdout;
    let objects: Value = serde_json::from_str(&objects).unwrap();
    let mut compare = |object: &Value| {
        let request = json!({ "call": "ignore", "application": snippet, "object": object });
        let answer = argo.ask(&request);
        assert_eq!(answer["error"], Value::Null, "{answer}");
        answer["compared"].clone()
    };
    for object in objects["items"].as_array().unwrap() {
        let mut live = object.clone();
        let pointer = match object["kind"].as_str().unwrap() {
            "VirtualService" => "/spec/http/1/route/0/weight",
            "DestinationRule" => "/spec/subsets/0/labels/rollouts-pod-template-hash",
            _ => continue,
        };
        let (holder, key) = pointer.rsplit_once('/').unwrap();
        live.pointer_mut(holder).unwrap()[key] = json!(55);
        assert_ne!(live, *object);
        assert_eq!(compare(&live), compare(object), "{}", object["metadata"]["name"]);
        live["spec"]["hosts"] = json!(["other"]);
        assert_ne!(compare(&live), compare(object));
    }
}
