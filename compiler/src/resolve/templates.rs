//! `template` and `use`: lines that many blocks share, with the values of their parameters put in.

use std::collections::HashMap;

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::kdl;
use meshc_dialect::kind::list;
use meshc_dialect::line::{Data, Line, Prop, Raw};
use meshc_dialect::parse::expand;
use meshc_dialect::sources::Source;
use meshc_dialect::span::Span;
use meshc_dialect::word::Place;

use super::layers::{self, Layers};
use super::service::REPEATED_BLOCK;

meshc_dialect::codes! {
    /// No such template.
    UNKNOWN_TEMPLATE = error(absence) "unknown-template" "A `use` names a template that nobody declared.\n\nA template is a block at the top of any file of the project: `template resilient timeout=\"2s\" { timeout $timeout }`.";
    /// A template in a template.
    TEMPLATE_IN_TEMPLATE = error "template-in-template" "A template uses another one.\n\nTemplates hold values only, so that a reader finds all lines of one in one place. Write the lines out, or use both templates where they are needed.";
    /// A parameter that a template does not have.
    NO_SUCH_PARAMETER = error(absence) "no-such-parameter" "A `use` gives a value to a parameter that its template does not have.\n\nThe value would go nowhere. The parameters stand in the heading of the template, each with its default.";
}

/// A template of the project.
#[derive(Clone, Copy)]
pub(super) struct Template<'a> {
    pub line: Line<'a>,
    pub source: &'a Source,
    /// Its parameters, as far as they have values by default.
    defaults: &'a [Param<'a>],
}

/// A parameter, and what it is worth.
type Param<'a> = (&'a str, kdl::Value<'a>);

impl<'a> Template<'a> {
    /// Returns the template of a heading.
    pub fn of(line: Line<'a>, source: &'a Source, arena: &'a Bump) -> Template<'a> {
        let defaults: Vec<Param<'a>> = line.props().filter_map(param).collect();
        Template { line, source, defaults: arena.alloc_slice_copy(&defaults) }
    }

    fn body(&self) -> Span {
        let (start, end) = self.line.body();
        Span::new(self.line.name().file(), start, end)
    }
}

/// Returns what a parameter is worth, unless it could not be read.
fn param<'a>(prop: Prop<'a>) -> Option<Param<'a>> {
    let Prop { key, value } = prop;
    match value.data {
        Data::Raw(&Raw { annotation, datum }) => {
            Some((key.text, kdl::Value { annotation, datum, span: value.span }))
        }
        Data::Text(_)
        | Data::Number(_)
        | Data::Percent(_)
        | Data::Duration(_)
        | Data::Pattern(_)
        | Data::Broken => None,
    }
}

/// The templates of a project.
#[derive(Default)]
pub(super) struct Templates<'a> {
    pub list: Vec<Template<'a>>,
    /// The first of each name.
    by_name: HashMap<&'a str, usize>,
}

impl<'a> FromIterator<Template<'a>> for Templates<'a> {
    fn from_iter<I: IntoIterator<Item = Template<'a>>>(templates: I) -> Templates<'a> {
        let list: Vec<Template<'a>> = templates.into_iter().collect();
        let mut by_name = HashMap::with_capacity(list.len());
        for (index, template) in list.iter().enumerate() {
            if let Some(name) = template.line.text(0) {
                by_name.entry(name).or_insert(index);
            }
        }
        Templates { list, by_name }
    }
}

impl<'a> Templates<'a> {
    /// Returns the first template of that name.
    fn find(&self, name: &str) -> Option<&Template<'a>> {
        self.by_name.get(name).map(|&index| &self.list[index])
    }

    fn names(&self) -> impl Iterator<Item = &'a str> {
        self.list.iter().filter_map(|template| template.line.text(0))
    }
}

