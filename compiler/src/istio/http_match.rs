//! `match` of an HTTP route: which requests it takes.

use super::virtual_service::scope;
use crate::mesh::{Gateway, Pattern, Place, Scope, Test, Way};
use crate::yaml::{Key, Map};

/// Writes one way to match: what is decided per request, then the scope. An empty one takes everything.
pub(super) fn http_match(to: &mut Map<'_>, way: &Way<'_>, gateways: &[Gateway<'_>]) {
    let Way { scope: of, tests } = way;
    // Tests are sorted, so those of one kind stand together and become one map.
    for alike in tests.chunk_by(|a, b| key(a) == key(b)) {
        to.map(key(&alike[0]), |to| {
            for test in alike {
                match *test {
                    Test::Path(value) | Test::Method(value) | Test::Authority(value) => pattern(to, value),
                    Test::Header(name, value) | Test::NoHeader(name, value) | Test::Query(name, value) => {
                        to.map(Key::of(name), |to| pattern(to, value));
                    }
                }
            }
        });
    }
    scope(to, place(of), of, gateways);
}

/// Returns the place to name in an HTTP match.
///
/// Where a place is named, Istio does not look at callers (`sourceMatchHTTP` in
/// `pilot/pkg/networking/core/route/route.go`), so callers in the mesh are named alone: a gateway compares them with
/// its own pods, and does not take the match either.
fn place(scope: &Scope<'_>) -> Option<Place> {
    let callers = scope.namespace.is_some() || !scope.labels.is_empty();
    match scope.at {
        Some(Place::Mesh) if callers => None,
        at => at,
    }
}

fn key(test: &Test<'_>) -> &'static str {
    match test {
        Test::Path(_) => "uri",
        Test::Method(_) => "method",
        Test::Authority(_) => "authority",
        Test::Header(..) => "headers",
        Test::NoHeader(..) => "withoutHeaders",
        Test::Query(..) => "queryParams",
    }
}

/// Writes a pattern. For Istio an empty one asks for presence, of headers and query parameters alike
/// (`canBeConvertedToPresentMatch` in `pilot/pkg/networking/core/route/route.go`).
fn pattern(to: &mut Map<'_>, pattern: Pattern<'_>) {
    match pattern {
        Pattern::Exact(text) => to.text("exact", text),
        Pattern::Prefix(text) => to.text("prefix", text),
        Pattern::Regex(text) => to.text("regex", text),
        Pattern::Present => {}
    }
}
