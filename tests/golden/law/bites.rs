//! The law bites: one value that is changed makes another mesh, and no value is passed over.

use std::collections::BTreeSet;

use bumpalo::Bump;
use libtest_mimic::{Failed, Trial};
use meshc_compiler::istio;
use meshc_compiler::mesh::Mesh;

use super::{Unsure, agree, given, source};
use crate::build::envs;
use crate::case::{self, Case, top};
use crate::reversed::{self, Written};

/// A case, a text of its objects, and what is put in its place: traffic then goes otherwise.
const CHANGES: &[(&str, &str, &str)] = &[
    ("request-timeout", "timeout: 500ms", "timeout: 501ms"),
    ("canary-by-share-and-by-request", "weight: 10\n", "weight: 11\n"),
    ("canary-by-share-and-by-request", "subset: v2", "subset: v1"),
    ("egress-by-gateway", "attempts: 2", "attempts: 3"),
    ("egress-by-gateway", "prefix: /reports/", "prefix: /reports"),
    ("egress-by-gateway", "- istio-system/exit\n      port: 443", "- mesh\n      port: 443"),
    ("egress-by-gateway", "mode: ISTIO_MUTUAL", "mode: DISABLE"),
    ("egress-by-gateway", "caCertificates: system", "credentialName: configmap://default/ca"),
    ("egress-by-gateway", "  - payments\n", "  - billing\n"),
    ("egress-by-gateway", "istio: egressgateway\n  exportTo", "istio: other\n  exportTo"),
    ("egress-by-gateway", "protocol: TLS\n  location", "protocol: HTTP\n  location"),
    ("ingress-http-beside-tls", "protocol: HTTPS", "protocol: TLS"),
];

/// Returns the trials.
pub fn trials() -> Vec<Trial> {
    let change = |(case, from, to): &(&'static str, &'static str, &'static str)| {
        let (case, from, to) = (*case, *from, *to);
        let name = format!("law/bites/{case}: {}", from.lines().next().unwrap_or("").trim());
        Trial::test(name, move || changed(case, from, to).map_err(Failed::from))
    };
    let mut trials: Vec<Trial> = CHANGES.iter().map(change).collect();
    for case in case::list(&top().join("golden/build")) {
        let name = format!("law/every-value/{}", case.name);
        trials.push(Trial::test(name, move || every_value(&case).map_err(Failed::from)));
    }
    trials
}

/// Fails unless a change makes another mesh.
fn changed(name: &str, from: &str, to: &str) -> Result<(), String> {
    let cases = case::list(&top().join("golden/build"));
    let case = cases.iter().find(|case| case.name == name).ok_or("there is no such case")?;
    of_mesh(case, |mesh| {
        let text = reversed::text(mesh)?;
        if !text.contains(from) {
            return Err(format!("`{from}` is not in\n{text}"));
        }
        let arena = Bump::new();
        let other = text.replacen(from, to, 1);
        let (other, _) = istio::read(&source(&other), given(mesh), &arena);
        match agree(mesh, &other, Unsure::Never) {
            Err(_) => Ok(()),
            Ok(()) => Err("the law does not see it".to_owned()),
        }
    })
}

/// Fails if the value of a line can be changed, and nothing comes of it.
fn every_value(case: &Case) -> Result<(), String> {
    of_mesh(case, |mesh| {
        let text = reversed::text(mesh)?;
        let mut at = 0;
        let mut done = BTreeSet::new();
        for line in text.split_inclusive('\n') {
            let (start, end) = (at, at + line.trim_end().len());
            at += line.len();
            let line = &text[start..end];
            let holds_more = line == "---" || line.ends_with(':') || line.ends_with(['{', '}']);
            // A Sidecar may have any name, and `default` is the one that we give it.
            let any_name = line == "  name: default";
            if holds_more || any_name || !done.insert(line) {
                continue;
            }
            // Before the quote that ends it, if one does.
            let end = if line.ends_with('"') { end - 1 } else { end };
            let other = format!("{}7{}", &text[..end], &text[end..]);
            let arena = Bump::new();
            let (read, findings) = istio::read(&source(&other), given(mesh), &arena);
            if findings.is_empty() && reversed::text(&read)? == text {
                return Err(format!("a 7 behind this is passed over: {line}"));
            }
        }
        Ok(())
    })
}

fn of_mesh(case: &Case, and: impl FnOnce(&Mesh<'_>) -> Result<(), String>) -> Result<(), String> {
    let mut args = case.args();
    args.extend(envs(case).first().map(|env| format!("--env={env}")));
    reversed::with_mesh(case, &args, Written::AsTheyAre, and)
}
