//! The buffer between the calls and the sink, and the layout of the two formats.

use super::key::Key;
use super::{Format, quote};
use std::fmt::{Display, Write as _};
use std::io::{self, Sink, Write};

/// How much is gathered before a sink sees it.
const PIECE: usize = 64 * 1024;

/// A YAML key longer than 1024 characters must be announced with `? `; this many bytes are surely fewer.
const LONGEST_SIMPLE_KEY: usize = 1000;

/// Collects bytes and hands them on in large pieces; after the first failure it swallows the rest.
///
/// The sink is the last field, so that a reference to any `Output<W>` is also one to an `Output<dyn Write>`: emitters
/// need no type parameter, and the dynamic call happens once per piece.
pub(super) struct Output<W: ?Sized> {
    pub format: Format,
    /// How much is gathered before the sink sees it.
    piece: usize,
    buffer: Vec<u8>,
    scratch: String,
    error: Option<io::Error>,
    to: W,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Map,
    List,
}

/// A map or a list that is being written.
pub(super) struct Block<'b> {
    pub out: &'b mut Output<dyn Write + 'b>,
    shape: Shape,
    indent: usize,
    entries: Entries,
}

/// Whether a block has entries, and where in YAML the first would stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entries {
    /// None yet: the line below the key has been begun.
    NoneBelow,
    /// None yet: it stands right here, behind its dash or at the start of a document.
    NoneHere,
    Some,
}

impl<'b> Block<'b> {
    pub fn document(out: &'b mut Output<dyn Write + 'b>, indent: usize) -> Block<'b> {
        Block { out, shape: Shape::Map, indent, entries: Entries::NoneHere }
    }

    /// Starts the map or list that is the value of the entry just begun.
    pub fn child(&mut self, shape: Shape) -> Block<'_> {
        let level_with_key = (self.shape, shape) == (Shape::Map, Shape::List);
        let (entries, inward) = match (self.out.format, self.shape) {
            (Format::Yaml, Shape::Map) => {
                self.out.raw(b"\n");
                (Entries::NoneBelow, if level_with_key { 0 } else { 2 })
            }
            (Format::Yaml, Shape::List) => {
                self.out.raw(b" ");
                (Entries::NoneHere, 2)
            }
            (Format::Json, _) => (Entries::NoneBelow, 2),
        };
        Block { out: self.out, shape, indent: self.indent + inward, entries }
    }

    /// Writes what comes before the value of the next entry of a map.
    // Most keys are literals: where this is part of the caller their length is known.
    #[inline]
    pub fn key(&mut self, key: Key<'_>) {
        self.next_entry();
        match (self.out.format, key.is_plain) {
            (Format::Yaml, true) => {
                self.out.raw(key.text.as_bytes());
                self.out.raw(b":");
            }
            (Format::Yaml, false) | (Format::Json, _) => self.quoted_key(key.text),
        }
    }

    fn quoted_key(&mut self, text: &str) {
        let start = self.out.buffer.len();
        quote::push(self.out.format, &mut self.out.buffer, text);
        match self.out.format {
            Format::Json => self.out.raw(b": "),
            Format::Yaml => {
                if self.out.buffer.len() - start > LONGEST_SIMPLE_KEY {
                    self.out.buffer.splice(start..start, *b"? ");
                    self.out.raw(b"\n");
                    self.out.indent(self.indent);
                }
                self.out.raw(b":");
            }
        }
    }

    /// Writes what comes before the next item of a list.
    pub fn dash(&mut self) {
        self.next_entry();
        match self.out.format {
            Format::Json => {}
            Format::Yaml => self.out.raw(b"-"),
        }
    }

    /// Closes the block; one without entries is `{}` or `[]`.
    #[inline]
    pub fn end(self) {
        if (self.out.format, self.entries) != (Format::Yaml, Entries::Some) {
            self.close();
        }
    }

    fn close(self) {
        let Block { out, shape, indent, entries } = self;
        let (both, close): (&[u8], &[u8]) = match shape {
            Shape::Map => (b"{}", b"}"),
            Shape::List => (b"[]", b"]"),
        };
        match (out.format, entries) {
            (Format::Yaml, Entries::Some) => {}
            (Format::Yaml, Entries::NoneHere) => {
                out.raw(both);
                out.raw(b"\n");
            }
            (Format::Yaml, Entries::NoneBelow) => {
                out.buffer.pop();
                out.raw(b" ");
                out.raw(both);
                out.raw(b"\n");
            }
            (Format::Json, Entries::NoneHere | Entries::NoneBelow) => out.raw(both),
            (Format::Json, Entries::Some) => {
                out.raw(b"\n");
                out.indent(indent - 2);
                out.raw(close);
            }
        }
        out.spill();
    }

    fn next_entry(&mut self) {
        let entries = std::mem::replace(&mut self.entries, Entries::Some);
        match (self.out.format, entries) {
            (Format::Yaml, Entries::NoneHere) => return,
            (Format::Yaml, Entries::NoneBelow | Entries::Some) => {}
            (Format::Json, Entries::Some) => self.out.raw(b",\n"),
            (Format::Json, Entries::NoneHere | Entries::NoneBelow) => match self.shape {
                Shape::Map => self.out.raw(b"{\n"),
                Shape::List => self.out.raw(b"[\n"),
            },
        }
        self.out.indent(self.indent);
    }
}

