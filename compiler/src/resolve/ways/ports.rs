//! Ports that tests ask about, in blocks that say on which ones they are called.

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::Line;

use crate::mesh::Port;
use crate::resolve::blocks::Block;

meshc_dialect::codes! {
    /// A test for a port on which no requests come in.
    NO_SUCH_PORT = error "no-such-port" "A `when` asks for a port on which no requests come in.\n\nIt would never hold, and what is behind it would be left out without a word. The port that counts is the one that is called, which a `port` line of the block says, with a protocol that shows requests: http, http2 or grpc.";
}

/// Reports tests of a service or egress for a port that it does not have.
pub(in super::super) fn check_ports(block: &Block<'_>, ports: &[Port<'_>], out: &mut Diagnostics) {
    let ways = block.lines.iter().filter(|line| matches!(line.word.name, "route" | "canary"));
    for test in ways.flat_map(|line| line.lines()).flat_map(tests) {
        let Some(asked) = test.arg(0).and_then(|value| value.number()) else { continue };
        let open: Vec<String> =
            ports.iter().filter(|port| port.protocol.is_http()).map(|port| port.number.to_string()).collect();
        if open.contains(&asked.to_string()) {
            continue;
        }
        out.report(&NO_SUCH_PORT, test.span)
            .says(format!("no requests come in on port {asked}"))
            .also(block.line.span, format!("they come in on {}", open.join(", ")))
            .because("this `when` would never hold, and nothing would go where its route says")
            .help(format!(
                "ask for a port that is there, or say that HTTP is spoken on this one: port {asked} http"
            ));
    }
}

/// Returns the tests for ports in a line of a route or canary, which is one itself, or a `when`.
fn tests<'l, 'a>(line: &'l Line<'a>) -> impl Iterator<Item = &'l Line<'a>> {
    let inside = if line.is("when") { line.lines() } else { &[] };
    std::iter::once(line).chain(inside).filter(|test| test.is("port"))
}
