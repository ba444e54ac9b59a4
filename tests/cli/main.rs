//! The command as a shell, a controller or a stranger meets it: exit codes, streams, files.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[cfg(unix)]
mod argocd;
mod ask;
mod budgets;
mod check;
mod completions;
mod deps;
mod dialect_readme;
mod exit;
mod fix;
#[cfg(unix)]
mod flux;
mod fmt;
#[cfg(unix)]
mod git;
mod graph;
mod guardrails;
#[cfg(unix)]
mod hostile;
mod init;
mod judged;
#[cfg(unix)]
mod krm;
mod man;
mod out;
mod parts;
mod place;
mod readme;
mod reports;
mod same;
mod schema;
mod set;
#[cfg(target_os = "linux")]
mod streams;
#[cfg(target_os = "linux")]
mod watch;
