//! One asset: what it is, where its columns come from, who reads it, what was found in it.

use plumb_base::answer::{AssetCard, ColumnCard};

use super::explain::steps;
use super::finding::{block, ink, range};
use super::line::{Ink, Line};
use super::sheet::{Sheet, left};
use crate::words::{bytes, count, grouped};
use crate::{Detail, Style};

/// Neighbours that are named on each side.
const NEIGHBOURS: usize = 10;

/// Owners that are named of those known by the same line.
const OWNERS: usize = 4;

/// Columns that are listed.
const COLUMNS: usize = 40;

/// Lines of a normal form.
const FORM: usize = 30;

pub(super) fn shown(card: &AssetCard, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style);
    facts(&mut sheet, card);
    details(&mut sheet, card);
    columns(&mut sheet, card);
    neighbours(&mut sheet, card);
    normal_form(&mut sheet, card);
    findings(&mut sheet, card);
    problems(&mut sheet, card);
    next(&mut sheet, card, "explain");
    sheet.finish()
}

pub(super) fn explained(card: &AssetCard, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style);
    facts(&mut sheet, card);
    details(&mut sheet, card);
    columns(&mut sheet, card);
    neighbours(&mut sheet, card);
    if let Some(plan) = &card.plan {
        sheet.blank();
        sheet.line(2, &sheet.pen.strong("Plan as written"));
        let most = if style.detail == Detail::Full { usize::MAX } else { FORM };
        block(&mut sheet, plan, None, most);
    }
    normal_form(&mut sheet, card);
    findings(&mut sheet, card);
    problems(&mut sheet, card);
    next(&mut sheet, card, "show");
    sheet.finish()
}

