//! What a `drop` takes away.

use meshc_dialect::line::{Entries, Line, Pattern, Value};
use meshc_dialect::word::Identity;

use super::{DROPS_NOTHING, Layers, Marked, Spot, absent};

impl<'a> Layers<'a, '_> {
    pub(super) fn remove(&mut self, lines: &mut Marked<Line<'a>>, drop: &Line<'a>, spot: Spot<'_>) {
        let Some(word) = drop.text(0) else { return };
        let keys: Vec<&str> = drop.args().skip(1).filter_map(|value| value.text()).collect();
        let known = |line: &Line<'a>| line.is(word) && known_by(line, &keys);
        let candidates = lines.known_by(word, keys.first().copied());
        let matching: Vec<usize> = candidates.filter(|index| known(&lines.list()[*index])).take(2).collect();
        match matching[..] {
            [index] => {
                let line = lines.remove(index);
                self.dropped(&line, drop, spot);
            }
            // "Whatever the canary is" goes for taking it away, too.
            [] if word == "canary" && keys.is_empty() => {}
            [] => absent::dropped(word, &keys, drop, lines.list(), self.out),
            [first, second, ..] => {
                self.out
                    .report(&DROPS_NOTHING, drop.span)
                    .says(format!("several `{word}` lines could be meant"))
                    .also(lines.list()[first].span, "this one")
                    .also(lines.list()[second].span, "or this one")
                    .help(format!("say which: drop {word} NAME"));
            }
        }
    }
}

/// Tells whether these keys mean a line of their word.
pub(super) fn known_by(line: &Line<'_>, keys: &[&str]) -> bool {
    if keys.is_empty() {
        return true;
    }
    let is_only = |value: Value<'_>| keys.len() == 1 && is_key(keys[0], &value);
    let matches = |values: Entries<'_, Value<'_>>| {
        keys.len() <= values.len() && keys.iter().zip(values).all(|(key, value)| is_key(key, &value))
    };
    match line.word.identity {
        Identity::Route => {
            line.prop("name").is_some_and(is_only)
                || (keys.len() == line.args().len() && matches(line.args()))
        }
        Identity::Which(names) => keys.len() == 1 && names.contains(&keys[0]) && line.prop(keys[0]).is_some(),
        Identity::Prop(name) => line.prop(name).is_some_and(is_only),
        Identity::Itself | Identity::First | Identity::Under(_) | Identity::Many => matches(line.args()),
    }
}

/// Tells whether a key is what a value says; the way to match may be said or left out.
fn is_key(key: &str, value: &Value<'_>) -> bool {
    key == absent::shown(value) || value.pattern() == Some(Pattern::Regex(key))
}
