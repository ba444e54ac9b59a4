//! The plain way and the long way come to the same, whatever is written.

use bumpalo::Bump;

use crate::diagnostic::Diagnostics;
use crate::kdl::Reader;
use crate::line::Line;
use crate::parse::{Extent, Known, Parser, parse};
use crate::sources::Sources;
use crate::span::FileId;
use crate::word::Place;
use crate::words;

/// What is written by mistake, or means something.
const ODD: &[&str] = &[
    "\"",
    "=",
    " = ",
    "= ",
    " =",
    ",",
    ", ",
    ":",
    ": ",
    "$x",
    " s",
    " % ",
    "{",
    "}",
    ";",
    " {",
    "(regex)",
    "(exact) ",
    "#",
    "//",
    "/*",
    "/-",
    "\\",
    "\\\n",
    "'",
    "0x1f",
    " 10 ",
    " 0.5",
    "-1",
    " 007",
    "true",
    "null",
    "<",
    "!",
    "\r\n",
    "\n",
    "\t",
    "  ",
    " route ",
    " timeout \"5s\"",
    " port 80",
    "\"\"",
    "\"\"\"",
    "#\"a\"#",
    "@",
    "a@b",
    "\u{1}",
    "\u{200b}",
    "\u{435}",
    "\u{e9}",
    "\u{a0}",
    "\u{2028}",
    " \u{2014} ",
    " - ",
];

/// Returns everything that is read and said of a text that stands in a place.
fn told<'a>(
    text: &'a str,
    place: Place,
    is_quick: bool,
    (arena, known): (&'a Bump, &mut Known<'a>),
) -> String {
    let mut out = Diagnostics::default();
    let parser = Parser::new(Reader::new(text, FileId(0), arena), None, (arena, known), &mut out);
    let (lines, _) = Parser { is_quick, ..parser }.block(place, Extent::Whole);
    let mut told = String::new();
    lines.iter().for_each(|line| tell(line, &mut told));
    format!("{told}{:#?}", out.into_sorted())
}

fn tell(line: &Line<'_>, told: &mut String) {
    let Line { word, span, said: _, further: _ } = line;
    let (args, props): (Vec<_>, Vec<_>) = (line.args().collect(), line.props().collect());
    let (name, body, children) = (line.name(), line.body(), line.children());
    told.push_str(&format!("{} {name:?} {span:?} {args:?} {props:?} {body:?}\n", word.name));
    for inner in children.unwrap_or_default() {
        tell(inner, told);
    }
    told.push_str(if children.is_some() { "end\n" } else { "" });
}

fn compare(text: &str, place: Place) {
    let arena = Bump::new();
    let none = |is_quick| told(text, place, is_quick, (&arena, &mut Known::default()));
    assert_eq!(none(true), none(false), "{text}");
    // Nothing is known of a line that stands at the end of a text.
    let longer = format!("{text}\n        \n");
    let mut known = Known::for_text(1 << 14);
    let mut told = || told(&longer, place, true, (&arena, &mut known));
    let first = told();
    // Now its lines are known.
    assert_eq!(told(), first, "{text}");
}

#[test]
fn what_chance_seldom_writes() {
    for line in [
        "header !=jason",
        "header x=true",
        "header x-a=\"a\" x-b=\"b\"",
        "header x=a, y=b",
        "header x=10 s",
        "header x: jason",
        "version true",
        "drop route $path",
        "drop route \"\"\"\n    a\n    \"\"\"",
        "drop route \"\"\"a",
        "drop route \"\" name=\"\"",
        "drop port 80 s",
        "drop port 80 h",
        "in dev, staging { timeout \"5s\" }",
        "canary v2 percent=10 % { header x=y }",
        "route \"/a\" to api",
        "egress api.example.com tls originate",
        "timeout \"5s\" retry 2",
        "port 80 http name='a'",
        "port 80 http // end",
        "port 80 http /* end */ name=a",
        "port 80 http\n\n  {\n  }",
        "(a)port 80 http",
    ] {
        for around in [
            "service a { … }",
            "service a {\n    …\n}\n",
            "ingress a.example.com { route \"/*\" { when { … } } }",
        ] {
            compare(&around.replace('…', line), Place::File);
        }
    }
}

#[test]
fn both_ways_come_to_the_same() {
    let mut seed = 1_u64;
    let mut chance = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below.max(1)
    };
    for place in Place::ALL {
        let words = words::within(place);
        for word in words {
            let text = format!("{}\n{}\n", word.example, words[chance(words.len())].example);
            compare(&text, place);
            for _ in 0..40 {
                let at = text.floor_char_boundary(chance(text.len() + 1));
                let end = text.floor_char_boundary((at + chance(4)).min(text.len())).max(at);
                compare(&format!("{}{}{}", &text[..at], ODD[chance(ODD.len())], &text[end..]), place);
                compare(&format!("{}{}", &text[..at], &text[end..]), place);
            }
        }
    }
}

#[test]
fn a_name_keeps_its_place_however_it_is_written() {
    let text = r#"service a { retry 2 per-try="1s"; "timeout" "5s"; mirror v2 "percent"=5; headers { set "x"=a y=b } }"#;
    let (sources, arena, mut out) = (Sources::default(), Bump::new(), Diagnostics::default());
    let file = sources.add("a.kdl".to_owned(), text.to_owned());
    let mut names = Vec::new();
    let mut rest = parse(file, sources.file(file), &arena, &mut out).to_vec();
    while let Some(line) = rest.pop() {
        names.push(sources.text(line.name()));
        names.extend(line.props().map(|prop| sources.text(prop.name().span)));
        rest.extend(line.lines());
    }
    assert!(out.as_slice().is_empty(), "{:?}", out.as_slice());
    assert_eq!(names.join(" "), r#"service headers set "x" y mirror "percent" "timeout" retry per-try"#);
}
