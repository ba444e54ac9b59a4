//! What the formatter may not do, whatever it is given: change a meaning, lose or move a comment, or not be done at once.

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::format::format;
use meshc_dialect::kdl::tokens::{Kind, tokens};
use meshc_dialect::line::Line;
use meshc_dialect::parse::parse;
use meshc_dialect::sources::Sources;

use crate::documents::{self, Document};
use crate::intent;
use crate::meaning::{self, Meaning};

/// How many of the documents are good, at least.
const FEWEST: usize = 2000;

#[test]
fn documents_keep_every_token_and_comment() {
    let mut documents = documents::generated(12_000);
    documents.extend(documents::of_the_crate());
    let mut good = 0;
    for Document { name, text } in documents {
        let (Meaning::Is(before), _) = meaning::ours(&text) else { continue };
        good += 1;
        let done = formatted(&text).unwrap_or_else(|| panic!("{name} is good: {text:?}"));
        let context = format!("{name}\n{text:?}\nbecame\n{done:?}");
        assert_eq!(meaning::ours(&done).0, Meaning::Is(before), "another meaning: {context}");
        assert_eq!(kept(&done), kept(&text), "something is lost or moved: {context}");
        assert_eq!(formatted(&done).as_deref(), Some(done.as_str()), "not done at once: {context}");
        is_neat(&done, &context);
    }
    assert!(good > FEWEST, "only {good} documents are good");
}

#[test]
fn intent_means_the_same() {
    let mut files = intent::of_the_repository();
    files.extend(intent::generated(4000));
    for Document { name, text } in files {
        let Some(done) = formatted(&text) else { continue };
        let context = format!("{name}\n{text}\nbecame\n{done}");
        assert_eq!(read(&done), read(&text), "another meaning: {context}");
        assert_eq!(comments(&done), comments(&text), "comments are lost: {context}");
        assert_eq!(formatted(&done).as_deref(), Some(done.as_str()), "not done at once: {context}");
    }
}

#[test]
fn what_has_mistakes_is_left_alone() {
    for text in ["service a {", "service a }", "x \"", "a=1", "service a { port 80 http } b"] {
        assert_eq!(formatted(text), None, "{text}");
    }
}

#[test]
fn no_text_takes_long() {
    let many = |text: &str| text.repeat(200_000 / text.len());
    let deep = |text: &str| format!("{}x{}", text.repeat(60), " }".repeat(60));
    let texts = [
        many("/**/"),
        many("a; "),
        many("// a\n"),
        many("a \\\n"),
        many("a /* b */ // c\n"),
        many("in x   { a }\n"),
        many("/-a\n"),
        format!("service a {{ {} }}", many("serve v1; route \"/a\"; ")),
        format!("service a {{\n{}\n}}", many("// x\nserve v1\nroute \"/a\"\n")),
        deep("a { "),
        deep(&format!("a \"{}\" {{ ", "x".repeat(3000))),
        format!("a {}", many("/-{ b }")),
    ];
    for text in texts {
        let begun = std::time::Instant::now();
        assert!(formatted(&text).is_some(), "{}", &text[..40]);
        assert!(begun.elapsed().as_secs() < 3, "{:?} takes {:?}", &text[..40], begun.elapsed());
    }
}

fn formatted(text: &str) -> Option<String> {
    let sources = Sources::default();
    let file = sources.add("a.kdl".to_owned(), text.to_owned());
    format(file, sources.file(file), &mut Diagnostics::default())
}

/// Returns everything that must come out again, in its order.
fn kept(text: &str) -> Vec<String> {
    let of_layout = |kind| matches!(kind, Kind::Break | Kind::Semicolon | Kind::Continue);
    let tokens = tokens(text).into_iter().filter(|token| !of_layout(token.kind));
    tokens.map(|token| plain(&text[token.start..token.end])).collect()
}

/// Returns the comments, sorted: standing lines take theirs along.
fn comments(text: &str) -> Vec<String> {
    let is_comment = |kind| matches!(kind, Kind::Remark | Kind::Comment);
    let tokens = tokens(text).into_iter().filter(|token| is_comment(token.kind));
    let mut comments: Vec<String> = tokens.map(|token| plain(&text[token.start..token.end])).collect();
    comments.sort();
    comments
}

/// Returns a token as it is with other line ends, and without blanks around its lines.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").split('\n').map(str::trim).collect::<Vec<_>>().join("\n")
}

/// Returns what a file says, with standing lines behind the routes of their block, and its messages.
fn read(text: &str) -> (Vec<String>, Vec<String>) {
    let sources = Sources::default();
    let file = sources.add("a.kdl".to_owned(), text.to_owned());
    let (arena, mut out) = (Bump::new(), Diagnostics::default());
    let lines = parse(file, sources.file(file), &arena, &mut out);
    let mut said: Vec<String> = out.as_slice().iter().map(|found| found.message.clone()).collect();
    said.sort();
    (said_by(lines, false), said)
}

fn said_by(lines: &[Line<'_>], sorted: bool) -> Vec<String> {
    const STANDING: &[&str] = &["serve", "canary", "to", "redirect", "respond"];
    let mut lines: Vec<&Line<'_>> = lines.iter().collect();
    if sorted {
        lines.sort_by_key(|line| STANDING.contains(&line.word.name));
    }
    let each = lines.iter().map(|line| {
        let args: Vec<_> = line.args().map(|value| value.data).collect();
        let props: Vec<_> = line.props().map(|prop| (prop.key.text, prop.value.data)).collect();
        let inner = said_by(line.lines(), matches!(line.word.name, "service" | "ingress" | "egress"));
        format!("{} {args:?} {props:?} {inner:?}", line.word.name)
    });
    each.collect()
}

fn is_neat(text: &str, context: &str) {
    assert!(text.is_empty() || text.ends_with('\n') && !text.starts_with('\n'), "ends: {context}");
    // A string or a comment of several lines may hold anything.
    let is_tall = |kind| matches!(kind, Kind::Value | Kind::Comment);
    let tall = tokens(text)
        .into_iter()
        .any(|token| is_tall(token.kind) && text[token.start..token.end].contains('\n'));
    if !tall {
        assert!(!text.contains("\n\n\n") && !text.contains("{\n\n"), "blank lines: {context}");
        assert!(text.lines().all(|line| line.trim_end() == line), "blanks at an end: {context}");
    }
}