impl<W: Write> Output<W> {
    pub fn new(to: W, format: Format) -> Output<W> {
        let buffer = Vec::with_capacity(PIECE + PIECE / 4);
        Output { format, piece: PIECE, buffer, scratch: String::new(), error: None, to }
    }

    /// Hands on what is left and says whether everything arrived.
    pub fn finish(mut self) -> io::Result<()> {
        self.hand_on();
        match self.error {
            Some(error) => Err(error),
            None => self.to.flush(),
        }
    }
}

impl Output<Sink> {
    /// Collects everything, to be taken with [`Output::into_bytes`].
    pub fn gathering(format: Format, likely: usize) -> Output<Sink> {
        let buffer = Vec::with_capacity(likely);
        Output { format, piece: usize::MAX, buffer, scratch: String::new(), error: None, to: io::sink() }
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.buffer
    }
}

impl<W: Write + ?Sized> Output<W> {
    #[inline]
    pub fn raw(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    pub fn text(&mut self, text: &str) {
        self.before_scalar();
        quote::push(self.format, &mut self.buffer, text);
        self.after_scalar();
    }

    /// Writes the text that a value displays as, through one buffer that is used again and again.
    pub fn display(&mut self, value: &dyn Display) {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        // Writing to a string fails only if the value's own `Display` gives up; what it wrote stands.
        let _ = write!(scratch, "{value}");
        self.text(&scratch);
        self.scratch = scratch;
    }

    /// Writes a scalar that means the same in both formats as it stands.
    pub fn verbatim(&mut self, scalar: &[u8]) {
        self.before_scalar();
        self.raw(scalar);
        self.after_scalar();
    }

    pub fn number(&mut self, number: i128) {
        if let Ok(number) = u64::try_from(number) {
            let mut digits = [0; 20];
            let at = decimal(number, &mut digits);
            return self.verbatim(&digits[at..]);
        }
        let mut digits = [0; 40];
        let mut at = digits.len();
        let mut rest = number.unsigned_abs();
        // Dividing 128 bits takes ten times as long.
        while rest > u128::from(u64::MAX) {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        at = decimal(rest as u64, &mut digits[..at]);
        if number < 0 {
            at -= 1;
            digits[at] = b'-';
        }
        self.verbatim(&digits[at..]);
    }

    /// Writes a word of ours as a string.
    pub fn word(&mut self, word: &'static str) {
        debug_assert!(quote::is_plain(word), "`{word}` needs quotes: say `text`");
        let quote: &[u8] = if self.format == Format::Json { b"\"" } else { b"" };
        self.before_scalar();
        [quote, word.as_bytes(), quote].iter().for_each(|part| self.raw(part));
        self.after_scalar();
    }

    /// Writes a number and its unit as one string. With a letter behind it, it is a number to no reader.
    pub fn amount(&mut self, number: u64, unit: &'static str) {
        debug_assert!(quote::is_plain(unit), "`{unit}` is no unit");
        let mut digits = [0; 20];
        let at = decimal(number, &mut digits);
        let quote: &[u8] = if self.format == Format::Json { b"\"" } else { b"" };
        self.before_scalar();
        for part in [quote, &digits[at..], unit.as_bytes(), quote] {
            self.raw(part);
        }
        self.after_scalar();
    }

    #[inline]
    fn indent(&mut self, width: usize) {
        // To append a known number of bytes and take some back is faster than to append any number.
        let end = self.buffer.len() + width;
        while self.buffer.len() < end {
            self.raw(&[b' '; 16]);
        }
        self.buffer.truncate(end);
    }

    #[inline]
    fn before_scalar(&mut self) {
        match self.format {
            Format::Yaml => self.raw(b" "),
            Format::Json => {}
        }
    }

    #[inline]
    fn after_scalar(&mut self) {
        match self.format {
            Format::Yaml => self.raw(b"\n"),
            Format::Json => {}
        }
        self.spill();
    }

    #[inline]
    pub fn spill(&mut self) {
        if self.buffer.len() >= self.piece {
            self.hand_on();
        }
    }

    #[cold]
    fn hand_on(&mut self) {
        if self.error.is_none() {
            self.error = self.to.write_all(&self.buffer).err();
        }
        self.buffer.clear();
    }
}

/// Writes a number to the end of a buffer, and returns where it begins.
fn decimal(mut rest: u64, digits: &mut [u8]) -> usize {
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            return at;
        }
    }
}
