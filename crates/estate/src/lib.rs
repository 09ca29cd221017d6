//! The platform at one moment: assets, what each computes, and what flows where.
//!
//! This crate never reads a file and never judges: it says what is. It knows no dialect beyond asking which
//! one a text is written in.
#![warn(clippy::disallowed_methods, reason = "ask the World")]

mod asset;
mod binding;
mod bundles;
mod columns;
mod constraints;
mod dashboards;
mod dbt;
mod describe;
mod dropped;
mod export;
mod files;
mod forms;
mod given;
mod guess;
mod incremental;
mod kept;
mod kinds;
mod known;
mod lineage;
mod measure;
mod metric;
mod names;
mod notebooks;
mod order;
mod outline;
mod owners;
mod pattern;
mod places;
mod plans;
mod promises;
mod question;
mod read;
mod script;
mod session;
mod side;
mod speech;
mod statement;
mod trace;
mod types;
mod version;
mod worlds;
mod written;

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Problem, Tally, answer::NotCovered, answer::Using};
use plumb_ir::Arena;

pub use asset::{Added, Asset, AssetColumn, AssetKind, Code, Detail, Incremental, Plan, Snapshot};
pub use columns::Source;
pub use kept::Kept;
pub use lineage::{AssetFlows, ColumnFlow, Flows, downstream, upstream};
pub use measure::Measure;
pub use metric::{Metric, MetricDimension, MetricInput};
pub use owners::WarehouseOwners;
pub use promises::{AcceptedValues, ForeignKey, Key, NotNull, Promises, Trust};
pub use question::{Asked, Question};
pub use read::{Depth, Options, read, read_again, side_by_side};
pub use written::Written;

/// Everything that was found, understood as far as it can be.
pub struct Estate {
    /// Every plan of every asset.
    pub arena: Arena,
    /// Assets, by key.
    pub assets: Vec<Asset>,
    /// Position of an asset, by key.
    pub index: BTreeMap<String, usize>,
    /// Metrics that are declared, by project and name.
    pub metrics: Vec<Metric>,
    /// Metrics, and measures of dashboards, whose formula could be read.
    pub measures: Vec<Measure>,
    /// What could not be read, by place.
    pub problems: Vec<Problem>,
    /// Statements by how well they were read.
    pub coverage: Tally,
    /// What was seen and is not read.
    pub not_covered: Vec<NotCovered>,
    /// What was found and used.
    pub using: Vec<Using>,
    /// Who watches for cost drift.
    pub drift_watcher: Option<String>,
    /// What it takes to bind one more statement.
    memory: question::Memory,
}

impl Estate {
    /// The asset of a key.
    pub fn asset(&self, key: &str) -> Option<&Asset> {
        let at = self.index.get(key).or_else(|| self.index.get(version::table(key)?))?;
        Some(&self.assets[*at])
    }

    /// Whether `reader` reads any of some assets, directly or through others.
    pub fn depends(&self, reader: usize, sources: &BTreeSet<usize>) -> bool {
        let (mut seen, mut work) = (BTreeSet::new(), vec![reader]);
        while let Some(at) = work.pop() {
            for next in &self.assets[at].reads {
                if sources.contains(next) {
                    return true;
                }
                if seen.insert(*next) {
                    work.push(*next);
                }
            }
        }
        false
    }

    /// Everything that `reader` reads, directly or through others.
    pub fn sources(&self, reader: usize) -> BTreeSet<usize> {
        let (mut seen, mut work) = (BTreeSet::new(), vec![reader]);
        while let Some(at) = work.pop() {
            work.extend(self.assets[at].reads.iter().filter(|next| seen.insert(**next)));
        }
        seen
    }
}
