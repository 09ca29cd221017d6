//! OWN003: a tag gives money to somebody whom nothing else names.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Currency, Finding, Message, Money, Owner};

use crate::spend::{Heap, Spend};
use crate::{Platform, Rule};

pub(crate) static RULE: Rule =
    Rule { code: "OWN003", name: "unknown-payer", page: include_str!("unknown_payer.md"), check };

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    let names = names(platform);
    if platform.ledger.is_empty() || names.is_empty() {
        return Vec::new();
    }
    let spend = Spend::new(platform);
    let payers = spend.payers();
    let mut heaps: BTreeMap<Currency, Heap> = BTreeMap::new();
    for part in spend.parts() {
        let Some(cause) = part.cause else { continue };
        let asset = part.asset.map(|at| &platform.estate.assets[at]);
        let payer = payers.of(cause, asset, part.resource);
        let Some(payer) = payer.filter(|payer| payer.how == "tag") else { continue };
        let heap = heaps.entry(part.currency).or_default();
        heap.all += part.nanos;
        if !forms(&payer.name).any(|form| names.contains(&form)) {
            heap.add(payer.name, part.nanos, None);
        }
    }
    // Where most teams of tags are known nowhere else, tags have words of their own.
    let matter = heaps.iter().filter(|(_, heap)| heap.wrong() > 0 && heap.wrong() * 2 < heap.all);
    let finding = |(currency, heap): (&Currency, &Heap)| {
        let money = |nanos| Money { currency: *currency, nanos };
        let (wrong, all) = (money(heap.wrong()), money(heap.all));
        let nobody = Message::text("nothing but a tag names ");
        let message = match heap.names().as_slice() {
            [one] => nobody.then_name(*one),
            names => nobody.then_count(names.len()).then(" owners"),
        };
        let message = message.then(format!(": {wrong} of {all}{}", spend.since()));
        heap.finding(&RULE, platform, *currency, message)
    };
    matter.map(finding).collect()
}

/// Everybody whom something other than a tag names.
fn names(platform: &Platform<'_>) -> BTreeSet<String> {
    let (found, estate) = (platform.found, platform.estate);
    let settings = found.settings.owners.iter().flat_map(|it| it.team.iter().chain(&it.owner));
    let code = found.code_owners.iter().flat_map(|file| &file.rules).flat_map(|rule| &rule.owners);
    let groups = found.dbt.iter().flat_map(|project| &project.groups);
    let groups = groups.flat_map(|group| std::iter::once(&group.name).chain(&group.owner));
    let said = |owner: &&Owner| !owner.is_guess();
    let assets = estate.assets.iter().flat_map(|asset| {
        asset.team.iter().chain(asset.owners.iter().filter(said).map(|owner| &owner.name))
    });
    settings.chain(code).chain(groups).chain(assets).flat_map(|name| forms(name)).collect()
}

/// A name without case and signs: the whole of it, the team without its organisation, the address without its host.
fn forms(name: &str) -> impl Iterator<Item = String> {
    let team = name.rsplit('/').next().unwrap_or(name);
    let person = name.split('@').find(|part| !part.is_empty()).unwrap_or(name);
    let bare = |text: &str| -> String {
        text.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    [name, team, person].map(bare).into_iter().filter(|name| !name.is_empty())
}
