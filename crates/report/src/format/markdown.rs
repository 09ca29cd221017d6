//! Markdown for pull requests and wikis: GitHub's flavour, never ANSI, cut before GitHub cuts it.

mod audit;
mod cost;
mod exists;
mod sheet;
mod shown;

use plumb_base::answer::{Doctor, Health, Lineage, Metrics, Rules};

use crate::{BARE, Format, Style, words::grouped};
use sheet::{Sheet, code, escaped, message, said};

pub(crate) static FORMAT: Format = Format {
    name: "markdown",
    page: include_str!("markdown.md"),
    audit: Some(audit::audit),
    shown: Some(shown::shown),
    explained: Some(shown::explained),
    lineage: Some(lineage),
    cost: Some(cost::cost),
    doctor: Some(doctor),
    exists: Some(exists::exists),
    metrics: Some(metrics),
    rules: Some(rules),
    ..BARE
};

fn lineage(answer: &Lineage, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style, "plumb lineage -f json");
    let asked = match &answer.column {
        Some(column) => format!("{}.{column}", answer.asset),
        None => answer.asset.clone(),
    };
    sheet.block(&format!("### {}", code(&asked)));
    for (title, links) in [("Feeds it", &answer.up), ("Reads it", &answer.down)] {
        let rows = links.iter().take(style.limit.unwrap_or(usize::MAX)).map(|link| {
            let (from, to) = (code(&link.from), code(&link.to));
            [link.distance.to_string(), from, to, escaped(&link.how)]
        });
        let known = if links.is_empty() {
            "nothing that plumb has seen".to_owned()
        } else {
            grouped(links.len())
        };
        sheet.block(&format!("**{title}**: {known}"));
        sheet.table(["Steps", "From", "To", "How"], "--:|---|---|---", rows);
    }
    if !answer.gaps.is_empty() {
        let gaps: Vec<String> = answer.gaps.iter().map(|gap| format!("- {}", said(gap))).collect();
        sheet.block(&format!("**Not known**\n\n{}", gaps.join("\n")));
    }
    sheet.finish()
}

fn metrics(answer: &Metrics, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style, "plumb metrics -f json");
    sheet.block("### Numbers with a name");
    let rows = answer.metrics.iter().take(style.limit.unwrap_or(usize::MAX)).flat_map(|card| {
        card.definitions.iter().map(|definition| {
            let also: Vec<String> = definition.also.iter().map(|name| code(name)).collect();
            let places = grouped(definition.places.len());
            [code(&card.name), message(&definition.formula), places, also.join(", ")]
        })
    });
    sheet.table(["Name", "Definition", "Places", "Also called"], "---|---|--:|---", rows);
    sheet.finish()
}

fn doctor(answer: &Doctor, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style, "plumb doctor -f json");
    for (title, checks) in &answer.sections {
        sheet.block(&format!("### {}", escaped(title)));
        let rows = checks.iter().map(|check| {
            let health = match check.health {
                Health::Good => "✓ good",
                Health::Warning => "! warning",
                Health::Problem => "✗ problem",
                Health::Absent => "not there",
            };
            let text = |text: &Option<String>| said(text.as_deref().unwrap_or_default());
            [
                health.to_owned(),
                escaped(&check.what),
                said(&check.detail),
                text(&check.why),
                text(&check.fix),
            ]
        });
        sheet.table(["", "What", "Seen", "Why it matters", "To fix"], "---|---|---|---|---", rows);
    }
    sheet.finish()
}

fn rules(answer: &Rules, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style, "plumb rules -f json");
    let rows = answer
        .rules
        .iter()
        .map(|rule| [code(&rule.code), code(&rule.name), escaped(&rule.summary)]);
    sheet.table(["Rule", "Name", "Says"], "---|---|---", rows);
    sheet.finish()
}
