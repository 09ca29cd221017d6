//! One finding: what is the case, where, why we say so, and what to do.

use plumb_base::answer::{Excerpt, FindingCard};
use plumb_base::{Action, Evidence, Example, Finding, Place, Saving};

use super::line::{Ink, Line};
use super::sheet::{Sheet, left};
use crate::words::{count, grouped};
use crate::{Detail, Style};

/// Lines of code that are shown of one place.
const CODE: usize = 12;

/// Lines of a plan that are shown.
const PLAN: usize = 30;

/// Rows of a result that are shown unless somebody asks for more.
const ROWS: usize = 12;

pub(super) fn shown(card: &FindingCard, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style);
    head(&mut sheet, &card.finding);
    sheet.blank();
    sheet.line(2, &sheet.pen.message(&card.finding.message));
    sheet.blank();
    costs(&mut sheet, &card.finding);
    talk_to(&mut sheet, &card.finding);
    places(&mut sheet, card);
    columns(&mut sheet, &card.columns);
    if let Some(plan) = &card.plan {
        sheet.blank();
        sheet.line(2, &sheet.pen.strong("Shared plan"));
        let usual = if style.detail == Detail::Full { usize::MAX } else { PLAN };
        block(&mut sheet, plan, None, usual);
    }
    because(&mut sheet, &card.finding);
    if let Some(example) = &card.finding.example {
        sheet.blank();
        self::example(&mut sheet, example);
    }
    if let Some(sql) = &card.finding.instead {
        sheet.blank();
        sheet.line(2, &sheet.pen.strong("Instead"));
        block(&mut sheet, sql, None, PLAN);
    }
    if let Some(action) = &card.finding.action {
        fix(&mut sheet, action, &card.code);
    }
    next(&mut sheet, &card.finding);
    sheet.finish()
}

/// Rule, name, evidence.
pub(super) fn head(sheet: &mut Sheet<'_>, finding: &Finding) {
    let pen = sheet.pen;
    let title = pen.strong(&format!("{} {}", finding.rule, finding.name));
    let evidence = pen.write(ink(finding.evidence), finding.evidence.word());
    let id = pen.faint(&format!(" · {}", finding.id));
    sheet.line(0, &title.and(pen.faint(" · ")).and(evidence).and(id));
}

pub(super) fn ink(evidence: Evidence) -> Ink {
    match evidence {
        Evidence::Proved => Ink::Good,
        Evidence::Observed => Ink::Plain,
        Evidence::Estimated => Ink::Warning,
        Evidence::NotChecked => Ink::Faint,
    }
}

/// What it saves a month, as a range where it is one.
pub(super) fn saving(finding: &Finding) -> Option<String> {
    match &finding.saving {
        Saving::NotGiven(_) => None,
        Saving::PerMonth { low, high } => {
            let (low, high) = (low.to_string(), high.to_string());
            let end = if low.starts_with('$') { high.trim_start_matches('$') } else { &high };
            Some(if low == high { low } else { format!("{low}–{end}") })
        }
    }
}

/// The first owner, and how many more.
pub(super) fn owner(finding: &Finding) -> String {
    match finding.owners.as_slice() {
        [] => "no owner".to_owned(),
        [owner] => owner.name.clone(),
        [owner, more @ ..] => format!("{} +{}", owner.name, more.len()),
    }
}

/// A place as people paste it.
pub(super) fn place(place: &Place) -> String {
    format!("{}:{}", place.path, place.start.line)
}

/// A place with its last line.
pub(super) fn range(place: &Place) -> String {
    if place.end.line > place.start.line {
        format!("{}:{}-{}", place.path, place.start.line, place.end.line)
    } else {
        self::place(place)
    }
}

/// What it costs, or why no cost is given.
pub(super) fn costs(sheet: &mut Sheet<'_>, finding: &Finding) {
    let pen = sheet.pen;
    match (&finding.saving, saving(finding)) {
        (Saving::NotGiven(why), _) => {
            let why = if why.is_empty() { String::new() } else { format!(": {why}") };
            sheet.labelled(&pen.plain("  Costs     "), &pen.plain(&format!("no cost given{why}")));
        }
        (_, Some(range)) => {
            sheet.labelled(&pen.plain("  Saves     "), &pen.strong(&format!("{range}/mo")));
        }
        (_, None) => {}
    }
}

