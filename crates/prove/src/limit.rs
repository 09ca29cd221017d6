//! The first rows in some order.

use std::collections::{BTreeMap, BTreeSet};

use plumb_ir::{Field, Literal, RelId, ScalarId, SortKey};

use crate::{
    lower::{Binding, Fit, Lower, Unfit},
    merge::merged,
    space::parts,
    swap::{Swap, renamed},
    term::{Atom, Block, Fact, Id, Kind, Sort, SumId, Term, Var},
    tidy::{Mode, number},
};

/// More rows than anybody asks for.
const MANY: i128 = 1 << 64;

impl Lower<'_, '_> {
    pub(crate) fn limit(
        &mut self,
        input: RelId,
        order: &[SortKey],
        limit: Option<ScalarId>,
        offset: Option<ScalarId>,
    ) -> Fit<Vec<Block>> {
        let mut blocks = Vec::new();
        for block in self.rel(input)? {
            blocks.extend(self.space.tidy(block, Mode::Bag));
        }
        if blocks.is_empty() {
            return Ok(blocks);
        }
        let (places, blocks) = self.in_one_order(blocks);
        let placed = |out: &[Id]| places.iter().map(|at| out[*at]).collect::<Vec<Id>>();
        let (_, columns) = self.outputs_row(&blocks);
        let columns = placed(&columns);
        let (order, limit, offset) = self.within(vec![Some(Binding::Outputs(columns))], |it| {
            let mut keys = Vec::new();
            for key in order {
                let value = it.scalar(key.value)?;
                let Term::Column(_, Field::At(at)) = *it.space.get(value) else {
                    return Err(Unfit("an order by a computed value"));
                };
                keys.push(Sort { at, descending: key.descending, nulls_first: key.nulls_first });
            }
            let mut bound = |id: Option<ScalarId>| match id {
                Some(id) => it.scalar(id),
                None => Ok(it.space.null),
            };
            Ok((keys, bound(limit)?, bound(offset)?))
        })?;
        let mut blocks = blocks;
        let first = First { order, limit, offset, total: false };
        let outputs = |found: Vec<Block>| {
            let placed = |block: Block| Block { out: placed(&block.out), ..block };
            Ok(found.into_iter().map(placed).collect())
        };
        if let Some(found) = self.enough(&blocks, &first) {
            return outputs(found);
        }
        if self.of_unpicked(&mut blocks, &first) {
            blocks = merged(self.space, blocks);
        }
        if let Some(found) = self.picked_before(&blocks, &first) {
            return outputs(found);
        }
        if let [block] = blocks.as_slice() {
            return outputs(vec![self.first_of(block.clone(), first)]);
        }
        let (var, _) = self.outputs_row(&blocks);
        let sum = self.space.sum(blocks);
        outputs(vec![self.row(var, first.kind(sum))])
    }

    /// All rows, or none, where it is known that there are no more than are taken, or passed over.
    fn enough(&mut self, blocks: &[Block], first: &First) -> Option<Vec<Block>> {
        let (rows, skipped) = (self.rows(first.limit)?, self.skipped(first.offset)?);
        let most = self.most(blocks)?;
        if most <= skipped {
            return self.space.rule("limit-of-few").then(Vec::new);
        }
        (skipped == 0 && most <= rows && self.space.rule("limit-of-few")).then(|| blocks.to_vec())
    }

    /// The first rows of a block.
    pub(crate) fn first_of(&mut self, block: Block, mut first: First) -> Block {
        first.order = self.telling(&block, &first.order);
        first.total = self.total_order(&block, &first.order);
        match self.merged_limits(&block, &first) {
            Some(merged) => merged,
            None => self.outside(block, first),
        }
    }

    /// First rows in a total order are those with few rows before them.
    pub(crate) fn counted(&mut self, mut block: Block) -> Block {
        let first = |atom: &Atom| matches!(atom.kind, Kind::Limit { total: true, .. });
        while let Some(at) = block.atoms.iter().position(first) {
            let atom = block.atoms.remove(at);
            let Some(next) = self.with_rows_before(&block, &atom) else {
                block.atoms.insert(at, atom);
                break;
            };
            block = next;
        }
        block
    }

