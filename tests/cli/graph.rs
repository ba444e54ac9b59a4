//! Pictures: each is one that its readers take, and in which nothing lies on something else.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place::{Place, meshc, run};

/// The version of Mermaid that is asked; GitHub and GitLab have one of this line.
const MERMAID: &[&str] = &["mermaid@11.17.2", "jsdom@26.1.0"];

/// Values that want out of where they stand.
const HOSTILE: &str = r##"gateway public ingress { workload istio=ingressgateway }
service a {
    port 80 http
    version v1
    version v2
    serve v1
    route name=r { when { header x="</text><script>alert(1)</script>\"]; click n0 call a() %% #lt; --> end\\" }; to v2 }
    route name=s { when { header y=(exact)"`**b**` | & 'q' {{x}} <br/>" }; to v2 }
}
ingress shop.example.com { route "/\"|x[y]&z" { respond 200 }; to a }
"##;

/// Every picture that is looked at, with what asks for it.
fn pictures() -> Vec<(PathBuf, Vec<&'static str>)> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").canonicalize().unwrap();
    vec![
        (examples.join("bookinfo"), vec!["./"]),
        (examples.join("online-boutique"), vec!["./"]),
        (examples.join("online-boutique"), vec!["./", "--limit", "5"]),
        (examples.join("egress"), vec!["./"]),
        (examples.join("acme"), vec!["./", "--env", "prod"]),
        (examples.join("acme"), vec!["./", "--env", "dev"]),
        (examples.join("acme"), vec!["reviews", "--env", "prod"]),
        (examples.clone(), vec!["./bookinfo", "--before", "./online-boutique"]),
    ]
}

fn draw(folder: &Path, args: &[&str], format: &str) -> String {
    let run = run(meshc(folder).arg("graph").args(args).args(["--format", format]), b"");
    assert_eq!((run.exit, run.stderr.as_str()), (Some(0), ""), "{args:?}");
    run.stdout
}

/// Calls a function with every picture in one format, also with one of hostile values and one of a large project.
fn each(format: &str, mut then: impl FnMut(&str, &str)) {
    for (folder, args) in pictures() {
        then(&format!("{} {args:?}", folder.display()), &draw(&folder, &args, format));
    }
    let hostile = Place::with(&[("a.kdl", HOSTILE)]);
    then("hostile", &draw(&hostile.path(""), &[], format));
    let large = large();
    then("large", &draw(&large.path(""), &[], format));
}

/// A project of hundreds of services.
fn large() -> Place {
    let mut text = String::from("gateway public ingress { workload istio=ingressgateway }\n");
    for team in 0..20 {
        for service in 0..20 {
            let (name, space) = (format!("s{team}-{service}"), format!("team-{team}"));
            text.push_str(&format!(
                "service {name} {{ namespace {space}; port 80 http; egress x{service}.example.net }}\n"
            ));
            text.push_str(&format!("ingress {name}.example.com {{ namespace {space}; to {name} }}\n"));
        }
    }
    Place::with(&[("all.kdl", &text)])
}

#[test]
fn a_picture_is_xml_with_every_box_once_and_none_on_another() {
    each("svg", |name, text| {
        let document =
            roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{name}: {error}\n{text}"));
        let class = |node: &roxmltree::Node<'_, '_>, class: &str| {
            node.attribute("class").is_some_and(|all| all.split(' ').any(|own| own == class))
        };
        let mut boxes: Vec<(String, [i32; 4])> = Vec::new();
        for node in document.descendants().filter(|node| class(node, "mg-node")) {
            let number = |text: &str| text.trim().parse::<i32>().unwrap();
            let moved = node.attribute("transform").unwrap();
            let (x, y) =
                moved.strip_prefix("translate(").unwrap().strip_suffix(')').unwrap().split_once(' ').unwrap();
            let own = node.children().find(|node| class(node, "mg-box")).unwrap();
            let size = |what: &str| number(own.attribute(what).unwrap());
            let title = node.children().find(|node| node.has_tag_name("title")).unwrap().text().unwrap();
            boxes.push((title.to_owned(), [number(x), number(y), size("width"), size("height")]));
        }
        assert!(!boxes.is_empty(), "{name}");
        for (index, (title, one)) in boxes.iter().enumerate() {
            for (other_title, other) in &boxes[index + 1..] {
                assert_ne!(title, other_title, "{name}");
                let apart =
                    |at: usize| one[at] + one[at + 2] <= other[at] || other[at] + other[at + 2] <= one[at];
                assert!(apart(0) || apart(1), "{name}: {title} lies on {other_title}");
            }
        }
        let known = ["svg", "title", "style", "g", "rect", "path", "text", "circle"];
        let strange =
            document.descendants().find(|node| node.is_element() && !known.contains(&node.tag_name().name()));
        assert!(strange.is_none(), "{name}: {strange:?}");
        assert!(!text.contains("url(") && !text.contains("href") && !text.contains("@import"), "{name}");
    });
}

