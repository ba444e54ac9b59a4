//! "Did you mean": the known word that is nearest to what was written.

/// Returns the known word that is nearest to `word`, if any is near enough to be meant.
#[must_use]
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let most = (word.chars().count() / 3).clamp(1, 3);
    let letters = letters(word);
    known
        .into_iter()
        // An edit takes one letter away at most, and one in: most words differ in more than that.
        .filter(|candidate| {
            let theirs = self::letters(candidate);
            let differ = (letters & !theirs).count_ones().max((theirs & !letters).count_ones());
            // Beyond ASCII a letter is several bytes.
            let bytes = if word.is_ascii() && candidate.is_ascii() { most } else { 4 * most };
            differ as usize <= bytes && candidate.len().abs_diff(word.len()) <= bytes
        })
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= most && *distance < candidate.chars().count())
        .min()
        .map(|(_, candidate)| candidate)
}

/// Returns how many edits lead from one word to the other. What both begin and end with needs none, and is most of them.
fn distance(word: &str, other: &str) -> usize {
    let same = |(a, b): &(char, char)| a == b;
    let begin: usize =
        word.chars().zip(other.chars()).take_while(same).map(|(letter, _)| letter.len_utf8()).sum();
    let (word, other) = (&word[begin..], &other[begin..]);
    let ends = word.chars().rev().zip(other.chars().rev());
    let end: usize = ends.take_while(same).map(|(letter, _)| letter.len_utf8()).sum();
    strsim::damerau_levenshtein(&word[..word.len() - end], &other[..other.len() - end])
}

/// Returns a set of the bytes of a word.
fn letters(word: &str) -> u64 {
    word.bytes().fold(0, |set, byte| set | 1 << (byte % 64))
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn what_words_share_at_their_ends_makes_no_difference() {
        let words = [
            "", "a", "ab", "ba", "abc", "acb", "cabac", "reviews", "revievs", "reviwes", "rewiew", "süß",
            "süss",
        ];
        for word in words {
            for other in words {
                assert_eq!(distance(word, other), strsim::damerau_levenshtein(word, other), "{word} {other}");
            }
        }
    }
}