    fn with_rows_before(&mut self, block: &Block, atom: &Atom) -> Option<Block> {
        let Kind::Limit { sum, order, limit, offset, .. } = &atom.kind else { return None };
        let (rows, skipped) = (self.rows(*limit)?, self.skipped(*offset)?);
        let [inner] = &**self.space.blocks(*sum) else { return None };
        let (inner, order) = (inner.clone(), order.clone());
        if !self.space.rule("limit-as-count") {
            return None;
        }
        let here = renamed(self.space, &inner);
        let mut before = renamed(self.space, &inner);
        let keys: Vec<(Id, Id, bool, bool)> = order
            .iter()
            .map(|key| {
                let at = key.at as usize;
                (before.out[at], here.out[at], key.descending, key.nulls_first)
            })
            .collect();
        let stands = crate::window::before(self.space, &keys);
        before.facts.push(stands);
        before.out = vec![self.space.one];
        let count = self.space.total(vec![before]);
        let mut next = self.space.with(block, atom.var, here);
        if rows <= MANY {
            let last = self.space.integer(skipped + rows - 1);
            next.facts.push(Fact::AtMost(count, last));
        }
        if skipped > 0 {
            let skipped = self.space.integer(skipped);
            next.facts.push(Fact::AtMost(skipped, count));
        }
        Some(next)
    }

    /// The keys that rows still differ in after those before them.
    fn telling(&mut self, block: &Block, order: &[Sort]) -> Vec<Sort> {
        let mut theory = self.space.theory_of(block);
        let own: Vec<_> = block.atoms.iter().map(|atom| atom.var).collect();
        let mut kept: Vec<Sort> = Vec::new();
        for key in order {
            let value = block.out[key.at as usize];
            let known = kept.iter().any(|it| {
                let other = block.out[it.at as usize];
                theory.class(self.space, other) == theory.class(self.space, value)
            });
            let outside = theory
                .members(self.space, value)
                .into_iter()
                .any(|member| !self.space.vars(member).iter().any(|var| own.contains(var)));
            if !known && !outside {
                kept.push(*key);
            }
        }
        kept
    }

    /// Whether no two rows have the same keys of the order.
    fn total_order(&mut self, block: &Block, order: &[Sort]) -> bool {
        let mut theory = self.space.theory_of(block);
        let own: Vec<Var> = block.atoms.iter().map(|atom| atom.var).collect();
        let keys: Vec<Id> = order.iter().map(|key| block.out[key.at as usize]).collect();
        block.atoms.iter().all(|atom| match &atom.kind {
            Kind::Scan(_) => self.space.keyed(&mut theory, atom.var, &own, &keys),
            Kind::Limit { total, order, .. } => {
                // The first rows by a total order have one themselves.
                *total
                    && order.iter().all(|key| {
                        let column = self.space.column(atom.var, Field::At(key.at));
                        keys.contains(&column)
                    })
            }
            _ => false,
        })
    }

    /// The first rows of the first rows in the same order.
    fn merged_limits(&mut self, block: &Block, outer: &First) -> Option<Block> {
        let [atom] = block.atoms.as_slice() else { return None };
        let Kind::Limit { sum, order, limit, offset, .. } = &atom.kind else { return None };
        if !block.facts.is_empty() {
            return None;
        }
        let keys = outer.order.iter().map(|key| match self.space.get(block.out[key.at as usize]) {
            Term::Column(_, Field::At(at)) => Some(Sort { at: *at, ..*key }),
            _ => None,
        });
        let keys: Vec<Sort> = keys.collect::<Option<_>>()?;
        if keys != *order {
            return None;
        }
        if !self.space.rule("limit-of-limit") {
            return None;
        }
        let (inner, skipped) = (self.rows(*limit)?, self.skipped(*offset)?);
        let (rows, skip) = (self.rows(outer.limit)?, self.skipped(outer.offset)?);
        let rows = rows.min(inner.saturating_sub(skip).max(0));
        let sum = *sum;
        let limit = if rows > MANY { self.space.null } else { self.space.integer(rows) };
        let skip = skip + skipped;
        let offset = if skip == 0 { self.space.null } else { self.space.integer(skip) };
        let mut block = block.clone();
        block.atoms[0].kind = First { order: keys, limit, offset, total: outer.total }.kind(sum);
        Some(block)
    }

