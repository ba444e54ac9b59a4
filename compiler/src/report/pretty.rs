//! Findings with the lines they are about, for people.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level as Style, Origin, Patch, Renderer, Snippet,
};
use meshc_dialect::diagnostic::{Diagnostic, Edit, Label, Level};
use meshc_dialect::span::{FileId, Span};

use super::{Colour, Report, escape};

/// More bytes than this between the first and the last line of one picture make two of it, or leave the text out.
const LARGEST_EXCERPT: usize = 8 * 1024;

pub(super) fn render(report: &Report<'_>, colour: Colour) -> String {
    let renderer = match colour {
        Colour::Always => Renderer::styled(),
        Colour::Never => Renderer::plain(),
    };
    let mut text = String::new();
    for finding in report.shown() {
        text.push_str(&renderer.render(&groups(report, finding)));
        text.push_str("\n\n");
    }
    text.push_str(&report.more());
    if let Some(first) = report.shown().first() {
        text.push_str(&format!("for more about a code: meshc explain {}\n", first.code.name));
    }
    text
}

fn groups<'r>(report: &'r Report<'_>, finding: &'r Diagnostic) -> Vec<Group<'r>> {
    let style = match finding.level {
        Level::Error => Style::ERROR,
        Level::Warning => Style::WARNING,
    };
    let mut group =
        Group::with_title(style.primary_title(escape::visible(&finding.message)).id(finding.code.name));
    for (kind, labels) in pictures(report, finding) {
        group = picture(report, group, kind, &labels);
    }
    if let Some(because) = &finding.because {
        group = group.element(Style::NOTE.message(escape::visible(because)));
    }
    match (&finding.help, finding.fix.as_slice()) {
        (None, []) => vec![group],
        (Some(help), []) => vec![group.element(Style::HELP.message(escape::visible(help)))],
        (help, edits) => {
            let help = help.as_deref().unwrap_or("write");
            let title = Style::HELP.secondary_title(escape::visible(help));
            vec![group, suggestion(report, Group::with_title(title), edits)]
        }
    }
}

/// Which of several labels is the line to change.
#[derive(Clone, Copy)]
enum Kind {
    /// The first label of the picture is.
    First,
    /// None is.
    None,
}

