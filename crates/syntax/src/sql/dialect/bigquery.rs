//! BigQuery.

use crate::sql::{Dialect, Division, Fold, GroupAlias, NullOrder, grammar::Grammar};

pub(crate) static DIALECT: Dialect = Dialect {
    name: "bigquery",
    aliases: &["bq"],
    page: include_str!("bigquery.md"),
    functions: include_str!("bigquery.txt"),
    columns: Fold::Never,
    tables: Fold::Exact,
    division: Division::Exact,
    null_order: NullOrder::Smallest,
    first_item: 0,
    double_quoted_text: true,
    lateral_alias: false,
    group_by_alias: GroupAlias::First,
    where_alias: false,
    like_escape: Some("\\"),
    signs: &[
        ("safe_cast(", 4),
        ("safe_divide(", 3),
        ("unnest(", 1),
        ("timestamp_trunc(", 4),
        ("date_sub(", 1),
        ("as int64", 4),
        ("as string)", 2),
        ("countif(", 2),
        ("struct(", 1),
        ("except(", 1),
        ("except (", 1),
        ("safe.", 2),
        ("farm_fingerprint(", 4),
        ("format_date(", 3),
        ("regexp_contains(", 2),
        ("_table_suffix", 4),
        ("datetime_trunc(", 4),
        ("date_diff(", 2),
        ("generate_date_array(", 4),
        ("st_geogpoint(", 2),
        ("logical_or(", 3),
        ("datetime_diff(", 4),
        ("datetime_add(", 4),
        ("datetime_sub(", 4),
        ("timestamp_diff(", 3),
        ("timestamp_sub(", 3),
        ("`", 1),
    ],
    grammar: || {
        Grammar::of(sqlparser::dialect::BigQueryDialect {}).with(|has| {
            has.supports_window_function_null_treatment_arg = true;
            has.supports_parens_around_table_factor = true;
            has.supports_bitwise_shift_operators = true;
        })
    },
};
