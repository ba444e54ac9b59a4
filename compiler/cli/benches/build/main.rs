//! How long a build takes, and where the time goes: generated projects of 10 to 10,000 services.
//!
//! `cargo bench -p meshc --bench build [-- --quick] [--peers] [--only PART]`, where a part is `builds`, `envoys`,
//! `requests`, `comparison`, `diffs` or `hostile`. Whole runs of the command are timed, then its stages in this process. Beside it, on the same machine in the same minute, stand a template that renders the same YAML (`--peers`
//! installs the renderer if it is not there) and two floors: copying the output, and writing it from memory.

mod diffs;
mod floors;
mod hostile;
mod peers;
mod project;
mod requests;
mod run;
mod stages;
mod table;
mod tables;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use project::{Blocks, Layout};
use requests::Taking;
use table::Table;

/// How much is measured.
struct Plan {
    sizes: &'static [usize],
    runs: usize,
    install: bool,
}

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let has = |name: &str| args.iter().any(|arg| arg == name);
    if let [_, first, command @ ..] = &args[..]
        && first == run::MEASURE
    {
        return run::measure(command);
    }
    if let [_, first, what @ ..] = &args[..]
        && first == requests::SEND
    {
        return requests::send(what);
    }
    // Cargo says so when this is a benchmark; otherwise somebody tests whether it starts.
    if !has("--bench") {
        return Ok(());
    }
    let plan = Plan {
        sizes: if has("--quick") { &[10, 1000] } else { &[10, 100, 1000, 10_000] },
        runs: if has("--quick") { 3 } else { 11 },
        install: has("--peers"),
    };
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench");
    let only = args.iter().skip_while(|arg| *arg != "--only").nth(1);
    let parts: [(&str, Part); 6] = [
        ("builds", builds),
        ("envoys", envoys),
        ("requests", questions),
        ("comparison", comparison),
        ("diffs", diffs),
        ("hostile", hostile),
    ];
    for (name, part) in parts {
        if only.is_none_or(|only| only == name) {
            part(&plan, &place)?;
        }
    }
    Ok(())
}

/// Measures one thing and prints it.
type Part = fn(&Plan, &Path) -> io::Result<()>;

/// Measures whole builds and their stages.
fn builds(plan: &Plan, place: &Path) -> io::Result<()> {
    let mut table = Table::new(&[
        "services",
        "files",
        "intent kB",
        "objects",
        "output kB",
        "wall ms",
        "user ms",
        "sys ms",
        "rss MB",
        "|",
        "read",
        "parse",
        "resolve",
        "emit",
        "write",
    ]);
    for &size in plan.sizes {
        for layout in [Layout::Few, Layout::One] {
            let dir = fresh(place, "project")?;
            let written = project::write(&dir, size, Blocks::All, layout)?;
            let output = place.join("istio.yaml");
            let whole = run::median(plan.runs, || run::build(&dir, &output))?;
            let text = fs::read_to_string(&output)?;
            let stages = stages::median(plan.runs, &dir)?;
            let mut row = vec![
                size.to_string(),
                written.files.to_string(),
                kilobytes(written.bytes),
                objects(&text).to_string(),
                kilobytes(text.len()),
            ];
            row.extend(whole.cells());
            row.push("|".into());
            row.extend(stages.cells());
            table.push(row);
        }
    }
    println!("meshc build, median of {} runs; stages are measured in one process\n\n{table}", plan.runs);
    Ok(())
}

