//! What an asset shows of its plan, and of what is said of it elsewhere.

use std::collections::BTreeMap;

use plumb_base::{Coverage, Name, Problem};
use plumb_ir::{Arena, Field, KnownColumn, Type};
use plumb_resolve::Resolved;

use crate::{
    asset::{Asset, AssetColumn, Code},
    names::Names,
    statement::Statement,
};

/// Says of an asset what its plan says: columns, coverage, problems, places.
pub(crate) fn describe(
    asset: &mut Asset,
    statement: &Statement,
    resolved: &Resolved,
    names: &Names,
) {
    let origin = statement.text.origin();
    let described = descriptions(asset, names);
    let schema = names.schemas.get(&asset.key);
    // Of two columns of one name the first is meant.
    let known = schema.into_iter().flat_map(|schema| schema.columns.iter().rev());
    let known: BTreeMap<&Name, &Type> = known.map(|it| (&it.name, &it.data_type)).collect();
    let data_type = |name: &Name| known.get(name).map(|known| (*known).clone());
    asset.columns = resolved
        .columns
        .iter()
        .map(|column| AssetColumn {
            name: column.name.clone(),
            field: column.field,
            description: described_as(&described, column.name.as_ref()),
            data_type: column.name.as_ref().and_then(data_type).unwrap_or(Type::Unknown),
        })
        .collect();
    asset.open = resolved.open;
    asset.calls = resolved.calls;
    if resolved.coverage == Coverage::Partly && asset.coverage == Some(Coverage::Read) {
        asset.coverage = Some(Coverage::Partly);
    }
    for trouble in &resolved.problems {
        asset.problems.push(Problem {
            place: origin.place(trouble.span),
            severity: trouble.severity,
            reason: trouble.reason.to_owned(),
            message: trouble.message.clone(),
        });
    }
    asset.problems.sort();
    asset.problems.dedup();
    asset.code = Some(Code::new(statement, resolved));
}

/// Says of an asset which columns it is known to have without a plan.
pub(crate) fn declared_columns(arena: &mut Arena, asset: &mut Asset, names: &Names) {
    let Some(schema) = names.schemas.get(&asset.key) else { return };
    let described = descriptions(asset, names);
    let column = |column: &KnownColumn| AssetColumn {
        name: Some(column.name.clone()),
        field: Field::Named(arena.symbol(column.name.as_str())),
        description: described_as(&described, Some(&column.name)),
        data_type: column.data_type.clone(),
    };
    asset.columns = schema.columns.iter().map(column).collect();
    asset.open = schema.open;
}

/// What is said of columns, by name, before their plan is known: the code's word before the warehouse's.
fn descriptions(asset: &Asset, names: &Names) -> BTreeMap<Name, String> {
    let told = names.told.get(&asset.key).map(|told| told.comments.clone()).unwrap_or_default();
    let said = asset.columns.iter().filter(|column| !column.description.is_empty());
    let said = said.filter_map(|column| Some((column.name.clone()?, column.description.clone())));
    told.into_iter().chain(said).collect()
}

fn described_as(described: &BTreeMap<Name, String>, name: Option<&Name>) -> String {
    name.and_then(|name| described.get(name)).cloned().unwrap_or_default()
}
