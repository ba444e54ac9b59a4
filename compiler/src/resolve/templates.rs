//! `template` and `use`: lines that many blocks share, with the values of their parameters put in.

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::kdl;
use meshc_dialect::kind::list;
use meshc_dialect::line::{Data, Line, Raw};
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
}

impl<'a> Template<'a> {
    fn body(&self) -> Span {
        let (start, end) = self.line.body;
        Span { file: self.line.name.file, start, end }
    }

    /// Returns the parameters with their defaults, where a `use` line says nothing else.
    fn params(&self, used: Option<&Line<'a>>) -> Vec<(&'a str, kdl::Value<'a>)> {
        let value = |prop: &meshc_dialect::line::Prop<'a>| {
            let given = used.and_then(|line| line.prop(prop.name.text)).unwrap_or(prop.value);
            match given.data {
                Data::Raw(&Raw { annotation, datum }) => {
                    Some((prop.name.text, kdl::Value { annotation, datum, span: given.span }))
                }
                Data::Text(_)
                | Data::Number(_)
                | Data::Percent(_)
                | Data::Duration(_)
                | Data::Pattern(_)
                | Data::Broken => None,
            }
        };
        self.line.props.iter().filter_map(value).collect()
    }
}

/// Reports what is wrong inside a template, whether it is used or not: its lines must make sense in some kind of block.
pub(super) fn check<'a>(templates: &[Template<'a>], layers: &mut Layers<'a, '_>) {
    for (index, template) in templates.iter().enumerate() {
        if let Some(first) = templates[..index].iter().find(|other| other.line.same(&template.line)) {
            layers
                .out
                .report(&REPEATED_BLOCK, template.line.span)
                .says(format!("template `{}` is there already", template.line.text(0).unwrap_or("")))
                .also(first.line.span, "the first one")
                .help("give one of them another name");
        }
        let tries = [Place::Service, Place::Ingress, Place::Egress].map(|place| {
            let mut out = Diagnostics::default();
            expand(template.source, template.body(), place, &template.params(None), layers.arena, &mut out);
            out
        });
        let fewest = tries.into_iter().min_by_key(|out| out.as_slice().len());
        layers.out.append(fewest.unwrap_or_default());
    }
}

impl<'a> Layers<'a, '_> {
    /// Returns lines with those of the templates they use put under them.
    pub fn expand(
        &mut self,
        lines: &'a [Line<'a>],
        place: Place,
        templates: &[Template<'a>],
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

    fn template(&mut self, used: &Line<'a>, place: Place, templates: &[Template<'a>]) -> &'a [Line<'a>] {
        let Some(name) = used.text(0) else { return &[] };
        let Some(template) = templates.iter().find(|template| template.line.text(0) == Some(name)) else {
            let span = used.arg(0).map_or(used.span, |value| value.span);
            let near = self.out.nearest(name, templates.iter().filter_map(|template| template.line.text(0)));
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
        for prop in used.props.iter().filter(|prop| template.line.prop(prop.name.text).is_none()) {
            let names: Vec<&str> = template.line.props.iter().map(|prop| prop.name.text).collect();
            let near = self.out.nearest(prop.name.text, names.iter().copied());
            let found = self.out.report(&NO_SUCH_PARAMETER, prop.name.span);
            found.says(format!("template `{name}` has no parameter `{}`", prop.name.text));
            found.also(template.line.span, "declared here");
            match near {
                Some(near) => found.help(format!("did you mean `{near}=`?")).fix(prop.name.span, near),
                None => found.help(format!("its parameters are {}", list(&names))),
            };
        }
        let lines = expand(
            template.source,
            template.body(),
            place,
            &template.params(Some(used)),
            self.arena,
            self.out,
        );
        if let Some(inner) = lines.iter().find(|line| line.is("use")) {
            self.out
                .report(&TEMPLATE_IN_TEMPLATE, inner.span)
                .says("a template cannot use another one")
                .help("write the lines out, or use both templates in the block");
            return &[];
        }
        self.block(lines, &format!("template {name}"))
    }
}
