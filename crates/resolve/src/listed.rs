//! Names in a list that is asked for them often: columns of a relation, aliases of a select list.

use std::cell::OnceCell;

use plumb_base::Name;
use plumb_ir::ScalarId;
use rustc_hash::FxHashMap;

use crate::scope::Column;

/// Columns up to which they are looked at one by one.
const FEW: usize = 16;

/// Where columns stand in their list, once somebody asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places(OnceCell<FxHashMap<Name, usize>>);

impl Places {
    /// The first column of a name. The columns must be the same in every call.
    pub(crate) fn find<'c>(&self, columns: &'c [Column], name: &Name) -> Option<&'c Column> {
        if columns.len() <= FEW {
            return columns.iter().find(|column| column.name.as_ref() == Some(name));
        }
        let places = self.0.get_or_init(|| {
            let named = columns.iter().enumerate().rev();
            named.filter_map(|(at, column)| Some((column.name.clone()?, at))).collect()
        });
        places.get(name).map(|at| &columns[*at])
    }
}

/// What names stand for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Aliases {
    list: Vec<(Name, ScalarId)>,
    last: FxHashMap<Name, ScalarId>,
}

impl Aliases {
    pub(crate) fn push(&mut self, name: Name, scalar: ScalarId) {
        self.last.insert(name.clone(), scalar);
        self.list.push((name, scalar));
    }

    /// What a name stands for; the last one wins.
    pub(crate) fn get(&self, name: &Name) -> Option<ScalarId> {
        self.last.get(name).copied()
    }

    /// All of them, in order.
    pub(crate) fn all(&self) -> &[(Name, ScalarId)] {
        &self.list
    }
}

impl FromIterator<(Name, ScalarId)> for Aliases {
    fn from_iter<I: IntoIterator<Item = (Name, ScalarId)>>(names: I) -> Self {
        let mut aliases = Self::default();
        names.into_iter().for_each(|(name, scalar)| aliases.push(name, scalar));
        aliases
    }
}
