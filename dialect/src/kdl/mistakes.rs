//! The codes of what can be wrong with the syntax of a file, and how its text is quoted in messages.

use super::unicode::is_hidden;

/// How much of the user's text a message repeats.
const CLIP: usize = 40;

/// Returns a piece of the user's text as messages show it: short, between backticks, and with nothing hidden in it.
pub(super) fn quote(text: &str) -> String {
    let mut shown = String::from("`");
    for (count, char) in text.chars().enumerate() {
        if count == CLIP {
            shown.push('…');
            break;
        }
        match char.is_control() || is_hidden(char, ' ') {
            true => shown.extend(char.escape_unicode()),
            false => shown.push(char),
        }
    }
    shown.push('`');
    shown
}

crate::codes! {
    /// Something stands behind the brace that closes a block.
    AFTER_BLOCK = error "after-block" "Something stands behind the `}` of a block.
A line ends with its block. Write arguments and properties before the `{`, and begin the next line on a line of its own, or behind a `;`.";
    /// An annotation before the key of a property.
    ANNOTATED_KEY = error "annotated-key" "A type annotation stands before the key of a property.
An annotation says how a value is read, so it stands right before the value: `path=(regex)\"/a/.*\"`.";
    /// Parentheses that are not an annotation.
    BAD_ANNOTATION = error "bad-annotation" "Parentheses hold one word, a type annotation, and nothing else.
`(regex)\"a.*\"` and `(exact)\"a*b\"` are the annotations that meshc knows. Text that holds parentheses stands in quotes.";
    /// A backslash before something that cannot be escaped.
    BAD_ESCAPE = error "bad-escape" "A string holds a backslash with something behind it that KDL does not know.
KDL knows `\\n`, `\\r`, `\\t`, `\\s` (a space), `\\\\`, `\\\"`, `\\u{1F600}`, and a backslash before blanks and line ends, which takes them away. A raw string takes every backslash as it is, so a regular expression is best written raw: `(regex)#\"\\d+\"#`.";
    /// A `#word` that KDL does not know.
    BAD_KEYWORD = error "bad-keyword" "A word begins with `#` and is none of KDL's keywords.
The keywords are `#true`, `#false`, `#null`, `#inf`, `#-inf` and `#nan`. Comments begin with `//`. Text that begins with `#` stands in quotes.";
    /// A line that begins with something that is no word.
    BAD_NAME = error "bad-name" "A line or block does not begin with a word.
Every line is a word and its values: `port 8080 http`. A value that belongs to the line above must stand on that line.";
    /// A number that KDL cannot read.
    BAD_NUMBER = error "bad-number" "A number is written in a way that KDL cannot read.
A digit must stand before and behind the decimal point: `0.5`, not `.5`; `5`, not `5.`. Text that looks like a number stands in quotes.";
    /// `true`, `false` or `null` without quotes or hash.
    BARE_KEYWORD = error "bare-keyword" "`true`, `false`, `null`, `inf` or `nan` stands without quotes.
KDL 2 keeps these words for itself. The language has no booleans and no nulls: presence says yes, and the other choice has a word of its own (`timeout off`, `http serve`). Only within `raw`, write `#true`, `#false` and `#null`. Where the word itself is meant, put it in quotes.";
    /// A number with a percent sign.
    BARE_PERCENT = error "bare-percent" "A percentage is written with `%`.
Percents are plain numbers: `canary v2 percent=10`.";
    /// A brace in the line behind its node.
    BRACE_ON_NEXT_LINE = error "brace-on-next-line" "A `{` stands on the line after the one that it belongs to.
A line ends at its end, so the brace would belong to nothing. Move it up: `service reviews {`.";
    /// A URL or a glob that KDL reads as a word and a comment.
    COMMENT_IN_WORD = error "comment-in-word" "`//`, `/*` or `/-` stands in a word without quotes.
KDL takes what stands behind it for a comment, so a word, the rest of the line or of the file would be ignored. Put the whole text in quotes: `redirect \"https://shop.example.com\"`, `include \"teams/**/*.kdl\"`. An egress host is written without its scheme: `egress api.example.com`.";
    /// A comment written with `#`.
    HASH_COMMENT = error "hash-comment" "A comment is written with `#`.
Comments begin with `//`, or stand between `/*` and `*/`. `/-` comments out one whole line or block.";
    /// A character that cannot be seen.
    INVISIBLE_CHARACTER = error "invisible-character" "The text holds a character that cannot be seen, or that changes how others are seen.
Such characters come with text copied from web pages, and make a change look other than it is: two names that look the same differ, or a line reads in another order. Control characters, zero-width characters and direction marks are refused everywhere, comments included, and as escapes in strings. Remove it.";
    /// A file of KDL 1.
    KDL_VERSION = error "kdl-version" "The file says that it is written in KDL 1.
meshc reads KDL 2. Write `/- kdl-version 2`, or leave the line out, and write raw strings `#\"…\"#` and keywords `#true`.";
    /// A word that mixes alphabets.
    LOOK_ALIKE = error "look-alike" "A word mixes Latin letters with ones of another alphabet, or signs, that look like them.
Two names that look the same would differ, and traffic would go elsewhere than a reader thinks. Type the word again.";
    /// A colon behind a string.
    MISPLACED_COLON = error "misplaced-colon" "A colon stands behind a word or a value, as in JSON and YAML.
A line is a word and its values, without a colon: `port 8080 http`. A property is a key, `=` and a value: `set x-edge=public`.";
    /// A comma between values.
    MISPLACED_COMMA = error "misplaced-comma" "Values are separated by commas.
A space is enough: `envs dev staging prod`.";
    /// An `=` without a key.
    MISPLACED_EQUALS = error "misplaced-equals" "A `=` stands where no key stands before it.
A line is a word and its values, without `=`: `timeout \"5s\"`. A property is a word, `=` and a value: `retry 2 per-try=\"1s\"`.";
    /// Two values that touch.
    MISSING_SPACE = error "missing-space" "Two values touch each other.
A space must stand between a line's word and its values: `route \"/a\" name=a`.";
    /// A key or an annotation without a value.
    MISSING_VALUE = error "missing-value" "A line lacks a value.
Every `=` and every annotation has a value behind it, and every word has the values that it takes: the message says which is missing, and how the line is written. Write `percent=10` or `(regex)\"a.*\"`, or remove what stands before the gap.";
    /// Something that KDL reads only in quotes.
    NEEDS_QUOTES = error "needs-quotes" "A text must stand in quotes.
KDL reads a word without quotes only if it does not begin like a number, and holds none of `( ) { } [ ] / \\ \" # ; =` and no blanks. So durations, paths, versions, addresses and dates stand in quotes: `timeout \"5s\"`, `route \"/api/*\"`, `istio \"1.30\"`, `address \"10.0.0.1\"`, `until=\"2027-03-31\"`.";
    /// A `/-` with nothing behind it.
    NOTHING_DROPPED = error "nothing-dropped" "A `/-` has nothing behind it that it could comment out.
`/-` takes away the one thing behind it: a line with its block, a value, a property or a block. It must stand before the whole of it, its annotation and its key included.";
    /// A raw string as in KDL 1.
    OLD_RAW_STRING = error "old-raw-string" "A raw string is written as in KDL 1, with `r`.
In KDL 2 a raw string stands between `#\"` and `\"#`.";
    /// A property that is said twice.
    REPEATED_PROPERTY = error "repeated-property" "A line says one property twice.
KDL would take the last and silently forget the others. Keep one.";
    /// Two blocks of one node.
    SECOND_BLOCK = error "second-block" "A line has two blocks.
Put all of it between one `{` and one `}`.";
    /// A closing brace too many.
    STRAY_BRACE = error "stray-brace" "A `}` closes nothing.
Every block that was opened is closed already: remove this brace, or one above it that closes a block too early.";
    /// A text of several lines whose lines do not fit.
    BAD_TEXT_BLOCK = error "bad-text-block" "A text between `\"\"\"` is not laid out as KDL wants it.
The text begins on the line behind the opening `\"\"\"`. The closing `\"\"\"` stands on a line of its own, and the blanks before it are taken away from all lines, so each of them must begin with the same blanks.";
    /// Blocks or comments nested too deep.
    TOO_DEEP = error "too-deep" "Blocks or comments are nested deeper than 64.
Nothing that meshc reads is nested that deep. The rest of the file is not read.";
    /// More mistakes than are shown.
    TOO_MANY_MISTAKES = error "too-many-mistakes" "A file has more syntax mistakes than are shown.
Only the first 20 of a file are shown. Mend them first; the others may be their echo.";
    /// A block that is never closed.
    UNCLOSED_BLOCK = error "unclosed-block" "A `{` is never closed.
The message points at the brace that was left open, and at the line before which its `}` seems to be missing: the first line that is indented no deeper than the line of the brace.";
    /// A comment that is never closed.
    UNCLOSED_COMMENT = error "unclosed-comment" "A `/*` is never closed.
Everything behind it is taken for a comment. Close it with `*/`. A path or pattern that holds `/*` stands in quotes: `route \"/api/*\"`.";
    /// A string that is never closed.
    UNCLOSED_STRING = error "unclosed-string" "A string is never closed.
A string ends with the kind of quotes, and the number of `#`, that it began with, on the line where it began. A text of several lines stands between `\"\"\"` and `\"\"\"`, each at the end of its line.";
    /// A character that means nothing where it stands.
    UNEXPECTED = error "unexpected-character" "Something stands here that means nothing to KDL.
Values stand one after another with spaces between them; there are no lists in `[ ]`. A `\\` only stands at the end of a line that goes on in the next. A `;` ends a line that has something in it. Text that holds such characters stands in quotes.";
    /// Quotes that are none.
    WRONG_QUOTES = error "wrong-quotes" "A string stands between quotes that are none to KDL.
Only `\"` quotes. Single quotes, and the bent quotes of word processors, are part of the word to KDL.";
}
