//! The shelf of connectors: one file and one page for each kind of thing that can be found.

pub(crate) use dbt::{is_part, is_project, made_folders, project_folder, shared_folders};

// shelf (`cargo xtask gen`)
mod ai_bi;
mod bundle;
mod code_owners;
mod databricks_sql;
mod dbt;
mod metabase;
mod not_covered;
mod notebook;
mod python_program;
mod schema_export;
mod sql_folder;
mod superset;
mod table_metadata;
mod usage_records;
pub(crate) static ALL: &[&crate::Connector] = &[
    &ai_bi::CONNECTOR,
    &bundle::CONNECTOR,
    &code_owners::CONNECTOR,
    &databricks_sql::CONNECTOR,
    &dbt::CONNECTOR,
    &metabase::CONNECTOR,
    &not_covered::CONNECTOR,
    &notebook::CONNECTOR,
    &python_program::CONNECTOR,
    &schema_export::CONNECTOR,
    &sql_folder::CONNECTOR,
    &superset::CONNECTOR,
    &table_metadata::CONNECTOR,
    &usage_records::CONNECTOR,
];
