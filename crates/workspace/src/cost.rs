//! `cost`: what was billed, by whatever somebody asks for, and always all of it.

mod rows;

pub(crate) use rows::CENT;
pub use rows::kind;

use plumb_base::answer::{Account, Cost, Parts, Using};
use plumb_base::record::Found;
use plumb_base::record::usage::{RecordFile, RecordKind, Time};
use plumb_base::{Moment, Nanos, Place, Problem, Severity, World};
use plumb_ledger::{Contract, IdlePolicy, Imbalance, Ledger, Method, Period, Sums};
use plumb_records::{RecordStore, Rows};

use crate::{Phase, Workspace};

/// Rows between two words about how many were read.
const STEP: u64 = 100_000;

/// What rows of a cost are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// Teams.
    Team,
    /// Assets.
    Asset,
    /// What runs again and again.
    Workload,
    /// Warehouses, clusters and other resources.
    Warehouse,
    /// Whoever ran it.
    User,
    /// Dashboards.
    Dashboard,
    /// Tags.
    Tag,
    /// Days.
    Day,
    /// Weeks, by their Monday.
    Week,
    /// Months.
    Month,
}

impl By {
    /// Every way, with its word.
    pub const ALL: [Self; 10] = [
        Self::Team,
        Self::Asset,
        Self::Workload,
        Self::Warehouse,
        Self::User,
        Self::Dashboard,
        Self::Tag,
        Self::Day,
        Self::Week,
        Self::Month,
    ];

    /// The word that is typed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Team => "team",
            Self::Asset => "asset",
            Self::Workload => "workload",
            Self::Warehouse => "warehouse",
            Self::User => "user",
            Self::Dashboard => "dashboard",
            Self::Tag => "tag",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// Whether rows are times: they stand in their order, and everything is in one.
    fn is_time(self) -> bool {
        matches!(self, Self::Day | Self::Week | Self::Month)
    }
}

/// Reads the records that were found; what cannot be read is a problem of what was found.
pub(crate) fn read(
    world: &dyn World,
    store: Option<&dyn RecordStore>,
    found: &mut Found,
    tell: &dyn Fn(Phase),
) -> (Ledger, Vec<Rows>) {
    tell(Phase::Records(0));
    let prices = &found.settings.prices;
    let contract = Contract {
        snowflake_credit: prices.snowflake_credit,
        databricks_dbu: prices.databricks_dbu.iter().cloned().collect(),
        currency: prices.currency,
    };
    let mut reading = plumb_ledger::Reading::new(contract);
    let mut count = 0_u64;
    let mut give = |record, file: &str| {
        count += 1;
        if count.is_multiple_of(STEP) {
            tell(Phase::Records(count));
        }
        reading.of(file);
        reading.add(record);
    };
    let (files, problems) = (&found.records, &mut found.problems);
    let mut rows = match store {
        Some(store) => store.records(world, files, problems, &mut give),
        None => plumb_records::records(world, &in_order(files), problems, &mut give),
    };
    rows.sort_by(|one, two| (one.kind, &one.path).cmp(&(two.kind, &two.path)));
    let ledger = reading.close();
    let queries = rows.iter().find(|file| file.kind == RecordKind::Queries);
    if let Some(file) = queries {
        let problem = |message: &String| Problem {
            place: Place::file(&file.path),
            severity: Severity::Partly,
            reason: "template-hash".to_owned(),
            message: message.clone(),
        };
        found.problems.extend(ledger.disagree.iter().map(problem));
    }
    found.problems.sort();
    (ledger, rows)
}

/// Files in the order in which they are read: of bills the last by name first, because of a line that was corrected the
/// first one counts.
fn in_order(files: &[RecordFile]) -> Vec<RecordFile> {
    let (bills, mut all): (Vec<RecordFile>, Vec<RecordFile>) = files
        .iter()
        .cloned()
        .partition(|file| matches!(file.kind, RecordKind::BillLines | RecordKind::CostAndUsage));
    all.extend(bills.into_iter().rev());
    all.sort_by_key(|file| file.kind);
    all
}

