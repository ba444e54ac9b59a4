//! What we have to say about the user's input: what is wrong, where, why it matters, what to write instead.

use crate::span::Span;
use crate::suggest::nearest;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// Worth knowing; output is made.
    Warning,
    /// No output is made.
    Error,
}

/// A kind of finding. Its name is stable: never reused, never renamed.
#[derive(Debug)]
pub struct Code {
    /// The kebab-case name, which is also the name of its golden folder.
    pub name: &'static str,
    /// How bad it is.
    pub level: Level,
    /// Whether it says that something is not there, which may be so only because a mistake elsewhere hid it.
    pub absence: bool,
    /// What `meshc explain NAME` prints: what it means, what traffic would do, what to write. The first line stands alone.
    pub doc: &'static str,
}

/// Declares the codes of a module, and `CODES`, which lists them.
///
/// ```
/// meshc_dialect::codes! {
///     /// Weights of a split do not add up to 100.
///     WEIGHTS_NOT_100 = error "weights-not-100" "The weights of the `to` lines of one split must total 100. …";
/// }
/// ```
#[macro_export]
macro_rules! codes {
    ($($(#[$meta:meta])* $ident:ident = $level:ident $(($absence:ident))? $name:literal $doc:literal;)*) => {
        $($(#[$meta])* pub static $ident: $crate::diagnostic::Code = $crate::diagnostic::Code {
            name: $name, level: $crate::diagnostic::$level, absence: false $(|| stringify!($absence).len() > 0)?, doc: $doc,
        };)*
        /// Every code declared in this module.
        pub static CODES: &[&$crate::diagnostic::Code] = &[$(&$ident),*];
    };
}

#[doc(hidden)]
#[allow(non_upper_case_globals)]
pub const error: Level = Level::Error;
#[doc(hidden)]
#[allow(non_upper_case_globals)]
pub const warning: Level = Level::Warning;

/// A place with a few words about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What stands there, or why it matters; may be empty.
    pub text: String,
}

/// A replacement of a span by text; an empty span is an insertion.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub text: String,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Which kind.
    pub code: &'static Code,
    /// How bad it is here.
    pub level: Level,
    /// What is wrong: lower case, names in backticks, no full stop.
    pub message: String,
    /// The line to change.
    pub place: Label,
    /// Other places that take part, in any file.
    pub others: Vec<Label>,
    /// What traffic would do.
    pub because: Option<String>,
    /// What to write instead.
    pub help: Option<String>,
    /// Edits that together mend it and are safe to apply unseen.
    pub fix: Vec<Edit>,
}

impl Diagnostic {
    /// Says what is wrong.
    pub fn says(&mut self, message: impl Into<String>) -> &mut Self {
        self.message = message.into();
        self
    }

    /// Says a few words at the place itself.
    pub fn here(&mut self, text: impl Into<String>) -> &mut Self {
        self.place.text = text.into();
        self
    }

    /// Adds another place that takes part.
    pub fn also(&mut self, span: Span, text: impl Into<String>) -> &mut Self {
        self.others.push(Label { span, text: text.into() });
        self
    }

    /// Says what traffic would do.
    pub fn because(&mut self, text: impl Into<String>) -> &mut Self {
        self.because = Some(text.into());
        self
    }

    /// Says what to write instead.
    pub fn help(&mut self, text: impl Into<String>) -> &mut Self {
        self.help = Some(text.into());
        self
    }

    /// Adds an edit that mends it.
    pub fn fix(&mut self, span: Span, text: impl Into<String>) -> &mut Self {
        self.fix.push(Edit { span, text: text.into() });
        self
    }
}

/// How far back findings may be revised: no line has more.
const LATEST: usize = 16;

/// Behind so many findings no more names are suggested.
const CROWD: usize = 64;

/// Nor once so many were looked at.
const MOST_KNOWN: usize = 1 << 16;

/// All findings of a run, in the order in which they were met.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    /// How many names were looked at for one that could be meant.
    compared: usize,
    /// Whether nobody reads what they say.
    is_unread: bool,
}

