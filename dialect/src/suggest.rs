//! "Did you mean": the known word that is nearest to what was written.

use rapidfuzz::distance::osa;

/// Returns the known word that is nearest to `word`, if any is near enough to be meant.
#[must_use]
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let mut most = (word.chars().count() / 3).clamp(1, 3);
    let mut best: Option<(usize, &'k str)> = None;
    for candidate in known {
        if !may_be_near(word.as_bytes(), candidate.as_bytes(), most) {
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

/// Tells whether so few edits may lead from one word to the other. Most words are farther from each other than that, and it
/// takes far less to see than how far.
fn may_be_near(word: &[u8], other: &[u8], most: usize) -> bool {
    let longer = word.len().abs_diff(other.len());
    if longer > 4 * most {
        return false;
    }
    // Beyond ASCII a letter is several bytes.
    let most = if word.is_ascii() && other.is_ascii() { most } else { 4 * most };
    if longer > most {
        return false;
    }
    // What both begin and end with needs no edit.
    let same = word.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (word, other) = (&word[same..], &other[same..]);
    let same = word.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    let (word, other) = (&word[..word.len() - same], &other[..other.len() - same]);
    // Of what is left, one edit changes one letter, or two that change places: the first of them, and the last.
    if most == 1 && word.len().max(other.len()) > 2 {
        return false;
    }
    // An edit takes one letter away at most, and one in.
    let (ours, theirs) = (letters(word), letters(other));
    (ours & !theirs).count_ones().max((theirs & !ours).count_ones()) as usize <= most
}

/// Returns a set of the bytes of a word.
fn letters(word: &[u8]) -> u64 {
    word.iter().fold(0, |set, byte| set | 1 << (byte % 64))
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