pub(crate) fn cost(
    workspace: &Workspace,
    by: By,
    idle: IdlePolicy,
    period: Period,
) -> Result<Cost, Imbalance> {
    let ledger = workspace.ledger.clone().within(period).with_idle(idle);
    let mut accounts = Vec::new();
    for sums in ledger.sums()? {
        let mut rows = rows::rows(workspace, &ledger, by, &sums);
        let amounts: Vec<Nanos> = rows.iter().map(|row| row.parts.total()).collect();
        sums.rows(&amounts)?;
        let methods = methods(&ledger, &sums);
        let (billed, parts) = (sums.money(sums.billed), parts(&sums));
        let cents = rows::cents(&parts, &mut rows);
        accounts.push(Account { billed, parts, cents, rows, methods });
    }
    let paths: Vec<&String> = workspace.records.iter().map(|file| &file.path).collect();
    let problems = workspace.found.problems.iter();
    let lost = |reason: &str| {
        matches!(reason, "missing-column")
            || reason.starts_with("extract-")
            || reason.starts_with("bill-")
            || reason.starts_with("place-")
    };
    let problems = problems.filter(|it| lost(&it.reason) || paths.contains(&&it.place.path));
    Ok(Cost {
        root: workspace.root.clone(),
        by: by.word().to_owned(),
        idle: word(idle).to_owned(),
        days: days(&ledger),
        read: days(&workspace.ledger),
        accounts,
        basis: ledger.basis.clone(),
        unpriced: ledger.unpriced.clone(),
        notes: ledger.notes.clone(),
        using: workspace.records.iter().map(used).collect(),
        problems: problems.cloned().collect(),
    })
}

fn word(idle: IdlePolicy) -> &'static str {
    match idle {
        IdlePolicy::Apart => "apart",
        IdlePolicy::Proportional => "proportional",
        IdlePolicy::Owner => "owner",
    }
}

fn parts(sums: &Sums) -> Parts {
    Parts {
        attributed: sums.attributed,
        idle_in_hour: sums.idle_in_hour,
        idle_whole_hour: sums.idle_whole_hour,
        overhead: sums.overhead,
        unattributed: sums.unattributed,
    }
}

/// How much was told by which method, the most first.
fn methods(ledger: &Ledger, sums: &Sums) -> Vec<(String, String, Nanos)> {
    let mut by_method: std::collections::BTreeMap<Method, Nanos> =
        std::collections::BTreeMap::new();
    for one in &ledger.allocations {
        if ledger.charges[one.charge].currency == sums.currency {
            *by_method.entry(one.method).or_default() += one.nanos;
        }
    }
    let mut methods: Vec<(Method, Nanos)> = by_method.into_iter().collect();
    methods.sort_by_key(|(method, nanos)| (-nanos, *method));
    let said = |(method, nanos): (Method, Nanos)| {
        (method.id().to_owned(), method.words().to_owned(), nanos)
    };
    methods.into_iter().map(said).collect()
}

/// The first and the last day that was charged.
pub(crate) fn days(ledger: &Ledger) -> Option<(String, String)> {
    let starts = ledger.charges.iter().map(|charge| charge.start);
    let day = |time: Time| Moment(time.0.div_euclid(1000)).day();
    Some((day(starts.clone().min()?), day(starts.max()?)))
}

fn used(file: &Rows) -> Using {
    let bad = if file.bad == 0 { String::new() } else { format!(", {} not read", file.bad) };
    let one = if file.kind == RecordKind::Events { "event" } else { "row" };
    let rows = if file.read == 1 { one.to_owned() } else { format!("{one}s") };
    let older = match file.older {
        0 => String::new(),
        older => format!(", {older} told anew by a newer file"),
    };
    let gone = if file.gone { ", kept from an earlier run" } else { "" };
    Using {
        what: kind(file.kind).to_owned(),
        path: file.path.clone(),
        detail: format!("{} {rows}{bad}{older}{gone}", file.read),
    }
}
