//! Dialects: each file answers what one dialect writes, and what it means by it.

// shelf DIALECT: crate::sql::Dialect (`cargo xtask gen`)
mod bigquery;
mod databricks;
mod postgres;
mod snowflake;
pub(crate) static ALL: &[&crate::sql::Dialect] =
    &[&bigquery::DIALECT, &databricks::DIALECT, &postgres::DIALECT, &snowflake::DIALECT];
