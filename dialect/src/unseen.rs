//! Characters that a reader does not see, or that change how others are seen.

/// Tells whether a character cannot be seen or moves other text about: controls (line ends and tabs too), zero-width
/// characters, and those that change the direction of writing.
#[must_use]
#[inline]
pub fn is_unseen(character: char) -> bool {
    // Nearly every character of intent is ASCII, and every one that is shown is asked about.
    if character.is_ascii() { character.is_ascii_control() } else { is_unseen_beyond(character) }
}

/// Returns lines of text with a mark in the place of every character that a reader would not see.
#[must_use]
pub fn marked(text: &str) -> String {
    let seen = |c: char| if is_unseen(c) && c != '\n' { char::REPLACEMENT_CHARACTER } else { c };
    text.chars().map(seen).collect()
}

fn is_unseen_beyond(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}
