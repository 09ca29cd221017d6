//! The shape of each answer in `plumb/1`: what a script may rely on.

use plumb_base::answer::{
    AssetCard, Check, Doctor, Excerpt, FindingCard, Health, Lineage, Link, NotCovered, ReasonCount,
    RuleCard, TileCard, Using,
};
use plumb_base::record::FileCount;
use plumb_base::{
    Evidence, Example, Finding, Message, Money, Owner, Part, Place, Problem, Saving, Severity,
    Subject, Tally,
};
use serde_json::{Value, json};

pub(crate) fn finding(finding: &Finding) -> Value {
    let (saving, not_given) = match &finding.saving {
        Saving::NotGiven(why) => (Value::Null, json!(why)),
        Saving::PerMonth { low, high } => {
            (json!({ "per": "month", "low": money(low), "high": money(high) }), Value::Null)
        }
    };
    let because = finding.because.iter().map(|reason| {
        let mut value = message(&reason.message);
        value["evidence"] = json!(evidence(reason.evidence));
        value
    });
    let action = finding.action.as_ref().map(|action| {
        let mut value = message(&action.message);
        value["because"] = action.because.iter().map(message).collect();
        value["patch"] = match &action.patch {
            Some((path, text)) => json!({ "path": path, "text": text }),
            None => Value::Null,
        };
        value
    });
    json!({
        "id": finding.id,
        "rule": finding.rule,
        "name": finding.name,
        "message": finding.message.plain("`"),
        "message_parts": parts(&finding.message),
        "evidence": evidence(finding.evidence),
        "weight": finding.weight,
        "saving": saving,
        "saving_not_given": not_given,
        "subjects": finding.subjects.iter().map(subject).collect::<Vec<_>>(),
        "because": because.collect::<Vec<_>>(),
        "owners": finding.owners.iter().map(owner).collect::<Vec<_>>(),
        "action": action,
        "example": finding.example.as_ref().map(example),
        "instead": finding.instead,
    })
}

/// Rows that show in what subjects differ.
fn example(example: &Example) -> Value {
    let gives = example.gives.iter().map(|(name, rows)| json!({ "name": name, "rows": rows }));
    json!({ "database": example.database, "gives": gives.collect::<Vec<_>>() })
}

pub(crate) fn finding_card(card: &FindingCard) -> Value {
    let mut value = finding(&card.finding);
    value["code"] = card.code.iter().map(excerpt).collect();
    value["plan"] = json!(card.plan);
    value["steps"] = card
        .steps
        .iter()
        .map(|(asset, list)| json!({ "asset": asset, "steps": steps(list) }))
        .collect();
    value["columns"] = card.columns.iter().map(|(a, b)| json!([a, b])).collect();
    value["doubts"] = json!(card.doubts);
    value
}

pub(crate) fn asset_card(card: &AssetCard) -> Value {
    let columns = card.columns.iter().map(|column| {
        let from = column.from.iter().map(|(from, how)| json!({ "from": from, "how": how }));
        json!({
            "name": column.name,
            "type": column.data_type,
            "description": column.description,
            "from": from.collect::<Vec<_>>(),
        })
    });
    json!({
        "key": card.key,
        "kind": card.kind,
        "place": card.place.as_ref().map(place),
        "materialized": card.materialized,
        "description": card.description,
        "dialect": card.dialect,
        "owners": card.owners.iter().map(owner).collect::<Vec<_>>(),
        "layer": card.layer,
        "environment": card.environment,
        "rows": card.rows,
        "bytes": card.bytes,
        "coverage": card.coverage,
        "columns": columns.collect::<Vec<_>>(),
        "columns_complete": !card.open,
        "reads": card.reads,
        "read_by": card.read_by,
        "part_of": card.part_of,
        "tags": card.tags,
        "runs": card.runs,
        "run_by": card.run_by,
        "facts": pairs(&card.facts),
        "tiles": card.tiles.iter().map(tile).collect::<Vec<_>>(),
        "plan": card.plan,
        "normal_form": card.normal_form,
        "steps": steps(&card.steps),
        "fingerprint": card.fingerprint,
        "findings": card.findings.iter().map(finding).collect::<Vec<_>>(),
        "problems": card.problems.iter().map(problem).collect::<Vec<_>>(),
    })
}

fn tile(tile: &TileCard) -> Value {
    json!({
        "title": tile.title,
        "kind": tile.kind,
        "dataset": tile.dataset,
        "fields": pairs(&tile.fields),
    })
}

