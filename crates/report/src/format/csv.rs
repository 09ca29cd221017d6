//! CSV for sheets: a header with units, a row each, and no cell that a sheet takes for a formula.
//!
//! Where fields were asked for, the same table as bare values or TSV.

mod table;

use plumb_base::{
    Finding, Saving,
    answer::{
        Audit, Cost, Doctor, Exists, Graph, Health, Lineage, Match, Metrics, Owners, Rules, Shown,
    },
};

use crate::{BARE, Format, Style, words};
use table::Table;

pub(crate) static FORMAT: Format = Format {
    name: "csv",
    page: include_str!("csv.md"),
    audit: Some(audit),
    shown: Some(shown),
    explained: Some(shown),
    lineage: Some(lineage),
    graph: Some(graph),
    cost: Some(cost),
    doctor: Some(doctor),
    exists: Some(exists),
    metrics: Some(metrics),
    owners: Some(owners),
    rules: Some(rules),
    ..BARE
};

fn audit(answer: &Audit, style: &Style<'_>) -> String {
    let shown = style.limit.unwrap_or(usize::MAX).min(answer.findings.len());
    findings(&answer.findings[..shown]).print(style)
}

fn shown(answer: &Shown, style: &Style<'_>) -> String {
    match answer {
        Shown::Finding(card) => findings(std::slice::from_ref(&card.finding)).print(style),
        Shown::Asset(card) => {
            let mut table = Table::new(["asset", "column", "from", "how"]);
            for column in &card.columns {
                if column.from.is_empty() {
                    table.row([card.key.as_str(), &column.name, "", ""]);
                }
                for (from, how) in &column.from {
                    table.row([card.key.as_str(), &column.name, from, how]);
                }
            }
            table.print(style)
        }
        Shown::Rule(card) => {
            let findings = card.findings.map(|number| number.to_string()).unwrap_or_default();
            let mut table = Table::new(["code", "name", "findings", "summary"]);
            table.row([card.code.as_str(), &card.name, &findings, &card.summary]);
            table.print(style)
        }
    }
}

fn rules(answer: &Rules, style: &Style<'_>) -> String {
    let mut table = Table::new(["code", "name", "summary"]);
    for rule in &answer.rules {
        table.row([rule.code.as_str(), &rule.name, &rule.summary]);
    }
    table.print(style)
}

/// One row for each definition of each name.
fn metrics(answer: &Metrics, style: &Style<'_>) -> String {
    let head = ["name", "definitions", "places", "formula", "also", "assets"];
    let mut table = Table::new(head);
    for card in answer.metrics.iter().take(style.limit.unwrap_or(usize::MAX)) {
        let definitions = card.definitions.len().to_string();
        for definition in &card.definitions {
            let places = definition.places.len().to_string();
            let mut assets: Vec<&str> =
                definition.places.iter().map(|it| it.asset.as_str()).collect();
            assets.dedup();
            let (formula, also) = (definition.formula.plain("`"), definition.also.join(" "));
            table.row([&card.name, &definitions, &places, &formula, &also, &assets.join(" ")]);
        }
    }
    table.print(style)
}

/// One row for each owner and how it is known, and for each amount that has none.
fn owners(answer: &Owners, style: &Style<'_>) -> String {
    let mut table = Table::new(["name", "currency", "cost_nanos", "how", "changed_by", "run_by"]);
    let most = style.limit.unwrap_or(usize::MAX);
    for account in &answer.accounts {
        let currency = account.billed.currency.to_string();
        let shown = if answer.gaps { 0 } else { most };
        for owner in account.owners.iter().take(shown) {
            for (how, nanos) in &owner.how {
                table.row([&owner.name, &currency, &nanos.to_string(), how, "", ""]);
            }
        }
        for gap in account.unowned.iter().take(most) {
            let [changed, run] =
                [&gap.changed_by, &gap.run_by].map(|it| it.as_deref().unwrap_or(""));
            let cost = gap.nanos.to_string();
            table.row([gap.name.as_str(), &currency, &cost, "no owner", changed, run]);
        }
    }
    table.print(style)
}

fn lineage(answer: &Lineage, style: &Style<'_>) -> String {
    let mut table = Table::new(["side", "distance", "from", "to", "how"]);
    for (side, links) in [("up", &answer.up), ("down", &answer.down)] {
        for link in links {
            table.row([side, link.distance.to_string().as_str(), &link.from, &link.to, &link.how]);
        }
    }
    table.print(style)
}

