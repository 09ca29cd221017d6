//! A dataset in parts that can be compared one by one: what it reads, which rows count, by what they are grouped, what
//! it shows.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Hasher, Message};
use plumb_estate::Asset;
use plumb_ir::{Arena, Field, Out, Rel, RelId, Scalar};

use crate::{
    compare::{Change, Condition, Side},
    formula::{Reader, tables_of},
};

/// What a dataset is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outline {
    /// Its plan.
    rel: RelId,
    /// Equal where the same tables are joined the same way and grouped by the same keys.
    pub(crate) rows: Rows,
    /// Conditions on the rows, for people, by what they are.
    pub(crate) conditions: BTreeMap<String, Message>,
    /// Where each of them stands.
    stands: BTreeMap<String, BTreeSet<Condition>>,
    /// Outputs beside the keys: what each is, with its name.
    pub(crate) outputs: BTreeMap<String, String>,
    /// Those outputs that are the same for each row, and say nothing of it.
    constants: BTreeSet<String>,
    /// Where each output stands, the keys too.
    places: BTreeMap<String, u32>,
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

/// What stands before the unit at which a time is cut.
const CUT: &str = "date-trunc('";

impl Rows {
    /// The same at any grain of time, and the grains it has.
    pub(crate) fn at_any_grain(&self) -> (Self, BTreeSet<String>) {
        let mut grains = BTreeSet::new();
        let mut all = |texts: &BTreeSet<String>| -> BTreeSet<String> {
            texts.iter().map(|text| without_grain(text, &mut grains)).collect()
        };
        let keys = self.keys.as_ref().map(&mut all);
        let shapes = all(&self.shapes);
        (Self { shapes, keys, ..self.clone() }, grains)
    }
}

