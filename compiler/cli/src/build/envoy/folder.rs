//! `--xds DIR`: the folder that a running Envoy reads.
//!
//! A change is made before what it replaces is broken: clusters come first, those of before among them, then listeners, then
//! route tables, and only then old clusters go. Each file is replaced by a rename, and every state between is a good one.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use meshc_compiler::envoy::Bootstrap;
use meshc_compiler::envoy::xds::{self, BOOTSTRAP, CLUSTERS, LISTENERS};
use meshc_compiler::yaml::Value;

use super::admin::Admin;
use crate::out::{Beside, HEADER};
use crate::terminal::Terminal;

/// The most files that a message names.
const MOST_NAMED: usize = 10;

/// How long an Envoy that cannot be asked is given to take a file.
const UNASKED: Duration = Duration::from_millis(300);

/// Writes the folder, or changes what is other in it.
pub fn write(
    terminal: &Terminal,
    bootstrap: &Bootstrap<'_>,
    dir: &Path,
    admin: Option<&str>,
) -> anyhow::Result<()> {
    let Some(name) = dir.to_str() else {
        bail!("{} cannot be spelled in UTF-8, as Envoy wants it", dir.display())
    };
    let name = if name.len() > 1 { name.trim_end_matches('/') } else { name };
    let new = New {
        bootstrap,
        dir,
        started_with: bootstrap.started_with(name),
        listeners: bootstrap.listeners(name),
        tables: bootstrap.route_tables(),
    };
    let old = ours(dir)?;
    let said = match (old.is_empty(), admin) {
        (true, admin) => new.begin(name, admin)?,
        (false, None) => new.change(&old)?,
        (false, Some(address)) => new.change_and_wait(&old, &Admin::new(address)?)?,
    };
    terminal.say(&said);
    Ok(())
}

/// What the folder is to hold.
struct New<'n> {
    bootstrap: &'n Bootstrap<'n>,
    dir: &'n Path,
    started_with: Vec<u8>,
    listeners: xds::File,
    tables: Vec<xds::File>,
}

impl New<'_> {
    /// Writes a folder that nobody reads yet.
    fn begin(&self, name: &str, admin: Option<&str>) -> anyhow::Result<String> {
        let beside = Beside::new(self.dir)?;
        let clusters = self.bootstrap.clusters(&[]);
        for file in [&clusters, &self.listeners].into_iter().chain(&self.tables) {
            beside.write(&file.name, &with_header(&file.text))?;
        }
        beside.write(BOOTSTRAP, &with_header(&self.started_with))?;
        beside.exchange()?;
        let waited = admin.map_or("", |_| "; it is new, so there was no Envoy to wait for");
        Ok(format!("wrote {name}{waited}: start Envoy with `envoy -c {name}/{BOOTSTRAP}`"))
    }

    /// Changes the folder of an Envoy that cannot be asked.
    fn change(&self, old: &Old) -> anyhow::Result<String> {
        let kept = self.kept(old)?;
        let mut written = Vec::new();
        for file in self.order(old, &self.bootstrap.clusters(&kept)) {
            let before = written.len();
            self.put(file, &mut written)?;
            // One event makes Envoy read all files of the folder again, in no order, so the next one comes later.
            if written.len() > before {
                thread::sleep(UNASKED);
            }
        }
        // Envoy may be about to read what was there until now.
        if !self.moves(old) {
            self.sweep(old)?;
        }
        self.restart(old, &mut written)?;
        let said = self.says(&written);
        Ok(match kept.len() {
            0 => said,
            1 => format!(
                "{said}; a cluster of before is kept: build again once Envoy has taken this, and it goes"
            ),
            many => format!(
                "{said}; {many} clusters of before are kept: build again once Envoy has taken this, and they go"
            ),
        })
    }

    /// Changes the folder step by step, each when Envoy has taken the one before.
    fn change_and_wait(&self, old: &Old, admin: &Admin<'_>) -> anyhow::Result<String> {
        let now = admin.counts().map_err(|error| anyhow!("{error:#}; nothing was changed"))?;
        if !now.has("cluster_manager.cds.version_text") {
            bail!(
                "the Envoy at {admin} reads no folder: start it with `envoy -c {}/{BOOTSTRAP}`; nothing was changed",
                self.dir.display()
            );
        }
        let kept = self.kept(old)?;
        let (with_kept, alone) = (self.bootstrap.clusters(&kept), self.bootstrap.clusters(&[]));
        let mut written = Vec::new();
        let mut listening = false;
        for file in self.order(old, &with_kept) {
            listening |= file.name == LISTENERS;
            match listening || file.name == CLUSTERS {
                true => self.put_and_wait(admin, file, &mut written)?,
                // Nobody reads this table yet: its listener comes next.
                false => self.put(file, &mut written)?,
            }
        }
        if !kept.is_empty() {
            self.put_and_wait(admin, &alone, &mut written)?;
        }
        self.sweep(old)?;
        self.restart(old, &mut written)?;
        Ok(format!("{}; Envoy has taken all of it", self.says(&written)))
    }

    /// Tells whether requests will take other ways.
    fn moves(&self, old: &Old) -> bool {
        let same = |file: &xds::File| old.is(&file.name, &file.text);
        !same(&self.listeners) || !self.tables.iter().all(same)
    }

    /// Returns the clusters that Envoy may still send to while it takes the change.
    fn kept(&self, old: &Old) -> anyhow::Result<Vec<Value>> {
        let Some(clusters) = old.0.get(CLUSTERS).filter(|_| self.moves(old)) else { return Ok(Vec::new()) };
        let sends = |name: &str| name == LISTENERS || name.starts_with("rds.");
        let senders = old.0.iter().filter(|(name, _)| sends(name)).map(|(_, text)| &text[..]);
        let damaged = || {
            anyhow!(
                "{} holds files that others changed: remove it, and start Envoy again",
                self.dir.display()
            )
        };
        self.bootstrap.gone(clusters, &senders.collect::<Vec<_>>()).ok_or_else(damaged)
    }

    /// Returns all files, in the order to write them: a table before the listener that is the first to read it.
    fn order<'f>(&'f self, old: &Old, clusters: &'f xds::File) -> Vec<&'f xds::File> {
        let (read, unread): (Vec<&xds::File>, Vec<_>) =
            self.tables.iter().partition(|table| old.reads(&table.name));
        [clusters].into_iter().chain(unread).chain([&self.listeners]).chain(read).collect()
    }

    /// Writes a file, unless it is written so already.
    fn put(&self, file: &xds::File, written: &mut Vec<String>) -> anyhow::Result<()> {
        let (path, text) = (self.dir.join(&file.name), with_header(&file.text));
        if fs::read(&path).is_ok_and(|there| there == text) {
            return Ok(());
        }
        if !written.contains(&file.name) {
            written.push(file.name.clone());
        }
        replace(&path, &text)
    }

    /// Writes a file, and puts back what was there if Envoy does not take it.
    fn put_and_wait(
        &self,
        admin: &Admin<'_>,
        file: &xds::File,
        written: &mut Vec<String>,
    ) -> anyhow::Result<()> {
        let path = self.dir.join(&file.name);
        let (was, before) = (fs::read(&path), admin.counts()?);
        self.put(file, written)?;
        let Err(error) = admin.wait(file, &before) else { return Ok(()) };
        if let Ok(was) = was {
            replace(&path, &was)?;
        }
        bail!("{error:#}; {} is as it was, and no file after it was written", path.display())
    }

    /// Writes what Envoy only reads when it starts.
    fn restart(&self, old: &Old, written: &mut Vec<String>) -> anyhow::Result<()> {
        if !old.is(BOOTSTRAP, &self.started_with) {
            replace(&self.dir.join(BOOTSTRAP), &with_header(&self.started_with))?;
            written.push(format!("{BOOTSTRAP} (which Envoy takes when it starts again)"));
        }
        Ok(())
    }

    /// Removes tables that no listener reads any more.
    fn sweep(&self, old: &Old) -> anyhow::Result<()> {
        let ours = |name: &str| {
            [BOOTSTRAP, CLUSTERS, LISTENERS].contains(&name)
                || self.tables.iter().any(|table| table.name == name)
        };
        for name in old.0.keys().filter(|name| !ours(name)) {
            fs::remove_file(self.dir.join(name)).with_context(|| format!("cannot remove {name}"))?;
        }
        Ok(())
    }

    fn says(&self, written: &[String]) -> String {
        match written {
            [] => format!("{} is up to date", self.dir.display()),
            files => format!("wrote {} in {}", files.join(", "), self.dir.display()),
        }
    }
}

