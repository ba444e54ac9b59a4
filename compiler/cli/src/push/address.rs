//! `oci://REGISTRY/REPOSITORY:TAG`

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use anyhow::bail;

/// Where an artifact is pushed to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    /// The host, and the port if one is said.
    pub registry: String,
    /// The path in the registry.
    pub repository: String,
    /// The tag.
    pub tag: String,
}

impl Display for Address {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        let Address { registry, repository, tag } = self;
        write!(to, "{registry}/{repository}:{tag}")
    }
}

impl FromStr for Address {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Address> {
        let shown = text.escape_debug();
        let Some(rest) = text.strip_prefix("oci://") else {
            bail!("`{shown}` is no place for an artifact: write oci://REGISTRY/REPOSITORY:TAG")
        };
        if rest.contains('@') {
            bail!("credentials and digests are no part of the URL: write oci://REGISTRY/REPOSITORY:TAG")
        }
        let Some((registry, path)) = rest.split_once('/') else {
            bail!("`{shown}` names no repository: write oci://REGISTRY/REPOSITORY:TAG")
        };
        let Some((repository, tag)) = path.rsplit_once(':') else {
            bail!("`{shown}` names no tag: write `{shown}:latest`, or the tag that the OCIRepository follows")
        };
        let host = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
        if registry.is_empty() || !registry.chars().all(host) {
            bail!("`{}` is no host of a registry", registry.escape_debug())
        }
        if !repository.split('/').all(is_part) {
            bail!(
                "`{}` is no repository: its parts are lower-case letters and digits, with `.`, `_` or `-` between them",
                repository.escape_debug()
            )
        }
        if !is_tag(tag) {
            bail!(
                "`{}` is no tag: it has letters, digits, `.`, `_` and `-`, at most 128, and begins with none of the last two",
                tag.escape_debug()
            )
        }
        Ok(Address { registry: registry.to_owned(), repository: repository.to_owned(), tag: tag.to_owned() })
    }
}

fn is_part(part: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    part.starts_with(plain) && part.ends_with(plain) && part.chars().all(|c| plain(c) || "._-".contains(c))
}

fn is_tag(tag: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    (1..=128).contains(&tag.len()) && !tag.starts_with(['.', '-']) && tag.chars().all(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_three_parts() {
        for (text, registry, repository, tag) in [
            ("oci://ghcr.io/acme/mesh:prod", "ghcr.io", "acme/mesh", "prod"),
            ("oci://127.0.0.1:5000/mesh:v1.2_3", "127.0.0.1:5000", "mesh", "v1.2_3"),
            ("oci://[::1]:5000/a:b", "[::1]:5000", "a", "b"),
        ] {
            let (registry, repository, tag) = (registry.into(), repository.into(), tag.into());
            assert_eq!(text.parse::<Address>().unwrap(), Address { registry, repository, tag });
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        for (text, says) in [
            ("ghcr.io/acme/mesh:prod", "oci://REGISTRY"),
            ("https://ghcr.io/acme/mesh:prod", "oci://REGISTRY"),
            ("oci://ghcr.io", "no repository"),
            ("oci://ghcr.io:5000/mesh", "no tag"),
            ("oci:///mesh:a", "no host"),
            ("oci://me:secret@ghcr.io/mesh:a", "no part of the URL"),
            ("oci://ghcr.io/Mesh:a", "no repository"),
            ("oci://ghcr.io/a//b:a", "no repository"),
            ("oci://ghcr.io/../b:a", "no repository"),
            ("oci://ghcr.io/mesh:", "no tag"),
            ("oci://ghcr.io/mesh:a\u{1b}[31m", "no tag"),
        ] {
            let error = text.parse::<Address>().unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
            assert!(!error.contains("secret") && !error.contains('\u{1b}'), "{error}");
        }
    }
}
