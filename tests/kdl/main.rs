//! Our reader of KDL beside the `kdl` crate: both must accept the same documents and read the same from them.
//!
//! That crate takes exponential time for some malformed documents and aborts on deep nesting, so it runs in a child
//! process: this binary again, told by the environment which documents to read.

mod documents;
mod format;
mod intent;
mod meaning;
mod oracle;

use std::collections::BTreeMap;

use documents::Document;
use meaning::Meaning;

/// Documents of the `kdl` crate's own tests on which we mean to differ, and why.
const INTENDED: &[(&str, &str)] = &[
    ("all_escapes", "a backspace in a string hides"),
    ("multiline_raw_string_single_line_err_fail", "they take what the specification refuses"),
    ("repeated_prop", "the last one would win in silence"),
    ("unicode_delete_fail", "they take what the specification refuses"),
    ("zero_space_before_slashdash_arg_fail", "KDL 2.0.1 takes it"),
];

/// What we refuse and KDL accepts, by the code of the message.
const REFUSED: &[(&str, &str)] = &[
    ("comment-in-word", "`https://x` is no word with a comment"),
    ("invisible-character", "more than KDL refuses"),
    ("look-alike", "names that look the same would differ"),
    ("repeated-property", "the last one would win in silence"),
    ("wrong-quotes", "`'a'` is no word with quotes in it"),
];

/// Where the other reader is wrong: how to tell such a document, the smallest one, and what KDL 2.0.1 says.
type Wrong = (fn(&str) -> bool, &'static str, &'static str);
const WRONG: &[Wrong] = &[
    (
        |text| follows(text, "/-", |before| !before.is_whitespace()),
        "a 1/-2",
        "no blank is needed before a `/-`",
    ),
    (|text| follows(text, "-inf", |before| before != '#'), "a -inf", "`-inf` is no word"),
    (has_longer_keyword, "/-a #nulll", "a keyword ends where its word ends"),
    (has_text_on_first_line, "a ##\"\"\"b\"##", "a line end stands behind three quotes, raw ones too"),
    (|text| text.contains("/-"), "/-a;", "a dropped line may end with `;`"),
];

#[test]
fn its_own_test_documents_mean_the_same() {
    let documents = documents::of_the_crate();
    assert!(documents.len() > 300, "the documents of the kdl crate were not found");
    let differences: BTreeMap<String, String> = differences(&documents).collect();
    let names: Vec<&str> = differences.keys().map(String::as_str).collect();
    let intended: Vec<&str> = INTENDED.iter().map(|(name, _)| *name).collect();
    let shown: Vec<&String> = differences.values().collect();
    assert_eq!(names, intended, "{shown:#?}");
}

#[test]
fn generated_documents_mean_the_same() {
    let documents = documents::generated(6000);
    let mut met = std::collections::BTreeSet::new();
    let mut wrong = Vec::new();
    for (document, theirs) in documents.iter().zip(oracle::read(&documents)) {
        let (ours, codes) = meaning::ours(&document.text);
        match (ours, theirs) {
            (ours, theirs) if ours == theirs => {}
            (Meaning::Refused, Meaning::Is(_)) if codes.iter().any(|code| is_refused(code)) => {
                met.extend(codes)
            }
            _ if WRONG.iter().any(|(is_wrong, ..)| is_wrong(&document.text)) => {}
            (ours, theirs) => {
                wrong.push(format!("{:?}\nours   {ours:?} {codes:?}\ntheirs {theirs:?}", document.text))
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n\n"));
    for (code, _) in REFUSED {
        assert!(met.contains(code), "`{code}` is no difference any more");
    }
}

#[test]
fn it_is_still_wrong() {
    let documents: Vec<Document> = WRONG
        .iter()
        .map(|(_, text, why)| Document { name: (*why).to_owned(), text: (*text).to_owned() })
        .collect();
    let met: Vec<String> = differences(&documents).map(|(name, _)| name).collect();
    assert_eq!(met.len(), WRONG.len(), "only these still differ: {met:?}");
    assert!(WRONG.iter().all(|(is_wrong, text, _)| is_wrong(text)));
}

#[test]
fn child() {
    oracle::answer();
}

fn is_refused(code: &str) -> bool {
    REFUSED.iter().any(|(refused, _)| *refused == code)
}

fn follows(text: &str, needle: &str, test: impl Fn(char) -> bool) -> bool {
    text.match_indices(needle).any(|(at, _)| text[..at].chars().next_back().is_some_and(&test))
}

fn has_longer_keyword(text: &str) -> bool {
    ["#true", "#false", "#null", "#inf", "#-inf", "#nan"].iter().any(|keyword| {
        let mut behind = text.match_indices(keyword).map(|(at, _)| &text[at + keyword.len()..]);
        behind
            .any(|behind| behind.starts_with(|char: char| !char.is_whitespace() && !";{}/\\".contains(char)))
    })
}

fn has_text_on_first_line(text: &str) -> bool {
    let mut behind = text.match_indices("#\"\"\"").map(|(at, _)| &text[at + 4..]);
    behind.any(|behind| !behind.starts_with(char::is_whitespace))
}

fn differences(documents: &[Document]) -> impl Iterator<Item = (String, String)> {
    documents.iter().zip(oracle::read(documents)).filter_map(|(document, theirs)| {
        let (ours, codes) = meaning::ours(&document.text);
        (ours != theirs).then(|| {
            (document.name.clone(), format!("{}: ours {ours:?} {codes:?}, theirs {theirs:?}", document.name))
        })
    })
}
