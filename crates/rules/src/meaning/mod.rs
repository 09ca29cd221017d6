//! What numbers mean.

pub(crate) use several_definitions::speaks_of;

// shelf RULE: Rule (`cargo xtask gen`)
mod several_definitions;
mod several_names;
pub(crate) static ALL: &[&crate::Rule] = &[&several_definitions::RULE, &several_names::RULE];