fn pairs(pairs: &[(String, String)]) -> Vec<Value> {
    pairs.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

pub(crate) fn rule_card(card: &RuleCard) -> Value {
    json!({
        "code": card.code,
        "name": card.name,
        "summary": card.summary,
        "page": card.page,
        "findings": card.findings,
    })
}

pub(crate) fn lineage(answer: &Lineage, limit: Option<usize>) -> Value {
    let limit = limit.unwrap_or(usize::MAX);
    let links = |list: &[Link]| list.iter().take(limit).map(link).collect::<Vec<_>>();
    let left_out = |list: &[Link]| list.len().saturating_sub(limit);
    json!({
        "asset": answer.asset,
        "column": answer.column,
        "up": links(&answer.up),
        "down": links(&answer.down),
        "left_out": left_out(&answer.up) + left_out(&answer.down),
        "gaps": answer.gaps,
    })
}

pub(crate) fn doctor(answer: &Doctor) -> Value {
    let number = |health| {
        let checks = answer.sections.iter().flat_map(|(_, checks)| checks);
        checks.filter(|check| check.health == health).count()
    };
    let sections = answer.sections.iter().map(|(title, checks)| {
        json!({ "title": title, "checks": checks.iter().map(check).collect::<Vec<_>>() })
    });
    json!({
        "problems": number(Health::Problem),
        "warnings": number(Health::Warning),
        "sections": sections.collect::<Vec<_>>(),
    })
}

fn check(check: &Check) -> Value {
    let health = match check.health {
        Health::Good => "good",
        Health::Warning => "warning",
        Health::Problem => "problem",
        Health::Absent => "absent",
    };
    json!({
        "health": health,
        "what": check.what,
        "detail": check.detail,
        "why": check.why,
        "fix": check.fix,
    })
}

pub(crate) fn link(link: &Link) -> Value {
    json!({ "distance": link.distance, "from": link.from, "to": link.to, "how": link.how })
}

pub(crate) fn not_covered(kind: &NotCovered) -> Value {
    json!({ "kind": kind.kind, "count": kind.count, "examples": kind.examples })
}

pub(crate) fn coverage(tally: &Tally) -> Value {
    json!({
        "total": tally.total(),
        "read": tally.read,
        "partly": tally.partly,
        "opaque": tally.opaque,
        "failed": tally.failed,
    })
}

pub(crate) fn files(files: &FileCount) -> Value {
    json!({
        "extension": files.extension,
        "seen": files.seen,
        "read": files.read,
        "not_covered": files.not_covered,
    })
}

pub(crate) fn reason(reason: &ReasonCount) -> Value {
    with_place(
        &reason.place,
        json!({ "reason": reason.reason, "count": reason.count, "message": reason.message }),
    )
}

pub(crate) fn using(using: &Using) -> Value {
    json!({ "what": using.what, "path": using.path, "detail": using.detail })
}

pub(crate) fn problem(problem: &Problem) -> Value {
    let severity = match problem.severity {
        Severity::Note => "note",
        Severity::Partly => "partly",
        Severity::Failed => "failed",
    };
    with_place(
        &problem.place,
        json!({
            "reason": problem.reason,
            "severity": severity,
            "message": problem.message,
        }),
    )
}

fn subject(subject: &Subject) -> Value {
    with_place(&subject.place, json!({ "asset": subject.asset }))
}

fn excerpt(excerpt: &Excerpt) -> Value {
    let mut value = place(&excerpt.place);
    value["text"] = json!(excerpt.text);
    value
}

fn with_place(at: &Place, mut value: Value) -> Value {
    if let (Value::Object(keys), Value::Object(place)) = (&mut value, place(at)) {
        keys.extend(place);
    }
    value
}

pub(crate) fn place(place: &Place) -> Value {
    json!({
        "path": place.path,
        "start_line": place.start.line,
        "start_column": place.start.column,
        "end_line": place.end.line,
        "end_column": place.end.column,
    })
}

pub(crate) fn owner(owner: &Owner) -> Value {
    json!({ "name": owner.name, "source": owner.source })
}

fn steps(steps: &[(String, usize)]) -> Vec<Value> {
    steps.iter().map(|(name, times)| json!({ "name": name, "times": times })).collect()
}

pub(crate) fn message(message: &Message) -> Value {
    json!({ "message": message.plain("`"), "message_parts": parts(message) })
}

fn parts(message: &Message) -> Vec<Value> {
    let part = |part: &Part| match part {
        Part::Text(text) => json!({ "text": text }),
        Part::Name(name) => json!({ "name": name }),
        Part::Literal(literal) => json!({ "literal": literal }),
        Part::Count(count) => json!({ "count": count }),
    };
    message.0.iter().map(part).collect()
}

pub(crate) fn evidence(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Proved => "proved",
        Evidence::Observed => "observed",
        Evidence::Estimated => "estimated",
        Evidence::NotChecked => "not_checked",
    }
}

/// An amount as a decimal in text: no reader may round it.
fn money(money: &Money) -> Value {
    const UNIT: u128 = 1_000_000_000;
    let nanos = money.nanos.unsigned_abs();
    let sign = if money.nanos < 0 { "-" } else { "" };
    let fraction = format!("{:09}", nanos % UNIT);
    let (cents, rest) = fraction.split_at(2);
    let amount = format!("{sign}{}.{cents}{}", nanos / UNIT, rest.trim_end_matches('0'));
    json!({ "amount": amount, "currency": money.currency.to_string() })
}