impl Diagnostics {
    /// Adds a finding at a place and returns it, to be given its words.
    pub fn report(&mut self, code: &'static Code, span: Span) -> &mut Diagnostic {
        self.list.push(Diagnostic {
            code,
            level: code.level,
            message: String::new(),
            place: Label { span, text: String::new() },
            others: Vec::new(),
            because: None,
            help: None,
            fix: Vec::new(),
        });
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    /// Adds a finding again, which is shown once all the same.
    pub fn repeat(&mut self, index: usize) {
        self.list.extend(self.list.get(index).cloned());
    }

    /// Returns the latest findings: those that may still be revised.
    #[must_use]
    pub fn latest(&self) -> &[Diagnostic] {
        &self.list[self.list.len().saturating_sub(LATEST)..]
    }

    /// Lets somebody who knows more give the latest findings other words, and drops those of which it says no.
    pub fn revise_latest(&mut self, mut keep: impl FnMut(&mut Diagnostic) -> bool) {
        let latest = self.list.split_off(self.list.len().saturating_sub(LATEST));
        for mut found in latest {
            if keep(&mut found) {
                self.list.push(found);
            }
        }
    }

    /// Returns the name that is nearest to `word` among those that users gave, if any is near enough to be meant.
    ///
    /// Looking at names takes long, and there may be very many findings and names: nobody reads on to the suggestion of the
    /// hundredth finding, so there is none.
    pub fn nearest<'k>(&mut self, word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
        if !self.suggests() {
            return None;
        }
        nearest(word, known.into_iter().inspect(|_| self.compared += 1))
    }

    /// Tells whether a name is looked for at all.
    #[must_use]
    pub fn suggests(&self) -> bool {
        self.list.len() <= CROWD && self.compared <= MOST_KNOWN
    }

    /// Returns a place for findings that may be thrown away. It suggests names as long as this one does.
    #[must_use]
    pub fn aside(&self) -> Diagnostics {
        let compared = if self.list.len() > CROWD { usize::MAX } else { self.compared };
        Diagnostics { list: Vec::new(), compared, is_unread: self.is_unread }
    }

    /// Returns a place for findings that will be thrown away, whatever they say. It suggests no names.
    #[must_use]
    pub fn unread() -> Diagnostics {
        Diagnostics { list: Vec::new(), compared: usize::MAX, is_unread: true }
    }

    /// Tells whether the findings will be thrown away, so that what to write instead need not be found out.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        self.is_unread
    }

    /// Tells whether any finding is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|found| found.level == Level::Error)
    }

    /// Returns the findings sorted by place and without repetitions, ready to be shown.
    #[must_use]
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by(|a, b| {
            (a.place.span, a.code.name, &a.message).cmp(&(b.place.span, b.code.name, &b.message))
        });
        self.list.dedup_by(|a, b| {
            a.place.span == b.place.span && a.code.name == b.code.name && a.message == b.message
        });
        self.list
    }

    /// Takes away what was found since there were `kept` findings and says only that something is not there.
    pub fn forget_absences(&mut self, kept: usize) {
        let mut index = 0;
        self.list.retain(|found| {
            index += 1;
            index <= kept || !found.code.absence
        });
    }

    /// Takes back what was found since there were `kept` findings.
    pub fn take_back(&mut self, kept: usize) {
        self.list.truncate(kept);
    }

    /// Takes what was found since there were `said` findings, to be looked at together.
    pub(crate) fn split_off(&mut self, said: usize) -> Vec<Diagnostic> {
        self.list.split_off(said.min(self.list.len()))
    }

    /// Puts a finding back.
    pub(crate) fn push(&mut self, found: Diagnostic) {
        self.list.push(found);
    }

    /// Keeps only some of the findings.
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.list.retain(keep);
    }

    /// Changes the findings since there were `kept`, and takes away those for which `keep` says no.
    pub fn revise(&mut self, kept: usize, mut keep: impl FnMut(&mut Diagnostic) -> bool) {
        let mut index = 0;
        self.list.retain_mut(|found| {
            index += 1;
            index <= kept || keep(found)
        });
    }

    /// Returns the findings as they were met.
    #[must_use]
    pub fn as_slice(&self) -> &[Diagnostic] {
        &self.list
    }

    /// Takes over the findings of another stage.
    pub fn append(&mut self, mut other: Diagnostics) {
        // A place aside has looked at as many names, or was to look at none.
        if other.compared != usize::MAX {
            self.compared = self.compared.max(other.compared);
        }
        self.list.append(&mut other.list);
    }
}
