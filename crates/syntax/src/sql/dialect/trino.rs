//! Trino, and what is built on it: Athena, Starburst, Presto.

use crate::sql::{Dialect, Division, Fold, GroupAlias, NullOrder, grammar::Grammar};

pub(crate) static DIALECT: Dialect = Dialect {
    name: "trino",
    aliases: &["athena", "presto", "prestodb", "starburst", "dune"],
    page: include_str!("trino.md"),
    functions: include_str!("trino.txt"),
    // Quotes allow any letter in a name; they do not make case count.
    columns: Fold::Never,
    tables: Fold::Never,
    division: Division::Whole,
    null_order: NullOrder::Last,
    first_item: 1,
    double_quoted_text: false,
    lateral_alias: false,
    group_by_alias: GroupAlias::Never,
    where_alias: false,
    like_escape: None,
    signs: &[
        ("try_cast(", 1),
        ("approx_percentile(", 2),
        ("approx_distinct(", 3),
        ("cross join unnest(", 3),
        ("date_diff('", 2),
        ("date_add('", 2),
        ("from_iso8601_", 5),
        ("json_extract_scalar(", 2),
        ("varbinary_", 4),
        ("element_at(", 1),
        ("cardinality(", 1),
        ("with ordinality", 1),
        ("at_timezone(", 3),
        ("as varchar)", 1),
        ("max_by(", 1),
        ("any_match(", 3),
        ("map_agg(", 2),
        ("regexp_like(", 1),
    ],
    grammar: || {
        Grammar::of(sqlparser::dialect::GenericDialect {}).with(|has| {
            has.supports_window_function_null_treatment_arg = true;
            has.supports_lambda_functions = true;
            has.supports_table_versioning = true;
        })
    },
};
