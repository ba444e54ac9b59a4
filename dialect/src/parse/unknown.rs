//! Words that nobody knows, or that belong elsewhere.

use std::borrow::Cow;

use crate::diagnostic::{Diagnostic, Diagnostics, Edit};
use crate::kdl::{Datum, Entry, MISPLACED_EQUALS, Node, Value};
use crate::span::Span;
use crate::suggest::nearest;
use crate::word::{Place, Word};
use crate::words;

crate::codes! {
    /// No such word.
    UNKNOWN_WORD = error "unknown-word" "A word is not one of the language.\n\nNothing is passed over in silence: a misspelt `timeout` would otherwise be no timeout. `meshc explain WORD` shows every place and form of a word.";
    /// A word that belongs elsewhere.
    WRONG_PLACE = error "wrong-place" "A word stands in a block where it means nothing.\n\nThe message says where it belongs. How requests are routed is said on `service`, `ingress`, `egress` and `route`; how an upstream is treated (`balance`, `limit`, `eject`, `failover`, `spread`) is said where the upstream is, on `service` and `egress`.";
}

/// What is said of a dash before a line, or before each of its values.
const DASH: &str = "no dash stands before a line";

/// What is said to whoever writes YAML from the first line on.
const YAML: &str =
    "this looks like YAML: what meshc reads is KDL, such as service reviews { port 9080 http }";

/// Properties of lines as Istio calls them, and what to write here.
const PROPERTIES: &[(&[&str], &[&str], &str)] = &[
    (&["to", "canary", "mirror"], &["subset", "version"], "the version behind the name: reviews@v2"),
    (&["retry"], &["pertrytimeout", "timeout"], "`per-try=\"1s\"`"),
    (&["retry"], &["retryon"], "`on=\"5xx,reset\"`"),
    (&["redirect"], &["code", "redirectcode"], "`status=301`"),
    (&["rewrite"], &["uri", "prefix"], "`path=\"/\"`"),
    (&["rewrite"], &["authority"], "`host=api.example.com`"),
    (&["fault"], &["fixeddelay"], "`delay=\"3s\"`"),
    (&["fault"], &["httpstatus", "status"], "`abort=503`"),
    (&["port"], &["protocol"], "the protocol behind the number: port 8080 http"),
    (&["port"], &["targetport"], "`target=8080`"),
    (&["tls"], &["credentialname", "credential", "cert"], "`secret=shop-cert`"),
    (
        &["tls"],
        &["key", "privatekey"],
        "`secret=shop-cert`: one Kubernetes secret has the certificate and its key",
    ),
    (&["limit"], &["maxconnections"], "`connections=100`"),
    (&["limit"], &["maxpendingrequests", "http1maxpendingrequests"], "`pending=100`"),
    (&["limit"], &["maxrequests", "http2maxrequests"], "`requests=1000`"),
    (&["limit"], &["maxrequestsperconnection"], "`per-connection=1`"),
    (&["limit"], &["maxretries"], "`retries=3`"),
    (&["eject"], &["consecutive5xxerrors", "consecutiveerrors"], "`after=5`"),
    (&["eject"], &["maxejectionpercent"], "`max-percent=50`"),
    (&["eject"], &["minhealthpercent"], "`min-healthy=50`"),
    (&["eject"], &["interval"], "`every=\"10s\"`"),
    (&["eject"], &["baseejectiontime"], "`for=\"30s\"`"),
    (&["require"], &["max"], "`limit`, for how much: limit timeout max=\"30s\""),
];

/// What many tools write on a line, and what is a block here.
const ENV: &[&str] = &["env", "environment"];

/// Returns what to write here for a property of other tools.
pub(super) fn property(word: &str, name: &str) -> Option<&'static str> {
    let folded = words::folded(name);
    if ENV.contains(&folded.as_str()) {
        return Some("`in prod { … }` around the line");
    }
    let same = |(words, names, _): &&(&[&str], &[&str], &str)| {
        words.contains(&word) && names.contains(&folded.as_str())
    };
    PROPERTIES.iter().find(same).map(|(_, _, ours)| *ours)
}

/// How a line is to be written whose word nobody knows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// As it is, with another word, or elsewhere.
    Again,
    /// In other words, so that nothing of it stays.
    Anew,
}

