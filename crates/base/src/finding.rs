//! One finding: what, how much, how sure, whom to ask, what to do.

use serde::{Deserialize, Serialize};

use crate::{Digest, Hasher, Message, Money, Place, short_id};

/// How sure a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Follows from the code, by the steps that are listed.
    Proved,
    /// Seen in a record or in the code as it stands.
    Observed,
    /// The output of a model.
    Estimated,
    /// Nobody looked.
    NotChecked,
}

impl Evidence {
    /// The word that is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Observed => "observed",
            Self::Estimated => "estimated",
            Self::NotChecked => "not checked",
        }
    }
}

/// One reason for a finding, with how sure it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reason {
    /// How sure.
    pub evidence: Evidence,
    /// One clause.
    pub message: Message,
}

/// One asset a finding speaks of, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subject {
    /// Stable key of the asset.
    pub asset: String,
    /// Where in its code.
    pub place: Place,
}

/// What a finding would save.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Saving {
    /// No number, and why: unknown is never zero.
    NotGiven(String),
    /// A range per month.
    PerMonth {
        /// Low end.
        low: Money,
        /// High end.
        high: Money,
    },
}

impl Saving {
    /// What two changes save that have nothing in common; of one of which nothing is known, the other counts alone.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::PerMonth { low, high }, Self::PerMonth { low: less, high: more })
                if low.currency == less.currency =>
            {
                let sum = |one: Money, two: Money| Money { nanos: one.nanos + two.nanos, ..one };
                Self::PerMonth { low: sum(low, less), high: sum(high, more) }
            }
            (Self::NotGiven(_), given @ Self::PerMonth { .. }) => given,
            (one, _) => one,
        }
    }
}

/// Whom to talk to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Owner {
    /// The person or team.
    pub name: String,
    /// How we know: `dbt group`, `meta.owner in models/x.yml`.
    pub source: String,
}

impl Owner {
    /// What the source of an owner begins with whom only the history of a file names.
    pub const HISTORY: &str = "git: ";

    /// Whether a key of tags or of `meta` names an owner: its last word says so.
    pub fn is_key(key: &str) -> bool {
        let last = key.rsplit(['_', '-', ' ', '.']).next().unwrap_or(key);
        ["owner", "owners"].iter().any(|word| last.eq_ignore_ascii_case(word))
    }

    /// Whether nobody said so: it is who changed a file most.
    pub fn is_guess(&self) -> bool {
        self.source.starts_with(Self::HISTORY)
    }
}

/// What to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Action {
    /// One clause that says what to do.
    pub message: Message,
    /// Why this way and not the other, such as which copy stays.
    pub because: Vec<Message>,
    /// The file to change and its new text, where the fix is ready.
    pub patch: Option<(String, String)>,
}

/// Small tables on which subjects of a finding give different rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Example {
    /// Rows of tables, as `INSERT`s, one a line.
    pub database: Vec<String>,
    /// What each gives on them: its name, and its rows, one a line.
    pub gives: Vec<(String, Vec<String>)>,
}

/// One judgement, with everything a renderer needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// `F-` and six characters; survives moves and reformatting.
    pub id: String,
    /// Code of the rule, such as `DUP001`.
    pub rule: String,
    /// Name of the rule, such as `duplicate-dataset`.
    pub name: String,
    /// What is the case.
    pub message: Message,
    /// The assets concerned; the first is where a person should look first.
    pub subjects: Vec<Subject>,
    /// The weakest evidence the message rests on.
    pub evidence: Evidence,
    /// Why we say so, strongest first.
    pub because: Vec<Reason>,
    /// Size of the work concerned, in plan nodes × places; ranks findings that have no money yet.
    pub weight: u64,
    /// What it would save.
    pub saving: Saving,
    /// Whom to talk to, if anybody is known.
    pub owners: Vec<Owner>,
    /// What to do.
    pub action: Option<Action>,
    /// Rows that show in what the subjects differ.
    #[serde(default)]
    pub example: Option<Example>,
    /// SQL that gives the rows of the first subject from what exists already.
    #[serde(default)]
    pub instead: Option<String>,
}

impl Finding {
    /// The id of a finding: rule, stable keys of the subjects in any order, and the plan where there is one.
    pub fn id_of(rule: &str, assets: &[&str], plan: Option<Digest>) -> String {
        let mut hasher = Hasher::new("finding");
        hasher.text(rule);
        let mut sorted = assets.to_vec();
        sorted.sort_unstable();
        for asset in sorted {
            hasher.text(asset);
        }
        if let Some(plan) = plan {
            hasher.digest(plan);
        }
        format!("F-{}", short_id(hasher.finish(), 6))
    }
}
