//! The layout of the two formats.

use super::buffer::Buffer;
use super::key::Name;
use super::{Format, quote};
use std::fmt::{Display, Write as _};
use std::io::{self, Sink, Write};
use std::mem::{replace, take};

/// A YAML key longer than 1024 characters must be announced with `? `; this many bytes are surely fewer.
const LONGEST_SIMPLE_KEY: usize = 1000;

/// How much a sink is given at a time. The system takes a piece like that, at a multiple of it in a file, as one; pieces of other
/// sizes, or elsewhere, it takes page by page, in twice the time.
const PIECE: usize = 128 * 1024;

/// Room for what is gathered before anybody takes it; there may be more.
const GATHERED: usize = PIECE / 2;

/// An escape has so many characters for one byte at most.
const LONGEST_ESCAPE: usize = 6;

/// The end of a line, and as much of the next as is seldom indented further.
const LINE: &[u8; 32] = b"\n                               ";

/// How much further in the entries of a map stand than the map.
pub(super) const INWARD: usize = 2;

/// Collects what is written and hands it on in large pieces; after the first failure it swallows the rest.
///
/// A line begins when there is something to put on it, so that a value ends nothing and an empty block takes nothing
/// back. All that is to be known about the blocks around the innermost is that they have an entry.
///
/// The sink is the last field, so that a reference to any `Output<W>` is also one to an `Output<dyn Write>`: emitters
/// need no type parameter, and the dynamic call happens once per piece.
pub(super) struct Output<W: ?Sized> {
    pub format: Format,
    /// Of the entries of the innermost block.
    indent: usize,
    entries: Entries,
    buffer: Buffer,
    /// How much is gathered before the sink sees it.
    piece: usize,
    scratch: String,
    error: Option<io::Error>,
    to: W,
}

/// Whether a block has entries, and where in YAML the first would stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entries {
    /// None yet: it stands below the key.
    NoneBelow,
    /// None yet: it stands right here, behind its dash or at the start of a document.
    NoneHere,
    Some,
}

/// What a block is written as in JSON, and an empty one in both formats.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    Map,
    List,
}

impl<W: Write> Output<W> {
    pub fn new(to: W, format: Format) -> Output<W> {
        Output::of(to, format, PIECE, 2 * PIECE)
    }

    fn of(to: W, format: Format, piece: usize, room: usize) -> Output<W> {
        let (buffer, scratch) = (Buffer::with_room(room), String::new());
        Output { format, indent: 0, entries: Entries::NoneHere, buffer, piece, scratch, error: None, to }
    }

    /// Hands on what is left and says whether everything arrived.
    pub fn finish(mut self) -> io::Result<()> {
        self.hand_on(self.buffer.len());
        match self.error {
            Some(error) => Err(error),
            None => self.to.flush(),
        }
    }
}

impl Output<Sink> {
    /// Collects everything, for [`Output::append`].
    pub fn gathering(format: Format) -> Output<Sink> {
        Output::of(io::sink(), format, usize::MAX, GATHERED)
    }

    /// Forgets what was collected.
    pub fn clear(&mut self) {
        self.buffer.forget(self.buffer.len());
    }
}

impl<W: Write + ?Sized> Output<W> {
    /// Starts the map that is a document, whose braces stand so far in.
    pub fn document(&mut self, indent: usize) {
        self.indent = match self.format {
            Format::Yaml => 0,
            Format::Json => indent + INWARD,
        };
        self.entries = Entries::NoneHere;
    }

    /// Returns how much further in than a bracket its entries stand, if there are brackets.
    #[inline]
    pub fn inward_in_json(&self) -> usize {
        match self.format {
            Format::Yaml => 0,
            Format::Json => INWARD,
        }
    }

    /// Writes what comes before the text, number or word of an entry of a map.
    #[inline(always)]
    pub fn key(&mut self, key: impl Name) {
        self.key_and(key, b": ");
    }

