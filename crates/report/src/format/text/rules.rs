//! Every rule in a line or two.

use plumb_base::answer::Rules;

use super::sheet::{Sheet, left};
use crate::{Style, words::count};

pub(super) fn rules(answer: &Rules, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style);
    let pen = sheet.pen;
    sheet.line(0, &pen.plain(&count(answer.rules.len(), "rule")));
    sheet.blank();
    let rows: Vec<_> = answer
        .rules
        .iter()
        .map(|rule| vec![pen.strong(&rule.code), pen.plain(&rule.name), pen.plain(&rule.summary)])
        .collect();
    sheet.table(2, &[left(6), left(30), left(100)], 2, &rows);
    if let Some(first) = answer.rules.first() {
        let only = format!("plumb audit --fail-on rule:{}", first.code);
        sheet.next(&[
            (format!("plumb rules {}", first.code), "its page: what it sees, what it leaves alone"),
            (only, "for CI: exit with 1 if it finds something"),
        ]);
    }
    sheet.finish()
}
