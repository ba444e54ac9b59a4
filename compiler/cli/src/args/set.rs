//! `meshc set`

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use crate::completions;

/// Changes values of a service, an ingress or an egress in its file, and leaves everything else as it is.
///
/// Nothing is written unless the project builds as well as before. What changed is printed to stdout, a line each.
#[derive(Debug, Args)]
#[command(after_help = "\
Changes:
  serve=v2                    the value of a line; the line is added if there is none
  canary.percent=25           a property of a line
  to.v2.weight=20             of one of several lines: behind the word, what it is known by
  version.v3.track=next         version v3 track=next
  port.8080=grpc                port 8080 grpc
  route.search.timeout=off    a line of a block: of the route named search
  canary.header.x-test=yes      canary … { header x-test=yes }
  version=v3                  another line of which there may be several
  visible-to=\"shop search\"    several values
  canary=                     takes the line away; what `--env` says about it with `--env`
  canary.percent=             takes the property away
  drop=canary --env prod      says that prod is without it

Quotes that the language wants are put there: timeout=5s becomes timeout \"5s\".

Examples:
  meshc set reviews canary.percent=25               a bot takes the next step
  meshc set reviews serve=v2 canary=                promote: v2 is served, and there is no canary
  meshc set reviews canary.percent=1 --env prod     in prod only
  meshc set reviews.shop timeout=2s                 the one in namespace shop, where there are several
  meshc set api.example.com retry=3 retry.per-try=1s teams/payments

Exit code: 0 if it is so now (`unchanged` if it was before), 1 if it would not build, 2 if it is not clear what is meant.")]
pub struct Set {
    /// A service, or the heading host of an ingress or an egress; with its namespace if there are several
    #[arg(add = ArgValueCompleter::new(completions::names))]
    pub name: String,

    /// What to change; a last one without `=` is the project's folder, or one file
    #[arg(required = true, value_name = "WORD[.PROP]=VALUE", add = ArgValueCompleter::new(completions::changes))]
    pub changes: Vec<String>,

    /// Change it for this environment only
    #[arg(short, long, add = ArgValueCompleter::new(completions::envs))]
    pub env: Option<String>,

    /// Write nothing, only print what would change
    #[arg(long)]
    pub dry_run: bool,
}
