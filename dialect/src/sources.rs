//! The files that a project is made of, already read: whoever lists a folder or a git tree fills this.

use crate::diagnostic::{Code, Diagnostics};
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

/// The files of a project.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a file that is not too large, and returns its number.
    pub fn add(&mut self, path: String, text: String) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        assert!(id <= FileId::LAST, "whoever collects files takes no more than a project may have");
        self.files.push(Source { path, text, refused: false });
        id
    }

    /// Adds a file as it came from the disk or from git, and reports what keeps it from being read as text.
    ///
    /// The text of a file that is refused ends where the trouble starts, so that the report has a place to show.
    pub fn add_bytes(&mut self, path: String, mut bytes: Vec<u8>, out: &mut Diagnostics) -> FileId {
        if bytes.len() > MAX_BYTES {
            let file = self.add(path, String::new());
            self.refuse(&TOO_LARGE, file, out, "this file is larger than 1 MiB")
                .because("what it says would be missing from the output")
                .help("split it: one file for each team or service");
            return file;
        }
        if bytes.starts_with(b"\xEF\xBB\xBF") {
            bytes.drain(..3);
        }
        if let Some(order) = utf_16(&bytes) {
            let file = self.add(path, String::new());
            self.refuse(&NOT_UTF_8, file, out, &format!("this file is encoded as UTF-16 ({order})"))
                .help("save it as UTF-8");
            return file;
        }
        match String::from_utf8(bytes) {
            Ok(text) => self.add_text(path, text, out),
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                let byte = error.as_bytes()[offset];
                let mut bytes = error.into_bytes();
                bytes.truncate(offset);
                let file = self.add(path, String::from_utf8_lossy(&bytes).into_owned());
                let says = format!("this file is not UTF-8: byte 0x{byte:02X} at offset {offset}");
                self.refuse(&NOT_UTF_8, file, out, &says).help("save it as UTF-8");
                file
            }
        }
    }

    fn add_text(&mut self, path: String, mut text: String, out: &mut Diagnostics) -> FileId {
        let Some(offset) = text.find('\0') else { return self.add(path, text) };
        text.truncate(offset);
        let file = self.add(path, text);
        self.refuse(&NUL_BYTE, file, out, &format!("this file has a NUL byte at offset {offset}"))
            .help("restore the file, or take it out of the project");
        file
    }

    /// Reports a file at the end of what could be read of it.
    fn refuse<'d>(
        &mut self,
        code: &'static Code,
        file: FileId,
        out: &'d mut Diagnostics,
        says: &str,
    ) -> &'d mut crate::diagnostic::Diagnostic {
        let source = &mut self.files[file.0 as usize];
        source.refused = true;
        let end = u32::try_from(source.text.len()).unwrap_or(u32::MAX);
        out.report(code, Span::new(file, end, end)).says(says)
    }

    /// Puts another text in the place of a file's.
    pub fn replace(&mut self, id: FileId, text: String) {
        self.files[id.0 as usize].text = text;
    }

    /// Returns the file of that number.
    #[must_use]
    pub fn file(&self, id: FileId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// Returns every file with its number, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        (0..).map(FileId).zip(&self.files)
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
