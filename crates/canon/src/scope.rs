//! What is known where the scalars of a relation stand: of the rows that its `FROM` joins and filters.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
};

use plumb_ir::{Arena, Field, From, Scalar, ScalarId, Tree, Type};

use crate::{
    facts::Grounds,
    known::{ColumnProps, Key, Props},
    nulls,
};

/// A column of an input.
pub(crate) type Place = (u32, Field);

/// A `FROM` and what is known of its inputs.
pub(crate) struct Scope {
    pub(crate) from: Arc<From>,
    pub(crate) inputs: Vec<Arc<Props>>,
    /// Inputs whose columns an outer join may fill with NULLs.
    pub(crate) nulled: Vec<bool>,
    edges: OnceLock<Vec<Edge>>,
    /// Keys of each input that tell its rows apart behind the joins, too.
    keys: OnceLock<Vec<Vec<Key>>>,
}

impl Scope {
    /// Asked of `Known::scope`, which keeps it.
    pub(crate) fn new(from: Arc<From>, inputs: Vec<Arc<Props>>) -> Self {
        let mut nulled = vec![false; from.inputs.len()];
        fill(&from.tree, false, &mut nulled);
        Self { from, inputs, nulled, edges: OnceLock::new(), keys: OnceLock::new() }
    }

    /// Conditions that hold for every row.
    pub(crate) fn truths(&self) -> &[ScalarId] {
        &self.from.filter
    }

    /// Whether there is always a row.
    pub(crate) fn filled(&self, arena: &Arena) -> bool {
        fn walk(tree: &Tree, inputs: &[Arc<Props>]) -> bool {
            match tree {
                Tree::Input(at) => inputs.get(*at as usize).is_some_and(|it| it.filled),
                Tree::Inner(parts) => parts.iter().all(|part| walk(part, inputs)),
                Tree::Where { .. } => false,
                Tree::Left { left, .. } => walk(left, inputs),
                Tree::Full { left, right, .. } => walk(left, inputs) || walk(right, inputs),
            }
        }
        let lateral = self.from.inputs.iter().any(|input| arena.rel_reach(*input) > 0);
        self.from.filter.is_empty() && !lateral && walk(&self.from.tree, &self.inputs)
    }

    /// What is known of a scalar.
    pub(crate) fn column(&self, arena: &Arena, scalar: ScalarId) -> ColumnProps {
        let data_type = self.type_of(arena, scalar);
        ColumnProps { data_type, not_null: self.not_null(arena, scalar, self.truths()) }
    }

    pub(crate) fn type_of(&self, arena: &Arena, scalar: ScalarId) -> Type {
        plumb_ir::type_of(arena, scalar, &|depth, input, field| self.type_at(depth, input, field))
    }

    /// Whether a scalar is known to be a number or a time.
    pub(crate) fn is_counted(&self, arena: &Arena, scalar: ScalarId) -> bool {
        let types = |depth, input, field| self.type_at(depth, input, field);
        plumb_ir::is_counted(arena, scalar, &types)
    }

    fn type_at(&self, depth: u32, input: u32, field: Field) -> Type {
        self.at(depth, input, field).map_or(Type::Unknown, |it| it.data_type.clone())
    }

    fn at(&self, depth: u32, input: u32, field: Field) -> Option<&ColumnProps> {
        if depth > 0 {
            return None;
        }
        self.inputs.get(input as usize)?.columns.get(&field)
    }

    /// On what grounds a scalar is never NULL where these conditions hold.
    pub(crate) fn not_null(
        &self,
        arena: &Arena,
        scalar: ScalarId,
        truths: &[ScalarId],
    ) -> Option<Grounds> {
        let needed = RefCell::new(Grounds::default());
        let types =
            |depth: u32, input: u32, field: Field| -> Type { self.type_at(depth, input, field) };
        let implied = |column: &Scalar| {
            truths.iter().any(|truth| {
                nulls::rejects(arena, *truth, &|leaf| arena.get_scalar(leaf) == column)
            })
        };
        let nulls = |depth: u32, input: u32, field: Field| -> bool {
            let column = Scalar::Column { depth, input, field };
            let open = depth > 0 || self.nulled.get(input as usize).copied().unwrap_or(true);
            let given = self.at(depth, input, field).and_then(|it| it.not_null.as_ref());
            match given {
                Some(grounds) if !open => {
                    needed.borrow_mut().add(grounds);
                    false
                }
                _ => !implied(&column),
            }
        };
        let whole =
            truths.iter().any(|truth| nulls::rejects(arena, *truth, &|leaf| leaf == scalar));
        if whole || !plumb_ir::nullable(arena, scalar, &types, &nulls) {
            return Some(needed.into_inner());
        }
        None
    }

