//! Canonical functions: what is known of each, as a table.

use std::{collections::BTreeMap, sync::LazyLock};

use rustc_hash::FxHashMap;

use crate::Type;

/// What a function does with rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionKind {
    /// One value from its arguments.
    Scalar,
    /// One value from many rows; may also be called over a window.
    Aggregate,
    /// One value per row from its window only.
    Window,
    /// Rows.
    Table,
}

/// Whether equal arguments give equal results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stability {
    /// Always.
    Immutable,
    /// Inside one statement: the current time, the current user.
    Stable,
    /// Not even there: random numbers, sequences.
    Volatile,
}

/// What a function does with NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    /// NULL in, NULL out.
    Propagate,
    /// It looks at them, or it is not known.
    Special,
}

/// When a function gives NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivesNull {
    /// Perhaps for values, too; or it is not known.
    Perhaps,
    /// Only where an argument is NULL.
    ForNull,
    /// Never.
    Never,
}

/// Whether a function may raise an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failing {
    /// Not known.
    Unknown,
    /// For some arguments of the right type.
    Fails,
    /// For none.
    Total,
}

/// How the type of a result follows from the types of the arguments, which count from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResultType {
    /// Always this.
    Always(Type),
    /// This, if the argument at a position is of this type.
    Where(Type, usize),
    /// The type of the argument at a position.
    Same(usize),
    /// The type all arguments have in common.
    Common,
    /// The type of the arguments at these positions, if it is one; of all, if none are listed.
    Alike(Vec<usize>),
    /// A list of the first argument.
    List,
    /// That of arithmetic.
    Number,
    /// That of a division whose result is whole if both arguments are.
    Quotient,
    /// That of putting texts together.
    Concat,
}

/// What an aggregate gives for no rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Empty {
    /// NULL.
    Null,
    /// 0.
    Zero,
    /// A list of nothing.
    List,
    /// A text of no letters.
    Text,
    /// Something else, or it is not known.
    Other,
}

/// What an aggregate makes of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// What it gives for no rows.
    pub empty: Empty,
    /// Whether rows where its first argument is NULL count for nothing.
    pub ignores_nulls: bool,
    /// Whether counting equal values once changes nothing.
    pub duplicate_insensitive: bool,
    /// The aggregate that makes the result for a group out of results for its parts.
    pub rolls_up: Option<&'static str>,
}

/// A canonical function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// What it does with rows.
    pub kind: FunctionKind,
    /// Whether equal arguments give equal results.
    pub stability: Stability,
    /// What it does with NULL.
    pub nulls: Nulls,
    /// When it gives NULL.
    pub gives_null: GivesNull,
    /// Whether its arguments may be put in any order.
    pub commutative: bool,
    /// Whether it may raise an error.
    pub failing: Failing,
    /// The argument with which the result never gets smaller: numbers, dates, times without a zone.
    pub monotone: Option<usize>,
    /// For an aggregate or a window function: whether the order of rows may change the result.
    pub ordered: bool,
    /// The type of its result, where it is the same in all dialects.
    pub result: Option<ResultType>,
    /// For an aggregate: what it makes of rows.
    pub measure: Option<Measure>,
}

impl Function {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            kind: FunctionKind::Scalar,
            stability: Stability::Immutable,
            nulls: Nulls::Propagate,
            gives_null: GivesNull::Perhaps,
            commutative: false,
            failing: Failing::Unknown,
            monotone: None,
            ordered: false,
            result: None,
            measure: None,
        }
    }

    /// Whether the table knows the word.
    fn word(&mut self, word: &'static str) -> bool {
        if let Some(measure) = &mut self.measure
            && measure.word(self.name, word)
        {
            return true;
        }
        match word {
            "aggregate" => {
                self.kind = FunctionKind::Aggregate;
                self.measure = Some(Measure {
                    empty: Empty::Other,
                    ignores_nulls: false,
                    duplicate_insensitive: false,
                    rolls_up: None,
                });
            }
            "window" => self.kind = FunctionKind::Window,
            "table" => self.kind = FunctionKind::Table,
            "stable" => self.stability = Stability::Stable,
            "volatile" => self.stability = Stability::Volatile,
            "nulls" => self.nulls = Nulls::Special,
            "values" => self.gives_null = GivesNull::ForNull,
            "never-null" => self.gives_null = GivesNull::Never,
            "commutative" => self.commutative = true,
            "total" => self.failing = Failing::Total,
            "fails" => self.failing = Failing::Fails,
            "monotone" => self.monotone = Some(0),
            "monotone=2" => self.monotone = Some(1),
            "ordered" => self.ordered = true,
            _ => return false,
        }
        true
    }
}

