//! What every object begins with.

use super::said;
use crate::mesh::{Object, Owner};
use crate::yaml::Map;

/// Writes name, labels and annotations; the annotations are sorted by key.
pub(super) fn metadata(to: &mut Map<'_>, about: &Object<'_>) {
    let Object { name, namespace, source, owner } = *about;
    to.text("name", name);
    to.text("namespace", namespace);
    to.map("labels", |to| to.text("app.kubernetes.io/managed-by", "meshc"));
    to.map("annotations", |to| {
        if let Some(Owner { team, slack, runbook, pager }) = owner {
            to.text("meshc.dev/owner", team);
            said::text(to, "meshc.dev/pager", pager);
            said::text(to, "meshc.dev/runbook", runbook);
            said::text(to, "meshc.dev/slack", slack);
        }
        to.text("meshc.dev/source", source);
    });
}
