//! The shelf of commands: one file and one page for each question people ask.

// shelf COMMAND: Command (`cargo xtask gen`)
mod audit;
mod demo;
mod doctor;
mod explain;
mod lineage;
mod mcp;
mod show;
pub(crate) static ALL: &[&crate::Command] = &[
    &audit::COMMAND,
    &demo::COMMAND,
    &doctor::COMMAND,
    &explain::COMMAND,
    &lineage::COMMAND,
    &mcp::COMMAND,
    &show::COMMAND,
];