fn without_grain(text: &str, grains: &mut BTreeSet<String>) -> String {
    let mut parts = text.split(CUT);
    let mut new = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (grain, rest) = part.split_once('\'').unwrap_or(("", part));
        grains.insert(grain.to_owned());
        new.push_str(CUT);
        new.push_str(rest);
    }
    new
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
        let mut reader = Reader::exact(arena);
        reader.rows(rel);
        let mut tables = BTreeSet::new();
        tables_of(arena, rel, &mut tables);
        // What only reads what another has joined and grouped does no work of its own.
        if plan.parts.is_empty() {
            return None;
        }
        let mut names: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
        for (column, at) in asset.columns.iter().zip(&plan.expanded.columns) {
            names.entry(*at).or_default().insert(column.name.as_ref()?.to_string());
        }
        let first = grouped.unwrap_or(0);
        let keys = output_keys(&mut reader, rel, 0, first)?;
        let mut places: BTreeMap<String, u32> =
            (0..).zip(&keys).map(|(at, it)| (it.clone(), at)).collect();
        let keys = grouped.map(|_| keys.into_iter().collect());
        let width = width(arena, rel);
        let (mut outputs, mut constants) = (BTreeMap::new(), BTreeSet::new());
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for (at, key) in (first..width).zip(output_keys(&mut reader, rel, first, width)?) {
            let at = u32::try_from(at).ok()?;
            let constant = grouped.is_none() && is_constant(arena, rel, at);
            for name in names.get(&at)? {
                let again = times.entry(key.clone()).or_default();
                *again += 1;
                // Of columns that hold one number in each row, only names say which is which.
                let key = match again {
                    _ if constant => format!("{key} as {name}"),
                    1 => key.clone(),
                    _ => format!("{key} again {again}"),
                };
                places.insert(key.clone(), at);
                if constant {
                    constants.insert(key.clone());
                }
                outputs.insert(key, name.clone());
            }
        }
        let conditions = reader.conditions();
        let Reader { joins, shapes, stands, .. } = reader;
        let rows = Rows { tables, joins, shapes, keys, distinct };
        Some(Self { rel: root, rows, conditions, stands, outputs, constants, places })
    }

    /// Whether each row is there once, whatever it was made of: with another column, others are.
    pub(crate) fn is_distinct(&self) -> bool {
        self.rows.distinct
    }

    /// Outputs that say something of a row.
    pub(crate) fn told(&self) -> impl Iterator<Item = &String> {
        self.outputs.keys().filter(|key| !self.constants.contains(*key))
    }

    /// Both datasets in the columns that both have, without the conditions that only one has.
    pub(crate) fn beside(&self, other: &Self) -> [Side; 2] {
        let own = |it: &Self, than: &Self| -> BTreeSet<Condition> {
            let own = it.stands.iter().filter(|(key, _)| !than.stands.contains_key(*key));
            own.flat_map(|(_, stands)| stands.iter().copied()).collect()
        };
        let (one, two) = (own(self, other), own(other, self));
        self.both(other, [one, two])
    }

    /// Both datasets in the columns that both have.
    pub(crate) fn whole_beside(&self, other: &Self) -> [Side; 2] {
        self.both(other, [BTreeSet::new(), BTreeSet::new()])
    }

    /// Both datasets in the columns that both have, and those of some names.
    pub(crate) fn named_beside(&self, other: &Self, names: &[String]) -> [Side; 2] {
        let place = |it: &Self, name: &String| {
            let key = it.outputs.iter().find(|(_, known)| *known == name).map(|(key, _)| key);
            key.and_then(|key| it.places.get(key)).copied()
        };
        let [mut one, mut two] = self.whole_beside(other);
        for name in names {
            if let (Some(first), Some(second)) = (place(self, name), place(other, name)) {
                one.outputs.push(first);
                two.outputs.push(second);
            }
        }
        [one, two]
    }

    fn both(&self, other: &Self, without: [BTreeSet<Condition>; 2]) -> [Side; 2] {
        let both = self.places.iter().filter_map(|(key, at)| Some((*at, *other.places.get(key)?)));
        let (first, second): (Vec<u32>, Vec<u32>) = both.unzip();
        let [one, two] = without.map(Change::Without);
        [
            Side { rel: self.rel, outputs: first, change: one },
            Side { rel: other.rel, outputs: second, change: two },
        ]
    }
}

/// Whether an output of a projection looks at nothing.
fn is_constant(arena: &Arena, rel: RelId, at: u32) -> bool {
    let scalar = arena.get_rel(rel).scalars().get(at as usize).copied();
    scalar.is_some_and(|scalar| arena.scalar_reach(scalar) == 0 && !arena.holds_relation(scalar))
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
    let key = |at: usize| {
        let key = reader.key_of(rel, Field::At(u32::try_from(at).ok()?));
        key.or_else(|| own_key(reader, rel, at))
    };
    (first..end).map(key).collect()
}

/// What no words say, such as a row number, is itself, over what its columns are.
fn own_key(reader: &mut Reader<'_>, rel: RelId, at: usize) -> Option<String> {
    let arena = reader.arena();
    let node = arena.get_rel(rel);
    let inputs = &arena.get_from(node.from()?).inputs;
    let scalar = *node.scalars().get(at)?;
    let (mut columns, mut seen, mut work) = (BTreeMap::new(), BTreeSet::new(), vec![scalar]);
    while let Some(id) = work.pop() {
        if !seen.insert(id) {
            continue;
        }
        let part = arena.get_scalar(id);
        if let Scalar::Column { depth: 0, input, field } = part {
            let key = reader.key_of(*inputs.get(*input as usize)?, *field)?;
            columns.insert(id, Hasher::new("column").text(&key).finish());
            continue;
        }
        // What looks elsewhere is not followed.
        let elsewhere = matches!(part, Scalar::Column { .. } | Scalar::Either { .. });
        if elsewhere || part.subquery().is_some() {
            return None;
        }
        work.extend(part.children());
    }
    Some(format!("#{}", arena.scalar_digest_with(scalar, columns)))
}
