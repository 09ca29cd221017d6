//! What a dialect answers, and finding one by name or by looking at texts.

use std::{collections::BTreeMap, sync::LazyLock};

use plumb_base::Name;

use super::{
    dialect,
    functions::{FunctionRule, Rules, read_rules},
    grammar::Grammar,
};

/// How unquoted names are folded, and what quotes keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// To upper case; quotes keep case (Snowflake).
    Upper,
    /// To lower case; quotes keep case (PostgreSQL).
    Lower,
    /// Case never counts (Spark, BigQuery's columns).
    Never,
    /// Case always counts (BigQuery's tables).
    Exact,
}

/// What `/` means for two whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Division {
    /// `7 / 2` is 3.5.
    Exact,
    /// `7 / 2` is 3.
    Whole,
}

/// Where NULLs stand in an order that does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NullOrder {
    /// NULL is larger than every value.
    Largest,
    /// NULL is smaller than every value.
    Smallest,
    /// NULL comes last, whichever way the order goes.
    Last,
}

/// What a name in `GROUP BY` means that is an alias of the select list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupAlias {
    /// A column.
    Never,
    /// The alias, if there is no column of that name.
    AfterColumns,
    /// The alias.
    First,
}

/// One dialect: syntax and meaning in one place.
pub struct Dialect {
    /// Its name.
    pub name: &'static str,
    /// Other names of it: adapters, engines.
    pub aliases: &'static [&'static str],
    /// Its page.
    pub page: &'static str,
    /// Functions that only it has, or means differently.
    pub functions: &'static str,
    /// Names of columns.
    pub columns: Fold,
    /// Names of relations.
    pub tables: Fold,
    /// `/`.
    pub division: Division,
    /// Order of NULLs.
    pub null_order: NullOrder,
    /// Number of the first element of a list.
    pub first_item: u8,
    /// Whether `"x"` is a text.
    pub double_quoted_text: bool,
    /// Whether an expression may use an alias of the same select list.
    pub lateral_alias: bool,
    /// What a name in `GROUP BY` and `HAVING` means that is an alias of the select list.
    pub group_by_alias: GroupAlias,
    /// Whether `WHERE` may use an alias of the select list.
    pub where_alias: bool,
    /// Words in a text that speak for it, lower case, and how loudly.
    pub signs: &'static [(&'static str, u32)],
    /// The grammar.
    pub(crate) grammar: fn() -> Grammar,
}

impl Dialect {
    /// Every dialect, by name.
    pub fn all() -> &'static [&'static Self] {
        dialect::ALL
    }

    /// The dialect of this name or alias.
    pub fn named(name: &str) -> Option<&'static Self> {
        let name = name.to_ascii_lowercase();
        Self::all()
            .iter()
            .copied()
            .find(|it| it.name == name || it.aliases.contains(&name.as_str()))
    }

    /// The dialect that texts look like most, and how often its signs were seen; ties go by name.
    ///
    /// Nothing seen gives the dialect whose grammar is closest to the standard, with 0.
    pub fn detect<'a>(texts: impl IntoIterator<Item = &'a str>) -> (&'static Self, u32) {
        let mut scores: Vec<u32> = vec![0; Self::all().len()];
        for text in texts {
            let text = text.to_ascii_lowercase();
            for (score, dialect) in scores.iter_mut().zip(Self::all()) {
                for (sign, weight) in dialect.signs {
                    if text.contains(sign) {
                        *score += weight;
                    }
                }
            }
        }
        let best = scores.iter().copied().max().unwrap_or(0);
        let found = Self::all().iter().zip(&scores).find(|(_, score)| **score == best && best > 0);
        found.map_or((Self::plain(), 0), |(dialect, score)| (dialect, *score))
    }

    /// The dialect closest to the standard.
    pub fn plain() -> &'static Self {
        Self::named("ansi").expect("the shelf has a plain dialect")
    }

    /// The rule of a function by name and number of arguments; the dialect's own come first.
    pub fn function(&self, name: &str, arity: usize) -> Option<&'static FunctionRule> {
        let fits = |rule: &&FunctionRule| rule.fits(arity);
        self.tables().into_iter().find_map(|table| table.get(name)?.iter().find(fits))
    }

    /// Canonical names of all its functions, those it shares with the others included; some come twice.
    pub fn canonical_names(&self) -> impl Iterator<Item = &'static str> {
        let rules = self.tables().into_iter().flat_map(BTreeMap::values).flatten();
        rules.map(|rule| rule.canonical)
    }

    /// Its own functions, then those of all dialects.
    fn tables(&self) -> [&'static Rules; 2] {
        static OWN: LazyLock<BTreeMap<&'static str, Rules>> = LazyLock::new(|| {
            Dialect::all().iter().map(|it| (it.name, read_rules(it.functions))).collect()
        });
        static COMMON: LazyLock<Rules> = LazyLock::new(|| read_rules(include_str!("common.txt")));
        [&OWN[self.name], &COMMON]
    }

    /// A name of a column, folded.
    pub fn column_name(&self, text: &str, quoted: bool) -> Name {
        fold(self.columns, text, quoted)
    }

    /// A part of a name of a relation, folded.
    pub fn table_part(&self, text: &str, quoted: bool) -> Name {
        fold(self.tables, text, quoted)
    }
}

impl std::fmt::Debug for Dialect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Canonical spelling is lower case; a quoted name that its fold would change is kept with its quotes.
fn fold(fold: Fold, text: &str, quoted: bool) -> Name {
    let same = match fold {
        Fold::Never => true,
        Fold::Exact => return Name::new(text),
        Fold::Upper => !quoted || text == text.to_uppercase(),
        Fold::Lower => !quoted || text == text.to_lowercase(),
    };
    if same { Name(text.to_lowercase()) } else { Name(format!("\"{text}\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fold_as_the_dialect_says() {
        let snowflake = Dialect::named("snowflake").unwrap();
        assert_eq!(snowflake.column_name("Id", false), snowflake.column_name("ID", true));
        assert_ne!(snowflake.column_name("id", false), snowflake.column_name("id", true));
        let postgres = Dialect::named("postgres").unwrap();
        assert_eq!(postgres.column_name("Id", false), postgres.column_name("id", true));
        assert_ne!(postgres.column_name("id", false), postgres.column_name("Id", true));
    }

    #[test]
    fn dialects_are_told_apart() {
        let detect = |text| Dialect::detect([text]).0.name;
        assert_eq!(
            detect("select a:b::string from t qualify row_number() over (order by 1) = 1"),
            "snowflake"
        );
        assert_eq!(detect("select safe_cast(a as int64) from `p.d.t`"), "bigquery");
        assert_eq!(
            detect("select date_diff('day', a, b), approx_percentile(x, 0.5) from t"),
            "trino"
        );
        assert_eq!(detect("select 1"), "ansi");
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = Dialect::all()
            .iter()
            .flat_map(|it| it.aliases.iter().copied().chain([it.name]))
            .collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
