//! Runs `meshc push`: the only part of the command that opens a connection.

mod address;
mod credentials;
mod refusal;

use std::time::Duration;

use anyhow::{Context, anyhow};
use oci_client::client::{Client, ClientConfig, ClientProtocol};
use oci_client::errors::{OciDistributionError, Result};
use oci_client::{Reference, RegistryOperation};

use crate::Outcome;
use crate::args::push::Push;
use crate::build::{self, Asked};
use crate::oci::{Artifact, MANIFEST};
use crate::terminal::{Terminal, print};
use crate::trust;
use address::Address;
use credentials::Credentials;

/// How long a registry may take to answer at all.
const CONNECT: Duration = Duration::from_secs(15);

/// How long it may be silent.
const READ: Duration = Duration::from_secs(60);

/// Builds an artifact and pushes it.
pub fn run(terminal: &Terminal, args: &Push) -> anyhow::Result<Outcome> {
    let Push { to, path, at, env, today, only, allow_empty, plain_http, artifact } = args;
    // What can be known to be wrong is said before anything is built.
    let address: Address = to.parse()?;
    let credentials = Credentials::find(&address.registry)?;
    if !plain_http {
        trust::check()?;
    }
    let (at, env, today, only) = (at.as_deref(), env.as_deref(), today.as_deref(), only.as_ref());
    let asked = Asked { path, at, env, today, only, allow_empty: *allow_empty };
    build::with_artifact(terminal, &asked, artifact, |artifact, count| {
        send(&address, *plain_http, &credentials, artifact)?;
        let objects = if count == 1 { "object" } else { "objects" };
        terminal.say(&format!("pushed {count} {objects} to {address}"));
        print(|stdout| writeln!(stdout, "{address}@{}", artifact.manifest.digest))?;
        Ok(Outcome::Fine)
    })
}

fn send(
    address: &Address,
    plain_http: bool,
    credentials: &Credentials,
    artifact: &Artifact,
) -> anyhow::Result<()> {
    // Whoever was first has chosen the same one.
    let _ = trust::provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("cannot wait for a registry")?;
    let config = ClientConfig {
        protocol: if plain_http { ClientProtocol::Http } else { ClientProtocol::Https },
        connect_timeout: Some(CONNECT),
        read_timeout: Some(READ),
        user_agent: concat!("meshc/", env!("CARGO_PKG_VERSION")),
        ..ClientConfig::default()
    };
    let Address { registry, repository, tag } = address;
    let image = Reference::with_tag(registry.clone(), repository.clone(), tag.clone());
    // Not `Client::new`, which goes on without any of this where no CA is found.
    Client::try_from(config)
        .and_then(|client| runtime.block_on(upload(&client, &image, credentials, artifact)))
        .map_err(|error| anyhow!(credentials.hide(&refusal::says(&error, credentials))))
        .with_context(|| format!("cannot push to {address}"))
}

/// Uploads the parts first: a registry takes no manifest of what it has not got.
async fn upload(
    client: &Client,
    image: &Reference,
    credentials: &Credentials,
    artifact: &Artifact,
) -> Result<()> {
    let Artifact { layer, config, manifest } = artifact;
    client.auth(image, &credentials.auth(), RegistryOperation::Push).await?;
    for blob in [layer, config] {
        client.push_blob(image, blob.bytes.clone(), &blob.digest).await?;
    }
    let media_type = MANIFEST.parse().map_err(|_| OciDistributionError::GenericError(None))?;
    client.push_manifest_raw(image, manifest.bytes.clone(), media_type).await?;
    Ok(())
}
