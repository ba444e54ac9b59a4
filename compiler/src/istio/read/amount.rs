//! Durations and percentages.

use super::entries::Entries;
use crate::mesh::{BasisPoints, Millis};

/// Returns a duration as Go and Kubernetes spell it: `1h30m`, `1.5s`, `100ms`. What is finer than milliseconds is none.
pub(super) fn millis(text: &str) -> Option<Millis> {
    if text == "0" {
        return Some(0);
    }
    let mut rest = text;
    let mut nanos: u128 = 0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(end);
        let unit = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit);
        nanos = nanos.checked_add(of(number, unit)?)?;
        rest = tail;
    }
    let whole = !text.is_empty() && nanos.is_multiple_of(1_000_000);
    whole.then(|| Millis::try_from(nanos / 1_000_000).ok()).flatten()
}

/// Returns so many of a unit, in nanoseconds.
fn of(number: &str, unit: &str) -> Option<u128> {
    let size: u128 = match unit {
        "h" => 3_600_000_000_000,
        "m" => 60_000_000_000,
        "s" => 1_000_000_000,
        "ms" => 1_000_000,
        "us" => 1_000,
        "ns" => 1,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let parsed = |digits: &str| if digits.is_empty() { Some(0) } else { digits.parse::<u128>().ok() };
    if whole.is_empty() && fraction.is_empty() || fraction.len() > 12 {
        return None;
    }
    let scale = 10_u128.pow(u32::try_from(fraction.len()).ok()?);
    parsed(whole)?.checked_mul(size)?.checked_add(parsed(fraction)?.checked_mul(size)? / scale)
}

/// Returns the share of a `percentage`-like map, or what silence means.
pub(super) fn percentage<'a>(of: &Entries<'_, 'a>, key: &'a str, unsaid: BasisPoints) -> BasisPoints {
    let share = of.map(key, |of| {
        let Some(value) = of.decimal("value") else { return 0 };
        let points = (value * 100.0).round();
        let exact = (0.0..=10_000.0).contains(&points) && (value * 100.0 - points).abs() < 1e-6;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 10,000")]
        let share = exact.then_some(points as BasisPoints);
        of.understood("value", share).unwrap_or(0)
    });
    share.unwrap_or(unsaid)
}

#[cfg(test)]
mod tests {
    use super::millis;

    #[test]
    fn durations_are_those_of_go() {
        for (text, expected) in [
            ("0s", Some(0)),
            ("90s", Some(90_000)),
            ("1h30m", Some(5_400_000)),
            ("1.5s", Some(1_500)),
            (".5s", Some(500)),
            ("1500us", None),
            ("2000us", Some(2)),
            ("3", None),
            ("3x", None),
            ("", None),
            ("s", None),
            ("99999999999999999999999h", None),
        ] {
            assert_eq!(millis(text), expected, "{text}");
        }
    }
}
