//! What `build --oci-layout` and `push` may say about an artifact.

use clap::Args;

/// Where an artifact comes from.
///
/// What is said becomes part of the artifact: with a revision in it every commit has a digest of its own, and every
/// Kustomization that uses it is applied again.
#[derive(Debug, Args)]
#[command(next_help_heading = "In an artifact for Flux")]
pub struct Artifact {
    /// The URL of the repository that it was made from
    #[arg(long, value_name = "URL", value_parser = word)]
    pub source: Option<String>,

    /// The revision that it was made from, such as `main@sha1:COMMIT`; every commit then makes another artifact
    #[arg(long, value_name = "REVISION", value_parser = word)]
    pub revision: Option<String>,
}

/// Reads what people are shown: no space, and nothing that cannot be seen.
fn word(text: &str) -> Result<String, String> {
    match !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic()) {
        true => Ok(text.to_owned()),
        false => Err("write it without spaces, in ASCII".to_owned()),
    }
}