impl Measure {
    /// Whether the table knows the word of an aggregate.
    fn word(&mut self, name: &'static str, word: &'static str) -> bool {
        match word {
            "ignores-nulls" => self.ignores_nulls = true,
            "duplicate-insensitive" => self.duplicate_insensitive = true,
            "empty=null" => self.empty = Empty::Null,
            "empty=0" => self.empty = Empty::Zero,
            "empty=list" => self.empty = Empty::List,
            "empty=text" => self.empty = Empty::Text,
            "empty=other" => self.empty = Empty::Other,
            "rolls-up=same" => self.rolls_up = Some(name),
            _ => match word.strip_prefix("rolls-up=") {
                Some(name) => self.rolls_up = Some(name),
                None => return false,
            },
        }
        true
    }
}

impl ResultType {
    /// Reads what stands behind the arrow.
    fn parse(text: &str) -> Option<Self> {
        let (name, positions) = match text.split_once('(') {
            Some((name, rest)) => (name, rest.strip_suffix(')')?),
            None => (text, ""),
        };
        let positions: Vec<usize> = positions
            .split(',')
            .filter_map(|position| position.trim().parse::<usize>().ok()?.checked_sub(1))
            .collect();
        Some(match (name, positions.as_slice()) {
            ("same", []) => Self::Same(0),
            ("same", [position]) => Self::Same(*position),
            ("common", []) => Self::Common,
            ("alike", _) => Self::Alike(positions),
            ("list", []) => Self::List,
            ("number", []) => Self::Number,
            ("quotient", []) => Self::Quotient,
            ("concat", []) => Self::Concat,
            (name, [position]) => Self::Where(Type::parse(name)?, *position),
            (name, []) => Self::Always(Type::parse(name)?),
            _ => return None,
        })
    }
}

/// The canonical function of this name, if it is known.
pub fn function(name: &str) -> Option<&'static Function> {
    ALL.get(name).copied()
}

/// Every canonical function, by name.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    TABLE.values()
}

/// All of them by name, for those who ask of every call they meet.
static ALL: LazyLock<FxHashMap<&'static str, &'static Function>> = LazyLock::new(|| {
    let derived = DERIVED.iter().map(|(name, function)| (name.as_str(), function));
    derived.chain(TABLE.iter().map(|(name, function)| (*name, function))).collect()
});

static TABLE: LazyLock<BTreeMap<&'static str, Function>> =
    LazyLock::new(|| read(include_str!("functions.txt")));

/// Functions made of others: one that gives NULL where it would fail, one that passes over NULL.
static DERIVED: LazyLock<BTreeMap<String, Function>> = LazyLock::new(|| {
    let safe = functions().filter(|it| it.kind == FunctionKind::Scalar).map(|it| {
        let gives_null = GivesNull::Perhaps;
        let it = Function { gives_null, failing: Failing::Total, monotone: None, ..it.clone() };
        (format!("safe-{}", it.name), it)
    });
    let passing = functions().filter_map(|it| {
        let empty = Empty::Other;
        let measure = Measure { empty, rolls_up: None, ignores_nulls: true, ..it.measure? };
        let gives_null = GivesNull::Perhaps;
        let passing = Function { gives_null, measure: Some(measure), ..it.clone() };
        Some((format!("{}-ignore-nulls", it.name), passing))
    });
    safe.chain(passing).collect()
});

