//! What the lines of a block do that a reader would not expect.

use super::super::blocks::Block;
use super::super::traffic::Outcome;
use super::Teller;

impl<'a> Teller<'_, 'a> {
    /// Returns a sentence for each surprise.
    pub(super) fn remarks(&self, block: &Block<'a>) -> Vec<String> {
        let mut remarks = Vec::new();
        let said = |word: &str| block.find(word).is_some();
        if said("eject") && !said("failover") && !said("spread") {
            remarks.push("`eject` also turns on Istio's failover between localities: callers keep to pods of their own zone and region, and go to others when too few of those are healthy.".into());
        }
        if let Some(port) = opaque(block) {
            remarks.push(format!("{port} only the SNI name shows. Metrics are those of TCP: bytes and connections, no paths, no statuses, no latencies."));
        }
        if block.line.is("egress")
            && let Some(Outcome::Forward(leaves)) =
                self.table(block.line).last().map(|served| &served.outcome)
            && let Some(leaf) = leaves.first()
        {
            let name = self.resolved.services.list[leaf.service].name;
            remarks.push(format!("Requests for this host go to `{name}` and count as its own: its metrics show them, and its limits hold for them."));
        }
        if block.line.is("ingress") {
            let asks = |way: &super::super::ways::Way<'a>| way.asks_who();
            for served in self.table(block.line).iter().filter(|served| served.ways.iter().any(asks)) {
                remarks.push(format!(
                    "A `when` with `from` never holds at a gateway: it is left out of `{}`.",
                    served.name
                ));
            }
        }
        for (span, ours, theirs) in &self.resolved.told.left_out {
            let here = *span == block.line.span || block.all("route").any(|route| route.span == *span);
            if here {
                remarks.push(format!("`{ours}` and the route `{theirs}` that it follows have no request in common: nothing is written for it."));
            }
        }
        remarks.dedup();
        remarks
    }
}

/// Returns the port or the words that hide what is spoken, if any do.
fn opaque(block: &Block<'_>) -> Option<String> {
    let tls = block.find("tls").and_then(|line| line.text(0));
    if tls == Some("passthrough") {
        return Some("Under `tls passthrough`".into());
    }
    if let Some(port) = block.all("port").find(|port| port.text(1) == Some("tls")) {
        return Some(format!("On port {}", port.arg(0)?.number()?));
    }
    let plain = block.line.is("egress")
        && tls.is_none()
        && block.find("port").is_none()
        && block.find("to").is_none();
    plain.then(|| "On port 443".into())
}
