//! The standard, for texts of which nobody says in which dialect they are written.

use crate::sql::{Dialect, Division, Fold, GroupAlias, NullOrder, grammar::Grammar};

pub(crate) static DIALECT: Dialect = Dialect {
    name: "ansi",
    aliases: &["generic", "sql"],
    page: include_str!("ansi.md"),
    functions: include_str!("ansi.txt"),
    columns: Fold::Lower,
    tables: Fold::Lower,
    division: Division::Whole,
    null_order: NullOrder::Largest,
    first_item: 1,
    double_quoted_text: false,
    lateral_alias: false,
    group_by_alias: GroupAlias::AfterColumns,
    where_alias: false,
    like_escape: None,
    signs: &[],
    // Nobody knows which features the writer had: everything that cannot be misread is allowed.
    grammar: || {
        Grammar::of(sqlparser::dialect::GenericDialect {}).with(|has| {
            has.supports_window_function_null_treatment_arg = true;
            has.supports_lambda_functions = true;
            has.supports_table_versioning = true;
            // `a JOIN b JOIN c ON … ON …`: the standard nests to the right.
            has.supports_left_associative_joins_without_parens = false;
        })
    },
};
