//! Kinds of values: what a row of the word table asks for, and how it is read.
//!
//! A kind is about form only. Whether a name exists or a regex is one that proxies take is asked later.

mod address;
mod choice;
mod date;
pub(crate) mod duration;
mod host;
mod name;
pub(crate) mod number;
pub mod pattern;
pub mod url;

pub use date::is_date;
pub use host::is_host;
pub use name::{clip, is_dns_label};

use std::fmt::Write;

use bumpalo::Bump;

use crate::diagnostic::{Code, Diagnostics};
use crate::kdl::{self, Datum};
use crate::line::{Data, Raw, Value};
use crate::secret;
use crate::span::Span;

/// What a value must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A name as Kubernetes takes it: lower case letters, digits and `-`.
    Name,
    /// The same, where there may be several with dots between: of secrets and the like.
    ObjectName,
    /// A version's name: letters, digits, `-`, `_` and `.`.
    Version,
    /// A service: `reviews`, `reviews.shop`, `reviews@v2`, or a version.
    Destination,
    /// A label's name.
    LabelName,
    /// A label's value.
    LabelValue,
    /// A header's name.
    HeaderName,
    /// A value that a header is set to.
    HeaderValue,
    /// Anything: what a template's parameter is given.
    Anything,
    /// Any text.
    Text,
    /// What a line is known by, as the line itself has it: a name, a port, a pattern.
    Key,
    /// Any text that stands in quotes because it looks like a number: `"1.30"`.
    Release,
    /// A duration with its unit, of at least so many milliseconds: `"5s"`. From 1000 on, in whole seconds.
    Duration(u64),
    /// A duration, or `off`.
    DurationOrOff,
    /// A whole number in this range.
    Number(u64, u64),
    /// A number with at most two decimals, or a duration: what a policy sets a limit to.
    Bound,
    /// A day: `"2027-03-31"`.
    Date,
    /// A port, 1 to 65535.
    Port,
    /// A share of 100 with at most two decimals.
    Percent,
    /// A status that a proxy can answer.
    Status,
    /// What a string must be: `word`, `word*`, `*`, `(regex)"…"`.
    Pattern,
    /// The same for a path: `"/api"`, `"/api/*"`, `(regex)"…"`.
    Path,
    /// A path to write: `"/"`.
    PathText,
    /// A regex, with or without its annotation.
    Regex,
    /// A host, without scheme, port and path.
    Host,
    /// The same, or `*.` and a host.
    HostOrWildcard,
    /// Where a browser calls from: `https://` and a host, possibly a wildcard, possibly a port.
    Origin,
    /// A URL to send callers to, or a path.
    Target,
    /// A URL to ask for.
    Url,
    /// A namespace, or `service/NAME`: whose pods send a request.
    Caller,
    /// An IP address or a host.
    Address,
    /// An IP address or a range of them.
    Range,
    /// `region`, `region/zone` or `region/zone/subzone`.
    Locality,
}

crate::codes! {
    /// A number where a word is meant.
    NUMBER_AS_WORD = error "number-as-word" "A number stands where a word is meant.\n\nKDL reads `1.10` as the number 1.1 and `007` as 7, so what you wrote would be changed in silence. Put it in quotes: `version \"2\"`, `header x=\"7\"`, `istio \"1.30\"`.";
    /// `true`, `false` or `null`.
    NO_BOOLEANS = error "no-booleans" "This language has no booleans and no nulls.\n\nWriting a line says yes; the other choice has a word of its own (`http serve`, `timeout off`, `retry 0`). Leave the value out, or write the word.";
    /// An annotation that means nothing there.
    STRAY_ANNOTATION = error "stray-annotation" "A type annotation such as `(regex)` stands where it means nothing.\n\n`(regex)` and `(exact)` go in front of a pattern: a path, or the value of a header, cookie or query line. Everywhere else leave it out.";
    /// Not of the form that the line asks for.
    WRONG_VALUE = error "wrong-value" "A value is not of the form that its line asks for.\n\nThe message says which form that is, and shows one. `meshc explain WORD` shows the whole line.";
}

/// All codes of this module and those below it.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    [
        CODES,
        choice::CODES,
        date::CODES,
        duration::CODES,
        host::CODES,
        name::CODES,
        number::CODES,
        pattern::CODES,
        url::CODES,
        address::CODES,
    ]
    .concat()
}

/// A value that is being read: its text, its place, and where to complain.
struct Reading<'a, 'd> {
    text: &'a str,
    quoted: bool,
    annotation: Option<&'a str>,
    span: Span,
    out: &'d mut Diagnostics,
}

impl Kind {
    /// Reads a value. A value that is not of this kind is reported and comes back as [`Data::Broken`].
    #[inline]
    pub fn read<'a>(&self, value: kdl::Value<'a>, arena: &'a Bump, out: &mut Diagnostics) -> Value<'a> {
        Value { data: self.data(value, arena, out), span: value.span }
    }