/// Measures what an Envoy's configuration takes, beside all the objects of Istio.
fn envoys(plan: &Plan, place: &Path) -> io::Result<()> {
    let mut table =
        Table::new(&["services", "target", "output kB", "wall ms", "user ms", "sys ms", "rss MB", "MB/s"]);
    let certs = fresh(place, "certs")?.join("shop");
    fs::create_dir(&certs)?;
    ["tls.crt", "tls.key"]
        .into_iter()
        .try_for_each(|file| fs::write(certs.join(file), "-----BEGIN CERTIFICATE-----\n"))?;
    for &size in plan.sizes {
        let dir = fresh(place, "project")?;
        project::write(&dir, size, Blocks::All, Layout::Few)?;
        let output = place.join("output.yaml");
        let mut row = |what: &str, run: &dyn Fn() -> io::Result<run::Cost>| {
            let cost = run::median(plan.runs, run)?;
            let bytes = fs::metadata(&output)?.len();
            let mut row = vec![size.to_string(), what.to_owned(), kilobytes(bytes as usize)];
            row.extend(cost.cells());
            row.push(format!("{:.0}", bytes as f64 / 1e6 / cost.wall.as_secs_f64()));
            table.push(row);
            io::Result::Ok(())
        };
        row("istio", &|| run::build(&dir, &output))?;
        for proxy in ["service/s00000", "gateway/public"] {
            row(&format!("envoy, {proxy}"), &|| run::envoy(&dir, proxy, &place.join("certs"), &output))?;
        }
    }
    println!("meshc build for an Envoy, median of {} runs\n\n{table}", plan.runs);
    Ok(())
}

/// Measures what an answer takes: in the simulator, and from the start of the command.
fn questions(plan: &Plan, place: &Path) -> io::Result<()> {
    fs::create_dir_all(place)?;
    let output = place.join("output.txt");
    let mut table = Table::new(&["route taken", "requests per second and core"]);
    for taking in Taking::ALL {
        let rate = requests::per_second(taking, plan.runs, &output)?;
        table.push(vec![taking.word().to_owned(), format!("{rate:.0}")]);
    }
    println!("the simulator, on a table of 100 routes and a last one\n\n{table}");
    let mut table = Table::new(&["services", "what", "wall ms", "user ms", "sys ms", "rss MB"]);
    for &size in plan.sizes {
        let dir = fresh(place, "project")?;
        project::write(&dir, size, Blocks::All, Layout::Few)?;
        for (what, cost) in [
            ("meshc build", run::median(plan.runs, || run::build(&dir, &output))?),
            ("meshc route", run::median(plan.runs, || requests::route(&dir, &output))?),
        ] {
            let mut row = vec![size.to_string(), what.to_owned()];
            row.extend(cost.cells());
            table.push(row);
        }
    }
    println!("one question from the shell, median of {} runs\n\n{table}", plan.runs);
    Ok(())
}

/// Measures what others need for the same YAML.
fn comparison(plan: &Plan, place: &Path) -> io::Result<()> {
    let renderer = peers::find(plan.install)?;
    let mut table =
        Table::new(&["services", "output kB", "who", "wall ms", "user ms", "sys ms", "rss MB", "same bytes"]);
    for &size in plan.sizes {
        let dir = fresh(place, "services")?;
        project::write(&dir, size, Blocks::Services, Layout::One)?;
        let output = place.join("istio.yaml");
        let ours = run::median(plan.runs, || run::build(&dir, &output))?;
        let text = fs::read(&output)?;
        let few = fresh(place, "services-in-few")?;
        project::write(&few, size, Blocks::Services, Layout::Few)?;
        let ours_in_few = run::median(plan.runs, || run::build(&few, &place.join("few.yaml")))?;
        let row = |who: &str, cells: [String; 4], same: &str| {
            let mut row = vec![size.to_string(), kilobytes(text.len()), who.to_owned()];
            row.extend(cells);
            row.push(same.to_owned());
            row
        };
        table.push(row("meshc build, few files", ours_in_few.cells(), "but the paths"));
        table.push(row("meshc build, a file each", ours.cells(), ""));
        if let Some(renderer) = &renderer {
            let rendered = place.join("rendered.yaml");
            let theirs = peers::render(renderer, &fresh(place, "template")?, size, &rendered, plan.runs)?;
            table.push(row("minijinja-cli, a template", theirs.cells(), same(&text, &fs::read(&rendered)?)));
        }
        let (written, bytes) = floors::write(size, plan.runs, &place.join("written.yaml"))?;
        table.push(row("floor: plain writes from memory", written.cells(), same(&text, &bytes)));
        let copied = floors::copy(&text, plan.runs, &place.join("copied.yaml"))?;
        table.push(row("floor: copying the bytes", copied.cells(), "yes"));
    }
    println!(
        "the same YAML by other ways: services only; a template gets all its data as one file\n\n{table}"
    );
    if renderer.is_none() {
        println!("minijinja-cli is not there: `-- --peers` installs it below target/");
    }
    Ok(())
}

