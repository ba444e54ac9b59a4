//! Runs `meshc argocd`: what Argo CD's plugin server starts, and what it has to be told.

mod announce;
mod generate;
mod parameters;

use meshc_compiler::yaml::{self, Format};

use crate::Outcome;
use crate::args::NAME;
use crate::args::argocd::{Argocd, Asks, PluginYaml};
use crate::terminal::{Terminal, print};

/// Answers Argo CD.
pub fn run(terminal: &Terminal, args: &Argocd) -> anyhow::Result<Outcome> {
    match &args.asks {
        Asks::Generate => generate::run(terminal),
        Asks::Parameters => announce::run(terminal),
        Asks::PluginYaml(args) => plugin_yaml(args),
    }
}

/// Prints the configuration of the sidecar. Parameters are announced by the command alone: what stands here too would
/// hide what it says of a project.
fn plugin_yaml(args: &PluginYaml) -> anyhow::Result<Outcome> {
    let PluginYaml { name, discover } = args;
    print(|stdout| {
        yaml::one(stdout, Format::Yaml, |map| {
            map.text("apiVersion", "argoproj.io/v1alpha1");
            map.text("kind", "ConfigManagementPlugin");
            map.map("metadata", |map| map.text("name", name));
            map.map("spec", |map| {
                if *discover {
                    map.map("discover", |map| map.text("fileName", "mesh.kdl"));
                }
                map.map("generate", |map| map.texts("command", [NAME, "argocd", "generate"]));
                map.map("parameters", |map| {
                    map.map("dynamic", |map| map.texts("command", [NAME, "argocd", "parameters"]));
                });
            });
        })
    })?;
    Ok(Outcome::Fine)
}
