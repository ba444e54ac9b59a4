//! Small edits of a project, by chance: some look different and are the same, some the other way round.

use crate::battery::chance::Chance;

/// Words, and what may stand in their place.
const INSTEAD: &[(&str, &[&str])] = &[
    ("serve v1", &["serve v2"]),
    ("to v1", &["to v2", "to b"]),
    ("to v2", &["to v1"]),
    ("to b", &["to c port=9090", "to v1"]),
    ("weight=30; to v2 weight=70", &["weight=70; to v2 weight=30", "weight=30; to b weight=70"]),
    ("percent=20", &["percent=30", "percent=2"]),
    ("header x-a", &["header X-A", "header x-b"]),
    ("header x-b", &["header x-a", "header X-b"]),
    ("=x ", &["=xy ", "=(regex)\"x\" "]),
    ("method GET", &["method GET HEAD", "method POST"]),
    ("method POST HEAD", &["method HEAD POST", "method POST"]),
    ("\"/a/*\"", &["\"/a\"", "\"/a/b/*\"", "(regex)\"/a(/.*)?\""]),
    ("\"/a\"", &["\"/a/*\"", "(regex)\"/a\"", "(regex)\"/[a]\""]),
    ("\"/b/*\"", &["\"/b\"", "\"/b/*\" \"/c/*\""]),
    ("(regex)#\"/[ab]+\"#", &["(regex)#\"/[ba]+\"#", "(regex)#\"/(a|b)+\"#", "(regex)#\"/[ab]*\"#"]),
    ("(regex)#\"/a.b\"#", &["(regex)#\"/a[.]b\"#", "(regex)#\"/a(.)b\"#"]),
    ("(regex)#\"x|y\"#", &["(regex)#\"[xy]\"#", "(regex)#\"y|x\"#", "(regex)#\"x|yy\"#"]),
    ("\"x*\"", &["(regex)\"x.*\"", "(regex)\"x.+\""]),
    ("rewrite path=\"/r\"", &["rewrite path=\"/r/\"", "rewrite path=\"/s\""]),
    ("status=302", &["status=303"]),
    ("set x-s=one", &["set X-S=one", "set x-s=two"]),
    ("respond 403", &["respond 404", "respond 403 body=\"no\""]),
    ("respond 404", &["to b", "respond 410"]),
    ("name=r0", &["name=first"]),
    ("name=r1", &["name=second"]),
    (
        "service b { port 80 http }",
        &["service b { port 80 http; timeout \"3s\" }", "service b { port 80 http; retry 0 }"],
    ),
    ("mirror v2", &["mirror v2 percent=50", "mirror v2 percent=100"]),
    ("registry-only", &["allow-any"]),
];

/// Returns a project after one to three edits.
pub fn mutated(text: &str, chance: &mut Chance) -> String {
    let mut text = text.to_owned();
    for _ in 0..1 + chance.below(3) {
        text = match chance.below(6) {
            0 => swapped(&text, chance),
            1 => without_a_route(&text, chance),
            2 => format!("// Nobody reads this.\n{text}"),
            _ => replaced(&text, chance),
        };
    }
    text
}

fn replaced(text: &str, chance: &mut Chance) -> String {
    let there: Vec<_> = INSTEAD.iter().filter(|(word, _)| text.contains(word)).collect();
    let (word, instead) = there[chance.below(there.len())];
    let at: Vec<usize> = text.match_indices(word).map(|(at, _)| at).collect();
    let at = at[chance.below(at.len())];
    format!("{}{}{}", &text[..at], chance.of(instead), &text[at + word.len()..])
}

/// Returns where each route begins and ends.
fn routes(text: &str) -> Vec<(usize, usize)> {
    let starts = text.match_indices("    route ").map(|(at, _)| at);
    starts.filter_map(|start| Some((start, start + text[start..].find("\n    }\n")? + 7))).collect()
}

fn without_a_route(text: &str, chance: &mut Chance) -> String {
    let routes = routes(text);
    let (start, end) = routes[chance.below(routes.len())];
    format!("{}{}", &text[..start], &text[end..])
}

/// Puts a route before the one that it follows.
fn swapped(text: &str, chance: &mut Chance) -> String {
    let routes = routes(text);
    let both: Vec<_> = routes.windows(2).filter(|pair| pair[0].1 == pair[1].0).collect();
    if both.is_empty() {
        return text.to_owned();
    }
    let [(first, middle), (_, end)] = both[chance.below(both.len())] else { unreachable!("windows of two") };
    format!("{}{}{}{}", &text[..*first], &text[*middle..*end], &text[*first..*middle], &text[*end..])
}
