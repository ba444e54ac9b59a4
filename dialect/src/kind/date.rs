//! Days: `"2027-03-31"`.

use super::Reading;
use crate::diagnostic::Diagnostics;
use crate::line::Data;
use crate::span::Span;

crate::codes! {
    /// Not a day of the calendar.
    NOT_A_DATE = error "not-a-date" "A date is not a day of the calendar.\n\nWrite the year, the month and the day, each with all its digits, in quotes: `until=\"2027-03-31\"`.";
}

pub(super) fn number<'a>(text: &str, span: Span, out: &mut Diagnostics) -> Data<'a> {
    refuse(text, span, out)
}

pub(super) fn read<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    let Reading { text, span, out, .. } = reading;
    if is_date(text) { Data::Text(text) } else { refuse(text, span, out) }
}

fn refuse<'a>(text: &str, span: Span, out: &mut Diagnostics) -> Data<'a> {
    out.report(&NOT_A_DATE, span)
        .says(format!("`{}` is not a day of the calendar", super::name::clip(text)))
        .help("write year, month and day: \"2027-03-31\"");
    Data::Broken
}

/// Tells whether a text is a day, such as `2027-03-31`. Such texts sort as the days do.
#[must_use]
pub fn is_date(text: &str) -> bool {
    let part = |range: std::ops::Range<usize>| {
        let digits = text.get(range)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u32>().ok())?
    };
    let dashes = text.len() == 10 && text.is_ascii() && &text[4..5] == "-" && &text[7..8] == "-";
    let (Some(year), Some(month), Some(day)) = (part(0..4), part(5..7), part(8..10)) else { return false };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    dashes && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::is_date;

    #[test]
    fn days_are_those_of_the_calendar() {
        for day in ["2027-03-31", "2028-02-29", "2000-02-29", "1999-12-31"] {
            assert!(is_date(day), "{day}");
        }
        for text in [
            "2027-02-29",
            "1900-02-29",
            "2027-3-31",
            "2027-13-01",
            "2027-04-31",
            "31.03.2027",
            "2027-00-10",
            "äää-03-31",
            "",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }
}
