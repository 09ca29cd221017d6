//! `SELECT`: filter, grouping, windows, distinct, order.

use plumb_base::{Name, Span};
use plumb_ir::{
    Arena, Field, From, FromId, Literal, Out, Rel, RelId, Scalar, ScalarId, SortKey, Tree,
};
use plumb_syntax::sql::tree::{Distinct, Expr, ExprKind, GroupBy, Ident, Item, Query, Select};

use crate::{
    Selected,
    expr::is_hole,
    query::implied_name,
    scope::{Bound, Column, Resolver, Scope, number},
};

/// One output before it is projected.
pub(crate) enum Output {
    Column(Option<Name>, ScalarId),
    Star { input: u32, except: Vec<Name>, known: Vec<Name> },
}

/// Items that are not known: each may be any number of columns.
fn unknown_items(items: &[Item]) -> Option<(Span, String)> {
    let unknown = items.iter().filter_map(|item| match item {
        Item::Expr { alias: Some(alias), .. } => is_hole(&alias.name).then_some(alias),
        Item::Expr { expr, alias: None } => match &expr.kind {
            ExprKind::Column(names) => names.last().filter(|name| is_hole(&name.name)),
            _ => None,
        },
        Item::Star(_) => None,
    });
    let unknown: Vec<&Ident> = unknown.collect();
    let texts: Vec<&str> = unknown.iter().map(|it| it.name.as_str()).collect();
    Some((unknown.first()?.span, texts.join(", ")))
}

/// What a `SELECT` says, bound to its `FROM`.
pub(crate) struct Parts {
    pub(crate) from: FromId,
    pub(crate) outputs: Vec<Output>,
    pub(crate) having: Vec<ScalarId>,
    pub(crate) qualify: Vec<ScalarId>,
    pub(crate) order: Vec<SortKey>,
    pub(crate) distinct_on: Vec<ScalarId>,
}

