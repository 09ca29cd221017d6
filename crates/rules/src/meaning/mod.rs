//! What numbers mean.

// shelf RULE: Rule (`cargo xtask gen`)
mod several_definitions;
mod several_names;
pub(crate) static ALL: &[&crate::Rule] = &[&several_definitions::RULE, &several_names::RULE];
