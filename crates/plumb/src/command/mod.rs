//! The shelf of commands: one file and one page for each question people ask.

// shelf COMMAND: Command (`cargo xtask gen`)
mod audit;
mod completions;
mod cost;
mod demo;
mod doctor;
mod exists;
mod explain;
mod extract_kit;
mod init;
mod lineage;
mod mcp;
mod metrics;
mod owners;
mod prove;
mod rules;
mod show;
mod sync;
pub(crate) static ALL: &[&crate::Command] = &[
    &audit::COMMAND,
    &completions::COMMAND,
    &cost::COMMAND,
    &demo::COMMAND,
    &doctor::COMMAND,
    &exists::COMMAND,
    &explain::COMMAND,
    &extract_kit::COMMAND,
    &init::COMMAND,
    &lineage::COMMAND,
    &mcp::COMMAND,
    &metrics::COMMAND,
    &owners::COMMAND,
    &prove::COMMAND,
    &rules::COMMAND,
    &show::COMMAND,
    &sync::COMMAND,
];
