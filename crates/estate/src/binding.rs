//! Statements become plans, those side by side that do not wait for each other.

mod again;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use plumb_base::{Name, TableName};
use plumb_ir::{Arena, Catalog, Copier, KnownColumn, Schema};
use plumb_resolve::{Around, Learned, OutputColumn, Resolved, resolve};
use plumb_syntax::sql::tree::WriteMode;
use rayon::prelude::*;

use crate::{
    Asset,
    asset::AssetKind,
    export,
    kept::Kept,
    names::{Names, View},
    plans::Work,
    side::{groups, in_order},
    statement::Statement,
    types::Types,
    worlds,
};
use again::{Done, Said, Wanted};

/// Tables that a statement asked for, each with what was known of it.
type Asked = BTreeMap<String, usize>;

/// What is to be bound.
pub(crate) struct Drafts<'a> {
    pub(crate) assets: &'a [Asset],
    /// Their statements.
    pub(crate) work: &'a [Work],
    /// Those together that do not wait for each other, each level after the one that it waits for.
    pub(crate) levels: &'a [Vec<usize>],
    /// Where plans of earlier runs are found, and those of this one are kept.
    pub(crate) kept: Option<&'a Kept>,
}

/// What was bound, by position of the asset.
#[derive(Default)]
pub(crate) struct Bound {
    pub(crate) whole: BTreeMap<usize, (Resolved, Asked)>,
    /// What runs add.
    pub(crate) added: BTreeMap<usize, (Resolved, Asked)>,
    /// Those whose columns are the same whatever decides which text their template gives.
    pub(crate) settled: BTreeSet<usize>,
}

/// A statement that was bound by itself.
struct One {
    resolved: Resolved,
    asked: Asked,
    columns: Vec<KnownColumn>,
}

/// Plans that one thread looks through, at least: they have much in common.
const LOOKS: usize = 512;

/// Resolves every statement; a second time where columns of unknown tables were ambiguous, and uses elsewhere
/// have told which table has them.
pub(crate) fn all(arena: &mut Arena, names: &mut Names, drafts: &Drafts<'_>) -> Bound {
    let mut bound = pass(arena, names, drafts, Bound::default());
    let all: Vec<_> = bound.whole.values().chain(bound.added.values()).collect();
    let learned = all.par_iter().with_min_len(LOOKS).map(|(resolved, _)| resolved.rel);
    let learned = learned.fold(Learned::default, |learned, rel| learned.with(arena, rel));
    let learned = learned.reduce(Learned::default, Learned::and);
    if let Some(learned) = learned.settling(arena) {
        names.learn(learned);
        bound = pass(arena, names, drafts, bound);
    }
    bound
}

/// Binds every statement; what was bound before stays where all that it asked for is as it was.
fn pass(arena: &mut Arena, names: &mut Names, drafts: &Drafts<'_>, before: Bound) -> Bound {
    let mut bound = Bound::default();
    let Bound { mut whole, mut added, .. } = before;
    for level in drafts.levels {
        let level: Vec<usize> =
            level.iter().copied().filter(|at| drafts.work[*at].statement.is_some()).collect();
        let mut known = kept(&level, &mut whole, names);
        for (at, one) in drafts.bind(&level, &known, names, arena, Drafts::whole) {
            let one = one.or_else(|| known.remove(&at).map(|it| One::of(it, arena, names)));
            let Some(One { resolved, asked, columns }) = one else { continue };
            let (work, asset) = (&drafts.work[at], &drafts.assets[at]);
            if drafts.is_settled(at, &resolved, names) {
                bound.settled.insert(at);
            }
            // A snapshot adds columns of its own; a template that was not known wholly may give others.
            let unsettled = !work.worlds.is_empty() && !bound.settled.contains(&at);
            let open = resolved.open || asset.kind == AssetKind::Snapshot || unsettled;
            let mut schema = names.schema_of(&asset.key, columns, open);
            if let Some(told) = names.told.get(&asset.key) {
                export::typed(&mut schema, told);
            }
            names.bound(&asset.key, schema);
            bound.whole.insert(at, (resolved, asked));
        }
    }
    // What runs add may look at any table, so it comes when all of them are known.
    let adding: Vec<usize> = drafts.levels.iter().flatten().copied().collect();
    let mut known = kept(&adding, &mut added, names);
    for (at, one) in drafts.bind(&adding, &known, names, arena, Drafts::added) {
        let one = one.map(|one| (one.resolved, one.asked)).or_else(|| known.remove(&at));
        bound.added.extend(one.map(|one| (at, one)));
    }
    bound
}

