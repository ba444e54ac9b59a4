//! The command as a shell, a controller or a stranger meets it: exit codes, streams, files.

mod check;
mod exit;
#[cfg(unix)]
mod hostile;
mod out;
mod place;
mod same;
#[cfg(target_os = "linux")]
mod streams;
