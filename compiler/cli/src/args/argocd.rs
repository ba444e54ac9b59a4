//! `meshc argocd`

use clap::{Args, Subcommand};

/// Serves Argo CD as a config management plugin.
///
/// Needs no shell, no git and no network, and writes nothing. examples/argocd sets it up.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
#[command(after_help = "\
Examples:
  meshc argocd plugin-yaml > plugin.yaml            for the sidecar, under /home/argocd/cmp-server/config
  ARGOCD_ENV_MESHC_ENV=prod meshc argocd generate   what Argo CD would get for this folder

Parameters, in spec.source.plugin of an Application:
  env       the environment to build for
  only      the part to build: namespace=NAME, owner=TEAM or no-owner
  today     the day to compare waivers with

Each may also be an environment variable of the plugin: MESHC_ENV, MESHC_ONLY, MESHC_TODAY. The parameter wins.")]
pub struct Argocd {
    /// What Argo CD asks for
    #[command(subcommand)]
    pub asks: Asks,
}

/// What Argo CD asks for.
#[derive(Debug, Subcommand)]
pub enum Asks {
    /// Prints the objects of the project that this folder is in
    ///
    /// What to build is read from ARGOCD_APP_PARAMETERS and ARGOCD_ENV_MESHC_*. The project's root is not looked for above
    /// the repository. A project or a part without objects is an error: Argo CD would prune everything.
    #[command(after_help = "\
Examples:
  ARGOCD_ENV_MESHC_ENV=prod meshc argocd generate
  ARGOCD_APP_PARAMETERS='[{\"name\": \"env\", \"string\": \"prod\"}]' meshc argocd generate")]
    Generate,
    /// Prints the parameters that an Application may set, with what this project has to offer
    #[command(after_help = "\
Examples:
  meshc argocd parameters | jq -r '.[].tooltip'")]
    Parameters,
    /// Prints the configuration of the sidecar
    #[command(after_help = "\
Examples:
  meshc argocd plugin-yaml > plugin.yaml
  meshc argocd plugin-yaml --discover > plugin.yaml")]
    PluginYaml(PluginYaml),
}

/// How the sidecar is configured.
#[derive(Debug, Args)]
pub struct PluginYaml {
    /// What Applications call the plugin
    #[arg(long, default_value = super::NAME, value_parser = name)]
    pub name: String,

    /// Let Argo CD ask whether a folder is ours: one with a `mesh.kdl` is
    ///
    /// Applications need not name the plugin then. Argo CD sends the whole repository once more for each Application, also
    /// for those that are not ours.
    #[arg(long)]
    pub discover: bool,
}

/// Reads a name that can be the file name of a socket.
fn name(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match !text.is_empty() && text.len() <= 63 && !text.starts_with('-') && text.chars().all(plain) {
        true => Ok(text.to_owned()),
        false => Err("use lower-case letters, digits and dashes, at most 63".to_owned()),
    }
}
