//! Who a proxy stands for, and which facts hold for it.

use crate::mesh::{Binding, Labels, Place, Scope, Seen};

/// The caller, as rules about callers see it.
#[derive(Clone, Debug)]
pub(super) struct Client<'m> {
    pub namespace: &'m str,
    pub labels: &'m Labels<'m>,
    pub place: Place,
}

impl<'m> Client<'m> {
    /// Tells whether it sees a fact.
    pub fn sees(&self, seen: &Seen<'_>) -> bool {
        match seen {
            Seen::Everywhere => true,
            Seen::In(namespaces) => namespaces.contains(&self.namespace),
        }
    }

    /// Tells whether it has all of these labels.
    pub fn has(&self, labels: &Labels<'_>) -> bool {
        labels.iter().all(|label| self.labels.contains(label))
    }

    /// Tells whether a match is for this caller, on this port. Gateways do not look at callers: a match that names one
    /// is not theirs.
    pub fn is_in(&self, scope: &Scope<'_>, port: u16) -> bool {
        let Scope { at, port: only, namespace, labels } = scope;
        at.is_none_or(|at| at == self.place)
            && only.is_none_or(|only| only == port)
            && namespace.is_none_or(|namespace| namespace == self.namespace)
            && self.has(labels)
    }

    /// Tells whether a binding holds for it.
    pub fn is_bound(&self, binding: &Binding<'_>) -> bool {
        binding.at.contains(&self.place) && self.sees(&binding.seen)
    }
}

/// Tells whether a host, possibly a wildcard, stands for another.
pub(super) fn covers(wide: &str, host: &str) -> bool {
    wide == host
        || wide == "*"
        || wide.strip_prefix('*').is_some_and(|tail| {
            host.len() > tail.len()
                && host.ends_with(tail)
                && (wide.len() < host.len() || !host.starts_with('*'))
        })
}
