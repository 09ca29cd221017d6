//! Work that is done twice.

use std::collections::BTreeSet;

use plumb_estate::Estate;

/// Assets of which a rule says that they do the same work: what else they share goes with it.
pub(crate) fn together(estate: &Estate) -> Vec<BTreeSet<usize>> {
    let groups = duplicate_dataset::groups(estate);
    let near = near_duplicate::near(estate, &groups).into_iter().map(|near| near.assets);
    let repeated = repeated_work::repeated_in(estate);
    groups.iter().cloned().chain(near).chain(repeated).map(|it| it.into_iter().collect()).collect()
}

// shelf RULE: Rule (`cargo xtask gen`)
mod copied_code;
mod duplicate_dataset;
mod near_duplicate;
mod repeated_work;
pub(crate) static ALL: &[&crate::Rule] =
    &[&copied_code::RULE, &duplicate_dataset::RULE, &near_duplicate::RULE, &repeated_work::RULE];
