//! The shelf of connectors: one file and one page for each kind of thing that can be found.

pub(crate) use dbt::{made_folders, project_folder};

// shelf (`cargo xtask gen`)
mod dbt;
mod not_covered;
mod notebook;
mod python_program;
mod sql_folder;
pub(crate) static ALL: &[&crate::Connector] = &[
    &dbt::CONNECTOR,
    &not_covered::CONNECTOR,
    &notebook::CONNECTOR,
    &python_program::CONNECTOR,
    &sql_folder::CONNECTOR,
];
