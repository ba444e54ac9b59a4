//! Durations: `"5s"`, `"1m30s"`, `"200ms"`.

use super::{Kind, Reading, clip};
use crate::diagnostic::Diagnostics;
use crate::line::Data;
use crate::span::Span;

crate::codes! {
    /// Five what?
    DURATION_WITHOUT_UNIT = error "duration-without-unit" "A duration has no unit.\n\n`5` may be seconds to one reader and milliseconds to another. Write the unit, in quotes: `timeout \"5s\"`. Units are `ms`, `s`, `m` and `h`, and add up: `\"1m30s\"`.";
    /// Not a duration.
    NOT_A_DURATION = error "not-a-duration" "A duration is not one.\n\nDurations are whole numbers with a unit, in quotes: `\"250ms\"`, `\"5s\"`, `\"1m30s\"`, `\"24h\"`. The shortest is one millisecond, which is also the shortest that Istio takes. What browsers remember and how often a connection is probed is counted in whole seconds.";
}

/// The longest that is taken: ten years.
const MOST: u64 = 10 * 365 * 24 * 3600 * 1000;

pub(super) fn bare<'a>(text: &str, span: Span, out: &mut Diagnostics) -> Data<'a> {
    out.report(&DURATION_WITHOUT_UNIT, span)
        .says(format!("`{0}` what? a duration needs its unit", clip(text)))
        .help(format!("write \"{0}s\" for seconds, or \"{0}ms\" for milliseconds", clip(text)));
    Data::Broken
}

pub(super) fn read<'a>(reading: Reading<'a, '_>, least: u64, kind: Kind) -> Data<'a> {
    let Reading { text, span, out, .. } = reading;
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return bare(text, span, out);
    }
    match millis(text) {
        Some(millis) if (least..=MOST).contains(&millis) && (least < 1000 || millis % 1000 == 0) => {
            Data::Duration(millis)
        }
        Some(millis) if least >= 1000 && millis <= MOST => {
            let seconds = (millis / 1000).max(1);
            out.report(&NOT_A_DURATION, span)
                .says(format!("\"{}\" is not in whole seconds", clip(text)))
                .because("this is counted in seconds, and Istio refuses parts of them or drops them")
                .help(format!("write \"{seconds}s\" or \"{}s\"", seconds + 1));
            Data::Broken
        }
        Some(0) => {
            out.report(&NOT_A_DURATION, span)
                .says(format!("\"{}\" is no time at all", clip(text)))
                .because("Istio refuses a duration below one millisecond")
                .help("leave the line out, or write `off` where the line takes it");
            Data::Broken
        }
        Some(_) | None => {
            let found = out.report(&NOT_A_DURATION, span);
            found.says(format!("\"{}\" is not a duration", clip(text)));
            let never = ["never", "none", "infinite", "unlimited", "no", "disabled"].contains(&text);
            match meant(text) {
                _ if never && kind == Kind::DurationOrOff => found.help("write off").fix(span, "off"),
                Some(better) => found.help(format!("write {better}")).fix(span, better),
                None if ["${", "var.", "local."].iter().any(|start| text.starts_with(start)) => found
                    .because("nothing is filled in here: meshc reads files as they are")
                    .help("write the duration; what differs in some environments stands under `in`: in prod { timeout \"5s\" }"),
                None => found.help("write whole numbers with a unit: \"250ms\", \"5s\", \"1m30s\", \"24h\""),
            };
            Data::Broken
        }
    }
}

/// Returns how to write what other tools take for a duration: `5 seconds`, `1.5s`, `2d`.
fn meant(text: &str) -> Option<String> {
    let digits = text.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "ms" | "msec" | "millis" | "millisecond" | "milliseconds" => 1,
        "s" | "sec" | "secs" | "second" | "seconds" => 1000,
        "m" if unit.trim() == "m" => 60 * 1000,
        "min" | "mins" | "minute" | "minutes" => 60 * 1000,
        "h" | "hour" | "hours" => 3600 * 1000,
        "d" | "day" | "days" => 24 * 3600 * 1000,
        _ => return None,
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let thousandths = format!("{:0<3}", part).get(..3)?.parse::<u64>().ok()? * factor;
    if part.len() > 3 || thousandths % 1000 != 0 {
        return None;
    }
    let millis = whole.parse::<u64>().ok()?.checked_mul(factor)?.checked_add(thousandths / 1000)?;
    let units = [("h", 3600 * 1000), ("m", 60 * 1000), ("s", 1000), ("ms", 1)];
    let (name, size) = units.into_iter().find(|(_, size)| millis % size == 0)?;
    (1..=MOST).contains(&millis).then(|| format!("\"{}{name}\"", millis / size))
}

/// Returns the milliseconds that a text such as `1m30s` stands for.
fn millis(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut total: u64 = 0;
    let mut biggest = u64::MAX;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, tail) = rest.split_at(digits);
        let letters = tail.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, tail) = tail.split_at(letters);
        let factor = match unit {
            "ms" => 1,
            "s" => 1000,
            "m" => 60 * 1000,
            "h" => 3600 * 1000,
            _ => return None,
        };
        // Larger units come first, each once, so that a slip such as "5s5m" is not taken.
        if factor >= biggest {
            return None;
        }
        biggest = factor;
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(factor)?)?;
        rest = tail;
    }
    (!text.is_empty()).then_some(total)
}
