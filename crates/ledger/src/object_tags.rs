//! Tags that the platform keeps of its objects: warehouses, tables, and the schemas and databases that tables lie in.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::usage::ObjectTag;

use crate::access;
use crate::cause::Cause;
use crate::names::Names;
use crate::workload::{Workload, WorkloadKind};

/// Tags of objects by their names, `key=value` each.
#[derive(Debug, Clone, Default)]
pub(crate) struct ObjectTags {
    /// By name without case.
    warehouses: BTreeMap<String, BTreeSet<String>>,
    /// By names of tables, schemas and databases, as texts of queries are read.
    tables: BTreeMap<String, BTreeSet<String>>,
}

impl ObjectTags {
    /// Adds a tag.
    pub(crate) fn add(&mut self, tag: &ObjectTag) {
        let of = match tag.kind.to_ascii_uppercase().as_str() {
            "WAREHOUSE" => self.warehouses.entry(tag.name.to_ascii_uppercase()),
            "USER" | "ROLE" | "COLUMN" | "ACCOUNT" | "INTEGRATION" | "SHARE" => return,
            _ => self.tables.entry(access::name(&tag.name)),
        };
        of.or_default().insert(format!("{}={}", tag.key, tag.value));
    }

    /// Tags of a warehouse, sorted.
    pub(crate) fn of_warehouse(&self, name: &str) -> impl Iterator<Item = &str> {
        let tags = self.warehouses.get(&name.to_ascii_uppercase());
        tags.into_iter().flatten().map(String::as_str)
    }

    /// Every tag of a warehouse.
    pub(crate) fn of_warehouses(&self) -> impl Iterator<Item = &str> {
        self.warehouses.values().flatten().map(String::as_str)
    }

    /// Gives causes the tags of the tables that they write, of keys that they have not; the nearest counts.
    pub(crate) fn tell(&self, causes: &mut [Cause], workloads: &[Workload], names: &mut Names) {
        if self.tables.is_empty() {
            return;
        }
        for cause in causes {
            let workload = &workloads[cause.workload];
            let named = (workload.kind == WorkloadKind::Table).then(|| workload.label.clone());
            let table = named.or_else(|| cause.table.map(|table| names.name(table).to_owned()));
            let Some(table) = table else { continue };
            let above = std::iter::successors(Some(table.as_str()), |name| {
                name.rsplit_once('.').map(|(above, _)| above)
            });
            let mut keys: BTreeSet<String> =
                cause.tags.iter().filter_map(|tag| key(names.name(*tag))).collect();
            for tags in above.filter_map(|name| self.tables.get(name)) {
                let new: Vec<&String> = tags
                    .iter()
                    .filter(|tag| key(tag).is_some_and(|key| !keys.contains(&key)))
                    .collect();
                keys.extend(new.iter().filter_map(|tag| key(tag)));
                cause.tags.extend(new.into_iter().map(|tag| names.id(tag)));
            }
            cause.tags.sort_unstable();
        }
    }
}

/// The key of a tag, without case.
pub(crate) fn key(tag: &str) -> Option<String> {
    tag.split_once('=').map(|(key, _)| key.to_ascii_lowercase())
}
