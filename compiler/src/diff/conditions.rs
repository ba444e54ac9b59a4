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
        // Istio adds the word that makes Envoy look at statuses where some are listed.
        let is_added = self.0.iter().any(|word| is_status(word));
        let is_included = move |word: &str| {
            is_added && word == "retriable-status-codes" || self.0.iter().any(|wide| includes(wide, word))
        };
        self.0.iter().copied().filter(move |word| !is_included(word))
    }
}

/// Tells whether what falls under one condition always falls under another.
pub(super) fn includes(wide: &str, narrow: &str) -> bool {
    let status = is_status(narrow) && narrow.starts_with('5');
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

fn is_status(word: &str) -> bool {
    word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit())
}
