//! Constraints of tables that scripts declare: what their rows keep.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Name, Place, Span};
use plumb_syntax::sql::{
    Dialect,
    tree::{Change, Constraint, Ident, RowRule},
};

use crate::{
    asset::AssetKind,
    promises::{ForeignKey, Key, NotNull, Promises, Trust},
    read::Gathered,
};

/// What is said of the rows of tables, by key of the table.
#[derive(Default)]
pub(crate) struct Constraints {
    tables: BTreeMap<String, Table>,
    /// Indexes that are taken away somewhere: who knows when.
    dropped: BTreeSet<Name>,
}

#[derive(Default)]
struct Table {
    /// What every text that declares it says.
    declared: Option<Vec<Kept>>,
    /// What is added afterwards.
    added: Vec<Kept>,
    /// Whether something is taken back: what, and when, nobody follows.
    freed: bool,
}

/// Something that rows keep.
#[derive(Clone)]
struct Kept {
    what: What,
    index: Option<Name>,
    trust: Trust,
    place: Place,
}

#[derive(Clone, PartialEq, Eq)]
enum What {
    Unique(Vec<Name>),
    PrimaryKey(Vec<Name>),
    NotNull(Name),
    References { columns: Vec<Name>, to: String, to_columns: Vec<Name> },
}

/// A text that speaks of a table.
pub(crate) struct Said<'a> {
    /// Key of the table.
    pub(crate) table: &'a str,
    pub(crate) dialect: &'a Dialect,
    /// Where something stands.
    pub(crate) place: &'a dyn Fn(Span) -> Place,
    /// Key of a table by its name there.
    pub(crate) key_of: &'a dyn Fn(&plumb_base::TableName) -> String,
}

impl Constraints {
    /// A table is declared; where several texts do, what all of them say holds.
    pub(crate) fn declare(&mut self, said: &Said<'_>, constraints: &[Constraint]) {
        let kept: Vec<Kept> = constraints.iter().map(|one| said.kept(one)).collect();
        let table = self.tables.entry(said.table.to_owned()).or_default();
        match &mut table.declared {
            Some(before) => before.retain(|one| kept.iter().any(|other| other.what == one.what)),
            none => *none = Some(kept),
        }
    }

    pub(crate) fn change(&mut self, said: &Said<'_>, change: &Change) {
        let table = self.tables.entry(said.table.to_owned()).or_default();
        table.added.extend(change.adds.iter().map(|one| said.kept(one)));
        table.freed |= change.frees;
    }

    pub(crate) fn drop_index(&mut self, index: &Name) {
        self.dropped.insert(index.clone());
    }

    /// The key to which references point that name no columns.
    fn primary_key(&self, table: &str) -> Option<&[Name]> {
        let keys = self.tables.get(table)?.kept().filter_map(|one| match &one.what {
            What::PrimaryKey(columns) => Some(columns.as_slice()),
            What::Unique(_) | What::NotNull(_) | What::References { .. } => None,
        });
        keys.last()
    }

    fn promises(&self, table: &Table) -> Promises {
        let mut promises = Promises::default();
        let mut not_null = |column: &Name, trust, place| {
            let known = |one: &NotNull| one.column == *column && one.trust >= trust;
            if !promises.not_null.iter().any(known) {
                promises.not_null.push(NotNull { column: column.clone(), trust, place });
            }
        };
        let there = |one: &&Kept| one.index.as_ref().is_none_or(|it| !self.dropped.contains(it));
        for Kept { what, trust, place, .. } in table.kept().filter(there) {
            let (trust, place) = (*trust, Some(place.clone()));
            match what {
                What::Unique(columns) | What::PrimaryKey(columns) => {
                    promises.keys.push(Key {
                        columns: columns.clone(),
                        trust,
                        place: place.clone(),
                    });
                }
                What::NotNull(column) => not_null(column, trust, place.clone()),
                What::References { columns, to, to_columns } => {
                    let named = Some(to_columns.as_slice()).filter(|columns| !columns.is_empty());
                    let Some(there) = named.or_else(|| self.primary_key(to)) else { continue };
                    promises.foreign_keys.push(ForeignKey {
                        columns: columns.clone(),
                        to: to.clone(),
                        to_columns: there.to_vec(),
                        trust,
                        place: place.clone(),
                    });
                }
            }
            if let What::PrimaryKey(columns) = what {
                for column in columns {
                    not_null(column, trust, place.clone());
                }
            }
        }
        promises
    }
}

impl Table {
    fn kept(&self) -> impl Iterator<Item = &Kept> {
        self.declared.iter().flatten().chain(&self.added)
    }
}

impl Said<'_> {
    fn kept(&self, constraint: &Constraint) -> Kept {
        let names =
            |idents: &[Ident]| -> Vec<Name> { idents.iter().map(|it| it.name.clone()).collect() };
        let (kind, what) = match &constraint.rule {
            RowRule::Unique(columns) => ("unique", What::Unique(names(columns))),
            RowRule::PrimaryKey(columns) => ("primary_key", What::PrimaryKey(names(columns))),
            RowRule::NotNull(column) => ("not_null", What::NotNull(column.name.clone())),
            RowRule::References { columns, to, to_columns } => {
                let (columns, to_columns) = (names(columns), names(to_columns));
                let to = (self.key_of)(&to.name);
                ("foreign_key", What::References { columns, to, to_columns })
            }
        };
        let trust =
            if constraint.unchecked { Trust::Declared } else { Trust::of(kind, self.dialect) };
        let index = constraint.name.as_ref().map(|it| it.name.clone());
        Kept { what, index, trust, place: (self.place)(constraint.span) }
    }
}

/// Gives tables that nobody here builds what is said of their rows.
pub(crate) fn assign(gathered: &mut Gathered) {
    let constraints = std::mem::take(&mut gathered.constraints);
    for (key, table) in &constraints.tables {
        let draft = gathered.drafts.get_mut(key).map(|draft| &mut draft.asset);
        if let Some(asset) = draft.filter(|it| it.kind == AssetKind::Source && !table.freed) {
            asset.promises = constraints.promises(table);
        }
    }
}
