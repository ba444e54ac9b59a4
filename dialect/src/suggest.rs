//! "Did you mean": the known word that is nearest to what was written.

mod within;

use within::within;

/// Returns the known word that is nearest to `word`, if any is near enough to be meant.
#[must_use]
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let mut most = (word.chars().count() / 3).clamp(1, 3);
    let letters = letters(word);
    let mut best: Option<(usize, &'k str)> = None;
    for candidate in known {
        // An edit takes one letter away at most, and one in: most words differ in more than that.
        let theirs = self::letters(candidate);
        let differ = (letters & !theirs).count_ones().max((theirs & !letters).count_ones());
        // Beyond ASCII a letter is several bytes.
        let bytes = if word.is_ascii() && candidate.is_ascii() { most } else { 4 * most };
        if differ as usize > bytes || candidate.len().abs_diff(word.len()) > bytes {
            continue;
        }
        let Some(distance) = distance(word, candidate, most) else { continue };
        if distance < candidate.chars().count() && best.is_none_or(|best| (distance, candidate) < best) {
            best = Some((distance, candidate));
            // What is farther away than the best so far need not be told apart.
            most = distance;
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Returns how many edits lead from one word to the other, if that is at most so many. What both begin and end with needs none,
/// and is most of them.
fn distance(word: &str, other: &str, most: usize) -> Option<usize> {
    if word.is_ascii() && other.is_ascii() {
        return between(word.as_bytes(), other.as_bytes(), most);
    }
    between(&word.chars().collect::<Vec<char>>(), &other.chars().collect::<Vec<char>>(), most)
}

fn between<T: Copy + Eq>(word: &[T], other: &[T], most: usize) -> Option<usize> {
    let begin = word.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (word, other) = (&word[begin..], &other[begin..]);
    let end = word.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    within(&word[..word.len() - end], &other[..other.len() - end], most)
}

/// Returns a set of the bytes of a word.
fn letters(word: &str) -> u64 {
    word.bytes().fold(0, |set, byte| set | 1 << (byte % 64))
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    const WORDS: [&str; 24] = [
        "",
        "a",
        "ab",
        "ba",
        "abc",
        "acb",
        "cabac",
        "ca",
        "bca",
        "reviews",
        "revievs",
        "reviwes",
        "rewiew",
        "süß",
        "süss",
        "version-0012",
        "version-0120",
        "verzion-0021",
        "abcdef",
        "badcfe",
        "fedcba",
        "aabbcc",
        "ccbbaa",
        "cbaabcbac",
    ];

    #[test]
    fn a_distance_is_that_of_the_whole_words_as_long_as_it_is_short() {
        for word in WORDS {
            for other in WORDS {
                let whole = strsim::damerau_levenshtein(word, other);
                for most in 1..=3 {
                    let expected = (whole <= most).then_some(whole);
                    assert_eq!(distance(word, other, most), expected, "{word} {other} {most}");
                }
            }
        }
    }

    #[test]
    fn the_nearest_is_that_of_all_distances() {
        for word in WORDS {
            let most = (word.chars().count() / 3).clamp(1, 3);
            let near = WORDS.into_iter().map(|known| (strsim::damerau_levenshtein(word, known), known));
            let near =
                near.filter(|(distance, known)| *distance <= most && *distance < known.chars().count());
            assert_eq!(nearest(word, WORDS), near.min().map(|(_, known)| known), "{word}");
        }
    }
}
