//! Why a registry took nothing, in words that say what to do.

use std::error::Error;

use oci_client::errors::{OciDistributionError, OciEnvelope};

use super::credentials::Credentials;
use crate::trust;

/// The most that is repeated of what a registry says.
const MOST_SAID: usize = 300;

/// Returns what was wrong.
pub fn says(error: &OciDistributionError, credentials: &Credentials) -> String {
    match error {
        OciDistributionError::UnauthorizedError { .. } | OciDistributionError::AuthenticationFailure(_) => {
            unauthorized(credentials)
        }
        OciDistributionError::ServerError { code: 401, .. } => unauthorized(credentials),
        OciDistributionError::RegistryError { envelope, .. } => refused(envelope, credentials),
        OciDistributionError::ServerError { code, message, .. } => {
            format!("the registry answers {code}: {}", shown(message))
        }
        OciDistributionError::RequestError(error) => {
            // The last one says what happened, those before it who says so.
            let mut reason: &dyn Error = error;
            while let Some(source) = reason.source() {
                reason = source;
            }
            let reason = reason.to_string();
            format!("cannot speak to the registry: {}{}", shown(&reason), hint(&reason))
        }
        // Others' errors: what they are about stands in their text.
        other => shown(&other.to_string()),
    }
}

/// Returns what to do about what went wrong below HTTP.
fn hint(reason: &str) -> String {
    if reason.contains("corrupt message") {
        "; it does not speak TLS, `--plain-http` is for a registry without".to_owned()
    } else {
        trust::hint(reason).map(|hint| format!("; {hint}")).unwrap_or_default()
    }
}

fn unauthorized(credentials: &Credentials) -> String {
    match credentials {
        Credentials::Anonymous => "the registry wants to know who pushes: set MESHC_REGISTRY_USERNAME and \
                                   MESHC_REGISTRY_PASSWORD, or run `docker login`"
            .to_owned(),
        Credentials::User { name, .. } => {
            format!("the registry does not take the credentials of `{}`", name.escape_debug())
        }
    }
}

fn refused(envelope: &OciEnvelope, credentials: &Credentials) -> String {
    let said: Vec<String> =
        envelope.errors.iter().map(|error| format!("{:?}: {}", error.code, error.message)).collect();
    let said = said.join(", ");
    if said.to_lowercase().contains("unauthorized") {
        return unauthorized(credentials);
    }
    format!("the registry refuses it: {}", shown(&said))
}

/// Returns what a stranger says, on one line and not too long.
fn shown(text: &str) -> String {
    let end = text.floor_char_boundary(MOST_SAID.min(text.len()));
    text[..end].trim().escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'")
}
