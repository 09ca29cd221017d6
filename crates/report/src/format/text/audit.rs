//! The audit on one screen: what was read, what was found, what could not be judged, what to ask next.

use plumb_base::answer::Audit;
use plumb_base::record::FileCount;
use plumb_base::{Finding, Tally};

use super::finding::{owner, place, saving};
use super::line::{Ink, Line};
use super::sheet::{Sheet, left, right};
use crate::words::{count, grouped, percent};
use crate::{Detail, Style};

/// Findings that are shown unless somebody asks for more.
const USUAL: usize = 20;

/// Below this a table cannot be read.
const NARROW: usize = 60;

pub(super) fn audit(answer: &Audit, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style);
    let title = sheet.pen.strong(&format!("plumb {}", style.version));
    sheet.line(0, &title.and(sheet.pen.faint(" · reads only")));
    using(&mut sheet, answer);
    let is_read = answer.files.iter().any(|file| file.read > 0);
    if answer.coverage.total() == 0 && answer.findings.is_empty() && !is_read {
        sheet.blank();
        sheet.line(0, &sheet.pen.plain("No SQL was found here."));
    } else {
        figures(&mut sheet, answer);
        findings(&mut sheet, answer);
    }
    not_covered(&mut sheet, answer);
    problems(&mut sheet, answer);
    next(&mut sheet, answer);
    sheet.finish()
}

fn using(sheet: &mut Sheet<'_>, answer: &Audit) {
    if answer.using.is_empty() {
        return;
    }
    sheet.blank();
    let pen = sheet.pen;
    let rows: Vec<Vec<Line>> = answer
        .using
        .iter()
        .enumerate()
        .map(|(index, used)| {
            let title = if index == 0 { pen.strong("Using") } else { Line::default() };
            let cells = [&used.what, &used.path, &used.detail].map(|text| pen.plain(text));
            [vec![title], cells.to_vec()].concat()
        })
        .collect();
    sheet.table(0, &[left(5), left(20), left(50), left(60)], 3, &rows);
}

fn figures(sheet: &mut Sheet<'_>, answer: &Audit) {
    sheet.blank();
    let pen = sheet.pen;
    let Tally { read, partly, opaque, failed } = answer.coverage;
    let total = answer.coverage.total();
    let lost: Vec<String> = [(partly, "partly"), (opaque, "opaque"), (failed, "failed")]
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{} {what} ({})", grouped(*number), percent(*number, total)))
        .collect();
    let kinds: Vec<String> =
        answer.assets.iter().map(|(kind, number)| count(*number, kind)).collect();
    let assets: usize = answer.assets.iter().map(|(_, number)| number).sum();
    let coverage = format!("{} of {}", grouped(read), grouped(total));
    let coverage_note = [vec![percent(read, total)], lost].concat().join(", ");
    let free = answer.findings.iter().filter(|finding| saving(finding).is_none()).count();
    let cost_note = match free {
        0 => String::new(),
        _ if free == answer.findings.len() => "no cost given".to_owned(),
        _ => format!("{} without a cost", grouped(free)),
    };
    let (watcher, watcher_note) = match &answer.drift_watcher {
        Some(name) => (name.as_str(), ""),
        None => ("nobody yet", "plumb.toml: [watch] drift = \"Sam Okafor\""),
    };
    let (files, files_note) = files(answer);
    let rows = [
        ("Files read", files.as_str(), files_note.as_str()),
        ("Statements read", coverage.as_str(), coverage_note.as_str()),
        ("Assets", &grouped(assets), &kinds.join(", ")),
        ("Plans compared", &grouped(answer.plans), "distinct"),
        ("Findings", &grouped(answer.findings.len()), &cost_note),
        ("Watches cost drift", watcher, watcher_note),
    ];
    let rows: Vec<Vec<Line>> = rows
        .iter()
        // What was not counted is not said.
        .filter(|(_, value, _)| !value.is_empty())
        .map(|(label, value, note)| vec![pen.plain(label), pen.strong(value), pen.faint(note)])
        .collect();
    sheet.table(2, &[left(20), left(24), left(70)], 2, &rows);
}

