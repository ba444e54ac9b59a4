//! What an Application has set for us, in parameters and in variables.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Display;

use anyhow::{Context, anyhow, bail};
use meshc_compiler::istio::Part;
use meshc_compiler::yaml::{self, Value};
use meshc_dialect::suggest::nearest;

use crate::args;

/// Where Argo CD puts the parameters of an Application.
const SET: &str = "ARGOCD_APP_PARAMETERS";

/// What the names of variables begin with that an Application sets for us.
const PREFIX: &str = "ARGOCD_ENV_MESHC_";

/// What an Application may set.
const NAMES: [&str; 3] = ["env", "only", "today"];

/// What an Application has set.
pub struct Parameters {
    /// The environment to build for.
    pub env: Option<String>,
    /// The part to build.
    pub only: Option<Part>,
    /// The day to compare waivers with.
    pub today: Option<String>,
}

impl Parameters {
    /// Reads the environment of the process. A parameter beats a variable, and what is empty is not set.
    pub fn read() -> anyhow::Result<Parameters> {
        let mut set = variables()?;
        if let Some(text) = env::var_os(SET) {
            let text = text.to_str().with_context(|| format!("{SET} is not UTF-8"))?;
            set.extend(parse(text)?);
        }
        set.retain(|_, value| !value.is_empty());
        let only = set.remove("only").map(|part| part.parse().map_err(|why| fault("only", &part, why)));
        let today = set.remove("today").map(|day| args::date(&day).map_err(|why| fault("today", &day, why)));
        Ok(Parameters { env: set.remove("env"), only: only.transpose()?, today: today.transpose()? })
    }
}

fn fault(name: &str, value: &str, why: impl Display) -> anyhow::Error {
    anyhow!("the parameter `{name}` cannot be {value:?}: {why}")
}

/// Returns the variables that an Application sets for us.
fn variables() -> anyhow::Result<BTreeMap<&'static str, String>> {
    let mut set = BTreeMap::new();
    let mut unknown = Vec::new();
    for (name, value) in env::vars_os() {
        let Some(own) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else { continue };
        let Some(known) = NAMES.iter().find(|name| name.to_ascii_uppercase() == own) else {
            unknown.push(own.to_owned());
            continue;
        };
        let value = value.into_string().ok().with_context(|| format!("{PREFIX}{own} is not UTF-8"))?;
        set.insert(*known, value);
    }
    // The environment has no order.
    match unknown.iter().min() {
        Some(own) => bail!(
            "`MESHC_{}` in `spec.source.plugin.env` means nothing; there are {}",
            own.escape_debug(),
            NAMES.map(|name| format!("MESHC_{}", name.to_ascii_uppercase())).join(", ")
        ),
        None => Ok(set),
    }
}

/// Reads what Argo CD makes of `spec.source.plugin.parameters`: a list in JSON, or `null` for none.
fn parse(text: &str) -> anyhow::Result<BTreeMap<&'static str, String>> {
    let items = match yaml::read(text.as_bytes()) {
        Some(Value::List(items)) => items,
        Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(_) | None => bail!("{SET} is not the list that Argo CD makes: {text:?}"),
    };
    let mut set = BTreeMap::new();
    for item in items {
        let (name, value) = parameter(item)?;
        if set.insert(name, value).is_some() {
            bail!("the parameter `{name}` is set twice in `spec.source.plugin.parameters`");
        }
    }
    Ok(set)
}

/// Reads one parameter. What is there without a value is not set.
fn parameter(item: Value) -> anyhow::Result<(&'static str, String)> {
    let Value::Map(fields) = item else { bail!("{SET} has an item that is no parameter") };
    let mut fields: BTreeMap<String, Value> = fields.into_iter().collect();
    let (name, value) = (fields.remove("name"), fields.remove("string"));
    let Some(Value::Text(name)) = name else { bail!("{SET} has a parameter without a name") };
    let Some(known) = NAMES.into_iter().find(|known| *known == name) else {
        let shown = name.escape_debug();
        match nearest(&name, NAMES) {
            Some(near) => bail!("there is no parameter `{shown}`; did you mean `{near}`?"),
            None => bail!("there is no parameter `{shown}`; there are {}", NAMES.join(", ")),
        }
    };
    match value.unwrap_or(Value::Text(String::new())) {
        Value::Text(value) if fields.is_empty() => Ok((known, value)),
        _ => {
            bail!(
                "the parameter `{known}` is one text: set it with `string:`, and with neither `array:` nor `map:`"
            )
        }
    }
}
