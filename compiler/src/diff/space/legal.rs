//! Which strings can be where in a request, byte by byte.

use super::{Dimension, Paths};

/// What a string has to be. The states are numbers below [`STATES`]; the first is 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Legal {
    /// A path without its query, as the proxy sees it.
    Path(Paths),
    /// The value of a header.
    Header,
    /// The value of a query parameter.
    Query,
    /// Something that another automaton decides.
    Anything,
}

/// More than the number of states that anything here has.
pub(super) const STATES: usize = 64;

/// Methods that Envoy takes in HTTP/1, the familiar ones first. CONNECT is not among them: no route by path takes it.
pub(super) const METHODS: &[&str] = &[
    "GET",
    "POST",
    "PUT",
    "DELETE",
    "PATCH",
    "HEAD",
    "OPTIONS",
    "TRACE",
    "ACL",
    "BIND",
    "CHECKOUT",
    "COPY",
    "LINK",
    "LOCK",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MOVE",
    "MSEARCH",
    "NOTIFY",
    "PROPFIND",
    "PROPPATCH",
    "PURGE",
    "REBIND",
    "REPORT",
    "SEARCH",
    "SOURCE",
    "SUBSCRIBE",
    "UNBIND",
    "UNLINK",
    "UNLOCK",
    "UNSUBSCRIBE",
];

/// Tells whether a request can have such a thing at all.
pub(super) fn can_be(dimension: &Dimension) -> bool {
    match dimension {
        Dimension::Path | Dimension::Method | Dimension::Authority => true,
        Dimension::Header(name) => {
            let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            !name.is_empty() && name.bytes().all(token)
        }
        Dimension::Query(name) => name.bytes().all(|byte| visible(byte) && !b"#&=".contains(&byte)),
    }
}

impl Legal {
    /// Returns the state after a byte, if it can be there.
    pub(super) fn step(self, state: u8, byte: u8) -> Option<u8> {
        match self {
            Legal::Path(paths) => path(paths, state, byte),
            Legal::Header => header(state, byte),
            Legal::Query => (visible(byte) && byte != b'#' && byte != b'&').then_some(0),
            Legal::Anything => Some(0),
        }
    }

    /// Tells whether a string may end in a state.
    pub(super) fn ends(self, state: u8) -> bool {
        match self {
            Legal::Path(paths) => match state % 8 {
                BEGIN => false,
                DOT | DOTS => paths == Paths::AsSent,
                _ => true,
            },
            Legal::Header => state == EMPTY || state == TEXT,
            Legal::Query | Legal::Anything => true,
        }
    }

    /// Returns all bytes, the most readable first: in this order they are worth trying in a state.
    pub(super) fn bytes(self, state: u8) -> &'static [u8; 256] {
        match self {
            Legal::Path(_) if state % 8 != ELEMENT => &SLASH_FIRST,
            Legal::Path(_) | Legal::Header | Legal::Query | Legal::Anything => &SLASH_LATER,
        }
    }
}

/// All bytes in the order in which they are tried where an element of a path begins.
static SLASH_FIRST: [u8; 256] =
    readable(b"/abcdefghijklmnopqrstuvwxyz1234567890-_.~ABCDEFGHIJKLMNOPQRSTUVWXYZ");

/// The same anywhere else.
static SLASH_LATER: [u8; 256] =
    readable(b"abcdefghijklmnopqrstuvwxyz1234567890-_.~ABCDEFGHIJKLMNOPQRSTUVWXYZ/");

/// Returns all bytes: these, then what can be seen, then what is no ASCII, then the rest.
const fn readable(first: &[u8]) -> [u8; 256] {
    let mut all = [0; 256];
    let mut taken = [false; 256];
    let mut length = 0;
    while length < first.len() {
        all[length] = first[length];
        taken[first[length] as usize] = true;
        length += 1;
    }
    let ranges: [(usize, usize); 6] =
        [(0x21, 0x7e), (0x80, 0xff), (0x20, 0x20), (0x09, 0x09), (0x00, 0x1f), (0x7f, 0x7f)];
    let mut range = 0;
    while range < ranges.len() {
        let (mut byte, last) = ranges[range];
        while byte <= last {
            if !taken[byte] {
                all[length] = byte as u8;
                taken[byte] = true;
                length += 1;
            }
            byte += 1;
        }
        range += 1;
    }
    all
}

fn visible(byte: u8) -> bool {
    (0x21..=0x7e).contains(&byte)
}

