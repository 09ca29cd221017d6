//! Costs for people: rows that sum to the bill as they are printed, and the sum at the bottom of every page.

use plumb_base::answer::{Account, Cost, CostRow, RowKind};
use plumb_base::{Nanos, Problem, Severity};

use super::line::Line;
use super::sheet::{Sheet, left, right};
use crate::Style;
use crate::words::{cents, count, grouped};

/// Rows of a list.
const ROWS: usize = 20;

pub(super) fn cost(answer: &Cost, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style);
    let pen = sheet.pen;
    if answer.accounts.is_empty() {
        nothing(&mut sheet, answer);
    }
    for account in &answer.accounts {
        let days = answer.days.as_ref().map(|(first, last)| format!(", {first} to {last}"));
        let title = format!("Cost by {}{}", answer.by, days.unwrap_or_default());
        let idle =
            if answer.idle == "apart" { String::new() } else { format!("; idle: {}", answer.idle) };
        let currency = account.billed.currency;
        sheet.blank();
        sheet.line(0, &pen.strong(&title).and(pen.plain(&format!(", in {currency}{idle}"))));
        sheet.blank();
        rows(&mut sheet, answer, account);
        sheet.blank();
        sheet.line(0, &pen.plain(&sum(account)));
        sheet.blank();
        methods(&mut sheet, account);
    }
    lists(&mut sheet, answer);
    hints(&mut sheet, answer);
    sheet.finish()
}

fn nothing(sheet: &mut Sheet<'_>, answer: &Cost) {
    let pen = sheet.pen;
    if let Some(read) = &answer.read {
        return sheet.line(0, &pen.plain(&outside(read)));
    }
    let what = if answer.using.is_empty() {
        "No bill and no metering was found, so nothing is known of costs."
    } else {
        "Nothing that was read is a charge."
    };
    sheet.line(0, &pen.plain(what));
    let fix = "Export WAREHOUSE_METERING_HISTORY and QUERY_HISTORY, system.billing.usage with list_prices, a \
               Cost and Usage Report of AWS or a FOCUS bill, as CSV or Parquet, into this folder.";
    sheet.line(0, &pen.plain(fix));
}

/// What is said where nothing of what was read falls into the period that was asked for.
pub(super) fn outside((first, last): &(String, String)) -> String {
    format!("Nothing was charged in this period: what was read is of {first} to {last}.")
}

fn rows(sheet: &mut Sheet<'_>, answer: &Cost, account: &Account) {
    let pen = sheet.pen;
    let currency = account.billed.currency;
    let is_work = |row: &&CostRow| matches!(row.kind, RowKind::Named | RowKind::NotNamed);
    let (work, rest): (Vec<&CostRow>, Vec<&CostRow>) = account.rows.iter().partition(is_work);
    let shown = work.len().min(sheet.limit(ROWS));
    let (shown, more) = work.split_at(shown);
    let detailed = matches!(answer.by.as_str(), "asset" | "workload");
    let mut head = vec!["Cost", "Share", "Runs", &answer.by];
    if detailed {
        head.extend(["Owner", "Told by"]);
    }
    let mut table: Vec<Vec<Line>> = vec![head.iter().map(|it| pen.faint(it)).collect()];
    let cell = |row: &CostRow| {
        let mut line = vec![
            pen.plain(&cents(row.cents.total(), currency)),
            pen.plain(&share(row.parts.total(), account.billed.nanos)),
            pen.plain(&runs(row.runs)),
            name(sheet, row),
        ];
        if detailed {
            let told = row.told.as_ref().map(|(told, sure)| format!("{told}, {sure}"));
            line.push(pen.plain(row.owner.as_deref().unwrap_or_default()));
            line.push(pen.faint(&told.unwrap_or_default()));
        }
        line
    };
    table.extend(shown.iter().map(|row| cell(row)));
    if !more.is_empty() {
        let rest: i128 = more.iter().map(|row| row.cents.total()).sum();
        let total: Nanos = more.iter().map(|row| row.parts.total()).sum();
        let mut line = vec![
            pen.plain(&cents(rest, currency)),
            pen.plain(&share(total, account.billed.nanos)),
            pen.plain(&runs(more.iter().map(|row| row.runs).sum())),
            pen.faint(&format!("{} more (--limit)", grouped(more.len()))),
        ];
        line.resize(head.len(), Line::default());
        table.push(line);
    }
    table.extend(rest.iter().map(|row| cell(row)));
    let columns = [right(24), right(6), right(12), left(60), left(24), left(30)];
    sheet.table(2, &columns[..head.len()], 3, &table);
}

