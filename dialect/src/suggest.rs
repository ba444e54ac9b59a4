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
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= most && *distance < candidate.chars().count())
        .min()
        .map(|(_, candidate)| candidate)
}

/// Returns a set of the bytes of a word.
fn letters(word: &str) -> u64 {
    word.bytes().fold(0, |set, byte| set | 1 << (byte % 64))
}
