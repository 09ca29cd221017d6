//! What is known of the tables that plans read, each with the ground it stands on.

use plumb_canon::{Column, Facts, Ground, Reference};
use plumb_ir::Type;

use crate::{
    Asset, Estate,
    promises::{ForeignKey, Key, NotNull, Trust},
};

impl Estate {
    /// Keys, references, columns without NULL and types of all assets, by the names under which they are read.
    pub fn facts(&self) -> Facts {
        let mut facts = Facts::default();
        for asset in &self.assets {
            of_asset(asset, &mut facts);
        }
        facts
    }
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
    for promise in &asset.promises.foreign_keys {
        let ground = reference(asset, promise, facts);
        let names = |names: &[plumb_base::Name]| -> Vec<String> {
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
    let what = format!("each {from} of {} is a {to} of {}", asset.key, promise.to);
    ground(facts, promise.trust, &what)
}

fn ground(facts: &mut Facts, trust: Trust, what: &str) -> Ground {
    match trust {
        Trust::Enforced => Ground::ENFORCED,
        Trust::Tested => facts.ground(&format!("{what} (tested)")),
        Trust::Declared => facts.ground(&format!("{what} (declared; nobody checks it)")),
    }
}

fn listed(names: &[plumb_base::Name]) -> String {
    names.iter().map(plumb_base::Name::as_str).collect::<Vec<_>>().join(", ")
}
