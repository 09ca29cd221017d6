//! RUN003: Snowflake itself notes what is wrong with queries.

use std::collections::BTreeMap;

use plumb_base::{Currency, Finding, Message, Money, Nanos, Saving};

use crate::observed::{About, Observed};
use crate::spend::{self, Spend};
use crate::{Platform, Rule};

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
    about: About<'a>,
    kind: &'a str,
    queries: u64,
    runs: u64,
}

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    let ledger = platform.ledger;
    if ledger.insights.is_empty() {
        return Vec::new();
    }
    let assets = plumb_ledger::assets(ledger, platform.estate);
    let of = |cause: usize| About::cause(platform, &assets, cause);
    let mut runs: BTreeMap<&str, u64> = BTreeMap::new();
    for (at, cause) in ledger.causes.iter().enumerate() {
        *runs.entry(of(at).key).or_default() += cause.runs;
    }
    let mut noted: BTreeMap<(&str, &str), Noted<'_>> = BTreeMap::new();
    for ((cause, kind), queries) in &ledger.insights {
        let about = of(*cause);
        let runs = runs.get(about.key).copied().unwrap_or_default();
        let new = || Noted { about, kind, queries: 0, runs };
        noted.entry((about.key, kind)).or_insert_with(new).queries += queries;
    }
    let spend = Spend::new(platform);
    let mut money: BTreeMap<&str, BTreeMap<Currency, Nanos>> = BTreeMap::new();
    for (cause, currency, nanos) in spend.by_cause() {
        *money.entry(of(cause).key).or_default().entry(currency).or_default() += nanos;
    }
    let nothing = BTreeMap::new();
    let costs = |it: &Noted<'_>| money.get(it.about.key).unwrap_or(&nothing);
    noted.values().map(|it| finding(platform, it, costs(it), &spend.since())).collect()
}

fn finding(
    platform: &Platform<'_>,
    it: &Noted<'_>,
    costs: &BTreeMap<Currency, Nanos>,
    since: &str,
) -> Finding {
    let words = WORDS.iter().find(|(kind, _)| *kind == it.kind).map(|(_, words)| *words);
    let message = Message::name(it.about.label);
    let message = match words {
        Some(words) => message.then(format!(" {words}")),
        None => message.then(" has an insight of Snowflake: ").then_name(it.kind),
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
    let most: Nanos = costs.values().copied().max().unwrap_or_default();
    let size = u64::try_from(most / spend::UNIT).unwrap_or(0).max(queries);
    let saving = Saving::NotGiven("what it would cost without is not known".to_owned());
    it.about.finding(&RULE, platform, it.kind, Observed { message, because, size, saving })
}
