//! Two teams, one host: paths that the owner grants, and the blocks that fill them.

use meshc_dialect::line::{Line, Pattern};

use super::super::blocks::Block;
use super::super::context::Context;
use super::super::traffic::{Outcome, Part, Served, Traffic, traffic};
use super::super::ways::{Way, covers, path_covers};
use super::super::{headers, http_words, lower, show, ways};
use super::listen::Listener;
use crate::mesh::{Action, HttpRoute, Respond};

meshc_dialect::codes! {
    /// A path that nobody fills.
    NOT_FILLED = error(absence) "not-filled" "A path is granted to another team, and nobody fills it.\n\nThe owner says `route \"/ads/*\" { delegate ads }`; a block in that namespace fills it: `ingress shop.example.com under=\"/ads/*\" { namespace ads; to ads }`. Without one, requests for the path would get a 404.";
    /// A path that nobody granted.
    NOT_GRANTED = error(absence) "not-granted" "A block fills a path of a host that nobody granted to its namespace.\n\nOtherwise anyone could take over paths of another team's host. The owner of the host grants it, in place and in order: `route \"/ads/*\" { delegate ads }`, where `ads` is the namespace of the block that fills it.";
    /// More than the grant.
    OUTSIDE_GRANT = error "outside-grant" "A block that fills a path says something about the rest of the host.\n\nIt has routes below the granted path, `to`, and the words about requests. Host, gateways, ports and TLS are the owner's, and so are all other paths.";
    /// A grant that is more than a path.
    ODD_GRANT = error "odd-grant" "A grant is a path of an ingress, and nothing else.\n\n`delegate` stands in a route of the ingress that owns the host, and the route has paths only. Whoever fills it says which of those requests go where; they cannot pass it on.";
}

/// A block that fills a path of another block's host.
pub(super) struct Filler<'a> {
    block: Block<'a>,
    host: &'a str,
    /// None is the whole host.
    under: Option<Pattern<'a>>,
    asked_for: bool,
}

/// A route of a host, wherever it was written.
pub(super) enum Row<'a> {
    /// As a block says it.
    Served(Served<'a>),
    /// What is left of a granted path for which its block says nothing: it does not fall to the owner's next route.
    Left(Left<'a>),
}

/// What is left of a granted path.
pub(super) struct Left<'a> {
    name: &'a str,
    way: Way<'a>,
    /// What the owner says about headers.
    headers: &'a [&'a Line<'a>],
}

impl<'a> Filler<'a> {
    /// Returns a block as what fills a path, if it does.
    pub fn new(block: Block<'a>) -> Option<Filler<'a>> {
        let under = block.line.prop("under")?.pattern()?;
        let host = block.line.text(0)?;
        Some(Filler { block, host, under: path(under), asked_for: false })
    }
}

impl<'a> Row<'a> {
    /// Does the same, but for the routes, which nobody keeps.
    pub fn check(&self, at: lower::At<'a>, ctx: &mut Context<'a, '_>) {
        match self {
            Row::Served(served) => lower::check(served, at, ctx),
            Row::Left(_) => self.lower(at, &mut Vec::new(), ctx),
        }
    }

