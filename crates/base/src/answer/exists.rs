//! `plumb exists`: whether what somebody is about to build is there already.

use serde::{Deserialize, Serialize};

use crate::{Evidence, Message, Owner, Place, Problem, Tally};

/// `plumb exists`: each query that was asked about, or the names that words fit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Exists {
    /// What was asked about: the path of a file, `-`, or words.
    pub asked: String,
    /// The dialect it was read in, where it is SQL.
    pub dialect: Option<String>,
    /// Each query in it.
    pub queries: Vec<Draft>,
    /// Assets that words fit, the best first.
    pub named: Vec<Match>,
    /// What of the text could not be read.
    pub problems: Vec<Problem>,
    /// Statements of the platform by how well they were read: what was not read was not compared.
    pub coverage: Tally,
}

/// A query that is asked about, and what there is of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Draft {
    /// Where it stands.
    pub place: Option<Place>,
    /// Its columns, as far as they have names.
    pub columns: Vec<String>,
    /// Tables it is made of, in the end.
    pub tables: Vec<String>,
    /// Tables of those that nobody here builds, reads or declares.
    pub unknown: Vec<String>,
    /// Fingerprint of its normal form.
    pub fingerprint: Option<String>,
    /// Why equality cannot be told, where it cannot.
    pub undecided: Option<String>,
    /// Assets that hold the same rows and every column of it.
    pub fits: Vec<Match>,
    /// Parts of it that stand in assets, the heaviest first.
    pub parts: Vec<SharedPart>,
    /// Assets that are made of the same tables, the nearest first; before them one from which it is derived.
    pub near: Vec<Match>,
    /// SQL that reads the first that fits, or from which it is derived, with the names that were asked for.
    pub instead: Option<String>,
}

/// An asset that answers, wholly or nearly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// Its key.
    pub asset: String,
    /// What it is.
    pub kind: String,
    /// Where its code stands.
    pub place: Option<Place>,
    /// How sure it is.
    pub evidence: Evidence,
    /// In what it fits, or how near it is.
    pub why: Vec<Message>,
    /// Columns it has beside those that were asked for.
    pub more_columns: usize,
    /// Assets that read it.
    pub readers: usize,
    /// Owners, the strongest first.
    pub owners: Vec<Owner>,
}

/// A join or grouping of a query that assets compute already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedPart {
    /// What it is.
    pub what: Message,
    /// Whether it is all the query does before it picks its columns.
    pub whole: bool,
    /// Keys of the assets that hold it, those with more readers first.
    pub assets: Vec<String>,
    /// How sure it is.
    pub evidence: Evidence,
}
