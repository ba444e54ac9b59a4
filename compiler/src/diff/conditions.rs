//! Failures after which a request is tried again.

/// Some failures, sorted. Equal where they take the same, whatever is said twice.
#[derive(Clone, Debug)]
pub(super) struct Conditions<'m>(pub Vec<&'m str>);

impl PartialEq for Conditions<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.needed().eq(other.needed())
    }
}

impl Eq for Conditions<'_> {}

impl<'m> Conditions<'m> {
    /// Returns those of a list with commas.
    pub(super) fn of(list: &'m str) -> Conditions<'m> {
        let mut words: Vec<&'m str> =
            list.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
        words.sort_unstable();
        words.dedup();
        Conditions(words)
    }

    /// Returns those that no other one includes.
    fn needed(&self) -> impl Iterator<Item = &'m str> {
        let is_included = |word: &str| self.0.iter().any(|wide| includes(wide, word));
        self.0.iter().copied().filter(move |word| !is_included(word))
    }
}

/// Tells whether what falls under one condition always falls under another.
pub(super) fn includes(wide: &str, narrow: &str) -> bool {
    let status =
        narrow.len() == 3 && narrow.starts_with('5') && narrow.bytes().all(|byte| byte.is_ascii_digit());
    match wide {
        "5xx" => {
            status
                || matches!(
                    narrow,
                    "gateway-error" | "reset" | "reset-before-request" | "connect-failure" | "refused-stream"
                )
        }
        "gateway-error" => matches!(narrow, "502" | "503" | "504"),
        "reset" => narrow == "reset-before-request",
        _ => false,
    }
}
