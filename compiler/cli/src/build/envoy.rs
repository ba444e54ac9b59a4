//! `meshc build --target envoy`: the files that it reads, and what is wrong with them.

mod admin;
mod folder;

use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use meshc_compiler::envoy::{self, Bootstrap, Endpoints, Options, Proxy, Refusal};
use meshc_compiler::mesh::Mesh;
use meshc_compiler::yaml;
use meshc_dialect::sources::MAX_BYTES;
use meshc_dialect::suggest::nearest;

use super::spelled;
use crate::Outcome;
use crate::args::build::{Build, Envoy, Format, Target};
use crate::terminal::{Terminal, print};

/// Where most systems keep the CAs that they believe.
const SYSTEM_CA: &str = "/etc/ssl/certs/ca-certificates.crt";

/// The file of a folder of certificates that stands for them.
const OWN_CA: &str = "ca-certificates.crt";

/// Refuses arguments that say nothing together.
pub fn check(args: &Build) -> anyhow::Result<()> {
    let Envoy { proxy, endpoints, certs, locality, xds, admin } = &args.envoy;
    match args.target {
        Target::Istio => {
            let said = [
                ("--xds", xds.is_some()),
                ("--admin", admin.is_some()),
                ("--for", proxy.is_some()),
                ("--endpoints", endpoints.is_some()),
                ("--certs", certs.is_some()),
                ("--locality", locality.is_some()),
            ];
            match said.iter().find(|(_, said)| *said) {
                Some((name, _)) => bail!("`{name}` is for Envoy alone: say `--target envoy` too"),
                None => Ok(()),
            }
        }
        Target::Envoy if args.only.is_some() => {
            bail!("`--only` is for the objects of Istio: leave it out, one Envoy is configured whole")
        }
        Target::Envoy if args.out.is_some() => {
            bail!(
                "`-o` writes the objects of Istio: `--target envoy` prints one file, and `--xds DIR` writes a folder"
            )
        }
        Target::Envoy if xds.is_some() && args.format == Format::Json => {
            bail!("`--xds` writes YAML files: leave `--format json` out, or leave `--xds` out to print JSON")
        }
        Target::Envoy if args.oci_layout.is_some() => {
            bail!("`--oci-layout` packs the objects of Istio: leave it out, Flux applies no bootstrap")
        }
        Target::Envoy => Ok(()),
    }
}

/// Prints the bootstrap of one Envoy.
pub fn run(terminal: &Terminal, args: &Build, mesh: &Mesh<'_>) -> anyhow::Result<Outcome> {
    let said = args.envoy.proxy.as_deref().unwrap_or_default();
    let options = options(&args.envoy)?;
    let bootstrap = match envoy::bootstrap(mesh, proxy(said)?, &options) {
        Ok(bootstrap) => bootstrap,
        Err(Refusal::Project(reasons)) => {
            terminal.say(&listed(&format!("an Envoy without Istio cannot be `{said}`"), &reasons));
            return Ok(Outcome::Problems);
        }
        Err(Refusal::Options(reasons)) => bail!(listed(&format!("`{said}` cannot be configured"), &reasons)),
        Err(Refusal::Several(names)) => {
            bail!("several services are called so; say which: {}", names.join(", "))
        }
        Err(Refusal::Unknown(names)) => return Err(unknown(said, &names)),
    };
    open(&bootstrap, args.envoy.certs.as_deref())?;
    for note in bootstrap.notes() {
        terminal.say(note);
    }
    if let Some(dir) = &args.envoy.xds {
        folder::write(terminal, &bootstrap, dir, args.envoy.admin.as_deref())?;
        return Ok(Outcome::Fine);
    }
    print(|stdout| yaml::one(stdout, spelled(args.format), |map| bootstrap.write(map)))?;
    Ok(Outcome::Fine)
}

fn proxy(said: &str) -> anyhow::Result<Proxy<'_>> {
    match said.split_once('/') {
        Some(("gateway", name)) => Ok(Proxy::Gateway(name)),
        Some(("service", name)) => Ok(Proxy::Service(name)),
        Some(_) | None => bail!("`--for {said}` is no proxy: say `gateway/NAME` or `service/NAME`"),
    }
}

fn unknown(said: &str, names: &[String]) -> anyhow::Error {
    let (word, name) = said.split_once('/').unwrap_or(("proxy", said));
    match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => anyhow!("there is no {word} `{name}`; did you mean `{word}/{near}`?"),
        None if names.is_empty() => anyhow!("there is no {word} `{name}`: the project declares none"),
        None => anyhow!("there is no {word} `{name}`; there are {}", names.join(", ")),
    }
}

fn listed(what: &str, reasons: &[String]) -> String {
    match reasons {
        [one] => format!("{what}: {one}"),
        several => several.iter().fold(format!("{what}:"), |text, reason| format!("{text}\n  {reason}")),
    }
}

fn options(args: &Envoy) -> anyhow::Result<Options> {
    let Envoy { proxy: _, endpoints, certs, locality, xds: _, admin: _ } = args;
    let endpoints = match endpoints {
        Some(file) => read_endpoints(file)?,
        None => Endpoints::default(),
    };
    let mut system_ca = SYSTEM_CA.to_owned();
    if let Some(dir) = certs {
        let kind = fs::metadata(dir).with_context(|| format!("cannot find {}", dir.display()))?;
        if !kind.is_dir() {
            bail!("{} is no folder of certificates", dir.display());
        }
        let own = dir.join(OWN_CA);
        if own.exists() {
            fs::File::open(&own).with_context(|| format!("cannot read {}", own.display()))?;
            system_ca = own.to_string_lossy().into_owned();
        }
    }
    let certs = certs.as_ref().map(|dir| dir.to_string_lossy().into_owned());
    Ok(Options { endpoints, certs, system_ca, locality: locality.clone() })
}

fn read_endpoints(file: &Path) -> anyhow::Result<Endpoints> {
    let cannot = || format!("cannot read {}", file.display());
    let size = fs::metadata(file).with_context(cannot)?.len();
    if size > MAX_BYTES as u64 {
        bail!("{} has {size} bytes, more than {MAX_BYTES}", file.display());
    }
    let text = fs::read(file).with_context(cannot)?;
    Endpoints::read(&text).map_err(|wrong| anyhow!("{}: {wrong}", file.display()))
}

/// What stands in every certificate and key that Envoy reads.
const PEM: &[u8] = b"-----BEGIN ";

/// Fails on certificates that Envoy could not open, all of them at once.
fn open(bootstrap: &Bootstrap<'_>, certs: Option<&Path>) -> anyhow::Result<()> {
    let is_pem = |bytes: &[u8]| bytes.windows(PEM.len()).any(|window| window == PEM);
    let missing = bootstrap.files().iter().filter_map(|file| match fs::read(file) {
        Ok(bytes) if is_pem(&bytes) => None,
        Ok(_) => Some(format!("{file}: it is no PEM, which begins with `-----BEGIN`")),
        Err(error) => Some(format!("{file}: {error}")),
    });
    let missing: Vec<String> = missing.collect();
    match missing.is_empty() {
        true => Ok(()),
        false => {
            let dir = certs.unwrap_or(Path::new(".")).display();
            bail!(listed(&format!("cannot read certificates of {dir}"), &missing))
        }
    }
}
