//! What becomes of paths on the way.

use super::matching::before_query;
use crate::mesh::{PathRewrite, Pattern, Test};
use crate::re2::{self, Alphabet};

/// Returns the path that is sent on; the query stays.
pub(super) fn rewritten(path: &str, way: &[Test<'_>], rewrite: Option<PathRewrite<'_>>) -> String {
    let (before, query) = path.split_at(before_query(path).len());
    let matched = way.iter().find_map(|test| match test {
        Test::Path(pattern) => Some(*pattern),
        Test::Method(_) | Test::Authority(_) | Test::Header(..) | Test::NoHeader(..) | Test::Query(..) => {
            None
        }
    });
    let new = match rewrite {
        None => return path.to_owned(),
        Some(PathRewrite::Matched(to)) => match matched {
            Some(Pattern::Exact(_) | Pattern::Regex(_)) => to.to_owned(),
            Some(Pattern::Prefix(prefix)) => {
                format!("{to}{}", before.strip_prefix(prefix).unwrap_or(before))
            }
            // Without a path to match, Envoy takes the first slash for the prefix.
            Some(Pattern::Present) | None => format!("{to}{}", before.strip_prefix('/').unwrap_or(before)),
        },
        Some(PathRewrite::Regex { find, to }) => {
            match re2::replace(find, Alphabet::Latin1, before.as_bytes(), to) {
                Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                Err(_) => before.to_owned(),
            }
        }
    };
    // Envoy takes nothing for no rewrite.
    if new.is_empty() { path.to_owned() } else { format!("{new}{query}") }
}
