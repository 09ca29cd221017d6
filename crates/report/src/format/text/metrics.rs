//! Numbers with a name: a line for each, or everything about one.

use plumb_base::answer::{DefinitionCard, MetricCard, Metrics};

use super::finding::place;
use super::sheet::{Sheet, left, right};
use crate::Style;
use crate::words::{count, grouped};

/// Names that are listed, and definitions and places that are shown, unless somebody asks for more.
const NAMES: usize = 20;
const DEFINITIONS: usize = 10;
const PLACES: usize = 5;

pub(super) fn metrics(answer: &Metrics, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style);
    match (&answer.asked, answer.metrics.as_slice()) {
        (Some(_), cards) => cards.iter().for_each(|card| one(&mut sheet, card)),
        (None, []) => {
            sheet.line(0, &sheet.pen.plain("No number with a name was found."));
        }
        (None, cards) => list(&mut sheet, cards),
    }
    sheet.finish()
}

fn list(sheet: &mut Sheet<'_>, cards: &[MetricCard]) {
    let pen = sheet.pen;
    let several = cards.iter().filter(|card| card.definitions.len() > 1).count();
    let head = format!(
        "{} of numbers, {} with several definitions",
        count(cards.len(), "name"),
        grouped(several)
    );
    sheet.line(0, &pen.plain(&head));
    sheet.blank();
    let limit = sheet.limit(NAMES);
    let rows: Vec<_> = cards
        .iter()
        .take(limit)
        .map(|card| {
            let how = if card.declared { "declared" } else { "computed in columns" };
            vec![
                pen.strong(&card.name),
                pen.plain(&count(card.definitions.len(), "definition")),
                pen.plain(&count(card.places(), "place")),
                pen.plain(how),
                pen.plain(card.finding.as_deref().unwrap_or_default()),
            ]
        })
        .collect();
    sheet.table(2, &[left(40), right(15), right(12), left(20), left(10)], 0, &rows);
    if cards.len() > limit {
        let more = format!("and {} more", grouped(cards.len() - limit));
        sheet.line(2, &pen.faint(&more));
    }
    if let Some(first) = cards.first() {
        let command = sheet.command("metrics", &first.name);
        sheet.next(&[(command, "where each of its definitions stands")]);
    }
}

fn one(sheet: &mut Sheet<'_>, card: &MetricCard) {
    let pen = sheet.pen;
    let head = format!(
        ": {} in {}",
        count(card.definitions.len(), "definition"),
        count(card.places(), "place")
    );
    sheet.line(0, &pen.strong(&card.name).and(pen.plain(&head)));
    let limit = sheet.limit(DEFINITIONS);
    for definition in card.definitions.iter().take(limit) {
        sheet.blank();
        self::definition(sheet, definition);
    }
    if card.definitions.len() > limit {
        sheet.blank();
        let more = count(card.definitions.len() - limit, "definition");
        sheet.line(2, &pen.faint(&format!("and {more} more")));
    }
    if let Some(finding) = &card.finding {
        let command = sheet.command("show", finding);
        sheet.next(&[(command, "how they differ, and whom to talk to")]);
    }
}

fn definition(sheet: &mut Sheet<'_>, definition: &DefinitionCard) {
    let pen = sheet.pen;
    sheet.labelled(&pen.plain("  "), &pen.message(&definition.formula));
    let limit = sheet.limit(PLACES);
    let rows: Vec<_> = definition
        .places
        .iter()
        .take(limit)
        .map(|it| {
            let owners: Vec<&str> = it.owners.iter().map(|owner| owner.name.as_str()).collect();
            vec![
                pen.plain(&it.asset),
                pen.faint(&place(&it.place)),
                pen.plain(owners.first().copied().unwrap_or("no owner")),
            ]
        })
        .collect();
    sheet.table(4, &[left(44), left(40), left(30)], 0, &rows);
    if definition.places.len() > limit {
        let more = format!("and {} more", grouped(definition.places.len() - limit));
        sheet.line(4, &pen.faint(&more));
    }
    if !definition.also.is_empty() {
        sheet.labelled(&pen.plain("    also called "), &pen.plain(&definition.also.join(", ")));
    }
}
