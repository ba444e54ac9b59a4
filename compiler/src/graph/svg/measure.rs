//! How wide text is, at the least: which font there will be is not known, so every letter is taken for a wide one.

/// Returns the width of text in a proportional font of a size, in pixels.
pub(super) fn proportional(text: &str, size: i32) -> i32 {
    let thousandths: i32 = text.chars().map(|character| letter(character) * size).sum();
    thousandths / 1000 + 1
}

/// Returns the width of text in a font of equal letters.
pub(super) fn equal(text: &str, size: i32) -> i32 {
    let thousandths: i32 =
        text.chars().map(|character| if is_wide(character) { 1250 } else { 612 } * size).sum();
    thousandths / 1000 + 1
}

/// Returns the text, with its end left out where it does not fit.
pub(super) fn fitted(text: &str, room: i32, measure: impl Fn(&str) -> i32) -> String {
    if measure(text) <= room {
        return text.to_owned();
    }
    let mut short = String::new();
    for character in text.chars() {
        let longer = format!("{short}{character}");
        if measure(&format!("{longer}\u{2026}")) > room {
            break;
        }
        short = longer;
    }
    format!("{}\u{2026}", short.trim_end())
}

/// Returns the width of a letter in thousandths of the size.
fn letter(character: char) -> i32 {
    match character {
        'i' | 'j' | 'l' | 't' | 'f' | 'I' | 'r' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '(' | ')'
        | '/' | ' ' | '-' | '\u{b7}' => 400,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 960,
        'A'..='Z' => 740,
        other if is_wide(other) => 1250,
        _ => 630,
    }
}

/// Tells whether a character may be as wide as it is high, or wider.
fn is_wide(character: char) -> bool {
    u32::from(character) >= 0x1100 && !matches!(character, '\u{2010}'..='\u{2027}' | '\u{2190}'..='\u{22ff}')
}
