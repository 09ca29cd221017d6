//! Canonical functions: what is known of each, as a table.

use std::{collections::BTreeMap, sync::LazyLock};

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
    /// Whether its arguments may be put in any order.
    pub commutative: bool,
    /// For an aggregate: whether the order of rows may change the result.
    pub ordered: bool,
    /// For an aggregate: whether counting equal values once changes nothing.
    pub idempotent: bool,
}

/// The canonical function of this name, if it is known.
pub fn function(name: &str) -> Option<&'static Function> {
    TABLE.get(name)
}

static TABLE: LazyLock<BTreeMap<&'static str, Function>> =
    LazyLock::new(|| read(include_str!("functions.txt")));

/// Reads lines of a name and words; `#` begins a comment.
fn read(text: &'static str) -> BTreeMap<&'static str, Function> {
    let mut table = BTreeMap::new();
    for line in text.lines() {
        let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
        let Some(name) = words.next() else { continue };
        let mut function = Function {
            name,
            kind: FunctionKind::Scalar,
            stability: Stability::Immutable,
            nulls: Nulls::Propagate,
            commutative: false,
            ordered: false,
            idempotent: false,
        };
        for word in words {
            match word {
                "aggregate" => function.kind = FunctionKind::Aggregate,
                "window" => function.kind = FunctionKind::Window,
                "table" => function.kind = FunctionKind::Table,
                "stable" => function.stability = Stability::Stable,
                "volatile" => function.stability = Stability::Volatile,
                "nulls" => function.nulls = Nulls::Special,
                "commutative" => function.commutative = true,
                "ordered" => function.ordered = true,
                "idempotent" => function.idempotent = true,
                _ => debug_assert!(false, "functions.txt: unknown word {word}"),
            }
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
}
