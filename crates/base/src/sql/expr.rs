//! Expressions of the tree.

use crate::{Name, Span, TableName};

use super::{Ident, OrderKey, Query};

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where; from its first to its last name, constant or keyword that the parser places.
    pub span: Span,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExprKind {
    /// A column, with what stands before it; trailing parts may be fields of a struct.
    Column(Vec<Ident>),
    /// A bare word that calls a function, with its canonical name: `CURRENT_DATE`.
    Word(Ident, &'static str),
    /// A constant.
    Literal(Literal),
    /// An operator or special form, by canonical name.
    Operator(&'static str, Vec<Expr>),
    /// A function call.
    Call(Box<Call>),
    /// `CASE`.
    Case {
        /// What is compared, in the simple form.
        operand: Option<Box<Expr>>,
        /// Conditions and results.
        branches: Vec<(Expr, Expr)>,
        /// `ELSE`.
        otherwise: Option<Box<Expr>>,
    },
    /// A conversion.
    Cast {
        /// What is converted.
        expr: Box<Expr>,
        /// To which type.
        to: TypeName,
        /// Whether failure gives NULL.
        safe: bool,
    },
    /// `x IN (SELECT …)`.
    InQuery(Vec<Expr>, Box<Query>),
    /// `EXISTS (SELECT …)`.
    Exists(Box<Query>),
    /// `(SELECT …)`.
    Subquery(Box<Query>),
    /// `x = ANY (SELECT …)`.
    Quantified {
        /// Canonical comparison.
        op: &'static str,
        /// `ALL` rather than `ANY`.
        all: bool,
        /// Left side.
        left: Box<Expr>,
        /// Right side.
        right: Box<Expr>,
    },
    /// A path into a semi-structured value: `v:a.b[0]`.
    Path(Box<Expr>, Vec<Step>),
    /// `[a, b]`, `ARRAY(a, b)`.
    Array(Vec<Expr>),
    /// `(a, b)`.
    Row(Vec<Expr>),
    /// A value with named fields.
    Struct(Vec<(Option<Name>, Expr)>),
    /// `x -> e`.
    Lambda(Vec<Ident>, Box<Expr>),
    /// A value given from outside: `?`, `:p`, `$p`.
    Parameter(String),
    /// Something else, named.
    Opaque(String),
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A key; case counts.
    Key(String),
    /// An index or a computed key.
    Index(Expr),
}

/// A constant as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// NULL.
    Null,
    /// TRUE or FALSE.
    Bool(bool),
    /// A number.
    Number(String),
    /// A text, unescaped.
    Text(String),
    /// Bytes, as written between the quotes.
    Bytes(String),
    /// `DATE '…'`.
    Typed(Box<TypeName>, String),
    /// Amount and unit: `1 day`.
    Interval(String),
}

/// A type as written, lower case, single spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeName(pub String);

/// One argument of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// By position.
    Plain(Expr),
    /// By name.
    Named(Name, Expr),
    /// `*` or `t.*`.
    Star(Option<TableName>),
    /// A query in place of arguments: `ARRAY(SELECT …)`.
    Query(Box<Query>),
}

/// A function call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Name as written, lower case, with dots.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// Arguments.
    pub args: Vec<Argument>,
    /// `DISTINCT`.
    pub distinct: bool,
    /// `FILTER (WHERE …)`.
    pub filter: Option<Box<Expr>>,
    /// `ORDER BY` inside the parentheses or `WITHIN GROUP`.
    pub order_by: Vec<OrderKey>,
    /// `IGNORE NULLS`.
    pub ignore_nulls: bool,
    /// How many rows at most: `ARRAY_AGG(x LIMIT 1)`.
    pub limit: Option<Box<Expr>>,
    /// Only rows at the largest or smallest value: `ANY_VALUE(x HAVING MAX y)`.
    pub at: Option<Box<(Extreme, Expr)>>,
    /// A clause that is not carried, such as `RETURNING`.
    pub unread: Option<String>,
    /// `OVER`.
    pub over: Option<Box<Window>>,
}

/// The larger or the smaller end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extreme {
    /// The largest value.
    Max,
    /// The smallest value.
    Min,
}

/// A window.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Window {
    /// The named window it builds on.
    pub base: Option<Ident>,
    /// `PARTITION BY`.
    pub partition: Vec<Expr>,
    /// `ORDER BY`.
    pub order_by: Vec<OrderKey>,
    /// Frame, where given.
    pub frame: Option<Frame>,
}

/// A frame as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// `ROWS`, `RANGE`, `GROUPS`.
    pub unit: FrameUnit,
    /// Where it begins.
    pub start: Bound,
    /// Where it ends.
    pub end: Bound,
}

/// What a frame counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameUnit {
    /// `ROWS`.
    Rows,
    /// `RANGE`.
    Range,
    /// `GROUPS`.
    Groups,
}

/// One end of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// `UNBOUNDED PRECEDING`.
    First,
    /// `n PRECEDING`.
    Before(Expr),
    /// `CURRENT ROW`.
    Current,
    /// `n FOLLOWING`.
    After(Expr),
    /// `UNBOUNDED FOLLOWING`.
    Last,
}
