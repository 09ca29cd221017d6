//! What a plan means: its rows, computed in the simplest way there is.
//!
//! Nothing here is shared with the rewrites. A plan that is ill typed, or asks for a column that is not there,
//! panics: a rewrite that makes one is as wrong as one that changes rows.

use std::{cmp::Ordering, collections::BTreeMap, rc::Rc};

use plumb_ir::{Arena, Field, From, Out, Rel, RelId, Scalar, ScalarId, SortKey, Symbol, Tree};

use crate::{
    scalar::Window,
    value::{Value, set},
};

pub(crate) type Row = Vec<Value>;

/// One column of a relation as it is addressed from above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    /// Which output of the relation it belongs to; a star has many.
    pub(crate) slot: u32,
    /// Its name, if it is addressed by name.
    pub(crate) name: Option<Symbol>,
}

/// A relation with its rows.
#[derive(Debug)]
pub(crate) struct Bag {
    pub(crate) heads: Vec<Head>,
    pub(crate) rows: Vec<Row>,
}

/// Rows of tables, by name.
pub(crate) type Database = BTreeMap<&'static str, (Vec<&'static str>, Vec<Row>)>;

/// For each input of a `FROM`, its columns and its current row; `None` while it has none.
pub(crate) type Binding = Vec<Option<(Rc<Bag>, Row)>>;

/// There are more rows than a test should wait for.
#[derive(Debug)]
pub(crate) struct TooBig;

