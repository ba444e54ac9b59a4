//! Documents to compare on.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A document and what to call it.
pub struct Document {
    pub name: String,
    pub text: String,
}

/// Returns the test documents of the `kdl` crate, from wherever cargo has unpacked it.
pub fn of_the_crate() -> Vec<Document> {
    let folder = source_folder().join("tests/test_cases/input");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("the folder is listed").path())
        .collect();
    files.sort();
    files
        .iter()
        .map(|file| Document {
            name: file.file_stem().expect("a file has a name").to_string_lossy().into_owned(),
            text: fs::read_to_string(file).expect("the document is read"),
        })
        .collect()
}

fn source_folder() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--offline", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .expect("cargo runs");
    let metadata = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let manifest = metadata
        .split("\"manifest_path\":\"")
        .filter_map(|part| part.split('"').next())
        .find(|path| path.rsplit('/').nth(1).is_some_and(|folder| folder.starts_with("kdl-6.")))
        .expect("the kdl crate is a dependency");
    PathBuf::from(manifest).parent().expect("a manifest has a folder").to_path_buf()
}

/// Returns documents made at random, always the same ones: valid ones, and ones with something changed.
pub fn generated(count: usize) -> Vec<Document> {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    (0..count)
        .map(|number| {
            let mut text = String::new();
            nodes(&mut dice, 0, &mut text);
            if number % 2 == 1 {
                text = changed(&mut dice, &text);
            }
            Document { name: number.to_string(), text }
        })
        .collect()
}

/// A small generator of numbers (xorshift), so that a failure can be repeated.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).expect("fewer sides than that")
    }

    pub fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }
}

const WORDS: &[&str] = &[
    "a",
    "bc",
    "$x",
    "v1.2",
    "dev,",
    "x@y",
    "-",
    "+",
    "->",
    ".",
    "*",
    "*.example",
    "--x",
    "é",
    "日本",
    "b:80",
    "r",
    "_1",
    "~",
];
const STRINGS: &[&str] = &[
    r#""""#,
    r#""a b""#,
    r#""\n\t\r\s\"\\""#,
    r#""\u{41}\u{1F600}é""#,
    "\"a \\  \n  b\"",
    "#\"a\\d\"b\"#",
    "##\"a\"#b\"##",
    "\"\"\"\n  a\n\n    b\\n\n  \"\"\"",
    "\"\"\"\n\"\"\"",
    "\"\"\"\r\n\ta \"\"q\r\n\t\"\"\"",
    "\"\"\"\n  a \\\n  b\n  \"\"\"",
    "#\"\"\"\n  a\\\n  \"\"b\n  \"\"\"#",
    "#\"\"#",
];
const OTHERS: &[&str] = &[
    "0", "10", "-1", "+7", "1_000", "0x1F", "0o17", "0b1_0", "1.5", "-1.5e-3", "1E10", "#true", "#false",
    "#null", "#inf", "#-inf", "#nan", "007", "1e5_0",
];
const GAPS: &[&str] = &[
    " ",
    " ",
    " ",
    " ",
    "  ",
    "\t",
    "\u{a0}",
    " /* c */ ",
    " /*a/*b*/c*/",
    " \\\n ",
    " \\ // c\n",
    "\u{3000}",
    " \\ /* c */ \r\n",
];
const ENDS: &[&str] = &[
    "\n",
    "\n",
    "\n",
    "\r\n",
    ";",
    "; ",
    "\n\n",
    " // c\n",
    "\u{2028}",
    "\u{85}",
    "\r",
    "\n/* c */\n",
    "\u{c}",
];

fn nodes(dice: &mut Dice, depth: usize, to: &mut String) {
    for _ in 0..dice.roll(4) {
        if dice.roll(10) == 0 {
            to.push_str(dice.pick(&["/-", "/- ", "/-\n", "/- // c\n", "/-/* c */"]));
            node(dice, depth, to);
            // The other reader does not take a `;` behind a dropped node.
            to.push('\n');
        } else {
            node(dice, depth, to);
            to.push_str(dice.pick(ENDS));
        }
    }
}

fn node(dice: &mut Dice, depth: usize, to: &mut String) {
    annotation(dice, to);
    string(dice, to);
    for _ in 0..dice.roll(4) {
        to.push_str(dice.pick(GAPS));
        if dice.roll(12) == 0 {
            to.push_str(dice.pick(&["/-", "/- ", "/-\n"]));
        }
        if dice.roll(2) == 0 {
            string(dice, to);
            to.push_str(dice.pick(&["=", "=", "=", " = ", "= ", " =", "=\\\n"]));
        }
        annotation(dice, to);
        match dice.roll(2) {
            0 => string(dice, to),
            _ => to.push_str(dice.pick(OTHERS)),
        }
    }
    if depth < 3 && dice.roll(3) == 0 {
        to.push_str(dice.pick(&[" ", "", "  "]));
        to.push('{');
        to.push_str(dice.pick(&["\n", " ", ""]));
        nodes(dice, depth + 1, to);
        to.push('}');
    }
}

fn annotation(dice: &mut Dice, to: &mut String) {
    if dice.roll(8) == 0 {
        to.push_str(dice.pick(&["(", "( ", "(/* c */"]));
        string(dice, to);
        to.push_str(dice.pick(&[")", " )", ") ", ")/* c */"]));
    }
}

fn string(dice: &mut Dice, to: &mut String) {
    to.push_str(match dice.roll(3) {
        0 => dice.pick(STRINGS),
        _ => dice.pick(WORDS),
    });
}

/// Puts in, takes away or doubles a few characters.
fn changed(dice: &mut Dice, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=dice.roll(2) {
        let at = dice.roll(chars.len() + 1);
        match dice.roll(3) {
            0 if at < chars.len() => {
                chars.remove(at);
            }
            1 if at < chars.len() => chars.insert(at, chars[at]),
            _ => {
                let extra = dice.pick(&[
                    "\"",
                    "#",
                    "\\",
                    "/",
                    "(",
                    ")",
                    "{",
                    "}",
                    ";",
                    "=",
                    "\n",
                    " ",
                    "1",
                    ".",
                    "-",
                    "true",
                    "/-",
                    "//",
                    "*",
                    "[",
                    ",",
                    "\u{b}",
                    "\u{200e}",
                    "\u{200b}",
                    "'",
                    "%",
                    "e",
                    "_",
                    "a=1 a=2",
                    "https://x",
                    "a/*",
                    "vеr",
                ]);
                let tail = chars.split_off(at);
                chars.extend(extra.chars());
                chars.extend(tail);
            }
        }
    }
    // Dropped blocks within dropped blocks take the other reader too long.
    chars.into_iter().collect::<String>().replace("/-{", "/- {")
}
