//! Files of intent: those of the repository, and careless ones made at random.

use std::fs;
use std::path::Path;

use crate::documents::{Dice, Document};

/// Returns every file of intent among the examples and cases of the repository.
pub fn of_the_repository() -> Vec<Document> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut documents = Vec::new();
    for folder in ["examples", "golden"] {
        collect(&top.join(folder), &mut documents);
    }
    assert!(documents.len() > 10, "the repository has files of intent");
    documents
}

fn collect(folder: &Path, documents: &mut Vec<Document>) {
    for entry in fs::read_dir(folder).expect("the folder is listed").flatten() {
        let kind = entry.file_type().expect("an entry has a type");
        let name = entry.path().display().to_string();
        if kind.is_dir() {
            collect(&entry.path(), documents);
        } else if kind.is_file() && name.ends_with(".kdl") {
            documents.extend(fs::read_to_string(entry.path()).ok().map(|text| Document { name, text }));
        }
    }
}

/// Returns files made at random, always the same ones.
pub fn generated(count: usize) -> Vec<Document> {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let mut document = |number: usize| {
        let mut text = String::new();
        for _ in 0..=dice.roll(3) {
            block(&mut dice, &mut text);
        }
        Document { name: number.to_string(), text }
    };
    (0..count).map(&mut document).collect()
}

const HEADS: &[&str] = &[
    "service a",
    "service \"b\" as=\"c\"",
    "ingress \"shop.example.com\"",
    "egress x.example.com",
    "in prod { service d",
    "template t",
    "/-service e",
    "expect \"smoke\"",
    "defaults",
];
const LINES: &[&str] = &[
    "serve v1",
    "serve \"v2\"",
    "canary v2 percent=10 { header \"x-canary\"=\"always\"; cookie beta=yes }",
    "canary \"v2\"   percent = 5",
    "to reviews",
    "to \"reviews@v2\" weight=40",
    "redirect \"/\" status=301",
    "respond 200 body=\"ok\"",
    "route \"/a/*\" name=\"x\" { to \"v3\"; timeout \"1s\" }",
    "route (regex)\"/a.*\"   { rewrite path=\"/\" }",
    "route \"/b\" {\n  to v1 // b\n when { method \"GET\" \"POST\" } }",
    "/- route \"/c\"",
    "/-serve v3",
    "timeout \"5s\"",
    "port 80 \"http\"",
    "version \"v1\" track=\"a b\" app=\"3.0\"",
    "version v2 \\\n  x=\"y\"",
    "in \"prod\"   { drop mirror }",
    "in dev {\n\n\n timeout \"off\" }",
    "egress \"y.example.com\" { to \"x\"; route \"/z\" { to \"q\" } }",
    "mirror /* why */ v3",
    "host \"a.b\" \"*.c.d\" \"localhost\"",
    "headers { set x-a=\"b\" y=\"true\"; remove \"server\" }",
];
const ENDS: &[&str] =
    &["\n", "\n", "\n", ";", "; ", " // end\n", "   // far\n", "\r\n", "\n\n", "\n\n\n", " /* e */\n"];
const ABOVE: &[&str] = &[
    "",
    "",
    "",
    "",
    "// above\n",
    "\n// above\n  // more\n",
    "// apart\n\n",
    "/* of\n its own */\n",
    "/* at */ ",
];

fn block(dice: &mut Dice, to: &mut String) {
    let head = dice.pick(HEADS);
    to.push_str(dice.pick(&["", "// head\n", "\n"]));
    to.push_str(head);
    to.push_str(dice.pick(&[" {", "{", "   {"]));
    to.push_str(dice.pick(&["\n", " ", "", " // opening\n", "\n\n"]));
    for _ in 0..dice.roll(8) {
        to.push_str(dice.pick(ABOVE));
        to.push_str(dice.pick(&["", "  ", "\t"]));
        to.push_str(dice.pick(LINES));
        to.push_str(dice.pick(ENDS));
    }
    to.push('}');
    if head.contains('{') {
        to.push_str(" }");
    }
    to.push_str(dice.pick(&["\n", "\n\n", " // behind\n"]));
}