pub(crate) struct Evaluator<'a> {
    pub(crate) arena: &'a Arena,
    database: &'a Database,
    /// Scopes around what is being computed, innermost last.
    pub(crate) scopes: Vec<Binding>,
    done: BTreeMap<RelId, Rc<Bag>>,
    fuel: u32,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(arena: &'a Arena, database: &'a Database) -> Self {
        Self { arena, database, scopes: Vec::new(), done: BTreeMap::new(), fuel: 60_000 }
    }

    pub(crate) fn burn(&mut self) -> Result<(), TooBig> {
        self.fuel = self.fuel.checked_sub(1).ok_or(TooBig)?;
        Ok(())
    }

    pub(crate) fn rel(&mut self, id: RelId) -> Result<Rc<Bag>, TooBig> {
        if let Some(done) = self.done.get(&id) {
            return Ok(Rc::clone(done));
        }
        let bag = Rc::new(self.compute(id)?);
        if self.arena.rel_reach(id) == 0 {
            self.done.insert(id, Rc::clone(&bag));
        }
        Ok(bag)
    }

    fn compute(&mut self, id: RelId) -> Result<Bag, TooBig> {
        self.burn()?;
        let arena = self.arena;
        match arena.get_rel(id) {
            Rel::Scan { table } => {
                let (columns, rows) = &self.database[arena.name(*table)];
                let heads = (0..).zip(columns).map(|(slot, name)| {
                    let name = Some(arena.find_symbol(name).expect("every name is in the arena"));
                    Head { slot, name }
                });
                Ok(Bag { heads: heads.collect(), rows: rows.clone() })
            }
            Rel::Values { width, rows } => {
                self.scopes.push(Vec::new());
                let rows =
                    rows.iter().map(|row| row.iter().map(|it| self.scalar(*it, None)).collect());
                let rows = rows.collect::<Result<_, _>>();
                self.scopes.pop();
                Ok(Bag { heads: positions(*width as usize), rows: rows? })
            }
            Rel::Project { from, out } => {
                let from = arena.get_from(*from);
                let bindings = self.bindings(from)?;
                self.project(from, &bindings, out)
            }
            Rel::Aggregate { from, keys, calls, scalar } => {
                let bindings = self.bindings(arena.get_from(*from))?;
                self.aggregate(bindings, keys, calls, *scalar)
            }
            Rel::Distinct { input } => {
                let input = self.rel(*input)?;
                let mut rows = input.rows.clone();
                rows.sort();
                rows.dedup();
                Ok(Bag { heads: input.heads.clone(), rows })
            }
            Rel::Union { inputs } => {
                let bags = inputs.iter().map(|it| self.rel(*it)).collect::<Result<Vec<_>, _>>()?;
                let rows = bags.iter().flat_map(|bag| bag.rows.clone()).collect();
                assert!(
                    bags.iter().all(|bag| bag.heads.len() == bags[0].heads.len()),
                    "widths differ"
                );
                Ok(Bag { heads: bags[0].heads.clone(), rows })
            }
            Rel::Set { kind, all, left, right } => {
                let (left, right) = (self.rel(*left)?, self.rel(*right)?);
                Ok(Bag {
                    heads: left.heads.clone(),
                    rows: set(*kind, *all, &left.rows, &right.rows),
                })
            }
            Rel::Limit { input, order, limit, offset } => {
                let input = self.rel(*input)?;
                self.limit(&input, order, *limit, *offset)
            }
            Rel::Call { args, .. } => {
                self.scopes.push(Vec::new());
                let most = self.scalar(args[0], None);
                self.scopes.pop();
                let most = if let Value::Int(most) = most? { most.min(3) } else { 0 };
                let name = arena.find_symbol("value");
                Ok(Bag {
                    heads: vec![Head { slot: 0, name }],
                    rows: (1..=most).map(|it| vec![Value::Int(it)]).collect(),
                })
            }
            Rel::Opaque { .. } => panic!("opaque"),
        }
    }

    fn limit(
        &mut self,
        input: &Rc<Bag>,
        order: &[SortKey],
        limit: Option<ScalarId>,
        offset: Option<ScalarId>,
    ) -> Result<Bag, TooBig> {
        let mut keyed = Vec::new();
        for row in &input.rows {
            self.scopes.push(vec![Some((Rc::clone(input), row.clone()))]);
            let keys =
                order.iter().map(|key| self.scalar(key.value, None)).collect::<Result<Row, _>>();
            self.scopes.pop();
            keyed.push((keys?, row.clone()));
        }
        keyed.sort_by(|(one, _), (two, _)| compare(order, one, two));
        self.scopes.push(vec![None]);
        let mut number = |id: Option<ScalarId>| match id.map(|id| self.scalar(id, None)) {
            None => Ok(None),
            Some(Ok(Value::Int(number))) => Ok(usize::try_from(number).ok()),
            Some(Ok(other)) => panic!("{other:?} rows"),
            Some(Err(error)) => Err(error),
        };
        let (limit, offset) = (number(limit)?, number(offset)?);
        self.scopes.pop();
        let rows = keyed.into_iter().map(|(_, row)| row);
        let rows = rows.skip(offset.unwrap_or(0)).take(limit.unwrap_or(usize::MAX)).collect();
        Ok(Bag { heads: input.heads.clone(), rows })
    }

    fn project(&mut self, from: &From, bindings: &[Binding], out: &[Out]) -> Result<Bag, TooBig> {
        let mut heads = Vec::new();
        // Columns of a star are looked up in the input's own heads, which do not depend on rows.
        let mut picks: Vec<Vec<usize>> = Vec::new();
        for (slot, out) in (0..).zip(out) {
            let mut pick = Vec::new();
            if let Out::Star { input, except } = out {
                let inner = self.heads(from.inputs[*input as usize]);
                for (at, head) in inner.iter().enumerate() {
                    if head.name.is_some_and(|name| !except.contains(&name)) {
                        pick.push(at);
                        heads.push(Head { slot, name: head.name });
                    }
                }
            } else {
                heads.push(Head { slot, name: None });
            }
            picks.push(pick);
        }
        let mut rows = Vec::new();
        for (at, binding) in bindings.iter().enumerate() {
            self.burn()?;
            self.scopes.push(binding.clone());
            let window = Window { bindings, at };
            let mut row = Vec::new();
            for (out, pick) in out.iter().zip(&picks) {
                match out {
                    Out::Column(scalar) => row.push(self.scalar(*scalar, Some(&window))?),
                    Out::Star { input, .. } => {
                        let (_, values) = binding[*input as usize].as_ref().expect("a bound input");
                        row.extend(pick.iter().map(|at| values[*at].clone()));
                    }
                }
            }
            self.scopes.pop();
            rows.push(row);
        }
        Ok(Bag { heads, rows })
    }

    fn aggregate(
        &mut self,
        bindings: Vec<Binding>,
        keys: &[ScalarId],
        calls: &[ScalarId],
        scalar: bool,
    ) -> Result<Bag, TooBig> {
        let mut groups: BTreeMap<Row, Vec<Binding>> = BTreeMap::new();
        if scalar {
            groups.insert(Vec::new(), Vec::new());
        }
        for binding in bindings {
            self.burn()?;
            self.scopes.push(binding.clone());
            let key = keys.iter().map(|key| self.scalar(*key, None)).collect::<Result<Row, _>>()?;
            self.scopes.pop();
            groups.entry(key).or_default().push(binding);
        }
        let mut rows = Vec::new();
        for (mut row, members) in groups {
            for call in calls {
                let Scalar::Aggregate { function, args, distinct, filter, .. } =
                    self.arena.get_scalar(*call)
                else {
                    panic!("not an aggregate call");
                };
                row.push(self.measure(*function, args, *distinct, *filter, &members)?);
            }
            rows.push(row);
        }
        Ok(Bag { heads: positions(keys.len() + calls.len()), rows })
    }

    /// Columns of a relation without its rows.
    fn heads(&self, id: RelId) -> Vec<Head> {
        let arena = self.arena;
        match arena.get_rel(id) {
            Rel::Scan { table } => {
                let columns = (0..).zip(&self.database[arena.name(*table)].0);
                columns.map(|(slot, name)| Head { slot, name: arena.find_symbol(name) }).collect()
            }
            Rel::Call { .. } => vec![Head { slot: 0, name: arena.find_symbol("value") }],
            Rel::Values { width, .. } => positions(*width as usize),
            Rel::Aggregate { keys, calls, .. } => positions(keys.len() + calls.len()),
            Rel::Distinct { input } | Rel::Limit { input, .. } => self.heads(*input),
            Rel::Union { inputs } => self.heads(inputs[0]),
            Rel::Set { left, .. } => self.heads(*left),
            Rel::Project { from, out } => {
                let from = arena.get_from(*from);
                let of = |(slot, out): (u32, &Out)| match out {
                    Out::Column(_) => vec![Head { slot, name: None }],
                    Out::Star { input, except } => {
                        let mut inner = self.heads(from.inputs[*input as usize]);
                        inner.retain(|head| head.name.is_some_and(|name| !except.contains(&name)));
                        inner.into_iter().map(|head| Head { slot, name: head.name }).collect()
                    }
                };
                (0..).zip(out).flat_map(of).collect()
            }
            Rel::Opaque { .. } => panic!("opaque"),
        }
    }

    /// All rows of a `FROM`.
    fn bindings(&mut self, from: &From) -> Result<Vec<Binding>, TooBig> {
        let start = vec![None; from.inputs.len()];
        let all = self.tree(from, &from.tree, &start)?;
        let mut kept = Vec::new();
        for binding in all {
            if self.holds(&from.filter, &binding)? {
                kept.push(binding);
            }
        }
        Ok(kept)
    }

    fn holds(&mut self, conditions: &[ScalarId], binding: &Binding) -> Result<bool, TooBig> {
        self.burn()?;
        self.scopes.push(binding.clone());
        let mut all = true;
        for condition in conditions {
            all &= self.scalar(*condition, None)?.truth() == Some(true);
        }
        self.scopes.pop();
        Ok(all)
    }

    /// Rows of a part of a join, each with what is bound already.
    fn tree(&mut self, from: &From, tree: &Tree, bound: &Binding) -> Result<Vec<Binding>, TooBig> {
        match tree {
            Tree::Input(at) => {
                self.scopes.push(bound.clone());
                let bag = self.rel(from.inputs[*at as usize]);
                self.scopes.pop();
                let bag = bag?;
                let mut all = Vec::new();
                for row in &bag.rows {
                    self.burn()?;
                    let mut binding = bound.clone();
                    binding[*at as usize] = Some((Rc::clone(&bag), row.clone()));
                    all.push(binding);
                }
                Ok(all)
            }
            Tree::Inner(parts) => {
                let mut all = vec![bound.clone()];
                let mut waiting: Vec<&Tree> = parts.iter().collect();
                while !waiting.is_empty() {
                    // Parts have no order of their own: a lateral one comes after what it looks at.
                    let ready = |part: &&Tree| {
                        let inside = part.inputs();
                        let seen =
                            inside.iter().flat_map(|at| self.siblings(from.inputs[*at as usize]));
                        let given = |at: &u32| bound[*at as usize].is_some() || inside.contains(at);
                        let elsewhere =
                            |at: &u32| parts.iter().any(|part| part.inputs().contains(at));
                        let left = |at: &u32| waiting.iter().any(|part| part.inputs().contains(at));
                        seen.into_iter().all(|at| given(&at) || (elsewhere(&at) && !left(&at)))
                    };
                    let next = waiting.iter().position(ready).unwrap_or(0);
                    let part = waiting.remove(next);
                    let mut rows = Vec::new();
                    for binding in &all {
                        rows.extend(self.tree(from, part, binding)?);
                    }
                    all = rows;
                }
                Ok(all)
            }
            Tree::Where { part, on } => {
                let mut kept = Vec::new();
                for binding in self.tree(from, part, bound)? {
                    if self.holds(on, &binding)? {
                        kept.push(binding);
                    }
                }
                Ok(kept)
            }
            Tree::Left { left, right, on } => {
                let mut all = Vec::new();
                for binding in self.tree(from, left, bound)? {
                    let before = all.len();
                    for pair in self.tree(from, right, &binding)? {
                        if self.holds(on, &pair)? {
                            all.push(pair);
                        }
                    }
                    if all.len() == before {
                        all.push(self.filled(from, right, binding));
                    }
                }
                Ok(all)
            }
            Tree::Full { left, right, on } => self.full(from, left, right, on, bound),
        }
    }

    /// Inputs of the same `FROM` that a lateral input looks at.
    fn siblings(&self, rel: RelId) -> Vec<u32> {
        fn scalar(arena: &Arena, id: ScalarId, level: u32, found: &mut Vec<u32>) {
            let node = arena.get_scalar(id);
            match node {
                Scalar::Column { depth, input, .. } if *depth == level => found.push(*input),
                Scalar::Either { depth, inputs, .. } if *depth == level => found.extend(inputs),
                other => {
                    other.children().iter().for_each(|child| scalar(arena, *child, level, found));
                    other.subquery().iter().for_each(|rel| below(arena, *rel, level, found));
                }
            }
        }
        fn below(arena: &Arena, id: RelId, level: u32, found: &mut Vec<u32>) {
            if arena.rel_reach(id) <= level {
                return;
            }
            let node = arena.get_rel(id);
            node.scalars().iter().for_each(|id| scalar(arena, *id, level + 1, found));
            node.inputs().iter().for_each(|id| below(arena, *id, level, found));
            if let Some(from) = node.from() {
                let from = arena.get_from(from);
                from.inputs.iter().for_each(|id| below(arena, *id, level + 1, found));
                from.conditions().iter().for_each(|id| scalar(arena, *id, level + 1, found));
            }
        }
        let mut found = Vec::new();
        below(self.arena, rel, 0, &mut found);
        found
    }

    fn full(
        &mut self,
        from: &From,
        left: &Tree,
        right: &Tree,
        on: &[ScalarId],
        bound: &Binding,
    ) -> Result<Vec<Binding>, TooBig> {
        let lefts = self.tree(from, left, bound)?;
        let rights = self.tree(from, right, bound)?;
        let mut matched = vec![false; rights.len()];
        let mut all = Vec::new();
        for one in lefts {
            let before = all.len();
            for (two, matched) in rights.iter().zip(&mut matched) {
                let pair: Binding =
                    one.iter().zip(two).map(|(a, b)| a.clone().or_else(|| b.clone())).collect();
                if self.holds(on, &pair)? {
                    *matched = true;
                    all.push(pair);
                }
            }
            if all.len() == before {
                all.push(self.filled(from, right, one));
            }
        }
        for (two, matched) in rights.into_iter().zip(matched) {
            if !matched {
                all.push(self.filled(from, left, two));
            }
        }
        Ok(all)
    }

    /// A row with NULLs for the inputs of a part.
    fn filled(&self, from: &From, part: &Tree, mut binding: Binding) -> Binding {
        for at in part.inputs() {
            let heads = self.heads(from.inputs[at as usize]);
            let row = vec![Value::Null; heads.len()];
            binding[at as usize] = Some((Rc::new(Bag { heads, rows: Vec::new() }), row));
        }
        binding
    }

    /// The value of a column, if the input has it.
    pub(crate) fn column(&self, depth: u32, input: u32, field: Field) -> Option<Value> {
        let scope = &self.scopes[self.scopes.len() - 1 - depth as usize];
        let (bag, row) = scope[input as usize].as_ref().expect("an input that is bound");
        let wanted = |head: &&Head| match field {
            Field::At(at) => head.name.is_none() && head.slot == at,
            Field::Named(name) => head.name == Some(name),
        };
        assert!(bag.heads.iter().filter(wanted).count() < 2, "a column that is not one");
        let at = bag.heads.iter().position(|head| wanted(&head))?;
        Some(row[at].clone())
    }
}

fn positions(width: usize) -> Vec<Head> {
    (0..).take(width).map(|slot| Head { slot, name: None }).collect()
}

/// Order of two lists of sort keys.
pub(crate) fn compare(order: &[SortKey], one: &[Value], two: &[Value]) -> Ordering {
    for ((key, one), two) in order.iter().zip(one).zip(two) {
        let by_null = (*one == Value::Null).cmp(&(*two == Value::Null));
        let by_null = if key.nulls_first { by_null.reverse() } else { by_null };
        let by_value = if key.descending { two.cmp(one) } else { one.cmp(two) };
        let ordering = by_null.then(by_value);
        if ordering != Ordering::Equal {
            return ordering;
        }
    }
    Ordering::Equal
}