    /// Columns of a projection that no two rows share.
    pub(crate) fn keys(&self, arena: &Arena, plain: &BTreeMap<Place, Field>) -> Vec<Key> {
        // A column that decides nothing is in no key.
        let deciding = self.deciding(arena);
        let all: Vec<Place> =
            plain.keys().filter(|place| deciding.contains(place)).copied().collect();
        let whole = |places: &[Place]| self.settled_by(&self.determines(arena, places));
        if !whole(&all) {
            return Vec::new();
        }
        let mut keys = Vec::new();
        for backward in [false, true] {
            let mut left = all.clone();
            if backward {
                left.reverse();
            }
            let mut at = 0;
            while at < left.len() {
                let mut fewer = left.clone();
                fewer.remove(at);
                if whole(&fewer) {
                    left = fewer;
                } else {
                    at += 1;
                }
            }
            let grounds = self.determines(arena, &left).grounds;
            let columns = left.iter().map(|place| plain[place]).collect();
            keys.push(Key { columns, with_nulls: true, grounds });
        }
        keys
    }

    /// Fewer keys of a grouping that tell its groups apart, by position.
    pub(crate) fn group_keys(&self, arena: &Arena, keys: &[ScalarId]) -> Vec<Key> {
        let place = |id: &ScalarId| match arena.get_scalar(*id) {
            Scalar::Column { depth: 0, input, field } => Some((*input, *field)),
            _ => None,
        };
        let Some(places) = keys.iter().map(place).collect::<Option<Vec<Place>>>() else {
            return Vec::new();
        };
        let mut left: Vec<usize> = (0..places.len()).collect();
        let mut grounds = Grounds::default();
        let mut at = 0;
        while at < left.len() {
            let fewer: Vec<Place> =
                left.iter().filter(|it| **it != left[at]).map(|it| places[*it]).collect();
            let reach = self.determines(arena, &fewer);
            if reach.has(places[left[at]]) {
                grounds.add(&reach.grounds);
                left.remove(at);
            } else {
                at += 1;
            }
        }
        if left.len() == places.len() {
            return Vec::new();
        }
        let columns =
            left.into_iter().filter_map(|at| Some(Field::At(u32::try_from(at).ok()?))).collect();
        vec![Key { columns, with_nulls: true, grounds }]
    }

    /// What follows when some columns are given: columns and whole rows of inputs.
    pub(crate) fn determines(&self, arena: &Arena, given: &[Place]) -> Reach {
        self.determines_with(arena, given, &[])
    }

    /// As [`Self::determines`], with whole rows of some inputs given, too.
    pub(crate) fn determines_with(&self, arena: &Arena, given: &[Place], rows: &[u32]) -> Reach {
        let mut reach = Reach {
            columns: given.iter().copied().collect(),
            rows: rows.iter().copied().collect(),
            grounds: Grounds::default(),
        };
        if from_nothing(&self.from.tree) {
            return reach;
        }
        let edges = self.edges(arena);
        let keys = self.input_keys(arena);
        loop {
            let before = (reach.columns.len(), reach.rows.len());
            for edge in edges {
                reach.follow(arena, edge);
            }
            for (at, keys) in (0..).zip(keys) {
                if reach.rows.contains(&at) || !self.siblings(arena, at, &reach) {
                    continue;
                }
                let found =
                    keys.iter().find(|key| key.columns.iter().all(|field| reach.has((at, *field))));
                if let Some(key) = found {
                    reach.rows.insert(at);
                    reach.grounds.add(&key.grounds);
                }
            }
            if before == (reach.columns.len(), reach.rows.len()) {
                return reach;
            }
        }
    }

    /// What the conditions of the `FROM` decide.
    fn edges(&self, arena: &Arena) -> &[Edge] {
        self.edges.get_or_init(|| {
            let mut edges = Vec::new();
            for truth in &self.from.filter {
                edge(arena, *truth, None, &mut edges);
            }
            tree_edges(arena, &self.from.tree, self.inputs.len(), &mut edges);
            edges
        })
    }