fn talk_to(sheet: &mut Sheet<'_>, finding: &Finding) {
    let pen = sheet.pen;
    if finding.owners.is_empty() {
        sheet.labelled(&pen.plain("  Talk to   "), &pen.plain("no owner"));
        return;
    }
    let rows: Vec<Vec<Line>> = finding
        .owners
        .iter()
        .enumerate()
        .map(|(index, owner)| {
            let label = pen.plain(if index == 0 { "Talk to" } else { "" }).padded(8);
            vec![label, pen.strong(&owner.name), pen.faint(&owner.source)]
        })
        .collect();
    sheet.table(2, &[left(8), left(30), left(80)], 2, &rows);
}

fn places(sheet: &mut Sheet<'_>, card: &FindingCard) {
    sheet.blank();
    let pen = sheet.pen;
    sheet.line(2, &pen.strong("Places"));
    let limit = sheet.limit(6);
    for (index, subject) in card.finding.subjects.iter().take(limit).enumerate() {
        let at = pen.plain(&range(&subject.place)).and(pen.faint("   "));
        sheet.line(4, &at.and(pen.faint(&subject.asset)));
        if let Some(code) = card.code.get(index) {
            excerpt(sheet, code);
        }
    }
    let more = card.finding.subjects.len().saturating_sub(limit);
    if more > 0 {
        let all = card.finding.subjects.len();
        let command = sheet.command(&format!("show --limit {all}"), &card.finding.id);
        sheet.line(4, &pen.plain(&format!("{} more: {command}", grouped(more))));
    }
}

fn excerpt(sheet: &mut Sheet<'_>, excerpt: &Excerpt) {
    let usual = if sheet.style.detail == Detail::Full { usize::MAX } else { CODE };
    let (start, end) = (excerpt.place.start.line, excerpt.place.end.line);
    // A line of JSON may hold many lines of code: they have no numbers of their own.
    let lines = excerpt.text.lines().count();
    let numbered = lines == (end + 1).saturating_sub(start) as usize;
    block(sheet, &excerpt.text, numbered.then_some(start), usual);
}

/// Rows that show in what two differ.
pub(super) fn example(sheet: &mut Sheet<'_>, example: &Example) {
    let pen = sheet.pen;
    sheet.line(2, &pen.plain("On these rows they differ:"));
    for line in &example.database {
        sheet.line(4, &pen.plain(line));
    }
    for (name, rows) in &example.gives {
        sheet.blank();
        sheet.line(2, &pen.strong(name).and(pen.plain(" gives")));
        let limit = sheet.limit(ROWS);
        for row in rows.iter().take(limit) {
            sheet.line(4, &pen.plain(row));
        }
        match rows.len() {
            0 => sheet.line(4, &pen.faint("no rows")),
            all if all > limit => {
                sheet.line(4, &pen.faint(&format!("and {} more", grouped(all - limit))));
            }
            _ => {}
        }
    }
}

/// Lines of code or of a plan; what is in the middle of a long one is left out.
pub(super) fn block(sheet: &mut Sheet<'_>, text: &str, first: Option<u32>, most: usize) {
    let pen = sheet.pen;
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let digits = |number: usize| number.to_string().len();
    let start = first.map_or(0, |first| first as usize);
    let width = digits(start + lines.len()).max(4);
    let (before, after) = if lines.len() > most.max(3) {
        (most - most / 3 - 1, lines.len() - most / 3)
    } else {
        (lines.len(), lines.len())
    };
    for (index, line) in lines.iter().enumerate() {
        if index == before && before < after {
            let left_out = count(after - before, "line");
            let dots = pen.plain("…").right(width + 4).and(pen.faint(&format!("   {left_out}")));
            sheet.line(
                0,
                &if first.is_some() { dots } else { pen.faint(&format!("    … {left_out}")) },
            );
        }
        if index >= before && index < after {
            continue;
        }
        let label = match first {
            Some(_) => {
                pen.faint(&(start + index).to_string()).right(width + 4).and(pen.faint(" │ "))
            }
            None => Line::default().indented(4),
        };
        sheet.labelled(&label, &pen.plain(&expanded(line)));
    }
}

