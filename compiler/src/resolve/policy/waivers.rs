//! `waive`: rules that do not hold for a block, for a while.

use std::collections::BTreeSet;

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::Line;
use meshc_dialect::span::Span;
use meshc_dialect::suggest::nearest;

use super::read::Rule;
use super::rules::ROWS;
use super::subject::{Kind, Subject};

meshc_dialect::codes! {
    /// A waiver that has ended.
    EXPIRED_WAIVER = error "expired-waiver" "A waiver has ended.\n\nIt lifted a rule up to its last day, and the day that `--today` names is later. Mend what it was for and take it out, or have it looked at again and say a later day. meshc never asks the clock: without `--today` no waiver ends.";
    /// A waiver that lifts nothing.
    WAIVES_NOTHING = warning(absence) "waives-nothing" "A waiver lifts nothing.\n\nNo policy's rule of that name is broken by its block in any environment. It is a leftover or a slip of the pen; take it out, so that it does not lift something new one day. A waiver of `raw` lifts `forbid raw`, not the warning that raw fields are unverified.";
    /// A waiver of a change where it cannot count.
    ODD_WAIVER = error "odd-waiver" "A waiver of a change stands in a block, or says what it is for.\n\n`meshc diff` gives every change a fingerprint of 16 digits, and a waiver in `mesh` accepts the change that has it. A change is not of one block, so it is not waived in one, and the fingerprint says already what is meant.";
}

/// Tells whether a waiver names a change rather than a rule of a policy.
pub(in crate::resolve) fn is_fingerprint(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The waivers of a project, and which of them were of use.
#[derive(Default)]
pub(super) struct Waivers<'a> {
    /// The lines of `mesh`, whose waivers hold for every block.
    mesh: &'a [Line<'a>],
    used: BTreeSet<Span>,
}

/// What waivers say about a breach.
pub(super) enum Waived {
    /// Nothing.
    No,
    /// It is lifted.
    Yes,
    /// A waiver stands there, and does not count.
    Refused(Span),
}

impl<'a> Waivers<'a> {
    pub fn new(mesh: &'a [Line<'a>]) -> Waivers<'a> {
        Waivers { mesh, used: BTreeSet::new() }
    }

    /// Says whether a rule is lifted from a block. `folder` is that of a place.
    pub fn lifts(
        &mut self,
        rule: &Rule<'a>,
        subject: &Subject<'a>,
        folder: impl Fn(Span) -> &'a str,
    ) -> Waived {
        let means = |line: &&Line<'a>| {
            let of = line.prop("for").and_then(|value| value.text()).and_then(Kind::read);
            line.text(0) == Some(rule.row.name) && of.is_none_or(|kind| subject.is(kind))
        };
        let mut refused = Waived::No;
        for line in
            subject.block.all("waive").chain(self.mesh.iter().filter(|line| line.is("waive"))).filter(means)
        {
            self.used.insert(line.span);
            if !rule.strict || folder(line.span) == rule.folder {
                return Waived::Yes;
            }
            refused = Waived::Refused(line.span);
        }
        refused
    }

    /// Reports waivers that have ended, and those that lifted nothing.
    pub fn check(
        &self,
        subjects: &[Subject<'a>],
        rules: &[Rule<'a>],
        today: Option<&str>,
        out: &mut Diagnostics,
    ) {
        let mut seen = BTreeSet::new();
        let all = subjects
            .iter()
            .flat_map(|subject| subject.block.all("waive"))
            .chain(self.mesh.iter().filter(|line| line.is("waive")));
        for line in all.filter(|line| seen.insert(line.span)) {
            // Levels put together it may still lack a word.
            meshc_dialect::parse::missing(line, out);
            let ended = line
                .prop("until")
                .filter(|until| until.text().zip(today).is_some_and(|(until, today)| today > until));
            let Some(name) = line.text(0) else { continue };
            let of_change = is_fingerprint(name);
            if of_change {
                self.check_change(name, line, out);
            }
            if let Some(until) = ended {
                let found = out.report(&EXPIRED_WAIVER, until.span);
                found.says(format!("the waiver of `{name}` ended on {}", until.text().unwrap_or("")));
                if let Some(rule) = rules.iter().find(|rule| rule.row.name == name) {
                    found.also(rule.place, format!("the rule of policy `{}` that it lifted", rule.policy));
                }
                let row = ROWS.iter().find(|row| row.name == name);
                found
                    .because(row.map_or("what it allowed was agreed to up to that day only", |row| row.guards))
                    .help("mend what it was for and take it out, or have it looked at again and say a later day");
            } else if !of_change && !self.used.contains(&line.span) {
                nothing(name, line, rules, out);
            }
        }
    }

    /// Reports a waiver of a change that cannot count. Whether there is such a change is seen beside another revision only.
    fn check_change(&self, name: &str, line: &Line<'a>, out: &mut Diagnostics) {
        if !self.mesh.iter().any(|other| other.span == line.span) {
            out.report(&ODD_WAIVER, line.span)
                .says(format!("`{name}` is the fingerprint of a change, and this block cannot waive it"))
                .because("the change would be reported as if nothing stood here")
                .help("move it into `mesh`");
        }
        if let Some(of) = line.prop("for") {
            out.report(&ODD_WAIVER, of.span)
                .says(format!("`{name}` is the fingerprint of a change, which is of no kind of block"))
                .help("leave `for=` out: the fingerprint says what is meant");
        }
    }
}

fn nothing(name: &str, line: &Line<'_>, rules: &[Rule<'_>], out: &mut Diagnostics) {
    let known = ROWS.iter().any(|row| row.name == name);
    // What is judged beside the revision before may need it.
    if rules.iter().any(|rule| rule.row.name == name && rule.row.finding.is_none()) {
        return;
    }
    let found = out.report(&WAIVES_NOTHING, line.span);
    let rule = rules.iter().find(|rule| rule.row.name == name);
    match (known, rule) {
        (false, _) => {
            found.says(format!("no rule is called `{name}`, so this waives nothing"));
            match nearest(name, ROWS.iter().map(|row| row.name)) {
                Some(near) => found.help(format!("did you mean `{near}`?")),
                None if name.len() > 11 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) => found.help(
                    "the fingerprint of a change has 16 digits, 0 to 9 and a to f, as `meshc diff` shows it",
                ),
                None => found.help("name a rule of a policy: waive raw"),
            };
        }
        (true, None) => {
            found
                .says(format!("no policy has the rule `{name}`, so this waives nothing"))
                .help("take it out");
        }
        (true, Some(rule)) => {
            found
                .says(format!("nothing here breaks `{} {name}`, so this waives nothing", rule.row.verb))
                .also(rule.place, format!("the rule, in policy `{}`", rule.policy))
                .help("take it out");
        }
    }
}
