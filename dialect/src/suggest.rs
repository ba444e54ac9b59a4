//! "Did you mean": the known word that is nearest to what was written.

use rapidfuzz::distance::osa;

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

/// Returns how many edits lead from one word to the other, if that is at most so many.
fn distance(word: &str, other: &str, most: usize) -> Option<usize> {
    let args = osa::Args::default().score_cutoff(most);
    match word.is_ascii() && other.is_ascii() {
        true => osa::distance_with_args(word.bytes(), other.bytes(), &args),
        false => osa::distance_with_args(word.chars(), other.chars(), &args),
    }
}

/// Returns a set of the bytes of a word.
fn letters(word: &str) -> u64 {
    word.bytes().fold(0, |set, byte| set | 1 << (byte % 64))
}

#[cfg(test)]
mod tests {
    use super::{nearest, osa};

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
    fn the_nearest_is_that_of_all_distances() {
        for word in WORDS {
            let most = (word.chars().count() / 3).clamp(1, 3);
            let near = WORDS.into_iter().map(|known| (osa::distance(word.chars(), known.chars()), known));
            let near =
                near.filter(|(distance, known)| *distance <= most && *distance < known.chars().count());
            assert_eq!(nearest(word, WORDS), near.min().map(|(_, known)| known), "{word}");
        }
    }
}