/// Those that were bound before and for which all is as it was.
fn kept(
    of: &[usize],
    before: &mut BTreeMap<usize, (Resolved, Asked)>,
    names: &Names,
) -> BTreeMap<usize, (Resolved, Asked)> {
    let stays = |asked: &Asked| {
        asked.iter().all(|(key, state)| names.state(key) == *state && !names.has_learned(key))
    };
    of.iter()
        .filter_map(|at| Some((*at, before.remove(at)?)))
        .filter(|(_, (_, asked))| stays(asked))
        .collect()
}

impl Drafts<'_> {
    /// Binds what is not known yet, side by side; what comes out is in order, with its plans in the arena.
    fn bind<'s>(
        &'s self,
        level: &[usize],
        known: &BTreeMap<usize, (Resolved, Asked)>,
        names: &Names,
        arena: &mut Arena,
        statement: impl Fn(&'s Self, usize) -> Option<(&'s Statement, String)> + Sync,
    ) -> Vec<(usize, Option<One>)> {
        let letters = |at: &usize| statement(self, *at).map_or(0, |(it, _)| it.text.sql.len());
        let groups = groups(level, letters);
        let group = |group: &&[usize]| {
            let wanted = group.iter().filter(|at| !known.contains_key(at));
            let wanted = wanted.filter_map(|at| {
                let (statement, owner) = statement(self, *at)?;
                let key = self.kept.and_then(|_| again::key(statement, &owner, names));
                Some(Wanted { at: *at, statement, asset: &self.assets[*at], owner, key })
            });
            bind_some(wanted.collect(), names, self.kept)
        };
        let mut bound: BTreeMap<usize, One> = BTreeMap::new();
        in_order(&groups, group, |_, parts| {
            for (small, part) in parts {
                let mut copier = Copier::new(&small);
                bound
                    .extend(part.into_iter().map(|(at, one)| (at, one.copied(&mut copier, arena))));
            }
        });
        level.iter().map(|at| (*at, bound.remove(at))).collect()
    }

    fn whole(&self, at: usize) -> Option<(&Statement, String)> {
        Some((self.work[at].statement.as_ref()?, self.assets[at].key.clone()))
    }

    fn added(&self, at: usize) -> Option<(&Statement, String)> {
        let added = self.work[at].incremental.as_ref()?.statement.as_ref()?;
        Some((added, format!("{} (incremental)", self.assets[at].key)))
    }

    /// Whether it has the same columns in every world.
    fn is_settled(&self, at: usize, resolved: &Resolved, names: &Names) -> bool {
        let (asset, mut other_worlds) = (&self.assets[at], Arena::new());
        let owner = format!("{} (another world)", asset.key);
        let own = self.work[at].statement.as_ref();
        let bind = |other: &Statement| {
            if own.is_some_and(|own| Arc::ptr_eq(&own.text, &other.text)) {
                return Some(resolved.clone());
            }
            Some(bind_one(&mut other_worlds, &other.view(names, &asset.project), other, &owner)?.0)
        };
        worlds::settled(resolved, &self.work[at].others, bind)
    }
}

