//! Metrics: numbers with a name, as the platform declares them.

use std::cmp::Ordering;

use plumb_base::{Owner, Place};

/// A metric, with the measure that it stands on written into it.
///
/// Expressions and filters are as they are written, in the dialect that is named; filters of semantic layers hold
/// templates such as `{{ Dimension('order__state') }}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metric {
    /// Its name.
    pub name: String,
    /// Label for people.
    pub label: Option<String>,
    /// Description.
    pub description: String,
    /// `simple`, `ratio`, `derived`, `cumulative`, `conversion`.
    pub kind: String,
    /// Name of the project it belongs to.
    pub project: String,
    /// Key of the asset it counts on; none where it is made of other metrics.
    pub asset: Option<String>,
    /// How its expression is aggregated: `sum`, `count_distinct`.
    pub aggregate: Option<String>,
    /// SQL of what is aggregated, or of what is computed from other metrics.
    pub expression: Option<String>,
    /// Conditions on rows, all of which hold.
    pub filters: Vec<String>,
    /// What it is made of, in order.
    pub inputs: Vec<MetricInput>,
    /// What it can be grouped by.
    pub dimensions: Vec<MetricDimension>,
    /// Its time column.
    pub time: Option<String>,
    /// Window of a cumulative or conversion metric, such as `7 days`.
    pub window: Option<String>,
    /// Name of the dialect its SQL is written in.
    pub dialect: Option<&'static str>,
    /// Owners, the strongest first.
    pub owners: Vec<Owner>,
    /// Where it is declared.
    pub place: Option<Place>,
}

impl Metric {
    /// By project, name and place.
    pub(crate) fn before(&self, other: &Self) -> Ordering {
        (&self.project, &self.name, &self.place).cmp(&(&other.project, &other.name, &other.place))
    }
}

/// A metric, or a measure, as a part of a metric.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MetricInput {
    /// `measure`, `metric`, `numerator`, `denominator`, `base`, `conversion`.
    pub role: String,
    /// Its name.
    pub name: String,
    /// What the expression calls it.
    pub alias: Option<String>,
    /// Conditions on its rows.
    pub filters: Vec<String>,
    /// How far back in time it looks.
    pub offset: Option<String>,
}

/// What a metric can be grouped by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MetricDimension {
    /// Its name.
    pub name: String,
    /// SQL of it.
    pub expression: String,
}
