//! No input may upset the reader.

use super::read;
use crate::diagnostic::Diagnostics;
use crate::sources::{MAX_BYTES, Sources};

/// What documents are thrown together from.
const PIECES: &[&str] = &[
    "a",
    "b ",
    " ",
    "\n",
    "\r\n",
    "{",
    "}",
    "{\n",
    "\n}\n",
    "(",
    ")",
    "(a)",
    "=",
    "x=",
    "\"",
    "\"\"\"",
    "\"\"\"\n",
    "\n\"\"\"",
    "#",
    "#\"",
    "\"#",
    "##\"",
    "#\"\"\"\n",
    "\\",
    "\\n",
    "\\u{",
    "\\u{41}",
    "\\u{202e}",
    "\\\n",
    "/",
    "//",
    "/*",
    "*/",
    "/-",
    ";",
    "10",
    "10%",
    "5s",
    ".5",
    "0x",
    "-",
    "+1",
    "1e5",
    "true",
    "#true",
    "#x",
    "'",
    "r\"",
    "r#",
    "[",
    ",",
    "é",
    "日",
    "е",
    "\u{200b}",
    "\u{202e}",
    "\u{feff}",
    "\u{a0}",
    "\u{2028}",
    "\u{85}",
    "\0",
    "\u{201c}",
    "\u{201d}",
    "https://",
    "**",
    "/*.kdl",
    ">=",
    "kdl-version 1",
    "\t",
    "  ",
    "    ",
];

#[test]
fn spans_stay_in_the_text_whatever_it_is() {
    let mut seed: u64 = 0x2545_f491_4f6c_dd1d;
    let mut roll = |sides: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % sides as u64).expect("fewer sides than that")
    };
    for _ in 0..20_000 {
        let text: String = (0..roll(30)).map(|_| PIECES[roll(PIECES.len())]).collect();
        check(&text);
    }
}

/// Reads a document and checks every place that is spoken of.
fn check(text: &str) {
    let arena = bumpalo::Bump::new();
    let mut out = Diagnostics::default();
    let mut reader = super::Reader::new(text, super::FileId(0), &arena);
    let inside = |span: crate::span::Span| {
        let is_good =
            span.start() <= span.end() && text.get(span.start() as usize..span.end() as usize).is_some();
        assert!(is_good, "{span:?} of {text:?}");
    };
    let (mut depth, mut last, mut steps) = (0, 0, 0);
    loop {
        steps += 1;
        assert!(steps <= 2 * text.len() + 2, "no end of {text:?}");
        match reader.next(&mut out) {
            super::Step::Node(node) => {
                inside(node.span);
                assert!(node.span.start() >= last, "the nodes of {text:?} go backwards");
                last = node.span.start();
                check_entries(&node, inside, text);
                depth += usize::from(node.block.is_some());
            }
            super::Step::End(span) => {
                inside(span);
                if depth == 0 {
                    break;
                }
                depth -= 1;
            }
        }
    }
    assert!(out.as_slice().len() <= 21);
    for found in out.as_slice() {
        inside(found.place.span);
        found.others.iter().for_each(|other| inside(other.span));
        found.fix.iter().for_each(|edit| inside(edit.span));
        let words = [Some(&found.message), Some(&found.place.text), found.help.as_ref()];
        for words in words.into_iter().flatten() {
            assert!(words.len() < 700 && !words.contains(['\u{202e}', '\u{200b}', '\0', '\n']), "{words:?}");
        }
        assert!(!found.message.is_empty() && !found.message.ends_with('.'), "{:?}", found.message);
    }
}

fn check_entries(node: &super::super::Node<'_>, inside: impl Fn(crate::span::Span), text: &str) {
    let mut last = node.name.span.end();
    inside(node.name.span);
    for entry in &node.entries {
        let start = match entry {
            super::super::Entry::Argument(value) => value.span.start(),
            super::super::Entry::Property(key, value) => {
                inside(key.span);
                inside(value.span);
                key.span.start()
            }
        };
        let (super::super::Entry::Argument(value) | super::super::Entry::Property(_, value)) = entry;
        inside(value.span);
        assert!(start >= last && value.span.end() >= start, "the entries of {text:?} go backwards");
        last = value.span.end();
    }
}

#[test]
fn every_piece_may_come_64_thousand_times() {
    for first in PIECES {
        for second in ["", "a", " ", "\n", "{", "\""] {
            let pair = format!("{first}{second}");
            read(&pair.repeat(65_536 / pair.len()));
        }
    }
}

#[test]
fn nesting_ends_at_64() {
    assert!(read(&("a {\n".repeat(64) + &"}\n".repeat(64))).is_empty());
    assert_eq!(codes(&"a{".repeat(5000)), ["too-deep"]);
    assert_eq!(codes(&("a{".repeat(65) + &"}".repeat(65))), ["too-deep"]);
    assert_eq!(codes(&"a /-{".repeat(5000)), ["too-deep"]);
    assert_eq!(codes(&"/-a {".repeat(5000)), ["too-deep"]);
    assert_eq!(codes(&"/*".repeat(5000)), ["too-deep"]);
    assert!(read(&("/*".repeat(64) + &"*/".repeat(64))).is_empty());
}

#[test]
fn the_last_byte_of_the_largest_file_can_be_pointed_at() {
    let sources = Sources::default();
    let mut bytes = vec![b' '; MAX_BYTES];
    bytes[MAX_BYTES - 1] = b'}';
    let file = sources.add_bytes("a.kdl".to_owned(), bytes.clone(), &mut Diagnostics::default());
    let [found] = &read(&sources.file(file).text)[..] else { panic!("one brace is too many") };
    let place = found.place.span;
    assert_eq!(place.end() as usize, MAX_BYTES);
    assert_eq!((sources.text(place), sources.position(place)), ("}", (1, MAX_BYTES)));
    // One more, and it is not read at all.
    bytes.push(b'}');
    let file = sources.add_bytes("b.kdl".to_owned(), bytes, &mut Diagnostics::default());
    assert!(sources.file(file).refused && sources.file(file).text.is_empty());
}

#[test]
fn twenty_mistakes_are_enough() {
    let found = read(&"a 5s\n".repeat(10_000));
    assert_eq!(found.len(), 21);
    assert_eq!(found[20].message, "9980 more mistakes of this kind are not shown");
}

#[test]
fn a_mark_of_byte_order_and_line_ends_of_windows_change_nothing() {
    assert!(read("\u{feff}a {\r\n    b \"c\"\r\n}\r\n").is_empty());
    assert_eq!(codes("a\u{feff}"), ["invisible-character"]);
}

#[test]
fn indentation_means_nothing_while_braces_fit() {
    assert!(read("a {\nb {\nc\n}\n  }\nd {\ne\n}\n").is_empty());
}

fn codes(text: &str) -> Vec<&'static str> {
    read(text).iter().map(|found| found.code.name).collect()
}
