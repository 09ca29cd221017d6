//! The one façade: open a platform, ask it things, get plain answers.
//!
//! This crate never prints, never formats and never judges by itself; it holds what the floors below made and
//! answers in the words of `base::answer`.

mod audit;
mod broken;
mod card;
mod cost;
mod demo;
mod detail;
mod doctor;
mod exists;
mod explain;
mod extract;
mod graph;
mod lineage;
mod metrics;
mod named;
mod owners;
mod prove;
mod reference;
mod remember;
mod rules;
mod setup;

use plumb_base::{
    Finding, MemoryWorld, Moment, Source, World,
    answer::{
        Audit, Cost, Doctor, Exists, Graph, Lineage, Metrics, NoSuch, Owners, Proved, Setup, Shown,
    },
    record::Found,
};
use plumb_estate::{Estate, Kept};
use plumb_ledger::{IdlePolicy, Ledger};
pub use plumb_ledger::{Imbalance, Period, Since};
use plumb_records::{RecordStore, Rows};
use plumb_rules::Platform;

pub use cost::{By, kind};
pub use extract::{extract, vendors};
pub use graph::{Around, Literals};
pub use plumb_estate::{Depth, Options};
pub use plumb_ledger::IdlePolicy as Idle;
pub use plumb_records::FOREIGN_THREAD;
pub use prove::Side;
pub use remember::{ask, open};
pub use rules::{rule, rules};

/// A platform that was read and judged.
pub struct Workspace {
    root: String,
    below_top: String,
    found: Found,
    estate: Estate,
    findings: Vec<Finding>,
    ledger: Ledger,
    records: Vec<Rows>,
    as_of: Option<Moment>,
}

/// Whether query history and bills are read, which may be long, and whether they are kept.
#[derive(Clone, Copy)]
pub enum Bills<'a> {
    /// They are, as they lie in the folder.
    Read,
    /// They are, and so is everything that a store holds of earlier ones.
    Keep(&'a dyn RecordStore),
    /// They are looked for, and not read.
    Find,
    /// They are left where they lie; places elsewhere are not even looked at.
    Leave,
}

/// What is done while a platform is opened, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Finding files.
    Files,
    /// Reading query history and bills: so many rows so far.
    Records(u64),
    /// Reading and binding statements.
    Statements,
    /// Judging.
    Comparing,
}

impl Workspace {
    /// Reads everything below the root of a world. Never fails: what cannot be read is part of the answers.
    ///
    /// Without normal forms nothing is compared, and there are no findings.
    pub fn open(world: &dyn World, options: &Options) -> Self {
        let bills = if options.depth == Depth::Normal { Bills::Read } else { Bills::Leave };
        Self::open_knowing(world, options, bills, None, &|_| {})
    }

    /// The same, telling each phase as it begins; `kept` holds work of earlier runs that need not be done again.
    fn open_knowing(
        world: &dyn World,
        options: &Options,
        bills: Bills<'_>,
        kept: Option<&Kept>,
        tell: &dyn Fn(Phase),
    ) -> Self {
        tell(Phase::Files);
        let mut found = match bills {
            Bills::Leave => plumb_connect::discover_here(world),
            Bills::Read | Bills::Keep(_) | Bills::Find => plumb_connect::discover(world),
        };
        let (mut ledger, records) = match bills {
            Bills::Read if !found.records.is_empty() => cost::read(world, None, &mut found, tell),
            Bills::Keep(store) => cost::read(world, Some(store), &mut found, tell),
            Bills::Read | Bills::Find | Bills::Leave => (Ledger::empty(), Vec::new()),
        };
        tell(Phase::Statements);
        let variable = |name: &str| world.variable(name);
        let estate = match kept {
            Some(kept) => plumb_estate::read_again(&found, &variable, options, kept),
            None => plumb_estate::read(&found, &variable, options),
        };
        ledger.join(&estate);
        tell(Phase::Comparing);
        let mut findings = match options.depth {
            Depth::Written => Vec::new(),
            Depth::Normal => plumb_estate::side_by_side(|| {
                plumb_rules::judge(&Platform::new(&found, &estate, &ledger))
            }),
        };
        for finding in &mut findings {
            finding.action = plumb_advise::advise(&estate, finding);
        }
        let as_of = graph::as_of(&found, world.variable("SOURCE_DATE_EPOCH").as_deref());
        let (root, below_top) = (world.root(), world.below_top());
        Self { root, below_top, found, estate, findings, ledger, records, as_of }
    }

    /// The built-in company.
    pub fn demo() -> MemoryWorld {
        demo::world()
    }

    /// Everything found.
    pub fn audit(&self) -> Audit {
        audit::audit(self)
    }

    /// One finding, asset or rule.
    pub fn show(&self, reference: &str) -> Result<Shown, NoSuch> {
        card::show(self, reference)
    }

    /// How a finding was made, or what a rule says.
    pub fn explain(&self, reference: &str) -> Result<Shown, NoSuch> {
        explain::explain(self, reference)
    }

    /// What feeds an asset or column, and what reads it.
    pub fn lineage(&self, reference: &str, up: u32, down: u32) -> Result<Lineage, NoSuch> {
        lineage::lineage(self, reference, up, down)
    }

    /// Every job with what it reads and makes, and its code where that is wanted; or those around one asset, as far as
    /// asked.
    pub fn graph(
        &self,
        around: Option<Around<'_>>,
        code: Option<Literals>,
    ) -> Result<Graph, NoSuch> {
        graph::graph(self, around, code)
    }

    /// Keys of every asset.
    pub fn assets(&self) -> impl Iterator<Item = &str> {
        self.estate.assets.iter().map(|asset| asset.key.as_str())
    }

    /// Every asset that has named columns, by key, with their names in order.
    pub fn columns(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.estate.assets.iter().filter(|asset| asset.rel.is_some()).map(|asset| {
            let names = asset.columns.iter().filter_map(|column| column.name.as_ref());
            (asset.key.as_str(), names.map(plumb_base::Name::as_str).collect())
        })
    }

    /// Whether what some SQL computes is here already; a file of the platform is compared with all others.
    ///
    /// The plans of the SQL stay in memory with those of the platform.
    pub fn exists(&mut self, sql: &Source, dialect: Option<&str>) -> Exists {
        exists::exists(self, sql, dialect)
    }

    /// What is called like some words, or has columns that are.
    pub fn named(&self, words: &str) -> Exists {
        named::named(self, words)
    }

    /// Whether two queries give the same rows: shown, refuted with rows, or not known.
    pub fn prove(&mut self, sides: [&Side; 2], dialect: Option<&str>) -> Result<Proved, NoSuch> {
        prove::prove(self, sides, dialect)
    }

    /// Every number with a name, or those of one name.
    pub fn metrics(&self, name: Option<&str>) -> Result<Metrics, NoSuch> {
        metrics::metrics(self, name)
    }

    /// What was billed and who caused it; an error where that does not add up, and why.
    pub fn cost(&self, by: By, idle: IdlePolicy, period: Period) -> Result<Cost, Imbalance> {
        cost::cost(self, by, idle, period)
    }

    /// Whose the money is; an error where that does not add up, and why.
    pub fn owners(&self, period: Period) -> Result<Owners, Imbalance> {
        owners::owners(self, period)
    }

    /// What was found, as far as settings speak of it.
    pub fn setup(&self) -> Setup {
        setup::setup(self)
    }

    /// What was found, and what would let plumb see more; `kept` rows of earlier runs are in a store.
    pub fn doctor(&self, kept: usize) -> Doctor {
        doctor::doctor(self, kept)
    }
}
