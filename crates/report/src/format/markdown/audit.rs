//! The audit as a page: one bold sentence, the findings, what could not be judged.

use plumb_base::answer::Audit;
use plumb_base::{Finding, Saving};

use super::sheet::{Sheet, code, escaped, message, said};
use crate::{
    Style,
    words::{count, grouped, percent},
};

/// Places that are named of one finding.
const PLACES: usize = 3;

pub(super) fn audit(answer: &Audit, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style, "plumb audit -f json");
    let found = answer.findings.len();
    sheet.block(&match found {
        0 => "### plumb · nothing to discuss".to_owned(),
        1 => "### plumb · 1 thing to talk about".to_owned(),
        _ => format!("### plumb · {} things to talk about", grouped(found)),
    });
    let (read, total) = (answer.coverage.read, answer.coverage.total());
    sheet.block(&format!(
        "**{}** in {}; {} of {} statements read ({})",
        count(found, "finding"),
        count(answer.plans, "distinct plan"),
        grouped(read),
        grouped(total),
        percent(read, total)
    ));
    let shown = style.limit.unwrap_or(usize::MAX).min(found);
    let rows = answer.findings[..shown].iter().map(|finding| {
        let what = format!(
            "**{}** {}<br>{}",
            escaped(&finding.id),
            message(&finding.message),
            places(finding)
        );
        [saving(finding), what, finding.evidence.word().to_owned(), owners(finding)]
    });
    sheet.table(["Saves/mo", "Finding", "Evidence", "Talk to"], "--:|---|---|---", rows);
    if shown < found {
        sheet.block(&format!("{} more: `plumb audit`", grouped(found - shown)));
    }
    not_covered(&mut sheet, answer);
    problems(&mut sheet, answer);
    sheet.finish()
}

pub(super) fn saving(finding: &Finding) -> String {
    match &finding.saving {
        Saving::NotGiven(_) => "no cost".to_owned(),
        Saving::PerMonth { low, high } if low == high => low.to_string(),
        Saving::PerMonth { low, high } => format!("{low}–{high}"),
    }
}

/// The first owner, and how many more.
fn owners(finding: &Finding) -> String {
    match finding.owners.as_slice() {
        [] => "no owner".to_owned(),
        [owner] => escaped(&owner.name),
        [owner, more @ ..] => format!("{} +{}", escaped(&owner.name), more.len()),
    }
}

fn places(finding: &Finding) -> String {
    let place = |subject: &plumb_base::Subject| {
        code(&format!("{}:{}", subject.place.path, subject.place.start.line))
    };
    let named: Vec<String> = finding.subjects.iter().take(PLACES).map(place).collect();
    let more = finding.subjects.len().saturating_sub(PLACES);
    let more = if more > 0 { format!(" and {} more", grouped(more)) } else { String::new() };
    named.join(", ") + &more
}

fn not_covered(sheet: &mut Sheet<'_>, answer: &Audit) {
    if answer.not_covered.is_empty() {
        return;
    }
    let kinds: Vec<String> = answer
        .not_covered
        .iter()
        .map(|kind| format!("{} {}", grouped(kind.count), escaped(&kind.kind)))
        .collect();
    sheet.block(&format!("**Not covered:** {}. plumb cannot judge them.", kinds.join(", ")));
}

fn problems(sheet: &mut Sheet<'_>, answer: &Audit) {
    if answer.reasons.is_empty() {
        return;
    }
    let mut body = "| | Reason | First | Where |\n|--:|---|---|---|".to_owned();
    for reason in &answer.reasons {
        let cells = [
            grouped(reason.count),
            code(&reason.reason),
            said(&reason.message),
            code(&reason.place.to_string()),
        ];
        body.push_str("\n| ");
        body.push_str(&cells.join(" | "));
        body.push_str(" |");
    }
    let title = format!("{} in what was read", count(answer.problems.len(), "problem"));
    sheet.folded(&title, &body);
}
