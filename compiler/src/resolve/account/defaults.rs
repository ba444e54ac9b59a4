//! What holds where nothing was said: by this language, by Istio, by Envoy.

use meshc_dialect::line::Line;

use super::super::blocks::Block;
use super::Row;
use super::settings::shows_http;

/// Returns a row for each word that a block does not say and that matters at night.
pub(super) fn rows(block: &Block<'_>, follows: &[Row], mesh: &[Line<'_>]) -> Vec<Row> {
    let unsaid = |word: &str| block.find(word).is_none();
    let mut rows: Vec<&str> = Vec::new();
    let ingress = block.line.is("ingress");
    if ingress {
        gateway(block, &mut rows);
    }
    if block.line.is("egress") {
        outside(block, &mut rows);
    }
    let opaque = if ingress {
        block.find("tls").is_some_and(|line| line.text(0) == Some("passthrough"))
    } else {
        !shows_http(block) || (block.line.is("egress") && !opened(block))
    };
    if !opaque {
        let own = [
            ("timeout", "no timeout", "no timeout of its own: that of what it follows, if any"),
            (
                "retry",
                "retry 2, when no connection was made or the stream was refused (Istio's own)",
                "no retry of its own: that of what it follows, else Istio's 2 on failed connections",
            ),
        ];
        let own = own.iter().filter(|(word, ..)| unsaid(word));
        rows.extend(own.map(|(_, alone, following)| if follows.is_empty() { *alone } else { *following }));
    }
    // What is sent to a service of ours is treated as that one says.
    if !ingress && (block.line.is("service") || unsaid("to")) {
        let own = [
            ("balance", "balance least-request (Istio's own)"),
            ("limit", "no limits (Istio lifts Envoy's); connect-timeout=\"10s\""),
            ("eject", "no eject: a pod that fails keeps getting requests"),
        ];
        rows.extend(
            own.iter()
                .filter(|(word, _)| unsaid(word) && (*word != "balance" || !dialled(block)))
                .map(|(_, text)| text),
        );
    }
    if block.line.is("service") && unsaid("mtls") && !mesh.iter().any(|line| line.is("mtls")) {
        rows.push("mtls auto: encrypted where both sides have a sidecar");
    }
    rows.into_iter().map(|text| Row::new(0, text)).collect()
}

fn gateway(block: &Block<'_>, rows: &mut Vec<&str>) {
    let tls = block.find("tls");
    if block.line.prop("under").is_some() {
        return;
    }
    if block.find("gateway").is_none() {
        rows.push("the only ingress gateway");
    }
    match tls.and_then(|line| line.text(0)) {
        None if block.find("port").is_none() => rows.push("port 80, in plain HTTP: no `tls` was said"),
        Some("terminate" | "mutual") => {
            if tls.is_some_and(|line| line.prop("min").is_none()) {
                rows.push("min=\"1.2\": no older TLS");
            }
            if block.find("http").is_none() {
                rows.push("http redirect: port 80 sends callers to HTTPS");
            }
        }
        Some(_) | None => {}
    }
}

fn outside(block: &Block<'_>, rows: &mut Vec<&str>) {
    if block.find("port").is_none() {
        rows.push(if opened(block) {
            "port 80 http on the side of the application"
        } else {
            "port 443 tls: HTTPS of the application's own"
        });
    }
    if block.find("to").is_none() && block.find("via").is_none() {
        rows.push("goes straight out, not through an egress gateway");
    }
}

/// Tells whether requests go to the address that the application found itself.
fn dialled(block: &Block<'_>) -> bool {
    let wildcard = block.line.args().filter_map(|value| value.text()).any(|host| host.starts_with('*'));
    wildcard && block.find("address").is_none()
}

/// Tells whether proxies see the HTTP that goes to a host outside.
fn opened(block: &Block<'_>) -> bool {
    let tls = block.find("tls").and_then(|line| line.text(0));
    matches!(tls, Some("originate" | "mutual"))
        || block.find("to").is_some()
        || (block.find("port").is_some() && shows_http(block))
}
