//! `plumb metrics`: numbers with a name, and what each is.

use serde::{Deserialize, Serialize};

use crate::{Message, Owner, Place, Tally};

/// `plumb metrics`: every number with a name, or those of one name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Metrics {
    /// The name that was asked for.
    pub asked: Option<String>,
    /// Names: those a finding speaks of, then those somebody declared, then those with more definitions.
    pub metrics: Vec<MetricCard>,
    /// Statements of the platform by how well they were read: what was not read names nothing here.
    pub coverage: Tally,
}

/// A name that numbers have.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MetricCard {
    /// The name, as it is written most.
    pub name: String,
    /// Whether somebody declared it: as a metric, or as a measure of a dashboard.
    pub declared: bool,
    /// What is meant by it, the most used first.
    pub definitions: Vec<DefinitionCard>,
    /// The finding that says that its definitions differ.
    pub finding: Option<String>,
}

/// One thing that a name means.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DefinitionCard {
    /// The formula, down to columns of tables, with the conditions on the rows.
    pub formula: Message,
    /// Where it stands.
    pub places: Vec<MetricPlace>,
    /// Other names of the same definition.
    pub also: Vec<String>,
}

/// A place where a number with a name stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MetricPlace {
    /// The asset that shows it, or that a metric counts on.
    pub asset: String,
    /// Where.
    pub place: Place,
    /// Whether it is declared there, rather than computed in a column.
    pub declared: bool,
    /// Owners, the strongest first.
    pub owners: Vec<Owner>,
}

impl MetricCard {
    /// Places of all definitions.
    pub fn places(&self) -> usize {
        self.definitions.iter().map(|it| it.places.len()).sum()
    }
}
