//! Where what a revision says was written.

use std::sync::OnceLock;

use meshc_dialect::sources::Sources;
use meshc_dialect::span::Span;

use super::{Revision, words};
use crate::diff::{Origins, Place, Thing};
use crate::report;
use crate::resolve::Places;

/// Returns a place as findings have it.
pub(super) fn place(sources: &Sources, span: Span) -> Place {
    let (line, column) = sources.position(span);
    Place { path: sources.file(span.file()).path.clone(), line, column }
}

/// Knows where a revision was written.
pub(super) struct Written<'r> {
    revision: &'r Revision<'r>,
    sources: &'r Sources,
    /// Where lines begin.
    lines: report::Places<'r>,
    /// What is known about what was written, once somebody has asked.
    places: OnceLock<Places<'r, 'r>>,
}

impl<'r> Written<'r> {
    pub(super) fn of(revision: &'r Revision<'r>, sources: &'r Sources) -> Written<'r> {
        let lines = report::Places::new(sources, "");
        Written { revision, sources, lines, places: OnceLock::new() }
    }
}

impl Origins for Written<'_> {
    fn text(&self, place: &Place) -> Option<&str> {
        let file = self.revision.project?.at(&place.path)?;
        self.lines.text(file.id, place.line)
    }

    fn line(&self, thing: Thing<'_, '_>, what: &str) -> Option<Place> {
        let resolved = self.revision.resolved.as_ref()?;
        let places = self.places.get_or_init(|| Places::of(resolved));
        let (words, prop) = (words::of(what), words::prop(what));
        let within = |heading: Span| places.line(heading, words, prop).unwrap_or(heading);
        let span = match thing {
            Thing::Route(binding, name) => {
                let name = name.unwrap_or("");
                let route = places.route(binding, name)?;
                let blocks = places.headings_of(binding);
                let line = places.handled(binding, name, words, prop);
                let line = line.or_else(|| places.line(route, words, prop));
                let line = line.or_else(|| blocks.iter().find_map(|block| places.line(*block, words, prop)));
                Some(line.unwrap_or(route))
            }
            Thing::Policy(policy) => places.host(policy.host).map(within),
            Thing::Host(host) => places.host(host).map(within),
            Thing::Gateway(gateway) => places.gateway(gateway.object.name).map(within),
            Thing::World => places.of_mesh(words).or_else(|| places.mesh()),
        }?;
        let (line, column) = self.lines.position(span.file(), span.start());
        Some(Place { path: self.sources.file(span.file()).path.clone(), line, column })
    }
}
