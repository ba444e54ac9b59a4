//! Stands in for parse and resolve until they are there: every `service NAME` line becomes a policy.

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::kdl::{Reader, Step};
use meshc_dialect::sources::Sources;

use crate::mesh::{Mesh, Object, Outbound, Policy, Seen, Settings, World};

/// Parses, resolves and checks. All diagnostics are reported, also where a mesh is returned.
pub fn compile<'a>(
    sources: &'a Sources,
    _env: Option<&str>,
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> Option<Mesh<'a>> {
    let world = World {
        istio_minor: 30,
        outbound: Outbound::Unsaid,
        root_namespace: "istio-system",
        cluster_domain: "cluster.local",
    };
    let mut mesh =
        Mesh { world, hosts: Vec::new(), bindings: Vec::new(), policies: Vec::new(), gateways: Vec::new() };
    for (file, source) in sources.iter() {
        let text = &source.text;
        let mut reader = Reader::new(text, file, arena);
        let mut open = 0;
        loop {
            match reader.next(out) {
                Step::Node(node) => open += usize::from(node.block.is_some()),
                Step::End(_) if open == 0 => break,
                Step::End(_) => open -= 1,
            }
        }
        for line in text.lines() {
            let Some(rest) = line.strip_prefix("service ") else { continue };
            let name = rest.split([' ', '{']).next().unwrap_or("");
            mesh.policies.push(Policy {
                object: Object { name, namespace: "default", source: &source.path, owner: None },
                host: arena.alloc_str(&format!("{name}.default.svc.cluster.local")),
                clients: None,
                seen: Seen::Everywhere,
                subsets: Vec::new(),
                all: Settings::default(),
                ports: Vec::new(),
            });
        }
    }
    mesh.policies.sort_by_key(|policy| policy.object.name);
    (!out.has_errors()).then_some(mesh)
}

/// Returns the environments that the project is compiled for; none if it makes no difference.
#[must_use]
pub fn envs(_sources: &Sources) -> Vec<String> {
    Vec::new()
}

/// Says what is known about a word, a service or a host: nothing if there is no such thing.
#[must_use]
pub fn explain(
    _sources: &Sources,
    _env: Option<&str>,
    _thing: &str,
    _out: &mut Diagnostics,
) -> Option<String> {
    None
}
