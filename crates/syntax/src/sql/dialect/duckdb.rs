//! DuckDB.

use crate::sql::{Dialect, Division, Fold, GroupAlias, NullOrder, grammar::Grammar};

pub(crate) static DIALECT: Dialect = Dialect {
    name: "duckdb",
    aliases: &["motherduck"],
    page: include_str!("duckdb.md"),
    functions: include_str!("duckdb.txt"),
    columns: Fold::Never,
    tables: Fold::Never,
    division: Division::Exact,
    null_order: NullOrder::Last,
    first_item: 1,
    double_quoted_text: false,
    lateral_alias: true,
    group_by_alias: GroupAlias::AfterColumns,
    where_alias: true,
    like_escape: None,
    signs: &[
        ("read_csv_auto(", 5),
        ("read_parquet(", 4),
        ("read_csv(", 3),
        ("read_json_auto(", 5),
        ("list_transform(", 3),
        ("list_filter(", 3),
        ("epoch_ms(", 3),
        ("strptime(", 2),
        ("strftime(", 1),
        ("struct_pack(", 4),
        ("columns(*)", 3),
        ("asof join", 2),
        ("from duckdb_", 5),
    ],
    grammar: || {
        Grammar::of(sqlparser::dialect::DuckDbDialect).with(|has| {
            has.supports_window_function_null_treatment_arg = true;
            has.supports_parens_around_table_factor = true;
            has.supports_select_wildcard_exclude = true;
            has.supports_select_wildcard_replace = true;
            has.supports_select_wildcard_rename = true;
            has.supports_select_wildcard_ilike = true;
        })
    },
};
