//! Work that is done twice.

// shelf RULE: Rule (`cargo xtask gen`)
mod duplicate_dataset;
mod repeated_work;
pub(crate) static ALL: &[&crate::Rule] = &[&duplicate_dataset::RULE, &repeated_work::RULE];
