//! The whole lineage in figures: it is for other tools, and too much for a screen.

use std::collections::BTreeMap;

use plumb_base::answer::{Graph, Use};

use super::line::Line;
use super::sheet::{Sheet, left, right};
use crate::Style;
use crate::words::{count, grouped, percent};

pub(super) fn graph(answer: &Graph, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style);
    let pen = sheet.pen;
    sheet.line(0, &pen.strong(&format!("Lineage of {}", answer.root)));
    sheet.blank();
    let outputs = || answer.jobs.iter().flat_map(|job| &job.outputs);
    let (read, total) = (answer.coverage.read, answer.coverage.total());
    let columns: usize = outputs().map(|output| output.columns.len()).sum();
    let traced = |uses: &Vec<Use>| !uses.is_empty();
    let known = outputs().flat_map(|output| &output.columns).filter(|(_, uses)| traced(uses));
    let facts = [
        (
            "Statements read",
            format!("{} of {}", grouped(read), grouped(total)),
            percent(read, total),
        ),
        ("Jobs", grouped(answer.jobs.len()), String::new()),
        ("Datasets", grouped(answer.datasets.len()), String::new()),
        (
            "Columns made",
            grouped(columns),
            format!("{} from columns that are known", grouped(known.count())),
        ),
    ];
    let rows: Vec<Vec<Line>> = facts
        .iter()
        .map(|(label, value, note)| vec![pen.plain(label), pen.strong(value), pen.faint(note)])
        .collect();
    sheet.table(2, &[left(20), left(24), left(50)], 2, &rows);
    let mut hows: BTreeMap<&str, usize> = BTreeMap::new();
    let uses = outputs()
        .flat_map(|output| output.columns.iter().flat_map(|(_, uses)| uses).chain(&output.rows));
    for (how, _) in uses.flat_map(|one| &one.how) {
        *hows.entry(how.word()).or_default() += 1;
    }
    if !hows.is_empty() {
        sheet.blank();
        sheet.line(2, &pen.strong("Edges between columns"));
        let mut hows: Vec<(&str, usize)> = hows.into_iter().collect();
        hows.sort_by_key(|(how, number)| (usize::MAX - number, *how));
        let rows: Vec<Vec<Line>> = hows
            .into_iter()
            .map(|(how, number)| vec![pen.plain(&grouped(number)), pen.plain(how)])
            .collect();
        sheet.table(4, &[right(10), left(30)], 1, &rows);
    }
    if !answer.gaps.is_empty() {
        sheet.blank();
        sheet.line(2, &pen.strong(&format!("Not known   {}", count(answer.gaps.len(), "gap"))));
        for gap in &answer.gaps {
            sheet.labelled(&Line::default().indented(4), &pen.plain(gap));
        }
    }
    let export = sheet.command("lineage --all -f openlineage -o lineage.jsonl", "");
    sheet.next(&[
        (export, "for a lineage server"),
        (sheet.command("lineage --all -f csv", ""), "for a sheet"),
    ]);
    sheet.finish()
}
