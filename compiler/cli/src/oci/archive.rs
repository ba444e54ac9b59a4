//! A folder as one stream of bytes, which has nothing in it but paths and texts.

use std::collections::BTreeSet;
use std::io::{self, Write};

use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

/// What a gzip stream says where it does not say on which system it was made.
const NO_SYSTEM: u8 = 255;

/// Returns an archive of files, which are sorted by path; each folder comes before what it holds.
pub fn tar(files: &[(String, Vec<u8>)]) -> io::Result<Vec<u8>> {
    let mut builder = Builder::new(Vec::new());
    let mut folders = BTreeSet::new();
    for (path, bytes) in files {
        for (end, _) in path.match_indices('/') {
            if folders.insert(&path[..=end]) {
                let mut header = header(EntryType::Directory, 0o755, 0);
                builder.append_data(&mut header, &path[..=end], io::empty())?;
            }
        }
        let mut header = header(EntryType::Regular, 0o644, bytes.len() as u64);
        builder.append_data(&mut header, path, bytes.as_slice())?;
    }
    builder.into_inner()
}

/// Returns the same, packed.
pub fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let packer = GzBuilder::new().mtime(0).operating_system(NO_SYSTEM);
    let mut packer = packer.write(Vec::new(), Compression::new(6));
    packer.write_all(bytes)?;
    packer.finish()
}

/// Returns a header in which time and user are nobody's.
fn header(kind: EntryType, mode: u32, size: u64) -> Header {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header
}