/// Reports what is wrong inside a template, whether it is used or not: its lines must make sense in some kind of block.
pub(super) fn check<'a>(templates: &Templates<'a>, layers: &mut Layers<'a, '_>) {
    for template in &templates.list {
        let first = template.line.text(0).and_then(|name| templates.find(name));
        if let Some(first) = first.filter(|first| !std::ptr::eq(*first, template)) {
            layers
                .out
                .report(&REPEATED_BLOCK, template.line.span)
                .says(format!("template `{}` is there already", template.line.text(0).unwrap_or("")))
                .also(first.line.span, "the first one")
                .help("give one of them another name");
        }
        let expanded = |place: Place, mut out: Diagnostics| {
            expand(template.source, template.body(), place, &[template.defaults], layers.arena, &mut out);
            out
        };
        let (mut fewest, mut fits) = (usize::MAX, Place::Service);
        for place in [Place::Service, Place::Ingress, Place::Egress] {
            let count = expanded(place, Diagnostics::unread()).as_slice().len();
            if count < fewest {
                (fewest, fits) = (count, place);
            }
            if count == 0 {
                break;
            }
        }
        if fewest > 0 {
            let found = expanded(fits, layers.out.aside());
            layers.out.append(found);
        }
    }
}

impl<'a> Layers<'a, '_> {
    /// Returns lines with those of the templates they use put under them.
    pub fn expand(
        &mut self,
        lines: &'a [Line<'a>],
        place: Place,
        templates: &Templates<'a>,
    ) -> &'a [Line<'a>] {
        if !lines.iter().any(|line| line.is("use")) {
            return lines;
        }
        let mut outer: &'a [Line<'a>] = &[];
        for used in lines.iter().filter(|line| line.is("use")) {
            let more = self.template(used, place, templates);
            outer = layers::levels(outer, more, self.arena);
        }
        let own: Vec<Line<'a>> = lines.iter().filter(|line| !line.is("use")).copied().collect();
        layers::levels(outer, self.arena.alloc_slice_copy(&own), self.arena)
    }

    fn template(&mut self, used: &Line<'a>, place: Place, templates: &Templates<'a>) -> &'a [Line<'a>] {
        let Some(name) = used.text(0) else { return &[] };
        let Some(template) = templates.find(name) else {
            let span = used.arg(0).map_or(used.span, |value| value.span);
            let near = self.out.nearest(name, templates.names());
            let found = self.out.report(&UNKNOWN_TEMPLATE, span);
            found
                .says(format!("no template is called `{name}`"))
                .because("none of the lines that it stands for would hold");
            match near {
                Some(near) => found.help(format!("did you mean `{near}`?")).fix(span, near),
                None => found.help(format!("declare it: template {name} {{ … }}")),
            };
            return &[];
        };
        // Most blocks use a template as it is, and it is read once for all of them.
        let known = used.props().is_empty().then_some((template.line.span, place));
        if let Some((lines, said)) = known.and_then(|known| self.expanded.get(&known)) {
            // What is wrong is told once; but of each block that uses it there is something to tell.
            said.iter().for_each(|said| self.out.repeat(*said));
            return lines;
        }
        let found = self.out.as_slice().len();
        let mut given: Vec<Param<'a>> = Vec::new();
        for prop in used.props() {
            if template.line.prop(prop.key.text).is_some() {
                given.extend(param(prop));
                continue;
            }
            let names: Vec<&str> = template.line.props().map(|prop| prop.key.text).collect();
            let near = self.out.nearest(prop.key.text, names.iter().copied());
            let found = self.out.report(&NO_SUCH_PARAMETER, prop.name().span);
            found.says(format!("template `{name}` has no parameter `{}`", prop.key.text));
            found.also(template.line.span, "declared here");
            match near {
                Some(near) => found.help(format!("did you mean `{near}=`?")).fix(prop.name().span, near),
                None => found.help(format!("its parameters are {}", list(&names))),
            };
        }
        let params = [&*self.arena.alloc_slice_copy(&given), template.defaults];
        let mut lines = expand(template.source, template.body(), place, &params, self.arena, self.out);
        if let Some(inner) = lines.iter().find(|line| line.is("use")) {
            self.out
                .report(&TEMPLATE_IN_TEMPLATE, inner.span)
                .says("a template cannot use another one")
                .help("write the lines out, or use both templates in the block");
            lines = &[];
        }
        let lines = self.block(lines, || format!("template {name}"));
        if let Some(known) = known {
            let said = (self.out.as_slice().len() > found).then_some(found);
            self.expanded.insert(known, (lines, said));
        }
        lines
    }
}
