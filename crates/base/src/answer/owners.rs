//! `plumb owners`: whose the money is, and what of it is nobody's.

use serde::{Deserialize, Serialize};

use crate::{Money, Nanos};

/// Whose the money is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Owners {
    /// Whether only what has no owner is asked for.
    pub gaps: bool,
    /// First and last day that was charged.
    pub days: Option<(String, String)>,
    /// The same of everything that was read, whatever the period.
    pub read: Option<(String, String)>,
    /// One for each currency, the most charges first.
    pub accounts: Vec<Owned>,
}

/// Everything that was billed in one currency, by whose it is: the four amounts sum to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owned {
    /// What was billed.
    pub billed: Money,
    /// What has an owner, what has none though somebody caused it, what is for everybody, what is not known.
    pub parts: [Nanos; 4],
    /// The same in cents: as printed, they sum to the bill as printed.
    pub cents: [Nanos; 4],
    /// Owners, the dearest first; they sum to the first part.
    pub owners: Vec<OwnerRow>,
    /// What has no owner, the dearest first; they sum to the second part.
    pub unowned: Vec<Unowned>,
    /// What somebody's work cost, and how much of that has any tag.
    pub tagged: (Nanos, Nanos),
    /// Keys of tags with what each covers, the most first.
    pub tags: Vec<(String, Nanos)>,
}

/// An owner of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerRow {
    /// Name of a team, else of a person.
    pub name: String,
    /// How much is theirs.
    pub nanos: Nanos,
    /// The same in cents.
    pub cents: Nanos,
    /// How it is known, with how much of it; the most first.
    pub how: Vec<(String, Nanos)>,
}

/// Money that has no owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unowned {
    /// What it is for.
    pub name: String,
    /// How much.
    pub nanos: Nanos,
    /// The same in cents.
    pub cents: Nanos,
    /// Who changed its file most.
    pub changed_by: Option<String>,
    /// Who ran most of it.
    pub run_by: Option<String>,
    /// A rule of settings that would give it an owner, but for the name.
    pub rule: Option<String>,
}
