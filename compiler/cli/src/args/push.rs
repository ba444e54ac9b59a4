//! `meshc push`

use std::path::PathBuf;

use clap::Args;
use clap_complete::engine::ArgValueCompleter;
use meshc_compiler::istio::Part;

use super::artifact::Artifact;
use crate::completions;

/// Builds the artifact that Flux pulls, and pushes it to a registry.
///
/// Opens connections to the registry and to whoever gives out its tokens, and to nobody else. Equal objects make the same
/// digest, and Flux does nothing about a digest that it knows.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  meshc push oci://ghcr.io/acme/mesh:prod --env prod
  meshc push oci://ghcr.io/acme/mesh:prod --env prod --source https://github.com/acme/mesh --revision main@sha1:COMMIT
  meshc push oci://127.0.0.1:5000/mesh:dev --plain-http     a registry on this machine

Who pushes is read from MESHC_REGISTRY_USERNAME and MESHC_REGISTRY_PASSWORD, else from what `docker login` keeps in
$DOCKER_CONFIG/config.json or ~/.docker/config.json. Programs that keep credentials are not run.

The registry's certificate has to be signed by a CA that this system trusts. On Linux, SSL_CERT_FILE names a file with the CAs
that are trusted in their place, such as a private one: SSL_CERT_FILE=ca.pem meshc push ...

Prints what was pushed, as REGISTRY/REPOSITORY:TAG@DIGEST.")]
pub struct Push {
    /// Where to: `oci://REGISTRY/REPOSITORY:TAG`
    #[arg(value_name = "URL")]
    pub to: String,

    /// A project's folder or any folder below it, one file, or `-` for stdin
    #[arg(default_value = ".")]
    pub path: PathBuf,

    /// Read the project as it is in this revision of its git repository, instead of on the disk
    #[arg(long, value_name = "REV", add = ArgValueCompleter::new(completions::revisions))]
    pub at: Option<String>,

    /// The environment to build for
    #[arg(short, long, add = ArgValueCompleter::new(completions::envs))]
    pub env: Option<String>,

    /// The day to compare waivers with, such as 2027-03-31; without it none has ended
    #[arg(long, value_name = "DATE", value_parser = super::date)]
    pub today: Option<String>,

    /// Build one part of the output: `namespace=NAME`, `owner=TEAM`, or `no-owner`
    #[arg(long, value_name = "PART", add = ArgValueCompleter::new(completions::parts))]
    pub only: Option<Part>,

    /// Accept a project that makes no object
    ///
    /// Without this it is an error, because Flux deletes what is in an artifact no more.
    #[arg(long)]
    pub allow_empty: bool,

    /// Speak HTTP instead of HTTPS: whoever listens sees the credentials
    #[arg(long)]
    pub plain_http: bool,

    #[command(flatten)]
    pub artifact: Artifact,
}
