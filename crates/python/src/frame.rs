//! Working on rows by other means than SQL: data frames of Spark, Snowpark and pandas.

/// Methods that only data frames have, and their readers and writers.
const METHODS: &[&str] = &[
    "agg",
    "applyInPandas",
    "createDataFrame",
    "createGlobalTempView",
    "createOrReplaceGlobalTempView",
    "createOrReplaceTempView",
    "createTempView",
    "create_dataframe",
    "create_or_replace_temp_view",
    "create_or_replace_view",
    "crossJoin",
    "cross_join",
    "dropDuplicates",
    "drop_duplicates",
    "fillna",
    "foreachBatch",
    "groupBy",
    "group_by",
    "groupby",
    "insertInto",
    "mapInPandas",
    "merge",
    "orderBy",
    "pivot_table",
    "read_csv",
    "read_json",
    "read_parquet",
    "read_table",
    "registerTempTable",
    "saveAsTable",
    "save_as_table",
    "selectExpr",
    "select_expr",
    "sort_values",
    "toDF",
    "to_csv",
    "to_gbq",
    "to_parquet",
    "to_sql",
    "unionByName",
    "union_by_name",
    "whenMatchedUpdate",
    "whenMatchedUpdateAll",
    "whenNotMatchedInsertAll",
    "withColumn",
    "withColumnRenamed",
    "withColumns",
    "with_column",
    "with_columns",
    "writeStream",
    "writeTo",
    "write_pandas",
];

/// Attributes of a session that give one.
const READERS: &[&str] = &["read", "readStream", "table"];

/// What sessions are called.
const SESSIONS: &[&str] = &["spark", "session", "sqlContext", "sc", "dlt", "dp"];

/// Whether an attribute of something is a data frame's.
pub(crate) fn is_frames(owner: Option<&str>, attribute: &str) -> bool {
    if METHODS.contains(&attribute) {
        return true;
    }
    let session = owner.is_some_and(|owner| {
        SESSIONS.contains(&owner) || owner.ends_with("session") || owner.ends_with("spark")
    });
    session && READERS.contains(&attribute) || owner == Some("pd") && attribute == "DataFrame"
}

/// Methods after which the rows are the same.
pub(crate) const SAME_ROWS: &[&str] = &[
    "alias",
    "cache",
    "cache_result",
    "checkpoint",
    "coalesce",
    "hint",
    "localCheckpoint",
    "persist",
    "repartition",
    "unpersist",
];

/// Methods that end with the rows: they are looked at, or leave the platform.
pub(crate) const ENDS: &[&str] = &[
    "collect",
    "collect_nowait",
    "columns",
    "count",
    "display",
    "explain",
    "fetchall",
    "fetchone",
    "fetch_pandas_all",
    "first",
    "head",
    "isEmpty",
    "printSchema",
    "result",
    "rdd",
    "schema",
    "show",
    "tail",
    "take",
    "toJSON",
    "toLocalIterator",
    "toPandas",
    "to_dataframe",
    "to_local_iterator",
    "to_pandas",
    "to_arrow",
];

/// Options of a writer: what is written, and where, stays the same.
pub(crate) const WRITER_OPTIONS: &[&str] = &[
    "bucketBy",
    "clusterBy",
    "format",
    "option",
    "options",
    "partitionBy",
    "partitionedBy",
    "sortBy",
    "tableProperty",
    "using",
];