    fn input_keys(&self, arena: &Arena) -> &[Vec<Key>] {
        self.keys.get_or_init(|| {
            let of = |(at, props): (u32, &Arc<Props>)| {
                let keys = props.keys.iter().filter(|key| self.tells_apart(arena, at, key));
                keys.cloned().collect()
            };
            (0..).zip(&self.inputs).map(of).collect()
        })
    }

    /// Columns from which anything follows.
    fn deciding(&self, arena: &Arena) -> BTreeSet<Place> {
        let keys = (0..).zip(self.input_keys(arena));
        let mut deciding: BTreeSet<Place> = keys
            .flat_map(|(at, keys)| keys.iter().map(move |key| (at, key)))
            .flat_map(|(at, key)| key.columns.iter().map(move |field| (at, *field)))
            .collect();
        for edge in self.edges(arena) {
            columns(arena, edge.source, &mut deciding);
        }
        deciding
    }

    /// Whether there is one row where this is given.
    pub(crate) fn settled_by(&self, reach: &Reach) -> bool {
        reach.rows.len() == self.inputs.len() && !from_nothing(&self.from.tree)
    }

    /// Whether the inputs a lateral input looks at are settled.
    fn siblings(&self, arena: &Arena, at: u32, reach: &Reach) -> bool {
        let rel = self.from.inputs[at as usize];
        arena.rel_reach(rel) == 0
            || crate::label::outward(arena, rel)
                .iter()
                .all(|(sibling, _)| reach.rows.contains(sibling))
    }

    /// Whether a key of an input still tells rows apart behind the joins: a row that an outer join fills looks like
    /// one whose key is NULL.
    fn tells_apart(&self, arena: &Arena, at: u32, key: &Key) -> bool {
        let mut holding = self.from.filter.clone();
        conditions_on(&self.from.tree, at, &mut holding);
        let rejected = |field: &Field| {
            let column = Scalar::Column { depth: 0, input: at, field: *field };
            holding.iter().any(|truth| {
                nulls::rejects(arena, *truth, &|leaf| *arena.get_scalar(leaf) == column)
            })
        };
        if self.nulled[at as usize] {
            let props = &self.inputs[at as usize];
            let given = |field: &Field| {
                props.columns.get(field).is_some_and(|it| it.not_null == Some(Grounds::default()))
            };
            let marks = key.columns.iter().any(|field| given(field) || rejected(field));
            return marks && (key.with_nulls || key.columns.iter().all(rejected));
        }
        key.with_nulls || key.columns.iter().all(rejected)
    }
}

/// What follows from given columns.
#[derive(Debug)]
pub(crate) struct Reach {
    columns: BTreeSet<Place>,
    /// Inputs of which there is one row, or the NULLs in its place.
    pub(crate) rows: BTreeSet<u32>,
    pub(crate) grounds: Grounds,
}

impl Reach {
    pub(crate) fn has(&self, place: Place) -> bool {
        self.columns.contains(&place) || self.rows.contains(&place.0)
    }

    fn follow(&mut self, arena: &Arena, edge: &Edge) {
        if !edge.rows.iter().all(|row| self.rows.contains(row)) {
            return;
        }
        if self.settled(arena, edge.source) {
            self.columns.insert(edge.target);
        }
    }

    /// Whether a scalar has one value when the columns that are reached have.
    pub(crate) fn settled(&self, arena: &Arena, scalar: ScalarId) -> bool {
        match arena.get_scalar(scalar) {
            Scalar::Column { depth, input, field } => *depth > 0 || self.has((*input, *field)),
            Scalar::Literal(_) | Scalar::Param(_) => true,
            node @ (Scalar::Call { .. } | Scalar::Cast { .. } | Scalar::Case { .. }) => {
                !arena.is_volatile(scalar)
                    && node.children().iter().all(|child| self.settled(arena, *child))
            }
            Scalar::Either { .. }
            | Scalar::Aggregate { .. }
            | Scalar::Window { .. }
            | Scalar::Exists(_)
            | Scalar::In { .. }
            | Scalar::Subquery(_)
            | Scalar::Lambda { .. }
            | Scalar::Hole { .. } => false,
        }
    }
}

/// A column that a scalar decides, when rows of some inputs are settled.
struct Edge {
    source: ScalarId,
    target: Place,
    rows: Vec<u32>,
}

