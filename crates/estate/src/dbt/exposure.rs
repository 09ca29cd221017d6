//! Exposures: who uses what outside of dbt.

use plumb_base::{Owner, record::dbt};

use super::Targets;
use crate::{
    asset::AssetKind,
    read::{Draft, Gathered, blank},
};

pub(super) fn exposures(
    project: &dbt::Project,
    targets: &Targets<'_>,
    namespace: &str,
    gathered: &mut Gathered,
) {
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
        let read = exposure.depends_on.iter();
        let read = read.filter_map(|written| targets.key(&project.name, written));
        gathered.exposed.extend(read.map(|read| (key.clone(), read)));
    }
}
