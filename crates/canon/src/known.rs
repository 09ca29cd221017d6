//! What is known of the rows of a relation: columns without NULL, keys, types, whether there are any rows.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use plumb_ir::{
    Arena, Empty, Field, FromId, GivesNull, Literal, Out, Rel, RelId, Scalar, ScalarId, SetKind,
    Type, function,
};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    facts::{Facts, Grounds},
    scope::Scope,
    uses::Used,
    walk::Held,
};

/// Facts about tables, what follows from them, and which were needed.
pub struct Known {
    pub(crate) facts: Facts,
    done: FxHashMap<RelId, Arc<Props>>,
    scopes: FxHashMap<FromId, Arc<Scope>>,
    /// Whether a scalar holds one of the names that a rule looks at.
    pub(crate) held: Held,
    /// Inputs that are laid out for what is looked at of them.
    pub(crate) laid_out: FxHashSet<(RelId, Used)>,
    /// Relations whose inputs were put in order.
    pub(crate) ordered: FxHashSet<RelId>,
    /// Grounds that rewrites stood on since the driver last took them.
    pub(crate) used: Grounds,
}

/// What is known of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnProps {
    pub(crate) data_type: Type,
    pub(crate) not_null: Option<Grounds>,
}

/// Columns that no two rows share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) columns: BTreeSet<Field>,
    /// Whether that holds for rows with NULLs in them, too.
    pub(crate) with_nulls: bool,
    pub(crate) grounds: Grounds,
}

/// What is known of the rows of a relation. Without key columns, there is at most one row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Props {
    pub(crate) columns: BTreeMap<Field, ColumnProps>,
    pub(crate) keys: Vec<Key>,
    /// Whether there is always a row.
    pub(crate) filled: bool,
}

/// Aggregates that give a value wherever their argument is one, in a group that has rows.
const VALUE_OF_VALUES: &[&str] = &["sum", "min", "max", "avg", "any-value", "single-value"];

impl Known {
    pub(crate) fn new(facts: Facts) -> Self {
        Self {
            facts,
            done: FxHashMap::default(),
            scopes: FxHashMap::default(),
            held: Held::default(),
            laid_out: FxHashSet::default(),
            ordered: FxHashSet::default(),
            used: Grounds::default(),
        }
    }

    pub(crate) fn props(&mut self, arena: &Arena, rel: RelId) -> Arc<Props> {
        if let Some(done) = self.done.get(&rel) {
            return Arc::clone(done);
        }
        let mut props = self.compute(arena, rel);
        props.keys.sort();
        props.keys.dedup();
        let props = Arc::new(props);
        self.done.insert(rel, Arc::clone(&props));
        props
    }

    /// What is known where the scalars of a relation stand.
    pub(crate) fn scope(&mut self, arena: &Arena, id: FromId) -> Arc<Scope> {
        if let Some(done) = self.scopes.get(&id) {
            return Arc::clone(done);
        }
        let from = arena.shared_from(id);
        let inputs = from.inputs.iter().map(|input| self.props(arena, *input)).collect();
        let scope = Arc::new(Scope::new(from, inputs));
        self.scopes.insert(id, Arc::clone(&scope));
        scope
    }

    fn compute(&mut self, arena: &Arena, rel: RelId) -> Props {
        match arena.get_rel(rel) {
            Rel::Scan { table } => self.scan(arena, arena.name(*table)),
            Rel::Values { width, rows } => values(arena, *width, rows),
            Rel::Project { from, out } => {
                let scope = self.scope(arena, *from);
                let mut props = Props { filled: scope.filled(arena), ..Props::default() };
                let mut plain = BTreeMap::new();
                for (at, out) in (0..).zip(out) {
                    let Out::Column(scalar) = out else { continue };
                    props.columns.insert(Field::At(at), scope.column(arena, *scalar));
                    if let Scalar::Column { depth: 0, input, field } = arena.get_scalar(*scalar) {
                        plain.entry((*input, *field)).or_insert(Field::At(at));
                    }
                }
                props.keys = scope.keys(arena, &plain);
                props
            }
            Rel::Aggregate { from, keys, calls, scalar } => {
                let scope = self.scope(arena, *from);
                aggregate(arena, &scope, keys, calls, *scalar)
            }
            Rel::Distinct { input } => {
                let mut props = (*self.props(arena, *input)).clone();
                props.keys.extend(whole_row(arena, *input));
                props
            }
            Rel::Union { inputs } => {
                let all: Vec<Arc<Props>> =
                    inputs.iter().map(|input| self.props(arena, *input)).collect();
                union(&all)
            }
            Rel::Set { kind, all, left, right } => {
                let mut props = (*self.props(arena, *left)).clone();
                props.filled = false;
                if !all {
                    props.keys.extend(whole_row(arena, *left));
                }
                if *kind == SetKind::Intersect {
                    let right = self.props(arena, *right);
                    for (field, column) in &mut props.columns {
                        if column.not_null.is_none() {
                            column.not_null =
                                right.columns.get(field).and_then(|it| it.not_null.clone());
                        }
                    }
                }
                props
            }
            Rel::Limit { input, limit, offset, .. } => {
                let mut props = (*self.props(arena, *input)).clone();
                let most = limit.and_then(|limit| match arena.as_literal(limit) {
                    Some(Literal::Integer(most)) => Some(*most),
                    _ => None,
                });
                props.filled &= offset.is_none() && (limit.is_none() || most > Some(0));
                if most.is_some_and(|most| most <= 1) {
                    props.keys.push(Key {
                        columns: BTreeSet::new(),
                        with_nulls: true,
                        grounds: Grounds::default(),
                    });
                }
                props
            }
            Rel::Call { .. } | Rel::Opaque { .. } => Props::default(),
        }
    }