/// Reports a node whose name is no word of the block it stands in. Returns how its line is to be written.
pub(super) fn report(node: &Node<'_>, place: Place, out: &mut Diagnostics) -> Written {
    let shown = crate::kind::clip(node.name.text);
    if is_slip(node, place, out) {
        return Written::Anew;
    }
    // `labels:` is the word `labels` of YAML. A file that begins like that is YAML altogether.
    let name = match place {
        Place::File => node.name.text,
        _ => node.name.text.trim_end_matches(':'),
    };
    let words = words::within(place).iter().map(|word| word.name);
    let here = if out.is_unread() { None } else { nearest(name, words) };
    // `Namespace` of Kubernetes is `namespace`, which has its places.
    let known = words::all().find(|word| words::is_same(word.name, name)).map_or(name, |word| word.name);
    let places = places(known);
    let meant = words::elsewhere_in(place, name);
    // `return` is farther from `retry` than from what nginx means by it.
    let here = here.filter(|near| meant.is_none() || is_form_of(name, near));
    let behind = node.entries.first().map_or(u32::MAX, |entry| entry_span(entry).start());
    let is_equals = |found: &Diagnostic| {
        let at = found.place.span;
        let here =
            at.file() == node.name.span.file() && at.start() >= node.name.span.end() && at.start() < behind;
        here && std::ptr::eq(found.code, &MISPLACED_EQUALS)
    };
    let mut mended = None;
    if out.latest().iter().any(is_equals) {
        out.revise_latest(|found| {
            let is_equals = is_equals(found);
            if is_equals {
                mended = Some(std::mem::take(&mut found.fix));
            }
            !is_equals
        });
    }
    if meant.is_none() && here.is_none_or(|near| near != known) && !places.is_empty() {
        wrong_place(node, place, (known, &places), mended.unwrap_or_default(), out);
        return Written::Again;
    }
    let is_unread = out.is_unread();
    let found = out.report(&UNKNOWN_WORD, node.name.span);
    found.says(format!("`{shown}` is no word of {}", place.name()));
    if is_unread || says_not_what(node, place, mended.is_some(), found) {
        // The sign itself stays: it joins the key and its value.
        found.fix.extend(mended.into_iter().flatten().skip(1));
        return Written::Again;
    }
    match (here, meant) {
        (Some(near), _) => {
            found.help(format!("did you mean `{near}`?")).fix(node.name.span, near);
            found.fix.extend(mended.into_iter().flatten());
            return Written::Again;
        }
        (None, Some(ours)) => match ours.strip_prefix("nothing: ") {
            Some(why) => found.help(why),
            None => found.help(format!("here one says {}", with_duration(ours, first(node)))),
        },
        (None, None) if place == Place::File && name.ends_with(':') => found.help(YAML),
        (None, None) => {
            let names: Vec<&str> = words::within(place).iter().map(|word| word.name).collect();
            found.help(format!("the words of {} are {}", place.name(), names.join(", ")))
        }
    };
    Written::Anew
}

/// Returns what to write with the duration that was written in the place of its own.
pub(super) fn with_duration(ours: &'static str, written: Option<Datum<'_>>) -> Cow<'static, str> {
    let is_duration = |text: &str| {
        let unit = text.trim_start_matches(|char: char| char.is_ascii_digit());
        unit.len() < text.len() && text.len() < 12 && matches!(unit, "ms" | "s" | "m" | "h")
    };
    let Some(Datum::Broken(text) | Datum::Quoted(text)) = written else { return ours.into() };
    match ours.split('"').nth(1) {
        Some(example) if is_duration(example) && is_duration(text) => ours.replacen(example, text, 1).into(),
        Some(_) | None => ours.into(),
    }
}

fn first<'a>(node: &Node<'a>) -> Option<Datum<'a>> {
    match node.entries.first()? {
        Entry::Argument(value) => Some(value.datum),
        Entry::Property(..) => None,
    }
}

fn entry_span(entry: &Entry<'_>) -> Span {
    match entry {
        Entry::Argument(value) => value.span,
        Entry::Property(key, _) => key.span,
    }
}

/// Reports a word that belongs elsewhere.
fn wrong_place(
    node: &Node<'_>,
    place: Place,
    (known, places): (&str, &[&str]),
    mended: Vec<Edit>,
    out: &mut Diagnostics,
) {
    let shown = crate::kind::clip(node.name.text);
    let found = out.report(&WRONG_PLACE, node.name.span);
    let inside = match place == Place::File {
        true => "outside of a block".to_owned(),
        false => format!("in {}", place.name()),
    };
    found.says(format!("`{shown}` means nothing {inside}"));
    if place != Place::Route || words::find(Place::When, node.name.text).is_none() {
        found.help(format!("`{known}` belongs in {}", places.join(", ")));
        return;
    }
    found.help(format!("which requests are meant is said in a `when`: when {{ {shown} … }}"));
    if node.block.is_none() {
        found.fix(node.name.span.before(), "when { ").fix(node.span.after(), " }");
        found.fix.extend(mended);
    }
}

