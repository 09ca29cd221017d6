//! The shelf of connectors: one file and one page for each kind of thing that can be found.

pub(crate) use dbt::{made_folders, project_folder};

// shelf (`cargo xtask gen`)
mod code_owners;
mod dbt;
mod not_covered;
mod sql_folder;
pub(crate) static ALL: &[&crate::Connector] =
    &[&code_owners::CONNECTOR, &dbt::CONNECTOR, &not_covered::CONNECTOR, &sql_folder::CONNECTOR];
