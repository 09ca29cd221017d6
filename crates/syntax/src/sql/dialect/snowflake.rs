//! Snowflake.

use crate::sql::{Dialect, Division, Fold, GroupAlias, NullOrder, grammar::Grammar};

pub(crate) static DIALECT: Dialect = Dialect {
    name: "snowflake",
    aliases: &[],
    page: include_str!("snowflake.md"),
    functions: include_str!("snowflake.txt"),
    columns: Fold::Upper,
    tables: Fold::Upper,
    division: Division::Exact,
    null_order: NullOrder::Largest,
    first_item: 0,
    double_quoted_text: false,
    lateral_alias: true,
    group_by_alias: GroupAlias::AfterColumns,
    where_alias: true,
    like_escape: None,
    signs: &[
        ("qualify ", 2),
        ("::variant", 3),
        ("flatten(", 2),
        ("iff(", 2),
        ("to_varchar(", 3),
        ("convert_timezone(", 2),
        ("ilike", 1),
        ("::timestamp_ntz", 4),
        ("object_construct(", 4),
        ("array_construct(", 4),
        ("dateadd(", 1),
        ("datediff(", 1),
        ("zeroifnull(", 3),
        ("try_to_", 3),
        ("::string", 2),
        ("::number", 2),
        ("listagg(", 1),
        ("nvl(", 1),
    ],
    grammar: || {
        Grammar::of(sqlparser::dialect::SnowflakeDialect).with(|has| {
            has.supports_window_function_null_treatment_arg = true;
            has.supports_parens_around_table_factor = true;
        })
    },
};