impl Resolver<'_> {
    pub(crate) fn select(&mut self, select: &Select, query: &Query) -> Bound {
        let windows = self.windows.len();
        self.windows
            .extend(select.windows.iter().map(|(name, it)| (name.name.clone(), it.clone())));
        let scope = Scope { visible: true, ..Scope::default() };
        let (bound, _) = self.within(scope, |it| it.body_of(select, query));
        self.windows.truncate(windows);
        self.selects.push(Selected { rel: bound.rel, span: select.span });
        let bound = match unknown_items(&select.items) {
            Some((span, text)) => self.unknown_part(span, &text, &bound),
            None => bound,
        };
        match &select.unread {
            Some(what) => self.opaque(select.span, what, vec![bound]),
            None => bound,
        }
    }

    fn body_of(&mut self, select: &Select, query: &Query) -> Bound {
        let joined = self.from(&select.from);
        let mut filter = joined.filter;
        let plain_filter = select.filter.as_ref().map(|expr| self.conjuncts(expr));
        filter.extend(plain_filter.unwrap_or_default());
        let inputs: Vec<RelId> = self.scope().inputs.iter().map(|input| input.bound.rel).collect();
        let tree = if inputs.is_empty() { Tree::Inner(Vec::new()) } else { joined.tree };
        let from = self.arena.from(From { inputs, tree, filter });
        let mut outputs = Vec::new();
        for item in &select.items {
            self.output(item, &mut outputs);
        }
        let limited = query.limit.is_some() || query.offset.is_some();
        let distinct_on = match &select.distinct {
            Distinct::On(keys) => keys.iter().map(|key| self.by_position(key, &outputs)).collect(),
            Distinct::No | Distinct::Rows => Vec::new(),
        };
        let ordered = limited || !distinct_on.is_empty();
        let order = if ordered {
            query
                .order_by
                .iter()
                .map(|key| {
                    let value = self.by_position(&key.expr, &outputs);
                    self.sort_key(key, value)
                })
                .collect()
        } else {
            Vec::new()
        };
        // HAVING sees groups: an alias of an aggregate means the aggregate.
        let aliases = self.scope().aliases.clone();
        let grouped: Vec<_> =
            aliases.iter().filter(|(_, it)| self.aggregates(*it)).cloned().collect();
        self.scope().merged.extend(grouped.iter().cloned());
        let having = select.having.as_ref().map(|expr| self.conjuncts(expr)).unwrap_or_default();
        let plain = self.scope().merged.len() - grouped.len();
        self.scope().merged.truncate(plain);
        let qualify = select.qualify.as_ref().map(|expr| self.conjuncts(expr)).unwrap_or_default();
        let parts = Parts { from, outputs, having, qualify, order, distinct_on };
        let grouping = self.grouping(&select.group_by, &parts);
        let bound = match grouping {
            None => self.project(parts, select, query),
            Some(sets) => self.grouped(parts, &sets, select, query),
        };
        // Aliases end with the select; what is above sees output columns only.
        self.scope().aliases.clear();
        bound
    }

    fn output(&mut self, item: &Item, outputs: &mut Vec<Output>) {
        match item {
            Item::Expr { expr, alias } => {
                let scalar = self.expr(expr);
                let name =
                    alias.as_ref().map(|alias| alias.name.clone()).or_else(|| implied_name(expr));
                if let Some(alias) = alias
                    && self.around.dialect.group_by_alias
                {
                    self.scope().aliases.push((alias.name.clone(), scalar));
                }
                outputs.push(Output::Column(name, scalar));
            }
            Item::Star(star) => self.star(star, outputs),
        }
    }

    /// A key that may be a position in the select list, or an alias of it.
    pub(crate) fn by_position(&mut self, expr: &Expr, outputs: &[Output]) -> ScalarId {
        if let Some(at) = crate::query::position(expr)
            && outputs[..outputs.len().min(at + 1)]
                .iter()
                .all(|it| matches!(it, Output::Column(..)))
            && let Some(Output::Column(_, scalar)) = outputs.get(at)
        {
            return *scalar;
        }
        // A key that names an alias means it, unless a column of that name is known.
        if let ExprKind::Column(names) = &expr.kind
            && let [name] = names.as_slice()
            && !self.scope().knows(&name.name)
            && let Some(alias) = self.scope().alias(&name.name)
        {
            return alias;
        }
        self.expr(expr)
    }

    /// `SELECT` without grouping.
    fn project(&mut self, parts: Parts, select: &Select, query: &Query) -> Bound {
        let mut parts = parts;
        // HAVING without grouping filters rows.
        let having = std::mem::take(&mut parts.having);
        if !having.is_empty() {
            parts.qualify.splice(0..0, having);
        }
        self.finish(parts, select, query)
    }

    /// Windows, QUALIFY, DISTINCT, order and limit over a `FROM` whose rows are final.
    pub(crate) fn finish(&mut self, mut parts: Parts, select: &Select, query: &Query) -> Bound {
        if !parts.distinct_on.is_empty() {
            let rank = self.row_number(&parts.distinct_on, &parts.order);
            let one = self.arena.literal(Literal::Integer(1));
            parts.qualify.push(self.arena.call("eq", vec![rank, one]));
        }
        let (columns, open, hidden) = self.shape(&parts.outputs);
        let mut out: Vec<Out> = parts.outputs.iter().map(|output| self.out(output)).collect();
        let width = out.len();
        let limited = query.limit.is_some() || query.offset.is_some();
        let order_at = out.len();
        if limited {
            out.extend(parts.order.iter().map(|key| Out::Column(key.value)));
        }
        let mut rel = if parts.qualify.is_empty() {
            self.arena.rel(Rel::Project { from: parts.from, out })
        } else {
            self.qualified(parts.from, out, &parts.qualify)
        };
        if select.distinct == Distinct::Rows {
            rel = self.arena.rel(Rel::Distinct { input: rel });
        }
        if limited {
            rel = self.cut(rel, &parts.order, order_at, query);
            if width > 0 && !parts.order.is_empty() {
                rel = self.narrow(rel, &parts.outputs);
            }
        }
        Bound { rel, columns, open, hidden }
    }

    /// The first rows by keys that stand behind the outputs.
    fn cut(&mut self, input: RelId, order: &[SortKey], order_at: usize, query: &Query) -> RelId {
        let order = order.iter().enumerate().map(|(index, key)| {
            let value = self.arena.column(0, Field::At(number(order_at + index)));
            SortKey { value, ..*key }
        });
        let order = order.collect();
        let ((limit, offset), _) = self.within(Scope::default(), |it| {
            (
                query.limit.as_ref().map(|expr| it.expr(expr)),
                query.offset.as_ref().map(|expr| it.expr(expr)),
            )
        });
        self.arena.rel(Rel::Limit { input, order, limit, offset })
    }

    /// Leaves out what stands behind the outputs.
    fn narrow(&mut self, input: RelId, outputs: &[Output]) -> RelId {
        let from = From { inputs: vec![input], tree: Tree::Input(0), filter: Vec::new() };
        let from = self.arena.from(from);
        let out = outputs.iter().enumerate().map(|(index, output)| match output {
            Output::Column(..) => Out::Column(self.arena.column(0, Field::At(number(index)))),
            Output::Star { .. } => Out::Star { input: 0, except: Vec::new() },
        });
        let out = out.collect();
        self.arena.rel(Rel::Project { from, out })
    }

    /// Windows are computed first, then rows are chosen by them.
    fn qualified(&mut self, from: FromId, mut out: Vec<Out>, qualify: &[ScalarId]) -> RelId {
        let width = out.len();
        let filter = qualify
            .iter()
            .map(|condition| {
                let mut lift = |arena: &mut Arena, id: ScalarId, level: u32| {
                    let lifted = match arena.get_scalar(id) {
                        Scalar::Window { .. } => level == 0,
                        Scalar::Column { depth, .. } | Scalar::Either { depth, .. } => {
                            *depth == level
                        }
                        _ => false,
                    };
                    if !lifted {
                        return None;
                    }
                    let local = if level == 0 { id } else { shallow(arena, id) };
                    let at =
                        out.iter().position(|it| *it == Out::Column(local)).unwrap_or_else(|| {
                            out.push(Out::Column(local));
                            out.len() - 1
                        });
                    Some(arena.scalar(Scalar::Column {
                        depth: level,
                        input: 0,
                        field: Field::At(number(at)),
                    }))
                };
                self.arena.rewrite(*condition, 0, &mut lift)
            })
            .collect();
        let stars =
            out[..width].iter().map(|it| matches!(it, Out::Star { .. })).collect::<Vec<_>>();
        let inner = self.arena.rel(Rel::Project { from, out });
        let from = self.arena.from(From { inputs: vec![inner], tree: Tree::Input(0), filter });
        let mut starred = false;
        let mut kept = Vec::new();
        for (index, star) in stars.into_iter().enumerate() {
            if !star {
                kept.push(Out::Column(self.arena.column(0, Field::At(number(index)))));
            } else if !starred {
                // One star passes on the named columns of all stars below it.
                starred = true;
                kept.push(Out::Star { input: 0, except: Vec::new() });
            } else {
                let null = self.null();
                kept.push(Out::Column(null));
            }
        }
        self.arena.rel(Rel::Project { from, out: kept })
    }

    fn row_number(&mut self, partition: &[ScalarId], order: &[SortKey]) -> ScalarId {
        let function = self.arena.symbol("row-number");
        self.arena.scalar(Scalar::Window {
            function,
            args: Vec::new(),
            distinct: false,
            ignore_nulls: false,
            partition: partition.to_vec(),
            order: order.to_vec(),
            frame: None,
        })
    }

    fn out(&mut self, output: &Output) -> Out {
        match output {
            Output::Column(_, scalar) => Out::Column(*scalar),
            Output::Star { input, except, .. } => {
                let mut names = except.clone();
                names.sort();
                names.dedup();
                let except = names.iter().map(|name| self.arena.symbol(name.as_str())).collect();
                Out::Star { input: *input, except }
            }
        }
    }

    /// Names and addresses of outputs.
    pub(crate) fn shape(&mut self, outputs: &[Output]) -> (Vec<Column>, bool, Vec<Name>) {
        let (mut columns, mut stars, mut hidden) = (Vec::new(), 0, Vec::new());
        for (index, output) in outputs.iter().enumerate() {
            match output {
                Output::Column(name, _) => {
                    columns.push(Column { name: name.clone(), field: Field::At(number(index)) });
                }
                Output::Star { except, known, .. } => {
                    stars += 1;
                    hidden.extend(except.iter().cloned());
                    for name in known {
                        let field = Field::Named(self.arena.symbol(name.as_str()));
                        columns.push(Column { name: Some(name.clone()), field });
                    }
                }
            }
        }
        // With several stars, what one leaves out another may have.
        if stars > 1 {
            hidden.clear();
        }
        (columns, stars > 0, hidden)
    }

    /// The sets of keys a `GROUP BY` makes; `None` if there is no grouping at all.
    fn grouping(&mut self, group_by: &GroupBy, parts: &Parts) -> Option<crate::group::Sets> {
        match group_by {
            GroupBy::Elements(elements) => Some(self.sets(elements, parts)),
            GroupBy::All => {
                let keys = parts.outputs.iter().filter_map(|output| match output {
                    Output::Column(_, scalar) if !self.aggregates(*scalar) => Some(*scalar),
                    Output::Column(..) | Output::Star { .. } => None,
                });
                Some(crate::group::Sets::one(keys.collect()))
            }
            GroupBy::No => {
                let in_outputs = parts.outputs.iter().any(|output| match output {
                    Output::Column(_, scalar) => self.aggregates(*scalar),
                    Output::Star { .. } => false,
                });
                let elsewhere = parts.having.iter().chain(&parts.qualify);
                let order = parts.order.iter().map(|key| &key.value);
                let any =
                    in_outputs || elsewhere.chain(order).any(|scalar| self.aggregates(*scalar));
                any.then(crate::group::Sets::whole)
            }
        }
    }
}

/// A column seen from inside subqueries, as seen from the scope it belongs to.
pub(crate) fn shallow(arena: &mut Arena, id: ScalarId) -> ScalarId {
    match arena.get_scalar(id).clone() {
        Scalar::Column { input, field, .. } => {
            arena.scalar(Scalar::Column { depth: 0, input, field })
        }
        Scalar::Either { inputs, name, .. } => {
            arena.scalar(Scalar::Either { depth: 0, inputs, name })
        }
        _ => id,
    }
}
