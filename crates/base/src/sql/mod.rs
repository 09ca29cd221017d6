//! The tree of a SQL statement: plumb's own, close to what was written, every node with a span.
//!
//! Operators and special forms already carry their canonical names (`add`, `is-null`, `date-part`); named
//! functions keep the dialect's name for `resolve` to look up.

mod build;
mod constraint;
mod expr;
mod word;

pub use constraint::*;
pub use expr::*;
pub use word::is_reserved;

use crate::{Name, Span, TableName};

/// A name as a column, folded by its dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ident {
    /// Canonical spelling.
    pub name: Name,
    /// Where.
    pub span: Span,
}

/// A name of a relation, folded by its dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationName {
    /// Canonical spelling.
    pub name: TableName,
    /// Where.
    pub span: Span,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// From its first to its last token.
    pub span: Span,
}

/// A function that somebody makes, and that gives one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name, lower case, as names in calls are.
    pub name: TableName,
    /// Whether it is gone when the session is.
    pub temporary: bool,
    /// What it is given: names, and types where they are said.
    pub params: Vec<(Name, Option<TypeName>)>,
    /// The type of what it gives, where it is said.
    pub returns: Option<TypeName>,
    /// What it computes; none where it is not written in SQL, or not as one value.
    pub body: Option<Expr>,
}

/// What a statement does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementKind {
    /// A bare query.
    Query(Query),
    /// Writes the rows of a query to a table or view.
    Write {
        /// Where to.
        target: RelationName,
        /// Whether it makes the table or adds to it.
        mode: WriteMode,
        /// Whether the table is gone when the session is.
        temporary: bool,
        /// Names of the written columns, where given.
        columns: Vec<Ident>,
        /// The rows.
        query: Query,
    },
    /// Declares the columns of a table.
    Declare {
        /// The table.
        target: RelationName,
        /// Columns and their types.
        columns: Vec<(Ident, TypeName)>,
        /// What its rows keep.
        constraints: Vec<Constraint>,
    },
    /// Changes what a table is.
    Alter {
        /// The table.
        target: RelationName,
        /// What changes.
        change: Change,
    },
    /// Takes an index away, and with it what it kept.
    DropIndex {
        /// Its name.
        name: Name,
    },
    /// Takes tables and views away.
    Drop {
        /// Which.
        targets: Vec<RelationName>,
    },
    /// Makes a function that gives one value.
    Function(Box<Function>),
    /// Says where names without outer parts are looked up from here on.
    Use {
        /// Which part of a name it gives; two parts are always catalog and schema.
        level: Level,
        /// The part.
        name: TableName,
    },
    /// Declares variables, which statements behind it may name as if they were columns.
    Variables {
        /// Their names.
        names: Vec<Name>,
    },
    /// Moves no data that plumb follows: `GRANT`, `SET`, `COMMENT`, …
    Other {
        /// Its first word, lower case.
        verb: String,
    },
    /// Moves data in a way plumb does not read yet.
    Opaque {
        /// Its first word, lower case.
        verb: String,
    },
}

/// A part of the name of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// A catalog or database.
    Catalog,
    /// A schema.
    Schema,
}

/// How a statement writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteMode {
    /// `CREATE VIEW … AS`.
    View,
    /// `CREATE TABLE … AS`, `INSERT OVERWRITE`: what was there is gone.
    Replace,
    /// `INSERT INTO`: what was there stays.
    Append,
    /// `MERGE`: the query gives the rows that it adds or changes, as they are afterwards.
    Merge,
    /// `UPDATE`: the query gives the changed columns of the rows it changes, as they are afterwards.
    Update,
    /// `DELETE`: the query gives the rows it takes away.
    Delete,
}

/// A query with its CTEs, order and limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// CTEs in order.
    pub ctes: Vec<Cte>,
    /// Whether CTEs may refer to themselves.
    pub recursive: bool,
    /// What is queried.
    pub body: Body,
    /// Order of the result.
    pub order_by: Vec<OrderKey>,
    /// How many rows.
    pub limit: Option<Expr>,
    /// How many rows are skipped first.
    pub offset: Option<Expr>,
    /// A clause that was parsed and whose meaning is not carried, such as `limit with ties`.
    pub unread: Option<String>,
    /// Where.
    pub span: Span,
}

/// A common table expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cte {
    /// Its name.
    pub name: Ident,
    /// Names of its columns, where given.
    pub columns: Vec<Ident>,
    /// Its query.
    pub query: Query,
}

/// The body of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// `SELECT`.
    Select(Box<Select>),
    /// A query in parentheses.
    Query(Box<Query>),
    /// A set operation.
    Set {
        /// Which.
        op: SetOp,
        /// Whether duplicates are kept.
        all: bool,
        /// Whether columns are matched by name.
        by_name: bool,
        /// Left side.
        left: Box<Self>,
        /// Right side.
        right: Box<Self>,
    },
    /// Rows written out.
    Values(Vec<Vec<Expr>>),
    /// Something else, named.
    Opaque(String),
}

/// A set operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetOp {
    /// `UNION`.
    Union,
    /// `INTERSECT`.
    Intersect,
    /// `EXCEPT` or `MINUS`.
    Except,
}

/// A `SELECT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Select {
    /// `DISTINCT`.
    pub distinct: Distinct,
    /// What is selected.
    pub items: Vec<Item>,
    /// Comma-separated parts of `FROM`.
    pub from: Vec<Table>,
    /// `WHERE`.
    pub filter: Option<Expr>,
    /// `GROUP BY`.
    pub group_by: GroupBy,
    /// `HAVING`.
    pub having: Option<Expr>,
    /// `QUALIFY`.
    pub qualify: Option<Expr>,
    /// Named windows.
    pub windows: Vec<(Ident, Window)>,
    /// Whether each row is one value: `SELECT AS STRUCT`, `SELECT AS VALUE`.
    pub value: Option<RowValue>,
    /// A clause that was parsed and whose meaning is not carried, such as `connect by`.
    pub unread: Option<String>,
    /// Where.
    pub span: Span,
}