/// Cuts the places of a finding into pictures: one for each file, and more where they are far from each other.
fn pictures<'r>(report: &Report<'_>, finding: &'r Diagnostic) -> Vec<(Kind, Vec<&'r Label>)> {
    let mut pictures: Vec<(Kind, Vec<&'r Label>, Option<Excerpt>)> =
        vec![(Kind::First, vec![&finding.place], lines(report, finding.place.span))];
    for label in &finding.others {
        let own = lines(report, label.span);
        let with = |excerpt: &Option<Excerpt>| fitting(together(excerpt.clone(), own.clone()));
        let fits = |(_, labels, excerpt): &&mut (Kind, Vec<&'r Label>, Option<Excerpt>)| {
            labels[0].span.file() == label.span.file() && with(excerpt).is_some()
        };
        match pictures.iter_mut().find(fits) {
            Some((_, labels, excerpt)) => {
                *excerpt = with(excerpt);
                labels.push(label);
            }
            None => pictures.push((Kind::None, vec![label], own)),
        }
    }
    pictures.into_iter().map(|(kind, labels, _)| (kind, labels)).collect()
}

fn picture<'r>(report: &'r Report<'_>, group: Group<'r>, kind: Kind, labels: &[&'r Label]) -> Group<'r> {
    let first = labels[0].span;
    let place = report.places.of(first);
    let path = escape::visible(&place.file).into_owned();
    let Some((line, range)) = excerpt(report, labels.iter().map(|label| label.span)) else {
        let origin = Origin::path(path);
        // A file that could not be read has no lines to point at.
        return group.element(match report.text(first.file()).is_empty() {
            true => origin,
            false => origin.line(place.line).char_column(place.column),
        });
    };
    let shown = Shown::of(report.text(first.file()), range);
    let annotations = labels.iter().enumerate().map(|(index, label)| {
        let kind = match (kind, index) {
            (Kind::First, 0) => AnnotationKind::Primary,
            _ => AnnotationKind::Context,
        };
        let annotation = kind.span(shown.place(label.span));
        match label.text.as_str() {
            "" => annotation,
            text => annotation.label(escape::visible(text)),
        }
    });
    let snippet = snippet::<Annotation<'r>>(report, first.file(), line, &shown).annotations(annotations);
    if shown.place(first).start == first.start() as usize - shown.range.start {
        return group.element(snippet);
    }
    // Escapes have moved the text: the column to name is that of the file.
    let origin = Origin::path(path).line(place.line).char_column(place.column);
    group.element(origin).element(snippet.path(None::<&str>))
}

/// Shows the edits as lines before and after.
fn suggestion<'r>(report: &'r Report<'_>, mut group: Group<'r>, edits: &'r [Edit]) -> Group<'r> {
    let mut rest: Vec<&Edit> = edits.iter().collect();
    while let Some(first) = rest.first() {
        let file = first.span.file();
        let (here, there): (Vec<&Edit>, Vec<&Edit>) =
            rest.into_iter().partition(|edit| edit.span.file() == file);
        rest = there;
        let Some((line, range)) = excerpt(report, here.iter().map(|edit| edit.span)) else { continue };
        let shown = Shown::of(report.text(file), range);
        let patches = here.into_iter().map(|edit| {
            let text = escape::visible_lines(&edit.text, 0..edit.text.len());
            Patch::new(shown.place(edit.span), text)
        });
        group = group.element(snippet::<Patch<'r>>(report, file, line, &shown).patches(patches));
    }
    group
}

/// Starts a snippet of some lines of a file.
fn snippet<'r, T: Clone>(
    report: &'r Report<'_>,
    file: FileId,
    line: usize,
    shown: &Shown<'r>,
) -> Snippet<'r, T> {
    let path = report.places.path(file);
    Snippet::source(shown.lines.clone()).line_start(line).path(escape::visible(&path).into_owned())
}

/// Some lines: the number of the first, and their bytes.
type Excerpt = (usize, Range<usize>);

/// Returns the lines that hold all the spans, with the number of the first, unless that is nothing or too much to show.
fn excerpt(report: &Report<'_>, spans: impl Iterator<Item = Span>) -> Option<Excerpt> {
    fitting(spans.map(|span| lines(report, span)).fold(None, together))
}

/// Returns the lines that hold a span.
fn lines(report: &Report<'_>, span: Span) -> Option<Excerpt> {
    let (line, start) = report.places.line(span.file(), span.start());
    let (_, end) = report.places.line(span.file(), span.end().max(span.start()));
    Some((line, start.start..end.end))
}

/// Returns the lines that hold both.
fn together(a: Option<Excerpt>, b: Option<Excerpt>) -> Option<Excerpt> {
    match (a, b) {
        (Some((line, range)), Some((other, more))) => {
            Some((line.min(other), range.start.min(more.start)..range.end.max(more.end)))
        }
        (a, b) => a.or(b),
    }
}

fn fitting(excerpt: Option<Excerpt>) -> Option<Excerpt> {
    excerpt.filter(|(_, range)| range.end > 0 && range.len() <= LARGEST_EXCERPT)
}

/// Some lines of a file as they are shown.
struct Shown<'r> {
    text: &'r str,
    /// Their bytes.
    range: Range<usize>,
    lines: Cow<'r, str>,
}

impl<'r> Shown<'r> {
    fn of(text: &'r str, range: Range<usize>) -> Shown<'r> {
        Shown { text, lines: escape::visible_lines(text, range.clone()), range }
    }

    /// Returns where a span stands in them.
    fn place(&self, span: Span) -> Range<usize> {
        let Shown { text, range, lines } = self;
        let at = |offset: u32| {
            let offset = text.floor_char_boundary((offset as usize).clamp(range.start, range.end));
            match lines {
                // Nothing before it has moved.
                Cow::Borrowed(_) => offset.saturating_sub(range.start),
                Cow::Owned(_) => escape::visible_lines(text, range.start..offset).len(),
            }
        };
        at(span.start())..at(span.end().max(span.start()))
    }
}

#[cfg(test)]
mod tests {
    use meshc_dialect::diagnostic::{Code, Diagnostics, Level};
    use meshc_dialect::sources::Sources;
    use meshc_dialect::span::Span;

