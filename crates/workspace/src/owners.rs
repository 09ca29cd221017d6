//! `owners`: whose the money is, how that is known, and what of it is nobody's.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::Nanos;
use plumb_base::answer::{Owned, OwnerRow, Owners, Unowned};
use plumb_estate::Asset;
use plumb_ledger::{
    Allocation, Assets, Imbalance, Ledger, Payers, Period, Share, Sums, WorkloadKind,
};

use crate::Workspace;
use crate::cost::{self, CENT};

/// Keys of tags that are listed.
const TAGS: usize = 10;

/// Amounts by name.
type Amounts = BTreeMap<String, Nanos>;

pub(crate) fn owners(workspace: &Workspace, period: Period) -> Result<Owners, Imbalance> {
    let ledger = &workspace.ledger.clone().within(period);
    let accounts: Result<Vec<Owned>, Imbalance> =
        ledger.sums()?.iter().map(|sums| account(workspace, ledger, sums)).collect();
    let (days, read) = (cost::days(ledger), cost::days(&workspace.ledger));
    Ok(Owners { gaps: false, days, read, accounts: accounts? })
}

/// What is known of money without an owner.
#[derive(Default)]
struct Gap {
    nanos: Nanos,
    asset: Option<usize>,
    resource: Option<String>,
    users: Amounts,
}

/// Money of one currency while it is sorted.
#[derive(Default)]
struct Sorted {
    parts: [Nanos; 4],
    owners: BTreeMap<String, Amounts>,
    gaps: BTreeMap<String, Gap>,
    tagged: (Nanos, Nanos),
    tags: Amounts,
}

fn account(workspace: &Workspace, ledger: &Ledger, sums: &Sums) -> Result<Owned, Imbalance> {
    let payers = Payers::new(&workspace.found.settings, &workspace.estate, ledger);
    let assets = plumb_ledger::assets(ledger, &workspace.estate);
    let mut sorted = Sorted::default();
    for one in &ledger.allocations {
        let charge = &ledger.charges[one.charge];
        if charge.currency == sums.currency {
            let resource = charge.resource.map(|id| ledger.names.name(id));
            sorted.put((workspace, ledger), &payers, &assets, one, resource);
        }
    }
    sums.rows(&sorted.parts)?;
    let billed = sums.money(sums.billed);
    let cents =
        plumb_ledger::rounded(&sorted.parts, CENT, plumb_ledger::in_units(sums.billed, CENT));
    let mut owners: Vec<OwnerRow> = sorted.owners.into_iter().map(owner).collect();
    owners.sort_by(|one, two| two.nanos.cmp(&one.nanos).then(one.name.cmp(&two.name)));
    let amounts: Vec<Nanos> = owners.iter().map(|it| it.nanos).collect();
    for (row, cents) in owners.iter_mut().zip(plumb_ledger::rounded(&amounts, CENT, cents[0])) {
        row.cents = cents;
    }
    let named = sorted.gaps.into_iter();
    let mut unowned: Vec<Unowned> =
        named.map(|(name, gap)| unowned(workspace, name, gap)).collect();
    unowned.sort_by(|one, two| two.nanos.cmp(&one.nanos).then(one.name.cmp(&two.name)));
    let amounts: Vec<Nanos> = unowned.iter().map(|it| it.nanos).collect();
    for (row, cents) in unowned.iter_mut().zip(plumb_ledger::rounded(&amounts, CENT, cents[1])) {
        row.cents = cents;
    }
    let mut tags = dearest(sorted.tags);
    tags.truncate(TAGS);
    let cents = [cents[0], cents[1], cents[2], cents[3]];
    Ok(Owned { billed, parts: sorted.parts, cents, owners, unowned, tagged: sorted.tagged, tags })
}

impl Sorted {
    fn put(
        &mut self,
        (workspace, ledger): (&Workspace, &Ledger),
        payers: &Payers<'_>,
        assets: &Assets,
        one: &Allocation,
        resource: Option<&str>,
    ) {
        let payer = match one.share {
            Share::Overhead => return self.parts[2] += one.nanos,
            Share::Unattributed => return self.parts[3] += one.nanos,
            Share::Attributed(cause) => {
                let cause = &ledger.causes[cause];
                self.tagged.0 += one.nanos;
                let tags = ledger.tags(cause, resource);
                if !tags.is_empty() {
                    self.tagged.1 += one.nanos;
                }
                // A key may stand there with several values.
                let keys: BTreeSet<&str> =
                    tags.into_iter().filter_map(|tag| Some(tag.split_once('=')?.0)).collect();
                for key in keys {
                    *self.tags.entry(key.to_owned()).or_default() += one.nanos;
                }
                let asset = assets.of(cause).map(|at| &workspace.estate.assets[at]);
                payers.of(cause, asset, resource)
            }
            Share::IdleInHour | Share::IdleWholeHour => {
                resource.and_then(|resource| payers.of_resource(resource))
            }
        };
        if let Some(payer) = payer {
            self.parts[0] += one.nanos;
            let owner = self.owners.entry(payer.name).or_default();
            *owner.entry(payer.how).or_default() += one.nanos;
            return;
        }
        self.parts[1] += one.nanos;
        let Share::Attributed(cause) = one.share else {
            let name = resource.map_or("idle".to_owned(), |name| format!("idle of {name}"));
            let gap = self.gaps.entry(name).or_default();
            gap.nanos += one.nanos;
            gap.resource = resource.map(str::to_owned);
            return;
        };
        let cause = &ledger.causes[cause];
        let workload = &ledger.workloads[cause.workload];
        let asset = assets.of(cause);
        let name = asset.map_or(&workload.label, |at| &workspace.estate.assets[at].key);
        let gap = self.gaps.entry(name.clone()).or_default();
        gap.nanos += one.nanos;
        gap.asset = asset;
        // What a bill calls a resource is no warehouse that queries share.
        gap.resource = resource
            .filter(|_| workload.kind != WorkloadKind::Resource)
            .map(str::to_owned)
            .or(gap.resource.take());
        if let Some(user) = cause.user {
            *gap.users.entry(ledger.names.name(user).to_owned()).or_default() += one.nanos;
        }
    }
}

fn owner((name, how): (String, Amounts)) -> OwnerRow {
    OwnerRow { name, nanos: how.values().sum(), cents: 0, how: dearest(how) }
}

fn dearest(amounts: Amounts) -> Vec<(String, Nanos)> {
    let mut list: Vec<(String, Nanos)> = amounts.into_iter().collect();
    list.sort_by(|one, two| two.1.cmp(&one.1).then(one.0.cmp(&two.0)));
    list
}

fn unowned(workspace: &Workspace, name: String, gap: Gap) -> Unowned {
    let asset: Option<&Asset> = gap.asset.map(|at| &workspace.estate.assets[at]);
    let changed_by = asset.and_then(|asset| asset.owners.first()).map(|owner| owner.name.clone());
    let run_by = dearest(gap.users).into_iter().next().map(|(user, _)| user);
    let rule = match (asset, &gap.resource) {
        (Some(asset), _) => Some(format!("asset:{}", asset.key)),
        (None, Some(resource)) => Some(format!("warehouse:{resource}")),
        (None, None) => None,
    };
    Unowned { name, nanos: gap.nanos, cents: 0, changed_by, run_by, rule }
}
