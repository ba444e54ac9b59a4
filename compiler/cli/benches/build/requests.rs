//! Requests to the simulator, and the start of `meshc route`.
//!
//! Requests are counted by the processor's time of a process of its own: this machine may do other things meanwhile.

use std::fmt::Write;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use bumpalo::Bump;
use meshc_compiler::mesh::Client;
use meshc_compiler::project::Project;
use meshc_compiler::resolve;
use meshc_compiler::simulate::{Detail, Outcome, Request, Simulator};
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::sources::Sources;

use crate::project::Service;
use crate::run::{self, Cost};

/// Says that this process is there to send requests.
pub const SEND: &str = "--send";

/// How many routes the service has, without the last, which takes everything.
const ROUTES: usize = 100;

/// How many requests are counted.
const REQUESTS: u32 = 400_000;

/// Which routes requests are for.
#[derive(Clone, Copy)]
pub enum Taking {
    First,
    Each,
    Last,
}

impl Taking {
    pub const ALL: [Taking; 3] = [Taking::First, Taking::Each, Taking::Last];

    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Taking::First => "first",
            Taking::Each => "each",
            Taking::Last => "last",
        }
    }

    fn of(word: &str) -> Option<Taking> {
        Taking::ALL.into_iter().find(|taking| taking.word() == word)
    }

    fn route(self, request: u32) -> usize {
        match self {
            Taking::First => 0,
            Taking::Each => request as usize % (ROUTES + 1),
            Taking::Last => ROUTES,
        }
    }
}

/// Returns how many requests one core simulates in a second.
pub fn per_second(taking: Taking, runs: usize, output: &Path) -> io::Result<f64> {
    let program = std::env::current_exe()?;
    let sends = |count: u32| {
        run::median(runs, || {
            let mut send = Command::new(&program);
            run::command(send.arg(SEND).arg(taking.word()).arg(count.to_string()), output)
        })
    };
    let used = |cost: Cost| cost.child.map_or(Duration::ZERO, |child| child.user + child.sys);
    let (none, all) = (used(sends(0)?), used(sends(REQUESTS)?));
    Ok(f64::from(REQUESTS) / all.saturating_sub(none).as_secs_f64())
}

/// Asks `meshc route` what becomes of one request in a project.
pub fn route(dir: &Path, output: &Path) -> io::Result<Cost> {
    let service = Service(0);
    let url = format!("http://{}.{}/", service.name(), service.team());
    let mut route = Command::new(env!("CARGO_BIN_EXE_meshc"));
    run::command(route.arg("route").arg(url).arg(dir), output)
}

/// Sends what stands behind [`SEND`]: which requests, and how many.
pub fn send(args: &[String]) -> io::Result<()> {
    let what = match args {
        [taking, count] => Taking::of(taking).zip(count.parse().ok()),
        _ => None,
    };
    let Some((taking, count)) = what else { return Err(io::Error::other("no requests to send")) };
    let (sources, mut found) = (Sources::default(), Diagnostics::default());
    sources.add_bytes("mesh.kdl".into(), table().into_bytes(), &mut found);
    let arena = Bump::new();
    let project = Project::parse(&sources, &arena, &mut found);
    let mesh = resolve::resolve(&project, None, &arena, &mut found);
    if let Some(first) = found.into_sorted().first() {
        return Err(io::Error::other(format!("the table has problems: {}", first.message)));
    }
    let simulator = Simulator::new(&mesh, Detail::Outcome);
    let asked: Vec<Request<'_>> = (0..=ROUTES).map(request).collect();
    for number in 0..count {
        let route = taking.route(number);
        let trace = simulator.send(&asked[route]);
        let taken = trace.route.map(|taken| taken.index);
        if taken != Some(route) || !matches!(trace.outcome, Outcome::Routed(_)) {
            return Err(io::Error::other(format!("the request for route {route} took {taken:?}")));
        }
    }
    Ok(())
}

/// Returns a service with routes by path, header, query, method and expression.
fn table() -> String {
    let mut text = String::from("service shop {\n    port 80 http\n    version v1\n    version v2\n");
    for route in 0..ROUTES {
        let asks = match route % 5 {
            0 => format!("\"/api/v1/items-{route}/*\""),
            1 => format!("\"/api/v1/items-{route}\" {{ when {{ method GET HEAD }}; "),
            2 => format!("name=tenant-{route} {{ when {{ path \"/api/*\"; header x-tenant=t{route} }}; "),
            3 => format!("name=query-{route} {{ when {{ path \"/api/*\"; query page=p{route} }}; "),
            _ => format!("(regex)\"/api/v[0-9]+/items-{route}(/.*)?\""),
        };
        let opens = if asks.contains('{') { "" } else { " { " };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "    route {asks}{opens}timeout \"2s\"; to v2 }}");
    }
    text.push_str("    serve v1\n}\n");
    text
}

/// Returns a request that takes a route, and none before it.
fn request(route: usize) -> Request<'static> {
    let path = match (route == ROUTES, route % 5) {
        (true, _) => "/other?page=1".to_owned(),
        (false, 2) => "/api/v1/other".to_owned(),
        (false, 3) => format!("/api/v1/other?lang=en&page=p{route}"),
        (false, 1) => format!("/api/v1/items-{route}"),
        (false, _) => format!("/api/v1/items-{route}/7"),
    };
    let tenant = if route % 5 == 2 { format!("t{route}") } else { "none".to_owned() };
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let host = "shop.default.svc.cluster.local".to_owned();
    Request {
        client: Client::Sidecar { namespace: "default", labels: &[] },
        tls: false,
        host: host.clone(),
        port: 80,
        authority: host,
        method: "GET".to_owned(),
        path,
        headers: vec![
            header("user-agent", "curl/8.5.0"),
            header("accept", "*/*"),
            header("x-request-id", "6f1c8a52-6a5d-4b0c-9d3e-1f2a3b4c5d6e"),
            header("x-tenant", &tenant),
        ],
    }
}
