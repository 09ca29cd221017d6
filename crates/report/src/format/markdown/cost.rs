//! Costs in Markdown: a table whose rows sum to the bill, and the sum below it.

use plumb_base::answer::{Account, Cost};

use super::sheet::{Sheet, escaped, said};
use crate::Style;
use crate::words::{cents, grouped};

/// Rows of a table.
const ROWS: usize = 50;

pub(super) fn cost(answer: &Cost, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style, "plumb cost -f json");
    for account in &answer.accounts {
        let days = answer.days.as_ref().map(|(first, last)| format!(", {first} to {last}"));
        let title = format!("Cost by {}{}", answer.by, days.unwrap_or_default());
        sheet.block(&format!("### {}", escaped(&title)));
        table(&mut sheet, account, style.limit.unwrap_or(ROWS));
    }
    let list = |items: &[String]| {
        items.iter().map(|it| format!("- {}", said(it))).collect::<Vec<_>>().join("\n")
    };
    let unpriced: Vec<String> =
        answer.unpriced.iter().map(|(much, what)| format!("{much} of {what}")).collect();
    for (title, items) in [
        ("Prices", &answer.basis),
        ("No price, and so not in these figures", &unpriced),
        ("To know", &answer.notes),
    ] {
        if !items.is_empty() {
            sheet.block(&format!("**{title}**\n\n{}", list(items)));
        }
    }
    if answer.accounts.is_empty() {
        sheet.block("No charge was found, so nothing is known of costs.");
    }
    sheet.finish()
}

fn table(sheet: &mut Sheet<'_>, account: &Account, most: usize) {
    let currency = account.billed.currency;
    let shown = account.rows.len().min(most);
    let (shown, more) = account.rows.split_at(shown);
    let rows = shown.iter().map(|row| {
        [
            cents(row.cents.total(), currency),
            escaped(&row.name),
            said(row.owner.as_deref().unwrap_or_default()),
        ]
    });
    let rest: i128 = more.iter().map(|row| row.cents.total()).sum();
    let name = format!("{} more", grouped(more.len()));
    let rest = (!more.is_empty()).then(|| [cents(rest, currency), name, String::new()]);
    let billed = account.cents.total();
    let sum = [format!("**{}**", cents(billed, currency)), "**billed**".to_owned(), String::new()];
    sheet.table(["Cost", "What", "Owner"], "--:|---|---", rows.chain(rest).chain([sum]));
}