/// What one value a row of a `SELECT` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowValue {
    /// A struct of its columns: `SELECT AS STRUCT`.
    Struct,
    /// Its only column: `SELECT AS VALUE`.
    Value,
}

/// `DISTINCT` of a `SELECT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distinct {
    /// None.
    No,
    /// Of whole rows.
    Rows,
    /// `DISTINCT ON (…)`.
    On(Vec<Expr>),
}

/// One item of a select list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// An expression.
    Expr {
        /// What.
        expr: Expr,
        /// Its name, where given.
        alias: Option<Ident>,
    },
    /// A call that gives several columns: `stack(2, 'a', a, 'b', b) AS (k, v)`.
    Columns {
        /// The call.
        expr: Expr,
        /// Names of its columns.
        names: Vec<Ident>,
    },
    /// `*` or `t.*`.
    Star(Box<Star>),
}

/// A star with what is taken out, replaced or renamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Star {
    /// What stands before it: `t` in `t.*`.
    pub of: Option<TableName>,
    /// The struct before it: `f(x)` in `f(x).*`.
    pub value: Option<Box<Expr>>,
    /// `EXCLUDE` or `EXCEPT`.
    pub except: Vec<Name>,
    /// `REPLACE (e AS c)`.
    pub replace: Vec<(Expr, Name)>,
    /// `RENAME a AS b`.
    pub rename: Vec<(Name, Name)>,
    /// `ILIKE 'pattern'`: only columns whose names match, whatever their case.
    pub like: Option<String>,
    /// Where.
    pub span: Span,
}

/// `GROUP BY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupBy {
    /// None.
    No,
    /// `GROUP BY ALL`.
    All,
    /// Each element adds keys to every grouping; one with several sets multiplies them.
    Elements(Vec<GroupElement>),
}

/// One element of a `GROUP BY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupElement {
    /// A key.
    Key(Expr),
    /// `ROLLUP (a, (b, c))`.
    Rollup(Vec<Vec<Expr>>),
    /// `CUBE (a, (b, c))`.
    Cube(Vec<Vec<Expr>>),
    /// `GROUPING SETS ((a), (a, b))`.
    Sets(Vec<Vec<Expr>>),
}

/// A table expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What it is.
    pub kind: TableKind,
    /// Its alias, where given.
    pub alias: Option<Alias>,
    /// Where.
    pub span: Span,
}

/// An alias of a table expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The name.
    pub name: Ident,
    /// Names of the columns, where given.
    pub columns: Vec<Ident>,
}

/// What a table expression is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableKind {
    /// A name.
    Named(RelationName),
    /// A subquery.
    Derived {
        /// Whether it sees tables to its left.
        lateral: bool,
        /// The subquery.
        query: Box<Query>,
    },
    /// A table function; it always sees tables to its left.
    Function {
        /// Its name as written, lower case.
        name: String,
        /// Its arguments, `UNNEST`'s arrays among them.
        args: Vec<Argument>,
        /// Whether rows without a match are kept.
        outer: bool,
        /// Name of the column that counts elements, where asked for.
        position: Option<Ident>,
    },
    /// A join.
    Join {
        /// Left side.
        left: Box<Table>,
        /// Right side.
        right: Box<Table>,
        /// Which rows are kept.
        kind: JoinKind,
        /// What makes a match.
        on: JoinOn,
    },
    /// `PIVOT`.
    Pivot(Box<Pivot>),
    /// `UNPIVOT`.
    Unpivot(Box<Unpivot>),
    /// Other rows of a table that has the same columns: those it had at another time, or some of them.
    Part {
        /// The table.
        table: Box<Table>,
        /// Which rows, as written; none where nothing tells them from others, as in a sample.
        which: Option<String>,
        /// What is done, named.
        what: String,
    },
    /// Something else, named, with the tables inside it.
    Opaque(String, Vec<Table>),
}

/// Which rows a join keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinKind {
    /// Matches.
    Inner,
    /// Matches, and all of the left.
    Left,
    /// Matches, and all of the right.
    Right,
    /// Matches, and all of both.
    Full,
    /// Rows of the left that have a match.
    LeftSemi,
    /// Rows of the left that have none.
    LeftAnti,
}

/// What makes a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinOn {
    /// Everything.
    Nothing,
    /// A condition.
    Condition(Expr),
    /// Columns of equal name.
    Using(Vec<Ident>),
    /// All columns of equal name.
    Natural,
}

/// `PIVOT (agg FOR column IN (values))`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pivot {
    /// Rows.
    pub table: Table,
    /// Aggregates and their aliases.
    pub aggregates: Vec<(Expr, Option<Ident>)>,
    /// Columns whose values become columns.
    pub columns: Vec<Expr>,
    /// Values and their aliases; empty when they are not written out.
    pub values: Vec<(Expr, Option<Ident>)>,
}

/// `UNPIVOT (value FOR name IN (columns))`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpivot {
    /// Rows.
    pub table: Table,
    /// Column that gets the value.
    pub value: Expr,
    /// Column that gets the name.
    pub name: Ident,
    /// Columns that become rows, and the names they get.
    pub columns: Vec<(Expr, Option<Ident>)>,
    /// Whether rows with NULL are kept.
    pub keep_nulls: bool,
}

/// A sort key as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderKey {
    /// What is compared.
    pub expr: Expr,
    /// `DESC`.
    pub descending: bool,
    /// `NULLS FIRST` or `NULLS LAST`, where given.
    pub nulls_first: Option<bool>,
}
