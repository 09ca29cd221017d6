//! Owners of money for people: who pays for what and how that is known, or what nobody pays for.

use plumb_base::Nanos;
use plumb_base::answer::{Owned, Owners};

use super::cost::{outside, share};
use super::line::Line;
use super::sheet::{Sheet, left, right};
use crate::Style;
use crate::words::{cents, grouped};

/// Rows of a list.
const ROWS: usize = 20;

/// Ways of knowing that are named for each owner.
const WAYS: usize = 3;

pub(super) fn owners(answer: &Owners, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style);
    let pen = sheet.pen;
    if answer.accounts.is_empty() {
        let none = "No bill was read, so nothing is known of whose the money is.".to_owned();
        sheet.line(0, &pen.plain(&answer.read.as_ref().map_or(none, outside)));
    }
    for account in &answer.accounts {
        let days = answer.days.as_ref().map(|(first, last)| format!(", {first} to {last}"));
        let what = if answer.gaps { "No owner" } else { "Owners of money" };
        let title = format!("{what}{}", days.unwrap_or_default());
        sheet.blank();
        let currency = account.billed.currency;
        sheet.line(0, &pen.strong(&title).and(pen.plain(&format!(", in {currency}"))));
        sheet.blank();
        if answer.gaps {
            gaps(&mut sheet, account);
        } else {
            known(&mut sheet, account);
        }
        sheet.blank();
        sheet.line(0, &pen.plain(&sum(account)));
        sheet.line(0, &pen.plain(&tags(account)));
    }
    if !answer.gaps && answer.accounts.iter().any(|it| !it.unowned.is_empty()) {
        sheet.next(&[(sheet.command("owners gaps", ""), "what has no owner, the dearest first")]);
    }
    sheet.finish()
}

fn known(sheet: &mut Sheet<'_>, account: &Owned) {
    let pen = sheet.pen;
    let currency = account.billed.currency;
    let head = ["Cost", "Share", "Owner", "Known by"];
    let mut table: Vec<Vec<Line>> = vec![head.iter().map(|it| pen.faint(it)).collect()];
    let shown = account.owners.len().min(sheet.limit(ROWS));
    let (shown, more) = account.owners.split_at(shown);
    let row = |amount, nanos, name: Line, how: &str| {
        let share = share(nanos, account.billed.nanos);
        vec![pen.plain(&cents(amount, currency)), pen.plain(&share), name, pen.faint(how)]
    };
    table.extend(shown.iter().map(|owner| {
        let how: Vec<&str> = owner.how.iter().take(WAYS).map(|(how, _)| how.as_str()).collect();
        row(owner.cents, owner.nanos, pen.strong(&owner.name), &how.join("; "))
    }));
    if !more.is_empty() {
        let amount = more.iter().map(|it| it.cents).sum();
        let nanos = more.iter().map(|it| it.nanos).sum();
        let name = pen.faint(&format!("{} more (--limit)", grouped(more.len())));
        table.push(row(amount, nanos, name, ""));
    }
    let rest = ["no owner", "for everybody: overhead", "not known"];
    for (at, name) in rest.into_iter().enumerate() {
        if account.parts[at + 1] != 0 {
            table.push(row(account.cents[at + 1], account.parts[at + 1], pen.plain(name), ""));
        }
    }
    sheet.table(2, &[right(24), right(6), left(40), left(50)], 2, &table);
}

fn gaps(sheet: &mut Sheet<'_>, account: &Owned) {
    let pen = sheet.pen;
    let currency = account.billed.currency;
    if account.unowned.is_empty() {
        return sheet.line(2, &pen.plain("Everything that somebody caused has an owner."));
    }
    let head = ["Cost", "Share", "What", "Changed by", "Run by", "To match it"];
    let mut table: Vec<Vec<Line>> = vec![head.iter().map(|it| pen.faint(it)).collect()];
    let shown = account.unowned.len().min(sheet.limit(ROWS));
    let (shown, more) = account.unowned.split_at(shown);
    let text = |it: &Option<String>| pen.plain(it.as_deref().unwrap_or_default());
    table.extend(shown.iter().map(|gap| {
        vec![
            pen.plain(&cents(gap.cents, currency)),
            pen.plain(&share(gap.nanos, account.billed.nanos)),
            pen.strong(&gap.name),
            text(&gap.changed_by),
            text(&gap.run_by),
            pen.faint(gap.rule.as_deref().unwrap_or_default()),
        ]
    }));
    if !more.is_empty() {
        let amount: Nanos = more.iter().map(|it| it.cents).sum();
        let nanos: Nanos = more.iter().map(|it| it.nanos).sum();
        let mut line = vec![
            pen.plain(&cents(amount, currency)),
            pen.plain(&share(nanos, account.billed.nanos)),
            pen.faint(&format!("{} more (--limit)", grouped(more.len()))),
        ];
        line.resize(head.len(), Line::default());
        table.push(line);
    }
    let columns = [right(24), right(6), left(34), left(18), left(18), left(34)];
    sheet.table(2, &columns, 2, &table);
}

/// The bill by whose it is: as printed, the parts sum.
fn sum(account: &Owned) -> String {
    let currency = account.billed.currency;
    let [owned, unowned, overhead, unattributed] = account.cents.map(|it| cents(it, currency));
    let billed = cents(account.cents.iter().sum(), currency);
    format!(
        "billed {billed} = owned {owned} + no owner {unowned} + overhead {overhead} + not known {unattributed}"
    )
}

/// How much of what somebody caused has a tag.
fn tags(account: &Owned) -> String {
    let (attributed, tagged) = account.tagged;
    let keys: Vec<String> = account
        .tags
        .iter()
        .take(WAYS)
        .map(|(key, nanos)| format!("{key} {}", share(*nanos, attributed)))
        .collect();
    let keys = if keys.is_empty() { String::new() } else { format!(": {}", keys.join(", ")) };
    format!("tagged: {} of what somebody caused{keys}", share(tagged, attributed))
}
