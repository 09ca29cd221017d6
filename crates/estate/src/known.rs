//! What is known of the tables that plans read, each with the ground it stands on.

use std::collections::BTreeSet;

use plumb_base::Name;
use plumb_canon::{Column, Facts, Ground, Reference};
use plumb_ir::Type;

use crate::{
    Asset, Estate,
    promises::{ForeignKey, Key, NotNull, Trust},
};

impl Estate {
    /// Keys, references, columns without NULL and types of some tables, by the names under which they are read.
    pub fn facts_of(&self, tables: &BTreeSet<String>) -> Facts {
        let mut facts = Facts::default();
        for asset in tables.iter().filter_map(|key| self.asset(key)) {
            of_asset(asset, &mut facts);
            for promise in &asset.promises.foreign_keys {
                let to = self.asset(&promise.to);
                if to.is_some_and(|to| is_key(to, &promise.to_columns)) {
                    refer(asset, promise, &mut facts);
                }
            }
        }
        facts
    }
}

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