/// Measures the diff of two revisions, beside what people have without it.
fn diffs(plan: &Plan, place: &Path) -> io::Result<()> {
    let mut table = Table::new(&["files", "who", "wall ms", "user ms", "sys ms", "rss MB", "output kB"]);
    for &size in plan.sizes.iter().filter(|size| **size >= 1000) {
        let dir = fresh(place, "repository")?;
        diffs::write(&dir, size)?;
        let output = place.join("diff.txt");
        let mut row = |who: &str, run: &dyn Fn() -> io::Result<run::Cost>| {
            let cost = run::median(plan.runs, run)?;
            let mut row = vec![size.to_string(), who.to_owned()];
            row.extend(cost.cells());
            row.push(kilobytes(fs::metadata(&output)?.len() as usize));
            table.push(row);
            io::Result::Ok(())
        };
        row("meshc diff", &|| diffs::ours(&dir, &output))?;
        row("git diff --stat", &|| diffs::stat(&dir, &output))?;
        row("both built, and their text compared", &|| diffs::rendered(&dir, &output))?;
    }
    println!("what a commit changes in 20 files of a repository, median of {} runs\n\n{table}", plan.runs);
    let mut table = Table::new(&["one host with", "wall ms", "user ms", "sys ms", "rss MB", "verdict"]);
    for pair in tables::pairs() {
        let [before, after] = ["before", "after"].map(|side| fresh(place, side));
        let (before, after, output) = (before?, after?, place.join("diff.json"));
        fs::write(before.join("mesh.kdl"), &pair.before)?;
        fs::write(after.join("mesh.kdl"), &pair.after)?;
        let cost = run::median(plan.runs, || diffs::paths(&before, &after, &output))?;
        let mut row = vec![pair.what.to_owned()];
        row.extend(cost.cells());
        row.push(diffs::verdict(&fs::read_to_string(&output)?));
        table.push(row);
    }
    println!("two states of one table, median of {} runs\n\n{table}", plan.runs);
    if let Ok(load) = fs::read_to_string("/proc/loadavg") {
        println!("load of the machine at the end: {load}");
    }
    Ok(())
}

/// Measures checks of files that ask for much work.
fn hostile(plan: &Plan, place: &Path) -> io::Result<()> {
    let mut table = Table::new(&["a file of 64 KiB full of", "wall ms", "user ms", "sys ms", "rss MB"]);
    for (what, text) in hostile::files() {
        let dir = fresh(place, "hostile")?;
        fs::write(dir.join("mesh.kdl"), text)?;
        let cost = run::median(plan.runs, || run::check(&dir, &place.join("check.txt")))?;
        let mut row = vec![what.to_owned()];
        row.extend(cost.cells());
        table.push(row);
    }
    println!("meshc check of what a stranger may send\n\n{table}");
    Ok(())
}

/// Returns an empty folder.
fn fresh(place: &Path, name: &str) -> io::Result<PathBuf> {
    let dir = place.join(name);
    if dir.exists() {
        fs::remove_dir_all(&dir)?;
    }
    fs::create_dir_all(&dir)?;
    Ok(dir)
}

fn kilobytes(bytes: usize) -> String {
    bytes.div_ceil(1000).to_string()
}

fn objects(text: &str) -> usize {
    text.lines().filter(|line| line.starts_with("kind: ")).count()
}

fn same(ours: &[u8], theirs: &[u8]) -> &'static str {
    if ours == theirs { "yes" } else { "NO" }
}
