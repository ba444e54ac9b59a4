//! What nobody can beat: the same bytes without any thought.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use crate::project::Service;
use crate::run::{Cost, median};

/// A service as a program that only writes would hold it.
struct Model {
    name: String,
    team: String,
    path: String,
    percent: usize,
}

/// Writes the YAML of a project of services from memory; returns what that costs, and the bytes.
pub fn write(size: usize, runs: usize, file: &Path) -> io::Result<(Cost, Vec<u8>)> {
    let model: Vec<Model> = (0..size)
        .map(Service)
        .map(|service| Model {
            name: service.name(),
            team: service.team(),
            path: service.path(),
            percent: service.canary_percent(),
        })
        .collect();
    let cost = median(runs, || {
        let start = Instant::now();
        let mut out = BufWriter::with_capacity(1 << 16, File::create(file)?);
        for (index, service) in model.iter().enumerate() {
            let between = if index == 0 { "" } else { "---\n" };
            out.write_all(between.as_bytes())?;
            destination_rule(service, &mut out)?;
        }
        for service in &model {
            out.write_all(b"---\n")?;
            virtual_service(service, &mut out)?;
        }
        out.flush()?;
        Ok(Cost { wall: start.elapsed(), child: None })
    })?;
    Ok((cost, fs::read(file)?))
}

/// Writes bytes that are there already.
pub fn copy(bytes: &[u8], runs: usize, file: &Path) -> io::Result<Cost> {
    median(runs, || {
        let start = Instant::now();
        fs::write(file, bytes)?;
        Ok(Cost { wall: start.elapsed(), child: None })
    })
}

fn metadata(kind: &str, service: &Model, out: &mut impl Write) -> io::Result<()> {
    let Model { name, team, path, percent: _ } = service;
    write!(
        out,
        "apiVersion: networking.istio.io/v1
kind: {kind}
metadata:
  name: {name}
  namespace: {team}
  labels:
    app.kubernetes.io/managed-by: meshc
  annotations:
    meshc.dev/source: {path}
"
    )
}

fn destination_rule(service: &Model, out: &mut impl Write) -> io::Result<()> {
    metadata("DestinationRule", service, out)?;
    let Model { name, team, .. } = service;
    write!(
        out,
        "spec:
  host: {name}.{team}.svc.cluster.local
  trafficPolicy:
    connectionPool:
      tcp:
        maxConnections: 100
      http:
        http1MaxPendingRequests: 100
        http2MaxRequests: 1000
    outlierDetection:
      consecutive5xxErrors: 5
      interval: 10s
      baseEjectionTime: 30s
      maxEjectionPercent: 50
  subsets:
  - name: v1
    labels:
      version: v1
  - name: v2
    labels:
      version: v2
"
    )
}

fn virtual_service(service: &Model, out: &mut impl Write) -> io::Result<()> {
    metadata("VirtualService", service, out)?;
    let Model { name, team, path: _, percent } = service;
    let host = format!("{name}.{team}.svc.cluster.local");
    let rest = 100 - percent;
    let handling = "    timeout: 5s
    retries:
      attempts: 2
      perTryTimeout: 1s
      retryOn: 5xx,reset,connect-failure
";
    write!(
        out,
        "spec:
  hosts:
  - {host}
  http:
  - name: canary
    match:
    - headers:
        x-canary:
          exact: always
    route:
    - destination:
        host: {host}
        subset: v2
        port:
          number: 8080
{handling}  - name: default
    route:
    - destination:
        host: {host}
        subset: v1
        port:
          number: 8080
      weight: {rest}
    - destination:
        host: {host}
        subset: v2
        port:
          number: 8080
      weight: {percent}
{handling}"
    )
}
