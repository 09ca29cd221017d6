//! Which folder is meant by the one that was named: itself, or the dbt project it is a part of.

use std::path::Path;

use plumb_base::WorldError;

use crate::{Disk, connector};

/// Opens a folder, or the dbt project above it in the same repository whose models, macros or seeds it holds: alone
/// they mean nothing.
pub fn open(path: impl AsRef<Path>) -> Result<Disk, WorldError> {
    let disk = Disk::open(path)?;
    let mut above = disk.clone();
    let mut steps = Vec::new();
    while !connector::is_project(&above) {
        let Some((next, step)) = above.parent() else { return Ok(disk) };
        steps.insert(0, step);
        above = next;
    }
    let below = steps.join("/");
    let part = steps.is_empty() || connector::is_part(&above, &below);
    Ok(if part { above } else { disk })
}
