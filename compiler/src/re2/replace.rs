//! Replacing what a pattern finds, as RE2's `GlobalReplace` does.

use regex_automata::meta;

use super::{Alphabet, LARGEST, Pattern, Problem, read};

/// Returns a text in which everything that a pattern finds has become `to`, where `\1` is group 1 and `\0` all of it.
pub fn replace(pattern: &str, alphabet: Alphabet, text: &[u8], to: &str) -> Result<Vec<u8>, Problem> {
    let Pattern { hir, groups: _ } = read(pattern, alphabet)?;
    let limits = meta::Config::new().utf8_empty(false).nfa_size_limit(Some(LARGEST));
    let Ok(matcher) = meta::Builder::new().configure(limits).build_from_hir(&hir) else {
        return Err(Problem { at: 0..pattern.len(), message: "the pattern is too large".to_owned() });
    };
    let mut out = Vec::with_capacity(text.len());
    let mut copied = 0;
    for found in matcher.captures_iter(text) {
        let Some(all) = found.get_match() else { continue };
        out.extend_from_slice(&text[copied..all.start()]);
        copied = all.end();
        let mut bytes = to.bytes();
        while let Some(byte) = bytes.next() {
            match (byte, if byte == b'\\' { bytes.next() } else { None }) {
                (b'\\', Some(digit @ b'0'..=b'9')) => {
                    let group = found.get_group(usize::from(digit - b'0'));
                    out.extend_from_slice(group.map_or(&[], |span| &text[span.range()]));
                }
                (b'\\', Some(other)) => out.push(other),
                (byte, _) => out.push(byte),
            }
        }
    }
    out.extend_from_slice(&text[copied..]);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(pattern: &str, text: &str, to: &str) -> String {
        let bytes = replace(pattern, Alphabet::Latin1, text.as_bytes(), to).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    #[test]
    fn groups_are_put_in() {
        assert_eq!(replaced("^/old/(.*)", "/old/x", r"/\1/new"), "/x/new");
        assert_eq!(replaced("^/g(/?)(.*)", "/g/x", r"/\2"), "/x");
        assert_eq!(replaced("a", "/a/a", r"[\0]"), "/[a]/[a]");
        assert_eq!(replaced("/zz", "/a", "/b"), "/a");
    }
}
