//! scratch
use bumpalo::Bump;
use meshc_compiler::project::{Plan, Project, ROOT_FILE, plan};
use meshc_compiler::review::{Format, InEnv, Review, Revision, compare};
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::sources::Sources;
use std::path::Path;
fn files(dir: &Path) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path)
            } else {
                found.push(path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned())
            }
        }
    }
    found.retain(|p| p.ends_with(".kdl"));
    found.sort_by(|a, b| (a != ROOT_FILE, a).cmp(&(b != ROOT_FILE, b)));
    found
}
fn load(dir: &Path, sources: &mut Sources, out: &mut Diagnostics) -> Vec<meshc_dialect::span::FileId> {
    let mut p = Plan::default();
    let mut ids = Vec::new();
    for path in files(dir) {
        if !p.selects(&path) {
            continue;
        }
        let text = std::fs::read_to_string(dir.join(&path)).unwrap();
        let leads = path == ROOT_FILE;
        let f = sources.add(path, text);
        if leads {
            p = plan(&sources.file(f).text, f, out);
        }
        ids.push(f);
    }
    ids
}
fn main() {
    let json = std::env::args().any(|a| a == "--json");
    for dir in std::env::args().skip(1).filter(|a| a != "--json") {
        let dir = Path::new(&dir);
        let mut s = [Sources::default(), Sources::default()];
        let mut out = [Diagnostics::default(), Diagnostics::default()];
        for (i, side) in ["before", "after"].iter().enumerate() {
            load(&dir.join(side), &mut s[i], &mut out[i]);
        }
        let arena = Bump::new();
        println!("=================== {}", dir.file_name().unwrap().to_string_lossy());
        let pr: Vec<Project> = (0..2).map(|i| Project::parse(&s[i], &arena, &mut out[i])).collect();
        let mut envs: Vec<Option<String>> =
            pr.iter().flat_map(|p| p.envs.iter().map(|e| Some((*e).to_owned()))).collect();
        envs.sort();
        envs.dedup();
        if envs.is_empty() {
            envs.push(None)
        }
        let mut all = Vec::new();
        for env in &envs {
            let r: Vec<Revision> = (0..2)
                .map(|i| {
                    let e = env.as_deref().and_then(|e| pr[i].envs.iter().copied().find(|o| *o == e));
                    Revision::compile(&pr[i], e, &arena, &mut out[i])
                })
                .collect();
            let d =
                if out.iter().any(|o| o.has_errors()) { None } else { Some(compare(&s[1], &r[0], &r[1])) };
            all.push(InEnv { env: env.clone(), diff: d });
        }
        for (i, o) in out.iter().enumerate() {
            if !o.as_slice().is_empty() {
                for d in o.as_slice() {
                    println!("SIDE {i}: {:?} {:?}", d.code.name, d.message);
                }
            }
        }
        let review = Review {
            before: "before".into(),
            after: "after".into(),
            before_base: "before/".into(),
            after_base: "after/".into(),
            envs: all,
        };
        println!("{}", review.show(if json { Format::Json } else { Format::Pretty }));
    }
}
