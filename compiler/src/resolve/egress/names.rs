//! What the objects of egresses are called.

use bumpalo::Bump;

use super::super::objects;

/// What Kubernetes allows for the name of a subset.
const LONGEST: usize = 63;

/// Returns the name of the subset by which a host is reached through a gateway: its name, cut where it is too long.
pub(super) fn subset<'a>(heading: &str, arena: &'a Bump) -> &'a str {
    let name = objects::of_host(heading, arena);
    if name.len() <= LONGEST {
        return name;
    }
    // FNV-1a, so that two long hosts that begin alike stay apart.
    let hash = heading
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    arena.alloc_str(&format!("{}-{hash:08x}", name[..LONGEST - 9].trim_end_matches('-')))
}
