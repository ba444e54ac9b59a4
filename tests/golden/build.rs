//! A folder of intent builds, says nothing, and comes out as its `istio.yaml`, in whatever order its files are read, and
//! after `meshc fmt`.
//!
//! `envoy.gateway.public.yaml` is what comes out with `--target envoy --for gateway/public`.
//! `istio.prod.yaml` is what comes out with `--env prod`; a folder has one for each environment that it is about.
//! A `stderr` (or `stderr.prod`) holds the warnings, where a case is about one.

use crate::case::{Case, Run};
use crate::expected::{self, Mode};
use crate::reversed::{self, Written};

pub fn check(case: &Case, mode: Mode) -> Result<(), String> {
    case.check_files(|path| {
        matches!(path, "args" | "stderr" | "README.md" | "istio.yaml")
            || env_of(path).is_some()
            || proxy_of(path).is_some()
            || path.strip_prefix("stderr.").is_some_and(|env| envs(case).iter().any(|known| known == env))
    })?;
    case.files.iter().filter_map(|path| Some((path, proxy_of(path)?))).try_for_each(|(path, proxy)| {
        let mut args = case.args();
        args.extend(["--target=envoy".to_owned(), format!("--for={proxy}")]);
        let Run { exit, stdout, stderr } = case.build(&args);
        match exit {
            0 => expected::check(mode, &case.dir.join(path), &stdout),
            _ => Err(format!("exit code {exit} for {proxy}\n{stderr}")),
        }
    })?;
    let envs = envs(case);
    if envs.is_empty() {
        return one(case, mode, None);
    }
    if case.files.contains("istio.yaml") {
        return Err("istio.yaml stands beside one for an environment: keep one kind".to_owned());
    }
    envs.iter().try_for_each(|env| one(case, mode, Some(env)))
}

fn one(case: &Case, mode: Mode, env: Option<&str>) -> Result<(), String> {
    let mut args = case.args();
    args.extend(env.map(|env| format!("--env={env}")));
    let Run { exit, stdout, stderr } = case.build(&args);
    if exit != 0 {
        return Err(format!(
            "exit code {exit}\n{stderr}\nif it needs an environment, `touch {}/istio.ENV.yaml`",
            case.dir.display()
        ));
    }
    let dot = |env: &str| format!(".{env}");
    let suffix = env.map(dot).unwrap_or_default();
    expected::check(mode, &case.dir.join(format!("istio{suffix}.yaml")), &stdout)?;
    expected::check(mode, &case.dir.join(format!("stderr{suffix}")), &stderr)?;
    for (written, what) in
        [(Written::AsTheyAre, "another order of its files"), (Written::Anew, "`meshc fmt`")]
    {
        let built = reversed::build(case, &args, written)?;
        if built != stdout {
            return Err(format!("{what} makes another output:\n{built}"));
        }
    }
    Ok(())
}

/// Returns the environments that a case is about.
pub fn envs(case: &Case) -> Vec<String> {
    case.files.iter().filter_map(|path| env_of(path)).map(str::to_owned).collect()
}

fn env_of(path: &str) -> Option<&str> {
    path.strip_prefix("istio.")?.strip_suffix(".yaml")
}

/// Returns the proxy of `envoy.service.NAME.yaml` or `envoy.gateway.NAME.yaml`.
fn proxy_of(path: &str) -> Option<String> {
    let (word, name) = path.strip_prefix("envoy.")?.strip_suffix(".yaml")?.split_once('.')?;
    matches!(word, "gateway" | "service").then(|| format!("{word}/{name}"))
}
