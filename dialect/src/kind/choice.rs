//! One of a few words.

use super::{Reading, clip, list};
use crate::line::Data;
use crate::suggest::nearest;

crate::codes! {
    /// None of the words that may stand there.
    UNKNOWN_CHOICE = error "unknown-choice" "A line takes one of a few words, and this is none of them.\n\nThe message lists them, and `meshc explain WORD` says what each of them does.";
}

/// What people coming from elsewhere write, and our word for it.
const ELSEWHERE: &[(&str, &str)] = &[
    ("https", "tls"),
    ("HTTPS", "tls"),
    ("h2", "http2"),
    ("h2c", "http2"),
    ("HTTP", "http"),
    ("HTTP2", "http2"),
    ("GRPC", "grpc"),
    ("TCP", "tcp"),
    ("TLS", "tls"),
    ("mongo", "tcp"),
    ("mysql", "tcp"),
    ("redis", "tcp"),
    ("postgres", "tcp"),
    ("SIMPLE", "terminate"),
    ("simple", "terminate"),
    ("SIMPLE", "originate"),
    ("simple", "originate"),
    ("MUTUAL", "mutual"),
    ("PASSTHROUGH", "passthrough"),
    ("ISTIO_MUTUAL", "istio"),
    ("DISABLE", "off"),
    ("REGISTRY_ONLY", "registry-only"),
    ("ALLOW_ANY", "allow-any"),
    ("LEAST_REQUEST", "least-request"),
    ("LEAST_CONN", "least-request"),
    ("least_conn", "least-request"),
    ("ROUND_ROBIN", "round-robin"),
    ("RANDOM", "random"),
    ("ip_hash", "hash"),
    ("consistent-hash", "hash"),
    ("false", "off"),
    ("no", "off"),
    ("none", "off"),
];

pub(super) fn read<'a>(reading: Reading<'a, '_>, choices: &'static [&'static str]) -> Data<'a> {
    let Reading { text, span, out, .. } = reading;
    if let Some(choice) = choices.iter().find(|choice| **choice == text) {
        return Data::Text(choice);
    }
    let found = out.report(&UNKNOWN_CHOICE, span);
    found.says(format!("`{}` is none of the words that may stand here", clip(text)));
    let meant =
        ELSEWHERE.iter().find(|(word, ours)| *word == text && choices.contains(ours)).map(|(_, ours)| *ours);
    if choices.contains(&"istio")
        && ["strict", "permissive"].iter().any(|mode| mode.eq_ignore_ascii_case(text))
    {
        found.because("what the pods themselves take is said by a PeerAuthentication, which stays in YAML").help(
            "for callers to use the mesh's certificates say `istio`; `auto` lets Istio see, `off` sends plain text",
        );
        return Data::Broken;
    }
    let cased = || choices.iter().find(|choice| choice.eq_ignore_ascii_case(text)).copied();
    let sure = meant.or_else(|| nearest(text, choices.iter().copied())).or_else(cased);
    match sure.or_else(|| begun(text, choices)) {
        Some(word) if choices.len() > 1 => {
            found.help(format!("say `{word}`; the words are {}", list(choices)))
        }
        Some(word) => found.help(format!("say `{word}`")),
        None => found.help(format!("say {}", list(choices))),
    };
    // What only begins alike may mean something else: it is not replaced unseen.
    if let Some(word) = sure {
        found.fix(span, word);
    }
    Data::Broken
}

/// Returns the only word that one of the two texts begins with, such as `argocd` for `argo`, and `warn` for `warning`.
fn begun(text: &str, choices: &[&'static str]) -> Option<&'static str> {
    let begins = |choice: &&&str| text.len() > 2 && (choice.starts_with(text) || text.starts_with(**choice));
    let mut begun = choices.iter().filter(begins);
    begun.next().filter(|_| begun.next().is_none()).copied()
}
