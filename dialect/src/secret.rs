//! Secrets in text: what has the shape of a key, a token or a password, so that it is refused and never shown.

use std::ops::Range;

/// What tokens of well-known services begin with, and how long the rest is at least.
const TOKENS: &[(&str, usize)] = &[
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 30),
    ("ghp_", 16),
    ("gho_", 16),
    ("ghs_", 16),
    ("github_pat_", 16),
    ("glpat-", 16),
    ("xoxb-", 16),
    ("xoxp-", 16),
    ("sk_live_", 16),
];

/// How much of a secret is enough to know it again.
const KNOWN: usize = 8;

/// Shorter texts are no token.
const SHORTEST: usize = 20;

/// Shorter texts have no password of a URL, `://:@`.
const SHORTEST_PASSWORD: usize = 5;

/// Tells whether a text has a secret in it.
#[must_use]
pub fn is_in(text: &str) -> bool {
    let may_be = match text.len() {
        ..SHORTEST_PASSWORD => false,
        SHORTEST_PASSWORD..SHORTEST => text.bytes().any(|byte| byte == b'@'),
        SHORTEST.. => true,
    };
    may_be && !find(text).is_empty()
}

/// Returns the text with every byte of its secrets replaced by `*`, so that all places in it stay where they are.
#[must_use]
pub fn mask(text: &str) -> Option<String> {
    let secrets = find(text);
    if secrets.is_empty() {
        return None;
    }
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for secret in secrets {
        let from = secret.start.max(done);
        let to = secret.end.max(from);
        masked.push_str(&text[done..from]);
        for character in text[from..to].chars() {
            match character {
                '\n' | '\r' | '\t' | ' ' => masked.push(character),
                _ => masked.extend(std::iter::repeat_n('*', character.len_utf8())),
            }
        }
        done = to;
    }
    masked.push_str(&text[done..]);
    Some(masked)
}

/// Returns the lines of the secrets of a text that are long enough to be known again elsewhere.
pub fn known(text: &str) -> impl Iterator<Item = &str> {
    find(text)
        .into_iter()
        .flat_map(|range| text[range].lines())
        .map(str::trim)
        .filter(|line| line.len() >= KNOWN)
}

/// Returns a text without the secrets in it, and without those that are known from elsewhere, even where only their beginning
/// is left.
#[must_use]
pub fn mask_all(text: &str, known: &[String]) -> Option<String> {
    let mut masked = mask(text);
    for secret in known {
        let start = secret.get(..KNOWN).unwrap_or(secret);
        let shown = masked.as_deref().unwrap_or(text);
        let Some(at) = shown.find(start) else { continue };
        let same = shown[at..].bytes().zip(secret.bytes()).take_while(|(a, b)| a == b).count();
        let end = shown.floor_char_boundary(at + same);
        masked = Some(format!("{}{}{}", &shown[..at], "*".repeat(end - at), &shown[end..]));
    }
    masked
}

/// Tells whether a text has none of what every secret has: an upper case letter, a `:`, a `_`, or a token's start with a `-`.
/// Nearly every text is such, and looking for all the others takes long.
fn is_clear(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Those tokens that begin without any of the others.
    let begun =
        |at: usize| ["glpat-", "xoxb-", "xoxp-"].iter().any(|start| bytes[..=at].ends_with(start.as_bytes()));
    bytes.iter().enumerate().all(|(at, byte)| match byte {
        b'A'..=b'Z' | b':' | b'_' => false,
        b'-' => !begun(at),
        _ => true,
    })
}

/// Returns where secrets stand, in the order of the text.
fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if is_clear(text) {
        return found;
    }
    private_keys(text, &mut found);
    passwords(text, &mut found);
    for scheme in ["Bearer ", "Basic "] {
        for (at, _) in text.match_indices(scheme) {
            let start = at + scheme.len();
            let end = start + token(&text[start..]);
            let varied = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
            if end - start >= 16 && text[start..end].bytes().any(varied) {
                found.push(start..end);
            }
        }
    }
    for (start, least) in TOKENS {
        for (at, _) in text.match_indices(start) {
            let end = at + token(&text[at..]);
            if begins(text, at) && end - at >= start.len() + least {
                found.push(at..end);
            }
        }
    }
    for (at, _) in text.match_indices("eyJ") {
        let end = at + token(&text[at..]);
        if begins(text, at) && end - at >= SHORTEST && text[at..end].matches('.').count() == 2 {
            found.push(at..end);
        }
    }
    found.sort_by_key(|range| (range.start, range.end));
    found
}

/// What stands between the lines that open and close a private key, or behind the one that opens it.
fn private_keys(text: &str, found: &mut Vec<Range<usize>>) {
    const OPEN: &str = "PRIVATE KEY-----";
    for (at, _) in text.match_indices(OPEN) {
        let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
        if text[line..at].contains("-----BEGIN ") {
            let start = at + OPEN.len();
            let end = text[start..].find("-----END ").map_or(text.len(), |length| start + length);
            found.push(start..end);
        }
    }
}

/// The user and password of a URL; a message may have cut it short.
fn passwords(text: &str, found: &mut Vec<Range<usize>>) {
    for (at, _) in text.match_indices("://") {
        let start = at + 3;
        let is_end = |c: char| c.is_whitespace() || "@/?#\"'`…".contains(c);
        let end = text[start..].find(is_end).map_or(text.len(), |length| start + length);
        let user = &text[start..end];
        let is_pair = user.contains(':') && !user.starts_with('[');
        let ends_in = |sign: char| text[end..].starts_with(sign);
        if (ends_in('@') && (is_pair || user.len() >= SHORTEST)) || (ends_in('…') && is_pair) {
            found.push(start..end);
        }
    }
}

/// Returns how long a token at the start of a text is.
fn token(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte)).count()
}

/// Tells whether a word begins there.
fn begins(text: &str, at: usize) -> bool {
    !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::{TOKENS, is_clear, is_in, mask};

    #[test]
    fn no_token_begins_unseen() {
        for (start, _) in TOKENS {
            assert!(!is_clear(start), "{start}");
        }
    }

    #[test]
    fn secrets_are_masked_and_nothing_moves() {
        for (text, masked) in [
            ("Bearer eyJhbGciOiJIUzI1NiJ9", "Bearer ********************"),
            ("x=AKIAIOSFODNN7EXAMPLE;", "x=********************;"),
            ("https://a:b@c.example/d", "https://***@c.example/d"),
            ("`https://admin:hunt…`", "`https://**********…`"),
            (
                "-----BEGIN PRIVATE KEY-----\nMII E\n-----END PRIVATE KEY-----",
                "-----BEGIN PRIVATE KEY-----\n*** *\n-----END PRIVATE KEY-----",
            ),
        ] {
            assert_eq!(mask(text).as_deref(), Some(masked));
        }
    }

    #[test]
    fn what_only_looks_a_little_like_one_is_none() {
        for text in [
            "https://reviews.example.com:9080/a@b",
            "Basic misunderstandings",
            "Bearer of bad news",
            "http://[::1]:80/",
            "AKIA",
            "-----BEGIN CERTIFICATE-----",
            "to reviews@v2",
        ] {
            assert!(!is_in(text), "{text}");
        }
    }
}
