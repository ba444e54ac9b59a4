//! The versions of a service.

use std::collections::HashSet;
use std::ops::Deref;

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::span::Span;

use super::blocks::Block;
use super::names::{Service, labels};
use super::service::VERSIONS_ALIKE;

/// A version of a service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Version<'a> {
    pub name: &'a str,
    /// What its subset is called.
    pub subset: &'a str,
    pub labels: &'a [(&'a str, &'a str)],
}

/// The versions of a service, in the order of the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Versions<'a> {
    list: &'a [Version<'a>],
    /// Their places, sorted by name, where there are many.
    sorted: &'a [usize],
    /// Whether there was nothing to report of them.
    is_quiet: bool,
}

/// So many versions are compared one by one.
const FEW: usize = 16;

impl<'a> Versions<'a> {
    /// Returns the versions of a block. Those of the service before may be the same, as they are in most of a large mesh.
    pub fn of(
        block: &Block<'a>,
        before: Option<&Service<'a>>,
        arena: &'a Bump,
        out: &mut Diagnostics,
    ) -> Versions<'a> {
        if let Some(before) = before
            && before.versions.is_quiet
            && block.says_as(before.block, "version")
        {
            return before.versions;
        }
        let (found, count) = (out.as_slice().len(), block.all("version").count());
        let versions = Versions::new(&read(block, count, arena, out), arena);
        Versions { is_quiet: out.as_slice().len() == found, ..versions }
    }

    fn new(list: &[Version<'a>], arena: &'a Bump) -> Versions<'a> {
        let mut sorted = Vec::new();
        if list.len() > FEW {
            sorted.extend(0..list.len());
            sorted.sort_unstable_by_key(|&place| (list[place].name, place));
        }
        Versions {
            list: arena.alloc_slice_copy(list),
            sorted: arena.alloc_slice_copy(&sorted),
            is_quiet: true,
        }
    }

    /// Returns the place of the first version of that name.
    pub fn place(&self, name: &str) -> Option<usize> {
        if self.sorted.is_empty() {
            return self.list.iter().position(|version| version.name == name);
        }
        let first = self.sorted.partition_point(|&place| self.list[place].name < name);
        self.sorted.get(first).copied().filter(|&place| self.list[place].name == name)
    }
}

impl<'a> Versions<'a> {
    /// Returns them in the order of the file.
    pub fn list(&self) -> &'a [Version<'a>] {
        self.list
    }
}

impl<'a> Deref for Versions<'a> {
    type Target = [Version<'a>];

    fn deref(&self) -> &[Version<'a>] {
        self.list
    }
}

fn read<'a>(block: &Block<'a>, count: usize, arena: &'a Bump, out: &mut Diagnostics) -> Vec<Version<'a>> {
    let mut versions: Vec<Version<'a>> = Vec::with_capacity(count);
    let mut spans: Vec<Span> = Vec::with_capacity(count);
    // Comparing each with all those before takes long only where there are many.
    let room = if count > FEW { count } else { 0 };
    let (mut pods, mut subsets) = (HashSet::with_capacity(room), HashSet::with_capacity(room));
    for line in block.all("version") {
        let Some(name) = line.text(0) else { continue };
        let own = match labels(line, arena) {
            [] => arena.alloc([("version", name)]),
            own => own,
        };
        let odd = |byte: u8| byte == b'.' || byte.is_ascii_uppercase();
        let subset = match name.bytes().any(odd) {
            true => arena.alloc_str(&name.replace('.', "-").to_ascii_lowercase()),
            false => name,
        };
        let fresh = count > FEW && pods.insert(own) & subsets.insert(subset);
        let before = if fresh { &[][..] } else { &versions[..] };
        let labels = before.iter().position(|other| other.labels == own);
        let alike = before.iter().position(|other| other.subset == subset && labels.is_none());
        if let Some(other) = alike {
            out.report(&VERSIONS_ALIKE, line.span)
                .says(format!("versions `{}` and `{name}` would share the subset name `{subset}`", before[other].name))
                .also(spans[other], "the other one")
                .because("Istio takes the first subset of a name, and the other version would get no traffic")
                .help(format!("call one of them otherwise, and keep its pods by their label: version {subset}-b version={name}"));
        } else if let Some(other) = labels {
            out.report(&VERSIONS_ALIKE, line.span)
                .says(format!("versions `{}` and `{name}` are the same pods", before[other].name))
                .also(spans[other], "the other one")
                .because("traffic shifted from one to the other would stay where it is")
                .help(format!("give each its own labels: version {name} version={name}"));
        }
        versions.push(Version { name, subset, labels: own });
        spans.push(line.span);
    }
    versions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_name_is_found_among_many() {
        let names: Vec<String> = (0..40).map(|number| format!("v{}", number * 7 % 31)).collect();
        let arena = Bump::new();
        let version = |name| Version { name, subset: name, labels: &[] };
        for count in [0, 3, 40] {
            let list: Vec<Version<'_>> = names[..count].iter().map(|name| version(name.as_str())).collect();
            let versions = Versions::new(&list, &arena);
            for name in names.iter().map(String::as_str).chain(["", "v", "w"]) {
                assert_eq!(
                    versions.place(name),
                    list.iter().position(|version| version.name == name),
                    "{name}"
                );
            }
        }
    }
}
