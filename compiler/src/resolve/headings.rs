//! Headings of ingresses and egresses: each host with the name that it goes by in one environment.

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::Value;
use meshc_dialect::span::Span;

use super::blocks::Block;

meshc_dialect::codes! {
    /// Hosts that do not fit the heading.
    ODD_HOST = error "odd-host" "The `host` line or the name of an ingress or egress does not fit its heading.\n\n`host` says the real host where it differs by environment: one for each host of the heading, in their order. `as=` names the objects of one host: a block of several hosts has several names.";
}

/// A host of a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heading<'a> {
    /// As the heading has it: what the block is known by, and its objects are named after.
    pub heading: &'a str,
    /// Where.
    pub span: Span,
    /// The real one.
    pub host: &'a str,
    /// Where that is written.
    pub place: Span,
}

/// Returns the hosts of a block, reporting real ones that do not fit its heading, or a name for all of them.
pub(super) fn headings<'a>(block: &Block<'a>, out: &mut Diagnostics) -> Option<Vec<Heading<'a>>> {
    let named = block.line.args();
    if let Some(name) = block.line.prop("as").filter(|_| named.len() > 1) {
        out.report(&ODD_HOST, name.span)
            .says("one name for the objects of several hosts")
            .because("each host has objects of its own, and the second would replace the first")
            .help("give each host a block of its own, or take `as=` out");
    }
    let line = block.find("host");
    if let Some(line) = line.filter(|line| line.args().len() != named.len()) {
        out.report(&ODD_HOST, line.span)
            .says(match named.len() {
                1 => format!("the heading has one host, and this names {}", line.args().len()),
                many => format!("the heading has {many} hosts, and this names {}", line.args().len()),
            })
            .also(block.line.span, "the heading")
            .because("nobody could say which of them is which")
            .help("write one for each host of the heading, in their order");
        return None;
    }
    let real = line.unwrap_or(block.line).args();
    let read = |(heading, real): (Value<'a>, Value<'a>)| {
        Some(Heading { heading: heading.text()?, span: heading.span, host: real.text()?, place: real.span })
    };
    Some(named.zip(real).filter_map(read).collect())
}