    fn data<'a>(&self, value: kdl::Value<'a>, arena: &'a Bump, out: &mut Diagnostics) -> Data<'a> {
        let kdl::Value { annotation, datum, span } = value;
        if matches!(self, Kind::Anything) {
            return Data::Raw(arena.alloc(Raw { annotation, datum }));
        }
        match datum {
            // An annotation that could not be read has been reported: nobody knows what the value was to be.
            _ if annotation == Some("") => Data::Broken,
            Datum::Broken(_) => Data::Broken,
            Datum::Bare(text) | Datum::Quoted(text) if secret::is_in(text) => {
                name::secret(span, out);
                Data::Broken
            }
            Datum::Bool(_) | Datum::Null => {
                no_booleans(*self, span, out);
                Data::Broken
            }
            Datum::Number(text) => self.read_number(text, span, out),
            Datum::Bare(text) => self.read_text(Reading { text, quoted: false, annotation, span, out }),
            Datum::Quoted(text) => self.read_text(Reading { text, quoted: true, annotation, span, out }),
        }
    }

    fn read_number<'a>(&self, text: &'a str, span: Span, out: &mut Diagnostics) -> Data<'a> {
        match *self {
            Kind::Number(least, most) => number::whole(text, least, most, span, out),
            Kind::Port => number::port(text, span, out),
            Kind::Percent | Kind::Bound => number::percent(text, span, out),
            Kind::Date => date::number(text, span, out),
            Kind::Status => number::status(text, span, out),
            Kind::Key if is_whole(text) => Data::Text(text),
            Kind::Duration(_) | Kind::DurationOrOff => duration::bare(text, span, out),
            // Quotes would not make any other number a word of the list.
            Kind::OneOf(choices) if choices.contains(&text) => as_word(text, span, out),
            Kind::Name
            | Kind::ObjectName
            | Kind::Caller
            | Kind::Version
            | Kind::Destination
            | Kind::LabelName
            | Kind::LabelValue
            | Kind::HeaderName
            | Kind::HeaderValue
            | Kind::Anything
            | Kind::Text
            | Kind::Key
            | Kind::Release
            | Kind::Pattern
            | Kind::Regex => as_word(text, span, out),
            Kind::OneOf(_)
            | Kind::Path
            | Kind::PathText
            | Kind::Host
            | Kind::HostOrWildcard
            | Kind::Origin
            | Kind::Target
            | Kind::Url
            | Kind::Address
            | Kind::Range
            | Kind::Locality => {
                let wanted = self.wanted();
                out.report(&NUMBER_AS_WORD, span)
                    .says(format!("`{}` is a number, and another thing is meant here", clip(text)))
                    .help(format!("write {}", wanted.trim_end_matches(',')));
                Data::Broken
            }
        }
    }

    fn read_text<'a>(&self, reading: Reading<'a, '_>) -> Data<'a> {
        if let Some(annotation) = reading.annotation
            && !self.takes(annotation)
        {
            reading
                .out
                .report(&STRAY_ANNOTATION, reading.span)
                .says(format!("`({annotation})` means nothing here: {} is meant", self.wanted()))
                .help("leave the annotation out");
            return Data::Broken;
        }
        match *self {
            Kind::OneOf(choices) => choice::read(reading, choices),
            Kind::Name => name::dns(reading),
            Kind::ObjectName => name::object(reading),
            Kind::Version => name::version(reading),
            Kind::Destination => name::destination(reading),
            Kind::LabelName => name::label_name(reading),
            Kind::LabelValue => name::label_value(reading),
            Kind::HeaderName => name::header(reading),
            Kind::HeaderValue => name::header_value(reading),
            Kind::Anything | Kind::Text | Kind::Key | Kind::Release => Data::Text(reading.text),
            Kind::Duration(least) => duration::read(reading, least, *self),
            Kind::Bound if reading.text.ends_with('%') => number::text(reading, Kind::Percent),
            Kind::Bound => duration::read(reading, 1, *self),
            Kind::Date => date::read(reading),
            Kind::DurationOrOff if reading.text == "off" => Data::Text("off"),
            Kind::DurationOrOff => duration::read(reading, 1, *self),
            Kind::Number(..) | Kind::Port | Kind::Percent | Kind::Status => number::text(reading, *self),
            Kind::Pattern => pattern::value(reading),
            Kind::Path => pattern::path(reading),
            Kind::PathText => pattern::path_text(reading),
            Kind::Regex => pattern::regex(reading),
            Kind::Host => host::read(reading, false),
            Kind::HostOrWildcard => host::read(reading, true),
            Kind::Origin => url::origin(reading),
            Kind::Target => url::target(reading),
            Kind::Url => url::read(reading),
            Kind::Caller => name::caller(reading),
            Kind::Address => address::address(reading),
            Kind::Range => address::range(reading),
            Kind::Locality => address::locality(reading),
        }
    }

    fn takes(self, annotation: &str) -> bool {
        matches!(self, Kind::Pattern | Kind::Path | Kind::Regex)
            || (self == Kind::Key && matches!(annotation, "regex" | "exact"))
    }

    /// Returns what a message calls a value of this kind.
    #[must_use]
    pub fn wanted(self) -> String {
        match self {
            Kind::OneOf(choices) => list(choices),
            Kind::Name | Kind::ObjectName => "a name".into(),
            Kind::Version => "a version".into(),
            Kind::Destination => "a service or a version".into(),
            Kind::LabelName => "the name of a label".into(),
            Kind::LabelValue => "the value of a label".into(),
            Kind::HeaderName => "the name of a header".into(),
            Kind::HeaderValue => "the value of a header".into(),
            Kind::Anything => "a value".into(),
            Kind::Text => "text".into(),
            Kind::Key => "a name, a port or a pattern".into(),
            Kind::Release => "a version in quotes, such as \"1.30\",".into(),
            Kind::Duration(_) => "a duration with its unit, such as \"5s\",".into(),
            Kind::DurationOrOff => "a duration with its unit, such as \"5s\", or `off`".into(),
            Kind::Number(least, u64::MAX) => format!("a whole number from {least}"),
            Kind::Number(least, most) => format!("a whole number from {least} to {most}"),
            Kind::Bound => "a number such as 25, or a duration such as \"30s\",".into(),
            Kind::Date => "a day such as \"2027-03-31\"".into(),
            Kind::Port => "a port, 1 to 65535,".into(),
            Kind::Percent => "a share of 100, such as 10 or 0.5, with at most two decimals,".into(),
            Kind::Status => "a status, 200 to 599,".into(),
            Kind::Pattern => "what the value must be, such as jason, \"qa-*\" or (regex)#\"\\d+\"#,".into(),
            Kind::Path => "a path such as \"/api\" or \"/api/*\"".into(),
            Kind::PathText => "a path such as \"/\"".into(),
            Kind::Regex => "a regex".into(),
            Kind::Host => "a host such as api.example.com".into(),
            Kind::HostOrWildcard => "a host such as api.example.com or *.example.com".into(),
            Kind::Origin => "an origin such as \"https://shop.example.com\"".into(),
            Kind::Target => "a URL or a path, such as \"https://shop.example.com/\",".into(),
            Kind::Url => "a URL such as \"http://reviews/reviews/1\"".into(),
            Kind::Caller => "a namespace, or \"service/NAME\"".into(),
            Kind::Address => "an IP address or a host".into(),
            Kind::Range => "an IP address or a range such as \"203.0.113.0/24\"".into(),
            Kind::Locality => "a region, or a region and a zone such as \"eu-west/a\"".into(),
        }
    }
}

