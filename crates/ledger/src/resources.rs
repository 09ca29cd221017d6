//! What warehouses and clusters are called, where bills know only their ids.

use std::collections::{BTreeMap, BTreeSet};

use crate::Ledger;
use crate::names::NameId;

/// Kinds of resources that have names.
const KINDS: [&str; 2] = ["warehouse", "cluster"];

/// Calls resources by their names; where another one is called the same, with the id beside it.
pub(crate) fn name<'t>(ledger: &mut Ledger, title: impl Fn(&str) -> Option<&'t str>) {
    let charged = ledger.charges.iter().filter_map(|it| it.resource);
    let ids: BTreeSet<NameId> = charged.chain(ledger.loads.iter().map(|it| it.cluster)).collect();
    let names: Vec<(NameId, &str)> = ids
        .into_iter()
        .filter_map(|id| {
            let of = |kind: &&str| title(&format!("{kind}:{}", ledger.names.name(id)));
            Some((id, KINDS.iter().find_map(of)?))
        })
        .collect();
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    let named: BTreeSet<NameId> = names.iter().map(|(id, _)| *id).collect();
    let others =
        ledger.charges.iter().filter_map(|it| it.resource).filter(|it| !named.contains(it));
    let others: BTreeSet<&str> = others.map(|id| ledger.names.name(id)).collect();
    for name in names.iter().map(|(_, name)| *name).chain(others) {
        *count.entry(name.to_owned()).or_default() += 1;
    }
    let mut new: BTreeMap<NameId, NameId> = BTreeMap::new();
    for (id, name) in &names {
        let old = ledger.names.name(*id).to_owned();
        let name = if count[*name] > 1 { format!("{name} ({old})") } else { (*name).to_owned() };
        new.insert(*id, ledger.names.id(&name));
        ledger.ids.insert(name, old);
    }
    let called = |id: NameId| new.get(&id).copied().unwrap_or(id);
    for charge in &mut ledger.charges {
        charge.resource = charge.resource.map(called);
    }
    for load in &mut ledger.loads {
        load.cluster = called(load.cluster);
    }
}
