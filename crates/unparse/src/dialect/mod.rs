//! Spellings: each file says how one dialect writes what all of them mean.

// shelf SPELLING: crate::Spelling (`cargo xtask gen`)
mod ansi;
mod bigquery;
mod databricks;
mod duckdb;
mod postgres;
mod redshift;
mod snowflake;
mod trino;
pub(crate) static ALL: &[&crate::Spelling] = &[
    &ansi::SPELLING,
    &bigquery::SPELLING,
    &databricks::SPELLING,
    &duckdb::SPELLING,
    &postgres::SPELLING,
    &redshift::SPELLING,
    &snowflake::SPELLING,
    &trino::SPELLING,
];
