//! Who pays for what: charges split among those who caused them, to the last unit.
//!
//! This crate never uses a floating-point number, never loses or invents a unit of money, and never shows a
//! cost it does not know: unknown is not zero.
#![warn(clippy::disallowed_methods, reason = "ask the World")]
#![deny(clippy::float_arithmetic)]

mod split;

pub use split::split;

use plumb_base::Saving;
use plumb_estate::Asset;

/// What is known of the costs of an estate.
#[derive(Debug, Clone)]
pub struct Ledger(());

impl Ledger {
    /// A ledger without a bill.
    pub fn empty() -> Self {
        Self(())
    }

    /// What an asset costs and so would save; says why where it is not known.
    pub fn saving(&self, _: &Asset) -> Saving {
        Saving::NotGiven("no bill was read".to_owned())
    }
}
