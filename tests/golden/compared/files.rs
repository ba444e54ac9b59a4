//! A project as its files, edits of how it is written that change nothing, and what a comparison of two says.

use std::collections::BTreeMap;

use bumpalo::Bump;
use meshc_compiler::diff::space::Budget;
use meshc_compiler::diff::{self, Diff, Nowhere, Side};
use meshc_compiler::mesh::Mesh;
use meshc_compiler::project::{self, Plan, Project, ROOT_FILE};
use meshc_compiler::resolve::resolve;
use meshc_compiler::route::{self, Question};
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::format::format;
use meshc_dialect::sources::Sources;
use meshc_dialect::span::FileId;

/// Paths with their texts, in the order in which they are read.
#[derive(Clone, PartialEq, Debug)]
pub struct Files(pub Vec<(String, String)>);

/// Compares two projects in an environment.
pub fn compare(before: &Files, after: &Files, env: Option<&str>) -> Result<Diff, String> {
    before.with_mesh(env, |old| after.with_mesh(env, |new| Ok(compared(old, new))))
}

/// Compares each of three projects with each in an environment.
pub fn compare_all(all: [&Files; 3], env: Option<&str>) -> Result<[[Diff; 3]; 3], String> {
    let [one, two, three] = all;
    one.with_mesh(env, |one| {
        two.with_mesh(env, |two| {
            three.with_mesh(env, |three| {
                let all = [one, two, three];
                Ok(all.map(|before| all.map(|after| compared(before, after))))
            })
        })
    })
}

fn compared<'m>(before: &'m Mesh<'m>, after: &'m Mesh<'m>) -> Diff {
    let [before, after] = Side::both([before, after], [&Nowhere, &Nowhere]);
    diff::compare(&before, &after, Budget::default())
}

impl Files {
    /// A project of one file.
    pub fn one(text: String) -> Files {
        Files(vec![("shop.kdl".to_owned(), text)])
    }

    /// Returns the environments.
    pub fn envs(&self) -> Vec<String> {
        let (mut out, arena, sources) = (Diagnostics::default(), Bump::new(), self.sources());
        Project::parse(&sources, &arena, &mut out).envs.iter().map(|env| (*env).to_owned()).collect()
    }

