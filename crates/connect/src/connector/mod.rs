//! The shelf of connectors: one file and one page for each kind of thing that can be found.

pub(crate) use dbt::{is_part, is_project, made_folders, project_folder};

// shelf (`cargo xtask gen`)
mod code_owners;
mod dbt;
mod not_covered;
mod schema_export;
mod sql_folder;
pub(crate) static ALL: &[&crate::Connector] = &[
    &code_owners::CONNECTOR,
    &dbt::CONNECTOR,
    &not_covered::CONNECTOR,
    &schema_export::CONNECTOR,
    &sql_folder::CONNECTOR,
];
