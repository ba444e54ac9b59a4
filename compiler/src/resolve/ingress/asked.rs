//! The hosts that a `when` of an ingress asks for.

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::{Line, Pattern};

use super::super::blocks::Block;

meshc_dialect::codes! {
    /// A host that the ingress does not have.
    OTHER_HOST = error "other-host" "A `when` of an ingress asks for a host that the ingress does not have.\n\nThe heading says for which hosts requests come in, and `host` in a `when` tells those apart. A request for another host never gets here, so the `when` would never hold. A host that is added by `in` is asked for under the same `in`.";
}

/// Reports a test for hosts none of which a request of this block can have.
pub(super) fn check(test: &Line<'_>, hosts: &[&str], block: &Block<'_>, out: &mut Diagnostics) {
    let mut asked = test.args().filter_map(|value| value.pattern());
    if hosts.is_empty() || asked.any(|pattern| hosts.iter().any(|host| may_be(pattern, host))) {
        return;
    }
    if test.args().all(|value| value.pattern().is_none()) {
        return;
    }
    let found = out.report(&OTHER_HOST, test.span);
    found
        .says("no request for such a host comes in here")
        .also(block.line.span, format!("this is for {}", hosts.join(", ")))
        .because("this `when` would never hold");
    match test.args().find_map(|value| value.pattern()) {
        Some(Pattern::Exact(host)) if test.args().len() == 1 => found.help(format!(
            "give that host a block of its own, `ingress {host} {{ … }}`, or name it in this heading"
        )),
        Some(_) | None => found.help("give that host a block of its own, or name it in this heading"),
    };
}

/// Tells whether what a caller says of a host of the heading may fit a pattern. The caller may say a port as well.
fn may_be(pattern: Pattern<'_>, host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let below = host.strip_prefix('*');
    match pattern {
        Pattern::Exact(text) => {
            let text = text.to_ascii_lowercase();
            let (name, port) = text.rsplit_once(':').unwrap_or((&text, ""));
            let name = if port.bytes().all(|byte| byte.is_ascii_digit()) { name } else { &text };
            below.map_or(name == host, |below| name.ends_with(below))
        }
        Pattern::Prefix(text) => {
            let text = text.to_ascii_lowercase();
            below.is_some() || host.starts_with(&text) || text.starts_with(&format!("{host}:"))
        }
        // What a regex takes is not looked into: it may ask for a port.
        Pattern::Below(_) | Pattern::Present | Pattern::Regex(_) => true,
    }
}
