//! Work that is done twice.

pub(crate) use duplicate_dataset::{assumption, groups as copies};
pub(crate) use near_duplicate::{Near, near};
pub(crate) use repeated_work::{Repeated, components, repeated};

// shelf RULE: Rule (`cargo xtask gen`)
mod copied_code;
mod derivable_dataset;
mod duplicate_dataset;
mod near_duplicate;
mod repeated_work;
pub(crate) static ALL: &[&crate::Rule] = &[
    &copied_code::RULE,
    &derivable_dataset::RULE,
    &duplicate_dataset::RULE,
    &near_duplicate::RULE,
    &repeated_work::RULE,
];
