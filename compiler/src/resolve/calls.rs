//! Which services say whom they call.

use std::collections::HashMap;

use meshc_dialect::span::Span;

use super::{Resolved, hosts};

impl<'a> Resolved<'a> {
    /// Returns the hosts of services with those that each calls: an egress inside a service is its own dependency. Sorted.
    pub(crate) fn calls(&self) -> Vec<(&'a str, &'a str)> {
        let services = self.services.list.iter().map(|service| (service.block.line.span, service.host));
        let services: HashMap<Span, &'a str> = services.collect();
        let mut calls: Vec<(&'a str, &'a str)> = Vec::new();
        for (heading, block) in &self.blocks.own_egresses {
            let Some(from) = services.get(heading).copied() else { continue };
            calls.extend(hosts::own(block.line, block.lines).map(|to| (from, to)));
        }
        calls.sort_unstable();
        calls.dedup();
        calls
    }
}
