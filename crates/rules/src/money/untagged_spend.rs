//! TAG001: money without the tag that most of it has.

use std::collections::BTreeMap;

use plumb_base::{Currency, Finding, Message, Money, Nanos};
use plumb_ledger::Cause;

use crate::spend::{Heap, Spend};
use crate::{Platform, Rule};

pub(crate) static RULE: Rule =
    Rule { code: "TAG001", name: "untagged-spend", page: include_str!("untagged_spend.md"), check };

/// Keys that say who pays, without case and signs.
const KEYS: &[&str] = &["team", "owner", "squad", "costcenter", "department"];

/// Money with a key, whatever its spelling, and with each spelling of it.
#[derive(Default)]
struct Key {
    nanos: Nanos,
    written: BTreeMap<String, Nanos>,
}

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    if platform.ledger.is_empty() {
        return Vec::new();
    }
    let spend = Spend::new(platform);
    let mut all: BTreeMap<Currency, Nanos> = BTreeMap::new();
    let mut keys: BTreeMap<Currency, BTreeMap<String, Key>> = BTreeMap::new();
    for part in spend.parts() {
        let Some(cause) = part.cause else { continue };
        *all.entry(part.currency).or_default() += part.nanos;
        let keys = keys.entry(part.currency).or_default();
        for (folded, written) in tagged(&spend, cause, part.resource) {
            let key = keys.entry(folded).or_default();
            key.nanos += part.nanos;
            *key.written.entry(written).or_default() += part.nanos;
        }
    }
    let mut findings = Vec::new();
    for (currency, all) in all {
        // What half of the money has is what the rest was meant to have.
        let known = keys.remove(&currency).unwrap_or_default().into_iter();
        let most = known.filter(|(_, key)| key.nanos * 2 >= all).max_by_key(|(_, key)| key.nanos);
        if let Some((folded, key)) = most {
            let written = key.written.into_iter().rev().max_by_key(|(_, nanos)| *nanos);
            let written = written.map_or_else(|| folded.clone(), |(written, _)| written);
            findings.extend(missing(platform, &spend, currency, (&folded, &written)));
        }
    }
    findings
}

fn missing(
    platform: &Platform<'_>,
    spend: &Spend<'_>,
    currency: Currency,
    (folded, written): (&str, &str),
) -> Option<Finding> {
    let mut heap = Heap::default();
    for part in spend.parts().filter(|part| part.currency == currency) {
        let Some(cause) = part.cause else { continue };
        heap.all += part.nanos;
        if !tagged(spend, cause, part.resource).contains_key(folded) {
            heap.put(spend, &part);
        }
    }
    let (wrong, all) =
        (Money { currency, nanos: heap.wrong() }, Money { currency, nanos: heap.all });
    let message = Message::text("tag ")
        .then_name(written)
        .then(format!(" is missing on {wrong} of {all}{}", spend.since()));
    heap.matters().then(|| heap.finding(&RULE, platform, currency, message))
}

/// Keys of the tags of a cause that say who pays, each once: folded, and as it is written first.
fn tagged(spend: &Spend<'_>, cause: &Cause, resource: Option<&str>) -> BTreeMap<String, String> {
    let tags = spend.ledger.tags(cause, resource).into_iter().filter_map(|tag| tag.split_once('='));
    let said = tags.filter(|(_, value)| !value.trim().is_empty());
    let folded = said.map(|(key, _)| (fold(key), key.to_owned()));
    let mut keys = BTreeMap::new();
    for (folded, written) in folded.filter(|(folded, _)| KEYS.contains(&folded.as_str())) {
        keys.entry(folded).or_insert(written);
    }
    keys
}

/// A key without case and signs.
fn fold(key: &str) -> String {
    key.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