/// Reads lines of a name and words; `#` begins a comment.
fn read(text: &'static str) -> BTreeMap<&'static str, Function> {
    let mut table = BTreeMap::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let (words, result) = match line.split_once("->") {
            Some((words, result)) => (words, Some(result.trim())),
            None => (line, None),
        };
        let mut words = words.split_whitespace();
        let Some(name) = words.next() else { continue };
        let mut function = Function::new(name);
        for word in words {
            let known = function.word(word);
            debug_assert!(known, "functions.txt: unknown word {word}");
        }
        if let Some(result) = result {
            function.result = ResultType::parse(result);
            debug_assert!(function.result.is_some(), "functions.txt: unknown type {result}");
        }
        let twice = table.insert(name, function);
        debug_assert!(twice.is_none(), "functions.txt: {name} stands twice");
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads() {
        assert_eq!(function("random").map(|f| f.stability), Some(Stability::Volatile));
        assert_eq!(function("sum").map(|f| f.kind), Some(FunctionKind::Aggregate));
        assert!(function("add").is_some_and(|f| f.commutative));
        assert_eq!(function("no such"), None);
    }

    #[test]
    fn functions_are_made_of_others() {
        let safe = function("safe-bigquery-parse-date").unwrap();
        assert_eq!((safe.failing, safe.nulls), (Failing::Total, Nulls::Propagate));
        assert!(measure("array-agg-ignore-nulls").ignores_nulls);
        assert!(measure("max-by-ignore-nulls").ignores_nulls);
        assert_eq!(function("first-ignore-nulls").map(|it| it.name), Some("first-ignore-nulls"));
        assert_eq!(function("safe-sum"), None);
    }

    #[test]
    fn types_of_results_read() {
        let result = |name: &str| function(name).and_then(|it| it.result.clone());
        assert_eq!(result("current-date"), Some(ResultType::Always(Type::Date)));
        assert_eq!(result("lower"), Some(ResultType::Where(Type::Text, 0)));
        assert_eq!(result("lag"), Some(ResultType::Alike(vec![0, 2])));
        assert_eq!(result("null-if"), Some(ResultType::Alike(Vec::new())));
        assert_eq!(ResultType::parse("same(x"), None);
        assert_eq!(ResultType::parse("nonsense"), None);
    }

    #[test]
    fn every_aggregate_says_what_no_rows_give() {
        let lines = include_str!("functions.txt").lines();
        let words = lines.map(|line| line.split('#').next().unwrap_or_default().split_whitespace());
        let silent: Vec<&str> = words
            .map(Iterator::collect::<Vec<&str>>)
            .filter(|words| words.contains(&"aggregate"))
            .filter(|words| !words.iter().any(|word| word.starts_with("empty=")))
            .map(|words| words[0])
            .collect();
        assert_eq!(silent, [""; 0]);
    }

    fn measure(name: &str) -> Measure {
        function(name).and_then(|it| it.measure).unwrap_or_else(|| panic!("{name} is no aggregate"))
    }

    #[test]
    fn results_of_parts_roll_up_to_one_that_rolls_up_to_itself() {
        for it in functions() {
            let Some(one) = it.measure else { continue };
            let Some(up) = one.rolls_up else { continue };
            assert_eq!(measure(up).rolls_up, Some(up), "{}", it.name);
            // Sums of counts count; nothing else takes another value for none.
            let (empty, other) = (one.empty, measure(up).empty);
            assert!(empty == other || (empty, up) == (Empty::Zero, "sum"), "{}", it.name);
        }
    }

    #[test]
    fn words_do_not_contradict_each_other() {
        for it in functions() {
            let name = it.name;
            let strict = it.nulls == Nulls::Propagate;
            let plain = it.kind == FunctionKind::Scalar && it.stability == Stability::Immutable;
            let never = it.gives_null == GivesNull::Never;
            assert!(!(plain && strict && never), "{name}: NULL in, NULL out");
            assert!(!(it.stability == Stability::Volatile && it.monotone.is_some()), "{name}");
            assert!(it.kind != FunctionKind::Scalar || !it.ordered, "{name}");
            let null_for_none = it.measure.is_some_and(|it| it.empty == Empty::Null);
            assert!(!(never && null_for_none), "{name}");
        }
    }

    #[test]
    fn aggregates_know_how_they_roll_up() {
        assert_eq!((measure("count").rolls_up, measure("count").empty), (Some("sum"), Empty::Zero));
        assert_eq!((measure("max").rolls_up, measure("max").empty), (Some("max"), Empty::Null));
        assert_eq!(measure("avg").rolls_up, None);
        assert!(measure("min").duplicate_insensitive && !measure("sum").duplicate_insensitive);
    }
}
