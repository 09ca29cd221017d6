//! Tables that a later statement drops: what they held is not there for anybody to read.

use plumb_base::Place;

use crate::{read::Gathered, script::LOOSE};

/// Marks tables, and what writes to them, where all of that comes before the statement that drops them.
pub(crate) fn mark(gathered: &mut Gathered) {
    for (name, dropped) in std::mem::take(&mut gathered.dropped) {
        let Some(table) = gathered.names.find(LOOSE, &name) else { continue };
        let writers = gathered.changed.get(table).into_iter().flatten();
        let keys: Vec<String> = writers.cloned().chain([table.to_owned()]).collect();
        let place = |key: &String| gathered.drafts.get(key)?.asset.place.as_ref();
        let places: Vec<&Place> = keys.iter().filter_map(place).collect();
        if places.is_empty() || !places.iter().all(|place| is_before(place, &dropped)) {
            continue;
        }
        for key in keys {
            if let Some(draft) = gathered.drafts.get_mut(&key) {
                draft.asset.dropped = Some(dropped.clone());
            }
        }
    }
}

/// Whether one statement surely runs before another: of one file, or of migrations that are numbered.
fn is_before(one: &Place, other: &Place) -> bool {
    if one.path == other.path {
        return one.start < other.start;
    }
    match (version(&one.path), version(&other.path)) {
        (Some(one), Some(other)) => one < other,
        _ => false,
    }
}

/// The number in the name of a migration of Flyway or schemachange: `V1.2.3__what_it_does.sql`.
fn version(path: &str) -> Option<Vec<u64>> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (number, _) = name.strip_prefix('V')?.split_once("__")?;
    number.split(['.', '_']).map(|part| part.parse().ok()).collect()
}
