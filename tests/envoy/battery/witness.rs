//! Texts that a pattern takes, and texts beside it that it does not.

use meshc_compiler::mesh::Pattern;
use meshc_compiler::re2::{self, Alphabet, Regex};
use regex_syntax::hir::{Class, Hir, HirKind};

/// The most texts of one pattern.
const MOST: usize = 6;

/// Returns texts that a pattern takes; none where none was found.
pub fn taken(pattern: Pattern<'_>) -> Vec<String> {
    match pattern {
        Pattern::Exact(text) => vec![text.to_owned()],
        Pattern::Prefix(text) => ["", "x", "/x", "-y/z"].map(|end| format!("{text}{end}")).to_vec(),
        Pattern::Regex(text) => of_regex(text),
        Pattern::Present => vec!["any".to_owned(), "a,b".to_owned()],
    }
}

/// Returns texts at the boundary of a pattern, on either side of it.
pub fn beside(pattern: Pattern<'_>) -> Vec<String> {
    let mut texts = Vec::new();
    for text in taken(pattern).into_iter().take(3) {
        let mut shorter = text.clone();
        shorter.pop();
        let (upper, lower) = (text.to_uppercase(), text.to_lowercase());
        let others = [format!("{text}x"), format!("x{text}"), format!("{text},{text}"), format!("é{text}")];
        texts.extend([text, shorter, upper, lower].into_iter().chain(others));
    }
    texts.extend(["", "0", "none"].map(str::to_owned));
    texts.sort();
    texts.dedup();
    texts
}

fn of_regex(pattern: &str) -> Vec<String> {
    let Ok(regex) = Regex::in_alphabet(pattern, Alphabet::Latin1) else { return Vec::new() };
    let Ok(hir) = re2::parse(pattern) else { return Vec::new() };
    let printable = |text: &String| text.bytes().all(|byte| byte >= b' ');
    let mut texts: Vec<String> = texts(&hir).into_iter().filter(printable).collect();
    texts.retain(|text| regex.matches(text.as_bytes()));
    texts.truncate(MOST);
    texts
}

/// Returns some texts of an expression; anchors are passed over, so not all of them need be.
fn texts(hir: &Hir) -> Vec<String> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![String::new()],
        HirKind::Literal(literal) => vec![String::from_utf8_lossy(&literal.0).into_owned()],
        HirKind::Class(class) => of_class(class),
        HirKind::Capture(capture) => texts(&capture.sub),
        HirKind::Alternation(all) => all.iter().flat_map(texts).take(MOST * 2).collect(),
        HirKind::Repetition(repetition) => {
            let inner = texts(&repetition.sub);
            let counts = [repetition.min, repetition.min + 1, repetition.min + 2];
            let counts = counts.into_iter().filter(|count| repetition.max.is_none_or(|max| *count <= max));
            let repeated = |count: u32| {
                let text = |first: usize| {
                    (0..count as usize).map(|at| &*inner[(first + at) % inner.len()]).collect::<String>()
                };
                (0..inner.len().min(2)).map(text).collect::<Vec<_>>()
            };
            counts.flat_map(repeated).collect()
        }
        HirKind::Concat(parts) => {
            let mut all = vec![String::new()];
            for part in parts {
                let next = texts(part);
                let longest = all.len().max(next.len()).min(MOST * 2);
                all = (0..longest)
                    .map(|at| format!("{}{}", all[at % all.len()], next[at % next.len()]))
                    .collect();
            }
            all
        }
    }
}

/// Returns some characters of a class, plain ones first.
fn of_class(class: &Class) -> Vec<String> {
    let holds = |wanted: char| match class {
        Class::Unicode(class) => class.iter().any(|range| range.start() <= wanted && wanted <= range.end()),
        Class::Bytes(class) => class.iter().any(|range| {
            u32::from(range.start()) <= wanted.into() && u32::from(wanted) <= range.end().into()
        }),
    };
    let found: Vec<String> =
        "a1Zz0_-./x B%".chars().filter(|c| holds(*c)).take(3).map(String::from).collect();
    match (found.is_empty(), class) {
        (false, _) => found,
        (true, Class::Unicode(class)) => {
            class.iter().take(1).map(|range| range.start().to_string()).collect()
        }
        (true, Class::Bytes(class)) => {
            class.iter().take(1).map(|range| char::from(range.start()).to_string()).collect()
        }
    }
}
