//! Who pays for what runs on a warehouse, where nothing else says whose it is.

use globset::GlobMatcher;
use plumb_base::record::{OwnerSetting, Settings};

use crate::pattern;

/// Owners of warehouses, as settings name them.
pub struct WarehouseOwners<'a>(Vec<(GlobMatcher, &'a OwnerSetting)>);

impl<'a> WarehouseOwners<'a> {
    /// The owners that settings name.
    pub fn new(settings: &'a Settings) -> Self {
        let matcher = |setting: &'a OwnerSetting| {
            Some((pattern::name_glob(setting.what.warehouse.as_ref()?)?, setting))
        };
        Self(settings.owners.iter().filter_map(matcher).collect())
    }

    /// What is said of a warehouse first.
    pub fn of(&self, warehouse: &str) -> Option<&'a OwnerSetting> {
        self.0.iter().find(|(glob, _)| glob.is_match(warehouse)).map(|(_, setting)| *setting)
    }
}
