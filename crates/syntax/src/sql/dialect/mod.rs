//! Dialects: each file answers what one dialect writes, and what it means by it.

// shelf DIALECT: crate::sql::Dialect (`cargo xtask gen`)
mod ansi;
mod bigquery;
mod databricks;
mod duckdb;
mod postgres;
mod redshift;
mod snowflake;
mod trino;
pub(crate) static ALL: &[&crate::sql::Dialect] = &[
    &ansi::DIALECT,
    &bigquery::DIALECT,
    &databricks::DIALECT,
    &duckdb::DIALECT,
    &postgres::DIALECT,
    &redshift::DIALECT,
    &snowflake::DIALECT,
    &trino::DIALECT,
];
