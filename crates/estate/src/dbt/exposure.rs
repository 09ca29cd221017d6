//! Exposures: who uses what outside of dbt.

use plumb_base::{Owner, record::dbt};

use crate::{
    asset::AssetKind,
    read::{Draft, Gathered, blank},
};

pub(super) fn exposures(project: &dbt::Project, namespace: &str, gathered: &mut Gathered) {
    for exposure in &project.exposures {
        let mut asset = blank(
            &format!("exposure:{}", exposure.name),
            &exposure.name,
            AssetKind::Exposure,
            namespace,
        );
        asset.place.clone_from(&exposure.place);
        asset.open = false;
        asset.description.clone_from(&exposure.description);
        let file = exposure.place.as_ref().map(|place| format!(" in {}", place.path));
        asset.owners.extend(exposure.owner.iter().map(|name| Owner {
            name: name.clone(),
            source: format!("dbt exposure{}", file.as_deref().unwrap_or_default()),
        }));
        let key = gathered
            .add(Draft::new(asset, None), &format!("exposure:{namespace}.{}", exposure.name));
        for entry in &exposure.depends_on {
            let texts: Vec<&str> = entry.split(['\'', '"']).skip(1).step_by(2).collect();
            let wanted = match (entry.trim_start().starts_with("source"), texts.as_slice()) {
                (true, [source, table, ..]) => project
                    .sources
                    .iter()
                    .find(|it| it.source == *source && it.name == *table)
                    .map(|it| format!("{}.{}", it.schema, it.identifier)),
                (false, [.., name]) => Some((*name).to_owned()),
                _ => None,
            };
            if let Some(wanted) = wanted {
                gathered.exposed.push((key.clone(), namespace.to_owned(), wanted));
            }
        }
    }
}
