//! Who pushes: from the environment, else from what `docker login` keeps. Never an argument, and never shown.

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use meshc_compiler::yaml::{self, Value};
use oci_client::secrets::RegistryAuth;

/// The variables that say who pushes.
const VARIABLES: [&str; 2] = ["MESHC_REGISTRY_USERNAME", "MESHC_REGISTRY_PASSWORD"];

/// A name and what proves it; it has no `Debug`, so that nobody prints it by accident.
pub enum Credentials {
    /// Nobody in particular.
    Anonymous,
    /// A user.
    User {
        /// The name.
        name: String,
        /// What proves it.
        password: String,
    },
}

impl Credentials {
    /// Looks for credentials for a registry.
    pub fn find(registry: &str) -> anyhow::Result<Credentials> {
        let said = VARIABLES.map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
        match said {
            [Some(name), Some(password)] => Ok(Credentials::User { name, password }),
            [None, None] => docker(registry),
            [Some(_), None] | [None, Some(_)] => {
                bail!("{} and {} go together: one of them is not set", VARIABLES[0], VARIABLES[1])
            }
        }
    }

    /// Returns what a registry is told.
    pub fn auth(&self) -> RegistryAuth {
        match self {
            Credentials::Anonymous => RegistryAuth::Anonymous,
            Credentials::User { name, password } => RegistryAuth::Basic(name.clone(), password.clone()),
        }
    }

    /// Returns a text without the password, which a registry may have repeated.
    pub fn hide(&self, text: &str) -> String {
        match self {
            Credentials::Anonymous => text.to_owned(),
            Credentials::User { name, password } => {
                let both = STANDARD.encode(format!("{name}:{password}"));
                text.replace(&both, "***").replace(password.as_str(), "***")
            }
        }
    }
}

/// Looks into Docker's file.
fn docker(registry: &str) -> anyhow::Result<Credentials> {
    let Some(file) = config() else { return Ok(Credentials::Anonymous) };
    let text = match fs::read(&file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Credentials::Anonymous),
        text => text.with_context(|| format!("cannot read {}", file.display()))?,
    };
    let Some(Value::Map(config)) = yaml::read(&text) else { bail!("{} is not JSON", file.display()) };
    let names = [registry.to_owned(), format!("https://{registry}"), format!("https://{registry}/v1/")];
    if let Some(Value::Map(auths)) = get(&config, "auths")
        && let Some((_, Value::Map(entry))) = auths.iter().find(|(host, _)| names.contains(host))
        && let Some(found) = entry_of(entry, &file, registry)?
    {
        return Ok(found);
    }
    let helper = match get(&config, "credHelpers") {
        Some(Value::Map(helpers)) => helpers.iter().any(|(host, _)| host == registry),
        _ => false,
    };
    if helper || matches!(get(&config, "credsStore"), Some(Value::Text(_))) {
        bail!(
            "{} leaves the credentials for {registry} to a program, and meshc runs none: set {} and {}",
            file.display(),
            VARIABLES[0],
            VARIABLES[1]
        );
    }
    Ok(Credentials::Anonymous)
}

/// Returns what an entry of Docker's file says; an empty one says that a program knows.
fn entry_of(entry: &[(String, Value)], file: &Path, registry: &str) -> anyhow::Result<Option<Credentials>> {
    if let Some(Value::Text(token)) = get(entry, "identitytoken")
        && !token.is_empty()
    {
        bail!(
            "{} has a token for {registry} that has to be exchanged first, which meshc does not do: set {} and {}",
            file.display(),
            VARIABLES[0],
            VARIABLES[1]
        );
    }
    let Some(Value::Text(auth)) = get(entry, "auth") else { return Ok(None) };
    let decoded = STANDARD.decode(auth).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    // The text itself stays out of the message.
    let Some((name, password)) = decoded.as_deref().and_then(|both| both.split_once(':')) else {
        bail!("what {} says about {registry} cannot be read: run `docker login {registry}`", file.display())
    };
    Ok(Some(Credentials::User {
        name: name.to_owned(),
        password: password.trim_end_matches('\0').to_owned(),
    }))
}

fn get<'v>(map: &'v [(String, Value)], key: &str) -> Option<&'v Value> {
    map.iter().find(|(name, _)| name == key).map(|(_, value)| value)
}

/// Returns where Docker keeps its file.
fn config() -> Option<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = set("DOCKER_CONFIG").or_else(|| Some(set("HOME")?.join(".docker")))?;
    Some(folder.join("config.json"))
}