/// How many files were read, and of which endings not all were.
fn files(answer: &Audit) -> (String, String) {
    let sum = |of: fn(&FileCount) -> usize| answer.files.iter().map(of).sum::<usize>();
    let (read, seen, lost) = (sum(|it| it.read), sum(|it| it.seen), sum(|it| it.not_covered));
    if seen == 0 {
        return (String::new(), String::new());
    }
    let sql: Vec<String> = answer
        .files
        .iter()
        .filter(|it| it.extension == "sql" && it.read < it.seen)
        .map(|it| format!("{} of {} in .sql", grouped(it.read), grouped(it.seen)))
        .collect();
    let lost = (lost > 0).then(|| format!("{} not covered", grouped(lost)));
    let other = seen - read - sum(|it| it.not_covered);
    let other = (other > 0).then(|| format!("{} of no concern", grouped(other)));
    let note: Vec<String> = sql.into_iter().chain(lost).chain(other).collect();
    (format!("{} of {}", grouped(read), grouped(seen)), note.join(", "))
}

fn findings(sheet: &mut Sheet<'_>, answer: &Audit) {
    sheet.blank();
    let all = &answer.findings;
    if all.is_empty() {
        sheet.line(0, &sheet.pen.plain(&nothing(answer)));
        return;
    }
    let limit = sheet.limit(USUAL);
    let shown = &all[..all.len().min(limit)];
    if sheet.width() < NARROW {
        blocks(sheet, shown);
    } else {
        table(sheet, shown);
    }
    let left_out = all.len() - shown.len();
    if left_out > 0 {
        let command = sheet.command(&format!("audit --limit {}", all.len()), "");
        let more = sheet.pen.plain(&format!("{} more: {command}", grouped(left_out)));
        sheet.line(2, &more);
    }
}

/// What no findings mean, which depends on what was read.
fn nothing(answer: &Audit) -> String {
    let whole = answer.coverage.read == answer.coverage.total();
    let models = answer.assets.iter().find(|(kind, _)| kind == "model");
    match models {
        _ if answer.plans == 0 => "No plans were compared, so nothing can be said.".to_owned(),
        Some((_, models)) if whole => {
            format!("{} compared. Nothing to discuss.", count(*models, "model"))
        }
        _ if whole => format!("{} compared. Nothing to discuss.", count(answer.plans, "plan")),
        _ => {
            let plans = count(answer.plans, "plan");
            format!("{plans} compared. Nothing to discuss in what was read.")
        }
    }
}

fn table(sheet: &mut Sheet<'_>, findings: &[Finding]) {
    let pen = sheet.pen;
    let heads = ["Saves/mo", "Finding", "", "Evidence", "Talk to"];
    let mut rows = vec![heads.map(|head| pen.faint(head)).to_vec()];
    let dearest = findings.iter().map(|finding| pen.plain(&cost(finding)).width()).max();
    // What stands before the message: indent, money, id, and the gaps between them.
    let room = sheet.width() - (2 + dearest.unwrap_or(0).max(8) + 2 + 8 + 2);
    for finding in findings {
        rows.push(vec![
            pen.plain(&cost(finding)),
            pen.plain(&finding.id),
            pen.message(&finding.message),
            pen.plain(finding.evidence.word()),
            pen.plain(&owner(finding)),
        ]);
        rows.push(vec![Line::default(), Line::default(), pen.faint(&places(finding, room))]);
    }
    sheet.table(2, &[right(15), left(10), left(100), left(11), left(20)], 2, &rows);
}

/// A finding in lines of its own, for terminals that are too narrow for a table.
fn blocks(sheet: &mut Sheet<'_>, findings: &[Finding]) {
    for finding in findings {
        sheet.blank();
        let pen = sheet.pen;
        sheet.labelled(&pen.strong(&format!("{}  ", finding.id)), &pen.message(&finding.message));
        let rows = [
            ("  Saves/mo: ", cost(finding)),
            ("  Evidence: ", finding.evidence.word().to_owned()),
            ("  Talk to:  ", owner(finding)),
            ("  Where:    ", places(finding, sheet.width() - 12)),
        ];
        for (label, value) in rows {
            sheet.labelled(&pen.faint(label), &pen.plain(&value));
        }
    }
    sheet.blank();
}

