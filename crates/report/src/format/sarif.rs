//! SARIF 2.1.0 for code scanning: findings as results with stable fingerprints, rules with their pages.

use plumb_base::answer::{Audit, ReasonCount, RuleCard};
use plumb_base::{Evidence, Finding, Message, Place, Severity};
use serde_json::{Value, json};

use crate::{
    BARE, Format, Style,
    safe::{encoded, safe_json},
    visible,
};

pub(crate) static FORMAT: Format =
    Format { name: "sarif", page: include_str!("sarif.md"), audit: Some(audit), ..BARE };

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Results that are kept; GitHub keeps no more of a run.
const MOST: usize = 5_000;

fn audit(answer: &Audit, style: &Style<'_>) -> String {
    let shown = style.limit.unwrap_or(MOST).min(MOST).min(answer.findings.len());
    let rules = rules(answer);
    let codes: Vec<&str> = rules.iter().map(|rule| rule.code.as_str()).collect();
    let results: Vec<Value> = answer.findings[..shown]
        .iter()
        .map(|finding| result(finding, &codes, &answer.below_top))
        .collect();
    let notes: Vec<Value> = answer
        .reasons
        .iter()
        .map(|reason| notification(reason, answer))
        .chain(answer.not_covered.iter().map(|kind| {
            let text = format!("not covered: {} {}", kind.count, kind.kind);
            json!({ "level": "note", "message": { "text": plain(&text) } })
        }))
        .collect();
    let text = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "plumb",
                "semanticVersion": style.version,
                "rules": rules.into_iter().map(rule).collect::<Vec<_>>(),
            } },
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notes,
            }],
            "columnKind": "unicodeCodePoints",
            "results": results,
            "properties": { "left_out": answer.findings.len() - shown },
        }],
    });
    safe_json(format!("{text:#}\n"))
}

/// The rules that judged, and any that only a finding names.
fn rules(answer: &Audit) -> Vec<RuleCard> {
    let mut rules = answer.rules.clone();
    for finding in &answer.findings {
        if !rules.iter().any(|rule| rule.code == finding.rule) {
            let (code, name) = (finding.rule.clone(), finding.name.clone());
            rules.push(RuleCard { code, name, ..RuleCard::default() });
        }
    }
    rules.sort_by(|one, two| one.code.cmp(&two.code));
    rules
}

fn rule(card: RuleCard) -> Value {
    let summary = if card.summary.is_empty() { card.name.clone() } else { card.summary };
    // What stands before the first case says what the rule is about.
    let about = card.page.split("\n## ").next().unwrap_or_default().trim();
    let about = if about.is_empty() { summary.as_str() } else { about };
    json!({
        "id": card.code,
        "name": card.name,
        "shortDescription": { "text": summary },
        "help": { "text": about, "markdown": about },
        "defaultConfiguration": { "level": "warning" },
    })
}

fn result(finding: &Finding, codes: &[&str], below: &str) -> Value {
    let places = finding.subjects.iter().map(|subject| location(&subject.place, below));
    let locations: Vec<Value> = places.clone().take(1).collect();
    let related = finding.subjects.iter().zip(places).enumerate().skip(1);
    let related: Vec<Value> = related
        .map(|(at, (subject, mut place))| {
            place["id"] = json!(at);
            place["message"] = json!({ "text": plain(&subject.asset) });
            place
        })
        .collect();
    let mut value = json!({
        "ruleId": finding.rule,
        "ruleIndex": codes.iter().position(|code| *code == finding.rule),
        "level": level(finding.evidence),
        "message": { "text": message(finding) },
        "locations": locations,
        "partialFingerprints": { "plumb/v1": finding.id },
        "properties": {
            "evidence": finding.evidence.word(),
            "weight": finding.weight,
            "owners": finding.owners.iter().map(|owner| &owner.name).collect::<Vec<_>>(),
        },
    });
    if !related.is_empty() {
        value["relatedLocations"] = json!(related);
    }
    value
}

fn level(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Proved | Evidence::Observed => "warning",
        Evidence::Estimated | Evidence::NotChecked => "note",
    }
}

/// What is the case, how sure that is, and what to do.
fn message(finding: &Finding) -> String {
    let said = |message: &Message| plain(&message.plain("`"));
    let mut text = format!("{} ({})", said(&finding.message), finding.evidence.word());
    if let Some(action) = &finding.action {
        text.push_str("; ");
        text.push_str(&said(&action.message));
    }
    text
}

fn notification(reason: &ReasonCount, answer: &Audit) -> Value {
    let severity = answer.problems.iter().filter(|it| it.reason == reason.reason);
    let worst = severity.map(|it| it.severity).max().unwrap_or(Severity::Note);
    let level = if worst == Severity::Note { "note" } else { "warning" };
    let text = format!("{} × {}, first: {}", reason.count, reason.reason, reason.message);
    json!({
        "level": level,
        "descriptor": { "id": reason.reason },
        "message": { "text": plain(&text) },
        "locations": [location(&reason.place, &answer.below_top)],
    })
}

fn location(place: &Place, below: &str) -> Value {
    let path =
        if below.is_empty() { place.path.clone() } else { format!("{below}/{}", place.path) };
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": encoded(&path), "uriBaseId": "%SRCROOT%" },
        "region": {
            "startLine": place.start.line,
            "startColumn": place.start.column,
            "endLine": place.end.line.max(place.start.line),
        },
    } })
}

/// A text in which nothing is a link: SARIF reads `[a](b)` as one.
fn plain(text: &str) -> String {
    visible(text).replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}
