//! Runs `meshc init`.

mod answers;
mod text;

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::Outcome;
use crate::args::init::Init;
use crate::check;
use crate::files::{self, Project};
use crate::terminal::Terminal;
use answers::Answers;

/// Writes a project into a folder that has none.
pub fn run(terminal: &Terminal, args: &Init) -> anyhow::Result<Outcome> {
    let dir = absolute(&args.dir)?;
    if let Some(root) = above(&dir) {
        bail!("{} is a project already: add your files to it", root.display());
    }
    let answers = Answers::ask(terminal, args, &dir)?;
    let files = [("mesh.kdl".to_owned(), text::mesh(&answers)), (answers.file(), text::service(&answers))];
    builds(&files)?;
    if let Some((path, _)) = files.iter().find(|(path, _)| fs::symlink_metadata(dir.join(path)).is_ok()) {
        bail!("{} is there already, and is left alone", dir.join(path).display());
    }
    write(&dir, &files)?;
    let there = args.dir != Path::new(".");
    terminal.say(&format!("wrote {} and {} into {}", files[0].0, files[1].0, args.dir.display()));
    let Answers { service, .. } = &answers;
    terminal.talk(&format!(
        "\nNext:\n{}  meshc check\n  meshc build --env dev\n  meshc set {service} canary.percent=25\n",
        if there { format!("  cd {}\n", args.dir.display()) } else { String::new() }
    ));
    Ok(Outcome::Fine)
}

/// Returns the whole path of a folder that may not be there yet.
fn absolute(dir: &Path) -> anyhow::Result<PathBuf> {
    let path = std::path::absolute(dir).with_context(|| format!("cannot find {}", dir.display()))?;
    match fs::metadata(&path) {
        Ok(kind) if !kind.is_dir() => bail!("{} is no folder", dir.display()),
        Ok(_) => fs::canonicalize(&path).with_context(|| format!("cannot find {}", dir.display())),
        Err(_) => Ok(path),
    }
}

/// Returns the project that a folder is in.
fn above(dir: &Path) -> Option<PathBuf> {
    let root = files::root(dir);
    root.join(meshc_compiler::project::ROOT_FILE).exists().then_some(root)
}

/// Makes sure that what is written is what the compiler takes: the release of Istio is its to judge.
fn builds(files: &[(String, String)]) -> anyhow::Result<()> {
    let mut project = Project::default();
    for (path, text) in files {
        project.sources.add(path.clone(), text.clone());
    }
    check::find(&mut project, None, None)?;
    match project.found.into_sorted().into_iter().next() {
        None => Ok(()),
        Some(found) => {
            bail!("{}{}", found.message, found.help.map(|help| format!(": {help}")).unwrap_or_default())
        }
    }
}

/// Writes new files, all or none.
fn write(dir: &Path, files: &[(String, String)]) -> anyhow::Result<()> {
    for (index, (path, text)) in files.iter().enumerate() {
        let path = dir.join(path);
        let written = fs::create_dir_all(path.parent().unwrap_or(dir))
            .and_then(|()| File::create_new(&path))
            .and_then(|mut file| file.write_all(text.as_bytes()));
        let Err(error) = written else { continue };
        // One that was there is not ours to remove.
        let ours = if error.kind() == ErrorKind::AlreadyExists { index } else { index + 1 };
        for (path, _) in &files[..ours] {
            let _ = fs::remove_file(dir.join(path));
        }
        return Err(error).with_context(|| format!("cannot write {}", path.display()));
    }
    Ok(())
}
