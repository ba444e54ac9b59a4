//! What every object begins with.

use super::entries::Entries;
use super::{Reader, Why};
use crate::istio::{Kind, metadata};
use crate::mesh::{Object, Owner};

/// Returns what an object is called and where it came from: by its own word, else by the file that it stands in.
pub(super) fn object<'a>(top: &Entries<'_, 'a>, kind: Kind, file: &'a str) -> Object<'a> {
    for key in ["apiVersion", "kind", "status"] {
        top.pass_over(key);
    }
    let unnamed = Object { name: "", namespace: "default", source: file, owner: None };
    if !top.has("metadata") {
        top.missing("metadata");
    }
    top.map("metadata", |of| read(of, kind, unnamed)).unwrap_or(unnamed)
}

fn read<'a>(of: &Entries<'_, 'a>, kind: Kind, unnamed: Object<'a>) -> Object<'a> {
    // What an API server keeps about an object says nothing about traffic.
    for key in ["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"] {
        of.pass_over(key);
    }
    let name = of.needed("name").unwrap_or("");
    let namespace = of.text("namespace").unwrap_or(unnamed.namespace);
    of.in_order("labels", |of, key| {
        let value = of.text(key)?;
        let ours = (key, value) == ("app.kubernetes.io/managed-by", "meshc");
        (!ours).then(|| foreign(of, key))
    });
    let mut object = Object { name, namespace, ..unnamed };
    let annotations = of.in_order("annotations", |of, key| {
        let value = of.text(key)?;
        if !OURS.contains(&key) && !is_ours(key, value, kind, of.reader()) {
            foreign(of, key);
        }
        Some(value)
    });
    let said = |name| annotations.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    let [source, owner, slack, runbook, pager] = OURS.map(said);
    object.source = source.unwrap_or(object.source);
    object.owner = owner.map(|team| &*of.reader().arena.alloc(Owner { team, slack, runbook, pager }));
    object
}

/// The annotations that say where an object came from and who answers for it.
const OURS: [&str; 5] =
    ["meshc.dev/source", "meshc.dev/owner", "meshc.dev/slack", "meshc.dev/runbook", "meshc.dev/pager"];

/// Keeps a label or annotation that is somebody else's. Istio's own may have a say in what happens to traffic.
fn foreign<'a>(of: &Entries<'_, 'a>, key: &'a str) {
    of.unread(key, if key.contains("istio.io/") { Why::Field } else { Why::HandedOn });
}

/// Tells whether an annotation is one that is written for whoever applies the object.
fn is_ours(key: &str, value: &str, kind: Kind, reader: &Reader<'_>) -> bool {
    metadata::written_for(reader.world.rollout, kind).contains(&(key, value))
}
