//! Our reader of patterns against the two libraries that will read them: the same ones are accepted, with the same
//! meaning.

mod differing;
mod generated;
mod oracle;
mod picked;

use generated::Subjects;
use meshc_compiler::re2::{Alphabet, Regex};
use oracle::{Question, Reading, Verdict};

#[test]
fn picked_patterns_mean_what_they_mean_to_re2() {
    let patterns: Vec<String> = picked::patterns().map(str::to_owned).collect();
    compare("re2-picked.json", &patterns);
}

#[test]
fn generated_patterns_mean_what_they_mean_to_re2() {
    compare("re2-generated.json", &generated::patterns(6000));
}

fn compare(name: &str, patterns: &[String]) {
    let subjects = generated::subjects();
    let question = Question::new(name, patterns, &subjects.all);
    let Some(verdicts) = question.to_cpp() else { return };
    // Without Go, a pattern that only C++ accepts would look like a mistake of ours.
    let Some(go) = question.to_go() else { return };
    let mut complaints = Vec::new();
    let mut accepted = 0;
    for ((pattern, Verdict { code_points, bytes }), go) in patterns.iter().zip(&verdicts).zip(go) {
        accepted += usize::from(go && matches!(code_points, Reading::Accepted(_)));
        let code_points = if go { code_points } else { &Reading::Refused };
        // What Go or the reading by code points refuses, Istio refuses before Envoy reads bytes.
        let bytes = if matches!(code_points, Reading::Refused) { code_points } else { bytes };
        complaints.extend(complaint(pattern, Alphabet::Utf8, code_points, &subjects.all[..subjects.text]));
        complaints.extend(complaint(pattern, Alphabet::Latin1, bytes, &subjects.all));
    }
    println!("{} patterns, {accepted} of them accepted, {} texts", patterns.len(), subjects.all.len());
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

/// Says how we differ about one pattern, if we do. The answers may be to more subjects than are asked about.
fn complaint(pattern: &str, alphabet: Alphabet, theirs: &Reading, subjects: &[Vec<u8>]) -> Option<String> {
    let (regex, answers) = match (Regex::in_alphabet(pattern, alphabet), theirs) {
        (Err(problem), Reading::Accepted(_)) => {
            return Some(format!("{pattern:?} {alphabet:?}: we refuse it, {problem:?}"));
        }
        (Err(problem), Reading::Refused | Reading::Large) => {
            assert!(pattern.get(problem.at.clone()).is_some(), "{pattern:?}: {problem:?} is not within it");
            return None;
        }
        (Ok(_), Reading::Refused) => return Some(format!("{pattern:?} {alphabet:?}: they refuse it")),
        (Ok(_), Reading::Large) => return None,
        (Ok(regex), Reading::Accepted(answers)) => (regex, answers),
    };
    let differs = |(subject, answer): &(&Vec<u8>, &bool)| regex.matches(subject) != **answer;
    let (subject, answer) = subjects.iter().zip(answers).find(differs)?;
    let subject = String::from_utf8_lossy(subject);
    Some(format!("{pattern:?} {alphabet:?} on {subject:?}: they say {answer}"))
}

#[test]
fn the_subjects_are_many_and_distinct() {
    let Subjects { all, text } = generated::subjects();
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert!(text > 300 && distinct.len() > 300, "{text} texts, {} distinct", distinct.len());
    assert!(all[..text].iter().all(|subject| std::str::from_utf8(subject).is_ok()));
}

#[test]
fn deep_nesting_is_refused_and_shallow_is_compiled() {
    let nested = |depth: usize, open: &str, close: &str| open.repeat(depth) + "a" + &close.repeat(depth);
    let refused = |pattern: &str| {
        Regex::new(pattern).is_err_and(|problem| problem.message.contains("nested more than 100"))
    };
    for (open, close, text) in [("(", ")", "a"), ("(?:", ")", "a")] {
        assert!(Regex::new(&nested(100, open, close)).is_ok_and(|regex| regex.matches(text.as_bytes())));
        assert!(refused(&nested(101, open, close)));
    }
    for (open, close) in [("(", ")?"), ("(|", ")*"), ("(|b", ")*"), ("(b", "c|d)+")] {
        assert!(Regex::new(&nested(50, open, close)).is_ok());
        assert!(refused(&nested(51, open, close)));
    }
    assert!(Regex::new(&format!("a*{}", "(?i)*".repeat(99))).is_ok());
    assert!(refused(&format!("a*{}", "(?i)*".repeat(100))));
    assert!(Regex::new(&"(".repeat(1024)).is_err());
    assert!(Regex::new(&"a".repeat(1024)).is_ok());
    assert!(Regex::new(&"a".repeat(1025)).is_err());
}

#[test]
fn a_pattern_that_would_exhaust_the_proxy_is_refused() {
    for pattern in ["\\p{^L}{500}", "(?:\\pL{100}){10}"] {
        let refusal = Regex::new(pattern).err().map(|problem| problem.message);
        assert_eq!(refusal.as_deref(), Some("the pattern is too large"), "{pattern}");
    }
}

#[test]
fn groups_are_counted() {
    for (pattern, groups) in
        [("a", 0), ("(a)(?:b)(?P<c>d)", 2), ("((a))|(b)", 3), ("(a){0}(b)", 2), ("\\(a\\)", 0)]
    {
        assert_eq!(Regex::new(pattern).map(|regex| regex.groups()), Ok(groups), "{pattern}");
    }
}
