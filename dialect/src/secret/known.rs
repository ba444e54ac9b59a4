//! Secrets that were seen in files, known again wherever a text repeats them.

use super::{find, mask};

/// How much of a secret is enough to know it again.
const KNOWN: usize = 8;

/// The lines of secrets that are long enough to be known again elsewhere.
#[derive(Debug, Default)]
pub struct Known<'t> {
    /// Sorted, so that what goes on like a text stands beside it.
    lines: Vec<&'t str>,
    /// Whether one begins with these two bytes: few places of a text have to be looked at more closely.
    begun: Vec<bool>,
}

impl<'t> Known<'t> {
    /// Returns those of some texts.
    #[must_use]
    pub fn of(texts: impl IntoIterator<Item = &'t str>) -> Known<'t> {
        let secrets = texts.into_iter().flat_map(|text| find(text).into_iter().map(|range| &text[range]));
        let mut lines: Vec<&str> =
            secrets.flat_map(str::lines).map(str::trim).filter(|line| line.len() >= KNOWN).collect();
        lines.sort_unstable();
        lines.dedup();
        let mut begun = vec![false; if lines.is_empty() { 0 } else { 1 << 16 }];
        for line in &lines {
            begun[pair(line.as_bytes())] = true;
        }
        Known { lines, begun }
    }

    /// Returns a text without the secrets in it, and without those that are known from elsewhere, even where only their
    /// beginning is left; nothing if there are none.
    #[must_use]
    pub fn mask(&self, text: &str) -> Option<String> {
        let masked = mask(text);
        if self.lines.is_empty() {
            return masked;
        }
        let shown = masked.as_deref().unwrap_or(text);
        let bytes = shown.as_bytes();
        let mut again = String::new();
        let mut done = 0;
        for at in 0..bytes.len().saturating_sub(KNOWN - 1) {
            if at < done || !self.begun[pair(&bytes[at..])] || !shown.is_char_boundary(at) {
                continue;
            }
            let same = shown.floor_char_boundary(at + self.repeated(&shown[at..])) - at;
            if same > 0 {
                again.push_str(&shown[done..at]);
                again.extend(std::iter::repeat_n('*', same));
                done = at + same;
            }
        }
        if done == 0 {
            return masked;
        }
        again.push_str(&shown[done..]);
        Some(again)
    }

    /// Returns how many bytes at the start of a text are those of a secret: nothing if they are too few to tell.
    fn repeated(&self, text: &str) -> usize {
        // Of sorted lines, that which has most in common with a text stands just before it or behind it.
        let behind = self.lines.partition_point(|line| *line <= text);
        let beside = [behind.checked_sub(1), Some(behind)].into_iter().flatten();
        let same = |line: &&str| line.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
        let most = beside.filter_map(|index| self.lines.get(index)).map(same).max().unwrap_or(0);
        if most < KNOWN { 0 } else { most }
    }
}

/// Returns the first two bytes as one number.
fn pair(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

#[cfg(test)]
mod tests {
    use super::Known;

    #[test]
    fn what_is_known_is_masked_wherever_it_stands() {
        let known =
            Known::of(["a \"ghp_0123456789abcdef\" b \"ghp_0123456789zzzzzz\"", "AKIAIOSFODNN7EXAMPLE"]);
        for (text, masked) in [
            ("nothing", None),
            ("`ghp_0123…` and ghp_0123456", Some("`********…` and ***********")),
            ("ghp_012", None),
            ("ghp_0123456789zz", Some("****************")),
            ("xAKIAIOSF, AKIAIOSFOx", Some("x********, *********x")),
        ] {
            assert_eq!(known.mask(text).as_deref(), masked, "{text}");
        }
    }
}
