//! The stages of a build, one by one, in this process.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use bumpalo::Bump;
use meshc_compiler::project::Project;
use meshc_compiler::{istio, resolve, yaml};
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::sources::Sources;

use crate::table::millis;

/// How long each stage takes.
pub struct Stages([Duration; 5]);

impl Stages {
    /// Returns a cell for each stage.
    pub fn cells(&self) -> [String; 5] {
        self.0.map(millis)
    }
}

/// Returns the time in the middle for each stage.
pub fn median(runs: usize, dir: &Path) -> io::Result<Stages> {
    let mut all = (0..=runs).map(|_| once(dir)).collect::<io::Result<Vec<[Duration; 5]>>>()?;
    // The first one finds nothing in any cache.
    all.remove(0);
    Ok(Stages(std::array::from_fn(|stage| {
        let mut times: Vec<Duration> = all.iter().map(|run| run[stage]).collect();
        times.sort();
        times[runs / 2]
    })))
}

fn once(dir: &Path) -> io::Result<[Duration; 5]> {
    let mut found = Diagnostics::default();
    let start = Instant::now();
    let sources = Sources::default();
    read(dir, "", &sources, &mut found)?;
    let read = start.elapsed();

    let arena = Bump::new();
    let start = Instant::now();
    let project = Project::parse(&sources, &arena, &mut found);
    let parse = start.elapsed();

    let start = Instant::now();
    let mesh = resolve::resolve(&project, None, &arena, &mut found);
    let resolve = start.elapsed();

    let start = Instant::now();
    let objects = istio::objects(&mesh);
    let emit = start.elapsed();

    let start = Instant::now();
    let mut stream = yaml::Stream::new(io::sink(), yaml::Format::Yaml);
    for object in &objects {
        stream.document(|map| object.write(map));
    }
    stream.finish()?;
    let write = start.elapsed();

    match found.into_sorted().first() {
        Some(first) => Err(io::Error::other(format!("the project has problems: {}", first.message))),
        None => Ok([read, parse, resolve, emit, write]),
    }
}

/// Reads every file below a folder.
fn read(dir: &Path, below: &str, sources: &Sources, found: &mut Diagnostics) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read(&entry.path(), &format!("{name}/"), sources, found)?;
        } else {
            sources.add_bytes(name, fs::read(entry.path())?, found);
        }
    }
    Ok(())
}
