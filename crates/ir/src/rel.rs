//! Relational operators.
//!
//! A `FROM` clause with its joins and filters is one node, [`From`], and every column it binds is named by
//! *input and field*. Projection and aggregation sit directly on it. So joins have no order to undo, aliases
//! do not exist, and two plans that join and filter alike share the node, whatever they project.

use serde::{Deserialize, Serialize};

use crate::{FromId, RelId, ScalarId, SortKey, Symbol};

/// How the inputs of a [`From`] are joined; leaves are indices of inputs, each exactly once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Tree {
    /// One input.
    Input(u32),
    /// All combinations; what they must satisfy stands in the filter of the [`From`].
    Inner(Vec<Self>),
    /// Each row of the left side with its matches on the right, or with NULLs.
    Left {
        /// The preserved side.
        left: Box<Self>,
        /// The side that is filled with NULLs.
        right: Box<Self>,
        /// Conjuncts that make a match.
        on: Vec<ScalarId>,
    },
    /// Rows of a part that satisfy all conjuncts; only below an outer join that keeps it from moving out.
    Where {
        /// The rows.
        part: Box<Self>,
        /// The conjuncts.
        on: Vec<ScalarId>,
    },
    /// As [`Tree::Left`], with both sides preserved.
    Full {
        /// One side.
        left: Box<Self>,
        /// The other side.
        right: Box<Self>,
        /// Conjuncts that make a match.
        on: Vec<ScalarId>,
    },
}

/// Joined and filtered inputs: what a SQL `FROM … WHERE …` means.
///
/// It is one scope. Inputs and subqueries below it see it at depth 1; an input that does so is lateral and
/// may only see inputs before it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct From {
    /// The relations that are joined.
    pub inputs: Vec<RelId>,
    /// How they are joined.
    pub tree: Tree,
    /// Conjuncts that must be true after all joins.
    pub filter: Vec<ScalarId>,
}

/// One output of a [`Rel::Project`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Out {
    /// A column, addressed from above by its position in the list.
    Column(ScalarId),
    /// Every column of an input that nobody has listed, addressed from above by name.
    Star {
        /// Which input; its columns are not known, or not all.
        input: u32,
        /// Columns left out, sorted by spelling.
        except: Vec<Symbol>,
    },
}

/// Set operators other than `UNION ALL`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SetKind {
    /// Rows of the left that the right has too.
    Intersect,
    /// Rows of the left that the right has not.
    Except,
}

/// A relation: a bag of rows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Rel {
    /// A named table; its columns are addressed by name.
    Scan {
        /// Canonical spelling of its name.
        table: Symbol,
    },
    /// Rows written out.
    Values {
        /// Columns per row.
        width: u32,
        /// The rows.
        rows: Vec<Vec<ScalarId>>,
    },
    /// A list of outputs for each row of a [`From`]; may hold window calls.
    Project {
        /// Rows.
        from: FromId,
        /// Outputs.
        out: Vec<Out>,
    },
    /// One row per distinct keys; outputs are the keys, then the calls.
    Aggregate {
        /// Rows.
        from: FromId,
        /// Grouping keys.
        keys: Vec<ScalarId>,
        /// Aggregate calls.
        calls: Vec<ScalarId>,
        /// Whether there is no `GROUP BY`: then there is one row even for no input rows.
        scalar: bool,
    },
    /// Each distinct row once.
    Distinct {
        /// Rows.
        input: RelId,
    },
    /// All rows of all inputs, matched by position: `UNION ALL`.
    Union {
        /// At least one.
        inputs: Vec<RelId>,
    },
    /// `INTERSECT` or `EXCEPT`.
    Set {
        /// Which.
        kind: SetKind,
        /// Whether it counts duplicates.
        all: bool,
        /// Left side.
        left: RelId,
        /// Right side.
        right: RelId,
    },
    /// The first rows in some order. Scalars see the input as input 0.
    Limit {
        /// Rows.
        input: RelId,
        /// Order; may be partial or empty, and then the choice is not determined.
        order: Vec<SortKey>,
        /// How many rows.
        limit: Option<ScalarId>,
        /// How many rows are skipped first.
        offset: Option<ScalarId>,
    },
    /// A table function such as `flatten` or `generate-series`; its columns are addressed by name.
    Call {
        /// Canonical name.
        function: Symbol,
        /// Arguments; depth 1 is the [`From`] it stands in.
        args: Vec<ScalarId>,
    },
    /// Something not understood. It equals only what has the same key and inputs.
    Opaque {
        /// Why, in kebab-case.
        why: Symbol,
        /// What it was: a digest of its text, made unique where the text does not decide the meaning.
        key: Symbol,
        /// Relations it reads.
        inputs: Vec<RelId>,
    },
}
