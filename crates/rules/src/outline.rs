//! A dataset in parts that can be compared one by one: what it reads, which rows count, by what they are grouped, what
//! it shows.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::Message;
use plumb_estate::Asset;
use plumb_ir::{Arena, Field, Out, Rel, RelId};

use crate::formula::{Reader, tables_of};

/// What a dataset is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outline {
    /// Equal where the same tables are joined the same way and grouped by the same keys.
    pub(crate) rows: Rows,
    /// Conditions on the rows, for people, by what they are.
    pub(crate) conditions: BTreeMap<String, Message>,
    /// Outputs beside the keys: what each is, with its name.
    pub(crate) outputs: BTreeMap<String, String>,
}

/// Which rows there are, conditions aside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rows {
    pub(crate) tables: BTreeSet<String>,
    joins: BTreeSet<String>,
    /// How rows are grouped, cut off or put together on the way.
    shapes: BTreeSet<String>,
    /// What they are grouped by, where they are.
    keys: Option<BTreeSet<String>>,
    distinct: bool,
}

impl Outline {
    /// The outline of an asset that joins or groups itself; `None` for one that does neither, or is built in another way.
    pub(crate) fn of(arena: &Arena, asset: &Asset) -> Option<Self> {
        let plan = asset.plan.as_ref()?;
        let root = plan.expanded.rel;
        let (rel, distinct) = match arena.get_rel(root) {
            Rel::Distinct { input } => (*input, true),
            _ => (root, false),
        };
        let grouped = match arena.get_rel(rel) {
            Rel::Aggregate { keys, .. } => Some(keys.len()),
            Rel::Project { out, .. } if out.iter().all(|out| matches!(out, Out::Column(_))) => None,
            _ => return None,
        };
        let mut reader = Reader::new(arena);
        reader.rows(rel);
        let mut tables = BTreeSet::new();
        tables_of(arena, rel, &mut tables);
        // What only reads what another has joined and grouped does no work of its own.
        if plan.parts.is_empty() {
            return None;
        }
        let mut names: BTreeMap<u32, String> = BTreeMap::new();
        for (column, at) in asset.columns.iter().zip(&plan.expanded.columns) {
            names.insert(*at, column.name.as_ref()?.to_string());
        }
        let keys = grouped
            .map(|count| output_keys(&mut reader, rel, 0, count))
            .map_or(Some(None), |keys| keys.map(|keys| Some(keys.into_iter().collect())))?;
        let first = grouped.unwrap_or(0);
        let width = width(arena, rel);
        let mut outputs = BTreeMap::new();
        for (at, key) in (first..width).zip(output_keys(&mut reader, rel, first, width)?) {
            let at = u32::try_from(at).ok()?;
            outputs.insert(key, names.get(&at)?.clone());
        }
        let conditions = reader.conditions();
        let rows = Rows { tables, joins: reader.joins, shapes: reader.shapes, keys, distinct };
        Some(Self { rows, conditions, outputs })
    }
}

fn width(arena: &Arena, rel: RelId) -> usize {
    match arena.get_rel(rel) {
        Rel::Project { out, .. } => out.len(),
        Rel::Aggregate { keys, calls, .. } => keys.len() + calls.len(),
        _ => 0,
    }
}

fn output_keys(
    reader: &mut Reader<'_>,
    rel: RelId,
    first: usize,
    end: usize,
) -> Option<Vec<String>> {
    (first..end).map(|at| reader.key_of(rel, Field::At(u32::try_from(at).ok()?))).collect()
}
