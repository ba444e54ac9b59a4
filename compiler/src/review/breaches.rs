//! What breaks a limit of a policy that needs both revisions, such as `canary-step`, as all formats have it.

use meshc_dialect::diagnostic::{Code, Diagnostic, Diagnostics, Level as Severity};
use meshc_dialect::sources::Sources;

use super::place;
use crate::diff::{Level, Place};
use crate::yaml::Map;

/// A step that a policy does not allow.
#[derive(Clone, PartialEq, Debug)]
pub struct Breach {
    /// The limit, and what it means.
    pub rule: (&'static str, &'static str),
    /// High where it is an error, and medium where it only warns.
    pub level: Level,
    /// What is the matter, naming it.
    pub says: String,
    /// Why there is such a limit.
    pub because: String,
    /// What to write instead.
    pub help: String,
    /// The environments in which it is broken; none where there are none.
    pub envs: Vec<String>,
    /// The line that breaks it.
    pub place: Place,
}

impl Breach {
    /// Adds what was found in an environment.
    pub fn add(to: &mut Vec<Breach>, found: &Diagnostics, env: Option<&str>, sources: &Sources) {
        for one in found.as_slice() {
            let breach = Breach::of(one, sources);
            let alike = |other: &&mut Breach| Breach { envs: Vec::new(), ..(**other).clone() } == breach;
            match to.iter_mut().find(alike) {
                Some(known) => known.envs.extend(env.map(str::to_owned)),
                None => to.push(Breach { envs: env.map(str::to_owned).into_iter().collect(), ..breach }),
            }
        }
    }

    fn of(found: &Diagnostic, sources: &Sources) -> Breach {
        let Diagnostic { code, level, message, place: label, others: _, because, help, fix: _ } = found;
        let Code { name, level: _, absence: _, doc } = code;
        Breach {
            rule: (name, doc),
            level: match level {
                Severity::Error => Level::High,
                Severity::Warning => Level::Medium,
            },
            says: message.clone(),
            because: because.clone().unwrap_or_default(),
            help: help.clone().unwrap_or_default(),
            envs: Vec::new(),
            place: place(sources, label.span),
        }
    }

    /// Returns it in a few lines.
    pub(super) fn lines(&self) -> [String; 2] {
        let Breach { rule: _, level: _, says, because, help, envs, place: _ } = self;
        let env = if envs.is_empty() { String::new() } else { format!(", in {}", envs.join(", ")) };
        [format!("{says}{env}: {because}"), help.clone()]
    }

    /// Returns what names it among all findings: its place and its numbers may be others with the next push.
    pub(super) fn id(&self) -> String {
        let Breach { rule: (name, _), envs, place, says, .. } = self;
        let subject = says.split('`').nth(1).unwrap_or_default();
        let whom = says.split('`').nth(3).unwrap_or_default();
        let envs: String = envs.iter().map(|env| format!(":{env}")).collect();
        format!("{name}:{}:{subject}:{whom}{envs}", place.path)
    }
}

/// Writes them into a document, where there are any.
pub(super) fn document(map: &mut Map<'_>, breaches: &[Breach], base: &str) {
    if breaches.is_empty() {
        return;
    }
    map.maps("breaches", breaches, |map, breach| {
        let Breach { rule: (name, _), level, says, because, help, envs, place } = breach;
        map.text("rule", name);
        map.text("level", level.word());
        map.text("says", says);
        map.text("because", because);
        map.text("help", help);
        map.texts("envs", envs);
        map.map("place", |map| {
            let Place { path, line, column } = place;
            map.display("file", format_args!("{base}{path}"));
            map.number("line", *line as u64);
            map.number("column", *column as u64);
        });
    });
}

/// Returns what is said of them beside the counts of a summary.
pub(super) fn count(breaches: &[Breach]) -> Option<String> {
    match breaches.len() {
        0 => None,
        1 => Some("1 limit overstepped".to_owned()),
        many => Some(format!("{many} limits overstepped")),
    }
}
