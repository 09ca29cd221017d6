//! Whether an asset has the same columns in every world of its template.

use plumb_base::Name;
use plumb_resolve::Resolved;

use crate::read::Statement;

/// Whether what its template gives in other worlds has the columns that it has in the likeliest one; not where
/// nothing is known of other worlds.
pub(crate) fn settled(
    likeliest: &Resolved,
    others: &[Statement],
    mut bind: impl FnMut(&Statement) -> Option<Resolved>,
) -> bool {
    let Some(wanted) = columns(likeliest) else { return false };
    let same = |other: &Statement| {
        bind(other).and_then(|other| columns(&other)).is_some_and(|found| found == wanted)
    };
    !others.is_empty() && others.iter().all(same)
}

/// The names of all columns, where they are known.
fn columns(of: &Resolved) -> Option<Vec<Name>> {
    of.columns.iter().map(|it| it.name.clone()).collect::<Option<_>>().filter(|_| !of.open)
}
