//! One node as a card: its name, its routes line by line, its versions with their shares.

use super::super::change::split;
use super::super::words::percent;
use super::super::{Guard, Kind, Mark, Node, Row, Target, Verb, Version, escape};
use super::{measure, style};

/// How far below its top lines arrive at a card.
pub(super) const ENTRY: i32 = 30;

/// The heights of a heading without and with a second line, of a row, of a second line of a row, of a version.
const HEADING: [i32; 2] = [44, 60];
const ROW: i32 = 22;
const WAS: i32 = 14;
const VERSION: i32 = 22;

/// The widths of cards, of what stands left and right in a row, and of the bar of a version.
const WIDTHS: [i32; 2] = [150, 400];
const LEFT: i32 = 270;
const RIGHT: i32 = 176;
const BAR: i32 = 84;

/// Space left and right of text.
const PAD: i32 = 14;

/// The sizes of text: names, what is below them, rows, small things.
const NAME: i32 = 14;
const DETAIL: i32 = 11;
const TEXT: i32 = 11;
const SMALL: i32 = 10;

/// A node, measured.
pub(super) struct Card<'g> {
    pub node: &'g Node,
    pub width: i32,
    pub height: i32,
    heading: i32,
}

impl<'g> Card<'g> {
    /// Measures a node.
    pub fn of(node: &'g Node) -> Card<'g> {
        let heading = if node.detail.is_empty() { HEADING[0] } else { HEADING[1] };
        let mut width =
            measure::proportional(&node.name, NAME).max(measure::proportional(&node.detail, DETAIL));
        width = width.max(kind_width(node));
        let mut height = heading;
        for row in &node.rows {
            width = width.max(row_width(node, row));
            height += row_height(row);
        }
        height += if node.more > 0 { ROW } else { 0 };
        for version in &node.versions {
            width = width.max(version_width(version));
            height += VERSION;
        }
        height += if node.rows.is_empty() && node.versions.is_empty() { 0 } else { 8 };
        height += if !node.rows.is_empty() && !node.versions.is_empty() { 6 } else { 0 };
        Card { node, width: (width + 2 * PAD).clamp(WIDTHS[0], WIDTHS[1]), height, heading }
    }

    /// Returns how far below the top the line of a row begins.
    pub fn port(&self, row: usize) -> i32 {
        let above: i32 = self.node.rows[..row].iter().map(row_height).sum();
        self.heading + 4 + above + ROW / 2
    }

    /// Draws it at a place.
    pub fn draw(&self, (x, y, width): (i32, i32, i32)) -> String {
        let Node { id: _, kind, name, detail, rows, more, versions, mark } = self.node;
        let shown = |text: &str, size: i32| {
            escape::xml(&measure::fitted(text, width - 2 * PAD, |text| measure::proportional(text, size)))
        };
        let mut text = format!(
            "<g class=\"mg-node {} {}\" transform=\"translate({x} {y})\"><title>{}</title>\n\
             <rect class=\"mg-box\" width=\"{width}\" height=\"{}\" rx=\"8\"/>\
             <rect class=\"mg-stripe\" x=\"0\" y=\"8\" width=\"4\" height=\"{}\" rx=\"2\"/>\
             <text class=\"mg-kind\" x=\"{PAD}\" y=\"17\">{}</text>\
             <text class=\"mg-name\" x=\"{PAD}\" y=\"35\">{}</text>\n",
            style::kind(*kind),
            style::mark(*mark),
            escape::xml(&format!("{} {name}, {detail}", kind.word())),
            self.height,
            self.height - 16,
            kind.word().to_uppercase(),
            shown(name, NAME)
        );
        if !detail.is_empty() {
            text.push_str(&format!(
                "<text class=\"mg-detail\" x=\"{PAD}\" y=\"51\">{}</text>\n",
                shown(detail, DETAIL)
            ));
        }
        text.push_str(&badge(*mark, width));
        let mut top = self.heading;
        if top < self.height {
            text.push_str(&rule(top, width));
            top += 4;
        }
        for row in rows {
            text.push_str(&draw_row(self.node, row, top, width));
            top += row_height(row);
        }
        if *more > 0 {
            text.push_str(&format!(
                "<text class=\"mg-detail\" x=\"{PAD}\" y=\"{}\">and {more} more</text>\n",
                top + 15
            ));
            top += ROW;
        }
        if !rows.is_empty() && !versions.is_empty() {
            text.push_str(&rule(top + 3, width));
            top += 6;
        }
        for version in versions {
            text.push_str(&draw_version(version, top, width));
            top += VERSION;
        }
        text.push_str("</g>\n");
        text
    }
}

fn kind_width(node: &Node) -> i32 {
    let badge = if node.mark == Mark::Same { 0 } else { badge_width(node.mark) + 8 };
    measure::proportional(&node.kind.word().to_uppercase(), SMALL) + 12 + badge
}

fn badge_width(mark: Mark) -> i32 {
    measure::proportional(mark.word(), SMALL) + 28
}

fn badge(mark: Mark, width: i32) -> String {
    if mark == Mark::Same {
        return String::new();
    }
    let wide = badge_width(mark);
    let left = width - wide - 8;
    format!(
        "<g class=\"mg-sign mg-badge {}\"><rect x=\"{left}\" y=\"6\" width=\"{wide}\" height=\"16\" rx=\"8\"/>\
         <text x=\"{}\" y=\"17\">{} {}</text></g>\n",
        style::mark(mark),
        left + 7,
        mark.sign(),
        mark.word()
    )
}

fn rule(y: i32, width: i32) -> String {
    format!("<path class=\"mg-rule\" d=\"M{PAD} {y}H{}\"/>\n", width - PAD)
}

fn row_height(row: &Row) -> i32 {
    ROW + if row.was.is_some() { WAS } else { 0 }
}

fn row_width(node: &Node, row: &Row) -> i32 {
    let left = measure::equal(&row.when, TEXT).min(LEFT);
    let right = measure::equal(&beside(node, row), TEXT).min(RIGHT);
    let was = row.was.as_ref().map_or(0, |was| measure::proportional(&format!("was {was}"), SMALL));
    let gap = if right > 1 { 16 } else { 0 };
    (mark_width(row) + left + gap + right + tag_width(row)).max(was + mark_width(row))
}

fn mark_width(row: &Row) -> i32 {
    if row.mark == Mark::Same { 0 } else { 14 }
}

fn tag(row: &Row) -> Option<&'static str> {
    row.guard.word().or(row.leg.word())
}

