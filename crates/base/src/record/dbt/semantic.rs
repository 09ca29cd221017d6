//! What numbers mean: semantic models, metrics and saved queries, as three generations of dbt spell them.

use crate::Place;

/// A model described for queries: what can be counted, by what, and how it joins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SemanticModel {
    /// Package that declares it.
    pub package: String,
    /// Its name.
    pub name: String,
    /// Description.
    pub description: String,
    /// The model it stands on, as written: `ref('orders')`.
    pub model: String,
    /// Time dimension of measures that name none.
    pub time: Option<String>,
    /// What joins it to others.
    pub entities: Vec<Entity>,
    /// What its measures can be grouped by.
    pub dimensions: Vec<Dimension>,
    /// What can be aggregated.
    pub measures: Vec<Measure>,
    /// Where it is declared.
    pub place: Option<Place>,
}

/// Columns that identify something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entity {
    /// Its name, the same in all semantic models.
    pub name: String,
    /// `primary`, `unique`, `foreign`, `natural`.
    pub kind: String,
    /// SQL of it; without one it is the column of its name.
    pub expression: Option<String>,
}

/// What measures can be grouped by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dimension {
    /// Its name.
    pub name: String,
    /// `time` or `categorical`.
    pub kind: String,
    /// SQL of it; without one it is the column of its name.
    pub expression: Option<String>,
    /// Finest grain of a time dimension.
    pub grain: Option<String>,
}

/// An aggregation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Measure {
    /// Its name.
    pub name: String,
    /// Label for people.
    pub label: Option<String>,
    /// Description.
    pub description: String,
    /// `sum`, `count_distinct`, `average`, …
    pub aggregate: String,
    /// SQL of what is aggregated; without one it is the column of its name.
    pub expression: Option<String>,
    /// Its time dimension, where it names one.
    pub time: Option<String>,
    /// Where it is declared.
    pub place: Option<Place>,
}

/// A metric.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metric {
    /// Package that declares it.
    pub package: String,
    /// Its name.
    pub name: String,
    /// Label for people.
    pub label: Option<String>,
    /// Description.
    pub description: String,
    /// `simple`, `ratio`, `derived`, `cumulative`, `conversion`; before dbt 1.6 the way it is calculated.
    pub kind: String,
    /// The model it stands on, where it names one: `ref('orders')`.
    pub model: Option<String>,
    /// Measures and metrics that it is made of, in order.
    pub inputs: Vec<MetricInput>,
    /// How its expression is aggregated, where it says so itself.
    pub aggregate: Option<String>,
    /// SQL of it, as written.
    pub expression: Option<String>,
    /// Conditions on rows, as written.
    pub filters: Vec<String>,
    /// What it can be grouped by, where it lists it.
    pub dimensions: Vec<String>,
    /// Its time dimension, where it names one.
    pub time: Option<String>,
    /// Grains of time that it lists.
    pub grains: Vec<String>,
    /// Window of a cumulative or conversion metric.
    pub window: Option<String>,
    /// Owner's name, from its `meta`.
    pub owner: Option<String>,
    /// Its group.
    pub group: Option<String>,
    /// Where it is declared.
    pub place: Option<Place>,
}

/// A measure or a metric as a part of a metric.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MetricInput {
    /// `measure`, `metric`, `numerator`, `denominator`, `base`, `conversion`.
    pub role: String,
    /// Its name.
    pub name: String,
    /// What the expression calls it.
    pub alias: Option<String>,
    /// Conditions on its rows, as written.
    pub filters: Vec<String>,
    /// How far back in time it looks.
    pub offset: Option<String>,
}

/// A query over metrics that somebody keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SavedQuery {
    /// Package that declares it.
    pub package: String,
    /// Its name.
    pub name: String,
    /// Description.
    pub description: String,
    /// Metrics it asks for.
    pub metrics: Vec<String>,
    /// What it groups by, as written.
    pub group_by: Vec<String>,
    /// Conditions, as written.
    pub filters: Vec<String>,
    /// Where it is declared.
    pub place: Option<Place>,
}
