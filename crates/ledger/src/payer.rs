//! Whose a part of a bill is, and how that is known; teams that are spelled in several ways are one.

use std::collections::BTreeMap;

use plumb_base::record::Settings;
use plumb_estate::{Asset, Estate, WarehouseOwners};

use crate::{Cause, Ledger, NameId};

/// Tags that name a team.
const TEAM_TAGS: &[&str] = &["team", "owner", "squad"];

/// Everybody who may pay, and the spelling of each.
pub struct Payers<'a> {
    settings: &'a Settings,
    ledger: &'a Ledger,
    warehouses: WarehouseOwners<'a>,
    /// Spelling by name without case, spaces and signs.
    spelling: BTreeMap<String, String>,
}

/// Whose it is, and how that is known.
pub struct Payer {
    /// The team or person.
    pub name: String,
    /// What says so: `tag`, `dbt group`, `CODEOWNERS`.
    pub how: String,
}

impl<'a> Payers<'a> {
    /// Learns who is named, and how.
    pub fn new(settings: &'a Settings, estate: &'a Estate, ledger: &'a Ledger) -> Self {
        let warehouses = WarehouseOwners::new(settings);
        let mut payers = Self { settings, ledger, warehouses, spelling: BTreeMap::new() };
        for setting in &settings.owners {
            payers.spell(setting.team.iter().chain(&setting.owner).map(String::as_str));
        }
        let names = |asset: &'a Asset| {
            let said = asset.owners.iter().filter(|owner| !owner.is_guess());
            asset.team.as_deref().into_iter().chain(said.map(|owner| owner.name.as_str()))
        };
        payers.spell(estate.assets.iter().flat_map(names));
        let tags = ledger.causes.iter().flat_map(|cause| &cause.tags);
        let tags = tags.map(|tag| ledger.names.name(*tag));
        payers.spell(tags.chain(ledger.object_tags.of_warehouses()).filter_map(team));
        payers
    }

    /// Adds spellings; those of earlier calls stay, and of one call the most carefully written counts.
    fn spell<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        let mut names: Vec<&str> = names.collect();
        let care = |name: &str| {
            let upper = name.chars().any(char::is_uppercase);
            (!name.contains(' '), !upper)
        };
        names.sort_by(|one, two| (care(one), one).cmp(&(care(two), two)));
        for name in names {
            self.spelling.entry(bare(name)).or_insert_with(|| name.to_owned());
        }
    }

    /// Whose a cause is: of its asset, then of a tag that names a team, then of the warehouse.
    pub fn of(
        &self,
        cause: &Cause,
        asset: Option<&Asset>,
        resource: Option<&str>,
    ) -> Option<Payer> {
        let tag = |tag: &NameId| team(self.ledger.names.name(*tag));
        let tagged =
            || cause.tags.iter().find_map(tag).map(|name| (name.to_owned(), "tag".to_owned()));
        let owned = asset.and_then(of_asset).or_else(tagged);
        match owned {
            Some((name, how)) => Some(self.payer(&name, how)),
            None => self.of_resource(resource?),
        }
    }

    /// Whoever pays for a warehouse: as settings say, else a tag of it that names a team.
    pub fn of_resource(&self, resource: &str) -> Option<Payer> {
        let id = || self.ledger.ids.get(resource).and_then(|id| self.warehouses.of(id));
        let Some(setting) = self.warehouses.of(resource).or_else(id) else {
            let tagged = self.ledger.object_tags.of_warehouse(resource).find_map(team)?;
            return Some(self.payer(tagged, "tag of the warehouse".to_owned()));
        };
        let name = setting.team.as_ref().or(setting.owner.as_ref())?;
        Some(self.payer(name, format!("{}, warehouse", self.file())))
    }

    fn payer(&self, name: &str, how: String) -> Payer {
        let name = self.spelling.get(&bare(name)).map_or(name, String::as_str);
        Payer { name: name.to_owned(), how }
    }

    fn file(&self) -> &str {
        self.settings.path.as_deref().unwrap_or("plumb.toml")
    }
}

/// Whose an asset is, and how that is known; a guess counts for nothing.
fn of_asset(asset: &Asset) -> Option<(String, String)> {
    let owner = asset.owners.first().filter(|owner| !owner.is_guess());
    let name = asset.team.clone().or_else(|| owner.map(|owner| owner.name.clone()))?;
    let how = match owner {
        Some(owner) => {
            let source = owner.source.split([':', ',']).next().unwrap_or_default();
            source.split(" in ").next().unwrap_or_default().to_owned()
        }
        None => "dbt group".to_owned(),
    };
    // Groups and titles differ from asset to asset; what they are does not.
    let how = if how.starts_with("dbt group") { "dbt group".to_owned() } else { how };
    Some((name, how))
}

/// The team that a tag names.
fn team(tag: &str) -> Option<&str> {
    let (key, value) = tag.split_once('=')?;
    let known = TEAM_TAGS.iter().any(|known| key.eq_ignore_ascii_case(known));
    Some(value.trim()).filter(|value| known && !value.is_empty())
}

/// A name without what does not count.
fn bare(name: &str) -> String {
    name.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
