//! `meshc krm`

use std::path::PathBuf;

use clap::Args;

/// Is a function of kpt and kustomize: resources in on stdin, the same and the objects of a project out.
///
/// The function's configuration says what to build: `spec.intent` is the intent itself, `spec.files` are paths below this
/// folder, and without either it is the project that this folder is in. `spec.env`, `spec.only` and `spec.today` are as
/// for `meshc build`. A ConfigMap has the same keys under `data`, and intent in keys that end in `.kdl`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  kpt fn eval . --exec 'meshc krm' -- env=prod          write a file for each object into this package
  kpt fn render --allow-exec                            where a Kptfile names it under `pipeline`
  kustomize build --enable-alpha-plugins --enable-exec  where a kustomization names it under `generators`

What others made is handed on as it is. What this function made before is replaced, or dropped if it is no more. Findings
are `results`; after an error the resources are as they were, and the exit code is 1.

`kubectl kustomize` passes such functions over without a word. It does run a program called MeshcGenerator in
$KUSTOMIZE_PLUGIN_HOME/meshc.dev/v1alpha1/meshcgenerator, which may be a link to meshc. examples/kustomize sets it up.")]
pub struct Krm {
    /// Be a plugin of kustomize's old kind instead: read the configuration from this file, print the objects
    #[arg(value_name = "FILE")]
    pub config: Option<PathBuf>,
}
