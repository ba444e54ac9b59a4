//! Rules: the kinds of change, each with a name that stays for ever.

use super::Level;

/// One kind of change.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Rule {
    /// What it is called; never reused and never renamed.
    pub slug: &'static str,
    /// How risky it usually is.
    pub level: Level,
    /// Whom it hurts.
    pub category: Category,
    /// The rule of the same change made the other way; itself where it is its own.
    pub mirror: &'static str,
    /// What it means and what to do, the first line alone.
    pub doc: &'static str,
}

impl Rule {
    /// Tells whether it never names a change, only why nobody can tell: then it has no risk to be changed.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        super::judge::unknown::NO_CHANGES.iter().any(|rule| rule.slug == self.slug)
    }
}

/// Whom a change hurts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Category {
    /// Somebody gets in, reads along, or is believed.
    Security,
    /// Requests fail.
    Availability,
    /// Requests get another answer.
    Correctness,
    /// Upstreams get more or less to do.
    Load,
    /// Dashboards and logs show something else.
    Observability,
}

impl Category {
    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Category::Security => "security",
            Category::Availability => "availability",
            Category::Correctness => "correctness",
            Category::Load => "load",
            Category::Observability => "observability",
        }
    }
}

/// Declares rules, one row each: `NAME = level category "slug" <-> "mirror" "doc"`.
macro_rules! rules {
    ($($name:ident = $level:ident $category:ident $slug:literal <-> $mirror:literal $doc:literal;)*) => {
        $(#[doc = $doc]
        pub(crate) static $name: $crate::diff::rule::Rule = $crate::diff::rule::Rule {
            slug: $slug,
            level: $crate::diff::Level::$level,
            category: $crate::diff::rule::Category::$category,
            mirror: $mirror,
            doc: $doc,
        };)*
        /// The rules of this family.
        pub(super) const RULES: &[&$crate::diff::rule::Rule] = &[$(&$name),*];
    };
}
pub(crate) use rules;
