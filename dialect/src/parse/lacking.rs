//! What a line lacks.

use crate::diagnostic::Diagnostics;
use crate::kdl::{MISPLACED_COMMA, MISSING_VALUE};
use crate::line::{Line, Pattern, Prop, Value};
use crate::parse::entries::EXTRA_VALUE;
use crate::span::Span;
use crate::word::{Count, Free, PropRow};

/// Reports the values that a line lacks, once nothing more is added to it.
pub fn missing(line: &Line<'_>, out: &mut Diagnostics) {
    // What else a line lacks is a guess once a part of it could not be read.
    if !line.is_broken() {
        lacking(line, out);
    }
}

/// Reports the values that a line lacks of which all could be read that is there.
#[inline]
pub(super) fn lacking(line: &Line<'_>, out: &mut Diagnostics) {
    let word = line.word;
    // In a row, what may be left out stands last.
    if let Some(arg) = word.args.get(line.args().len()).filter(|_| is_short(line)) {
        lacks(line, &format!("{} is missing", article(arg.name)), out);
    }
    let required = word.props.iter().take_while(|row| row.required);
    for row in required.filter(|row| line.prop(row.name()).is_none()) {
        lacks(line, &format!("`{}=` is missing", row.name()), out);
    }
    if let Some(free) = &word.free {
        free_count(line, free, out);
    }
}

fn free_count(line: &Line<'_>, free: &Free, out: &mut Diagnostics) {
    let known = |prop: &Prop<'_>| line.word.props.iter().any(|row: &PropRow| row.name() == prop.key.text);
    let count = line.props().filter(|prop| !known(prop)).count();
    match free.count {
        Count::One | Count::Some if count == 0 => {
            let found = out.report(&MISSING_VALUE, line.span);
            found.says(format!("`{}` needs a {} and what it must be", line.word.name, free.name));
            match (pair(line), &line.args().collect::<Vec<_>>()[..]) {
                (Some((key, value)), [first, second]) => {
                    let gap = Span::new(first.span.file(), first.span.end(), second.span.start());
                    found.help(format!("write {} {key}={value}", line.word.name)).fix(gap, "=")
                }
                (Some((key, value)), _) => found.help(format!("write {} {key}={value}", line.word.name)),
                (None, _) => found.help(format!("write {}", line.word.example)),
            };
        }
        Count::One if count > 1 => {
            // A comma between them is a part of the same mistake.
            out.retain(|found| {
                !(std::ptr::eq(found.code, &MISPLACED_COMMA)
                    && found.place.span.file() == line.span.file()
                    && (line.span.start()..line.span.end()).contains(&found.place.span.start()))
            });
            out.report(&EXTRA_VALUE, line.span)
                .says(format!("this `{}` line names {count} of them", line.word.name))
                .because("several lines are read as and, several values as or: on one line nobody could tell")
                .help("write a line each for and, a `when` each for or");
        }
        Count::One | Count::Some | Count::Any | Count::Optional => {}
    }
}

/// Returns the key and the value that were meant by `header x-user jason` or `header "x-user: jason"`.
fn pair<'a>(line: &Line<'a>) -> Option<(&'a str, &'a str)> {
    let text = |value: &Value<'a>| {
        if let Some(Pattern::Exact(text)) = value.pattern() { Some(text) } else { None }
    };
    match &line.args().collect::<Vec<_>>()[..] {
        [key, value] => Some((text(key)?, text(value)?)),
        [one] => {
            let (key, value) = text(one)?.split_once(':')?;
            Some((key.trim(), value.trim()))
        }
        _ => None,
    }
}

fn lacks(line: &Line<'_>, what: &str, out: &mut Diagnostics) {
    out.report(&MISSING_VALUE, line.span)
        .says(format!("`{}`: {what}", line.word.name))
        .help(format!("write {}", example(line)));
}

/// Returns the example of a word, with the values that were written in the place of its own where they are as simple.
fn example(line: &Line<'_>) -> String {
    let simple = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    let mut words: Vec<String> = line.word.example.split(' ').map(str::to_owned).collect();
    for (value, word) in line.args().zip(words.iter_mut().skip(1)) {
        let written = value.number().map(|number| number.to_string());
        match written.or_else(|| value.text().map(str::to_owned)) {
            Some(written) if simple(&written) && simple(word) => *word = written,
            Some(_) | None => break,
        }
    }
    words.join(" ")
}

fn article(name: &str) -> String {
    if name == "tries" {
        return "the number of tries".to_owned();
    }
    if name.starts_with(['a', 'e', 'i', 'o', 'u']) { format!("an {name}") } else { format!("a {name}") }
}

/// Tells whether a line lacks an argument.
pub(super) fn is_short(line: &Line<'_>) -> bool {
    line.word.args.get(line.args().len()).is_some_and(|arg| matches!(arg.count, Count::One | Count::Some))
}
