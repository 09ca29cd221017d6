//! OWN002: money that nobody is said to own.

use std::collections::BTreeMap;

use plumb_base::{Currency, Finding, Message, Money};

use crate::spend::{Heap, Spend};
use crate::{Platform, Rule};

pub(crate) static RULE: Rule =
    Rule { code: "OWN002", name: "unowned-spend", page: include_str!("unowned_spend.md"), check };

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    if platform.ledger.is_empty() {
        return Vec::new();
    }
    let spend = Spend::new(platform);
    let payers = spend.payers();
    let mut heaps: BTreeMap<Currency, Heap> = BTreeMap::new();
    for part in spend.parts() {
        let heap = heaps.entry(part.currency).or_default();
        heap.all += part.nanos;
        let asset = part.asset.map(|at| &platform.estate.assets[at]);
        let payer = match part.cause {
            Some(cause) => payers.of(cause, asset, part.resource),
            None => part.resource.and_then(|resource| payers.of_resource(resource)),
        };
        if payer.is_none() {
            heap.put(&spend, &part);
        }
    }
    let matter = heaps.iter().filter(|(_, heap)| heap.matters());
    let finding = |(currency, heap): (&Currency, &Heap)| {
        let money = |nanos| Money { currency: *currency, nanos };
        let (wrong, all) = (money(heap.wrong()), money(heap.all));
        let message = Message::text(format!("nobody is said to own {wrong} of {all}"));
        heap.finding(&RULE, platform, *currency, message.then(spend.since()))
    };
    matter.map(finding).collect()
}