fn as_word<'a>(text: &str, span: Span, out: &mut Diagnostics) -> Data<'a> {
    let text = clip(text);
    out.report(&NUMBER_AS_WORD, span)
        .says(format!("`{text}` is a number, and a word is meant here"))
        .because("KDL changes numbers in silence: 1.10 is read as 1.1, and 007 as 7")
        .help(format!("write \"{text}\""))
        .fix(span, format!("\"{text}\""));
    Data::Broken
}

fn no_booleans(kind: Kind, span: Span, out: &mut Diagnostics) {
    out.report(&NO_BOOLEANS, span)
        .says(format!("there are no booleans and no nulls here: {} is meant", kind.wanted()))
        .help("writing the line says yes; leave the value out, or write the word for the other choice");
}

/// The most names that a message lists.
pub const MOST_LISTED: usize = 50;

/// Returns words for a message: "`a`, `b` or `c`".
#[must_use]
pub fn list(words: &[&str]) -> String {
    list_of(words.len(), words.iter())
}

/// Returns the same for words of which only the first are looked at, and it is known how many there are.
#[must_use]
pub fn list_of(count: usize, words: impl Iterator<Item = impl AsRef<str>>) -> String {
    let more = count.saturating_sub(MOST_LISTED);
    let mut words = words.take(MOST_LISTED).peekable();
    let mut text = String::new();
    while let Some(word) = words.next() {
        let is_last = more == 0 && words.peek().is_none();
        let between = match text.is_empty() {
            true => "",
            false if is_last => " or ",
            false => ", ",
        };
        [between, "`", word.as_ref(), "`"].into_iter().for_each(|part| text.push_str(part));
    }
    if more > 0 {
        let or = if text.is_empty() { "" } else { " or " };
        // Writing to a string cannot fail.
        let _ = write!(text, "{or}one of {more} more");
    }
    text
}

/// Tells whether KDL reads a number as it is written.
fn is_whole(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0')
}
