//! What an entry of a map is called.

use super::quote::is_plain;

/// The key of an entry: a field's name as the program has it, or whatever [`Key::of`] is given.
///
/// Most of what is written are names of fields, so those are not looked at again each time.
#[derive(Clone, Copy)]
pub struct Key<'k> {
    pub(super) text: &'k str,
    /// Whether it is known that it may stand without quotes.
    pub(super) is_plain: bool,
}

impl<'k> Key<'k> {
    /// Returns a key that may be any text.
    #[must_use]
    pub fn of(text: &'k str) -> Key<'k> {
        Key { text, is_plain: false }
    }
}

/// A field's name, which must be plain: for any other literal there is [`Key::of`].
impl From<&'static str> for Key<'static> {
    #[inline]
    fn from(text: &'static str) -> Key<'static> {
        debug_assert!(is_plain(text), "`{text}` needs quotes: say `Key::of`");
        Key { text, is_plain: true }
    }
}
