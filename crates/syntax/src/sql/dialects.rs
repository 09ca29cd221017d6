//! What a dialect answers, and finding one by name or by looking at texts.

use std::{collections::BTreeMap, sync::LazyLock};

use plumb_base::Name;

use super::{
    dialect,
    functions::{FunctionRule, Rules, Shape, Table, Units},
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
    /// What makes the next letter of a pattern stand for itself, where `LIKE` says nothing of it.
    pub like_escape: Option<&'static str>,
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
                *score += dialect.signs_in(&text);
            }
        }
        let best = scores.iter().copied().max().unwrap_or(0);
        let found = Self::all().iter().zip(&scores).find(|(_, score)| **score == best && best > 0);
        found.map_or((Self::plain(), 0), |(dialect, score)| (dialect, *score))
    }

    /// The dialect that a text speaks clearly on its own, or that its path names while the text looks no more like the
    /// usual one, among others that are of that.
    pub fn spoken(path: &str, text: &str, usual: &'static Self) -> &'static Self {
        /// Signs that a text may have in any dialect, once.
        const CLEAR: u32 = 4;
        let (own, signs) = Self::detect([text]);
        let usually = usual.signs_in(&text.to_ascii_lowercase());
        if signs >= CLEAR && signs > 2 * usually {
            return own;
        }
        let named = Self::in_path(path);
        named.filter(|it| it.signs_in(&text.to_ascii_lowercase()) >= usually).unwrap_or(usual)
    }

    /// The dialect that a path names: the innermost folder that does, or the file.
    fn in_path(path: &str) -> Option<&'static Self> {
        let words = path.rsplit(|letter: char| !letter.is_ascii_alphanumeric());
        // Rows that are new are called a delta, too.
        let mut named = words.filter(|word| *word != "delta").filter_map(Self::named);
        named.find(|it| it.name != Self::plain().name)
    }

    /// All dialects, each with how often its signs are seen in a text.
    pub fn signs(text: &str) -> Vec<(&'static Self, u32)> {
        let text = text.to_ascii_lowercase();
        Self::all().iter().map(|dialect| (*dialect, dialect.signs_in(&text))).collect()
    }

    /// How much of a text in lower case is a sign of the dialect.
    fn signs_in(&self, text: &str) -> u32 {
        let seen = self.signs.iter().filter(|(sign, _)| text.contains(sign));
        seen.map(|(_, weight)| weight).sum()
    }

    /// The dialect closest to the standard.
    pub fn plain() -> &'static Self {
        Self::named("ansi").expect("the shelf has a plain dialect")
    }

    /// The rule of a function by name and number of arguments; the dialect's own come first.
    pub fn function(&self, name: &str, arity: usize) -> Option<&'static FunctionRule> {
        self.rule(name, &vec![Shape::Other; arity])
    }

    /// The rule of a function by name and arguments; the dialect's own come first, but for rules that look at
    /// constants: those that all share hold everywhere.
    pub fn rule(&self, name: &str, shapes: &[Shape]) -> Option<&'static FunctionRule> {
        // Every database has an information schema, and functions in it.
        let name = name.find("information_schema.").map_or(name, |at| &name[at..]);
        self.find(|table| &table.functions, name, shapes)
    }

    /// The rule of an operator by its canonical name; one without a rule is what its name says.
    pub fn operator(&self, name: &str, shapes: &[Shape]) -> Option<&'static FunctionRule> {
        self.find(|table| &table.operators, name, shapes)
    }

    fn find(
        &self,
        rules: fn(&'static Table) -> &'static Rules,
        name: &str,
        shapes: &[Shape],
    ) -> Option<&'static FunctionRule> {
        let known = self.tables().map(|table| rules(table).get(name));
        let of = |looks: bool| {
            let fits = move |rule: &&FunctionRule| rule.looks() == looks && rule.fits(shapes);
            known.iter().flatten().find_map(|rules| rules.iter().find(fits))
        };
        of(true).or_else(|| of(false))
    }

    /// The canonical function that a bare word calls.
    pub fn keyword(&self, name: &str) -> Option<&'static str> {
        self.tables().iter().find_map(|table| table.keywords.get(name).copied())
    }

    /// The canonical name of a unit of time; one that only this dialect has carries its name.
    pub fn unit(&self, place: Units, word: &str) -> String {
        let word = word.to_lowercase();
        let known = self.tables().iter().find_map(|table| table.unit(place, &word));
        known.map_or_else(|| format!("{}:{word}", self.name), str::to_owned)
    }

    /// Functions that give a canonical one, each with its rule: its own first, then those of all dialects.
    pub fn giving(&self, canonical: &str) -> Vec<(&'static str, &'static FunctionRule)> {
        self.tables().into_iter().flat_map(|table| table.giving(canonical)).collect()
    }

    /// The bare word that calls a canonical function.
    pub fn word_giving(&self, canonical: &str) -> Option<&'static str> {
        let words = self.tables().into_iter().filter_map(|table| table.word_giving(canonical));
        words.into_iter().find(|word| self.keyword(word) == Some(canonical))
    }

    /// A spelling of a unit of time, the unit itself where that is one.
    pub fn spelling_of(&self, place: Units, unit: &str) -> Option<String> {
        let means = |word: &str| self.unit(place, word) == unit;
        if let Some(own) = unit.strip_prefix(self.name).and_then(|it| it.strip_prefix(':')) {
            return Some(own.to_owned()).filter(|own| means(own));
        }
        if means(unit) {
            return Some(unit.to_owned());
        }
        let tables = self.tables();
        let mut words = tables.iter().flat_map(|table| table.spelling_of(unit));
        words.find(|word| means(word)).map(str::to_owned)
    }

    /// Canonical names of all its functions, those it shares with the others included; some come twice.
    pub fn canonical_names(&self) -> impl Iterator<Item = &'static str> {
        self.tables().into_iter().flat_map(Table::names)
    }

    /// Its own functions, then those of all dialects.
    fn tables(&self) -> [&'static Table; 2] {
        static OWN: LazyLock<BTreeMap<&'static str, Table>> = LazyLock::new(|| {
            Dialect::all().iter().map(|it| (it.name, Table::read(it.functions))).collect()
        });
        static COMMON: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("common.txt")));
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
    if !same {
        Name::new(format!("\"{text}\""))
    } else if text.bytes().all(|it| it.is_ascii() && !it.is_ascii_uppercase()) {
        // Most are written so.
        Name::new(text)
    } else {
        Name::new(text.to_lowercase())
    }
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

    /// Names and shapes of all rules of a table.
    fn shapes(table: &Table) -> Vec<(&'static str, Vec<Shape>)> {
        let rules = table
            .functions
            .iter()
            .flat_map(|(name, rules)| rules.iter().map(move |it| (*name, it)));
        let shapes = rules.flat_map(|(name, rule)| {
            let arities = (0..7).map(|arity| vec![Shape::Other; arity]);
            arities
                .filter(|shapes| rule.fits(shapes))
                .map(move |shapes| (name, shapes))
                .collect::<Vec<_>>()
        });
        shapes.collect()
    }

    #[test]
    fn a_name_that_a_dialect_means_differently_is_not_shared_in_texts_of_no_dialect() {
        let plain = Dialect::plain();
        let mut wrong = Vec::new();
        for dialect in Dialect::all().iter().filter(|it| it.name != plain.name) {
            let [own, common] = dialect.tables();
            for (name, shapes) in shapes(common) {
                let fits = |rule: &&FunctionRule| !rule.looks() && rule.fits(&shapes);
                let find = |table: &'static Table| table.functions.get(name)?.iter().find(fits);
                let said = |rule: &FunctionRule| (rule.canonical, rule.arguments(shapes.len()));
                let (Some(theirs), Some(shared)) = (find(own), find(common)) else { continue };
                if said(theirs) != said(shared) && find(plain.tables()[0]).is_none() {
                    wrong.push(format!("{name}/{} in {}", shapes.len(), dialect.name));
                }
            }
        }
        assert_eq!(wrong, [""; 0]);
    }

    #[test]
    fn names_of_one_dialect_are_used_by_no_other() {
        for dialect in Dialect::all() {
            for name in dialect.canonical_names() {
                let of = Dialect::all().iter().find(|it| {
                    name.strip_prefix(it.name).is_some_and(|rest| rest.starts_with('-'))
                });
                assert!(of.is_none_or(|of| of.name == dialect.name), "{name} in {}", dialect.name);
            }
        }
    }

    #[test]
    fn what_the_grammar_spells_means_what_the_call_means() {
        for dialect in Dialect::all() {
            for (name, arity) in
                [("substring", 2), ("substring", 3), ("trim", 1), ("trim", 2), ("rlike", 2)]
            {
                let shapes = vec![Shape::Other; arity];
                let operator = dialect.operator(name, &shapes).map_or(name, |rule| rule.canonical);
                let call = dialect.function(name, arity).map_or(operator, |rule| rule.canonical);
                assert_eq!(operator, call, "{name} in {}", dialect.name);
            }
        }
    }
}
