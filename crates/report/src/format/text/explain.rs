//! Why a finding is said: the claim, the steps of each subject, and what would change our mind.

use plumb_base::answer::FindingCard;

use super::finding::{costs, head, ink};
use super::line::Line;
use super::sheet::{Sheet, left};
use crate::Style;

pub(super) fn finding(card: &FindingCard, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style);
    let (pen, finding) = (sheet.pen, &card.finding);
    head(&mut sheet, finding);
    sheet.blank();
    sheet.labelled(&pen.plain("  Claim     "), &pen.message(&finding.message));
    costs(&mut sheet, finding);
    if !finding.because.is_empty() {
        sheet.blank();
        sheet.line(2, &pen.strong("Rests on"));
        let rows: Vec<Vec<Line>> = finding
            .because
            .iter()
            .map(|reason| {
                let word = pen.write(ink(reason.evidence), reason.evidence.word());
                vec![pen.message(&reason.message), word]
            })
            .collect();
        sheet.table(4, &[left(100), left(11)], 0, &rows);
    }
    if !card.steps.is_empty() {
        sheet.blank();
        sheet.line(2, &pen.strong("Steps to the same plan"));
        let rows: Vec<Vec<Line>> = card
            .steps
            .iter()
            .map(|(subject, steps)| vec![pen.plain(subject), pen.plain(&self::steps(steps))])
            .collect();
        sheet.table(4, &[left(40), left(100)], 1, &rows);
    }
    sheet.blank();
    sheet.line(2, &pen.strong("What would change our mind"));
    if card.doubts.is_empty() {
        sheet.line(4, &pen.plain("nothing is known that would"));
    }
    for doubt in &card.doubts {
        sheet.labelled(&Line::default().indented(4), &pen.plain(doubt));
    }
    let rule = sheet.command("explain", &finding.rule);
    let hints = [
        (rule, "the rule itself: what it sees, what it leaves alone"),
        (sheet.command("show", &finding.id), "the code, the shared plan, the fix"),
    ];
    sheet.next(&hints);
    sheet.finish()
}

/// Rewrites with how often each was used: `inline-cte 3×, drop-column 1×`.
pub(super) fn steps(steps: &[(String, usize)]) -> String {
    if steps.is_empty() {
        return "none: it is written that way".to_owned();
    }
    let each: Vec<String> = steps.iter().map(|(name, times)| format!("{name} {times}×")).collect();
    each.join(", ")
}
