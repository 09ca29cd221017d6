//! The two tables of functions agree: what dialects say, plans know.

use plumb_ir::{FunctionKind, Stability, function};
use plumb_syntax::sql::Dialect;

/// Names the resolver and the grammar give on their own.
const SPELLED: &[&str] = &[
    "and",
    "any-value-at-max",
    "any-value-at-min",
    "any-value-ignore-nulls",
    "argument",
    "array",
    "array-agg-ignore-nulls",
    "array-agg-limited",
    "array-contains",
    "at-time-zone",
    "between",
    "cast-format",
    "coalesce",
    "collate",
    "column-or-alias",
    "concat",
    "date-part",
    "div",
    "div-int",
    "eq",
    "first-ignore-nulls",
    "get-field",
    "get-item",
    "get-item-from-one",
    "ilike-all",
    "ilike-any",
    "in-list",
    "is-distinct",
    "is-false",
    "is-not-distinct",
    "is-null",
    "is-true",
    "json-extract",
    "json-extract-scalar",
    "last-ignore-nulls",
    "le",
    "like",
    "like-all",
    "like-any",
    "lt",
    "make-interval",
    "ne",
    "neg",
    "not",
    "object",
    "or",
    "overlay",
    "position",
    "rlike",
    "row",
    "row-number",
    "row-of",
    "similar",
    "string-agg-limited",
    "struct",
    "xor",
];

#[test]
fn every_canonical_name_is_known() {
    let canonical = Dialect::all().iter().flat_map(|dialect| dialect.canonical_names());
    let spelled = SPELLED.iter().copied();
    let known = |name: &str| name == "cast" || function(name).is_some();
    let unknown: Vec<&str> = canonical.chain(spelled).filter(|it| !known(it)).collect();
    assert_eq!(unknown, [""; 0]);
}

#[test]
fn every_comparison_with_a_list_is_known() {
    for comparison in ["eq", "ne", "lt", "le", "gt", "ge"] {
        for word in ["any", "all"] {
            let name = format!("{comparison}-{word}-of-array");
            assert!(function(&name).is_some(), "{name}");
        }
    }
}

#[test]
fn a_call_means_what_its_dialect_says() {
    let known = |dialect: &str, name: &str, arity: usize| {
        let rule = Dialect::named(dialect).and_then(|it| it.function(name, arity)).unwrap();
        function(rule.canonical).unwrap()
    };
    assert_eq!(known("snowflake", "arrayagg", 1).kind, FunctionKind::Aggregate);
    assert!(known("databricks", "collect_set", 1).ordered);
    assert_eq!(known("snowflake", "randstr", 2).stability, Stability::Volatile);
    // Without arguments it is the time it is now.
    assert_eq!(known("databricks", "unix_timestamp", 0).stability, Stability::Stable);
    assert_eq!(known("databricks", "unix_timestamp", 1).stability, Stability::Immutable);
    assert_eq!(known("postgres", "age", 1).stability, Stability::Stable);
    assert_eq!(known("postgres", "jsonb_array_elements", 1).kind, FunctionKind::Table);
    // Two arguments are bytes and a charset; more are the conditions of Oracle's `decode`.
    assert_ne!(known("databricks", "decode", 2).name, known("databricks", "decode", 3).name);
}
