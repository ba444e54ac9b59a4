//! What a change did, for people and for logs.

/// Returns `LINE: before → after`, or the lines that went and those that came.
pub fn lines(before: &str, after: &str) -> Vec<String> {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = before.iter().zip(&after).take_while(|(before, after)| before == after).count();
    let (old, new) = (&before[same..], &after[same..]);
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[..old.len() - tail], &new[..new.len() - tail]);
    if let ([old], [new]) = (old, new) {
        return vec![format!("{}: {} → {}", same + 1, old.trim(), new.trim())];
    }
    let line =
        |sign: char, (index, text): (usize, &&str)| format!("{}: {sign} {}", same + 1 + index, text.trim());
    let gone = old.iter().enumerate().map(|entry| line('-', entry));
    gone.chain(new.iter().enumerate().map(|entry| line('+', entry))).collect()
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn lines_are_those_that_differ() {
        assert_eq!(lines("a\n b 1\nc\n", "a\n b 2\nc\n"), ["2: b 1 → b 2"]);
        assert_eq!(lines("a\nc\n", "a\n b\nc\n"), ["2: + b"]);
        assert_eq!(lines("a\n b\nb\n", "a\nb\n"), ["2: - b"]);
        assert_eq!(lines("a\nb\n", "a\nb\n"), Vec::<String>::new());
    }
}
