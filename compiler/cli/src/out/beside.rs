//! A folder that is filled beside another and then takes its place.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, bail};
use signal_hook::SigId;

/// How many leftovers of killed runs are stepped over before giving up.
const TRIES: u32 = 100;

/// A folder beside `place`, removed when this is dropped.
pub struct Beside {
    place: PathBuf,
    temporary: PathBuf,
    interrupted: Arc<AtomicBool>,
    signals: Vec<SigId>,
}

impl Beside {
    /// Makes the folder, in the same file system as the one it is for.
    pub fn new(place: &Path) -> anyhow::Result<Beside> {
        let place = real(place)?;
        let (Some(parent), Some(name)) = (place.parent(), place.file_name()) else {
            bail!("{} cannot be replaced: name a folder below it", place.display());
        };
        let temporary = make(parent, &name.to_string_lossy())?;
        let interrupted = Arc::new(AtomicBool::new(false));
        let mut beside = Beside { place, temporary, interrupted, signals: Vec::new() };
        for signal in signal_hook::consts::TERM_SIGNALS {
            let heard = signal_hook::flag::register(*signal, Arc::clone(&beside.interrupted));
            beside.signals.push(heard.context("cannot listen for signals")?);
        }
        if let Ok(old) = fs::metadata(&beside.place) {
            fs::set_permissions(&beside.temporary, old.permissions())
                .with_context(|| format!("cannot give {} its mode", beside.temporary.display()))?;
        }
        Ok(beside)
    }

    /// Writes a file into the folder.
    pub fn write(&self, path: &str, bytes: &[u8]) -> anyhow::Result<()> {
        self.go_on()?;
        let path = self.temporary.join(path);
        let write = |path: &Path| match fs::write(path, bytes) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(path.parent().unwrap_or(path))?;
                fs::write(path, bytes)
            }
            written => written,
        };
        write(&path).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Puts the folder in its place, in one step where the system can, and removes what was there.
    pub fn exchange(self) -> anyhow::Result<()> {
        self.go_on()?;
        let swapped = match fs::symlink_metadata(&self.place) {
            Ok(_) => exchange(&self.temporary, &self.place),
            Err(_) => fs::rename(&self.temporary, &self.place),
        };
        swapped.with_context(|| {
            format!(
                "cannot replace {} (if it is a mount point, name a folder below it)",
                self.place.display()
            )
        })
    }

    fn go_on(&self) -> anyhow::Result<()> {
        if self.interrupted.load(Ordering::Relaxed) {
            bail!("interrupted: {} is as it was", self.place.display());
        }
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // What is left here would be in nobody's way, and there may be nothing to remove.
        let _ = fs::remove_dir_all(&self.temporary);
        for signal in self.signals.drain(..) {
            signal_hook::low_level::unregister(signal);
        }
    }
}

/// Returns the path without links, so that a linked folder is replaced where it is.
fn real(place: &Path) -> anyhow::Result<PathBuf> {
    if let Ok(real) = fs::canonicalize(place) {
        return Ok(real);
    }
    let Some(name) = place.file_name() else { bail!("{} is no name for a folder", place.display()) };
    let parent = match place.parent() {
        None => Path::new("."),
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
    };
    fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    let parent = fs::canonicalize(parent).with_context(|| format!("cannot find {}", parent.display()))?;
    Ok(parent.join(name))
}

fn make(parent: &Path, name: &str) -> anyhow::Result<PathBuf> {
    for number in 0..TRIES {
        let path = parent.join(format!(".{name}.meshc-{}-{number}", std::process::id()));
        match fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(error).with_context(|| format!("cannot make a folder in {}", parent.display()));
            }
        }
    }
    bail!("{} is full of folders that earlier runs left behind", parent.display());
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(new: &Path, old: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, new, CWD, old, RenameFlags::EXCHANGE) {
        // Not every file system knows how.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => rename_twice(new, old),
        done => Ok(done?),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(new: &Path, old: &Path) -> io::Result<()> {
    rename_twice(new, old)
}

/// Leaves a moment without the folder, and puts the old one back if the new one does not fit.
fn rename_twice(new: &Path, old: &Path) -> io::Result<()> {
    let aside = new.with_extension("old");
    fs::rename(old, &aside)?;
    if let Err(error) = fs::rename(new, old) {
        fs::rename(&aside, old)?;
        return Err(error);
    }
    // The new folder is in place: what is left of the old one harms nobody.
    let _ = fs::remove_dir_all(&aside);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn what_is_given_up_leaves_the_old_folder_and_nothing_else() {
        let folder = tempfile::TempDir::new().unwrap();
        let place = folder.path().join("out");
        fs::create_dir(&place).unwrap();
        fs::write(place.join("old"), "old").unwrap();
        let beside = Beside::new(&place).unwrap();
        beside.write("a/new", b"new").unwrap();
        beside.interrupted.store(true, Ordering::Relaxed);
        assert!(beside.write("a/newer", b"newer").is_err());
        assert!(beside.exchange().is_err());
        assert_eq!((names(folder.path()), names(&place)), (vec!["out".to_owned()], vec!["old".to_owned()]));
    }

    #[test]
    fn two_renames_do_what_an_exchange_does() {
        for swap in [exchange, rename_twice] {
            let folder = tempfile::TempDir::new().unwrap();
            let (old, new) = (folder.path().join("old"), folder.path().join(".new"));
            fs::create_dir(&old).unwrap();
            fs::create_dir(&new).unwrap();
            fs::write(new.join("file"), "new").unwrap();
            swap(&new, &old).unwrap();
            assert_eq!(fs::read_to_string(old.join("file")).unwrap(), "new");
        }
    }
}
