//! How the mesh is set up: the `mesh` block.

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::Line;

use super::blocks::find;
use crate::mesh::{Outbound, Registry, Rollout, World};

meshc_dialect::codes! {
    /// A version of Istio that we do not write for.
    ISTIO_VERSION = error "istio-version" "The `istio` line names a version that meshc does not write for.\n\nIt writes for 1.27, 1.28, 1.29, 1.30 and 1.31. Fields that a version does not know would be dropped or refused by its API server.";
    /// A version of meshc that this one is not.
    MESHC_VERSION = error "meshc-version" "The project asks for another version of meshc.\n\nThe `meshc` line says which versions may build it, so that output does not change with whoever builds it. Use one of those, or change the line.";
}

/// The version of Istio that output is for, unless said.
const ISTIO: u8 = 30;

/// How the mesh is set up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Setup<'a> {
    pub world: World<'a>,
    /// Whether callers use the mesh's own certificates, where a service does not say.
    pub mtls: Option<&'a str>,
}

/// Returns how the mesh is set up.
pub(super) fn setup<'a>(lines: &'a [Line<'a>], source: &'a str, out: &mut Diagnostics) -> Setup<'a> {
    let text = |word: &str| find(lines, word).and_then(|line| line.text(0));
    if let Some(line) = find(lines, "meshc") {
        check_meshc(line, out);
    }
    let enforced = find(lines, "outbound").is_some_and(|line| line.arg(1).is_some());
    let outbound = match text("outbound") {
        Some("registry-only") => Outbound::RegistryOnly { enforced },
        Some("allow-any") => Outbound::AllowAny { enforced },
        Some(_) | None => Outbound::Unsaid,
    };
    let world = World {
        istio_minor: find(lines, "istio").map_or(ISTIO, |line| minor(line, out)),
        outbound,
        root_namespace: text("root-namespace").unwrap_or("istio-system"),
        cluster_domain: text("cluster-domain").unwrap_or("cluster.local"),
        registry: Registry::Whole,
        rollout: match text("rollout") {
            Some("argocd") => Rollout::Argocd,
            Some("flux") => Rollout::Flux,
            Some(_) | None => Rollout::Unsaid,
        },
        source,
    };
    Setup { world, mtls: text("mtls") }
}

fn minor(line: &Line<'_>, out: &mut Diagnostics) -> u8 {
    let Some(text) = line.text(0) else { return ISTIO };
    let mut parts = text.split('.');
    let minor = match (parts.next(), parts.next().and_then(|minor| minor.parse::<u8>().ok())) {
        (Some("1"), Some(minor)) if (27..=31).contains(&minor) => Some(minor),
        _ => None,
    };
    minor.unwrap_or_else(|| {
        let found = out.report(&ISTIO_VERSION, line.span);
        found.says(format!("meshc does not write for Istio \"{text}\""));
        // A tag of Istio's, such as `v1.30.1`.
        let tag = text.strip_prefix('v').filter(|release| release.starts_with("1."));
        found.help("it writes for \"1.27\", \"1.28\", \"1.29\", \"1.30\" and \"1.31\"");
        if let (Some(release), Some(value)) = (tag, line.arg(0)) {
            found
                .fix(value.span, format!("\"{}\"", release.split('.').take(2).collect::<Vec<_>>().join(".")));
        }
        ISTIO
    })
}

fn check_meshc(line: &Line<'_>, out: &mut Diagnostics) {
    let Some(text) = line.text(0) else { return };
    let ours = numbers(env!("CARGO_PKG_VERSION"));
    let fits = |part: &str| {
        let part = part.trim();
        let operator = part.find(|c: char| c.is_ascii_digit()).unwrap_or(part.len());
        let wanted = numbers(&part[operator..]);
        let known = part[operator..].split('.').all(|number| number.parse::<u32>().is_ok());
        match part[..operator].trim() {
            _ if !known => None,
            ">=" => Some(ours >= wanted),
            ">" => Some(ours > wanted),
            "<=" => Some(ours <= wanted),
            "<" => Some(ours < wanted),
            "" | "=" => Some(ours[..2] == wanted[..2]),
            _ => None,
        }
    };
    let parts: Vec<Option<bool>> = text.split(',').map(fits).collect();
    if parts.iter().any(Option::is_none) {
        out.report(&MESHC_VERSION, line.span)
            .says(format!("\"{text}\" is not a range of versions"))
            .help("write \">=0.1\", or a range: \">=0.1, <0.3\"");
    } else if parts.contains(&Some(false)) {
        out.report(&MESHC_VERSION, line.span)
            .says(format!("this is meshc {}, and the project asks for \"{text}\"", env!("CARGO_PKG_VERSION")))
            .help("use a version in that range, or change the line");
    }
}

fn numbers(text: &str) -> [u32; 3] {
    let mut parts = text.split('.').map(|part| part.parse().unwrap_or(0));
    [parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0)]
}