    /// Adds the routes as the mesh has them.
    pub fn lower(&self, at: lower::At<'a>, routes: &mut Vec<HttpRoute<'a>>, ctx: &mut Context<'a, '_>) {
        match self {
            Row::Served(served) => lower::http(served, at, routes, ctx),
            Row::Left(Left { name, way, headers }) => routes.push(HttpRoute {
                name,
                ways: ways::lower(way, ctx.arena).into_iter().map(|(way, _)| way).collect(),
                action: Action::Respond(Respond { status: 404, body: None }),
                headers: headers::read(headers, ctx.out),
                cors: None,
            }),
        }
    }
}

/// All paths are one pattern, which no proxy has to test.
fn path(pattern: Pattern<'_>) -> Option<Pattern<'_>> {
    (pattern != Pattern::Below("")).then_some(pattern)
}

/// Returns the routes of a host, with those of other teams in the places that were granted to them.
pub(super) fn fill<'a>(
    table: &[Served<'a>],
    (owner, hosts, listeners): (&Block<'a>, &[&str], &[Listener<'a>]),
    fillers: &mut [Filler<'a>],
    ctx: &mut Context<'a, '_>,
) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for served in table {
        let Outcome::Delegate(namespace, line) = served.outcome else {
            rows.push(Row::Served(*served));
            continue;
        };
        for way in served.ways {
            if *way != (Way { path: way.path, ..Way::default() }) {
                ctx.out
                    .report(&ODD_GRANT, line.span)
                    .says("this grant is more than a path")
                    .also(served.span, "this route has a `when`")
                    .because("the other team could not see which requests are theirs")
                    .help("grant the whole path; they say `when` in routes of their own");
                break;
            }
            let found = fillers
                .iter_mut()
                .find(|filler| Some(filler.host) == owner.line.text(0) && filler.under == way.path);
            let Some(filler) = found else {
                not_filled(owner, namespace, line, way, fillers, ctx);
                continue;
            };
            filler.asked_for = true;
            if filler.block.namespace != namespace {
                ctx.out
                    .report(&NOT_GRANTED, filler.block.line.span)
                    .says(format!(
                        "this path is granted to `{namespace}`, and this block is in `{}`",
                        filler.block.namespace
                    ))
                    .also(line.span, "granted here")
                    .help(format!("say `namespace {namespace}`, or ask the owner of the host"));
                continue;
            }
            let filled = routes(filler, (hosts, listeners), ctx);
            rows.extend(placed(filled, served, way, ctx));
        }
    }
    rows
}

fn not_filled<'a>(
    owner: &Block<'a>,
    namespace: &str,
    line: &Line<'a>,
    way: &Way<'a>,
    fillers: &[Filler<'a>],
    ctx: &mut Context<'a, '_>,
) {
    let host = owner.line.text(0).unwrap_or("");
    let under = written(way.path);
    let found = ctx.out.report(&NOT_FILLED, line.span);
    found.says(format!("nobody fills `{under}` of `{host}`"));
    for other in fillers.iter().filter(|filler| filler.host == host && filler.block.namespace == namespace) {
        found.also(other.block.line.span, format!("this one fills `{}`", written(other.under)));
    }
    found
        .because("requests for it would get a 404")
        .help(format!("write, in namespace {namespace}: ingress {host} under=\"{under}\" {{ to SERVICE }}"));
}

fn written(path: Option<Pattern<'_>>) -> String {
    path.map_or_else(|| "/*".to_owned(), show::pattern)
}

/// Returns the routes of a block that fills a path, as they stand in the place of the grant.
fn placed<'a>(
    table: &[Served<'a>],
    grant: &Served<'a>,
    way: &Way<'a>,
    ctx: &mut Context<'a, '_>,
) -> Vec<Row<'a>> {
    let all = |served: &Served<'a>| served.ways.iter().any(|taken| covers(taken, way));
    let rest = table.iter().any(|served| served.part == Part::Rest || all(served));
    let mut rows = Vec::new();
    for served in table {
        let name = match served.part {
            Part::Rest => grant.name,
            Part::Route | Part::Canary => ctx.arena.alloc_str(&format!("{}-{}", grant.name, served.name)),
        };
        let handling = served.handling.over(&grant.handling, ctx.arena);
        rows.push(Row::Served(Served { name, handling, ..*served }));
    }
    if !rest {
        let headers = grant.handling.headers;
        let name = ctx.arena.alloc_str(&format!("{}-rest", grant.name));
        rows.push(Row::Left(Left { name, way: *way, headers }));
    }
    rows
}

/// Returns the routes of a block that fills a path.
fn routes<'a>(
    filler: &Filler<'a>,
    (hosts, listeners): (&[&str], &[Listener<'a>]),
    ctx: &mut Context<'a, '_>,
) -> &'a [Served<'a>] {
    let block = &filler.block;
    http_words::check(block, ctx.out);
    outside(filler, ctx);
    super::check_routes(block, (hosts, listeners), ctx);
    super::destination(block, ctx);
    traffic(Traffic { under: filler.under, ..super::as_traffic(block) }, ctx)
}

