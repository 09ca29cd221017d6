//! Rows as sets: each once, in both, in one and not the other.

use plumb_ir::SetKind;

use crate::{bag::Row, order::settled, unable::Unable};

/// Each row once.
pub(crate) fn distinct(rows: &[Row]) -> Result<Vec<Row>, Unable> {
    settled(rows.iter())?;
    let mut rows = rows.to_vec();
    rows.sort();
    rows.dedup();
    Ok(rows)
}

/// Rows of the left that the right has too, or has not.
pub(crate) fn set(
    kind: SetKind,
    all: bool,
    left: &[Row],
    right: &[Row],
) -> Result<Vec<Row>, Unable> {
    settled(left.iter().chain(right))?;
    let mut left = left.to_vec();
    left.sort();
    if !all {
        left.dedup();
    }
    let mut rest = right.to_vec();
    left.retain(|row| {
        let found = rest.iter().position(|other| other == row);
        if let (Some(at), true) = (found, all) {
            rest.swap_remove(at);
        }
        found.is_some() == (kind == SetKind::Intersect)
    });
    Ok(left)
}
