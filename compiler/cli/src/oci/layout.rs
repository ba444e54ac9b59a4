//! An artifact as a folder (OCI image layout), for whatever copies images into registries.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, bail};

use super::{Artifact, MANIFEST, json};
use crate::out::Beside;

/// What says that a folder is a layout.
const VERSION: &str = "{\"imageLayoutVersion\":\"1.0.0\"}";

/// What the image in the folder is called, for programs that want a name.
const NAME: &str = "latest";

/// By which we know our own: others write the list of images in their own way.
const OURS: &str = "{\n  \"schemaVersion\": 2,\n  \"mediaType\": \"application/vnd.oci.image.index.v1+json\",\n  \
                    \"annotations\": {\n    \"meshc.dev/generated\": \"do not edit\"\n  },\n";

/// Writes the folder beside its place and exchanges the two; one with files of others is left alone.
pub fn write(dir: &Path, artifact: &Artifact) -> anyhow::Result<()> {
    refuse_others(dir)?;
    let beside = Beside::new(dir)?;
    beside.write("oci-layout", VERSION.as_bytes())?;
    beside.write("index.json", &index(artifact)?)?;
    let Artifact { layer, config, manifest } = artifact;
    for blob in [layer, config, manifest] {
        beside.write(&format!("blobs/{}", blob.digest.replace(':', "/")), &blob.bytes)?;
    }
    beside.exchange()
}

fn index(artifact: &Artifact) -> anyhow::Result<Vec<u8>> {
    let text = json(|map| {
        map.number("schemaVersion", 2);
        map.text("mediaType", "application/vnd.oci.image.index.v1+json");
        map.map("annotations", |map| map.text("meshc.dev/generated", "do not edit"));
        map.maps("manifests", [&artifact.manifest], |map, manifest| {
            manifest.describe(map, MANIFEST);
            map.map("annotations", |map| map.text("org.opencontainers.image.ref.name", NAME));
        });
    });
    text.context("cannot render index.json")
}

/// Fails on a folder that is neither empty nor a layout of ours.
fn refuse_others(dir: &Path) -> anyhow::Result<()> {
    let mut names = BTreeSet::new();
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.with_context(|| format!("cannot list {}", dir.display()))?,
    };
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot list {}", dir.display()))?;
        names.insert(entry.file_name().to_string_lossy().into_owned());
    }
    let foreign = names.iter().find(|name| !["blobs", "index.json", "oci-layout"].contains(&name.as_str()));
    let ours = || fs::read(dir.join("index.json")).is_ok_and(|text| text.starts_with(OURS.as_bytes()));
    if names.is_empty() || foreign.is_none() && ours() {
        return Ok(());
    }
    let named = foreign.map_or_else(|| "index.json".to_owned(), |name| format!("{name:?}"));
    bail!(
        "{} holds files that meshc did not write: {named}; nothing was changed, name a folder of its own with \
         `--oci-layout`",
        dir.display()
    )
}
