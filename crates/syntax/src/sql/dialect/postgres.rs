//! PostgreSQL.

use crate::sql::{Dialect, Division, Fold, GroupAlias, NullOrder, grammar::Grammar};

pub(crate) static DIALECT: Dialect = Dialect {
    name: "postgres",
    aliases: &["postgresql"],
    page: include_str!("postgres.md"),
    functions: include_str!("postgres.txt"),
    columns: Fold::Lower,
    tables: Fold::Lower,
    division: Division::Whole,
    null_order: NullOrder::Largest,
    first_item: 1,
    double_quoted_text: false,
    lateral_alias: false,
    group_by_alias: GroupAlias::AfterColumns,
    where_alias: false,
    like_escape: Some("\\"),
    signs: &[
        ("generate_series(", 2),
        ("string_agg(", 1),
        ("::jsonb", 4),
        ("jsonb_", 4),
        ("distinct on", 3),
        ("::text", 1),
        ("::timestamptz", 2),
        ("->>", 2),
        ("extract(epoch", 2),
        ("to_char(", 1),
        ("interval '", 1),
        ("from stdin", 4),
        ("alter table only", 4),
        ("using btree", 3),
    ],
    grammar: || {
        Grammar::of(sqlparser::dialect::PostgreSqlDialect {}).with(|has| {
            has.supports_window_function_null_treatment_arg = true;
            has.supports_parens_around_table_factor = true;
        })
    },
};
