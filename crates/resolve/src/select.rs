//! `SELECT`: filter, grouping, windows, distinct, order.

use plumb_base::Name;
use plumb_ir::{
    Arena, Field, From, FromId, Literal, Out, Rel, RelId, Scalar, ScalarId, SortKey, Tree,
};
use plumb_syntax::sql::{
    GroupAlias,
    tree::{Distinct, Expr, ExprKind, GroupBy, Item, Query, RowValue, Select},
};

use crate::{
    Selected,
    listed::Aliases,
    query::implied_name,
    scope::{Bound, Column, Resolver, Scope, Wanted, number},
    unknown::unknown_items,
};

/// One output before it is projected.
pub(crate) enum Output {
    Column(Option<Name>, ScalarId),
    Star { input: u32, except: Vec<Name>, known: Vec<Name> },
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
        let tree = select.unread.as_deref() == Some("connect by");
        let wanted = std::mem::take(&mut self.wanted);
        let scope = Scope { visible: true, tree, wanted, ..Scope::default() };
        let (bound, _) = self.within(scope, |it| it.body_of(select, query));
        self.windows.truncate(windows);
        self.selects.push(Selected { rel: bound.rel, span: select.span });
        let bound = match unknown_items(&select.items) {
            Some((span, text)) => self.unknown_part(span, &text, &bound),
            None => bound,
        };
        match &select.unread {
            Some(what) => self.unread(select.span, what, bound),
            None => bound,
        }
    }

    fn body_of(&mut self, select: &Select, query: &Query) -> Bound {
        if self.around.dialect.name == "snowflake" {
            self.scope().later = aliases(&select.items);
        }
        let mut joined = self.from(&select.from);
        let mut filter = joined.filter;
        if self.around.dialect.where_alias {
            self.scope().later = aliases(&select.items);
        }
        let plain_filter = select.filter.as_ref().map(|expr| self.conjuncts(expr));
        filter.extend(plain_filter.unwrap_or_default());
        self.scope().later.clear();
        let mut outputs = Vec::new();
        self.scope().listing = true;
        for item in &select.items {
            self.output(item, &mut outputs);
        }
        self.scope().listing = false;
        let filter = filter.into_iter().map(|it| self.with_aliases(it, &outputs)).collect();
        joined.tree = joined.tree.map(&mut Tree::Input, &mut |it| self.with_aliases(it, &outputs));
        let from = self.joined(joined.tree, filter);
        let limited = query.limit.is_some() || query.offset.is_some();
        let distinct_on = match &select.distinct {
            Distinct::On(keys) => keys.iter().map(|key| self.by_position(key, &outputs)).collect(),
            Distinct::No | Distinct::Rows => Vec::new(),
        };
        let ordered = limited || !distinct_on.is_empty();
        // HAVING, QUALIFY and ORDER BY see groups: an alias of an aggregate means the aggregate.
        let known = self.scope().merged.len();
        let grouped: Vec<_> = self.scope().aliases.all().to_vec();
        let grouped: Vec<_> = grouped.into_iter().filter(|it| self.aggregates(it.1)).collect();
        self.scope().merged.extend(grouped);
        let order = if ordered { self.order_of(query, &outputs) } else { Vec::new() };
        let having = select.having.as_ref().map(|expr| self.conjuncts(expr)).unwrap_or_default();
        let qualify = select.qualify.as_ref().map(|expr| self.conjuncts(expr)).unwrap_or_default();
        self.scope().merged.truncate(known);
        let parts = Parts { from, outputs, having, qualify, order, distinct_on };
        let grouping = self.grouping(select, &parts);
        let bound = match grouping {
            None => self.finish(parts, select, query),
            Some(sets) => self.grouped(parts, &sets, select, query),
        };
        // Aliases end with the select; what is above sees output columns only.
        self.scope().aliases = Aliases::default();
        bound
    }

    /// The inputs of the scope on top, those that the select list added among them.
    fn joined(&mut self, tree: Tree, filter: Vec<ScalarId>) -> FromId {
        let mut inputs: Vec<RelId> =
            self.scope().inputs.iter().map(|input| input.bound.rel).collect();
        let mut tree = if inputs.is_empty() { Tree::Inner(Vec::new()) } else { tree };
        let added = std::mem::take(&mut self.scope().added);
        if !added.is_empty() {
            let mut parts = crate::from::flat(tree);
            parts.extend((0..added.len()).map(|at| Tree::Input(number(inputs.len() + at))));
            tree = Tree::Inner(parts);
            inputs.extend(added);
        }
        self.arena.from(From { inputs, tree, filter })
    }

    fn order_of(&mut self, query: &Query, outputs: &[Output]) -> Vec<SortKey> {
        query
            .order_by
            .iter()
            .map(|key| {
                let value = self.by_position(&key.expr, outputs);
                self.sort_key(key, value)
            })
            .collect()
    }

    /// A condition with the aliases it used before the select list was bound.
    fn with_aliases(&mut self, condition: ScalarId, outputs: &[Output]) -> ScalarId {
        let mut found: Vec<(ScalarId, ScalarId)> = Vec::new();
        for output in outputs {
            if let Output::Column(Some(name), value) = output
                && let Some(hole) = self.awaited.get(name)
            {
                found.push((*hole, *value));
            }
        }
        if found.is_empty() {
            return condition;
        }
        self.arena.rewrite(condition, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
            let (_, value) = found.iter().find(|(hole, _)| *hole == id)?;
            Some(arena.rewrite(*value, 0, &mut |arena: &mut Arena, id: ScalarId, inside: u32| {
                crate::outward::farther(arena, id, inside, level)
            }))
        })
    }

    fn output(&mut self, item: &Item, outputs: &mut Vec<Output>) {
        match item {
            Item::Expr { expr, alias: None } if self.is_generator(expr) => {
                self.columns(expr, &[], outputs);
            }
            Item::Expr { expr, alias } => {
                let scalar = self.expr(expr);
                let name =
                    alias.as_ref().map(|alias| alias.name.clone()).or_else(|| implied_name(expr));
                if let Some(alias) = alias
                    && self.around.dialect.group_by_alias != GroupAlias::Never
                {
                    self.scope().aliases.push(alias.name.clone(), scalar);
                }
                outputs.push(Output::Column(name, scalar));
            }
            Item::Columns { expr, names } => self.columns(expr, names, outputs),
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
        if let ExprKind::Column(names) = &expr.kind
            && let [name] = names.as_slice()
            && let Some(value) = self.by_name(&name.name, outputs)
        {
            return value;
        }
        self.expr(expr)
    }

    /// A key that names an alias means it, unless a column of that name is known and comes first.
    ///
    /// Where several tables may have the column, or it is a field of one, the select list says which is meant:
    /// what it lists under that name would not be grouped otherwise.
    fn by_name(&mut self, name: &Name, outputs: &[Output]) -> Option<ScalarId> {
        let columns_first = self.around.dialect.group_by_alias != GroupAlias::First;
        if columns_first && self.scope().knows(name) {
            return None;
        }
        if let Some(alias) = self.scope().alias(name) {
            return Some(alias);
        }
        let mut listed = outputs.iter().filter_map(|output| match output {
            Output::Column(Some(listed), value) if listed == name => Some(*value),
            Output::Column(..) | Output::Star { .. } => None,
        });
        let value = listed.next()?;
        let plain = match self.arena.get_scalar(value) {
            Scalar::Column { depth: 0, .. } => true,
            Scalar::Call { .. } => self.arena.as_call(value).is_some_and(|it| it.0 == "get-field"),
            _ => false,
        };
        (plain && listed.all(|other| other == value)).then_some(value)
    }

    /// Windows, QUALIFY, DISTINCT, order and limit over a `FROM` whose rows are final.
    pub(crate) fn finish(&mut self, mut parts: Parts, select: &Select, query: &Query) -> Bound {
        if !parts.distinct_on.is_empty() {
            let rank = self.row_number(&parts.distinct_on, &parts.order);
            let one = self.arena.literal(Literal::Integer(1));
            parts.qualify.push(self.arena.call("eq", vec![rank, one]));
        }
        let (mut columns, mut open, mut hidden) = self.shape(&parts.outputs);
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
        let wanted = self.scope().wanted;
        if let Some(value) =
            select.value.filter(|it| wanted == Wanted::Value || *it == RowValue::Value)
        {
            let whole = self.one_value(value, rel, &columns, open);
            rel = whole.rel;
            (columns, open, hidden) = (whole.columns, whole.open, whole.hidden);
        }
        Bound { rel, columns, open, hidden }
    }

    /// Rows that are one value each: a struct of the columns, or the only one.
    fn one_value(&mut self, value: RowValue, rel: RelId, columns: &[Column], open: bool) -> Bound {
        let scalar = match (value, columns) {
            (RowValue::Value, [only]) if !open => self.arena.column(0, only.field),
            _ if open => {
                let all = self.arena.symbol("*");
                self.arena.column(0, Field::Named(all))
            }
            _ => {
                let mut fields = Vec::new();
                for column in columns {
                    fields.push(match &column.name {
                        Some(name) => self.text(name.as_str()),
                        None => self.null(),
                    });
                    fields.push(self.arena.column(0, column.field));
                }
                self.arena.call("struct", fields)
            }
        };
        let input = self.under(rel);
        let from = From { inputs: vec![input], tree: Tree::Input(0), filter: Vec::new() };
        let from = self.arena.from(from);
        let rel = self.arena.rel(Rel::Project { from, out: vec![Out::Column(scalar)] });
        let columns = vec![Column { name: None, field: Field::At(0) }];
        Bound { rel, columns, open: false, hidden: Vec::new() }
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
        let input = self.under(input);
        let from = From { inputs: vec![input], tree: Tree::Input(0), filter: Vec::new() };
        let from = self.arena.from(from);
        let out = outputs.iter().enumerate().map(|(index, output)| match output {
            Output::Column(..) => Out::Column(self.arena.column(0, Field::At(number(index)))),
            Output::Star { .. } => Out::Star { input: 0, except: Vec::new() },
        });
        let out = out.collect();
        self.arena.rel(Rel::Project { from, out })
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
    fn grouping(&mut self, select: &Select, parts: &Parts) -> Option<crate::group::Sets> {
        match &select.group_by {
            GroupBy::Elements(elements) => Some(self.sets(elements, parts)),
            GroupBy::All => {
                let keys = parts.outputs.iter().filter_map(|output| match output {
                    Output::Column(_, scalar) if !self.aggregates(*scalar) => Some(*scalar),
                    Output::Column(..) | Output::Star { .. } => None,
                });
                Some(crate::group::Sets::all(keys.collect()))
            }
            GroupBy::No => {
                let in_outputs = parts.outputs.iter().any(|output| match output {
                    Output::Column(_, scalar) => self.aggregates(*scalar),
                    Output::Star { .. } => false,
                });
                let order = parts.order.iter().map(|key| &key.value);
                let elsewhere = parts.qualify.iter().chain(order).copied();
                // What HAVING is asked of is a group, also where nothing is counted.
                let any = in_outputs
                    || select.having.is_some()
                    || elsewhere.into_iter().any(|scalar| self.aggregates(scalar));
                any.then(crate::group::Sets::whole)
            }
        }
    }
}

/// Aliases of a select list.
fn aliases(items: &[Item]) -> Vec<Name> {
    let alias = |item: &Item| match item {
        Item::Expr { alias, .. } => alias.as_ref().map(|alias| alias.name.clone()),
        Item::Columns { .. } | Item::Star(_) => None,
    };
    items.iter().filter_map(alias).collect()
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
