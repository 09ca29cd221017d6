//! What a store holds, as checks.

use plumb_base::Moment;
use plumb_base::answer::{Check, Health};
use plumb_store::{Kept, State};
use plumb_workspace::kind;

/// The title of these checks.
pub(crate) const TITLE: &str = "Store";

/// Where it is and what of each kind is in it.
pub(crate) fn checks(state: &State) -> Vec<Check> {
    let size = state.size.div_ceil(1_000_000);
    let place = format!("{}, {size} MB", state.folder.display());
    let files = if state.files == 1 { "file" } else { "files" };
    let mut checks = vec![
        check("folder", place),
        check("read so far", format!("{} {files}", grouped(state.files))),
    ];
    checks.extend(state.kept.iter().map(|kept| check(kind(kept.kind), of(kept))));
    checks
}

pub(crate) fn check(what: &str, detail: String) -> Check {
    Check { health: Health::Good, what: what.to_owned(), detail, why: None, fix: None }
}

fn of(kept: &Kept) -> String {
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
    format!("{} {rows}{platform}{days}", grouped(kept.rows))
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
