//! Rows of a cost: each part of a bill in exactly one of them.

use std::collections::BTreeMap;

use plumb_base::answer::{CostRow, Parts, RowKind};
use plumb_base::record::usage::{RecordKind, Time};
use plumb_base::{Moment, Nanos};
use plumb_estate::{Asset, AssetKind};
use plumb_ledger::{
    Allocation, Assets, Cause, Charge, Ledger, Method, Payers, Share, Sums, Workload, WorkloadKind,
};

use super::By;
use crate::Workspace;

/// Billionths that make a cent.
pub(crate) const CENT: Nanos = 10_000_000;

/// What a kind of records is called.
pub fn kind(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::NodeRuns => "dbt run results",
        RecordKind::ObjectNames => "names of jobs and compute",
        RecordKind::JobTasks => "tasks of jobs",
        RecordKind::JobRuns => "runs of tasks of jobs",
        RecordKind::WholeRuns => "runs of jobs",
        RecordKind::Updates => "runs of pipelines",
        RecordKind::WarehouseEvents => "when warehouses ran",
        RecordKind::NodeLoads => "loads of machines",
        RecordKind::ObjectTags => "tags of objects",
        RecordKind::Starts => "history of tasks",
        RecordKind::Accesses => "which tables were read and written",
        RecordKind::TableSizes => "sizes of tables",
        RecordKind::ServiceUses => "what services worked for",
        RecordKind::Rates => "rates of credits",
        RecordKind::UnitPrices => "prices of units",
        RecordKind::Queries => "query history",
        RecordKind::Insights => "insights of queries",
        RecordKind::Events => "event logs of Spark",
        RecordKind::QueryCredits => "credits of queries",
        RecordKind::QueryHours => "metering of queries",
        RecordKind::WarehouseHours => "warehouse metering",
        RecordKind::ServiceDays => "daily metering",
        RecordKind::Invoiced => "invoiced usage",
        RecordKind::UsageLines => "billable usage",
        RecordKind::BillLines => "bill (FOCUS)",
        RecordKind::CostAndUsage => "bill (AWS)",
    }
}

/// Rows in one currency, the dearest first, what nobody caused last.
pub(super) fn rows(workspace: &Workspace, ledger: &Ledger, by: By, sums: &Sums) -> Vec<CostRow> {
    let names = Namer::new(workspace, ledger, by);
    let mut rows: BTreeMap<(RowKind, String), CostRow> = BTreeMap::new();
    for one in &ledger.allocations {
        let charge = &ledger.charges[one.charge];
        if charge.currency != sums.currency {
            continue;
        }
        let (kind, name) = names.of(one, charge);
        let row = rows.entry((kind, name)).or_insert_with_key(|(kind, name)| CostRow {
            kind: *kind,
            name: name.clone(),
            parts: Parts::default(),
            cents: Parts::default(),
            runs: 0,
            owner: None,
            asset: None,
            told: None,
        });
        let parts = &mut row.parts;
        *match one.share {
            Share::Attributed(_) => &mut parts.attributed,
            Share::IdleInHour => &mut parts.idle_in_hour,
            Share::IdleWholeHour => &mut parts.idle_whole_hour,
            Share::Overhead => &mut parts.overhead,
            Share::Unattributed => &mut parts.unattributed,
        } += one.nanos;
        if let Share::Attributed(cause) = one.share {
            names.describe(row, &ledger.causes[cause]);
        }
    }
    names.count_runs(&mut rows);
    let mut rows: Vec<CostRow> = rows.into_values().collect();
    let nobody = |row: &CostRow| match row.kind {
        RowKind::Named | RowKind::NotNamed => 0,
        RowKind::Idle => 1,
        RowKind::Overhead => 2,
        RowKind::Unattributed => 3,
    };
    rows.sort_by(|one, two| {
        let amount = two.parts.total().cmp(&one.parts.total());
        let amount = if by.is_time() { std::cmp::Ordering::Equal } else { amount };
        nobody(one).cmp(&nobody(two)).then(amount).then(one.name.cmp(&two.name))
    });
    rows
}

/// Gives every row its cents, and says those of the whole: what is printed adds up, down and across.
pub(super) fn cents(whole: &Parts, rows: &mut [CostRow]) -> Parts {
    let billed = plumb_ledger::in_units(whole.total(), CENT);
    let cents = plumb_ledger::rounded(&whole.each(), CENT, billed);
    let mut each = vec![[0; 5]; rows.len()];
    for (part, cents) in cents.iter().enumerate() {
        let amounts: Vec<Nanos> = rows.iter().map(|row| row.parts.each()[part]).collect();
        for (row, cents) in each.iter_mut().zip(plumb_ledger::rounded(&amounts, CENT, *cents)) {
            row[part] = cents;
        }
    }
    for (row, each) in rows.iter_mut().zip(each) {
        row.cents = Parts::of(each);
    }
    let mut all = [0; 5];
    all.copy_from_slice(&cents);
    Parts::of(all)
}

/// Gives each part of a bill the row it belongs to.
struct Namer<'a> {
    workspace: &'a Workspace,
    ledger: &'a Ledger,
    by: By,
    assets: Assets,
    payers: Payers<'a>,
}

