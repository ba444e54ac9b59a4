//! What every part of `resolve` has at hand.

use std::collections::BTreeSet;
use std::rc::Rc;

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::span::Span;

use super::Told;
use super::gateways::Door;
use super::names::Services;
use super::setup::Setup;
use super::traffic::{FOLLOWS_ITSELF, Served};
use crate::mesh::{Binding, Gateway, Host, Opaque, Policy};

/// What every part of `resolve` has at hand.
pub(super) struct Context<'a, 'd> {
    pub setup: Setup<'a>,
    pub arena: &'a Bump,
    pub out: &'d mut Diagnostics,
    /// Where to keep what a mesh does not say, if anybody asks.
    pub told: Option<Told<'a>>,
    pub services: Services<'a>,
    /// How each service is served, once that has been asked.
    pub tables: Vec<Table<'a>>,
    /// Of which services the shares of connections are being found out.
    pub sharing: Vec<bool>,
    /// For each service, the namespaces of gateways that send requests to it.
    pub routed: Vec<BTreeSet<&'a str>>,
    /// The declared gateways, in the order of `gateways`.
    pub doors: Vec<Door<'a>>,
    /// What has been found out about the mesh so far.
    pub hosts: Vec<Host<'a>>,
    pub bindings: Vec<Binding<'a>>,
    pub policies: Vec<Policy<'a>>,
    pub gateways: Vec<Gateway<'a>>,
    pub opaque: Vec<Opaque<'a>>,
}

/// How a service is served.
#[derive(Clone)]
pub(super) enum Table<'a> {
    /// Nobody has asked.
    Unknown,
    /// It is being found out.
    Pending,
    /// So.
    Is(Rc<Vec<Served<'a>>>),
}

impl<'a> Context<'a, '_> {
    /// Returns how a service is served, or nothing where services follow each other in a circle.
    pub fn served(&mut self, service: usize, asked_at: Span) -> Option<Rc<Vec<Served<'a>>>> {
        match &self.tables[service] {
            Table::Is(table) => Some(Rc::clone(table)),
            Table::Pending => {
                let service = &self.services.list[service];
                self.out
                    .report(&FOLLOWS_ITSELF, asked_at)
                    .says(format!("`{}` is served by a service that it serves itself", service.name))
                    .also(service.block.line.span, "the circle closes here")
                    .because("there is no end to follow")
                    .help("name a version somewhere on the way: to reviews@v2");
                None
            }
            Table::Unknown => {
                self.tables[service] = Table::Pending;
                let table = Rc::new(super::service::table(service, self));
                self.tables[service] = Table::Is(Rc::clone(&table));
                Some(table)
            }
        }
    }
}
