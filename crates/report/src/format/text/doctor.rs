//! Checks with their marks, what each takes away, and what to do.

use plumb_base::answer::{Check, Doctor, Health};

use super::line::Ink;
use super::sheet::Sheet;
use crate::Style;
use crate::words::count;

pub(super) fn doctor(answer: &Doctor, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style);
    let pen = sheet.pen;
    sheet.line(0, &pen.strong(&format!("plumb {}", style.version)));
    sheet.blank();
    let checks = || answer.sections.iter().flat_map(|(_, checks)| checks);
    let widest = checks().map(|check| pen.plain(&check.what).width()).max().unwrap_or_default();
    // Wide enough for `why it matters` two columns further in.
    let column = widest.clamp(16, 40);
    for (title, checks) in &answer.sections {
        sheet.line(0, &pen.strong(title));
        for check in checks {
            self::check(&mut sheet, check, column);
        }
    }
    sheet.blank();
    let number = |health| checks().filter(|check| check.health == health).count();
    sheet.line(0, &pen.plain(&verdict(number(Health::Problem), number(Health::Warning))));
    sheet.finish()
}

fn check(sheet: &mut Sheet<'_>, check: &Check, column: usize) {
    let pen = sheet.pen;
    let (ink, mark) = match check.health {
        Health::Good => (Ink::Good, "✓"),
        Health::Warning => (Ink::Warning, "!"),
        Health::Problem => (Ink::Bad, "✗"),
        Health::Absent => (Ink::Faint, "-"),
    };
    let what = pen.plain(&check.what).padded(column + 2);
    let label = pen.write(ink, mark).and(pen.plain(" ")).and(what).indented(2);
    sheet.labelled(&label, &pen.plain(&check.detail));
    for (label, text) in [("why it matters", &check.why), ("to fix", &check.fix)] {
        if let Some(text) = text {
            let label = pen.faint(label).padded(column).indented(6);
            sheet.labelled(&label, &pen.plain(text));
        }
    }
}

fn verdict(problems: usize, warnings: usize) -> String {
    let counts = format!("{}, {}", count(problems, "problem"), count(warnings, "warning"));
    match (problems, warnings) {
        (0, 0) => "No problems, no warnings.".to_owned(),
        (0, _) => format!("{counts}. plumb works, with less to go on."),
        _ => format!("{counts}. plumb works without what is marked."),
    }
}
