//! Whose the money is.

// shelf RULE: Rule (`cargo xtask gen`)
mod unknown_payer;
mod unowned_spend;
mod untagged_spend;
pub(crate) static ALL: &[&crate::Rule] =
    &[&unknown_payer::RULE, &unowned_spend::RULE, &untagged_spend::RULE];
