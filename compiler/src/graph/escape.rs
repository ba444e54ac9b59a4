//! Text of strangers, made harmless for each kind of picture.

use std::fmt::Write;

/// Returns the text with what is not a visible character as a replacement that is.
fn visible(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(|character| {
        let hidden = character.is_control()
            || matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}');
        if hidden { '\u{fffd}' } else { character }
    })
}

/// Returns the text as content or a quoted attribute of XML and HTML.
pub(super) fn xml(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in visible(text) {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// Returns the text for between the quotes of a Mermaid label. Everything that is not a plain character goes by its number
/// there: Mermaid reads HTML and Markdown in labels, and splits statements at `;` and comments off at `%%`.
pub(super) fn mermaid(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in visible(text) {
        let plain =
            character.is_alphanumeric() || " ,.+=?/:-~\u{b7}\u{2212}\u{2192}\u{fffd}".contains(character);
        if plain {
            safe.push(character);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(safe, "#{};", u32::from(character));
        }
    }
    safe
}

/// Returns the text for between the quotes of a Graphviz string. A backslash would begin an escape sequence of its own, and
/// `&` an HTML entity.
pub(super) fn dot(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in visible(text) {
        match character {
            '"' => safe.push_str("\\\""),
            '\\' => safe.push_str("\\\\"),
            '&' => safe.push_str("&amp;"),
            other => safe.push(other),
        }
    }
    safe
}