/// Columns of a scalar without subqueries.
fn columns(arena: &Arena, id: ScalarId, all: &mut BTreeSet<Place>) {
    all.extend(place(arena, id));
    for child in arena.get_scalar(id).children() {
        columns(arena, child, all);
    }
}

fn place(arena: &Arena, id: ScalarId) -> Option<Place> {
    match arena.get_scalar(id) {
        Scalar::Column { depth: 0, input, field } => Some((*input, *field)),
        _ => None,
    }
}

/// What an equation decides; in an outer join only columns of the filled side, when the rows that are looked at on
/// the other are settled.
fn edge(
    arena: &Arena,
    condition: ScalarId,
    outer: Option<(&[u32], &[u32])>,
    edges: &mut Vec<Edge>,
) {
    let Some(("eq" | "is-not-distinct", &[one, two])) = arena.as_call(condition) else { return };
    for (source, target) in [(one, two), (two, one)] {
        let Some(target) = place(arena, target) else { continue };
        match outer {
            None => edges.push(Edge { source, target, rows: Vec::new() }),
            Some((filled, rows)) if filled.contains(&target.0) => {
                edges.push(Edge { source, target, rows: rows.to_vec() });
            }
            Some(_) => {}
        }
    }
}

fn tree_edges(arena: &Arena, tree: &Tree, count: usize, edges: &mut Vec<Edge>) {
    match tree {
        Tree::Input(_) => {}
        Tree::Inner(parts) => {
            for part in parts {
                tree_edges(arena, part, count, edges);
            }
        }
        Tree::Where { part, .. } => tree_edges(arena, part, count, edges),
        Tree::Left { left, right, on } => {
            tree_edges(arena, left, count, edges);
            tree_edges(arena, right, count, edges);
            let (kept, filled) = (left.inputs(), right.inputs());
            let mut rows: Vec<u32> = on
                .iter()
                .flat_map(|condition| crate::uses::of_condition(arena, *condition, count))
                .filter(|input| kept.contains(input))
                .collect();
            rows.sort_unstable();
            rows.dedup();
            for condition in on {
                edge(arena, *condition, Some((&filled, &rows)), edges);
            }
        }
        Tree::Full { left, right, .. } => {
            tree_edges(arena, left, count, edges);
            tree_edges(arena, right, count, edges);
        }
    }
}

/// Whether a full join has a side without inputs: whether that row stands alone no column tells.
fn from_nothing(tree: &Tree) -> bool {
    match tree {
        Tree::Input(_) => false,
        Tree::Inner(parts) => parts.iter().any(from_nothing),
        Tree::Where { part, .. } => from_nothing(part),
        Tree::Left { left, right, .. } => from_nothing(left) || from_nothing(right),
        Tree::Full { left, right, .. } => {
            let empty = left.inputs().is_empty() || right.inputs().is_empty();
            empty || from_nothing(left) || from_nothing(right)
        }
    }
}

/// Conditions that every row of an input has met where it is not filled with NULLs.
fn conditions_on(tree: &Tree, at: u32, all: &mut Vec<ScalarId>) {
    match tree {
        Tree::Input(_) => {}
        Tree::Inner(parts) => {
            let part = parts.iter().find(|part| part.inputs().contains(&at));
            if let Some(part) = part {
                conditions_on(part, at, all);
            }
        }
        Tree::Where { part, on } => {
            all.extend(on);
            conditions_on(part, at, all);
        }
        Tree::Left { left, right, on } => {
            if right.inputs().contains(&at) {
                all.extend(on);
                conditions_on(right, at, all);
            } else {
                conditions_on(left, at, all);
            }
        }
        Tree::Full { left, right, .. } => {
            let side = if left.inputs().contains(&at) { left } else { right };
            conditions_on(side, at, all);
        }
    }
}

/// Marks the inputs that outer joins fill.
fn fill(tree: &Tree, nulled: bool, all: &mut [bool]) {
    match tree {
        Tree::Input(at) => {
            if let Some(slot) = all.get_mut(*at as usize) {
                *slot = nulled;
            }
        }
        Tree::Inner(parts) => parts.iter().for_each(|part| fill(part, nulled, all)),
        Tree::Where { part, .. } => fill(part, nulled, all),
        Tree::Left { left, right, .. } => {
            fill(left, nulled, all);
            fill(right, true, all);
        }
        Tree::Full { left, right, .. } => {
            fill(left, true, all);
            fill(right, true, all);
        }
    }
}
