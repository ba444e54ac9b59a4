//! What an entry of a map is called.

/// The name of an entry: a field's name as the program has it, or whatever [`Key::of`] is given.
///
/// Most of what is written are names of fields, so those are not looked at again each time.
pub trait Name {
    /// Whether it is known that it may stand without quotes.
    const IS_PLAIN: bool;

    /// Returns it without quotes.
    fn text(&self) -> &str;
}

/// A name that may be any text.
#[derive(Clone, Copy)]
pub struct Key<'k>(&'k str);

impl<'k> Key<'k> {
    /// Returns a key that may be any text.
    #[must_use]
    pub fn of(text: &'k str) -> Key<'k> {
        Key(text)
    }
}

impl Name for Key<'_> {
    const IS_PLAIN: bool = false;

    #[inline]
    fn text(&self) -> &str {
        self.0
    }
}

/// A field's name, which must be plain: for any other literal there is [`Key::of`].
impl Name for &'static str {
    const IS_PLAIN: bool = true;

    #[inline]
    fn text(&self) -> &str {
        self
    }
}
