//! Names that come again and again, each kept once.

use std::sync::Arc;

use rustc_hash::FxHashMap;

/// A name that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameId(u32);

/// Names, in the order in which they came.
#[derive(Debug, Clone, Default)]
pub struct Names {
    list: Vec<Arc<str>>,
    ids: FxHashMap<Arc<str>, u32>,
}

impl NameId {
    pub(crate) const FIRST: Self = Self(0);
    pub(crate) const LAST: Self = Self(u32::MAX);
}

impl Names {
    /// The id of a name; a new name is kept.
    pub fn id(&mut self, name: &str) -> NameId {
        if let Some(id) = self.ids.get(name) {
            return NameId(*id);
        }
        let id = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let name: Arc<str> = Arc::from(name);
        self.list.push(name.clone());
        self.ids.insert(name, id);
        NameId(id)
    }

    /// The name of an id, to keep beside the names.
    pub(crate) fn shared(&self, id: NameId) -> Arc<str> {
        self.list.get(id.0 as usize).cloned().unwrap_or_else(|| Arc::from(""))
    }

    /// The name of an id.
    pub fn name(&self, id: NameId) -> &str {
        self.list.get(id.0 as usize).map_or("", |name| name)
    }
}
