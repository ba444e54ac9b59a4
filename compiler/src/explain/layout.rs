//! Lines of text: wrapped, indented, with what belongs to a line set beside it.

/// How wide a terminal is that nobody made wider.
const WIDTH: usize = 80;

/// Where what stands beside a line starts, at the latest.
const BESIDE: usize = 40;

/// Adds a text in lines that fit.
pub(crate) fn wrap(to: &mut String, indent: usize, text: &str) {
    hang(to, indent, indent, text);
}

/// Adds a text in lines that fit, the first of them indented in another way.
pub(crate) fn hang(to: &mut String, first: usize, indent: usize, text: &str) {
    let mut column = first;
    to.push_str(&" ".repeat(first));
    let mut fresh = true;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if !fresh && column + 1 + width > WIDTH {
            to.push('\n');
            to.push_str(&" ".repeat(indent));
            column = indent;
            fresh = true;
        }
        if !fresh {
            to.push(' ');
            column += 1;
        }
        to.push_str(word);
        column += width;
        fresh = false;
    }
    to.push('\n');
}

/// A line, and what stands beside it.
pub(crate) struct Pair {
    /// How far it is indented.
    pub indent: usize,
    /// The line.
    pub text: String,
    /// What stands beside it; may be empty.
    pub beside: String,
}

/// Adds lines with what stands beside them in one column.
pub(crate) fn columns(to: &mut String, pairs: &[Pair]) {
    let width = |pair: &Pair| pair.indent + pair.text.chars().count();
    let fits = |pair: &&Pair| !pair.beside.is_empty() && width(pair) < BESIDE;
    let column = pairs.iter().filter(fits).map(width).max().unwrap_or(0) + 2;
    for pair in pairs {
        let (width, beside) = (width(pair), pair.beside.chars().count());
        if beside == 0 {
            hang(to, pair.indent, pair.indent + 2, &pair.text);
        } else if width < column && column + beside <= WIDTH {
            let space = " ".repeat(column - width);
            to.push_str(&format!("{}{}{space}{}\n", " ".repeat(pair.indent), pair.text, pair.beside));
        } else if width + 2 + beside <= WIDTH {
            to.push_str(&format!("{}{}  {}\n", " ".repeat(pair.indent), pair.text, pair.beside));
        } else {
            hang(to, pair.indent, pair.indent + 2, &pair.text);
            wrap(to, pair.indent + 6, &pair.beside);
        }
    }
}