/// Reports what the block of another team cannot say about a host.
fn outside<'a>(filler: &Filler<'a>, ctx: &mut Context<'a, '_>) {
    let block = &filler.block;
    let owners = |line: &&Line<'a>| matches!(line.word.name, "gateway" | "host" | "port" | "tls" | "http");
    for line in block.line.lines().iter().filter(owners) {
        ctx.out
            .report(&OUTSIDE_GRANT, line.span)
            .says(format!("`{}` is for the owner of the host to say", line.word.name))
            .also(block.line.span, "this block fills a path only")
            .help("take it out");
    }
    if let Some(second) = block.line.arg(1) {
        ctx.out
            .report(&OUTSIDE_GRANT, second.span)
            .says("a block that fills a path names one host")
            .because("its routes stand where the owner's block has them, whatever hosts that has")
            .help("name the first host of the owner's heading");
    }
    if let Some(prop) = block.line.props().find(|prop| prop.key.text == "as") {
        ctx.out
            .report(&OUTSIDE_GRANT, prop.name().span.to(prop.value.span))
            .says("this block makes no object of its own, so there is nothing to name")
            .because("its routes stand in the object of the owner of the host")
            .help("take it out");
    }
    let grant = written(filler.under);
    for route in block.all("route") {
        let whens = route.lines().iter().filter(|line| line.is("when")).flat_map(|when| when.lines());
        let paths = whens.filter(|test| test.is("path")).flat_map(|test| test.args());
        for value in route.args().chain(paths) {
            let Some(pattern) = value.pattern() else { continue };
            if path_covers(filler.under, path(pattern)) {
                continue;
            }
            ctx.out
                .report(&OUTSIDE_GRANT, value.span)
                .says(format!("`{}` is not below `{grant}`", show::pattern(pattern)))
                .also(block.line.span, "this is what was granted")
                .because("the path belongs to the owner of the host, and this route would never be reached")
                .help(format!("write the whole path, below `{grant}`"));
        }
    }
}

fn grants(owner: &Block<'_>, filler: &Filler<'_>) -> bool {
    let delegates = |route: &&Line<'_>| route.lines().iter().any(|line| line.is("delegate"));
    let mut paths = owner.all("route").filter(delegates).flat_map(|route| route.args());
    paths.any(|value| value.pattern().is_some_and(|pattern| path(pattern) == filler.under))
}

/// Reports blocks that fill a path which nobody granted.
pub(super) fn left_over<'a>(fillers: &[Filler<'a>], owners: &[&Block<'a>], ctx: &mut Context<'a, '_>) {
    for filler in fillers.iter().filter(|filler| !filler.asked_for) {
        // What else is wrong with it can be mended at the same time.
        routes(filler, (&[], &[]), ctx);
        let (host, under) = (filler.host, written(filler.under));
        let is = |owner: &&&Block<'a>| owner.line.args().any(|value| value.text() == Some(host));
        let owner = owners.iter().find(is);
        // A grant that could not be read further is no reason to complain here.
        if owner.is_some_and(|owner| grants(owner, filler)) {
            continue;
        }
        let found = ctx.out.report(&NOT_GRANTED, filler.block.line.span);
        match owner.map(|owner| (owner, owner.line.text(0).unwrap_or(host))) {
            Some((owner, first)) if first != host => {
                found
                    .says(format!("the block of `{host}` is known by its first host"))
                    .also(owner.line.span, "this one")
                    .help(format!("write: ingress {first} under=\"{under}\" {{ … }}"));
            }
            Some((owner, _)) => {
                found
                    .says(format!("nobody granted `{under}` of `{host}`"))
                    .also(owner.line.span, "the owner of the host")
                    .help(format!(
                        "ask the owner for: route \"{under}\" {{ delegate {} }}",
                        filler.block.namespace
                    ));
            }
            None => {
                found
                    .says(format!("no ingress owns `{host}`"))
                    .because("only the owner of a host says at which gateway it is served")
                    .help(format!("write an `ingress {host}` with a route that grants the path, or leave `under` out to own it"));
            }
        }
    }
}
