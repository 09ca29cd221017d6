//! What runs had trouble with.

// shelf RULE: Rule (`cargo xtask gen`)
mod oversized_cluster;
mod query_insight;
mod skewed_stage;
mod spilled_stage;
pub(crate) static ALL: &[&crate::Rule] =
    &[&oversized_cluster::RULE, &query_insight::RULE, &skewed_stage::RULE, &spilled_stage::RULE];
