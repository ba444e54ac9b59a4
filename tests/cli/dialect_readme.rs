//! The reference of the language is true: each of its blocks compiles, or fails as it says; each word stands in it as the
//! word table has it.
//!
//! A fence says in which context its lines stand and what becomes of them: ` ```kdl ` is a whole project, ` ```kdl file `
//! stands beside the services and gateways of [`WORLD`], ` ```kdl service ` are lines of a service there;
//! ` ```kdl route error unknown-word ` must fail with that code alone. A line `// teams/shop.kdl` begins another file.

use std::collections::BTreeSet;

use meshc_dialect::usage::usage;
use meshc_dialect::word::{Place as Spot, Word};
use meshc_dialect::words;

use crate::place::Place;

const README: &str = include_str!("../../dialect/README.md");

/// What a block may speak of that is not a whole project.
const WORLD: &str = r#"
gateway public ingress { workload istio=ingressgateway }
gateway exit egress { workload istio=egressgateway }
service frontend { port 80 http }
service api { port 8080 http }
service reviews { port 9080 http; version v1; version v2; serve v1 }
service orders-db { port 5432 tcp }
"#;

const MESH: &str = "mesh docs { envs dev staging prod }\n";

#[test]
fn every_block_is_what_it_says() {
    let blocks = blocks();
    assert!(blocks.len() > 20, "only {} blocks were found", blocks.len());
    let wrong: Vec<String> = blocks.iter().filter_map(judge).collect();
    assert!(wrong.is_empty(), "dialect/README.md:\n\n{}", wrong.join("\n"));
}

#[test]
fn every_word_has_an_entry_and_every_entry_a_word() {
    let entries: Vec<&str> = rows().iter().map(|row| row.heading).collect();
    let known: Vec<String> = words::all().map(heading).collect();
    let missing: Vec<&str> = known.iter().map(String::as_str).filter(|row| !entries.contains(row)).collect();
    let unknown: Vec<&str> =
        entries.iter().copied().filter(|row| !known.iter().any(|known| known == row)).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "dialect/README.md and the word table differ. These rows belong there, with what they become and what is \
         refused:\n\n{}\n\nand these do not:\n\n{}\n",
        missing.join("\n"),
        unknown.join("\n")
    );
    let once: BTreeSet<&&str> = entries.iter().collect();
    assert_eq!(once.len(), entries.len(), "a word stands twice in dialect/README.md");
}

#[test]
fn every_entry_says_what_it_becomes_and_names_codes_that_exist() {
    let dialect = meshc_dialect::codes();
    let compiler = meshc_compiler::codes();
    let known: BTreeSet<&str> = dialect.iter().chain(&compiler).map(|code| code.name).collect();
    let mut wrong: Vec<String> = Vec::new();
    for row in rows() {
        if !row.becomes.contains("][") && !row.becomes.contains("nothing") {
            wrong.push(format!("{}: {:?} has no source", row.heading, row.becomes));
        }
        for refusal in row.refused.split("<br>").filter(|text| *text != "—") {
            let code = refusal.strip_prefix('`').and_then(|rest| rest.split('`').next());
            if !code.is_some_and(|code| known.contains(code)) {
                wrong.push(format!("{}: {refusal:?} begins with no code", row.heading));
            }
        }
    }
    assert!(wrong.is_empty(), "dialect/README.md:\n{}", wrong.join("\n"));
}

#[test]
fn every_link_leads_somewhere() {
    for part in README.split("](#").skip(1) {
        let anchor = part.split(')').next().unwrap();
        let found =
            README.lines().filter_map(|line| line.strip_prefix('#')).any(|title| slug(title) == anchor);
        assert!(found, "nothing in dialect/README.md is called #{anchor}");
    }
    let defined = |name: &str| README.lines().any(|line| line.starts_with(&format!("[{name}]: https://")));
    for part in README.split("][").skip(1) {
        let name = part.split(']').next().unwrap();
        assert!(defined(name), "dialect/README.md does not say where [{name}] leads");
    }
}