/// Tabs become spaces to the next fourth column.
fn expanded(line: &str) -> String {
    let mut text = String::new();
    let mut column = 0;
    for letter in line.chars() {
        if letter == '\t' {
            let spaces = 4 - column % 4;
            text.push_str(&" ".repeat(spaces));
            column += spaces;
        } else {
            text.push(letter);
            column += 1;
        }
    }
    text
}

fn columns(sheet: &mut Sheet<'_>, columns: &[(String, String)]) {
    let differing: Vec<&(String, String)> = columns.iter().filter(|(a, b)| a != b).collect();
    if differing.is_empty() {
        return;
    }
    sheet.blank();
    let pen = sheet.pen;
    let same = columns.len() - differing.len();
    let said = match same {
        0 => "other names for the same columns:".to_owned(),
        _ => format!("{same} of {} have the same name; {} differ:", columns.len(), differing.len()),
    };
    sheet.labelled(&pen.plain("  Columns   "), &pen.plain(&said));
    let rows: Vec<Vec<Line>> =
        differing.iter().map(|(a, b)| vec![pen.plain(a), pen.faint("│"), pen.plain(b)]).collect();
    sheet.table(14, &[left(36), left(1), left(36)], 2, &rows);
}

fn because(sheet: &mut Sheet<'_>, finding: &Finding) {
    if finding.because.is_empty() {
        return;
    }
    sheet.blank();
    let pen = sheet.pen;
    sheet.line(2, &pen.strong("Why we say so"));
    let rows: Vec<Vec<Line>> = finding
        .because
        .iter()
        .map(|reason| {
            let word = pen.write(ink(reason.evidence), reason.evidence.word());
            vec![word, pen.message(&reason.message)]
        })
        .collect();
    sheet.table(4, &[left(11), left(100)], 1, &rows);
}

fn fix(sheet: &mut Sheet<'_>, action: &Action, code: &[Excerpt]) {
    sheet.blank();
    let pen = sheet.pen;
    sheet.labelled(&pen.strong("  Fix   "), &pen.message(&action.message));
    for reason in &action.because {
        sheet.labelled(&Line::default().indented(8), &pen.message(reason));
    }
    let Some((path, text)) = &action.patch else { return };
    sheet.blank();
    sheet.line(4, &pen.plain(path));
    let most = if sheet.style.detail == Detail::Full { usize::MAX } else { CODE };
    if let Some(old) = code.iter().find(|excerpt| excerpt.place.path == *path) {
        signed(sheet, "- ", Ink::Bad, &old.text, most.min(3));
    }
    signed(sheet, "+ ", Ink::Good, text, most);
}

/// The first lines of a text behind a sign.
fn signed(sheet: &mut Sheet<'_>, sign: &str, ink: Ink, text: &str, most: usize) {
    let pen = sheet.pen;
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let shown = if lines.len() > most { most.saturating_sub(1) } else { lines.len() };
    for line in &lines[..shown] {
        let label = pen.write(ink, sign).indented(4);
        sheet.labelled(&label, &pen.write(ink, &expanded(line)));
    }
    if shown < lines.len() {
        let more = format!("{sign}… {}", count(lines.len() - shown, "line"));
        sheet.line(4, &pen.write(ink, &more));
    }
}

fn next(sheet: &mut Sheet<'_>, finding: &Finding) {
    let mut hints = vec![
        (sheet.command("explain", &finding.id), "the steps; what would change our mind"),
        (sheet.command("show", &finding.rule), "the rule"),
    ];
    if let Some(subject) = finding.subjects.first() {
        hints.push((sheet.command("lineage", &subject.asset), "what feeds it, what reads it"));
    }
    sheet.next(&hints);
}
