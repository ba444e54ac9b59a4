//! The files that a project is made of, already read: whoever lists a folder or a git tree fills this.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::span::{FileId, Span};

/// The most bytes that one file may have: far above what anyone writes, far below what would hurt.
pub const MAX_BYTES: usize = 1 << 20;

crate::codes! {
    /// The bytes of a file are no text.
    NOT_UTF_8 = error "not-utf-8" "A file is not encoded as UTF-8.\n\nIntent is UTF-8 text, with or without a byte order mark. Editors on Windows may save UTF-16 or a code page instead: save the file as UTF-8, or convert it with `iconv -f UTF-16 -t UTF-8`. Nothing is built while a file cannot be read, because what it says would be missing from the output.";
    /// There is a NUL among the characters.
    NUL_BYTE = error "nul-byte" "A file has a NUL byte in it.\n\nNo text has one, so this is a binary file with the wrong name, or a file that was damaged on its way. Restore it, or take it out of the project.";
    /// The file is larger than we read.
    TOO_LARGE = error "too-large" "A file is larger than 1 MiB.\n\nThe limit keeps a stranger's change from costing the machine that checks it. Ten thousand services fit into less when each team has files of its own: split the file, one team or one service in each.";
}

/// One file: its path below the project's root, with `/`, and its text.
#[derive(Debug)]
pub struct Source {
    /// The path as messages and annotations show it.
    pub path: String,
    /// The text, without a byte order mark.
    pub text: String,
    /// Whether it was refused: what there is of its text is there to be shown, not to be read.
    pub refused: bool,
}

/// The files of a project. Some can be read while others are added.
#[derive(Debug, Default)]
pub struct Sources {
    files: boxcar::Vec<Source>,
}

impl Sources {
    /// Adds a file that is not too large, and returns its number.
    pub fn add(&self, path: String, text: String) -> FileId {
        self.push(Source { path, text, refused: false })
    }

    fn push(&self, source: Source) -> FileId {
        let id = FileId(u32::try_from(self.files.push(source)).unwrap_or(u32::MAX));
        assert!(id <= FileId::LAST, "whoever collects files takes no more than a project may have");
        id
    }

    /// Adds a file as it came from the disk or from git, and reports what keeps it from being read as text.
    ///
    /// The text of a file that is refused ends where the trouble starts, so that the report has a place to show.
    pub fn add_bytes(&self, path: String, mut bytes: Vec<u8>, out: &mut Diagnostics) -> FileId {
        if bytes.len() > MAX_BYTES {
            let says = "this file is larger than 1 MiB";
            return self.refuse((path, String::new()), (&TOO_LARGE, says), out, |found| {
                found
                    .because("what it says would be missing from the output")
                    .help("split it: one file for each team or service");
            });
        }
        if bytes.starts_with(b"\xEF\xBB\xBF") {
            bytes.drain(..3);
        }
        let save = |found: &mut Diagnostic| _ = found.help("save it as UTF-8");
        if let Some(order) = utf_16(&bytes) {
            let says = format!("this file is encoded as UTF-16 ({order})");
            return self.refuse((path, String::new()), (&NOT_UTF_8, &says), out, save);
        }
        match String::from_utf8(bytes) {
            Ok(text) => self.add_text(path, text, out),
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                let byte = error.as_bytes()[offset];
                let mut bytes = error.into_bytes();
                bytes.truncate(offset);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let says = format!("this file is not UTF-8: byte 0x{byte:02X} at offset {offset}");
                self.refuse((path, text), (&NOT_UTF_8, &says), out, save)
            }
        }
    }

    fn add_text(&self, path: String, mut text: String, out: &mut Diagnostics) -> FileId {
        let found = if has_byte(&text, 0) { text.find('\0') } else { None };
        let Some(offset) = found else { return self.add(path, text) };
        text.truncate(offset);
        let says = format!("this file has a NUL byte at offset {offset}");
        self.refuse((path, text), (&NUL_BYTE, &says), out, |found| {
            found.help("restore the file, or take it out of the project");
        })
    }

    /// Adds a file that cannot be read, and reports it at the end of what there is of its text.
    fn refuse(
        &self,
        (path, text): (String, String),
        (code, says): (&'static Code, &str),
        out: &mut Diagnostics,
        more: impl FnOnce(&mut Diagnostic),
    ) -> FileId {
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let file = self.push(Source { path, text, refused: true });
        more(out.report(code, Span::new(file, end, end)).says(says));
        file
    }

    /// Puts another text in the place of a file's.
    pub fn replace(&mut self, id: FileId, text: String) {
        if let Some(source) = self.files.get_mut(id.0 as usize) {
            source.text = text;
        }
    }

    /// Returns how many files there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.files.count()
    }

    /// Returns the file of that number.
    #[must_use]
    pub fn file(&self, id: FileId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// Returns every file with its number, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        (0..).map(FileId).zip(self.files.iter().map(|(_, source)| source))
    }

    /// Returns the text that a span covers.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file()).text.get(span.start() as usize..span.end() as usize).unwrap_or("")
    }

    /// Returns line and column of the span's start, both counted from 1, the column in characters.
    #[must_use]
    pub fn position(&self, span: Span) -> (usize, usize) {
        let text = &self.file(span.file()).text;
        let before = text.get(..(span.start() as usize).min(text.len())).unwrap_or("");
        let line = before.bytes().filter(|&b| b == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (line, column)
    }
}

/// Tells the byte order if the bytes look like UTF-16: by its mark, or by NULs at every second place of the start.
fn utf_16(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xFE, ..] => Some("little endian"),
        [0xFE, 0xFF, ..] => Some("big endian"),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some("little endian"),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some("big endian"),
        _ => None,
    }
}

/// Tells whether a byte is in a text: where it is not, that is known sooner than from looking for its place.
#[must_use]
pub fn has_byte(text: &str, byte: u8) -> bool {
    // So many bytes at once become a few comparisons of vectors.
    let (many, rest) = text.as_bytes().as_chunks::<64>();
    many.iter().any(|some| some.iter().fold(false, |found, one| found | (*one == byte)))
        || rest.contains(&byte)
}