    /// Compiles it and does something with its mesh.
    fn with_mesh<T>(
        &self,
        env: Option<&str>,
        and: impl FnOnce(&Mesh<'_>) -> Result<T, String>,
    ) -> Result<T, String> {
        let (mut out, arena, sources) = (Diagnostics::default(), Bump::new(), self.sources());
        let parsed = Project::parse(&sources, &arena, &mut out);
        let env = env.and_then(|asked| parsed.envs.iter().copied().find(|env| *env == asked));
        let mesh = resolve(&parsed, env, &arena, &mut out);
        if out.has_errors() {
            return Err(format!("does not build: {:?}\n{self:?}", out.as_slice()));
        }
        and(&mesh)
    }

    /// Returns what is read of it.
    fn sources(&self) -> Sources {
        let plan = self.plan();
        let sources = Sources::default();
        for (path, text) in self.0.iter().filter(|(path, _)| plan.selects(path)) {
            sources.add(path.clone(), text.clone());
        }
        sources
    }

    /// Returns what becomes of a request, as a document.
    pub fn route(&self, question: &Question<'_>, env: Option<&str>) -> Result<String, String> {
        let (mut out, arena, sources) = (Diagnostics::default(), Bump::new(), self.sources());
        let parsed = Project::parse(&sources, &arena, &mut out);
        let env = env.and_then(|asked| parsed.envs.iter().copied().find(|env| *env == asked));
        route::route(question, &parsed, env, (&sources, ""), route::Format::Json, &mut out)
    }

    fn plan(&self) -> Plan {
        let root = self.0.iter().find(|(path, _)| path == ROOT_FILE);
        root.map_or_else(Plan::default, |(_, text)| {
            project::plan(text, FileId(0), &mut Diagnostics::default())
        })
    }

    /// The same, read from the last to the first.
    pub fn backwards(&self) -> Files {
        Files(self.0.iter().rev().cloned().collect())
    }

    /// The same with other names of files, each in its folder; one that only its name lets in keeps it.
    pub fn renamed(&self) -> Files {
        self.moved(|folder, index| format!("{folder}z{index}-other.kdl"))
    }

    fn moved(&self, name: impl Fn(&str, usize) -> String) -> Files {
        let plan = self.plan();
        let rename = |(index, (path, text)): (usize, &(String, String))| {
            let new = name(folder(path), index);
            let keeps = path == ROOT_FILE || !plan.selects(path) || !plan.selects(&new);
            (if keeps { path.clone() } else { new }, text.clone())
        };
        Files(self.0.iter().enumerate().map(rename).collect())
    }

    /// The same as `meshc fmt` leaves it.
    pub fn formatted(&self) -> Files {
        let sources = Sources::default();
        let anew = self.0.iter().map(|(path, text)| {
            let file = sources.add(path.clone(), text.clone());
            let text = format(file, sources.file(file), &mut Diagnostics::default());
            (path.clone(), text.unwrap_or_else(|| sources.file(file).text.clone()))
        });
        Files(anew.collect())
    }

    /// The same with each block in a file of its own, in its folder.
    pub fn split(&self) -> Files {
        let plan = self.plan();
        let mut parts = Vec::new();
        for (index, (path, text)) in self.formatted().0.into_iter().enumerate() {
            let name = |part: usize| format!("{}z{index}-{part}.kdl", folder(&path));
            if path == ROOT_FILE || !plan.selects(&path) || !plan.selects(&name(0)) || text.contains("\"\"\"")
            {
                parts.push((path, text));
                continue;
            }
            parts.extend(blocks(&text).into_iter().enumerate().map(|(part, text)| (name(part), text)));
        }
        Files(parts)
    }

    /// The same with all files of a folder in one.
    pub fn joined(&self) -> Files {
        let plan = self.plan();
        let mut folders: BTreeMap<String, (String, String)> = BTreeMap::new();
        let mut rest = Vec::new();
        for (path, text) in &self.0 {
            if path == ROOT_FILE || !plan.selects(path) {
                rest.push((path.clone(), text.clone()));
                continue;
            }
            let (_, whole) = folders.entry(folder(path).to_owned()).or_insert((path.clone(), String::new()));
            whole.push_str(text);
            whole.push('\n');
        }
        rest.extend(folders.into_values());
        Files(rest)
    }

    /// The same with comments wherever a line begins or ends a block.
    pub fn commented(&self) -> Files {
        let comment = |text: &str| match text.contains("\"\"\"") {
            true => format!("// Nobody reads this.\n{text}"),
            false => text.split_inclusive('\n').map(commented).collect(),
        };
        Files(self.0.iter().map(|(path, text)| (path.clone(), comment(text))).collect())
    }
}

/// Returns a line, with comments if nothing is left open in it.
fn commented(line: &str) -> String {
    let bare = line.trim();
    match bare.ends_with('{') || bare == "}" {
        true if !bare.contains("//") && !bare.contains("/*") => {
            format!("{} // and this\n/* or\nthis */\n", line.trim_end())
        }
        _ => line.to_owned(),
    }
}

fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |at| &path[..=at])
}

/// Returns the blocks of a formatted text, each with the comments above it.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut open = true;
    for line in text.split_inclusive('\n') {
        let begins = !line.starts_with([' ', '}', '\n']);
        let comment = line.starts_with("//") || line.starts_with("/*");
        if blocks.is_empty() || begins && !open {
            blocks.push(String::new());
        }
        if begins {
            open = comment;
        }
        blocks.last_mut().expect("one was begun").push_str(line);
    }
    blocks
}
