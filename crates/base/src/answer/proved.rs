//! `plumb prove`: whether two queries give the same rows.

use serde::{Deserialize, Serialize};

use crate::{Message, Place, Problem};

/// `plumb prove`: what is said of two queries.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Proved {
    /// The first.
    pub left: Compared,
    /// The second.
    pub right: Compared,
    /// What is said of them.
    pub judged: Judged,
    /// How their columns were paired.
    pub paired: Paired,
    /// Columns that were compared, as the first calls them, in its order.
    pub columns: Vec<String>,
    /// What sameness rests on.
    pub assumptions: Vec<Message>,
    /// Rules that the proof is made of, with how often each was used.
    pub rules: Vec<(String, usize)>,
    /// Small databases on which the proof was tried.
    pub trials: usize,
    /// How much of the proof the checker replayed.
    pub replayed: Replayed,
    /// Rows of tables on which they differ, as `INSERT`s.
    pub database: Vec<String>,
    /// Why nothing is known, if so.
    pub obstacle: Option<String>,
    /// What could not be read of what was asked.
    pub problems: Vec<Problem>,
}

/// How much of a proof was replayed by a checker.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Replayed {
    /// Steps that hold by a law.
    pub steps: usize,
    /// All steps.
    pub of: usize,
    /// Steps that were not replayed, by rule, with how many.
    pub missed: Vec<(String, usize)>,
}

/// One of two queries.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Compared {
    /// What it is called: an asset, a file.
    pub name: String,
    /// Where it stands.
    pub place: Option<Place>,
    /// Columns that the other one has not.
    pub only: Vec<String>,
    /// The rows it gives where they differ.
    pub rows: Vec<String>,
}

/// What is said of two queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Judged {
    /// The same rows, each as often, on all databases.
    Same,
    /// There are databases on which they differ.
    Different,
    /// Nobody knows.
    #[default]
    Unknown,
}

/// How columns of two queries were paired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Paired {
    /// Those of one name.
    #[default]
    ByName,
    /// As they stand.
    ByPlace,
    /// Those that are computed alike, where the plans are one.
    ByPlan,
}

impl Judged {
    /// The word that machines read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Different => "different",
            Self::Unknown => "unknown",
        }
    }
}
