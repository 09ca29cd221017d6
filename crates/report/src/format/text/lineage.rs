//! Lineage as two trees: what feeds a thing, and what reads it.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::answer::{Lineage, Link};

use super::line::Line;
use super::sheet::Sheet;
use crate::Style;
use crate::words::{count, grouped};

/// Rows of each tree, unless somebody asked for a number.
const ROWS: usize = 40;

pub(super) fn lineage(answer: &Lineage, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style);
    let pen = sheet.pen;
    let asked = match &answer.column {
        Some(column) => format!("{}.{column}", answer.asset),
        None => answer.asset.clone(),
    };
    sheet.line(0, &pen.strong(&asked));
    for (title, links, up) in [("feeds", &answer.up, true), ("read by", &answer.down, false)] {
        sheet.blank();
        let rows = tree(links, up);
        let near: BTreeSet<&str> = rows.iter().map(|row| row.name).collect();
        let said = match near.len() {
            0 => "nothing that plumb has seen".to_owned(),
            number => grouped(number),
        };
        sheet.line(2, &pen.strong(title).and(pen.plain(&format!("   {said}"))));
        let limit = sheet.limit(ROWS);
        for row in rows.iter().take(limit) {
            let how = if row.how.is_empty() { String::new() } else { format!("   {}", row.how) };
            let above = if row.again { "   (above)" } else { "" };
            let name = pen.plain(row.name).and(pen.faint(&how)).and(pen.faint(above));
            // Deep lineage must not walk out of the page.
            let depth = row.depth.min(12);
            sheet.labelled(&Line::default().indented(2 + 2 * depth), &name);
        }
        let more = rows.len().saturating_sub(limit);
        if more > 0 {
            let command = sheet.command(&format!("lineage --limit {}", rows.len()), &asked);
            sheet.line(4, &pen.plain(&format!("{} more: {command}", grouped(more))));
        }
    }
    if !answer.gaps.is_empty() {
        sheet.blank();
        sheet.line(2, &pen.strong(&format!("Not known   {}", count(answer.gaps.len(), "gap"))));
        for gap in &answer.gaps {
            sheet.labelled(&Line::default().indented(4), &pen.plain(gap));
        }
    }
    sheet.next(&hints(&sheet, answer));
    sheet.finish()
}

fn hints(sheet: &Sheet<'_>, answer: &Lineage) -> Vec<(String, &'static str)> {
    let mut hints = vec![(sheet.command("show", &answer.asset), "columns, plan, findings")];
    let furthest = |links: &[Link]| links.iter().map(|link| link.distance).max().unwrap_or(0);
    let (up, down) = (furthest(&answer.up), furthest(&answer.down));
    if up > 0 || down > 0 {
        let verb = format!("lineage --up {} --down {}", up + 2, down + 2);
        let asked =
            answer.column.iter().fold(answer.asset.clone(), |asset, c| format!("{asset}.{c}"));
        hints.push((sheet.command(&verb, &asked), "two steps further"));
    }
    hints
}

struct Row<'a> {
    depth: usize,
    name: &'a str,
    how: String,
    /// Whether what hangs below it was shown further up.
    again: bool,
}

/// The links as an indented list; each is reached from the one nearer to what was asked for.
fn tree(links: &[Link], up: bool) -> Vec<Row<'_>> {
    let ends = |link: &'_ Link| -> (String, String) {
        if up { (link.to.clone(), link.from.clone()) } else { (link.from.clone(), link.to.clone()) }
    };
    let mut below: BTreeMap<String, BTreeMap<String, Vec<&Link>>> = BTreeMap::new();
    for link in links {
        let (near, far) = ends(link);
        // A neighbour hangs below what was asked for, whatever that was called.
        let near = if link.distance <= 1 { String::new() } else { near };
        below.entry(near).or_default().entry(far).or_default().push(link);
    }
    let mut rows = Vec::new();
    let mut seen = BTreeSet::new();
    hang("", 1, up, &below, &mut seen, &mut rows);
    // What hangs below nothing is shown all the same.
    for (near, children) in &below {
        if !near.is_empty() && !seen.contains(near) {
            let depth = children.values().flatten().map(|link| link.distance).min().unwrap_or(1);
            hang(near, depth as usize, up, &below, &mut seen, &mut rows);
        }
    }
    rows
}

fn hang<'a>(
    near: &str,
    depth: usize,
    up: bool,
    below: &BTreeMap<String, BTreeMap<String, Vec<&'a Link>>>,
    seen: &mut BTreeSet<String>,
    rows: &mut Vec<Row<'a>>,
) {
    seen.insert(near.to_owned());
    let Some(children) = below.get(near) else { return };
    for (far, links) in children {
        let Some(first) = links.first() else { continue };
        let name = if up { &first.from } else { &first.to };
        let hows: BTreeSet<&str> =
            links.iter().map(|link| link.how.as_str()).filter(|how| *how != "reads").collect();
        let again = seen.contains(far) && below.contains_key(far);
        let how = hows.into_iter().collect::<Vec<_>>().join(", ");
        rows.push(Row { depth, name, how, again });
        if !seen.contains(far) {
            hang(far, depth + 1, up, below, seen, rows);
        }
    }
}