/// Helps where the word lacks that says what a line is about: `headers { x-a=b }`, `when { x-user: jason }`. Returns whether it
/// does.
fn says_not_what(node: &Node<'_>, place: Place, has_equals: bool, found: &mut Diagnostic) -> bool {
    let edits = matches!(place, Place::Headers | Place::Response).then_some("set");
    let tests = matches!(place, Place::When | Place::Not | Place::Canary).then_some("header");
    let Some(word) = edits.or(tests) else { return false };
    let name = node.name.text;
    let colon = match (name.strip_suffix(':'), &node.entries[..]) {
        (Some(_), [Entry::Argument(value)]) => {
            Some(Span::new(value.span.file(), node.name.span.end() - 1, value.span.start()))
        }
        _ => None,
    };
    if !has_equals && colon.is_none() {
        return false;
    }
    let key = crate::kind::clip(name.strip_suffix(':').unwrap_or(name));
    found.help(format!("say what it is: {word} {key}=…")).fix(node.name.span.before(), format!("{word} "));
    if let Some(gap) = colon {
        found.fix(gap, "=");
    }
    true
}

/// Tells whether a word is another way to write one that is known: in other cases, with other dashes, or of several.
fn is_form_of(name: &str, known: &str) -> bool {
    let (name, known) = (words::folded(name), words::folded(known));
    name.strip_suffix('s').unwrap_or(&name) == known || name == known
}

/// Reports what stands behind a word that is known, such as the colon of `port: 80`. Returns the word.
pub(super) fn with_a_mark(node: &Node<'_>, place: Place, out: &mut Diagnostics) -> Option<&'static Word> {
    let name = node.name.text;
    let bare = name.trim_end_matches([':', ',', ';']);
    let word = words::find(place, bare).filter(|_| bare != name)?;
    out.report(&UNKNOWN_WORD, node.name.span)
        .says(format!("`{}` has a `{}` too many", crate::kind::clip(name), &name[bare.len()..]))
        .help(format!("write `{bare}`: nothing stands between a word and its values"))
        .fix(node.name.span, bare);
    Some(word)
}

/// Reports a line that begins with a dash, and YAML. Returns whether it is one.
fn is_slip(node: &Node<'_>, place: Place, out: &mut Diagnostics) -> bool {
    let name = node.name.text;
    if name == "-" {
        dash(node, place, out);
        return true;
    }
    let latest = out.as_slice().last().and_then(|found| found.help.as_deref());
    if place == Place::File && name.ends_with(':') && latest == Some(YAML) {
        return true;
    }
    false
}

/// Tells whether a finding is about a line whose value belongs into the heading of its block.
pub(super) fn is_of_heading(found: &Diagnostic) -> bool {
    std::ptr::eq(found.code, &UNKNOWN_WORD) && found.message.starts_with("`name` is no word")
}

/// Tells whether a finding is about a word that nobody knows there.
pub(super) fn is_of_word(found: &Diagnostic) -> bool {
    std::ptr::eq(found.code, &UNKNOWN_WORD) || std::ptr::eq(found.code, &WRONG_PLACE)
}

/// Reports a dash before a line, once for all that follow each other or belong to a word that nobody knows.
fn dash(node: &Node<'_>, place: Place, out: &mut Diagnostics) {
    let is_said = out.as_slice().last().is_some_and(|found| {
        let of_list = std::ptr::eq(found.code, &UNKNOWN_WORD) && found.message.contains(":`");
        found.place.span.file() == node.name.span.file()
            && (of_list || found.message == DASH || found.help.as_deref() == Some(YAML))
    });
    if is_said {
        return;
    }
    let found = out.report(&UNKNOWN_WORD, node.name.span);
    found.says(DASH);
    match node.entries.first() {
        Some(Entry::Argument(Value { datum: Datum::Bare(word), span, .. }))
            if words::find(place, word).is_some() =>
        {
            let gap = Span::new(span.file(), node.name.span.start(), span.start());
            found.help(format!("every line begins with its word: {word} …")).fix(gap, "")
        }
        Some(_) | None => found.help("values stand on the line of their word: envs dev staging prod"),
    };
}

/// Returns the places in which a word may stand.
fn places(name: &str) -> Vec<&'static str> {
    let mut places: Vec<Place> =
        words::all().filter(|word| word.name == name).flat_map(|word| word.within).copied().collect();
    places.sort_unstable();
    places.dedup();
    places.into_iter().map(Place::name).collect()
}
