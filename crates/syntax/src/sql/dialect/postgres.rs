//! PostgreSQL, and the standard where nothing better is known.

use crate::sql::{Dialect, Division, Fold, NullOrder};

pub(crate) static DIALECT: Dialect = Dialect {
    name: "postgres",
    aliases: &["postgresql", "ansi", "generic"],
    page: include_str!("postgres.md"),
    functions: include_str!("postgres.txt"),
    columns: Fold::Lower,
    tables: Fold::Lower,
    division: Division::Whole,
    null_order: NullOrder::Largest,
    double_quoted_text: false,
    lateral_alias: false,
    group_by_alias: true,
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
    ],
    grammar: || Box::new(sqlparser::dialect::PostgreSqlDialect {}),
};
