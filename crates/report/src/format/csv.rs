//! CSV for sheets: a header with units, a row each, and no cell that a sheet takes for a formula.

use plumb_base::{
    Finding, Saving,
    answer::{Audit, Doctor, Graph, Health, Lineage, Shown},
};

use crate::{Format, Style, visible};

pub(crate) static FORMAT: Format = Format {
    name: "csv",
    page: include_str!("csv.md"),
    audit: Some(audit),
    shown: Some(shown),
    explained: Some(shown),
    lineage: Some(lineage),
    graph: Some(graph),
    doctor: Some(doctor),
};

fn audit(answer: &Audit, style: &Style<'_>) -> String {
    let shown = style.limit.unwrap_or(usize::MAX).min(answer.findings.len());
    findings(&answer.findings[..shown])
}

fn shown(answer: &Shown, _: &Style<'_>) -> String {
    match answer {
        Shown::Finding(card) => findings(std::slice::from_ref(&card.finding)),
        Shown::Asset(card) => {
            let mut text = row(["asset", "column", "from", "how"]);
            for column in &card.columns {
                if column.from.is_empty() {
                    text.push_str(&row([card.key.as_str(), &column.name, "", ""]));
                }
                for (from, how) in &column.from {
                    text.push_str(&row([card.key.as_str(), &column.name, from, how]));
                }
            }
            text
        }
        Shown::Rule(card) => {
            let head = row(["code", "name", "findings", "summary"]);
            head + &row([card.code.as_str(), &card.name, &card.findings.to_string(), &card.summary])
        }
    }
}

fn lineage(answer: &Lineage, _: &Style<'_>) -> String {
    let sides = [("up", &answer.up), ("down", &answer.down)];
    let links = sides.iter().flat_map(|(side, links)| links.iter().map(move |link| (side, link)));
    let rows = links.map(|(side, link)| {
        row([side, link.distance.to_string().as_str(), &link.from, &link.to, &link.how])
    });
    std::iter::once(row(["side", "distance", "from", "to", "how"])).chain(rows).collect()
}

/// One row for each way in which a column takes part in another; what decides rows has no column it goes to.
fn graph(answer: &Graph, _: &Style<'_>) -> String {
    let head = ["job", "dataset", "column", "from_dataset", "from_column", "how", "masked"];
    let mut text = row(head);
    for job in &answer.jobs {
        for output in &job.outputs {
            let columns = output.columns.iter().map(|(name, uses)| (name.as_str(), uses));
            for (column, uses) in columns.chain([("", &output.rows)]) {
                for one in uses {
                    let [to, from] = [output.dataset, one.dataset]
                        .map(|at| answer.datasets.get(at).map_or("", |known| known.asset.as_str()));
                    for (how, masked) in &one.how {
                        let masked = if *masked { "yes" } else { "" };
                        text.push_str(&row([
                            &job.name,
                            to,
                            column,
                            from,
                            &one.column,
                            how,
                            masked,
                        ]));
                    }
                }
            }
        }
    }
    text
}

fn doctor(answer: &Doctor, _: &Style<'_>) -> String {
    let mut text = row(["section", "health", "what", "detail", "why", "fix"]);
    for (section, checks) in &answer.sections {
        for check in checks {
            let health = match check.health {
                Health::Good => "good",
                Health::Warning => "warning",
                Health::Problem => "problem",
                Health::Absent => "absent",
            };
            let (why, fix) =
                (check.why.as_deref().unwrap_or(""), check.fix.as_deref().unwrap_or(""));
            text.push_str(&row([section.as_str(), health, &check.what, &check.detail, why, fix]));
        }
    }
    text
}

fn findings(findings: &[Finding]) -> String {
    let head = [
        "id",
        "rule",
        "evidence",
        "saves_low_per_month",
        "saves_high_per_month",
        "message",
        "owner",
        "places",
    ];
    let rows = findings.iter().map(|finding| {
        // Unknown is an empty cell, never 0.
        let (low, high) = match &finding.saving {
            Saving::NotGiven(_) => (String::new(), String::new()),
            Saving::PerMonth { low, high } => (low.to_string(), high.to_string()),
        };
        let owner = finding.owners.first().map_or("", |owner| owner.name.as_str());
        let places: Vec<String> =
            finding.subjects.iter().map(|subject| subject.place.to_string()).collect();
        let (message, evidence) = (finding.message.plain(""), finding.evidence.word());
        row([
            &finding.id,
            &finding.rule,
            evidence,
            &low,
            &high,
            &message,
            owner,
            &places.join("; "),
        ])
    });
    std::iter::once(row(head)).chain(rows).collect()
}

fn row<const N: usize>(cells: [&str; N]) -> String {
    let mut line = cells.map(cell).join(",");
    line.push('\n');
    line
}

/// A cell in quotes where it needs them; what a sheet would compute gets a quote in front.
fn cell(text: &str) -> String {
    let mut safe = visible(text);
    if safe.starts_with(['=', '+', '-', '@']) {
        safe.insert(0, '\'');
    }
    if safe.contains([',', '"']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}