    use super::super::{Colour, Format, Report};

    static LIMIT: Code =
        Code { name: "over-limit", level: Level::Error, absence: false, doc: "A limit is exceeded." };
    static ODD: Code = Code { name: "odd", level: Level::Warning, absence: false, doc: "Something is odd." };

    fn render(sources: &Sources, out: Diagnostics) -> String {
        let report = Report::new(sources, "shop/", out);
        format!(
            "{}\n\n{}",
            report.summary().unwrap_or_default(),
            report.render(Format::Pretty, Colour::Never)
        )
    }

    /// Returns the span of the only place where the text stands.
    fn span(sources: &Sources, text: &str) -> Span {
        let (file, at) =
            sources.iter().find_map(|(file, source)| Some((file, source.text.find(text)?))).unwrap();
        let start = u32::try_from(at).unwrap();
        Span::new(file, start, start + u32::try_from(text.len()).unwrap())
    }

    #[test]
    fn places_in_several_files_and_a_fix_are_one_message() {
        let sources = Sources::default();
        sources.add(
            "limits.kdl".to_owned(),
            "policy production {\n    limit canary-percent max=5\n}\n".to_owned(),
        );
        let text = "service reviews {\n    version v2\n\n    canary v2 percent=10\n}\n";
        sources.add("reviews.kdl".to_owned(), text.to_owned());
        let mut out = Diagnostics::default();
        let (ten, max) = (span(&sources, "percent=10"), span(&sources, "max=5"));
        out.report(&ODD, span(&sources, "production")).says("an odd name");
        out.report(&LIMIT, ten)
            .says("a canary of 10% is over the limit of 5%")
            .here("10% of reviews")
            .also(max, "the limit is set here")
            .because("more users would meet it than the platform team allows")
            .help("lower it")
            .fix(ten, "percent=5");
        assert_eq!(
            render(&sources, out),
            "\
1 error, 1 warning, first in shop/reviews.kdl:4:15: a canary of 10% is over the limit of 5%

error[over-limit]: a canary of 10% is over the limit of 5%
 --> shop/reviews.kdl:4:15
  |
4 |     canary v2 percent=10
  |               ^^^^^^^^^^ 10% of reviews
  |
 ::: shop/limits.kdl:2:26
  |
2 |     limit canary-percent max=5
  |                          ----- the limit is set here
  |
  = note: more users would meet it than the platform team allows
help: lower it
  |
4 -     canary v2 percent=10
4 +     canary v2 percent=5
  |

warning[odd]: an odd name
 --> shop/limits.kdl:1:8
  |
1 | policy production {
  |        ^^^^^^^^^^

for more about a code: meshc explain over-limit
"
        );
    }

    #[test]
    fn what_hides_is_shown_and_pointed_past() {
        let sources = Sources::default();
        sources.add("a.kdl".to_owned(), "a \u{202e}b\u{1b}[2J c\r\n".to_owned());
        let mut out = Diagnostics::default();
        out.report(&LIMIT, span(&sources, "c")).says("a\u{202e}\n::error::");
        let text = render(&sources, out);
        assert!(text.contains(" --> shop/a.kdl:1:10\n"), "{text}");
        assert!(text.contains("1 | a \\u{202e}b\\u{1b}[2J c\n  |                      ^\n"), "{text}");
        assert!(text.contains(": a\\u{202e}\\u{a}::error::\n"), "{text}");
    }

    #[test]
    fn a_flood_of_findings_ends() {
        let sources = Sources::default();
        let file = sources.add("a.kdl".to_owned(), "x".repeat(100_000));
        let mut out = Diagnostics::default();
        for start in 0..5_000 {
            out.report(&LIMIT, Span::new(file, start, start + 1)).says("too much");
        }
        let text = render(&sources, out);
        assert!(text.contains("\nand 4800 more\n") && text.len() < 64 * 1024, "{}", text.len());
    }
}