fn tag_width(row: &Row) -> i32 {
    tag(row).map_or(0, |tag| measure::proportional(tag, SMALL) + 22)
}

/// Returns what is said at the right of a row: shares and versions, an answer; a line says the rest.
fn beside(node: &Node, row: &Row) -> String {
    let targets: Vec<Target> = row.to.iter().filter(|target| target.mark != Mark::Removed).cloned().collect();
    let plain = matches!(targets.as_slice(), [Target { node: to, version: None, .. }] if *to != node.id);
    let own = matches!(targets.as_slice(), [Target { node: to, version: None, .. }] if *to == node.id);
    let shares = match (plain, own) {
        (true, _) => String::new(),
        (false, true) => node.name.clone(),
        (false, false) => split(&targets),
    };
    [shares.as_str(), row.says.as_str()]
        .iter()
        .filter(|text| !text.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join(", ")
}

fn draw_row(node: &Node, row: &Row, top: i32, width: i32) -> String {
    let mut right = width - PAD;
    let mut text = format!(
        "<g class=\"mg-row {}\"><title>{}</title><rect class=\"mg-tint\" x=\"8\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\"/>",
        style::mark(row.mark),
        escape::xml(&in_words(node, row)),
        top + 1,
        width - 16,
        row_height(row) - 2
    );
    let base = top + 15;
    let left = PAD + mark_width(row);
    if row.mark != Mark::Same {
        text.push_str(&format!(
            "<text class=\"mg-mark\" x=\"{}\" y=\"{base}\">{}</text>",
            PAD - 1,
            row.mark.sign()
        ));
    }
    if let Some(tag) = tag(row) {
        let wide = tag_width(row) - 8;
        let clear = if row.guard == Guard::Clear { " mg-tag-clear" } else { "" };
        right -= wide;
        text.push_str(&format!(
            "<g class=\"mg-tag{clear}\"><rect x=\"{right}\" y=\"{}\" width=\"{wide}\" height=\"16\" rx=\"8\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{tag}</text></g>",
            top + 3, right + wide / 2, base - 1
        ));
        right -= 8;
    }
    let equal = |text: &str| measure::equal(text, TEXT);
    let wished = beside(node, row);
    let beside = measure::fitted(&wished, RIGHT.min(right - left).max(0), equal);
    if !beside.is_empty() {
        text.push_str(&format!(
            "<text class=\"mg-to\" x=\"{right}\" y=\"{base}\" text-anchor=\"end\">{}</text>",
            escape::xml(&beside)
        ));
        right -= equal(&beside) + 16;
    }
    let when = measure::fitted(&row.when, (right - left).max(20), equal);
    text.push_str(&format!(
        "<text class=\"mg-when\" x=\"{left}\" y=\"{base}\">{}</text>",
        escape::xml(&when)
    ));
    if let Some(was) = &row.was {
        let room = width - PAD - left;
        let was = measure::fitted(&format!("was {was}"), room, |text| measure::proportional(text, SMALL));
        text.push_str(&format!(
            "<text class=\"mg-was\" x=\"{left}\" y=\"{}\">{}</text>",
            base + WAS - 1,
            escape::xml(&was)
        ));
    }
    text.push_str("</g>\n");
    text
}

/// Returns a row in words, whole.
fn in_words(node: &Node, row: &Row) -> String {
    let verb = match row.verb {
        Verb::Lets if node.kind == Kind::Exit => "lets out ",
        Verb::Lets => "lets in ",
        Verb::Routes => "",
        Verb::Copies => "sends ",
        Verb::Calls => "calls ",
    };
    let to = if row.to.is_empty() { String::new() } else { format!(" to {}", split(&row.to)) };
    let says = if row.says.is_empty() { String::new() } else { format!(": {}", row.says) };
    let tags: String =
        [row.leg.word(), row.guard.word()].iter().flatten().map(|tag| format!(", {tag}")).collect();
    format!("{verb}{}{to}{says}{tags}", row.when)
}

fn version_width(version: &Version) -> i32 {
    mark_room(version)
        + measure::equal(&version.name, TEXT)
        + 16
        + measure::equal(&share(version), TEXT)
        + BAR
        + 10
}

fn mark_room(version: &Version) -> i32 {
    if version.mark == Mark::Same { 0 } else { 14 }
}

fn share(version: &Version) -> String {
    let was = version.was.map(|was| format!(", was {}", percent(was))).unwrap_or_default();
    format!("{}{was}", version.share.map_or_else(|| "\u{2013}".to_owned(), percent))
}

/// Draws a version, with a bar as long as its share.
fn draw_version(version: &Version, top: i32, width: i32) -> String {
    let base = top + 15;
    let left = PAD + mark_room(version);
    let said = share(version);
    let right = width - PAD;
    let bar = right - BAR;
    let part = version.share.map_or(0, |share| BAR * i32::try_from(share).unwrap_or(10_000) / 10_000);
    let room = bar - 10 - measure::equal(&said, TEXT) - 12 - left;
    let name = measure::fitted(&version.name, room.max(20), |text| measure::equal(text, TEXT));
    let sign = if version.mark == Mark::Same {
        String::new()
    } else {
        format!("<text class=\"mg-mark\" x=\"{}\" y=\"{base}\">{}</text>", PAD - 1, version.mark.sign())
    };
    format!(
        "<g class=\"mg-row {}\"><rect class=\"mg-tint\" x=\"8\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\"/>{sign}\
         <text class=\"mg-when\" x=\"{left}\" y=\"{base}\">{}</text>\
         <text class=\"mg-to\" x=\"{}\" y=\"{base}\" text-anchor=\"end\">{said}</text>\
         <rect class=\"mg-bar\" x=\"{bar}\" y=\"{}\" width=\"{BAR}\" height=\"8\" rx=\"4\"/>\
         <rect class=\"mg-part\" x=\"{bar}\" y=\"{}\" width=\"{part}\" height=\"8\" rx=\"4\"/></g>\n",
        style::mark(version.mark),
        top + 1,
        width - 16,
        VERSION - 2,
        escape::xml(&name),
        bar - 10,
        top + 7,
        top + 7
    )
}
