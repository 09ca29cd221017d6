//! Scalar operators.

use serde::{Deserialize, Serialize};

use crate::{Literal, RelId, ScalarId, Symbol, Type};

/// A column of one input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Field {
    /// By position among the outputs of a projection, an aggregation or rows written out.
    At(u32),
    /// By name: of a scan, of a table function, or through the star of a projection.
    Named(Symbol),
}

/// A sort key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SortKey {
    /// What is compared.
    pub value: ScalarId,
    /// Whether larger values come first.
    pub descending: bool,
    /// Whether NULLs come first; dialects differ, so it is always written out.
    pub nulls_first: bool,
}

/// What a frame counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum FrameUnit {
    /// Rows.
    Rows,
    /// Distance of the sort key.
    Range,
    /// Groups of peers.
    Groups,
}

/// One end of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Bound {
    /// The first row of the partition.
    First,
    /// So much before the current row.
    Before(ScalarId),
    /// The current row.
    Current,
    /// So much after the current row.
    After(ScalarId),
    /// The last row of the partition.
    Last,
}

/// The rows a window call looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Frame {
    /// What it counts in.
    pub unit: FrameUnit,
    /// Where it begins.
    pub start: Bound,
    /// Where it ends.
    pub end: Bound,
}

/// A scalar: one value per row.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scalar {
    /// A column of an input of the scope `depth` levels out; 0 is the scope the scalar stands in.
    Column {
        /// Scopes to go out.
        depth: u32,
        /// Which input of that scope.
        input: u32,
        /// Which of its columns.
        field: Field,
    },
    /// The column of this name of whichever of these inputs has it: nobody knows their columns.
    Either {
        /// Scopes to go out.
        depth: u32,
        /// The inputs, ascending.
        inputs: Vec<u32>,
        /// The name.
        name: Symbol,
    },
    /// A constant.
    Literal(Literal),
    /// A call of a function with a canonical name.
    Call {
        /// Canonical name; an unknown function has its dialect in front, as in `snowflake.foo`.
        function: Symbol,
        /// Arguments.
        args: Vec<ScalarId>,
    },
    /// `CASE WHEN … THEN … ELSE … END`.
    Case {
        /// Conditions and results, in order.
        branches: Vec<(ScalarId, ScalarId)>,
        /// The result when none is true; NULL if absent.
        otherwise: Option<ScalarId>,
    },
    /// A conversion.
    Cast {
        /// What is converted.
        value: ScalarId,
        /// To which type.
        to: Type,
        /// Whether what cannot be converted becomes NULL rather than an error.
        safe: bool,
    },
    /// An aggregate call; stands only among the calls of an aggregation.
    Aggregate {
        /// Canonical name.
        function: Symbol,
        /// Arguments; none for `count` means all rows.
        args: Vec<ScalarId>,
        /// Whether equal arguments count once.
        distinct: bool,
        /// Only rows for which this is true.
        filter: Option<ScalarId>,
        /// Order of the rows, where it matters.
        order: Vec<SortKey>,
    },
    /// A window call; stands only among the outputs of a projection.
    Window {
        /// Canonical name.
        function: Symbol,
        /// Arguments.
        args: Vec<ScalarId>,
        /// Whether equal arguments count once.
        distinct: bool,
        /// Whether NULL arguments are passed over.
        ignore_nulls: bool,
        /// Partition keys.
        partition: Vec<ScalarId>,
        /// Order inside a partition.
        order: Vec<SortKey>,
        /// Frame; always written out where the function looks at one.
        frame: Option<Frame>,
    },
    /// Whether a relation has a row.
    Exists(RelId),
    /// Whether a tuple is among the rows of a relation, with SQL's NULLs.
    In {
        /// The tuple.
        values: Vec<ScalarId>,
        /// The relation.
        rel: RelId,
    },
    /// The value of the one row of a relation; NULL if it has none, an error if it has several.
    Subquery(RelId),
    /// A function written in place; parameters are numbered from the outermost lambda inwards.
    Lambda {
        /// How many parameters.
        params: u32,
        /// Its result.
        body: ScalarId,
    },
    /// A parameter of a lambda.
    Param(u32),
    /// A value that is not known: a template or parameter value, or a part not understood.
    Hole {
        /// Kind in kebab-case.
        kind: Symbol,
        /// Identity: holes with equal keys hold equal values.
        key: Symbol,
    },
}
