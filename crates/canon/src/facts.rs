//! What is known of tables beyond their names, and on what ground.

use std::{collections::BTreeMap, sync::Arc};

use indexmap::IndexSet;
use plumb_ir::Type;

/// What must hold where types are not known and columns that are compared are taken to have one.
pub const ONE_TYPE: &str = "what is compared has one type";

/// Why something may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ground(Option<u32>);

impl Ground {
    /// The platform sees to it; nothing need be assumed.
    pub const ENFORCED: Self = Self(None);
}

/// What is known of tables. What is not said is not known.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Shared: every plan that is looked at takes them with it.
    tables: Arc<BTreeMap<String, Table>>,
    grounds: Arc<IndexSet<String>>,
    /// Whether what is compared may be taken to have one type where types are not known.
    pub(crate) one_type: bool,
    /// Whether what is added to may be taken for a number where types are not known.
    numbers: bool,
}

/// What is known of a table.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Its columns, by the name under which they are read; there may be more.
    pub columns: BTreeMap<String, Column>,
    /// Columns that no two rows share, where none of them is NULL.
    pub keys: Vec<(Vec<String>, Ground)>,
    /// Columns that point to a row of another table, where none of them is NULL.
    pub references: Vec<Reference>,
}

/// What is known of a column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its type.
    pub data_type: Type,
    /// Why it is never NULL.
    pub not_null: Option<Ground>,
}

/// Columns that point to a row of another table.
#[derive(Debug, Clone)]
pub struct Reference {
    /// The columns.
    pub columns: Vec<String>,
    /// The table they point to.
    pub table: String,
    /// Its columns, which are a key.
    pub to: Vec<String>,
    /// Why it may be believed.
    pub ground: Ground,
}

impl Facts {
    /// Nothing is known of tables; columns that are compared are taken to have one type, those that are added to be
    /// numbers.
    pub fn assuming_one_type() -> Self {
        Self { one_type: true, numbers: true, ..Self::default() }
    }

    /// The same, where columns that are compared are taken to have one type.
    #[must_use]
    pub fn of_one_type(&self) -> Self {
        Self { one_type: true, ..self.clone() }
    }

    /// The table that is scanned under a name, to be filled in.
    pub fn table(&mut self, name: &str) -> &mut Table {
        Arc::make_mut(&mut self.tables).entry(name.to_owned()).or_default()
    }

    /// The ground that a sentence names: what must hold for the fact to hold.
    pub fn ground(&mut self, sentence: &str) -> Ground {
        let (index, _) = Arc::make_mut(&mut self.grounds).insert_full(sentence.to_owned());
        Ground(u32::try_from(index).ok())
    }

    /// Every table of which something is known, by name.
    pub fn tables(&self) -> impl Iterator<Item = (&str, &Table)> {
        self.tables.iter().map(|(name, table)| (name.as_str(), table))
    }

    /// What is known of a table.
    pub fn get(&self, table: &str) -> Option<&Table> {
        self.tables.get(table)
    }

    /// Whether columns that are compared are taken to have one type where types are not known.
    pub fn one_type(&self) -> bool {
        self.one_type
    }

    /// Whether columns that are added to are taken for numbers where types are not known.
    pub fn numbers(&self) -> bool {
        self.numbers
    }

    /// What must be believed; `None` where the platform sees to it.
    pub fn told(&self, ground: Ground) -> Option<&str> {
        self.sentence(ground.0?)
    }

    /// What is left where a sentence is not believed; `None` if it is no ground of ours.
    pub fn without(&self, sentence: &str) -> Option<Self> {
        let index = self.grounds.get_index_of(sentence)?;
        let ground = Ground(u32::try_from(index).ok());
        let mut fewer = self.clone();
        for table in Arc::make_mut(&mut fewer.tables).values_mut() {
            table.keys.retain(|key| key.1 != ground);
            table.references.retain(|reference| reference.ground != ground);
            for column in table.columns.values_mut() {
                column.not_null = column.not_null.filter(|it| *it != ground);
            }
        }
        Some(fewer)
    }

    pub(crate) fn sentence(&self, ground: u32) -> Option<&str> {
        self.grounds.get_index(ground as usize).map(String::as_str)
    }
}

/// Grounds that are needed together, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Grounds(Vec<u32>);

impl Grounds {
    pub(crate) fn of(ground: Ground) -> Self {
        Self(ground.0.into_iter().collect())
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for ground in &other.0 {
            if let Err(at) = self.0.binary_search(ground) {
                self.0.insert(at, *ground);
            }
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        self.0.iter().copied()
    }
}