#[test]
fn hostile_values_stay_text() {
    let place = Place::with(&[("a.kdl", HOSTILE)]);
    let page = draw(&place.path(""), &[], "html");
    assert!(page.contains("&lt;script&gt;alert(1)"), "{page}");
    assert!(!page.contains("<script"), "{page}");
    let mermaid = draw(&place.path(""), &[], "mermaid");
    assert!(!mermaid.contains("<script") && !mermaid.contains('`') && !mermaid.contains("%%"), "{mermaid}");
}

#[test]
fn a_large_project_is_drawn_by_namespace_and_says_so() {
    let place = large();
    let text = draw(&place.path(""), &[], "mermaid");
    assert!(text.contains("namespace team"), "{text}");
    assert!(text.contains("20 services") && text.contains("drawn together"), "{text}");
    assert!(text.len() < 50_000, "GitHub draws no more than that: {}", text.len());
    let one = draw(&place.path(""), &["s3-4"], "mermaid");
    assert!(one.contains("s3-4") && one.contains("x4.example.net") && !one.contains("s3-5"), "{one}");
}

#[test]
fn an_unknown_name_is_refused_with_one_that_is_near() {
    let place = Place::with(&[("a.kdl", HOSTILE), ("b.kdl", "service reviews { port 80 http }")]);
    place
        .run(&["graph", "review"])
        .exits(2)
        .says("nothing is called `review`")
        .says("did you mean `reviews`?");
    place.run(&["graph", "./nowhere"]).exits(2);
    place.run(&["graph", "--format", "png"]).exits(2);
}

#[test]
fn what_does_not_build_is_not_drawn() {
    let place = Place::with(&[("a.kdl", crate::place::BAD)]);
    let run = place.run(&["graph"]).exits(1).says("meshc: 1 error");
    assert!(run.stdout.is_empty(), "{run:?}");
}

#[test]
fn graphviz_takes_every_picture() {
    if Command::new("dot").arg("-V").output().is_err() {
        println!("skipped: no dot on this machine, so nobody knows whether Graphviz takes our pictures");
        return;
    }
    each("dot", |name, text| {
        let run = run(Command::new("dot").arg("-Tsvg"), text.as_bytes());
        assert_eq!((run.exit, run.stderr.as_str()), (Some(0), ""), "{name}\n{text}");
    });
}

#[test]
fn mermaid_takes_every_picture() {
    let Some(folder) = mermaid() else {
        println!("skipped: no Node with a package index, so nobody knows whether Mermaid takes our pictures");
        return;
    };
    let place = Place::with(&[]);
    let mut files = Vec::new();
    each("mermaid", |_, text| {
        let name = format!("{}.mmd", files.len());
        place.put(&name, text.as_bytes());
        files.push(place.path(&name));
    });
    let run = run(Command::new("node").arg("parse.mjs").args(&files).current_dir(folder), b"");
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    assert_eq!(run.stdout.matches("flowchart").count(), files.len(), "{}", run.stdout);
}

/// Returns a folder with Mermaid and a script that parses files with it.
fn mermaid() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/mermaid");
    std::fs::create_dir_all(&folder).ok()?;
    if !folder.join("node_modules/mermaid").exists() {
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--no-save"]).args(MERMAID).current_dir(&folder);
        let installed = npm.output().is_ok_and(|output| output.status.success());
        if !installed {
            return None;
        }
    }
    let script = "import { JSDOM } from 'jsdom';
import fs from 'node:fs';
const { window } = new JSDOM('');
globalThis.window = window;
globalThis.document = window.document;
const mermaid = (await import('mermaid')).default;
for (const file of process.argv.slice(2)) {
    console.log((await mermaid.parse(fs.readFileSync(file, 'utf8'))).diagramType);
}
";
    std::fs::write(folder.join("parse.mjs"), script).ok()?;
    Some(folder)
}
