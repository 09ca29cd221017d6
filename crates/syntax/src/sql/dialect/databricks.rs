//! Databricks and Spark.

use crate::sql::{Dialect, Division, Fold, GroupAlias, NullOrder, grammar::Grammar};

pub(crate) static DIALECT: Dialect = Dialect {
    name: "databricks",
    aliases: &["spark", "spark_session", "sparksql", "hive", "delta"],
    page: include_str!("databricks.md"),
    functions: include_str!("databricks.txt"),
    columns: Fold::Never,
    tables: Fold::Never,
    division: Division::Exact,
    null_order: NullOrder::Smallest,
    first_item: 0,
    double_quoted_text: true,
    lateral_alias: true,
    group_by_alias: GroupAlias::AfterColumns,
    where_alias: false,
    like_escape: Some("\\"),
    signs: &[
        ("lateral view", 4),
        ("`", 1),
        ("using delta", 4),
        ("collect_list(", 3),
        ("collect_set(", 3),
        ("from_unixtime(", 2),
        ("explode(", 2),
        ("date_format(", 1),
        ("distribute by", 4),
        ("cluster by", 1),
        ("rlike", 1),
        ("to_timestamp(", 1),
        ("get_json_object(", 3),
        ("sort_array(", 3),
        ("unix_timestamp(", 2),
        ("streaming table", 4),
        ("create or refresh", 4),
        ("create live table", 4),
        ("from stream(", 3),
        ("on violation", 4),
        ("read_files(", 4),
        ("cloud_files(", 4),
        ("tblproperties", 3),
        ("zorder by", 4),
        ("identifier(:", 3),
    ],
    grammar: || {
        Grammar::of(sqlparser::dialect::DatabricksDialect {}).with(|has| {
            has.supports_string_literal_concatenation = true;
            has.supports_window_function_null_treatment_arg = true;
            has.supports_parens_around_table_factor = true;
            has.supports_projection_trailing_commas = true;
            has.require_interval_qualifier = false;
            has.supports_bitwise_shift_operators = true;
            has.supports_table_sample_before_alias = true;
            has.supports_cross_join_constraint = true;
        })
    },
};
