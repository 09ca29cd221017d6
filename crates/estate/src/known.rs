//! What is known of the tables that plans read, each with the ground it stands on.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::Name;
use plumb_canon::{Column, Facts, Ground, Reference};
use plumb_ir::{Field, Out, Rel, Scalar, Type};

use crate::{
    Asset, AssetColumn, Estate,
    promises::{ForeignKey, Key, NotNull, Trust},
};

impl Estate {
    /// Keys, references, columns without NULL and types of some tables, by the names under which they are read.
    pub fn facts_of(&self, tables: &BTreeSet<String>) -> Facts {
        let mut facts = Facts::default();
        for asset in tables.iter().filter_map(|key| self.asset(key)) {
            of_asset(asset, &mut facts);
            self.of_readers(asset, asset, DEEPEST, &mut facts);
            for promise in &asset.promises.foreign_keys {
                let to = self.asset(&promise.to);
                if to.is_some_and(|to| is_key(to, &promise.to_columns)) {
                    refer(asset, promise, &mut facts);
                }
            }
        }
        facts
    }

    /// What is promised of models whose rows are those of a table: it holds of the table.
    fn of_readers(&self, table: &Asset, read: &Asset, depth: usize, facts: &mut Facts) {
        for reader in read.read_by.iter().map(|at| &self.assets[*at]) {
            let Some(columns) = self.passed(reader, table) else { continue };
            let of = |name: &Name| columns.get(name).cloned();
            for promise in &reader.promises.not_null {
                let Some(column) = of(&promise.column) else { continue };
                let ground = not_null(reader, promise, facts);
                let known = facts.table(&table.key).columns.entry(column);
                let unknown = Column { data_type: Type::Unknown, not_null: None };
                known.or_insert(unknown).not_null.get_or_insert(ground);
            }
            for promise in &reader.promises.keys {
                let Some(columns) = promise.columns.iter().map(of).collect() else { continue };
                let ground = key(reader, promise, facts);
                facts.table(&table.key).keys.push((columns, ground));
            }
            if let Some(depth) = depth.checked_sub(1) {
                self.of_readers(table, reader, depth, facts);
            }
        }
    }

    /// Columns of a table by the names that a model passes them on under, if each row of the table is one of the model.
    fn passed(&self, model: &Asset, table: &Asset) -> Option<BTreeMap<Name, String>> {
        let plan = model.plan.as_ref().filter(|plan| plan.worlds.is_empty())?;
        // What was added row by row may hold others than a look at the table now.
        if model.incremental.is_some() || model.snapshot.is_some() || !model.kind.is_relation() {
            return None;
        }
        let Rel::Project { from, out } = self.arena.get_rel(plan.expanded.rel) else { return None };
        let from = self.arena.get_from(*from);
        let [only] = from.inputs.as_slice() else { return None };
        let Rel::Scan { table: read } = self.arena.get_rel(*only) else { return None };
        let plain = from.conditions().is_empty();
        if !plain || self.arena.name(*read) != table.key {
            return None;
        }
        let column = |(column, place): (&AssetColumn, &u32)| {
            let Out::Column(value) = out.get(*place as usize)? else { return None };
            match self.arena.get_scalar(*value) {
                Scalar::Column { depth: 0, input: 0, field: Field::Named(of) } => {
                    Some((column.name.clone()?, self.arena.name(*of).to_owned()))
                }
                _ => None,
            }
        };
        Some(model.columns.iter().zip(&plan.expanded.columns).filter_map(column).collect())
    }
}

/// Models that stand on each other, at most.
const DEEPEST: usize = 8;

/// Whether no two rows are promised to share these columns: only then does a reference point to one row.
fn is_key(asset: &Asset, columns: &[Name]) -> bool {
    let same = |key: &Key| {
        key.columns.len() == columns.len() && columns.iter().all(|it| key.columns.contains(it))
    };
    asset.promises.keys.iter().any(same)
}

fn of_asset(asset: &Asset, facts: &mut Facts) {
    for column in &asset.columns {
        let Some(name) = &column.name else { continue };
        if column.data_type != Type::Unknown {
            let known = Column { data_type: column.data_type.clone(), not_null: None };
            facts.table(&asset.key).columns.insert(name.as_str().to_owned(), known);
        }
    }
    for promise in &asset.promises.not_null {
        let ground = not_null(asset, promise, facts);
        let columns = &mut facts.table(&asset.key).columns;
        let unknown = Column { data_type: Type::Unknown, not_null: None };
        let column = columns.entry(promise.column.as_str().to_owned()).or_insert(unknown);
        column.not_null = Some(ground);
    }
    for promise in &asset.promises.keys {
        let ground = key(asset, promise, facts);
        let columns = promise.columns.iter().map(|name| name.as_str().to_owned()).collect();
        facts.table(&asset.key).keys.push((columns, ground));
    }
}

fn refer(asset: &Asset, promise: &ForeignKey, facts: &mut Facts) {
    let ground = reference(asset, promise, facts);
    let names = |names: &[Name]| -> Vec<String> {
        names.iter().map(|name| name.as_str().to_owned()).collect()
    };
    let reference = Reference {
        columns: names(&promise.columns),
        table: promise.to.clone(),
        to: names(&promise.to_columns),
        ground,
    };
    facts.table(&asset.key).references.push(reference);
}

fn not_null(asset: &Asset, promise: &NotNull, facts: &mut Facts) -> Ground {
    let what = format!("{}.{} is never NULL", asset.key, promise.column);
    ground(facts, promise.trust, &what)
}

fn key(asset: &Asset, promise: &Key, facts: &mut Facts) -> Ground {
    let what = format!("no two rows of {} have the same {}", asset.key, listed(&promise.columns));
    ground(facts, promise.trust, &what)
}

fn reference(asset: &Asset, promise: &ForeignKey, facts: &mut Facts) -> Ground {
    let (from, to) = (listed(&promise.columns), listed(&promise.to_columns));
    let (of, there) = (&asset.key, &promise.to);
    let what = format!("each {from} of {of} is the {to} of one row of {there}");
    ground(facts, promise.trust, &what)
}

fn ground(facts: &mut Facts, trust: Trust, what: &str) -> Ground {
    match trust {
        Trust::Enforced => Ground::ENFORCED,
        Trust::Tested => facts.ground(&format!("{what} (tested)")),
        Trust::Declared => facts.ground(&format!("{what} (declared; nobody checks it)")),
    }
}

fn listed(names: &[Name]) -> String {
    names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ")
}
