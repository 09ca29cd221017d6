//! Amazon Redshift.

use crate::sql::{Dialect, Division, Fold, GroupAlias, NullOrder, grammar::Grammar};

pub(crate) static DIALECT: Dialect = Dialect {
    name: "redshift",
    aliases: &[],
    page: include_str!("redshift.md"),
    functions: include_str!("redshift.txt"),
    // Case counts only where a session has asked for it.
    columns: Fold::Never,
    tables: Fold::Never,
    division: Division::Whole,
    null_order: NullOrder::Largest,
    first_item: 0,
    double_quoted_text: false,
    lateral_alias: true,
    group_by_alias: GroupAlias::AfterColumns,
    where_alias: true,
    like_escape: Some("\\"),
    signs: &[
        ("distkey", 4),
        ("sortkey", 4),
        ("diststyle", 4),
        ("getdate()", 2),
        ("stl_", 3),
        ("svl_", 3),
        ("svv_", 3),
        ("stv_", 3),
        ("pg_catalog.", 1),
        ("json_extract_path_text(", 2),
        ("unload (", 2),
        ("unload(", 2),
        ("iam_role", 3),
        ("with no schema binding", 5),
        ("encode zstd", 3),
        ("encode lzo", 3),
        ("encode az64", 3),
    ],
    grammar: || {
        Grammar::of(sqlparser::dialect::RedshiftSqlDialect {}).with(|has| {
            has.supports_window_function_null_treatment_arg = true;
            has.supports_parens_around_table_factor = true;
            has.supports_group_by_expr = true;
            has.supports_outer_join_operator = true;
        })
    },
};
