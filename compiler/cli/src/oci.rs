//! The artifact that Flux pulls from a registry: an image of one layer, which is the archive of a folder.
//!
//! Equal files and equal words about them make equal bytes, so that pushing again what has not changed changes nothing:
//! no time, no user and no machine is in it. The layout is that of `flux push artifact`.

mod archive;
mod layout;

use std::io;

use meshc_compiler::yaml::{self, Format, Map};
use sha2::{Digest, Sha256};

pub use layout::write;

/// What the image's manifest is.
pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// What tells Flux that the image is for it (Flux: OCIRepository).
const CONFIG: &str = "application/vnd.cncf.flux.config.v1+json";

/// What Flux unpacks.
const CONTENT: &str = "application/vnd.cncf.flux.content.v1.tar+gzip";

/// The time that is said where one has to be: an artifact is as old as its digest.
const EPOCH: &str = "1970-01-01T00:00:00Z";

/// Where an artifact comes from; what is said is part of it.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The repository.
    pub source: Option<&'a str>,
    /// The branch or tag and the commit.
    pub revision: Option<&'a str>,
}

/// Some bytes, and what they are called in a registry.
pub struct Blob {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// `sha256:` and the digest.
    pub digest: String,
}

/// An image that Flux takes.
pub struct Artifact {
    /// The archive.
    pub layer: Blob,
    /// What an image has to say about its layers.
    pub config: Blob,
    /// What names both.
    pub manifest: Blob,
}

impl Artifact {
    /// Packs files, which are sorted by path.
    pub fn new(files: &[(String, Vec<u8>)], about: About<'_>) -> io::Result<Artifact> {
        let archive = archive::tar(files)?;
        let unpacked = digest(&archive);
        let layer = Blob::new(archive::gzip(&archive)?);
        let config = Blob::new(json(|map| {
            map.text("architecture", "");
            map.text("os", "");
            map.text("created", EPOCH);
            map.map("config", |_| {});
            map.map("rootfs", |map| {
                map.text("type", "layers");
                map.texts("diff_ids", [&unpacked]);
            });
        })?);
        let manifest = Blob::new(json(|map| {
            map.number("schemaVersion", 2);
            map.text("mediaType", MANIFEST);
            map.map("config", |map| config.describe(map, CONFIG));
            map.maps("layers", [&layer], |map, layer| layer.describe(map, CONTENT));
            map.map("annotations", |map| {
                let About { source, revision } = about;
                map.text("org.opencontainers.image.created", EPOCH);
                if let Some(revision) = revision {
                    map.text("org.opencontainers.image.revision", revision);
                }
                if let Some(source) = source {
                    map.text("org.opencontainers.image.source", source);
                }
            });
        })?);
        Ok(Artifact { layer, config, manifest })
    }
}

impl Blob {
    fn new(bytes: Vec<u8>) -> Blob {
        let digest = digest(&bytes);
        Blob { bytes, digest }
    }

    /// Writes what refers to it.
    fn describe(&self, map: &mut Map<'_>, media_type: &str) {
        map.text("mediaType", media_type);
        map.text("digest", &self.digest);
        map.number("size", self.bytes.len() as u64);
    }
}

fn json(fill: impl FnOnce(&mut Map<'_>)) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    yaml::one(&mut text, Format::Json, fill)?;
    Ok(text)
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold("sha256:".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}
