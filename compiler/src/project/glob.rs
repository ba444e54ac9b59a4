//! Patterns for paths: `*` is any part of a name, `?` one character, `**` any number of folders, none too.

/// A pattern, ready to be asked.
#[derive(Debug)]
pub(super) struct Glob {
    names: Vec<Vec<char>>,
}

impl Glob {
    pub fn new(pattern: &str) -> Glob {
        let names = names(pattern).map(|name| name.chars().collect()).collect();
        Glob { names }
    }

    pub fn matches(&self, path: &str) -> bool {
        let path: Vec<Vec<char>> = names(path).map(|name| name.chars().collect()).collect();
        wild(
            &self.names,
            &path,
            |name| name.as_slice() == ['*', '*'],
            |pattern, name| wild(pattern, name, |&c| c == '*', |&p, &c| p == '?' || p == c),
        )
    }
}

/// Returns the path that everything is at or below which the pattern could match: it ends where the first wildcard is.
pub(super) fn beginning(pattern: &str) -> String {
    let plain: Vec<&str> = names(pattern).take_while(|name| !name.contains(['*', '?'])).collect();
    plain.join("/")
}

/// Tells why a pattern names something outside of the project, if it does.
pub(super) fn leads_out(pattern: &str) -> Option<&'static str> {
    let drive = |bytes: &[u8]| matches!(bytes, [letter, b':', ..] if letter.is_ascii_alphabetic());
    if pattern.contains("://") || pattern.starts_with("file:") {
        return Some("a URL");
    }
    if drive(pattern.as_bytes()) {
        return Some("a drive letter");
    }
    if pattern.contains('\\') {
        return Some("a backslash; names are separated by `/`");
    }
    if pattern.starts_with('/') || pattern.starts_with('~') {
        return Some("an absolute path");
    }
    names(pattern).any(|name| name == "..").then_some("`..` leads out")
}

fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|name| !name.is_empty() && *name != ".")
}

/// Matches a list against a pattern in which some items stand for any number of them.
///
/// Only the last such item is ever tried again: what an earlier one could take instead, the last one can take as well.
fn wild<P, T>(pattern: &[P], list: &[T], is_any: impl Fn(&P) -> bool, one: impl Fn(&P, &T) -> bool) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut again = None;
    while t < list.len() {
        if p < pattern.len() && is_any(&pattern[p]) {
            p += 1;
            again = Some((p, t));
        } else if p < pattern.len() && one(&pattern[p], &list[t]) {
            p += 1;
            t += 1;
        } else if let Some((after, from)) = again {
            (p, t) = (after, from + 1);
            again = Some((after, from + 1));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(is_any)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_stars_are_any_number_of_folders() {
        let glob = Glob::new("teams/**/*.kdl");
        for path in ["teams/a.kdl", "teams/shop/a.kdl", "teams/shop/eu/a.kdl"] {
            assert!(glob.matches(path), "{path}");
        }
        for path in ["teams/a.yaml", "team/a.kdl", "x/teams/a.kdl", "teams", "teams/a.kdl/b"] {
            assert!(!glob.matches(path), "{path}");
        }
    }

    #[test]
    fn one_star_stays_in_its_folder() {
        assert!(Glob::new("./teams/*/mesh-?.kdl").matches("teams/shop/mesh-1.kdl"));
        assert!(!Glob::new("teams/*.kdl").matches("teams/shop/a.kdl"));
        assert!(Glob::new("*a*b*").matches("xaybab") && !Glob::new("*a*b").matches("xaybabc"));
    }

    #[test]
    fn a_hostile_pattern_costs_little() {
        let pattern = "**/*a*a*a*a*a*a*a*a*a*b/".repeat(50);
        assert!(!Glob::new(&pattern).matches(&"aaaaaaaaaaaaaaaaaaaaaaaa/".repeat(100)));
    }

    #[test]
    fn what_leads_out_is_told() {
        for pattern in [
            "/etc/*",
            "../x",
            "a/../../x",
            "file:///etc",
            "http://169.254.169.254/",
            "C:\\x",
            "c:/x",
            "a\\b",
            "~/x",
        ] {
            assert!(leads_out(pattern).is_some(), "{pattern}");
        }
        for pattern in ["./a/*.kdl", "a..b/*", "**/*.kdl", "teams/a:b.kdl"] {
            assert!(leads_out(pattern).is_none(), "{pattern}");
        }
    }
}
