//! `meshc build`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;
use meshc_compiler::istio::Part;

use super::artifact::Artifact;
use crate::completions;

/// Prints the Istio objects of a project, or writes them to a folder; or prints the configuration of one Envoy.
///
/// Nothing is printed or written unless the whole project is good.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  meshc build                                       the project this folder is in
  meshc build --env prod | kubectl apply -f -       one environment, into a cluster
  meshc build examples/bookinfo -o manifests        a file for each object, and kustomization.yaml
  meshc build -o manifests --check                  fail if manifests/ is not what would be written
  meshc build -o manifests --watch                  and write again after every change
  meshc build --only owner=shop                     the objects of one team
  meshc build --oci-layout image                    the artifact that Flux pulls, as a folder
  meshc build checkout.kdl                          one file alone
  cat checkout.kdl | meshc build -                  from stdin
  meshc build --at v1.4 --env prod                  as it was in a revision, without a checkout
  meshc build --target envoy --for gateway/public   what one gateway does, for an Envoy without Istio
  meshc build --target envoy --for service/reviews --endpoints local.yaml
                                                    what a service may call, with upstreams on this machine
  meshc build --target envoy --for gateway/public --xds /etc/envoy/public --admin 127.0.0.1:9901
                                                    change what a running Envoy does, without a lost request")]
pub struct Build {
    /// A project's folder or any folder below it, one file, or `-` for stdin
    #[arg(default_value = ".")]
    pub path: PathBuf,

    /// Read the project as it is in this revision of its git repository, instead of on the disk
    #[arg(long, value_name = "REV", conflicts_with = "watch", add = ArgValueCompleter::new(completions::revisions))]
    pub at: Option<String>,

    /// The environment to build for
    #[arg(short, long, add = ArgValueCompleter::new(completions::envs))]
    pub env: Option<String>,

    /// The day to compare waivers with, such as 2027-03-31; without it none has ended
    #[arg(long, value_name = "DATE", value_parser = super::date)]
    pub today: Option<String>,

    /// Write a file for each object into this folder, which holds nothing else
    ///
    /// The folder is replaced in one step: whoever reads it sees the old files or the new ones. A folder with files that
    /// meshc did not write is left alone.
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Write nothing; exit 1 if the files in DIR are not what would be written
    #[arg(long, requires = "out")]
    pub check: bool,

    /// Write again whenever a file of the project changes, until ctrl-c
    #[arg(long, requires = "out", conflicts_with = "check")]
    pub watch: bool,

    /// Write the artifact that Flux pulls into this folder (an OCI image layout), and print its digest
    ///
    /// Equal objects make equal bytes. `skopeo copy oci:DIR` takes it to a registry; `meshc push` makes it and does that at once.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["out", "check", "watch"])]
    pub oci_layout: Option<PathBuf>,

    /// Build one part of the output: `namespace=NAME`, `owner=TEAM`, or `no-owner`
    ///
    /// The whole project is read and checked all the same. Parts by namespace are disjoint and make up the whole; so do
    /// those by owner with `no-owner`.
    #[arg(long, value_name = "PART", add = ArgValueCompleter::new(completions::parts))]
    pub only: Option<Part>,

    /// Accept a project that makes no object
    ///
    /// Without this it is an error, because a GitOps controller that gets nothing deletes everything.
    #[arg(long)]
    pub allow_empty: bool,

    /// How objects are written
    #[arg(long, value_enum, default_value_t = Format::Yaml)]
    pub format: Format,

    /// For whom to build
    #[arg(long, value_enum, default_value_t = Target::Istio)]
    pub target: Target,

    #[command(flatten)]
    pub artifact: Artifact,

    #[command(flatten)]
    pub envoy: Envoy,
}

/// What only an Envoy needs to know.
#[derive(Debug, Args)]
#[command(next_help_heading = "With `--target envoy`")]
pub struct Envoy {
    /// The proxy to configure: `gateway/NAME`, or `service/NAME` for what that service calls
    #[arg(long = "for", value_name = "PROXY", required_if_eq("target", "envoy"), add = ArgValueCompleter::new(completions::proxies))]
    pub proxy: Option<String>,

    /// Where hosts live, instead of where DNS says: a YAML or JSON map of `host` or `host/subset` to addresses
    #[arg(long, value_name = "FILE")]
    pub endpoints: Option<PathBuf>,

    /// The folder of certificates, which Envoy will open under the same path
    ///
    /// A secret is a folder with `tls.crt`, `tls.key` and `ca.crt`, a ConfigMap one with `ca.crt`. Beside them may be
    /// `ca-certificates.crt`, the CAs to believe in the place of this system's, and `cert-chain.pem`, `key.pem` and
    /// `root-cert.pem`, which stand for the mesh's own certificates.
    #[arg(long, value_name = "DIR")]
    pub certs: Option<PathBuf>,

    /// Where the proxy runs, as `region/zone`: failover and spread are as seen from there
    #[arg(long, value_name = "PLACE")]
    pub locality: Option<String>,

    /// Write the folder that a running Envoy reads, instead of one file to stdout
    ///
    /// It holds `bootstrap.yaml`, which names the folder as it is spelled here, and `cds.yaml`, `lds.yaml` and `rds.yaml`
    /// (at a gateway, one for each of its route tables). Files that change are replaced by renames, clusters first and route
    /// tables last, so that no request is lost; clusters of before are kept until the next build. A folder with files that
    /// meshc did not write is left alone.
    #[arg(long, value_name = "DIR", requires = "proxy")]
    pub xds: Option<PathBuf>,

    /// Ask the Envoy that reads DIR whether it has taken each file, before the next one is written
    ///
    /// HOST:PORT of its administration. So clusters whose names take time to look up are there before they are used, and
    /// those of before go at once. Given up after half a minute. Without it Envoy is given 300 ms between two files.
    #[arg(long, value_name = "ADDR", requires = "xds")]
    pub admin: Option<String>,
}

/// For whom to build.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Target {
    /// Objects for Istio
    Istio,
    /// The bootstrap of one Envoy, which runs without Istio
    Envoy,
}

/// How objects are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// YAML documents
    Yaml,
    /// One JSON list
    Json,
}