fn facts(sheet: &mut Sheet<'_>, card: &AssetCard) {
    let pen = sheet.pen;
    let mut title = pen.strong(&card.key).and(pen.faint(&format!(" · {}", card.kind)));
    if let Some(materialized) = &card.materialized {
        title = title.and(pen.faint(&format!(" · {materialized}")));
    }
    sheet.line(0, &title);
    sheet.blank();
    let place = card.place.as_ref().map_or_else(|| "not in the code".to_owned(), range);
    let mut facts = vec![("Place", pen.plain(&place))];
    if card.owners.is_empty() {
        facts.push(("Talk to", pen.plain("no owner")));
    }
    // Who is known by the same line stands in one.
    let all = sheet.style.detail == Detail::Full;
    for (index, group) in card.owners.chunk_by(|one, two| one.source == two.source).enumerate() {
        let shown = if all { group.len() } else { group.len().min(OWNERS) };
        let names: Vec<&str> = group[..shown].iter().map(|owner| owner.name.as_str()).collect();
        let more = match group.len() - shown {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let names = pen.strong(&names.join(", ")).and(pen.plain(&more));
        let source = group.first().map(|owner| pen.faint(&format!("   {}", owner.source)));
        let label = if index == 0 { "Talk to" } else { "" };
        facts.push((label, names.and(source.unwrap_or_default())));
    }
    for (label, value) in [("Layer", &card.layer), ("In", &card.environment)] {
        if let Some(value) = value {
            facts.push((label, pen.plain(value)));
        }
    }
    if let Some(size) = size(card) {
        facts.push(("Size", pen.plain(&size)));
    }
    if let Some(whole) = &card.part_of {
        facts.push(("Part of", pen.plain(whole)));
    }
    if !card.tags.is_empty() {
        facts.push(("Tags", pen.plain(&card.tags.join(", "))));
    }
    if let Some(dialect) = &card.dialect {
        facts.push(("Dialect", pen.plain(dialect)));
    }
    if !card.coverage.is_empty() {
        facts.push(("Coverage", pen.plain(&card.coverage)));
    }
    if let Some(fingerprint) = &card.fingerprint {
        facts.push(("Plan", pen.faint(fingerprint)));
    }
    for (label, value) in facts {
        sheet.labelled(&pen.plain(label).padded(10).indented(2), &value);
    }
    for (index, line) in card.description.trim().lines().enumerate() {
        if index == 0 {
            sheet.blank();
        }
        sheet.line(2, &pen.plain(line.trim_end()));
    }
}

/// Tasks, parameters, tiles: what only some assets have.
fn details(sheet: &mut Sheet<'_>, card: &AssetCard) {
    let pen = sheet.pen;
    let limit = sheet.limit(COLUMNS);
    let facts = card.facts.iter().map(|(name, value)| vec![pen.plain(name), pen.plain(value)]);
    let tiles = card.tiles.iter().map(|tile| {
        let name = if tile.title.is_empty() { "untitled" } else { &tile.title };
        let fields = tile.fields.iter().map(|(_, expression)| expression.as_str());
        let shows: Vec<&str> = tile.dataset.as_deref().into_iter().chain(fields).collect();
        vec![pen.plain(name), pen.plain(&tile.kind), pen.plain(&shows.join(", "))]
    });
    if card.facts.len() + card.tiles.len() > 0 {
        sheet.blank();
    }
    let facts: Vec<Vec<Line>> = facts.take(limit).collect();
    sheet.table(2, &[left(32), left(100)], 1, &facts);
    if !card.tiles.is_empty() {
        sheet.line(2, &pen.strong("Tiles").and(pen.plain(&format!("   {}", card.tiles.len()))));
        let tiles: Vec<Vec<Line>> = tiles.take(limit).collect();
        sheet.table(4, &[left(28), left(14), left(100)], 2, &tiles);
    }
    let more = card.tiles.len().saturating_sub(limit) + card.facts.len().saturating_sub(limit);
    if more > 0 {
        sheet.line(4, &pen.faint(&format!("… {} more", grouped(more))));
    }
}

/// Rows and bytes, as far as they are told.
fn size(card: &AssetCard) -> Option<String> {
    let rows = card.rows.map(|rows| count(usize::try_from(rows).unwrap_or(usize::MAX), "row"));
    let said: Vec<String> = rows.into_iter().chain(card.bytes.map(bytes)).collect();
    (!said.is_empty()).then(|| said.join(", "))
}

fn columns(sheet: &mut Sheet<'_>, card: &AssetCard) {
    // What holds no rows has no columns to be known.
    if matches!(card.kind.as_str(), "dashboard" | "job" | "pipeline") {
        return;
    }
    sheet.blank();
    let pen = sheet.pen;
    if card.columns.is_empty() {
        sheet.labelled(&pen.strong("  Columns   "), &pen.plain("not known"));
        return;
    }
    let open = if card.open { ", and maybe more" } else { "" };
    let title = pen.strong("Columns").and(pen.plain(&format!("   {}{open}", card.columns.len())));
    sheet.line(2, &title);
    let limit = sheet.limit(COLUMNS);
    let typed = card.columns.iter().any(|column| column.data_type.is_some());
    let row = |column: &ColumnCard| {
        let data_type = pen.faint(column.data_type.as_deref().unwrap_or_default());
        let data_type = typed.then_some(data_type);
        let cells = std::iter::once(pen.plain(&column.name)).chain(data_type);
        cells.chain([pen.plain(&origins(column))]).collect()
    };
    let rows: Vec<Vec<Line>> = card.columns.iter().take(limit).map(row).collect();
    if typed {
        sheet.table(4, &[left(32), left(24), left(100)], 2, &rows);
    } else {
        sheet.table(4, &[left(32), left(100)], 1, &rows);
    }
    let more = card.columns.len().saturating_sub(limit);
    if more > 0 {
        sheet.line(4, &pen.faint(&format!("… {} more", grouped(more))));
    }
}

/// Where a column's value comes from; a copy needs no word for it.
fn origins(column: &ColumnCard) -> String {
    let each: Vec<String> = column
        .from
        .iter()
        .map(|(from, how)| if how == "identity" { from.clone() } else { format!("{from} ({how})") })
        .collect();
    if each.is_empty() { column.description.clone() } else { each.join(", ") }
}

fn neighbours(sheet: &mut Sheet<'_>, card: &AssetCard) {
    sheet.blank();
    let pen = sheet.pen;
    let runs = [("Runs", &card.runs), ("Run by", &card.run_by)];
    let runs = runs.into_iter().filter(|(_, list)| !list.is_empty());
    for (label, list) in
        [("Reads", &card.reads), ("Read by", &card.read_by)].into_iter().chain(runs)
    {
        let limit = sheet.limit(NEIGHBOURS);
        let mut text = list.iter().take(limit).cloned().collect::<Vec<_>>().join(", ");
        let more = list.len().saturating_sub(limit);
        if more > 0 {
            text = format!("{text} and {} more", grouped(more));
        }
        let body = match list.len() {
            0 => pen.plain("nothing that plumb has seen"),
            number => pen.strong(&grouped(number)).and(pen.plain(&format!("   {text}"))),
        };
        sheet.labelled(&pen.plain(label).padded(10).indented(2), &body);
    }
}

fn normal_form(sheet: &mut Sheet<'_>, card: &AssetCard) {
    let Some(form) = &card.normal_form else { return };
    sheet.blank();
    let pen = sheet.pen;
    sheet.labelled(&pen.strong("  Normal form   "), &pen.faint(&steps(&card.steps)));
    let most = if sheet.style.detail == Detail::Full { usize::MAX } else { FORM };
    block(sheet, form, None, most);
}

fn findings(sheet: &mut Sheet<'_>, card: &AssetCard) {
    if card.findings.is_empty() {
        return;
    }
    sheet.blank();
    let pen = sheet.pen;
    sheet.line(2, &pen.strong("Findings"));
    let rows: Vec<Vec<Line>> = card
        .findings
        .iter()
        .map(|finding| {
            let evidence = pen.write(ink(finding.evidence), finding.evidence.word());
            vec![pen.plain(&finding.id), pen.message(&finding.message), evidence]
        })
        .collect();
    sheet.table(4, &[left(10), left(100), left(11)], 1, &rows);
}

fn problems(sheet: &mut Sheet<'_>, card: &AssetCard) {
    if card.problems.is_empty() {
        return;
    }
    sheet.blank();
    let pen = sheet.pen;
    sheet.line(2, &pen.strong("Could not be read"));
    let rows: Vec<Vec<Line>> = card
        .problems
        .iter()
        .map(|problem| {
            let place = pen.faint(&problem.place.to_string());
            vec![place, pen.write(Ink::Warning, &problem.reason), pen.plain(&problem.message)]
        })
        .collect();
    sheet.table(4, &[left(44), left(24), left(100)], 2, &rows);
}

fn next(sheet: &mut Sheet<'_>, card: &AssetCard, other: &str) {
    let mut hints = Vec::new();
    if let Some(finding) = card.findings.first() {
        hints.push((sheet.command("show", &finding.id), "evidence, the code, the fix"));
    }
    let what = if other == "explain" { "its plan as it is written" } else { "in short" };
    hints.push((sheet.command(other, &card.key), what));
    hints.push((sheet.command("lineage", &card.key), "what feeds it, what reads it"));
    sheet.next(&hints);
}