    /// Starts an entry of a map that is a map or a list, whose own entries stand so much further in.
    #[inline(always)]
    pub fn open(&mut self, key: impl Name, inward: usize) {
        self.key_and(key, b":");
        self.indent += inward;
        self.entries = Entries::NoneBelow;
    }

    /// Writes what comes before the next item of a list.
    #[inline]
    pub fn dash(&mut self) {
        match self.format {
            Format::Json => self.next_in(Shape::List),
            Format::Yaml => {
                self.next();
                self.buffer.put(b"- ");
            }
        }
    }

    /// Starts an item of a list that is a map or a list.
    #[inline]
    pub fn open_item(&mut self) {
        self.dash();
        self.indent += INWARD;
        self.entries = Entries::NoneHere;
    }

    /// Closes a block, back to where its parent's entries stand; one without entries is `{}` or `[]`.
    #[inline]
    pub fn close(&mut self, shape: Shape, inward: usize) {
        self.indent -= inward;
        let entries = replace(&mut self.entries, Entries::Some);
        if (self.format, entries) != (Format::Yaml, Entries::Some) {
            self.write_close(shape, entries);
        }
    }

    fn write_close(&mut self, shape: Shape, entries: Entries) {
        let (both, close) = match shape {
            Shape::Map => (b"{}", b"}"),
            Shape::List => (b"[]", b"]"),
        };
        match (self.format, entries) {
            (Format::Yaml, Entries::Some) => {}
            (Format::Yaml, Entries::NoneBelow) => {
                self.buffer.put(b" ");
                self.buffer.put(both);
            }
            (Format::Yaml, Entries::NoneHere) | (Format::Json, Entries::NoneHere | Entries::NoneBelow) => {
                self.buffer.put(both);
            }
            (Format::Json, Entries::Some) => {
                self.line();
                self.buffer.put(close);
            }
        }
    }

    // Most keys are literals: as part of the caller, this copies so many bytes as it knows.
    #[inline(always)]
    fn key_and<const N: usize>(&mut self, key: impl Name, colon: &[u8; N]) {
        match self.format == Format::Yaml && is_plain(&key) {
            true => self.plain_key(key.text(), colon),
            false => self.any_key(key.text(), colon),
        }
    }

    #[inline(always)]
    fn plain_key<const N: usize>(&mut self, key: &str, colon: &[u8; N]) {
        self.next();
        self.buffer.put_all(key.as_bytes());
        self.buffer.put(colon);
    }

    fn any_key(&mut self, key: &str, colon: &[u8]) {
        match self.format {
            Format::Json => {
                self.next_in(Shape::Map);
                self.text(key);
                self.buffer.put(b": ");
            }
            Format::Yaml => {
                self.next();
                match key.len() > LONGEST_SIMPLE_KEY / LONGEST_ESCAPE {
                    true => self.long_key(key),
                    false => self.text(key),
                }
                self.buffer.put_all(colon);
            }
        }
    }

    fn long_key(&mut self, key: &str) {
        let spelled = match quote::is_plain(key) {
            true => key.to_owned(),
            false => quote::quoted(Format::Yaml, key),
        };
        if spelled.len() <= LONGEST_SIMPLE_KEY {
            return self.buffer.put_all(spelled.as_bytes());
        }
        self.buffer.put(b"? ");
        self.buffer.put_all(spelled.as_bytes());
        self.line();
    }

    /// Goes to where the next entry stands in YAML.
    fn next(&mut self) {
        if replace(&mut self.entries, Entries::Some) != Entries::NoneHere {
            self.line();
        }
    }

    /// Goes to where the next entry of a block of that shape stands in JSON.
    fn next_in(&mut self, shape: Shape) {
        match (replace(&mut self.entries, Entries::Some), shape) {
            (Entries::Some, _) => self.buffer.put(b","),
            (Entries::NoneHere | Entries::NoneBelow, Shape::Map) => self.buffer.put(b"{"),
            (Entries::NoneHere | Entries::NoneBelow, Shape::List) => self.buffer.put(b"["),
        }
        self.line();
    }

