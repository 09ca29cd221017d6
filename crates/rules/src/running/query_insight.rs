//! RUN003: Snowflake itself notes what is wrong with queries.

use std::collections::BTreeMap;

use plumb_base::{Currency, Evidence, Finding, Message, Money, Nanos, Reason, Saving, Subject};

use crate::spend::{self, Spend};
use crate::{Platform, Rule, subject};

pub(crate) static RULE: Rule =
    Rule { code: "RUN003", name: "query-insight", page: include_str!("query_insight.md"), check };

/// What Snowflake's words mean, as the end of a sentence.
const WORDS: &[(&str, &str)] = &[
    ("NO_FILTER_ON_TOP_OF_TABLE_SCAN", "reads a whole table, without a filter"),
    ("INAPPLICABLE_FILTER_ON_TABLE_SCAN", "has a filter that prunes nothing of what it reads"),
    ("UNSELECTIVE_FILTER", "has a filter that keeps nearly all rows"),
    ("LIKE_WITH_LEADING_WILDCARD", "looks for text with a wildcard in front, which prunes nothing"),
    ("JOIN_WITH_NO_JOIN_CONDITION", "joins without a condition"),
    ("INEFFICIENT_JOIN_CONDITION", "joins by a condition that no hash can find"),
    ("NESTED_EXPLODING_JOIN", "joins to far more rows than it reads, several times"),
    ("EXPLODING_JOIN", "joins to far more rows than it reads"),
    ("INEFFICIENT_AGGREGATE", "groups rows that are nearly all different"),
    ("UNNECESSARY_UNION_DISTINCT", "removes equal rows from a union that has none"),
    ("REMOTE_SPILLAGE", "spills to remote storage what does not fit into memory"),
    ("QUEUED_OVERLOAD", "waits for a warehouse that others use"),
];

/// What is noted of queries of one thing.
struct Noted<'a> {
    key: &'a str,
    label: &'a str,
    kind: &'a str,
    asset: Option<usize>,
    queries: u64,
    runs: u64,
}

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    let ledger = platform.ledger;
    if ledger.insights.is_empty() {
        return Vec::new();
    }
    let assets = plumb_ledger::assets(ledger, platform.estate);
    let of = |cause: usize| {
        let cause = &ledger.causes[cause];
        let workload = &ledger.workloads[cause.workload];
        let asset = assets.of(cause);
        match asset.map(|at| &platform.estate.assets[at]) {
            Some(known) => (known.key.as_str(), known.name.as_str(), asset),
            None => (workload.key.as_str(), workload.label.as_str(), None),
        }
    };
    let mut runs: BTreeMap<&str, u64> = BTreeMap::new();
    for (at, cause) in ledger.causes.iter().enumerate() {
        *runs.entry(of(at).0).or_default() += cause.runs;
    }
    let mut noted: BTreeMap<(&str, &str), Noted<'_>> = BTreeMap::new();
    for ((cause, kind), queries) in &ledger.insights {
        let (key, label, asset) = of(*cause);
        let runs = runs.get(key).copied().unwrap_or_default();
        let new = || Noted { key, label, kind, asset, queries: 0, runs };
        noted.entry((key, kind)).or_insert_with(new).queries += queries;
    }
    let spend = Spend::new(platform);
    let mut money: BTreeMap<&str, BTreeMap<Currency, Nanos>> = BTreeMap::new();
    for (cause, currency, nanos) in spend.by_cause() {
        *money.entry(of(cause).0).or_default().entry(currency).or_default() += nanos;
    }
    let nothing = BTreeMap::new();
    let costs = |it: &Noted<'_>| money.get(it.key).unwrap_or(&nothing);
    noted.values().map(|it| finding(platform, it, costs(it), &spend.since())).collect()
}

fn finding(
    platform: &Platform<'_>,
    it: &Noted<'_>,
    costs: &BTreeMap<Currency, Nanos>,
    since: &str,
) -> Finding {
    let estate = platform.estate;
    let words = WORDS.iter().find(|(kind, _)| *kind == it.kind).map(|(_, words)| *words);
    let message = Message::name(it.label);
    let message = match words {
        Some(words) => message.then(format!(" {words}")),
        None => message.then(" has an insight of Snowflake: ").then_name(it.kind),
    };
    let assets: Vec<usize> = it.asset.into_iter().collect();
    let subject = match it.asset {
        Some(at) => subject::whole(estate, at),
        None => Subject { asset: it.label.to_owned(), place: spend::place(platform) },
    };
    let (queries, runs) = (it.queries, it.runs.max(it.queries));
    let noted = Message::text("Snowflake notes ")
        .then_name(it.kind)
        .then(format!(" of {queries} of its {runs} queries"));
    let mut because = vec![noted];
    for (currency, nanos) in costs {
        let money = Money { currency: *currency, nanos: *nanos };
        because.push(Message::text(format!("all of its queries are {money}{since}")));
    }
    let reason = |message| Reason { evidence: Evidence::Observed, message };
    let most: Nanos = costs.values().copied().max().unwrap_or_default();
    Finding {
        id: Finding::id_of(RULE.code, &[it.key, it.kind], None),
        rule: RULE.code.to_owned(),
        name: RULE.name.to_owned(),
        message,
        subjects: vec![subject],
        evidence: Evidence::Observed,
        because: because.into_iter().map(reason).collect(),
        weight: u64::try_from(most / spend::UNIT).unwrap_or(0).max(queries),
        saving: Saving::NotGiven("what it would cost without is not known".to_owned()),
        owners: subject::owners(estate, &assets),
        action: None,
        example: None,
        instead: None,
    }
}
