//! Amounts and names as people write them, in one spelling wherever they are shown.

use super::{BasisPoints, Cors, Millis, Origin};

/// Returns milliseconds as a duration is written: in the largest unit that leaves nothing over.
pub fn duration(millis: Millis) -> String {
    let units = [("h", 3_600_000), ("m", 60_000), ("s", 1000)];
    let whole = units.into_iter().find(|(_, size)| millis > 0 && millis.is_multiple_of(*size));
    whole.map_or_else(|| format!("{millis}ms"), |(unit, size)| format!("{}{unit}", millis / size))
}

/// Returns hundredths of a percent as a number of percent.
pub fn percent(points: BasisPoints) -> String {
    let text = format!("{}.{:02}", points / 100, points % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Returns what a service of the mesh is called inside it, `name.namespace`, by its full name. A host outside is none.
pub fn inside<'h>(host: &'h str, domain: &str) -> Option<&'h str> {
    host.strip_suffix(domain)?.strip_suffix(".svc.")
}

/// Returns the full name of what is called so inside the mesh.
pub fn full(inside: &str, domain: &str) -> String {
    format!("{inside}.svc.{domain}")
}

/// Returns a host as people of this mesh call it.
pub fn host<'h>(host: &'h str, domain: &str) -> &'h str {
    inside(host, domain).unwrap_or(host)
}

/// Returns a host without the brackets that an IPv6 address has in URLs.
#[must_use]
pub fn without_brackets(host: &str) -> &str {
    let inside = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    inside.filter(|inside| inside.parse::<std::net::Ipv6Addr>().is_ok()).unwrap_or(host)
}

/// Returns labels: `version=v1,track=canary`.
pub fn labels(labels: &[(&str, &str)]) -> String {
    let each: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    each.join(",")
}

/// Returns a site, or a pattern of sites.
pub fn origin(origin: &Origin<'_>) -> String {
    match origin {
        Origin::Exact(text) => (*text).to_owned(),
        Origin::Regex(".*") => "any site".to_owned(),
        Origin::Regex(text) => format!("/{text}/"),
    }
}

/// Returns who may call from a browser.
pub fn cors(cors: &Cors<'_>) -> String {
    let Cors { origins, methods, headers, expose, max_age, credentials } = cors;
    let origins: Vec<String> = origins.iter().map(origin).collect();
    let list = |word: &str, all: &[&str]| match all {
        [] => String::new(),
        all => format!("; {word} {}", all.join(" ")),
    };
    let age = max_age.map(|age| format!("; for {}", duration(age))).unwrap_or_default();
    let with = if *credentials { "; with credentials" } else { "" };
    let lists = [list("methods", methods), list("headers", headers), list("expose", expose)].concat();
    format!("{}{lists}{age}{with}", origins.join(" "))
}
