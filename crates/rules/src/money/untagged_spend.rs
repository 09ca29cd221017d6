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

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    if platform.ledger.is_empty() {
        return Vec::new();
    }
    let spend = Spend::new(platform);
    let mut all: BTreeMap<Currency, Nanos> = BTreeMap::new();
    let mut keys: BTreeMap<Currency, BTreeMap<String, Nanos>> = BTreeMap::new();
    for part in spend.parts() {
        let Some(cause) = part.cause else { continue };
        *all.entry(part.currency).or_default() += part.nanos;
        let keys = keys.entry(part.currency).or_default();
        for key in tagged(&spend, cause) {
            *keys.entry(key).or_default() += part.nanos;
        }
    }
    let mut findings = Vec::new();
    for (currency, all) in all {
        // What half of the money has is what the rest was meant to have.
        let known = keys.remove(&currency).unwrap_or_default().into_iter();
        let most = known.filter(|(_, nanos)| nanos * 2 >= all).max_by_key(|(_, nanos)| *nanos);
        if let Some((key, _)) = most {
            findings.extend(missing(platform, &spend, currency, &key));
        }
    }
    findings
}

fn missing(
    platform: &Platform<'_>,
    spend: &Spend<'_>,
    currency: Currency,
    key: &str,
) -> Option<Finding> {
    let mut heap = Heap::default();
    for part in spend.parts().filter(|part| part.currency == currency) {
        let Some(cause) = part.cause else { continue };
        heap.all += part.nanos;
        if !tagged(spend, cause).iter().any(|it| it == key) {
            heap.put(spend, &part);
        }
    }
    let (wrong, all) =
        (Money { currency, nanos: heap.wrong() }, Money { currency, nanos: heap.all });
    let message = Message::text("tag ")
        .then_name(key)
        .then(format!(" is missing on {wrong} of {all}{}", spend.since()));
    heap.matters().then(|| heap.finding(&RULE, platform, currency, message))
}

/// Keys of the tags of a cause that say who pays, each once.
fn tagged(spend: &Spend<'_>, cause: &Cause) -> Vec<String> {
    let names = &spend.ledger.names;
    let tags = cause.tags.iter().filter_map(|tag| names.name(*tag).split_once('='));
    let said = tags.filter(|(_, value)| !value.trim().is_empty());
    let mut keys: Vec<String> =
        said.map(|(key, _)| key.to_ascii_lowercase()).filter(|key| is_payer(key)).collect();
    keys.sort();
    keys.dedup();
    keys
}

fn is_payer(key: &str) -> bool {
    let bare: String = key.chars().filter(|it| it.is_alphanumeric()).collect();
    KEYS.contains(&bare.as_str())
}