/// Binds statements that do not wait for each other: each part with the arena that its plans are in.
fn bind_some(
    wanted: Vec<Wanted<'_>>,
    names: &Names,
    kept: Option<&Kept>,
) -> Vec<(Arena, Vec<(usize, One)>)> {
    let (known, wanted) = match kept {
        Some(kept) => again::recall(kept, wanted, names),
        None => (Vec::new(), wanted),
    };
    let mut small = Arena::new();
    let bind = |it: Wanted<'_>| {
        let (resolved, said) = bind_one(&mut small, &it.view(names), it.statement, &it.owner)?;
        Some(Done { at: it.at, key: it.key, resolved, said })
    };
    let new: Vec<Done> = wanted.into_iter().filter_map(bind).collect();
    if let Some(kept) = kept {
        again::keep(kept, &small, &new);
    }
    let parts = known.into_iter().chain([(small, new)]);
    let one = |done: Done, arena: &Arena| {
        let asked = done.said.asked(names);
        (done.at, One::of((done.resolved, asked), arena, names))
    };
    let parts = parts.map(|(arena, done)| {
        let part = done.into_iter().map(|it| one(it, &arena)).collect();
        (arena, part)
    });
    parts.collect()
}

impl One {
    fn of((resolved, asked): (Resolved, Asked), arena: &Arena, names: &Names) -> Self {
        let columns = known_columns(arena, &resolved, names);
        Self { resolved, asked, columns }
    }

    /// The same in another arena.
    fn copied(mut self, copier: &mut Copier<'_>, to: &mut Arena) -> Self {
        let resolved = &mut self.resolved;
        resolved.rel = copier.rel(to, resolved.rel);
        for select in &mut resolved.selects {
            select.rel = copier.rel(to, select.rel);
        }
        for column in &mut resolved.columns {
            column.field = copier.field(to, column.field);
        }
        self
    }
}

fn bind_one(
    arena: &mut Arena,
    view: &View<'_>,
    statement: &Statement,
    owner: &str,
) -> Option<(Resolved, Said)> {
    let asking = Asking { view, said: RefCell::default() };
    let around = Around {
        catalog: &asking,
        dialect: statement.text.dialect,
        holes: &statement.text.holes,
        functions: &|name, args| view.function(name, args, statement.text.dialect),
        owner,
    };
    let mut resolved = resolve(statement.query()?, arena, &around);
    named_by_target(&mut resolved, statement, &asking);
    Some((resolved, asking.said.into_inner()))
}

/// The names that a statement sees, and which of them it asked for.
struct Asking<'a> {
    view: &'a View<'a>,
    said: RefCell<Said>,
}

impl Catalog for Asking<'_> {
    fn table(&self, name: &TableName) -> Option<Schema> {
        let key = self.view.find(name);
        self.said.borrow_mut().table(name, key, self.view.names);
        Some(self.view.names.schema(key?))
    }

    fn is_variable(&self, name: &Name) -> bool {
        let is = self.view.is_variable(name);
        self.said.borrow_mut().variable(name, is);
        is
    }
}

/// Named columns of a plan, with their types as far as they are known.
fn known_columns(arena: &Arena, resolved: &Resolved, names: &Names) -> Vec<KnownColumn> {
    let mut types = Types::new(arena, names);
    let column = |column: &OutputColumn| {
        let data_type = types.of_column(resolved.rel, column.field);
        Some(KnownColumn { name: column.name.clone()?, data_type })
    };
    resolved.columns.iter().filter_map(column).collect()
}

/// Columns that are written have the names of the table: those that are listed, else those it is known to have.
fn named_by_target(resolved: &mut Resolved, statement: &Statement, catalog: &dyn Catalog) {
    let Some((target, mode, listed)) = statement.target() else { return };
    let listed: Vec<Name> = listed.iter().map(|column| column.name.clone()).collect();
    let names = match mode {
        _ if !listed.is_empty() => listed,
        WriteMode::Append | WriteMode::Replace => {
            let schema = catalog.table(target).filter(|schema| !schema.open).unwrap_or_default();
            schema.columns.into_iter().map(|column| column.name).collect()
        }
        WriteMode::View | WriteMode::Merge | WriteMode::Update | WriteMode::Delete => return,
    };
    if names.len() == resolved.columns.len() && !resolved.open {
        for (column, name) in resolved.columns.iter_mut().zip(names) {
            column.name = Some(name);
        }
    }
}
