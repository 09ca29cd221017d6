//! One rule: its page, dressed for a terminal.

use plumb_base::answer::RuleCard;

use super::line::Line;
use super::sheet::Sheet;
use crate::Style;
use crate::words::count;

pub(super) fn shown(card: &RuleCard, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style);
    head(&mut sheet, card);
    // What stands before the first case says what the rule is about.
    let about = card.page.split("\n## ").next().unwrap_or_default();
    page(&mut sheet, about);
    if about.lines().all(|line| line.starts_with('#') || line.trim().is_empty()) {
        sheet.blank();
        sheet.line(0, &sheet.pen.plain(&card.summary));
    }
    let command = sheet.command("explain", &card.code);
    sheet.next(&[(command, "the whole page, with every case it speaks of")]);
    sheet.finish()
}

pub(super) fn explained(card: &RuleCard, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style);
    head(&mut sheet, card);
    page(&mut sheet, &card.page);
    sheet.finish()
}

fn head(sheet: &mut Sheet<'_>, card: &RuleCard) {
    let pen = sheet.pen;
    let title = pen.strong(&format!("{} {}", card.code, card.name));
    let here = card
        .findings
        .map_or_else(String::new, |findings| format!(" · {} here", count(findings, "finding")));
    sheet.line(0, &title.and(pen.faint(&here)));
}

/// Markdown with its marks taken off: titles are strong, code is set in, paragraphs are filled.
fn page(sheet: &mut Sheet<'_>, page: &str) {
    let pen = sheet.pen;
    let mut paragraph = String::new();
    let mut fence = None;
    for line in page.lines() {
        let ticks = line.chars().take_while(|letter| *letter == '`').count();
        if let Some(end) = fence {
            if ticks >= end {
                fence = None;
                sheet.blank();
            } else {
                sheet.labelled(&Line::default().indented(4), &pen.plain(line));
            }
            continue;
        }
        let item = line.starts_with("- ") || line.starts_with("* ");
        let special = ticks >= 3 || item || line.starts_with(['#', '|', '>']);
        if line.trim().is_empty() || special {
            fill(sheet, &mut paragraph);
        }
        if line.trim().is_empty() {
            sheet.blank();
        } else if ticks >= 3 {
            fence = Some(ticks);
            sheet.blank();
        } else if line.starts_with("# ") {
            // The head has said it.
            sheet.blank();
        } else if line.starts_with('#') {
            sheet.blank();
            sheet.line(0, &pen.strong(line.trim_start_matches('#').trim_start()));
        } else if item {
            paragraph.push_str(line);
        } else if special {
            sheet.line(0, &pen.plain(line));
        } else {
            let space = if paragraph.is_empty() { "" } else { " " };
            paragraph.push_str(space);
            paragraph.push_str(line.trim());
        }
    }
    fill(sheet, &mut paragraph);
}

fn fill(sheet: &mut Sheet<'_>, paragraph: &mut String) {
    if paragraph.is_empty() {
        return;
    }
    let pen = sheet.pen;
    match paragraph.strip_prefix("- ").or_else(|| paragraph.strip_prefix("* ")) {
        Some(item) => sheet.labelled(&pen.plain("- "), &pen.plain(item)),
        None => sheet.line(0, &pen.plain(paragraph)),
    }
    paragraph.clear();
}
