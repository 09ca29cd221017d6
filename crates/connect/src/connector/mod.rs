//! The shelf of connectors: one file and one page for each kind of thing that can be found.

pub(crate) use dbt::{made_folders, project_folder, shared_folders};

// shelf (`cargo xtask gen`)
mod ai_bi;
mod bundle;
mod databricks_sql;
mod dbt;
mod metabase;
mod not_covered;
mod sql_folder;
mod superset;
pub(crate) static ALL: &[&crate::Connector] = &[
    &ai_bi::CONNECTOR,
    &bundle::CONNECTOR,
    &databricks_sql::CONNECTOR,
    &dbt::CONNECTOR,
    &metabase::CONNECTOR,
    &not_covered::CONNECTOR,
    &sql_folder::CONNECTOR,
    &superset::CONNECTOR,
];