    fn scan(&self, arena: &Arena, name: &str) -> Props {
        let mut props = Props::default();
        let Some(table) = self.facts.get(name) else { return props };
        let field = |name: &String| arena.find_symbol(name).map(Field::Named);
        for (name, column) in &table.columns {
            let Some(field) = field(name) else { continue };
            let not_null = column.not_null.map(Grounds::of);
            let data_type = column.data_type.clone();
            props.columns.insert(field, ColumnProps { data_type, not_null });
        }
        for (names, ground) in &table.keys {
            // A name that no plan uses has no symbol, and a key with it tells nobody apart.
            let Some(columns) = names.iter().map(field).collect::<Option<BTreeSet<Field>>>() else {
                continue;
            };
            let mut grounds = Grounds::of(*ground);
            let never: Option<Vec<&Grounds>> =
                columns.iter().map(|field| props.columns.get(field)?.not_null.as_ref()).collect();
            let with_nulls = never.is_some();
            for more in never.into_iter().flatten() {
                grounds.add(more);
            }
            props.keys.push(Key { columns, with_nulls, grounds });
        }
        props
    }
}

fn values(arena: &Arena, width: u32, rows: &[Vec<ScalarId>]) -> Props {
    let mut props = Props { filled: !rows.is_empty(), ..Props::default() };
    let nowhere = |_: u32, _: u32, _: Field| Type::Unknown;
    for at in 0..width {
        let column = || rows.iter().map(|row| row[at as usize]);
        let never =
            column().all(|id| arena.as_literal(id).is_some_and(|literal| !literal.is_null()));
        let mut types = column().map(|id| plumb_ir::type_of(arena, id, &nowhere));
        let first = types.next().unwrap_or(Type::Unknown);
        let data_type = if types.all(|other| other == first) { first } else { Type::Unknown };
        let not_null = never.then(Grounds::default);
        props.columns.insert(Field::At(at), ColumnProps { data_type, not_null });
    }
    if rows.len() <= 1 {
        let grounds = Grounds::default();
        props.keys.push(Key { columns: BTreeSet::new(), with_nulls: true, grounds });
    }
    props
}

fn aggregate(
    arena: &Arena,
    scope: &Scope,
    keys: &[ScalarId],
    calls: &[ScalarId],
    scalar: bool,
) -> Props {
    let mut props = Props { filled: scalar || scope.filled(arena), ..Props::default() };
    let mut positions = BTreeSet::new();
    for (at, key) in (0..).zip(keys) {
        props.columns.insert(Field::At(at), scope.column(arena, *key));
        positions.insert(Field::At(at));
    }
    for (at, call) in (0..).zip(keys.iter().chain(calls)).skip(keys.len()) {
        let data_type = scope.type_of(arena, *call);
        let not_null = measured(arena, scope, *call, scalar);
        props.columns.insert(Field::At(at), ColumnProps { data_type, not_null });
    }
    let grounds = Grounds::default();
    props.keys.push(Key { columns: positions, with_nulls: true, grounds });
    if !scalar {
        props.keys.extend(scope.group_keys(arena, keys));
    }
    props
}

/// Whether an aggregate call never gives NULL.
fn measured(arena: &Arena, scope: &Scope, call: ScalarId, scalar: bool) -> Option<Grounds> {
    let Scalar::Aggregate { function: name, args, filter, .. } = arena.get_scalar(call) else {
        return None;
    };
    let name = arena.name(*name);
    let known = function(name)?;
    if known.gives_null == GivesNull::Never
        || known.measure.is_some_and(|it| it.empty == Empty::Zero)
    {
        return Some(Grounds::default());
    }
    let [value] = args.as_slice() else { return None };
    if scalar || filter.is_some() || !VALUE_OF_VALUES.contains(&name) {
        return None;
    }
    scope.not_null(arena, *value, scope.truths())
}

/// All columns of a relation together, if all are known.
fn whole_row(arena: &Arena, rel: RelId) -> Option<Key> {
    let columns = (0..crate::layout::width(arena, rel)).map(Field::At).collect();
    let grounds = Grounds::default();
    (!crate::layout::has_star(arena, rel)).then_some(Key { columns, with_nulls: true, grounds })
}

fn union(all: &[Arc<Props>]) -> Props {
    let Some((first, rest)) = all.split_first() else { return Props::default() };
    let mut props = Props { filled: all.iter().any(|it| it.filled), ..Props::default() };
    for (field, column) in &first.columns {
        let mut column = column.clone();
        for other in rest {
            let other = other.columns.get(field);
            if other.is_none_or(|it| it.data_type != column.data_type) {
                column.data_type = Type::Unknown;
            }
            column.not_null = match (column.not_null, other.and_then(|it| it.not_null.as_ref())) {
                (Some(mut grounds), Some(more)) => {
                    grounds.add(more);
                    Some(grounds)
                }
                _ => None,
            };
        }
        props.columns.insert(*field, column);
    }
    if rest.is_empty() {
        props.keys.clone_from(&first.keys);
    }
    props
}
