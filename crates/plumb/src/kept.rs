//! What a store holds, as checks.

use plumb_base::Moment;
use plumb_base::answer::{Check, Health};
use plumb_store::{Kept, State};
use plumb_workspace::kind;

/// The title of these checks.
pub(crate) const TITLE: &str = "Store";

/// Where it is and what of each kind is in it; `before` is what was in it, where that should be said.
pub(crate) fn checks(state: &State, before: Option<&State>) -> Vec<Check> {
    let size = state.size.div_ceil(1_000_000);
    let place = format!("{}, {size} MB", state.folder.display());
    let files = if state.files == 1 { "file" } else { "files" };
    let mut checks = vec![
        check("folder", place),
        check("read so far", format!("{} {files}", grouped(state.files))),
    ];
    let new = |kept: &Kept| {
        let of_before = before.map_or(kept.rows, |before| rows(before, kept));
        kept.rows.saturating_sub(of_before)
    };
    let each = state.kept.iter();
    checks.extend(each.map(|kept| check(kind(kept.kind), of(kept, new(kept)))));
    checks
}

pub(crate) fn check(what: &str, detail: String) -> Check {
    Check { health: Health::Good, what: what.to_owned(), detail, why: None, fix: None }
}

/// How many rows of the same kind there were.
fn rows(state: &State, kept: &Kept) -> usize {
    let is_it = |it: &&Kept| (it.kind, it.platform) == (kept.kind, kept.platform);
    state.kept.iter().find(is_it).map_or(0, |it| it.rows)
}

fn of(kept: &Kept, new: usize) -> String {
    let rows = if kept.rows == 1 { "row" } else { "rows" };
    let platform = kept.platform.map_or(String::new(), |it| format!(" of {}", it.word()));
    let (first, last) = kept.days;
    let day = |day: i64| Moment(day.saturating_mul(86_400)).day();
    let days = match (first, last) {
        // What has no time stands on the first day of all.
        (0, 0) => String::new(),
        (first, last) if first == last => format!(", {}", day(first)),
        (first, last) => format!(", {} to {}", day(first), day(last)),
    };
    let new = if new == 0 { String::new() } else { format!(", {} new", grouped(new)) };
    format!("{} {rows}{platform}{days}{new}", grouped(kept.rows))
}

/// A count with thousands set apart.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
