//! What the comparison of routes says of two patterns, held against RE2: an example is matched by one of them and not by the
//! other, and of two that are called the same no text is matched by one alone.

use meshc_compiler::diff::space::{Budget, Class, Domain, Paths, Ports, Row, Table, Verdict, compare};
use meshc_compiler::mesh::{Pattern, Test};

use crate::generated;
use crate::oracle::{Question, Reading, Verdict as Theirs};

/// So many patterns are taken, each with five others.
const PATTERNS: usize = 600;

/// What is matched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Of {
    Header,
    Path,
}

/// Two patterns, and what is said of them.
struct Pair {
    of: Of,
    patterns: [usize; 2],
    said: Said,
}

enum Said {
    /// Nothing tells them apart; a text does in proxies that match code points, where there is one.
    Same {
        older: Option<usize>,
    },
    /// These texts are matched by one of them.
    Different(Vec<usize>),
    Unknown,
}

#[derive(Default, Debug)]
struct Counts {
    pairs: usize,
    same: usize,
    older: usize,
    different: usize,
    examples: usize,
    unknown: usize,
    agreed: usize,
}

#[test]
fn what_tells_two_patterns_apart_does_so_in_re2() {
    let (mut patterns, mut texts) = (Vec::new(), Vec::new());
    let subjects = generated::subjects();
    let legal = subjects.all[..subjects.text].iter().filter(|text| is_header(text));
    texts.extend(legal.cloned());
    texts.extend(subjects.all[..subjects.text].iter().filter(|text| is_path(text)).map(|text| below(text)));
    let usual = texts.len();
    let pairs = pairs(&mut patterns, &mut texts);
    let question = Question::new("re2-differing.json", &patterns, &texts);
    let Some(theirs) = question.to_cpp() else { return };
    let mut counts = Counts::default();
    let mut wrong = Vec::new();
    for pair in &pairs {
        wrong.extend(complaint(pair, &patterns, &texts, usual, &theirs, &mut counts));
    }
    println!("{counts:?}");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(
        counts.same > 300 && counts.older > 0 && counts.different > 250 && counts.unknown * 20 < counts.pairs,
        "too little was tried: {counts:?}"
    );
}

/// Makes pairs of patterns and compares each; examples are put behind the texts.
fn pairs(patterns: &mut Vec<String>, texts: &mut Vec<Vec<u8>>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let all = generated::patterns(2 * PATTERNS);
    for (index, pattern) in all[..PATTERNS].iter().enumerate() {
        let next = &all[PATTERNS + index];
        let others = [
            format!("(?:{pattern})"),
            format!("{pattern}|{pattern}"),
            format!("(?:{pattern})|a"),
            pattern.replacen(['a', 'k', '.'], "[ak]", 1),
            next.clone(),
        ];
        for (which, other) in others.into_iter().enumerate() {
            let of = if (index + which) % 4 == 0 { Of::Path } else { Of::Header };
            let both = [pattern.clone(), other].map(|pattern| match of {
                Of::Header => pattern,
                Of::Path => format!("/(?:{pattern})"),
            });
            // What we do not read, Istio refuses before anybody compares it.
            let is_read = |pattern: &String| meshc_compiler::re2::Regex::new(pattern).is_ok();
            if both[0] == both[1] || !both.iter().all(is_read) {
                continue;
            }
            let said = said(of, &both, texts);
            patterns.extend(both);
            pairs.push(Pair { of, patterns: [patterns.len() - 2, patterns.len() - 1], said });
        }
    }
    pairs
}

