//! What a job's environment says: where the forge is, and with what token it is asked.

use std::env;

use anyhow::{Context, bail};

/// A token. It has no `Debug` and no `Display`, so that it gets into a text only where it is meant to.
pub struct Token {
    secret: String,
}

/// Reads a variable; an empty one is not set.
pub fn variable(name: &str) -> anyhow::Result<Option<String>> {
    let Some(value) = env::var_os(name).filter(|value| !value.is_empty()) else { return Ok(None) };
    match value.into_string() {
        Ok(value) => Ok(Some(value)),
        Err(_) => bail!("{name} is not UTF-8"),
    }
}

/// Reads a variable that must be there.
pub fn needed(name: &str, what: &str) -> anyhow::Result<String> {
    variable(name)?.with_context(|| format!("{name} is not set: {what}"))
}

/// Reads a token.
pub fn token(name: &str) -> anyhow::Result<Option<Token>> {
    let Some(value) = variable(name)? else { return Ok(None) };
    let secret = value.trim().to_owned();
    match !secret.is_empty() && secret.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(Some(Token { secret })),
        false => bail!("{name} holds something that is no token: it has spaces, or what is not ASCII"),
    }
}

/// Reads the address of an API. A token is not sent where others could read it on the way.
pub fn address(name: &str, text: &str) -> anyhow::Result<String> {
    let text = text.trim_end_matches('/');
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let Some(rest) = rest.filter(|rest| is_plain(rest)) else {
        bail!("{name} is not an address such as https://api.github.com: {text:?}");
    };
    let authority = rest.split('/').next().unwrap_or(rest);
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        Some(_) | None => authority,
    };
    if text.starts_with("http:") && !matches!(host, "127.0.0.1" | "localhost" | "[::1]") {
        bail!(
            "{name} is {text:?}: a token is sent by https:// only, because others could read it on the way"
        );
    }
    Ok(text.to_owned())
}

fn is_plain(rest: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._~/-:[]%".contains(&byte);
    !rest.is_empty() && !rest.starts_with(['/', ':']) && rest.bytes().all(fits)
}

impl Token {
    /// Returns the value of a header with the token in it.
    pub fn header(&self, prefix: &str) -> String {
        format!("{prefix}{}", self.secret)
    }

    /// Takes the token out of what somebody else said.
    pub fn redacted(&self, text: &str) -> String {
        text.replace(&self.secret, "***")
    }
}
