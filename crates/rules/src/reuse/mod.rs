//! Work that is done twice.

// shelf RULE: Rule (`cargo xtask gen`)
mod duplicate_dataset;
pub(crate) static ALL: &[&crate::Rule] = &[&duplicate_dataset::RULE];