fn cost(finding: &Finding) -> String {
    saving(finding).unwrap_or_else(|| "no cost".to_owned())
}

/// The first places of a finding, as many as stand in one line.
fn places(finding: &Finding, width: usize) -> String {
    let each: Vec<String> = finding.subjects.iter().map(|subject| place(&subject.place)).collect();
    let said = |shown: usize| match each.len() - shown {
        0 => each.join(", "),
        more => format!("{} and {} more", each[..shown].join(", "), grouped(more)),
    };
    let most = each.len().min(3);
    let fits = (1..=most).rev().find(|shown| said(*shown).chars().count() <= width);
    said(fits.unwrap_or(most.min(1)))
}

fn not_covered(sheet: &mut Sheet<'_>, answer: &Audit) {
    if answer.not_covered.is_empty() {
        return;
    }
    sheet.blank();
    let kinds: Vec<String> = answer
        .not_covered
        .iter()
        .map(|kind| match kind.count {
            // Kinds are named in the plural.
            1 => format!("{} (1)", kind.kind),
            number => format!("{} {}", grouped(number), kind.kind),
        })
        .collect();
    let text = format!("{}. plumb cannot judge them.", kinds.join(", "));
    sheet.labelled(&sheet.pen.plain("Not covered: "), &sheet.pen.plain(&text));
    if sheet.style.detail == Detail::Full {
        for kind in &answer.not_covered {
            for example in &kind.examples {
                sheet.line(2, &sheet.pen.faint(example));
            }
        }
    }
}

fn problems(sheet: &mut Sheet<'_>, answer: &Audit) {
    let problems = &answer.problems;
    if problems.is_empty() {
        return;
    }
    sheet.blank();
    let pen = sheet.pen;
    let title = format!("{} in what was read", count(problems.len(), "problem"));
    sheet.line(0, &pen.strong(&title));
    if sheet.style.detail == Detail::Full {
        let rows: Vec<Vec<Line>> = problems
            .iter()
            .map(|problem| {
                let reason = pen.write(Ink::Warning, &problem.reason);
                vec![pen.faint(&problem.place.to_string()), reason, pen.plain(&problem.message)]
            })
            .collect();
        sheet.table(2, &[left(44), left(24), left(100)], 2, &rows);
        return;
    }
    let rows: Vec<Vec<Line>> = answer
        .reasons
        .iter()
        .map(|known| {
            let where_ = pen.faint(&format!("  {}", known.place));
            let example = pen.plain(&known.message).and(where_);
            vec![pen.plain(&grouped(known.count)), pen.write(Ink::Warning, &known.reason), example]
        })
        .collect();
    sheet.table(2, &[right(7), left(24), left(100)], 2, &rows);
}

fn next(sheet: &mut Sheet<'_>, answer: &Audit) {
    let mut hints = Vec::new();
    if let Some(first) = answer.findings.first() {
        hints.push((sheet.command("show", &first.id), "evidence, the code side by side, the fix"));
        hints
            .push((sheet.command("explain", &first.id), "how we know; what would change our mind"));
        if let Some(subject) = first.subjects.first() {
            let what = "what feeds it, what reads it";
            hints.push((sheet.command("lineage", &subject.asset), what));
        }
    } else if answer.coverage.total() == 0 {
        hints.push(("plumb audit PATH".to_owned(), "read another folder"));
        hints.push(("plumb demo".to_owned(), "see what it does with a made-up company"));
    }
    if !answer.problems.is_empty() && sheet.style.detail == Detail::Brief {
        hints.push((sheet.command("audit -v", ""), "every problem, with its place"));
    }
    if answer.coverage.total() > 0 {
        hints.push((sheet.command("doctor", ""), "what would let plumb see more"));
    }
    sheet.next(&hints);
}