/// One row for each way in which a column takes part in another; what decides rows has no column it goes to.
fn graph(answer: &Graph, style: &Style<'_>) -> String {
    let head = ["job", "dataset", "column", "from_dataset", "from_column", "how", "masked"];
    let mut table = Table::new(head);
    for job in &answer.jobs {
        for output in &job.outputs {
            let columns = output.columns.iter().map(|(name, uses)| (name.as_str(), uses));
            for (column, uses) in columns.chain([("", &output.rows)]) {
                for one in uses {
                    let [to, from] = [output.dataset, one.dataset]
                        .map(|at| answer.datasets.get(at).map_or("", |known| known.asset.as_str()));
                    for (how, masked) in &one.how {
                        let masked = if *masked { "yes" } else { "" };
                        table.row([&job.name, to, column, from, &one.column, how.word(), masked]);
                    }
                }
            }
        }
    }
    table.print(style)
}

/// Every row with its parts, in billionths: what is summed must not be rounded.
fn cost(answer: &Cost, style: &Style<'_>) -> String {
    let mut table = Table::new([
        "name",
        "kind",
        "currency",
        "cost_nanos",
        "attributed_nanos",
        "idle_nanos",
        "overhead_nanos",
        "unattributed_nanos",
        "runs",
        "owner",
        "asset",
        "told_by",
        "confidence",
    ]);
    for account in &answer.accounts {
        let currency = account.billed.currency.to_string();
        for row in account.rows.iter().take(style.limit.unwrap_or(usize::MAX)) {
            let parts = &row.parts;
            let amounts =
                [parts.total(), parts.attributed, parts.idle(), parts.overhead, parts.unattributed]
                    .map(|nanos| nanos.to_string());
            let [total, attributed, idle, overhead, unattributed] = &amounts;
            let (told, sure) = row.told.clone().unwrap_or_default();
            let owner = row.owner.as_deref().unwrap_or_default();
            let asset = row.asset.as_deref().unwrap_or_default();
            let (kind, runs) = (words::row_kind(row.kind), row.runs.to_string());
            table.row([
                &row.name,
                kind,
                &currency,
                total,
                attributed,
                idle,
                overhead,
                unattributed,
                &runs,
                owner,
                asset,
                &told,
                &sure,
            ]);
        }
    }
    table.print(style)
}

fn doctor(answer: &Doctor, style: &Style<'_>) -> String {
    let mut table = Table::new(["section", "health", "what", "detail", "why", "fix"]);
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
            table.row([section.as_str(), health, &check.what, &check.detail, why, fix]);
        }
    }
    table.print(style)
}

/// One row for each asset that answers, and for each that holds a part.
fn exists(answer: &Exists, style: &Style<'_>) -> String {
    let mut table = Table::new(["place", "answer", "asset", "kind", "evidence", "why", "owner"]);
    let mut add = |place: &str, verdict: &str, list: &[Match]| {
        for one in list.iter().take(style.limit.unwrap_or(usize::MAX)) {
            let why: Vec<String> = one.why.iter().map(|why| why.plain("")).collect();
            let owner = one.owners.first().map_or("", |owner| owner.name.as_str());
            let (evidence, why) = (one.evidence.word(), why.join("; "));
            table.row([place, verdict, &one.asset, &one.kind, evidence, &why, owner]);
        }
    };
    add("", "named", &answer.named);
    let place = |at: &Option<plumb_base::Place>| at.as_ref().map(ToString::to_string);
    for query in &answer.queries {
        let place = place(&query.place).unwrap_or_default();
        add(&place, "fits", &query.fits);
        add(&place, "near", &query.near);
    }
    for query in &answer.queries {
        let place = place(&query.place).unwrap_or_default();
        for part in &query.parts {
            for asset in &part.assets {
                let (evidence, what) = (part.evidence.word(), part.what.plain(""));
                table.row([&place, "part", asset, "", evidence, &what, ""]);
            }
        }
    }
    table.print(style)
}

fn findings(findings: &[Finding]) -> Table {
    let mut table = Table::new([
        "id",
        "rule",
        "evidence",
        "saves_low_per_month",
        "saves_high_per_month",
        "message",
        "owner",
        "places",
    ]);
    for finding in findings {
        // Unknown is an empty cell, never 0.
        let (low, high) = match &finding.saving {
            Saving::NotGiven(_) => (String::new(), String::new()),
            Saving::PerMonth { low, high } => (low.to_string(), high.to_string()),
        };
        let owner = finding.owners.first().map_or("", |owner| owner.name.as_str());
        let places: Vec<String> =
            finding.subjects.iter().map(|subject| subject.place.to_string()).collect();
        let (message, evidence) = (finding.message.plain(""), finding.evidence.word());
        table.row([
            &finding.id,
            &finding.rule,
            evidence,
            &low,
            &high,
            &message,
            owner,
            &places.join("; "),
        ]);
    }
    table
}
