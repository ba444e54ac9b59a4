//! What would cut off streams: limits that nobody wrote for the block that has them.

use meshc_dialect::diagnostic::{Diagnostic, Diagnostics};
use meshc_dialect::line::Line;
use meshc_dialect::span::Span;

use super::blocks::{Block, find};
use super::context::Context;
use super::service::means_nothing;
use super::traffic::{Outcome, Served, Traffic};
use crate::mesh::{Port, Protocol};

meshc_dialect::codes! {
    /// A timeout that a stream would hit.
    TIMEOUT_ON_STREAM = warning "timeout-on-stream" "An inherited timeout holds on a grpc port.\n\nStreams have no end, so the timeout would cut them off in the middle. If this service streams, say `timeout off` and `retry 0`; else say the timeout on the service itself.";
}

/// Reports what a block with a grpc port inherits that would cut off streams.
pub(super) fn check(name: &str, block: &Block<'_>, ports: &[Port<'_>], out: &mut Diagnostics) {
    let mut grpc = ports.iter().filter(|port| port.protocol == Protocol::Grpc).peekable();
    if grpc.peek().is_none() {
        return;
    }
    let grpc: Vec<u16> = grpc.map(|port| port.number).collect();
    if let Some(line) = block.find("timeout")
        && !block.wrote(line)
        && !means_nothing(line)
        && !grpc.iter().all(|port| says_for(block, *port, "timeout"))
    {
        report(block.line.span, format!("`{name}` speaks grpc and inherits a timeout"), line.span, out)
            .help("say `timeout off`, or the timeout that is meant");
    }
    if let Some(line) = block.find("retry")
        && let Some(limit) = line.prop("per-try")
        && !wrote_limit(block)
        && !means_nothing(line)
        && !grpc.iter().all(|port| says_for(block, *port, "retry"))
    {
        let (what, from) = match block.wrote(line) {
            false => ("a retry", line.span),
            true => ("the `per-try` of its retry", limit.span),
        };
        report(block.line.span, format!("`{name}` speaks grpc and inherits {what}"), from, out)
            .help("say `retry 0`, or the retry that is meant, with its `per-try`");
    }
}

/// Reports what an ingress or egress takes over from its defaults for a service that speaks grpc and says nothing of it.
pub(super) fn check_followed(block: &Traffic<'_>, table: &[Served<'_>], ctx: &mut Context<'_, '_>) {
    for word in ["timeout", "retry"] {
        let Some(line) = find(block.weak, word) else { continue };
        let limits = word == "timeout" || line.prop("per-try").is_some();
        let holds = |served: &&Served<'_>| {
            let own = if word == "timeout" { served.handling.timeout } else { served.handling.retry };
            own.is_some_and(|own| own.span == line.span) && is_grpc(served, ctx)
        };
        if limits
            && !means_nothing(line)
            && let Some(served) = table.iter().find(holds)
        {
            let span = if served.span == line.span { block.heading.span } else { served.span };
            let says = format!("this goes to a service that speaks grpc, and inherits a {word}");
            report(span, says, line.span, ctx.out).help(match word {
                "timeout" => "say `timeout off`, here or in the service, or the timeout that is meant",
                _ => "say `retry 0`, here or in the service, or the retry that is meant",
            });
        }
    }
}

/// Reports what would cut off streams, and where that comes from.
fn report(at: Span, says: String, from: Span, out: &mut Diagnostics) -> &mut Diagnostic {
    out.report(&TIMEOUT_ON_STREAM, at)
        .says(says)
        .also(from, "inherited from here")
        .because("a stream has no end: it would be cut off in the middle")
}

fn is_grpc(served: &Served<'_>, ctx: &Context<'_, '_>) -> bool {
    let Outcome::Forward(leaves) = served.outcome else { return false };
    leaves.iter().any(|leaf| {
        let ports = ctx.services.list[leaf.service].ports;
        let mut called = ports.iter().filter(|port| leaf.port.is_none_or(|number| port.number == number));
        called.next().is_some_and(|port| port.protocol == Protocol::Grpc)
    })
}

/// Tells whether a block itself says how long one try may take.
fn wrote_limit(block: &Block<'_>) -> bool {
    block.line.lines().iter().any(|own| own.is("retry") && own.prop("per-try").is_some())
}

/// Tells whether a route for all requests to a port says a word of its own.
fn says_for(block: &Block<'_>, port: u16, word: &str) -> bool {
    let whole = |when: &Line<'_>| {
        let asked = |test: &Line<'_>| {
            test.is("port") && test.arg(0).and_then(|value| value.number()) == Some(port.into())
        };
        when.is("when") && matches!(when.lines(), [only] if asked(only))
    };
    let routes = block.all("route").filter(|route| route.args().is_empty());
    routes.filter(|route| find(route.lines(), word).is_some()).any(|route| route.lines().iter().any(whole))
}