fn said(of: Of, both: &[String; 2], texts: &mut Vec<Vec<u8>>) -> Said {
    let tests = both.each_ref().map(|pattern| {
        let pattern = Pattern::Regex(pattern);
        [match of {
            Of::Header => Test::Header("x-it", pattern),
            Of::Path => Test::Path(pattern),
        }]
    });
    let tables = tests
        .each_ref()
        .map(|way| Table { rows: vec![Row { ways: vec![&way[..]], outcome: 1 }], otherwise: 0 });
    let domain = Domain { hosts: vec!["shop.example"], paths: Paths::Normalised, ports: Ports::May };
    let example = |class: &Class| {
        let value = class.witness.headers.iter().find(|(name, _)| name == "x-it").map(|(_, value)| value);
        texts.push(match of {
            Of::Header => value.map(|value| value.clone().into_bytes()).unwrap_or_default(),
            Of::Path => class.witness.path.clone().into_bytes(),
        });
        // What is absent is matched by no pattern, and would show nothing.
        assert!(of == Of::Path || value.is_some(), "{both:?} are told apart by a header that is absent");
        texts.len() - 1
    };
    let compared = compare(&tables[0], &tables[1], &domain, &Budget::default());
    match compared.verdict {
        Verdict::Same => Said::Same { older: compared.older.as_ref().map(example) },
        Verdict::Different(classes) => Said::Different(classes.iter().map(example).collect()),
        Verdict::Unknown { .. } => Said::Unknown,
    }
}

/// Says what RE2 says otherwise of a pair.
fn complaint(
    pair: &Pair,
    patterns: &[String],
    texts: &[Vec<u8>],
    usual: usize,
    theirs: &[Theirs],
    counts: &mut Counts,
) -> Option<String> {
    let Pair { of, patterns: both, said } = pair;
    let readings = |of: fn(&Theirs) -> &Reading| {
        let answers = both.map(|index| match of(&theirs[index]) {
            Reading::Accepted(answers) => Some(answers),
            Reading::Refused | Reading::Large => None,
        });
        answers[0].zip(answers[1])
    };
    let (code_points, bytes) = (readings(|theirs| &theirs.code_points), readings(|theirs| &theirs.bytes));
    // A pattern that Envoy finds too large, or that the other library refuses, is not compared by it.
    let (Some(code_points), Some(bytes)) = (code_points, bytes) else { return None };
    let apart = |(one, other): (&Vec<bool>, &Vec<bool>), text: usize| one[text] != other[text];
    let named = || both.map(|index| &patterns[index]);
    let text = |at: usize| String::from_utf8_lossy(&texts[at]).into_owned();
    counts.pairs += 1;
    match said {
        Said::Unknown => counts.unknown += 1,
        Said::Different(examples) => {
            counts.different += 1;
            counts.examples += examples.len();
            if let Some(at) = examples.iter().find(|at| !apart(bytes, **at)) {
                return Some(format!("{:?} are not told apart by {:?}", named(), text(*at)));
            }
            if examples.is_empty() {
                return Some(format!("{:?} differ, and nothing shows it", named()));
            }
        }
        Said::Same { older } => {
            counts.same += 1;
            let fits = |at: &usize| texts[*at].starts_with(b"/") == (*of == Of::Path);
            let all: Vec<usize> = (0..usual).filter(fits).collect();
            counts.agreed += all.len();
            if let Some(at) = all.iter().find(|at| apart(bytes, **at)) {
                return Some(format!("{:?} are told apart by {:?}", named(), text(*at)));
            }
            match older {
                Some(at) => {
                    counts.older += 1;
                    if !apart(code_points, *at) {
                        return Some(format!(
                            "{:?} read by code points are not told apart by {:?}",
                            named(),
                            text(*at)
                        ));
                    }
                }
                None => {
                    if let Some(at) = all.iter().find(|at| apart(code_points, **at)) {
                        return Some(format!(
                            "{:?} read by code points are told apart by {:?}",
                            named(),
                            text(*at)
                        ));
                    }
                }
            }
        }
    }
    None
}

/// Tells whether a text may be the value of a header.
fn is_header(text: &[u8]) -> bool {
    let is_space = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    let is_control = |byte: &u8| (*byte < 0x20 && *byte != b'\t') || *byte == 0x7f;
    !text.iter().any(is_control)
        && !is_space(text.first())
        && !is_space(text.last())
        && !text.starts_with(b"/")
}

/// Tells whether a text may follow the slash of a path that proxies do not write anew.
fn is_path(text: &[u8]) -> bool {
    text.iter().all(|byte| byte.is_ascii_graphic() && !b"?#\\%./\"<>^`{}".contains(byte))
}

fn below(text: &[u8]) -> Vec<u8> {
    [b"/", text].concat()
}
