//! Stands in for parse and resolve until they are there: every `service NAME` line becomes a policy.

use bumpalo::Bump;
use meshc_dialect::diagnostic::{Code, Diagnostics, Level};
use meshc_dialect::sources::Sources;
use meshc_dialect::span::Span;

use crate::mesh::{Mesh, Object, Outbound, Policy, Seen, Settings, World};

static UNCLOSED: Code = Code { name: "unclosed-block", level: Level::Error, doc: "A block is not closed." };

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
        if text.matches('{').count() > text.matches('}').count() {
            let start = u32::try_from(text.rfind('{').unwrap_or(0)).unwrap_or(0);
            out.report(&UNCLOSED, Span { file, start, end: start + 1 }).says("this block is never closed");
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
