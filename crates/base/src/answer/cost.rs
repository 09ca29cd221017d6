//! `plumb cost`: what was billed, and who caused it.

use serde::{Deserialize, Serialize};

use super::Using;
use crate::{Money, Nanos, Problem};

/// What was billed, row by row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cost {
    /// What the root is called.
    pub root: String,
    /// What rows are: `team`, `asset`, …
    pub by: String,
    /// What became of idle: `apart`, `proportional`, `owner`.
    pub idle: String,
    /// First and last day that was charged.
    pub days: Option<(String, String)>,
    /// The same of everything that was read, whatever the period.
    pub read: Option<(String, String)>,
    /// One for each currency, the most charges first.
    pub accounts: Vec<Account>,
    /// Where prices came from, a clause each.
    pub basis: Vec<String>,
    /// Use that has no price: how much, and of what.
    pub unpriced: Vec<(String, String)>,
    /// What should be known when the figures are read.
    pub notes: Vec<String>,
    /// What was read.
    pub using: Vec<Using>,
    /// What could not be read of it.
    pub problems: Vec<Problem>,
}

/// Everything that was billed in one currency: the parts sum to it, and so do the rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// What was billed.
    pub billed: Money,
    /// How it falls into parts.
    pub parts: Parts,
    /// The same in cents: as printed, they sum to the bill as printed.
    pub cents: Parts,
    /// Rows, the dearest first; what nobody caused last.
    pub rows: Vec<CostRow>,
    /// How much was told by which method: its id, what it means, and the amount.
    pub methods: Vec<(String, String, Nanos)>,
}

/// Parts of an amount, in billionths unless it is said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Parts {
    /// Somebody's work.
    pub attributed: Nanos,
    /// Idle in hours in which something ran.
    pub idle_in_hour: Nanos,
    /// Idle for whole hours.
    pub idle_whole_hour: Nanos,
    /// What the platform did by itself.
    pub overhead: Nanos,
    /// What is not known.
    pub unattributed: Nanos,
}

impl Parts {
    /// Idle of both kinds.
    pub fn idle(&self) -> Nanos {
        self.idle_in_hour + self.idle_whole_hour
    }

    /// Each part.
    pub fn each(&self) -> [Nanos; 5] {
        [self.attributed, self.idle_in_hour, self.idle_whole_hour, self.overhead, self.unattributed]
    }

    /// Parts in the order of [`Self::each`].
    pub fn of(each: [Nanos; 5]) -> Self {
        let [attributed, idle_in_hour, idle_whole_hour, overhead, unattributed] = each;
        Self { attributed, idle_in_hour, idle_whole_hour, overhead, unattributed }
    }

    /// All of it.
    pub fn total(&self) -> Nanos {
        self.each().iter().sum()
    }
}

/// What one row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowKind {
    /// What was asked for: a team, an asset, …
    Named,
    /// Somebody's work, of whom what was asked for is not known.
    NotNamed,
    /// Idle.
    Idle,
    /// What the platform did by itself.
    Overhead,
    /// What is not known.
    Unattributed,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostRow {
    /// What it is.
    pub kind: RowKind,
    /// Its name.
    pub name: String,
    /// What it costs, by part.
    pub parts: Parts,
    /// The same in cents: as printed, rows sum to the bill and its parts.
    pub cents: Parts,
    /// How often it ran, where each run is known.
    pub runs: u64,
    /// Whose it is.
    pub owner: Option<String>,
    /// Key of the asset, where a workload is known to compute one.
    pub asset: Option<String>,
    /// How it was told, and how sure that is.
    pub told: Option<(String, String)>,
}
