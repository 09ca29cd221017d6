//! How the platform is laid out, and whose it is.

// shelf RULE: Rule (`cargo xtask gen`)
mod raw_reads;
mod unowned_assets;
pub(crate) static ALL: &[&crate::Rule] = &[&raw_reads::RULE, &unowned_assets::RULE];
