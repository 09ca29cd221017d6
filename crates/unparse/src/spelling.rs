//! How a dialect writes what all of them mean.

use plumb_syntax::sql::Dialect;

use crate::dialect;

/// How one dialect is written.
pub struct Spelling {
    /// Its name.
    pub dialect: &'static str,
    /// Its page.
    pub page: &'static str,
    /// What stands around a name that needs it.
    pub quote: char,
    /// What stands for a quote inside a text.
    pub quote_in_text: &'static str,
    /// Whether a backslash in a text makes something else of the next letter.
    pub backslash: Backslash,
    /// Words that are no names here, besides those that are none anywhere.
    pub reserved: &'static [&'static str],
    /// Types, the first that fits.
    pub types: &'static [(&'static str, &'static str)],
    /// Types that stand before a text: `date '2026-01-31'`.
    pub typed: &'static [(&'static str, &'static str)],
    /// Spans of time.
    pub interval: Interval,
    /// Functions that dialects share and this one has not, or not under this name.
    pub lacks: &'static [&'static str],
    /// Functions by which this dialect says what others say with another name it has, too.
    pub prefers: &'static [&'static str],
    /// Functions whose unit is written as a text though a word would do.
    pub unit_texts: &'static [&'static str],
    /// Functions that order their rows in `WITHIN GROUP (…)`.
    pub within_group: &'static [&'static str],
    /// Rows of table functions; of those that are not listed, what stands behind no name.
    pub rows: &'static [(&'static str, Rows)],
    /// A list that is written out, around its items.
    pub list: (&'static str, &'static str),
    /// What it has grammar for.
    pub has: &'static [Feature],
    /// `EXCEPT` behind a star.
    pub star_except: Option<&'static str>,
    /// A cast that gives NULL where it fails.
    pub safe_cast: Option<&'static str>,
    /// What stands behind a set operator that keeps each row once.
    pub once: &'static str,
    /// Where `IGNORE NULLS` stands.
    pub ignore_nulls: IgnoreNulls,
}

/// What a backslash in a text does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backslash {
    /// It is a letter.
    Letter,
    /// It makes something else of the next letter.
    Escape,
}

/// How a span of time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interval {
    /// `interval '1 day'`.
    Text,
    /// `interval '1' day`.
    Amount,
    /// `interval 1 day`.
    Bare,
}

/// Where `IGNORE NULLS` stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IgnoreNulls {
    /// Among the arguments.
    Inside,
    /// Behind them.
    Behind,
    /// Nowhere.
    Nowhere,
}

/// How the rows of a table function are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// `f(x) as t`: its columns have names of their own.
    Plain,
    /// `f(x) as t(c)`: names are given, and mean these columns.
    Named(&'static [&'static str]),
    /// `lateral f(x) as t`.
    Lateral,
    /// `table(f(x)) as t`.
    Table,
    /// `f(x) as t`: the name is that of the value itself.
    Element,
}

/// What a dialect may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    /// `QUALIFY`.
    Qualify,
    /// `FILTER (WHERE …)` behind an aggregate.
    Filter,
    /// `LATERAL (SELECT …)`.
    Lateral,
    /// `INTERSECT ALL` and `EXCEPT ALL`.
    SetAll,
    /// `VALUES` as a table.
    Values,
    /// `(a, b) IN (SELECT …)`.
    Tuples,
    /// `IS DISTINCT FROM`.
    IsDistinct,
    /// `ILIKE`.
    Ilike,
    /// `WHERE` without `FROM`.
    FilterOnly,
    /// `x:a.b`.
    Paths,
    /// `x -> e`.
    Lambdas,
    /// Frames of groups.
    Groups,
    /// `x IS TRUE`.
    IsTrue,
    /// `|` and `&`.
    Bits,
    /// `+` that puts lists behind one another, too.
    AddedLists,
    /// `<<` and `>>`.
    Shifts,
    /// `LIKE ANY (…)` of texts.
    LikeAny,
    /// `ILIKE ANY (…)` of texts.
    IlikeAny,
    /// `ESCAPE` behind a pattern.
    Escape,
    /// `~` and `~*`.
    Tilde,
    /// `SIMILAR TO`.
    Similar,
    /// `GLOB`.
    Glob,
    /// `//`.
    FloorSlashes,
    /// `DIV` between two values.
    FloorWord,
    /// `->` and `->>`.
    Arrows,
    /// `t.x.a`, where `x` has a field `a`.
    Fields,
    /// `STRUCT(x AS a)`.
    Structs,
    /// `{'a': x}`.
    Braces,
    /// `OFFSET` before `LIMIT`.
    OffsetFirst,
    /// `SAFE.f(x)`, and clauses among the arguments of an aggregate.
    Safe,
    /// `b'…'`.
    ByteTexts,
    /// `x'…'`.
    HexTexts,
}

impl Spelling {
    /// Every spelling, by name.
    pub fn all() -> &'static [&'static Self] {
        dialect::ALL
    }

    /// How a dialect is written.
    pub fn of(dialect: &Dialect) -> Option<&'static Self> {
        Self::all().iter().copied().find(|it| it.dialect == dialect.name)
    }

    pub(crate) fn has(&self, feature: Feature) -> bool {
        self.has.contains(&feature)
    }
}