// A path's state is where in an element it is, plus eight times how much of an escape was read.
const BEGIN: u8 = 0;
const ELEMENT: u8 = 1;
const DOT: u8 = 2;
const DOTS: u8 = 3;
const OTHER: u8 = 4;

fn path(paths: Paths, state: u8, byte: u8) -> Option<u8> {
    let (place, escape) = (state % 8, state / 8);
    if !visible(byte) || b"?#\\".contains(&byte) {
        return None;
    }
    if paths == Paths::AsSent {
        return match place {
            BEGIN => (byte == b'/').then_some(ELEMENT),
            _ => Some(if byte == b'/' { ELEMENT } else { OTHER }),
        };
    }
    if b"\"<>^`{}".contains(&byte) {
        return None;
    }
    let place = match (place, byte) {
        (BEGIN, b'/') => ELEMENT,
        (BEGIN, _) => return None,
        (ELEMENT, b'/') if paths == Paths::Merged => return None,
        // Parameters do not hide a dot element.
        (DOT | DOTS, b'/' | b';') => return None,
        (_, b'/') => ELEMENT,
        (ELEMENT, b'.') => DOT,
        (DOT, b'.') => DOTS,
        _ => OTHER,
    };
    escaped(escape, byte).map(|escape| place + 8 * escape)
}

/// Returns how much of an escape was read: nothing, the `%`, or a first digit after which it may be needless. What need
/// not be escaped is not, and `%00` is refused.
fn escaped(escape: u8, byte: u8) -> Option<u8> {
    const PERCENT: u8 = 1;
    let digit = char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    match (escape, digit, byte) {
        (_, _, b'%') => Some(PERCENT),
        // The first digits 0, and 2 to 7, are kept in one of 2 to 7, of which 4 and 6 have the same letters behind them.
        (PERCENT, Some(0), _) => Some(2),
        (PERCENT, Some(2), _) => Some(3),
        (PERCENT, Some(3), _) => Some(4),
        (PERCENT, Some(4 | 6), _) => Some(5),
        (PERCENT, Some(5), _) => Some(6),
        (PERCENT, Some(7), _) => Some(7),
        (2, Some(0), _) | (3, Some(0xd | 0xe), _) | (4, Some(0..=9), _) | (5, Some(1..=0xf), _) => None,
        (6, Some(0..=0xa | 0xf), _) | (7, Some(0..=0xa | 0xe), _) => None,
        _ => Some(0),
    }
}

// What is left of a character in UTF-8 follows these two and the space.
const EMPTY: u8 = 0;
const TEXT: u8 = 1;
const SPACE: u8 = 2;

fn header(state: u8, byte: u8) -> Option<u8> {
    match (state, byte) {
        (EMPTY, b' ' | b'\t') => None,
        (TEXT | SPACE, b' ' | b'\t') => Some(SPACE),
        (EMPTY | TEXT | SPACE, 0x21..=0x7e) => Some(TEXT),
        (EMPTY | TEXT | SPACE, 0xc2..=0xdf) => Some(3),
        (EMPTY | TEXT | SPACE, 0xe1..=0xec | 0xee | 0xef) => Some(4),
        (EMPTY | TEXT | SPACE, 0xf1..=0xf3) => Some(5),
        (EMPTY | TEXT | SPACE, 0xe0) => Some(6),
        (EMPTY | TEXT | SPACE, 0xed) => Some(7),
        (EMPTY | TEXT | SPACE, 0xf0) => Some(8),
        (EMPTY | TEXT | SPACE, 0xf4) => Some(9),
        (3, 0x80..=0xbf) => Some(TEXT),
        (4, 0x80..=0xbf) | (6, 0xa0..=0xbf) | (7, 0x80..=0x9f) => Some(3),
        (5, 0x80..=0xbf) | (8, 0x90..=0xbf) | (9, 0x80..=0x8f) => Some(4),
        _ => None,
    }
}

/// Tells whether a string can be such a thing, as far as its bytes go.
pub(super) fn is_legal(dimension: &Dimension, text: &str) -> bool {
    let legal = match dimension {
        Dimension::Path => Legal::Path(Paths::Merged),
        Dimension::Header(_) => Legal::Header,
        Dimension::Query(_) => Legal::Query,
        Dimension::Method | Dimension::Authority => Legal::Anything,
    };
    let end = text.bytes().try_fold(0, |state, byte| legal.step(state, byte));
    end.is_some_and(|state| legal.ends(state))
}
