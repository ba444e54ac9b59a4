//! `match` of an HTTP route: which requests it takes.

use super::entries::Entries;
use super::said;
use crate::mesh::{List, Object, Pattern, Test, Way};

/// Returns the ways of one entry: one for each place that it names.
pub(super) fn http_match<'a>(of: &Entries<'_, 'a>, object: &Object<'a>) -> Vec<Way<'a>> {
    let mut tests: Vec<Test<'a>> = Vec::new();
    tests.extend(of.map("uri", pattern).map(Test::Path));
    tests.extend(of.map("method", pattern).map(Test::Method));
    tests.extend(of.map("authority", pattern).map(Test::Authority));
    let named = |key| of.named(key, |_, of| pattern(of)).into_iter();
    tests.extend(named("headers").map(|(name, value)| Test::Header(name, value)));
    tests.extend(named("withoutHeaders").map(|(name, value)| Test::NoHeader(name, value)));
    tests.extend(named("queryParams").map(|(name, value)| Test::Query(name, value)));
    tests.sort_unstable();
    let tests = List::from(tests);
    let scopes = said::scopes(of, object).into_iter();
    scopes.map(|scope| Way { scope, tests: tests.clone() }).collect()
}

fn pattern<'a>(of: &Entries<'_, 'a>) -> Pattern<'a> {
    if let Some(text) = of.text("exact") {
        return Pattern::Exact(text);
    }
    if let Some(text) = of.text("prefix") {
        return Pattern::Prefix(text);
    }
    of.text("regex").map_or(Pattern::Present, Pattern::Regex)
}
