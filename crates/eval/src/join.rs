//! Rows of a `FROM`: its inputs, how they are joined, what holds afterwards.

use std::rc::Rc;

use plumb_ir::{From, FromId, RelId, ScalarId, Tree};

use crate::{
    bag::Bag,
    evaluator::{Binding, Evaluator},
    looks,
    unable::Unable,
    value::Value,
};

/// In which order the parts of the outermost join are bound, and which conditions hold when each is.
pub(crate) struct Way {
    steps: Vec<(usize, Vec<ScalarId>)>,
    /// Conditions that look at no input.
    first: Vec<ScalarId>,
}

impl Evaluator<'_> {
    /// All rows of a `FROM`.
    pub(crate) fn bindings(&mut self, id: FromId) -> Result<Vec<Binding>, Unable> {
        let from = self.arena.get_from(id);
        let way = self.way(id);
        let mut start = vec![None; from.inputs.len()];
        if !self.holds(&way.first, &mut start)? {
            return Ok(Vec::new());
        }
        let parts = parts(&from.tree);
        let mut all = vec![start];
        for (part, conditions) in &way.steps {
            let mut next = Vec::new();
            for binding in &all {
                for mut row in self.tree(from, parts[*part], binding)? {
                    if self.holds(conditions, &mut row)? {
                        next.push(row);
                    }
                }
            }
            all = next;
        }
        Ok(all)
    }

    fn way(&mut self, id: FromId) -> Rc<Way> {
        if let Some(way) = self.ways.get(&id) {
            return Rc::clone(way);
        }
        let from = self.arena.get_from(id);
        let parts = parts(&from.tree);
        let order = self.ordered(from, &parts, &[]);
        let mut waiting: Vec<(ScalarId, Vec<u32>)> =
            from.filter.iter().map(|id| (*id, looks::scalar(self.arena, *id, 0))).collect();
        let mut take = |bound: &[u32]| {
            let ready = |(_, inputs): &(ScalarId, Vec<u32>)| {
                inputs.iter().all(|input| bound.contains(input))
            };
            let taken = waiting.iter().filter(|it| ready(it)).map(|(id, _)| *id).collect();
            waiting.retain(|it| !ready(it));
            taken
        };
        let mut bound = Vec::new();
        let first = take(&bound);
        let mut steps: Vec<(usize, Vec<ScalarId>)> = Vec::new();
        for part in order {
            bound.extend(parts[part].inputs());
            steps.push((part, take(&bound)));
        }
        // What looks at an input that no part has is broken, and is found to be so.
        let rest = waiting.into_iter().map(|(id, _)| id);
        let mut way = Way { steps, first };
        match way.steps.last_mut() {
            Some((_, conditions)) => conditions.extend(rest),
            None => way.first.extend(rest),
        }
        let way = Rc::new(way);
        self.ways.insert(id, Rc::clone(&way));
        way
    }

    /// Parts have no order of their own: a lateral one comes after what it looks at.
    fn ordered(&self, from: &From, parts: &[&Tree], bound: &[u32]) -> Vec<usize> {
        let mut bound = bound.to_vec();
        let mut waiting: Vec<usize> = (0..parts.len()).collect();
        let mut order = Vec::new();
        while !waiting.is_empty() {
            let ready = |part: &usize| {
                let inside = parts[*part].inputs();
                let inputs = inside.iter().filter_map(|at| from.inputs.get(*at as usize));
                let mut seen = inputs.flat_map(|input| looks::siblings(self.arena, *input));
                seen.all(|at| bound.contains(&at) || inside.contains(&at))
            };
            let next = waiting.iter().position(ready).unwrap_or(0);
            let part = waiting.remove(next);
            bound.extend(parts[part].inputs());
            order.push(part);
        }
        order
    }

    fn holds(&mut self, conditions: &[ScalarId], binding: &mut Binding) -> Result<bool, Unable> {
        self.step()?;
        if conditions.is_empty() {
            return Ok(true);
        }
        // It is lent to the scope and given back: rows are many.
        self.scopes.push(std::mem::take(binding));
        let held = self.all_hold(conditions);
        *binding = self.scopes.pop().unwrap_or_default();
        held
    }

    fn all_hold(&mut self, conditions: &[ScalarId]) -> Result<bool, Unable> {
        let mut unknown = None;
        for condition in conditions {
            match self.scalar(*condition, None).and_then(|value| value.truth()) {
                Ok(Some(true)) => {}
                Ok(_) => return Ok(false),
                // Another condition may drop the row whatever this one says.
                Err(Unable::Unknown(why)) => unknown = Some(why),
                Err(unable) => return Err(unable),
            }
        }
        unknown.map_or(Ok(true), |why| Err(Unable::Unknown(why)))
    }

    /// Rows of a part of a join, each with what is bound already.
    fn tree(&mut self, from: &From, tree: &Tree, bound: &Binding) -> Result<Vec<Binding>, Unable> {
        match tree {
            Tree::Input(at) => {
                let Some(input) = from.inputs.get(*at as usize) else {
                    return Unable::broken("an input that is not there");
                };
                let bag = if self.arena.rel_reach(*input) == 0 {
                    self.rel(*input)?
                } else {
                    self.within(bound.clone(), |it| it.rel(*input))?
                };
                let mut all = Vec::new();
                for row in 0..bag.rows.len() {
                    self.step()?;
                    let mut binding = bound.clone();
                    binding[*at as usize] = Some((Rc::clone(&bag), row));
                    all.push(binding);
                }
                Ok(all)
            }
            Tree::Inner(parts) => {
                let parts: Vec<&Tree> = parts.iter().collect();
                let given = (0..).zip(bound).filter(|(_, seat)| seat.is_some());
                let given: Vec<u32> = given.map(|(at, _)| at).collect();
                let mut all = vec![bound.clone()];
                for part in self.ordered(from, &parts, &given) {
                    let mut rows = Vec::new();
                    for binding in &all {
                        rows.extend(self.tree(from, parts[part], binding)?);
                    }
                    all = rows;
                }
                Ok(all)
            }
            Tree::Where { part, on } => {
                let mut kept = Vec::new();
                for mut binding in self.tree(from, part, bound)? {
                    if self.holds(on, &mut binding)? {
                        kept.push(binding);
                    }
                }
                Ok(kept)
            }
            Tree::Left { left, right, on } => {
                let mut all = Vec::new();
                for binding in self.tree(from, left, bound)? {
                    let before = all.len();
                    for mut pair in self.tree(from, right, &binding)? {
                        if self.holds(on, &mut pair)? {
                            all.push(pair);
                        }
                    }
                    if all.len() == before {
                        all.push(self.filled(from, right, binding)?);
                    }
                }
                Ok(all)
            }
            Tree::Full { left, right, on } => self.full(from, left, right, on, bound),
        }
    }

    fn full(
        &mut self,
        from: &From,
        left: &Tree,
        right: &Tree,
        on: &[ScalarId],
        bound: &Binding,
    ) -> Result<Vec<Binding>, Unable> {
        let lefts = self.tree(from, left, bound)?;
        let rights = self.tree(from, right, bound)?;
        let mut matched = vec![false; rights.len()];
        let mut all = Vec::new();
        for one in lefts {
            let before = all.len();
            for (two, matched) in rights.iter().zip(&mut matched) {
                let mut pair: Binding =
                    one.iter().zip(two).map(|(a, b)| a.clone().or_else(|| b.clone())).collect();
                if self.holds(on, &mut pair)? {
                    *matched = true;
                    all.push(pair);
                }
            }
            if all.len() == before {
                all.push(self.filled(from, right, one)?);
            }
        }
        for (two, matched) in rights.into_iter().zip(matched) {
            if !matched {
                all.push(self.filled(from, left, two)?);
            }
        }
        Ok(all)
    }

    /// A row with NULLs for the inputs of a part.
    fn filled(
        &mut self,
        from: &From,
        part: &Tree,
        mut binding: Binding,
    ) -> Result<Binding, Unable> {
        for at in part.inputs() {
            let Some(input) = from.inputs.get(at as usize) else {
                return Unable::broken("an input that is not there");
            };
            let bag = self.null_row(*input)?;
            binding[at as usize] = Some((bag, 0));
        }
        Ok(binding)
    }

    fn null_row(&mut self, rel: RelId) -> Result<Rc<Bag>, Unable> {
        if let Some(bag) = self.nulls.get(&rel) {
            return Ok(Rc::clone(bag));
        }
        let heads = self.heads(rel)?;
        let bag = Rc::new(Bag { rows: vec![vec![Value::Null; heads.len()]], heads });
        self.nulls.insert(rel, Rc::clone(&bag));
        Ok(bag)
    }
}

/// The parts of the outermost join.
fn parts(tree: &Tree) -> Vec<&Tree> {
    match tree {
        Tree::Inner(parts) => parts.iter().collect(),
        Tree::Input(_) | Tree::Left { .. } | Tree::Where { .. } | Tree::Full { .. } => vec![tree],
    }
}
