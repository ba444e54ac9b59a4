//! The command as a shell, a controller or a stranger meets it: exit codes, streams, files.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod check;
mod dialect_readme;
mod exit;
mod fix;
mod fmt;
#[cfg(unix)]
mod hostile;
mod out;
mod place;
mod readme;
mod same;
#[cfg(target_os = "linux")]
mod streams;
