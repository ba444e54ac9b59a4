//! `meshc route`

use std::path::PathBuf;

use clap::Args;
use clap_complete::engine::ArgValueCompleter;
use meshc_compiler::route;

use crate::completions;

/// Says what becomes of one request, and why.
///
/// Routes are tried as a proxy tries them. Without `--from` and `--via` the caller is a pod in the namespace of the service;
/// a host that only a gateway serves is asked for there.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  meshc route http://reviews/reviews/1 --env prod
  meshc route http://reviews/ -H x-canary:always --from service/frontend
  meshc route https://shop.example.com/api/cart --via public
  meshc route https://api.example.com/ --from ns/payments --format json")]
pub struct Route {
    /// The request's URL; without a port it means the service's own, or the scheme's
    pub url: String,

    /// A project's folder or any folder below it, one file, or `-` for stdin
    #[arg(default_value = ".")]
    pub path: PathBuf,

    /// Read the project as it is in this revision of its git repository, instead of on the disk
    #[arg(long, value_name = "REV", add = ArgValueCompleter::new(completions::revisions))]
    pub at: Option<String>,

    /// The method
    #[arg(short = 'X', long, default_value = "GET", value_parser = method)]
    pub method: String,

    /// A header, `name: value`; may be repeated
    #[arg(short = 'H', long = "header", value_name = "NAME:VALUE", value_parser = header)]
    pub headers: Vec<(String, String)>,

    /// Who sends it: `service/NAME`, `ns/NAMESPACE`, or `ns/NAMESPACE/LABEL=VALUE,…` for a pod with these labels
    #[arg(long, conflicts_with = "via", add = ArgValueCompleter::new(completions::callers))]
    pub from: Option<String>,

    /// The gateway that it is sent to
    #[arg(long, value_name = "GATEWAY", add = ArgValueCompleter::new(completions::gateways))]
    pub via: Option<String>,

    /// The environment
    #[arg(short, long, add = ArgValueCompleter::new(completions::envs))]
    pub env: Option<String>,

    /// How the answer is shown
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

super::words! {
    /// How an answer is shown.
    pub enum Format for route::Format {
        /// For people
        Text,
        /// One document: meshc.dev/route/v1
        Json,
    }
}

/// Tells whether HTTP allows a name of these bytes.
fn is_token(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(fits)
}

fn method(text: &str) -> Result<String, String> {
    match is_token(text) {
        true => Ok(text.to_owned()),
        false => Err("a method is one word, such as GET or POST".to_owned()),
    }
}

fn header(text: &str) -> Result<(String, String), String> {
    let form = "write name and value, such as `x-canary: always`";
    let (name, value) = text.split_once(':').ok_or_else(|| format!("there is no colon: {form}"))?;
    if !is_token(name) {
        return Err(format!("`{name}` is no name of a header: {form}"));
    }
    match value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
        true => Err("a value has no control characters".to_owned()),
        false => Ok((name.to_owned(), value.trim().to_owned())),
    }
}
