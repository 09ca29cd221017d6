//! What the settings say assets are: their layer, and the environment they belong to.

use plumb_base::record::{Found, Match};

use crate::{
    Asset,
    pattern::{self, Selector},
};

/// Layers that name themselves: a schema, a folder or a tag that is called so.
const LAYERS: &[&str] = &["bronze", "silver", "gold"];

/// Says of every asset to which layer and environment it belongs, where that is known.
pub(crate) fn assign(found: &Found, assets: &mut [Asset]) {
    let settings = &found.settings;
    let rules = |list: &[(String, Match)]| -> Vec<(Selector, String)> {
        let rule =
            |(name, what): &(String, Match)| (Selector::new(what, &settings.below), name.clone());
        list.iter().map(rule).collect()
    };
    let (layers, environments) = (rules(&settings.layers), rules(&settings.environments));
    for asset in assets {
        let first = |rules: &[(Selector, String)]| {
            let rule = rules.iter().find(|(selector, _)| selector.matches(asset));
            rule.map(|(_, name)| name.clone())
        };
        let layer = first(&layers).or_else(|| layers.is_empty().then(|| by_name(asset)).flatten());
        (asset.layer, asset.environment) = (layer, first(&environments));
    }
}

fn by_name(asset: &Asset) -> Option<String> {
    let name = pattern::relation(asset);
    let schema = name.as_ref().and_then(|name| name.0.iter().rev().nth(1));
    let folders = asset.place.iter().flat_map(|place| place.path.split('/').rev().skip(1));
    let words = asset.tags.iter().map(String::as_str).chain(schema.map(plumb_base::Name::as_str));
    let said = words.chain(folders).map(str::to_lowercase);
    said.into_iter().find(|word| LAYERS.contains(&word.as_str()))
}
