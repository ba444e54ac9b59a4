//! Secrets in text: what has the shape of a key, a token or a password, so that it is refused and never shown.

mod known;

use std::ops::Range;

pub use known::Known;

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

/// What stands before credentials in a header.
const SCHEMES: [&str; 2] = ["Bearer ", "Basic "];

/// What a JSON Web Token begins with.
const JWT: &str = "eyJ";

/// What ends the line before a private key.
const PRIVATE: &str = "PRIVATE KEY-----";

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

/// Tells whether nothing in a text may be the start of a secret. Nearly every text is such, and looking for one kind of secret
/// after the other takes long.
fn is_clear(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut start = 0;
    while let (Some(some), Some(next)) = (bytes.get(start..start + MANY), bytes.get(start + 1..=start + MANY))
    {
        if has_sign(some, next) && begins_in(bytes, start.saturating_sub(LEAD)..start + MANY) {
            return false;
        }
        start += MANY;
    }
    !begins_in(bytes, start.saturating_sub(LEAD)..bytes.len())
}

/// So many bytes are looked at together.
const MANY: usize = 32;

/// No secret begins with more bytes than that before there is a sign of it.
const LEAD: usize = 8;

/// Tells whether a secret may begin with one of these bytes, or shortly before them; the byte behind each is given, too. Whatever
/// begins one has one of a few bytes that are rare in other texts, or of two pairs. All are compared, which takes less than to
/// find out where to stop.
fn has_sign(some: &[u8], next: &[u8]) -> bool {
    some.iter().zip(next).fold(false, |found, (&one, &next)| {
        let rare =
            (one == b'/') | (one == b'_') | (one == b'A') | (one == b'B') | (one == b'J') | (one == b'P');
        found | rare | ((one == b'x') & (next == b'o')) | ((one == b'l') & (next == b'p'))
    })
}

/// Tells whether a secret may begin in a part of a text.
fn begins_in(bytes: &[u8], mut part: Range<usize>) -> bool {
    let begins = |rest: &[u8]| {
        let starts = |start: &str| rest.starts_with(start.as_bytes());
        ["://", PRIVATE, JWT].into_iter().chain(SCHEMES).any(starts)
            || TOKENS.iter().any(|(start, _)| starts(start))
    };
    part.any(|at| {
        let next = bytes.get(at + 1).map_or(0, |next| SECOND[usize::from(*next)]);
        FIRST[usize::from(bytes[at])] & next != 0 && begins(&bytes[at..])
    })
}

/// The first two bytes of what a secret may begin with. Few other texts have them side by side.
const PAIRS: [&[u8; 2]; 13] =
    [b":/", b"Be", b"Ba", b"PR", b"ey", b"AK", b"AS", b"AI", b"gh", b"gi", b"gl", b"xo", b"sk"];

/// For each byte, with which of those pairs it comes first, and with which second.
const FIRST: [u16; 256] = of_pairs(0);
const SECOND: [u16; 256] = of_pairs(1);

const fn of_pairs(place: usize) -> [u16; 256] {
    let mut pairs = [0; 256];
    let mut pair = 0;
    while pair < PAIRS.len() {
        pairs[PAIRS[pair][place] as usize] |= 1 << pair;
        pair += 1;
    }
    pairs
}

/// Returns where secrets stand, in the order of the text.
fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if is_clear(text) {
        return found;
    }
    private_keys(text, &mut found);
    passwords(text, &mut found);
    for scheme in SCHEMES {
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
        let mut done = 0;
        for token in tokens(text, start) {
            // What stands in a secret is one with it.
            if token.start >= done && token.len() >= start.len() + least {
                done = token.end;
                found.push(token);
            }
        }
    }
    for token in tokens(text, JWT) {
        // Once there are too many dots it does not matter how many.
        if token.len() >= SHORTEST && text[token.clone()].matches('.').take(3).count() == 2 {
            found.push(token);
        }
    }
    found.sort_by_key(|range| (range.start, range.end));
    found
}

/// What stands between the lines that open and close a private key, or behind the one that opens it.
fn private_keys(text: &str, found: &mut Vec<Range<usize>>) {
    let (mut looked, mut is_open) = (0, false);
    for (at, _) in text.match_indices(PRIVATE) {
        let passed = &text[std::mem::replace(&mut looked, at)..at];
        let line = passed.rfind('\n');
        is_open &= line.is_none();
        is_open |= passed[line.unwrap_or(0)..].contains("-----BEGIN ");
        if !is_open {
            continue;
        }
        let start = at + PRIVATE.len();
        let end = match found.last_mut() {
            // One that is never closed goes on up to the next, and that as far as it would have gone.
            Some(open) if open.end > start => std::mem::replace(&mut open.end, start),
            Some(_) | None => text[start..].find("-----END ").map_or(text.len(), |length| start + length),
        };
        found.push(start..end);
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

/// Returns the tokens that begin like this, each up to its end.
fn tokens<'t>(text: &'t str, start: &'static str) -> impl Iterator<Item = Range<usize>> + 't {
    let mut end = 0;
    text.match_indices(start).filter(|(at, _)| begins(text, *at)).map(move |(at, _)| {
        // Those that stand in one another end together.
        if at >= end {
            end = at + token(&text[at..]);
        }
        at..end
    })
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
    use super::{JWT, PRIVATE, SCHEMES, TOKENS, is_clear, is_in, mask};

    #[test]
    fn no_token_begins_unseen() {
        let starts = TOKENS.iter().map(|(start, _)| *start).chain(SCHEMES).chain(["://", PRIVATE, JWT]);
        for start in starts {
            assert!(!is_clear(start) && !is_clear(&format!("ab {start}")), "{start}");
            for before in 0..80 {
                let text = format!("{}{start}{}", "a".repeat(before), "b".repeat(before));
                assert!(!is_clear(&text) && is_clear(&"a".repeat(before)), "{text}");
            }
        }
        assert!(is_clear("") && is_clear("e") && is_clear(":/B ghx Bet sks"));
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

    #[test]
    fn keys_that_are_never_closed_are_masked_to_the_end() {
        let text = "-----BEGIN PRIVATE KEY-----MIIA\nx -----BEGIN PRIVATE KEY-----MIIB\ny";
        let masked = "-----BEGIN PRIVATE KEY-----****\n* ********** ******* ************\n*";
        assert_eq!(mask(text).as_deref(), Some(masked));
        assert!(!is_in("-----BEGIN\nPRIVATE KEY-----MIIA"));
    }

    #[test]
    fn tokens_in_one_another_are_one() {
        let text = "AKIA-AKIA-AKIA-AKIA-AKIA-AKIA";
        assert_eq!(super::find(text).len(), 1);
        assert_eq!(mask(text), Some("*".repeat(text.len())));
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.c2ln";
        assert_eq!(mask(jwt), Some("*".repeat(jwt.len())));
    }
}
