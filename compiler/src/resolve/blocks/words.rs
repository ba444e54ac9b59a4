//! Which words lines have, as far as that can be told without looking at them.

use meshc_dialect::line::Line;

/// The words of some lines: a bit for each, which few others have as well.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Words(u64);

impl Words {
    /// Returns the words of lines.
    pub fn of(lines: &[Line<'_>]) -> Words {
        Words(lines.iter().fold(0, |words, line| words | bit(line.word.name)))
    }

    /// Tells whether one of the lines may be of a word. A block is asked for far more words than it has.
    #[inline]
    pub fn may_have(self, word: &str) -> bool {
        self.0 & bit(word) != 0
    }
}

#[inline]
fn bit(word: &str) -> u64 {
    let first = word.as_bytes().first().map_or(0, |byte| usize::from(*byte));
    1 << ((7 * first + word.len()) % 64)
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;
    use meshc_dialect::diagnostic::Diagnostics;
    use meshc_dialect::parse::parse;
    use meshc_dialect::sources::Sources;
    use meshc_dialect::words;

    use super::Words;

    #[test]
    fn what_lines_may_not_have_they_do_not_have() {
        let text = "service s { namespace a; port 80 http; version v1; version v2; serve v1; timeout \"5s\"; retry 2; \
                    limit connections=1; eject after=5; route \"/x/*\" { to s }; canary v2 percent=5 { header a=b } }";
        let (arena, sources) = (Bump::new(), Sources::default());
        let id = sources.add("s.kdl".to_owned(), text.to_owned());
        let lines = parse(id, sources.file(id), &arena, &mut Diagnostics::default())[0].lines();
        let said = Words::of(lines);
        let has = |word: &str| lines.iter().any(|line| line.is(word));
        let names = || words::all().map(|word| word.name);
        assert!(names().all(|word| said.may_have(word) || !has(word)));
        let guessed: Vec<&str> = names().filter(|word| said.may_have(word) && !has(word)).collect();
        assert!(guessed.len() < 12, "too many words look like those of a service: {guessed:?}");
    }
}