#[test]
fn every_example_of_the_word_table_can_be_read() {
    let known: BTreeSet<&str> = meshc_dialect::codes().iter().map(|code| code.name).collect();
    for word in words::all() {
        // `in` stands in many places, and its example in one of them.
        let misread: Vec<String> = word
            .within
            .iter()
            .filter_map(|&spot| {
                let place = Place::with(&[("sample.kdl", &standing(spot, word.example))]);
                let run = place.run(&["check", "--format", "compact"]);
                codes(&run.stderr, "error")
                    .iter()
                    .any(|code| known.contains(code.as_str()))
                    .then_some(run.stderr)
            })
            .collect();
        assert!(misread.len() < word.within.len(), "{}:\n{}", word.example, misread.concat());
    }
}

/// Returns a line in the place where it stands.
fn standing(spot: Spot, line: &str) -> String {
    let (block, within) = match spot {
        Spot::File | Spot::Template => return line.to_owned(),
        Spot::Mesh => ("mesh", Spot::File),
        Spot::Gateway => ("gateway door ingress", Spot::File),
        Spot::Defaults => ("defaults", Spot::File),
        Spot::Service => ("service sample", Spot::File),
        Spot::Ingress => ("ingress sample.example.com", Spot::File),
        Spot::Egress => ("egress sample.example.org", Spot::File),
        Spot::Expect => ("expect sample", Spot::File),
        Spot::Policy => ("policy sample", Spot::File),
        Spot::Rule => ("require timeout", Spot::Policy),
        Spot::Route => ("route \"/sample\"", Spot::Service),
        Spot::Canary => ("canary v2", Spot::Service),
        Spot::Headers => ("headers", Spot::Service),
        Spot::To => ("to v1", Spot::Service),
        Spot::Cors => ("cors", Spot::Service),
        Spot::Spread => ("spread from=us", Spot::Service),
        Spot::When => ("when", Spot::Route),
        Spot::Not => ("not", Spot::When),
        Spot::Response => ("response", Spot::Headers),
        Spot::Request => ("request GET \"http://sample/\"", Spot::Expect),
    };
    standing(within, &format!("{block} {{\n{line}\n}}"))
}

/// A block of the language, and what its fence says.
struct Block {
    line: usize,
    context: String,
    /// The code that it must fail with, or be warned of.
    code: Option<(String, String)>,
    text: String,
}

fn blocks() -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for (index, line) in README.lines().enumerate() {
        if let Some(info) = line.strip_prefix("```") {
            let mut words = info.split(' ');
            if !open && words.next() == Some("kdl") {
                let words: Vec<&str> = words.collect();
                let at = words.iter().position(|word| matches!(*word, "error" | "warning"));
                let code = at.map(|at| (words[at].to_owned(), words[at + 1].to_owned()));
                let context = words[..at.unwrap_or(words.len())].join(" ");
                blocks.push(Block { line: index + 1, context, code, text: String::new() });
                open = true;
            } else {
                open = false;
            }
        } else if open {
            let block = blocks.last_mut().unwrap();
            block.text.push_str(line);
            block.text.push('\n');
        }
    }
    blocks
}

/// Returns what is wrong with a block.
fn judge(block: &Block) -> Option<String> {
    let files = project(block);
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let run = Place::with(&files).run(&["check", "--format", "compact"]);
    let (errors, warnings) = (codes(&run.stderr, "error"), codes(&run.stderr, "warning"));
    let expected = |level: &str| -> BTreeSet<String> {
        block.code.iter().filter(|(at, _)| at == level).map(|(_, code)| code.clone()).collect()
    };
    let good = errors == expected("error")
        && warnings == expected("warning")
        && run.exit == Some(i32::from(!errors.is_empty()));
    (!good).then(|| format!("line {}: {:?}\n{}{}", block.line, block.code, block.text, run.stderr))
}

/// Returns the codes of findings of a level.
fn codes(stderr: &str, level: &str) -> BTreeSet<String> {
    let start = format!(" {level}[");
    let found = stderr.split(&start).skip(1);
    found.filter_map(|rest| Some(rest.split_once(']')?.0.to_owned())).collect()
}