/// Our files of a folder, with what they hold.
struct Old(BTreeMap<String, Vec<u8>>);

impl Old {
    /// Tells whether a listener reads a table.
    fn reads(&self, table: &str) -> bool {
        let listeners = self.0.get(LISTENERS).map(|text| String::from_utf8_lossy(text));
        self.0.contains_key(table) && listeners.is_some_and(|text| text.contains(&format!("/{table}")))
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Tells whether a file holds a text.
    fn is(&self, name: &str, text: &[u8]) -> bool {
        self.0.get(name).and_then(|old| old.strip_prefix(HEADER.as_bytes())) == Some(text)
    }
}

/// Reads the folder; refuses one that holds anything else. What a killed run left behind is removed.
fn ours(dir: &Path) -> anyhow::Result<Old> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Old(BTreeMap::new())),
        entries => entries.with_context(|| format!("cannot list {}", dir.display()))?,
    };
    let (mut ours, mut foreign, mut left) = (BTreeMap::new(), Vec::new(), Vec::new());
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot list {}", dir.display()))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        let fits = [BOOTSTRAP, CLUSTERS, LISTENERS].contains(&name.as_str())
            || name.starts_with("rds.") && name.ends_with(".yaml");
        if is_file && name.starts_with('.') && name.contains(BESIDE) {
            left.push(entry.path());
            continue;
        }
        let text = match is_file && fits {
            true => {
                fs::read(entry.path()).with_context(|| format!("cannot read {}", entry.path().display()))?
            }
            false => Vec::new(),
        };
        match text.starts_with(HEADER.as_bytes()) {
            true => _ = ours.insert(name, text),
            false => foreign.push(format!("{name:?}")),
        }
    }
    foreign.sort();
    if !foreign.is_empty() {
        let more = if foreign.len() > MOST_NAMED { ", …" } else { "" };
        foreign.truncate(MOST_NAMED);
        bail!(
            "{} holds files that are not of `--xds`: {}{more}; nothing was changed, name a folder of its own",
            dir.display(),
            foreign.join(", ")
        );
    }
    // Whoever wrote these is gone, and nobody reads them.
    left.iter().for_each(|path| _ = fs::remove_file(path));
    Ok(Old(ours))
}

/// What the name of a file has in it until it is whole.
const BESIDE: &str = ".meshc-";

/// Replaces a file by a rename, which is what Envoy hears.
fn replace(path: &Path, text: &[u8]) -> anyhow::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}{BESIDE}{}", std::process::id()));
    let written = File::create_new(&beside).and_then(|mut file| {
        file.write_all(text)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written.with_context(|| format!("cannot write {}", path.display()))
}

fn with_header(text: &[u8]) -> Vec<u8> {
    [HEADER.as_bytes(), text].concat()
}
