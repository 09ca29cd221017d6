//! How one column takes part in another.

use serde::{Deserialize, Serialize};

/// How a source takes part in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flow {
    /// The value as it is.
    Identity,
    /// A value computed from it.
    Transformation,
    /// A value of many rows.
    Aggregation,
    /// It decides the value without being part of it: `CASE WHEN`.
    Conditional,
    /// It decides which rows meet.
    Join,
    /// It decides which rows stay.
    Filter,
    /// It decides which rows fall together.
    Group,
    /// It decides an order that decides rows.
    Sort,
    /// It decides the window of a call.
    Window,
}

impl Flow {
    /// All of them, in order.
    pub const ALL: [Self; 9] = [
        Self::Identity,
        Self::Transformation,
        Self::Aggregation,
        Self::Conditional,
        Self::Join,
        Self::Filter,
        Self::Group,
        Self::Sort,
        Self::Window,
    ];

    /// The word that is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Transformation => "transformation",
            Self::Aggregation => "aggregation",
            Self::Conditional => "conditional",
            Self::Join => "join",
            Self::Filter => "filter",
            Self::Group => "group",
            Self::Sort => "sort",
            Self::Window => "window",
        }
    }

    /// Whether the value itself flows.
    pub fn is_direct(self) -> bool {
        matches!(self, Self::Identity | Self::Transformation | Self::Aggregation)
    }
}
