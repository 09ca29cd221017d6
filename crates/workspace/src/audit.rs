//! `audit`: everything found, with what was read and what was not.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::answer::{Audit, NotCovered, ReasonCount, RuleCard};
use plumb_base::{Problem, Severity};

use crate::Workspace;

/// Examples given of each kind of thing that is not covered.
const EXAMPLES: usize = 3;

pub(crate) fn audit(workspace: &Workspace) -> Audit {
    let estate = &workspace.estate;
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for asset in &estate.assets {
        *kinds.entry(asset.kind.word()).or_default() += 1;
    }
    let mut assets: Vec<(String, usize)> =
        kinds.into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect();
    assets.sort_by(|one, two| two.1.cmp(&one.1).then_with(|| one.0.cmp(&two.0)));
    let plans: BTreeSet<_> = estate
        .assets
        .iter()
        .filter_map(|asset| asset.plan.as_ref())
        .map(|plan| plan.expanded.rel)
        .collect();
    Audit {
        root: workspace.root.clone(),
        below_top: workspace.below_top.clone(),
        using: estate.using.clone(),
        files: workspace.found.files.clone(),
        coverage: estate.coverage,
        assets,
        plans: plans.len(),
        findings: workspace.findings.clone(),
        rules: crate::rules::rules()
            .rules
            .into_iter()
            .map(|rule| {
                let speaks = workspace.findings.iter().filter(|it| it.rule == rule.code);
                RuleCard { findings: Some(speaks.count()), ..rule }
            })
            .collect(),
        not_covered: not_covered(workspace),
        problems: estate.problems.clone(),
        reasons: reasons(&estate.problems),
        drift_watcher: estate.drift_watcher.clone(),
    }
}

/// Why things could not be read, the commonest reason first, each with its first place.
pub(crate) fn reasons(problems: &[Problem]) -> Vec<ReasonCount> {
    let mut reasons: BTreeMap<&str, ReasonCount> = BTreeMap::new();
    for problem in problems {
        let known = reasons.entry(&problem.reason).or_insert_with(|| ReasonCount {
            reason: problem.reason.clone(),
            count: 0,
            place: problem.place.clone(),
            message: problem.message.clone(),
        });
        known.count += 1;
    }
    let mut reasons: Vec<ReasonCount> = reasons.into_values().collect();
    reasons.sort_by(|one, two| two.count.cmp(&one.count).then_with(|| one.reason.cmp(&two.reason)));
    reasons
}

/// Kinds of files nobody reads, then statements that failed, by reason.
fn not_covered(workspace: &Workspace) -> Vec<NotCovered> {
    let mut failed: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for problem in &workspace.estate.problems {
        if problem.severity == Severity::Failed {
            failed.entry(&problem.reason).or_default().insert(problem.place.to_string());
        }
    }
    let mut all = workspace.estate.not_covered.clone();
    all.extend(failed.into_iter().map(|(reason, places)| NotCovered {
        kind: kind(reason).to_owned(),
        count: places.len(),
        examples: places.into_iter().take(EXAMPLES).collect(),
    }));
    // Two readers may have counted one kind.
    let mut merged: BTreeMap<String, NotCovered> = BTreeMap::new();
    for entry in all {
        let known = merged
            .entry(entry.kind.clone())
            .or_insert_with(|| NotCovered { count: 0, ..entry.clone() });
        known.count = known.count.max(entry.count);
    }
    let mut all: Vec<NotCovered> = merged.into_values().collect();
    all.sort_by(|one, two| two.count.cmp(&one.count).then_with(|| one.kind.cmp(&two.kind)));
    all
}

fn kind(reason: &str) -> &str {
    match reason {
        "sql-syntax" | "sql-token" => "statements with a syntax error",
        "sql-depth" => "statements nested too deep",
        "statement-not-read" => "statements of a kind that is not read",
        "template-syntax" => "templates with a syntax error",
        "no-statement" => "files without a statement",
        "yaml-syntax" => "YAML files with a syntax error",
        "json-syntax" => "JSON files with a syntax error",
        other => other,
    }
}
