//! `ARRAY(query)`: the rows of a query as one list, in their order.

use plumb_ir::{Arena, Field, From, Out, Rel, RelId, Scalar, ScalarId, SortKey, Tree};
use plumb_syntax::sql::tree::{Expr, ExprKind, Literal as Written, Query};

use crate::scope::Resolver;

impl Resolver<'_> {
    /// The rows of a query that sorts them: what `ARRAY_AGG` makes of them, but an empty list for no rows.
    ///
    /// Nothing where the query says nothing of an order, or keeps only some of its rows.
    pub(crate) fn sorted_rows(&mut self, query: &Query) -> Option<ScalarId> {
        if query.order_by.is_empty() || query.limit.is_some() || query.offset.is_some() {
            return None;
        }
        // What sorts is kept behind the outputs where rows are cut off: so nothing is cut off.
        let nothing = ExprKind::Literal(Written::Number("0".to_owned()));
        let offset = Some(Expr { kind: nothing, span: query.span });
        let bound = self.value_query(&Query { offset, ..query.clone() });
        let Some((input, order, value)) = self.sorted(bound.rel) else {
            self.problem(query.span, "not-read", "a list of rows in this order is not read yet");
            return Some(self.unknown("not-read"));
        };
        let function = self.arena.symbol("array-agg");
        let call =
            Scalar::Aggregate { function, args: vec![value], distinct: false, filter: None, order };
        let call = self.arena.scalar(call);
        let from = From { inputs: vec![input], tree: Tree::Input(0), filter: Vec::new() };
        let from = self.arena.from(from);
        let rel = Rel::Aggregate { from, keys: Vec::new(), calls: vec![call], scalar: true };
        let rel = self.arena.rel(rel);
        let list = self.arena.scalar(Scalar::Subquery(rel));
        let empty = self.arena.call("array", Vec::new());
        Some(self.arena.call("coalesce", vec![list, empty]))
    }

    /// What stands below the first cut: its rows, their order, and the value that is made of each.
    fn sorted(&mut self, rel: RelId) -> Option<(RelId, Vec<SortKey>, ScalarId)> {
        let Rel::Project { from, out } = self.arena.get_rel(rel).clone() else { return None };
        let [Out::Column(value)] = out.as_slice() else { return None };
        let input = self.only_input(from)?;
        match self.arena.get_rel(input).clone() {
            Rel::Limit { input, order, limit: None, .. } => Some((input, order, *value)),
            // The columns of the cut, as they are.
            Rel::Project { from, out } => {
                let same = |(at, out): (usize, &Out)| match out {
                    Out::Column(column) => matches!(
                        self.arena.get_scalar(*column),
                        Scalar::Column { depth: 0, input: 0, field: Field::At(place) }
                            if *place as usize == at
                    ),
                    Out::Star { .. } => false,
                };
                if !out.iter().enumerate().all(same) {
                    return None;
                }
                let input = self.only_input(from)?;
                match self.arena.get_rel(input).clone() {
                    Rel::Limit { input, order, limit: None, .. } => {
                        let input = self.arena.rewrite_rel(
                            input,
                            0,
                            &mut |arena: &mut Arena, id: ScalarId, level: u32| {
                                one_less(arena, id, level)
                            },
                        );
                        Some((input, order, *value))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn only_input(&self, from: plumb_ir::FromId) -> Option<RelId> {
        let from = self.arena.get_from(from);
        let plain = from.filter.is_empty() && from.tree == Tree::Input(0);
        match from.inputs.as_slice() {
            [input] if plain => Some(*input),
            _ => None,
        }
    }
}

/// A column from outside, seen from one scope nearer.
fn one_less(arena: &mut Arena, id: ScalarId, level: u32) -> Option<ScalarId> {
    match arena.get_scalar(id).clone() {
        Scalar::Column { depth, input, field } if depth > level => {
            Some(arena.scalar(Scalar::Column { depth: depth - 1, input, field }))
        }
        Scalar::Either { depth, inputs, name } if depth > level => {
            Some(arena.scalar(Scalar::Either { depth: depth - 1, inputs, name }))
        }
        _ => None,
    }
}
