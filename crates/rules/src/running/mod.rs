//! What runs had trouble with.

// shelf RULE: Rule (`cargo xtask gen`)
mod skewed_stage;
mod spilled_stage;
pub(crate) static ALL: &[&crate::Rule] = &[&skewed_stage::RULE, &spilled_stage::RULE];