/// Returns the files of a block: its own, and those of its context.
fn project(block: &Block) -> Vec<(String, String)> {
    let text = &block.text;
    let begins = |words: &[&str]| {
        text.lines().any(|line| words.iter().any(|word| line.trim_end().split(' ').next() == Some(word)))
    };
    let unless = |words: &[&str], line: &str| if begins(words) { String::new() } else { format!("{line}\n") };
    let wrapped = match block.context.as_str() {
        "" => return split(text),
        "file" => text.clone(),
        "service" => {
            let versions = if text.contains(" v2") || text.contains(" v1") {
                unless(&["version"], "version v1; version v2") + &unless(&["serve", "to"], "serve v1")
            } else {
                String::new()
            };
            format!("service sample {{\n{}{versions}{text}}}\n", unless(&["port"], "port 8080 http"))
        }
        "ingress" => {
            let to = unless(&["to", "redirect", "respond"], "to frontend");
            format!("ingress sample.example.com {{\n{text}{to}}}\n")
        }
        "egress" => format!("egress sample.example.org {{\n{text}}}\n"),
        "route" => format!(
            "service sample {{\nport 8080 http; version v1; version v2; version v3; serve v1\nroute \"/sample/*\" {{\n{text}}}\n}}\n"
        ),
        "when" => format!(
            "service sample {{\nport 8080 http\nroute {{\nwhen {{\n{text}}}\ntimeout \"9s\"\n}}\n}}\n"
        ),
        "expect" => format!("expect \"sample\" {{\n{text}}}\n"),
        "mesh" => {
            return vec![("mesh.kdl".into(), format!("mesh docs {{\n{text}}}\n{WORLD}"))];
        }
        other => panic!("line {}: a block of {other:?}?", block.line),
    };
    let mut files = split(&wrapped);
    files.push(("mesh.kdl".into(), format!("{MESH}{WORLD}")));
    files
}

/// Splits a text where a comment names a file.
fn split(text: &str) -> Vec<(String, String)> {
    let mut files = vec![("sample.kdl".to_owned(), String::new())];
    for line in text.lines() {
        match line.strip_prefix("// ").filter(|path| path.ends_with(".kdl") && !path.contains(' ')) {
            Some(path) => files.push((path.to_owned(), String::new())),
            None => {
                let text = &mut files.last_mut().unwrap().1;
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    files.retain(|(_, text)| !text.trim().is_empty());
    files
}

/// A row of the reference.
struct Row<'r> {
    /// Its form, places and doc, which are those of the word table.
    heading: &'r str,
    becomes: &'r str,
    refused: &'r str,
}

fn rows() -> Vec<Row<'static>> {
    let (_, rest) = README.split_once("\n## Reference").unwrap();
    let reference = rest.split("\n## ").next().unwrap();
    let rows = reference.lines().filter(|line| line.starts_with("| `") && line.matches(" | ").count() == 3);
    rows.map(|line| {
        let (rest, refused) = line.strip_suffix(" |").unwrap().rsplit_once(" | ").unwrap();
        let (heading, becomes) = rest.rsplit_once(" | ").unwrap();
        Row { heading, becomes, refused }
    })
    .collect()
}

/// Returns how the row of a word begins.
fn heading(word: &Word) -> String {
    let places: Vec<&str> = word.within.iter().map(|place| place.name()).collect();
    let at = if word.within == [Spot::File] { "at" } else { "in" };
    // A bar ends a cell, in code as well.
    let cell = |text: String| text.replace('|', "\\|");
    format!(
        "| {} | {}",
        cell(format!("`{}`<br>{at} {}", usage(word), places.join(", "))),
        cell(word.doc.into())
    )
}

/// Returns what a title is called in a link to it.
fn slug(title: &str) -> String {
    let kept = title.trim_start_matches('#').trim().chars().filter_map(|c| match c {
        ' ' | '-' => Some('-'),
        c if c.is_alphanumeric() || c == '_' => Some(c.to_ascii_lowercase()),
        _ => None,
    });
    kept.collect()
}
