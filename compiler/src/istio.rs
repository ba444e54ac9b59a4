//! Istio objects, made from a mesh.

use crate::mesh::{self, Mesh, Policy};
use crate::yaml::Map;

/// One object of the cluster.
pub struct Object<'m>(&'m Policy<'m>);

/// Returns every object that the mesh needs, in a stable order.
#[must_use]
pub fn objects<'m>(mesh: &'m Mesh<'m>) -> Vec<Object<'m>> {
    mesh.policies.iter().map(Object).collect()
}

impl Object<'_> {
    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        "DestinationRule"
    }

    /// Returns the namespace.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.0.object.namespace
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.object.name
    }

    /// Writes the object.
    pub fn write(&self, map: &mut Map<'_>) {
        let mesh::Object { name, namespace, source, owner: _ } = self.0.object;
        map.text("apiVersion", "networking.istio.io/v1");
        map.text("kind", self.kind());
        map.map("metadata", |metadata| {
            metadata.text("name", name);
            metadata.text("namespace", namespace);
            metadata.map("annotations", |annotations| annotations.text("meshc.dev/source", source));
        });
        map.map("spec", |spec| spec.text("host", self.0.host));
    }
}