    /// Begins a line.
    #[inline]
    fn line(&mut self) {
        match self.indent < LINE.len() && self.buffer.len() < self.piece {
            true => self.buffer.put_first(1 + self.indent, LINE),
            false => self.rare_line(),
        }
    }

    /// Begins a line far in, or of the next piece.
    #[cold]
    fn rare_line(&mut self) {
        self.buffer.put(b"\n");
        self.hand_on_pieces();
        for _ in 0..self.indent {
            self.buffer.put(b" ");
        }
    }

    /// Hands on as many whole pieces as were gathered.
    fn hand_on_pieces(&mut self) {
        let pieces = self.buffer.len() / self.piece;
        if pieces > 0 {
            self.hand_on(pieces * self.piece);
        }
    }

    fn hand_on(&mut self, length: usize) {
        if self.error.is_none() {
            self.error = self.to.write_all(&self.buffer.as_slice()[..length]).err();
        }
        self.buffer.forget(length);
    }
}

/// Scalars, and what stands between documents.
impl<W: Write + ?Sized> Output<W> {
    /// Writes bytes as they are, such as a scalar that means the same in both formats.
    #[inline]
    pub fn raw(&mut self, bytes: &[u8]) {
        self.buffer.put_all(bytes);
    }

    /// Writes what was gathered elsewhere.
    pub fn append(&mut self, other: &Output<Sink>) {
        self.raw(other.buffer.as_slice());
        self.hand_on_pieces();
    }

    pub fn text(&mut self, text: &str) {
        match self.format == Format::Yaml && quote::is_plain(text) {
            true => self.buffer.put_all(text.as_bytes()),
            false => quote::push_quoted(self.format, text, &mut |piece| self.buffer.put_all(piece)),
        }
    }

    /// Writes the text that a value displays as, through one buffer that is used again and again.
    pub fn display(&mut self, value: &dyn Display) {
        let mut scratch = take(&mut self.scratch);
        scratch.clear();
        // Writing to a string fails only if the value's own `Display` gives up; what it wrote stands.
        let _ = write!(scratch, "{value}");
        self.text(&scratch);
        self.scratch = scratch;
    }

    /// Writes a word of ours as a string.
    #[inline]
    pub fn word(&mut self, word: &'static str) {
        debug_assert!(quote::is_plain(word), "`{word}` needs quotes: say `text`");
        match self.format {
            Format::Yaml => self.buffer.put_all(word.as_bytes()),
            Format::Json => self.text(word),
        }
    }

    pub fn number(&mut self, number: i128) {
        match u32::try_from(number) {
            Ok(number @ ..100_000_000) => self.digits(number),
            Ok(_) | Err(_) => self.raw(number.to_string().as_bytes()),
        }
    }

    /// Writes a number of at most eight digits.
    fn digits(&mut self, mut rest: u32) {
        let mut digits = 0;
        let mut count = 0;
        loop {
            // The last digit comes first, and is moved to the back by those that stand before it.
            digits = digits << 8 | u64::from(b'0') | u64::from(rest % 10);
            count += 1;
            rest /= 10;
            if rest == 0 {
                return self.buffer.put_first(count, &digits.to_le_bytes());
            }
        }
    }

    /// Writes a number and its unit as one string. With a letter behind it, it is a number to no reader.
    pub fn amount(&mut self, number: u64, unit: &'static str) {
        debug_assert!(quote::is_plain(unit), "`{unit}` is no unit");
        let quotes = self.format == Format::Json;
        if quotes {
            self.buffer.put(b"\"");
        }
        self.number(number.into());
        self.buffer.put_all(unit.as_bytes());
        if quotes {
            self.buffer.put(b"\"");
        }
    }
}

/// Says whether a name is known to need no quotes.
#[inline]
fn is_plain<N: Name>(name: &N) -> bool {
    debug_assert!(
        !N::IS_PLAIN || quote::is_plain(name.text()),
        "`{}` needs quotes: say `Key::of`",
        name.text()
    );
    N::IS_PLAIN
}
