//! Who pays for what: charges split among those who caused them, to the last unit.
//!
//! This crate never uses a floating-point number, never loses or invents a unit of money, and never shows a
//! cost it does not know: unknown is not zero.
#![warn(clippy::disallowed_methods, reason = "ask the World")]
#![deny(clippy::float_arithmetic)]

mod access;
mod again;
mod apart;
mod book;
mod cause;
mod charge;
mod clusters;
mod commitments;
mod databricks;
mod forms;
mod hashes;
mod hours;
mod join;
mod lasting;
#[cfg(test)]
mod laws;
mod lines;
mod metered;
mod month;
mod names;
mod nodes;
mod object_tags;
mod payer;
mod period;
mod policy;
mod prices;
mod reading;
mod resources;
mod running;
mod services;
mod snowflake;
mod spark;
mod split;
mod stages;
mod statement;
mod tag;
mod versions;
mod workload;

pub use book::{Imbalance, Ledger, Sums};
pub use cause::Cause;
pub use charge::{Allocation, Charge, Method, Share, Unit};
pub use join::{Assets, assets};
pub use month::Left;
pub use names::{NameId, Names};
pub use nodes::ClusterLoad;
pub use payer::{Payer, Payers};
pub use period::{Period, Since};
pub use policy::IdlePolicy;
pub use prices::Contract;
pub use reading::Reading;
pub use split::{in_units, rounded, split};
pub use stages::{Skewed, Spilled, StageTrouble};
pub use statement::template;
pub use workload::{Confidence, Told, Workload, WorkloadKind};

impl Ledger {
    /// A ledger without a bill.
    pub fn empty() -> Self {
        Self::default()
    }
}
