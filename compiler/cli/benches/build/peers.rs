//! A template that renders the same YAML: what people use who have no compiler.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::project::Service;
use crate::run::{self, Cost};

/// The renderer.
const NAME: &str = "minijinja-cli";

/// Returns the renderer: that of the machine, or the one below target/, which is installed if that is wanted.
pub fn find(install: bool) -> io::Result<Option<PathBuf>> {
    let works = |path: &Path| {
        let run = Command::new(path).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        run.is_ok_and(|status| status.success())
    };
    // The temporary folder of a target stands directly below it.
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("bench-tools");
    let own = root.join("bin").join(NAME);
    if works(Path::new(NAME)) {
        return Ok(Some(NAME.into()));
    }
    if !works(&own) && install {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo).args(["install", NAME, "--locked", "--root"]).arg(&root).status()?;
        if !status.success() {
            return Err(io::Error::other(format!("{NAME} cannot be installed: {status}")));
        }
    }
    Ok(works(&own).then_some(own))
}

/// Renders the YAML of a project of services.
pub fn render(renderer: &Path, dir: &Path, size: usize, output: &Path, runs: usize) -> io::Result<Cost> {
    let (template, data) = (dir.join("istio.yaml.j2"), dir.join("values.json"));
    fs::write(&template, TEMPLATE)?;
    fs::write(&data, values(size))?;
    run::median(runs, || {
        run::command(Command::new(renderer).args(["--autoescape", "none"]).arg(&template).arg(&data), output)
    })
}

fn values(size: usize) -> String {
    let mut text = String::from("{\"services\":[");
    for service in (0..size).map(Service) {
        let comma = if service.0 == 0 { "" } else { "," };
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "{comma}{{\"name\":\"{}\",\"team\":\"{}\",\"path\":\"{}\",\"percent\":{}}}",
            service.name(),
            service.team(),
            service.path(),
            service.canary_percent()
        );
    }
    text.push_str("]}");
    text
}

const TEMPLATE: &str = include_str!("istio.yaml.j2");
