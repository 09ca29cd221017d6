//! Annotations of GitHub Actions: the ten heaviest findings, then where the rest stands.

use plumb_base::Finding;
use plumb_base::answer::Audit;

use super::markdown;
use crate::{
    BARE, Format, Style,
    safe::ascii,
    visible,
    words::{count, grouped, percent},
};

pub(crate) static FORMAT: Format = Format {
    name: "github",
    page: include_str!("github.md"),
    audit: Some(audit),
    beside: Some(("GITHUB_STEP_SUMMARY", &markdown::FORMAT)),
    ..BARE
};

/// Annotations that GitHub shows of one step.
const MOST: usize = 10;

fn audit(answer: &Audit, style: &Style<'_>) -> String {
    let shown = style.limit.unwrap_or(MOST).min(MOST).min(answer.findings.len());
    let warnings: String = answer.findings[..shown]
        .iter()
        .map(|finding| warning(finding, &answer.below_top))
        .collect();
    let notice = match answer.findings.len() - shown {
        0 => String::new(),
        more => format!("::notice title=plumb::{} more in the summary\n", grouped(more)),
    };
    let (read, total) = (answer.coverage.read, answer.coverage.total());
    let last = format!(
        "plumb: {}, {} of {} statements read ({})\n",
        count(answer.findings.len(), "finding"),
        grouped(read),
        grouped(total),
        percent(read, total)
    );
    let text = warnings + &notice + &last;
    if style.ascii { text.lines().map(|line| ascii(line) + "\n").collect() } else { text }
}

fn warning(finding: &Finding, below: &str) -> String {
    let title = property(&format!("{} {} ({})", finding.rule, finding.name, finding.id));
    let place = finding.subjects.first().map(|subject| {
        let path = &subject.place.path;
        let path = if below.is_empty() { path.clone() } else { format!("{below}/{path}") };
        let (start, end) = (subject.place.start.line, subject.place.end.line);
        let end = if end > start { format!(",endLine={end}") } else { String::new() };
        format!("file={},line={start}{end},", property(&path))
    });
    let mut said = format!("{} ({})", finding.message.plain("`"), finding.evidence.word());
    if let Some(action) = &finding.action {
        said.push_str("; ");
        said.push_str(&action.message.plain("`"));
    }
    if let Some(owner) = finding.owners.first() {
        said.push_str("; talk to ");
        said.push_str(&owner.name);
    }
    format!("::warning {}title={title}::{}\n", place.unwrap_or_default(), data(&said))
}

/// The text of a command: nothing in it ends the line.
fn data(text: &str) -> String {
    visible(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property: nothing in it ends the value either.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
