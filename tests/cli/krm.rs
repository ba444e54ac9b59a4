//! `meshc krm`: its contract by hand, and under kpt, kustomize and kubectl.

mod contract;
mod hosts;

use crate::place::{Place, Run, meshc, run};

/// A resource that is somebody else's, in spellings that a reader and a writer would not keep.
const OTHER: &str = "\
- apiVersion: v1 # a comment
  kind: ConfigMap
  metadata:
    name: other
    annotations: {config.kubernetes.io/path: 'other.yaml'}
  data:
    mode: 0644
    on: yes

    text: |
      - apiVersion: not/a/resource
      items:
";

/// Returns a list with these resources and this configuration, each as lines of YAML.
fn list(items: &str, config: &str) -> String {
    let config: String = config.lines().map(|line| format!("  {line}\n")).collect();
    let config = if config.is_empty() { String::new() } else { format!("functionConfig:\n{config}") };
    format!("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n{items}{config}")
}

/// Returns a configuration with intent in it.
fn inline(intent: &str) -> String {
    let intent: String = intent.lines().map(|line| format!("    {line}\n")).collect();
    format!(
        "apiVersion: meshc.dev/v1alpha1\nkind: MeshcGenerator\nmetadata: {{name: mesh}}\nspec:\n  intent: |\n{intent}"
    )
}

/// Runs the function in a folder.
fn krm(place: &Place, input: &str) -> Run {
    run(meshc(&place.path("")).arg("krm"), input.as_bytes())
}

/// Returns the resources of what came out, as they are written.
fn items(run: &Run) -> String {
    let (_, rest) = run.stdout.split_once("items:\n").unwrap();
    let end = ["functionConfig:", "results:"].iter().filter_map(|key| rest.find(&format!("\n{key}"))).min();
    rest[..end.map_or(rest.len(), |end| end + 1)].to_owned()
}
