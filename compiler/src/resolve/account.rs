//! Accounts: all that holds for a service or a host, each value with the place that it came from.
//!
//! An account is made of rows, so that whoever shows it need not know the language.

mod defaults;
mod origin;
mod remarks;
mod routes;
mod settings;

use meshc_dialect::line::Line;
use meshc_dialect::sources::Sources;
use meshc_dialect::span::Span;

use super::blocks::Block;
use super::traffic::Served;
use super::{Resolved, hosts};
use crate::project::Project;

/// Everything about one service, ingress or egress.
#[derive(PartialEq, Eq)]
pub(crate) struct Account<'a> {
    /// What it is: `service`, `ingress` or `egress`.
    pub word: &'a str,
    /// What it is called.
    pub name: String,
    /// Its namespace.
    pub namespace: &'a str,
    /// Its heading.
    pub heading: Span,
    /// The hosts that stand for it in objects.
    pub hosts: Vec<&'a str>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Where it gets what holds for it.
    pub sections: Vec<Section>,
    /// What a reader of its lines would not expect.
    pub remarks: Vec<String>,
}

/// Some rows under a title.
#[derive(PartialEq, Eq)]
pub(crate) struct Section {
    /// The title.
    pub title: &'static str,
    /// The rows; never none.
    pub rows: Vec<Row>,
}

/// One thing that holds.
#[derive(PartialEq, Eq)]
pub(crate) struct Row {
    /// How far it is indented.
    pub depth: usize,
    /// What holds.
    pub text: String,
    /// Where it was written.
    pub place: Option<Span>,
    /// Which level said it, where that is not the block itself.
    pub level: String,
}

impl Row {
    fn new(depth: usize, text: impl Into<String>) -> Row {
        Row { depth, text: text.into(), place: None, level: String::new() }
    }

    fn at(self, span: Span) -> Row {
        Row { place: Some(span), ..self }
    }
}

/// What accounts are made from.
struct Teller<'r, 'a> {
    resolved: &'r Resolved<'a>,
    project: &'r Project<'a>,
    sources: &'r Sources,
}

/// Returns the accounts of all that goes by a name: a service, or a host that people call or that we call.
pub(crate) fn accounts<'a>(
    name: &str,
    resolved: &Resolved<'a>,
    project: &Project<'a>,
    sources: &Sources,
) -> Vec<Account<'a>> {
    let teller = Teller { resolved, project, sources };
    let blocks = teller.blocks();
    let exact: Vec<&Block<'a>> = blocks.iter().filter(|block| goes_by(block, name, resolved)).collect();
    // A host that nobody names is what a wildcard above it says.
    let found = if exact.is_empty() {
        blocks
            .iter()
            .filter(|block| hosts_of(block, resolved).iter().any(|host| hosts::below(name, host)))
            .collect()
    } else {
        exact
    };
    found.into_iter().map(|block| teller.account(block)).collect()
}

/// Returns every name that has an account.
pub(crate) fn names_of<'a>(
    resolved: &Resolved<'a>,
    project: &Project<'a>,
    sources: &Sources,
) -> Vec<&'a str> {
    let teller = Teller { resolved, project, sources };
    let blocks = teller.blocks();
    blocks.iter().flat_map(|block| block.line.args()).filter_map(|value| value.text()).collect()
}

fn goes_by(block: &Block<'_>, name: &str, resolved: &Resolved<'_>) -> bool {
    let own = block.line.text(0).unwrap_or("");
    let heading = block.line.args().any(|value| value.text() == Some(name));
    let service = block.line.is("service")
        && name.strip_prefix(own).is_some_and(|rest| rest.strip_prefix('.') == Some(block.namespace));
    heading || service || hosts_of(block, resolved).contains(&name)
}

/// Returns the hosts that stand for a block in objects.
fn hosts_of<'a>(block: &Block<'a>, resolved: &Resolved<'a>) -> Vec<&'a str> {
    let service = resolved.services.list.iter().find(|service| service.block.line.span == block.line.span);
    match service {
        Some(service) => vec![service.host],
        None => hosts::own(block.line, block.lines).collect(),
    }
}

impl<'a> Teller<'_, 'a> {
    /// Returns the blocks that have an account, those inside services too.
    fn blocks(&self) -> Vec<Block<'a>> {
        let blocks = &self.resolved.blocks;
        let all = blocks.services.iter().copied().chain(&blocks.ingresses).chain(&blocks.egresses);
        all.copied().chain(blocks.own_egresses.iter().map(|(_, own)| *own)).collect()
    }

    fn account(&self, block: &Block<'a>) -> Account<'a> {
        let names: Vec<&str> = block.line.args().filter_map(|value| value.text()).collect();
        let owner = block.owner.map(|owner| {
            let ways = [("slack", owner.slack), ("runbook", owner.runbook), ("pager", owner.pager)];
            let said = ways.iter().filter_map(|(way, text)| text.map(|text| format!(", {way} {text}")));
            format!("{}{}", owner.team, said.collect::<String>())
        });
        let follows = self.follows(block);
        let built_in = defaults::rows(block, &follows, self.resolved.blocks.mesh);
        let all = [
            ("Settings", self.settings(block)),
            ("Built in, because nothing was said", built_in),
            ("Routes, tried top to bottom", self.routes(block)),
            ("Follows", follows),
            ("Calls", self.calls(block)),
            ("Called by", self.callers(block)),
        ];
        let sections = all.into_iter().filter(|(_, rows)| !rows.is_empty());
        Account {
            word: block.line.word.name,
            name: names.join(" "),
            namespace: block.namespace,
            heading: block.line.span,
            hosts: hosts_of(block, self.resolved),
            owner,
            sections: sections.map(|(title, rows)| Section { title, rows }).collect(),
            remarks: self.remarks(block),
        }
    }

    /// Returns the routes of a block.
    fn table(&self, block: &Line<'a>) -> &[Served<'a>] {
        let mut tables = self.resolved.tables();
        tables.find(|(heading, _)| *heading == block.span).map_or(&[], |(_, table)| table)
    }

    /// Returns the text of a place as it was written, on one line.
    fn text(&self, span: Span) -> String {
        self.sources.text(span).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Returns what a heading says: `service reviews`.
fn title(line: &Line<'_>) -> String {
    let names = line.args().filter_map(|value| value.text());
    [line.word.name].into_iter().chain(names).collect::<Vec<_>>().join(" ")
}
