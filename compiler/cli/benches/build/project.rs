//! Projects of any size, as teams would write them.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::Path;

/// Far enough below what one file may have.
const MOST_BYTES: usize = 1_000_000;

/// What a project has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Blocks {
    /// Services, hosts outside at every tenth, and a host that people call for every hundred.
    All,
    /// Services alone.
    Services,
}

/// How a project is cut into files.
#[derive(Clone, Copy)]
pub enum Layout {
    /// Into as few as a file's limit lets it.
    Few,
    /// One for each service, in a folder for each team.
    One,
}

/// What was written.
#[derive(Default)]
pub struct Written {
    pub files: usize,
    pub bytes: usize,
}

/// A service, by its number.
#[derive(Clone, Copy)]
pub struct Service(pub usize);

impl Service {
    pub fn name(self) -> String {
        format!("s{:05}", self.0)
    }

    /// Returns its team, which is its namespace and its folder.
    pub fn team(self) -> String {
        format!("team-{:03}", self.0 / 50)
    }

    /// Returns the path of its file.
    pub fn path(self) -> String {
        format!("teams/{}/{}.kdl", self.team(), self.name())
    }

    pub fn canary_percent(self) -> usize {
        1 + self.0 % 50
    }
}

/// Writes a project into an empty folder.
pub fn write(dir: &Path, size: usize, blocks: Blocks, layout: Layout) -> io::Result<Written> {
    let mut written = Written::default();
    let mut file = |path: &str, text: &str| {
        written.files += 1;
        written.bytes += text.len();
        let path = dir.join(path);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, text)
    };
    file("mesh.kdl", MESH)?;
    let mut text = String::new();
    let mut parts = 0;
    for service in (0..size).map(Service) {
        text.push_str(&block(service, blocks));
        if blocks == Blocks::All && service.0 % 100 == 0 {
            text.push_str(&ingress(service, size));
        }
        match layout {
            Layout::One => file(&service.path(), &std::mem::take(&mut text))?,
            Layout::Few if text.len() > MOST_BYTES || service.0 + 1 == size => {
                file(&format!("services-{parts}.kdl"), &std::mem::take(&mut text))?;
                parts += 1;
            }
            Layout::Few => {}
        }
    }
    Ok(written)
}

const MESH: &str =
    "mesh bench { istio \"1.30\" }\ngateway public ingress { workload istio=ingressgateway }\n";

fn block(service: Service, blocks: Blocks) -> String {
    let egress = if blocks == Blocks::All && service.0.is_multiple_of(10) {
        format!("    egress api-{}.example.com {{ tls originate }}\n", service.0)
    } else {
        String::new()
    };
    format!(
        "service {} {{
    namespace {}
    port 8080 http
    version v1
    version v2
    serve v1
    canary v2 percent={} {{ header x-canary=always }}
    timeout \"5s\"
    retry 2 per-try=\"1s\" on=\"5xx,reset,connect-failure\"
    limit connections=100 pending=100 requests=1000
    eject after=5 every=\"10s\" for=\"30s\" max-percent=50
{egress}}}
",
        service.name(),
        service.team(),
        service.canary_percent(),
    )
}

/// Returns a host that goes to ten services.
fn ingress(first: Service, size: usize) -> String {
    let mut text = format!("ingress shop-{}.example.com {{\n    tls terminate secret=shop\n", first.0);
    for service in (first.0 + 1..size.min(first.0 + 10)).map(Service) {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "    route \"/{}/*\" {{ rewrite path=\"/\"; to {}.{} }}",
            service.name(),
            service.name(),
            service.team()
        );
    }
    let _ = writeln!(text, "    to {}.{}\n}}", first.name(), first.team());
    text
}