impl<'a> Namer<'a> {
    fn new(workspace: &'a Workspace, ledger: &'a Ledger, by: By) -> Self {
        let assets = plumb_ledger::assets(ledger, &workspace.estate);
        let payers = Payers::new(&workspace.found.settings, &workspace.estate, ledger);
        Self { workspace, ledger, by, assets, payers }
    }

    fn of(&self, one: &Allocation, charge: &Charge) -> (RowKind, String) {
        let resource = charge.resource.map(|id| self.ledger.names.name(id));
        if let (By::Warehouse, Some(resource)) = (self.by, resource) {
            return (RowKind::Named, resource.to_owned());
        }
        if self.by.is_time() {
            return (RowKind::Named, self.time(charge));
        }
        let service = self.ledger.names.name(charge.service);
        match one.share {
            Share::Attributed(cause) => {
                let named = self.name(&self.ledger.causes[cause], resource);
                let missing = || (RowKind::NotNamed, format!("no {}", self.by.word()));
                named.map_or_else(missing, |name| (RowKind::Named, name))
            }
            Share::IdleInHour | Share::IdleWholeHour if one.method == Method::Unused => {
                (RowKind::Idle, "committed and not used".to_owned())
            }
            Share::IdleInHour => (RowKind::Idle, "idle in hours with queries".to_owned()),
            Share::IdleWholeHour => (RowKind::Idle, "idle for whole hours".to_owned()),
            Share::Overhead => (RowKind::Overhead, format!("overhead: {service}")),
            Share::Unattributed => {
                (RowKind::Unattributed, format!("not known: {}", one.method.words()))
            }
        }
    }

    fn time(&self, charge: &Charge) -> String {
        let start = charge.start.day();
        // 1970-01-01 was a Thursday.
        let monday = Time(start.0 - (start.0.div_euclid(Time::DAY) + 3).rem_euclid(7) * Time::DAY);
        let day = |time: Time| Moment(time.0.div_euclid(1000)).day();
        match self.by {
            By::Week => day(monday),
            By::Month => day(start).chars().take(7).collect(),
            _ => day(start),
        }
    }

    fn name(&self, cause: &Cause, resource: Option<&str>) -> Option<String> {
        let names = &self.ledger.names;
        match self.by {
            By::Team => {
                let asset = self.asset(cause);
                self.payers.of(cause, asset, resource).map(|payer| payer.name)
            }
            By::Dashboard => {
                let board = self.asset(cause);
                let board = board.filter(|asset| asset.kind == AssetKind::Dashboard);
                let workload = self.workload(cause);
                let named = || workload.label.strip_prefix("dashboard ").map(str::to_owned);
                board.map(|asset| asset.key.clone()).or_else(named)
            }
            By::Day | By::Week | By::Month => None,
            By::Asset => self.asset(cause).map(|asset| asset.key.clone()),
            By::Workload => Some(self.workload(cause).label.clone()),
            By::Warehouse => {
                // What runs under a plan is charged with the plan.
                let workload = self.workload(cause);
                (workload.kind == WorkloadKind::Resource).then(|| workload.label.clone())
            }
            By::User => cause.user.map(|user| names.name(user).to_owned()),
            By::Tag => {
                let mut tags = self.ledger.tags(cause, resource);
                tags.sort_by_key(|tag| tag.to_ascii_lowercase());
                (!tags.is_empty()).then(|| tags.join(", "))
            }
        }
    }

    fn workload(&self, cause: &Cause) -> &Workload {
        &self.ledger.workloads[cause.workload]
    }

    fn asset(&self, cause: &Cause) -> Option<&'a Asset> {
        self.assets.of(cause).map(|at| &self.workspace.estate.assets[at])
    }

    /// Adds what is known of a row of one asset or workload.
    fn describe(&self, row: &mut CostRow, cause: &Cause) {
        if row.kind != RowKind::Named || !matches!(self.by, By::Asset | By::Workload) {
            return;
        }
        let asset = self.asset(cause);
        let owner = asset.and_then(|asset| asset.owners.first()).map(|owner| owner.name.clone());
        let workload = self.workload(cause);
        let told = match self.by {
            By::Asset => self.assets.told(cause, workload),
            _ => workload.told,
        };
        let told = (told.words(), told.confidence().word());
        row.owner = owner.or(row.owner.take());
        row.asset = asset.map(|asset| asset.key.clone()).or(row.asset.take());
        row.told.get_or_insert((told.0.to_owned(), told.1.to_owned()));
    }

    /// Counts the runs of each row that names something; a run on two warehouses is one.
    fn count_runs(&self, rows: &mut BTreeMap<(RowKind, String), CostRow>) {
        if self.by == By::Warehouse || self.by.is_time() {
            return;
        }
        for cause in &self.ledger.causes {
            // Without a warehouse, the team that pays for one is not known: such runs count where they are named.
            let name = self.name(cause, None);
            let key = match name {
                Some(name) => (RowKind::Named, name),
                None => (RowKind::NotNamed, format!("no {}", self.by.word())),
            };
            if let Some(row) = rows.get_mut(&key) {
                row.runs += cause.runs;
            }
        }
        // What a bill names is not run by anybody.
        debug_assert!(
            self.ledger
                .causes
                .iter()
                .all(|it| it.runs == 0 || self.workload(it).kind != WorkloadKind::Resource),
            "only queries are counted"
        );
    }
}