    /// How many rows are taken at most, if it is written out; as many as can be if nothing is said.
    pub(crate) fn rows(&self, id: Id) -> Option<i128> {
        match self.space.get(id) {
            Term::Literal(Literal::Integer(number)) if *number <= MANY => Some(*number),
            Term::Literal(Literal::Null) => Some(i128::MAX),
            _ => None,
        }
    }

    /// How many rows are passed over, if it is written out.
    pub(crate) fn skipped(&self, id: Id) -> Option<i128> {
        match self.space.get(id) {
            Term::Literal(Literal::Integer(number)) if *number <= MANY => Some(*number),
            Term::Literal(Literal::Null) => Some(0),
            _ => None,
        }
    }

    /// Rows are picked by columns of tables; what is computed from them is computed afterwards.
    fn outside(&mut self, block: Block, first: First) -> Block {
        let mut columns = BTreeSet::new();
        let own: Vec<_> = block.atoms.iter().map(|atom| atom.var).collect();
        let plain = block.out.iter().all(|id| self.gather(*id, &own, &mut columns));
        let ordered = first
            .order
            .iter()
            .all(|key| matches!(self.space.get(block.out[key.at as usize]), Term::Column(..)));
        if !plain || !ordered || !self.space.rule("limit-before-values") {
            let (var, _) = self.outputs_row(std::slice::from_ref(&block));
            let sum = self.space.sum(vec![block]);
            return self.row(var, first.kind(sum));
        }
        let mut columns: Vec<Id> = columns.into_iter().collect();
        columns.sort_by_key(|id| self.space.look(*id));
        let order = first.order.iter().map(|key| {
            let place = columns.iter().position(|id| *id == block.out[key.at as usize]);
            Sort { at: number(place.unwrap_or(0)), ..*key }
        });
        let order = order.collect();
        let inner = Block { out: columns.clone(), ..block.clone() };
        let (var, fields) = self.outputs_row(std::slice::from_ref(&inner));
        let sum = self.space.sum(vec![inner]);
        let mut row = self.row(var, First { order, ..first }.kind(sum));
        let mut images: BTreeMap<Var, BTreeMap<Field, Id>> = BTreeMap::new();
        for (column, field) in columns.iter().zip(fields) {
            if let Term::Column(var, at) = *self.space.get(*column) {
                images.entry(var).or_default().insert(at, field);
            }
        }
        let mut swap = Swap::merging();
        for (var, image) in images {
            swap.columns(var, image);
        }
        row.out = swap.all(self.space, &block.out);
        row
    }

    /// Adds the columns of rows that a term looks at; `false` if it looks at more than columns.
    pub(crate) fn gather(&self, id: Id, own: &[Var], columns: &mut BTreeSet<Id>) -> bool {
        if !self.space.vars(id).iter().any(|var| own.contains(var)) {
            return true;
        }
        match self.space.get(id) {
            Term::Column(..) => {
                columns.insert(id);
                true
            }
            Term::Call { .. } | Term::Case { .. } | Term::Cast { .. } => {
                parts(self.space.get(id)).into_iter().all(|part| self.gather(part, own, columns))
            }
            _ => false,
        }
    }
}

/// Which rows are picked.
pub(crate) struct First {
    pub(crate) order: Vec<Sort>,
    pub(crate) limit: Id,
    pub(crate) offset: Id,
    pub(crate) total: bool,
}

impl First {
    fn kind(self, sum: SumId) -> Kind {
        let Self { order, limit, offset, total } = self;
        Kind::Limit { sum, order, limit, offset, total }
    }
}