fn name(sheet: &Sheet<'_>, row: &CostRow) -> Line {
    let pen = sheet.pen;
    match row.kind {
        RowKind::Named => pen.strong(&row.name),
        RowKind::NotNamed | RowKind::Idle | RowKind::Overhead | RowKind::Unattributed => {
            pen.plain(&row.name)
        }
    }
}

fn runs(runs: u64) -> String {
    if runs == 0 { String::new() } else { grouped(runs) }
}

/// A share in whole percent, down; less than one is said so.
pub(super) fn share(part: Nanos, whole: Nanos) -> String {
    match (part, whole) {
        (0, _) | (_, 0) => "0 %".to_owned(),
        _ if part == whole => "100 %".to_owned(),
        _ => match part.saturating_mul(100) / whole {
            0 => "<1 %".to_owned(),
            share => format!("{share} %"),
        },
    }
}

/// The bill and its parts: as printed, they sum.
fn sum(account: &Account) -> String {
    let (parts, currency) = (&account.cents, account.billed.currency);
    let money = |amount| cents(amount, currency);
    let hours = if parts.idle() == 0 {
        String::new()
    } else {
        let (within, whole) = (money(parts.idle_in_hour), money(parts.idle_whole_hour));
        format!(" ({within} in hours with queries, {whole} whole hours)")
    };
    format!(
        "billed {} = attributed {} + idle {}{hours} + overhead {} + unattributed {}",
        money(parts.total()),
        money(parts.attributed),
        money(parts.idle()),
        money(parts.overhead),
        money(parts.unattributed)
    )
}

fn methods(sheet: &mut Sheet<'_>, account: &Account) {
    let pen = sheet.pen;
    sheet.line(0, &pen.strong("How it was told"));
    let rows: Vec<Vec<Line>> = account
        .methods
        .iter()
        .map(|(id, words, nanos)| {
            let share = share(*nanos, account.billed.nanos);
            vec![pen.plain(&share), pen.plain(id), pen.faint(words)]
        })
        .collect();
    sheet.table(2, &[right(6), left(24), left(80)], 2, &rows);
}

fn lists(sheet: &mut Sheet<'_>, answer: &Cost) {
    let pen = sheet.pen;
    let unpriced = answer.unpriced.iter().map(|(much, what)| format!("{much} of {what}"));
    // What counts and should be known is no loss.
    let (notes, lost): (Vec<&Problem>, Vec<&Problem>) =
        answer.problems.iter().partition(|it| it.severity == Severity::Note);
    let said = |it: &Problem| format!("{}: {}", it.place, it.message);
    let notes = answer.notes.iter().cloned().chain(notes.into_iter().map(said));
    for (title, list) in [
        ("Prices", answer.basis.clone()),
        ("No price, and so not in these figures", unpriced.collect::<Vec<_>>()),
        ("To know", notes.collect()),
        ("Not read", lost.into_iter().map(said).collect()),
    ] {
        if list.is_empty() {
            continue;
        }
        sheet.blank();
        sheet.line(0, &pen.strong(title));
        for item in &list {
            sheet.line(2, &pen.plain(item));
        }
    }
    if !answer.using.is_empty() {
        sheet.blank();
        sheet.line(0, &pen.strong(&format!("Read {}", count(answer.using.len(), "file"))));
        let rows: Vec<Vec<Line>> = answer
            .using
            .iter()
            .map(|used| vec![pen.plain(&used.what), pen.plain(&used.path), pen.faint(&used.detail)])
            .collect();
        sheet.table(2, &[left(24), left(60), left(40)], 1, &rows);
    }
}

fn hints(sheet: &mut Sheet<'_>, answer: &Cost) {
    if answer.accounts.is_empty() {
        return;
    }
    let others = [
        ("workload", "what runs again and again, and how it was told"),
        ("warehouse", "with the idle of each"),
        ("team", "whose it is"),
    ];
    let others = others.into_iter().filter(|(by, _)| *by != answer.by).take(2);
    let hints: Vec<(String, &str)> =
        others.map(|(by, what)| (sheet.command(&format!("cost --by {by}"), ""), what)).collect();
    sheet.next(&hints);
}
