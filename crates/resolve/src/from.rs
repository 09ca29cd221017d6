//! `FROM`: tables, joins, table functions.

use std::ops::Range;

use plumb_base::{Name, Span, TableName};
use plumb_ir::{From, Out, Rel, Scalar, ScalarId, Tree};
use plumb_syntax::sql::tree::{Expr, JoinKind, JoinOn, RelationName, Table, TableKind};

use crate::{
    Read,
    expr::is_hole,
    rows::Function,
    scope::{Bound, Column, Input, Joined, Resolver, Scope, number},
};

/// What a stream of the changes of a table says of each.
const OF_CHANGES: &[&str] = &["metadata$action", "metadata$isupdate", "metadata$row_id"];

impl Resolver<'_> {
    /// Adds the comma-separated parts of a `FROM` to the scope on top.
    pub(crate) fn from(&mut self, tables: &[Table]) -> Joined {
        let mut parts: Vec<Joined> = tables.iter().map(|table| self.table(table)).collect();
        if parts.len() == 1 {
            return parts.swap_remove(0);
        }
        let filter = parts.iter().flat_map(|part| part.filter.clone()).collect();
        let tree = Tree::Inner(parts.into_iter().flat_map(|part| flat(part.tree)).collect());
        Joined { tree, filter }
    }

    fn table(&mut self, table: &Table) -> Joined {
        if let TableKind::Join { left, right, kind, on } = &table.kind {
            return self.join(left, right, *kind, on);
        }
        let (bound, name) = self.source(table);
        // What stands behind a table and is not known may be a condition, or another table.
        let unknown = table.alias.as_ref().filter(|alias| is_hole(&alias.name.name));
        let bound = match &table.alias {
            Some(alias) if unknown.is_some() => {
                self.unknown_part(alias.name.span, alias.name.name.as_str(), &bound)
            }
            Some(alias) => self.renamed(bound, &alias.columns),
            None => bound,
        };
        let alias = table.alias.as_ref().filter(|_| unknown.is_none());
        let alias = alias.map(|alias| alias.name.name.clone());
        let table = if alias.is_none() { name } else { None };
        let inputs = &mut self.scope().inputs;
        inputs.push(Input::new(bound, alias, table));
        let index = number(inputs.len() - 1);
        Joined { tree: Tree::Input(index), filter: Vec::new() }
    }

    fn source(&mut self, table: &Table) -> (Bound, Option<TableName>) {
        match &table.kind {
            TableKind::Named(relation) => self.named(relation),
            TableKind::Derived { lateral, query } => {
                let hidden = !lateral;
                let seen = std::mem::replace(&mut self.scope().visible, !hidden);
                let bound = self.query(query);
                self.scope().visible = seen;
                (bound, None)
            }
            TableKind::Function { name, args, position, .. } => {
                let function = Function {
                    name,
                    args,
                    position: position.as_ref(),
                    alias: table.alias.as_ref(),
                    span: table.span,
                };
                (self.rows(&function), None)
            }
            TableKind::Pivot(pivot) => (self.pivot(pivot, table.span), None),
            TableKind::Unpivot(unpivot) => (self.unpivot(unpivot, table.span), None),
            TableKind::Part { table: inner, which, what } => {
                self.part(inner, which.as_deref(), what)
            }
            TableKind::Opaque(what, tables) => {
                let inner = tables.iter().map(|table| self.aside(table).0).collect();
                (self.opaque(table.span, what, inner), None)
            }
            TableKind::Join { .. } => (self.opaque(table.span, "join", Vec::new()), None),
        }
    }

    /// A table of which other rows are taken; it has the same columns.
    fn part(
        &mut self,
        table: &Table,
        which: Option<&str>,
        what: &str,
    ) -> (Bound, Option<TableName>) {
        let (inner, name) = self.aside(table);
        // The same rows of the same table are the same; who knows which rows a sample holds.
        let key = match which {
            Some(which) if !which.contains("current") && !which.contains("now") => which.to_owned(),
            _ => self.unique(),
        };
        let (why, key) = (self.arena.symbol(what), self.arena.symbol(&key));
        let rel = self.arena.rel(Rel::Opaque { why, key, inputs: vec![inner.rel] });
        let beside = if what == "changes" { OF_CHANGES } else { &[] };
        let names = inner.columns.into_iter().filter_map(|column| column.name);
        let beside = beside.iter().map(|name| self.around.dialect.column_name(name, false));
        let columns = names.chain(beside).map(|name| {
            let field = plumb_ir::Field::Named(self.arena.symbol(name.as_str()));
            Column { name: Some(name), field }
        });
        let columns = columns.collect();
        (Bound { rel, columns, open: inner.open, hidden: inner.hidden }, name)
    }

    /// A table on its own, outside the scope on top.
    pub(crate) fn aside(&mut self, table: &Table) -> (Bound, Option<TableName>) {
        if !matches!(table.kind, TableKind::Join { .. }) {
            // It stands where the scope on top has its tables, and sees none of them.
            let held = std::mem::take(self.scope());
            self.table(table);
            let input = std::mem::replace(self.scope(), held).inputs.swap_remove(0);
            return (input.bound, input.table);
        }
        let ((joined, inputs), _) = self.within(Scope::default(), |it| {
            let joined = it.table(table);
            (joined, std::mem::take(&mut it.scope().inputs))
        });
        // Several tables: all their columns, each by star.
        let rels = inputs.iter().map(|input| input.bound.rel).collect();
        let from = self.arena.from(From { inputs: rels, tree: joined.tree, filter: joined.filter });
        let out =
            (0..inputs.len()).map(|index| Out::Star { input: number(index), except: Vec::new() });
        let rel = self.arena.rel(Rel::Project { from, out: out.collect() });
        (Bound { rel, columns: Vec::new(), open: true, hidden: Vec::new() }, None)
    }

    fn named(&mut self, relation: &RelationName) -> (Bound, Option<TableName>) {
        if let [name] = relation.name.0.as_slice()
            && let Some(cte) = self.ctes.iter().rev().find(|cte| cte.name == *name)
        {
            let (mut bound, around) = (cte.bound.clone(), cte.around);
            // It may look at the statement around it, which is farther out from here.
            bound.rel = self.deeper(bound.rel, number(self.scopes.len() - around));
            return (bound, Some(relation.name.clone()));
        }
        let schema = self.around.catalog.table(&relation.name).unwrap_or_default();
        let known = !schema.table.is_empty();
        let spelled = if known { schema.table } else { self.with_keys(&relation.name.to_string()) };
        self.reads.push(Read { table: spelled.clone(), span: relation.span });
        let table = self.arena.symbol(&spelled);
        let rel = self.arena.rel(Rel::Scan { table });
        let columns = schema.columns.iter().map(|column| Column {
            name: Some(column.name.clone()),
            field: plumb_ir::Field::Named(self.arena.symbol(column.name.as_str())),
        });
        let columns = columns.collect();
        let open = !known || schema.open;
        (Bound { rel, columns, open, hidden: Vec::new() }, Some(relation.name.clone()))
    }

    fn join(&mut self, left: &Table, right: &Table, kind: JoinKind, on: &JoinOn) -> Joined {
        if let JoinKind::LeftSemi | JoinKind::LeftAnti = kind {
            return self.semi(left, right, kind, on);
        }
        let first = self.scope().inputs.len();
        let left_part = self.table(left);
        let middle = self.scope().inputs.len();
        let right_part = self.table(right);
        let condition = self.condition(on, (first, middle), kind, right.span);
        match kind {
            JoinKind::Inner | JoinKind::LeftSemi | JoinKind::LeftAnti => {
                let mut parts = flat(left_part.tree);
                parts.extend(flat(right_part.tree));
                let mut filter = left_part.filter;
                filter.extend(right_part.filter);
                filter.extend(condition);
                Joined { tree: Tree::Inner(parts), filter }
            }
            JoinKind::Left => outer(left_part, right_part, condition),
            JoinKind::Right => outer(right_part, left_part, condition),
            JoinKind::Full => {
                let side = |part: Joined| {
                    let tree = Box::new(part.tree);
                    if part.filter.is_empty() {
                        tree
                    } else {
                        Box::new(Tree::Where { part: tree, on: part.filter })
                    }
                };
                let (left, right) = (side(left_part), side(right_part));
                Joined { tree: Tree::Full { left, right, on: condition }, filter: Vec::new() }
            }
        }
    }

    /// Rows of the left side that have, or have not, a match: a condition on the left side alone.
    fn semi(&mut self, left: &Table, right: &Table, kind: JoinKind, on: &JoinOn) -> Joined {
        let first = self.scope().inputs.len();
        let mut part = self.table(left);
        let middle = self.scope().inputs.len();
        let seen = std::mem::replace(&mut self.scope().visible, true);
        let scope = Scope { visible: true, ..Scope::default() };
        let (rel, _) = self.within(scope, |it| {
            let inner = it.table(right);
            let mut filter = inner.filter;
            match on {
                JoinOn::Condition(condition) => filter.extend(it.conjuncts(condition)),
                JoinOn::Using(names) => {
                    let (own, other) = (0..it.scope().inputs.len(), first..middle);
                    for name in names {
                        let own = it.common((0, own.clone()), &name.name, name.span);
                        let other = it.common((1, other.clone()), &name.name, name.span);
                        let other = it.deepen(other, 1);
                        filter.push(it.arena.call("eq", vec![other, own]));
                    }
                }
                JoinOn::Natural => filter.push(it.unknown("natural-join")),
                JoinOn::Nothing => {}
            }
            let inputs = it.scope().inputs.iter().map(|input| input.bound.rel).collect();
            let from = it.arena.from(From { inputs, tree: inner.tree, filter });
            let one = it.arena.literal(plumb_ir::Literal::Integer(1));
            it.arena.rel(Rel::Project { from, out: vec![Out::Column(one)] })
        });
        self.scope().visible = seen;
        let exists = self.arena.scalar(Scalar::Exists(rel));
        let exists =
            if kind == JoinKind::LeftAnti { self.arena.call("not", vec![exists]) } else { exists };
        part.filter.push(exists);
        part
    }

    /// The column that one side of `USING` has, as seen from its scope; the side is some of the inputs there.
    fn common(
        &mut self,
        (outward, side): (usize, Range<usize>),
        name: &Name,
        span: Span,
    ) -> ScalarId {
        let scope = &self.scopes[self.scopes.len() - 1 - outward];
        let mut merged = scope.merged.iter().filter(|(column, _)| column == name);
        if let Some((_, earlier)) = merged.find(|it| self.stands_in(it.1, &side)) {
            return *earlier;
        }
        let known: Vec<usize> =
            side.clone().filter(|index| scope.inputs[*index].knows(name)).collect();
        let open = || side.filter(|index| scope.inputs[*index].may_have(name));
        let first = known.first().copied();
        let (found, candidates) = match first {
            // Spark takes the leftmost; perhaps a table before it has one, too.
            Some(first) if known.len() > 1 && self.around.dialect.name == "databricks" => {
                (false, open().take_while(|at| *at < first).chain([first]).collect())
            }
            Some(_) => (true, known),
            None => (false, open().collect::<Vec<usize>>()),
        };
        match candidates.as_slice() {
            [] => {
                let message = format!("no column `{name}` on both sides of `using`");
                self.problem(span, "unknown-column", message);
                self.unknown("unknown-column")
            }
            [index] => match self.of_input(outward, *index, name) {
                Some(column) => column,
                None => self.unknown("unknown-column"),
            },
            // Which of several tables has it is not known.
            several if !found => {
                let inputs = several.iter().map(|index| number(*index)).collect();
                let name = self.arena.symbol(name.as_str());
                self.arena.scalar(Scalar::Either { depth: 0, inputs, name })
            }
            _ => {
                let message = format!("several columns `{name}` on one side of `using`");
                self.problem(span, "ambiguous-column", message);
                self.unknown("ambiguous-column")
            }
        }
    }

    /// Whether a value looks at inputs of one side of a join only.
    fn stands_in(&self, value: ScalarId, side: &Range<usize>) -> bool {
        let within = |input: u32| side.contains(&(input as usize));
        match self.arena.get_scalar(value) {
            Scalar::Column { depth: 0, input, .. } => within(*input),
            Scalar::Either { depth: 0, inputs, .. } => inputs.iter().all(|it| within(*it)),
            other => other.children().iter().all(|child| self.stands_in(*child, side)),
        }
    }

    fn condition(
        &mut self,
        on: &JoinOn,
        (first, middle): (usize, usize),
        kind: JoinKind,
        span: Span,
    ) -> Vec<ScalarId> {
        match on {
            JoinOn::Nothing => Vec::new(),
            JoinOn::Condition(condition) => self.conjuncts(condition),
            JoinOn::Using(names) => names
                .iter()
                .map(|name| self.using(&name.name, name.span, (first, middle), kind))
                .collect(),
            JoinOn::Natural => {
                let (left, right) = self.scope().inputs[first..].split_at(middle - first);
                let open = left.iter().chain(right).any(|input| input.bound.open);
                let names = |inputs: &[Input]| -> Vec<Name> {
                    let of = |input: &Input| -> Vec<Name> {
                        let names = input.bound.columns.iter().filter_map(|it| it.name.clone());
                        names.filter(|name| !input.merged.contains(name)).collect()
                    };
                    inputs.iter().flat_map(of).collect()
                };
                let (left, right) = (names(left), names(right));
                if open {
                    let message = "a natural join of tables whose columns are not known";
                    self.problem(span, "natural-join", message);
                    return vec![self.unknown("natural-join")];
                }
                let mut both: Vec<Name> = Vec::new();
                for name in left {
                    if right.contains(&name) && !both.contains(&name) {
                        both.push(name);
                    }
                }
                both.iter().map(|name| self.using(name, span, (first, middle), kind)).collect()
            }
        }
    }

    /// One column of `USING`: an equality, and one column in place of two.
    fn using(
        &mut self,
        name: &Name,
        span: Span,
        (first, middle): (usize, usize),
        kind: JoinKind,
    ) -> ScalarId {
        let last = self.scope().inputs.len();
        let left = self.common((0, first..middle), name, span);
        let right = self.common((0, middle..last), name, span);
        let merged = match kind {
            JoinKind::Right => right,
            JoinKind::Full => self.arena.call("coalesce", vec![left, right]),
            JoinKind::Inner | JoinKind::Left | JoinKind::LeftSemi | JoinKind::LeftAnti => left,
        };
        let old: Vec<(Name, ScalarId)> = std::mem::take(&mut self.scope().merged);
        let both = first..last;
        let mut kept: Vec<(Name, ScalarId)> = Vec::new();
        for (column, value) in old {
            if column != *name || !self.stands_in(value, &both) {
                kept.push((column, value));
            }
        }
        kept.push((name.clone(), merged));
        let scope = self.scope();
        scope.merged = kept;
        for input in &mut scope.inputs[middle..last] {
            if input.knows(name) || input.may_have(name) {
                input.merged.push(name.clone());
            }
        }
        self.arena.call("eq", vec![left, right])
    }

    /// A condition as conjuncts.
    pub(crate) fn conjuncts(&mut self, expr: &Expr) -> Vec<ScalarId> {
        let scalar = self.expr(expr);
        self.split(scalar)
    }

    pub(crate) fn split(&self, scalar: ScalarId) -> Vec<ScalarId> {
        match self.arena.as_call(scalar) {
            Some(("and", args)) => args.iter().flat_map(|arg| self.split(*arg)).collect(),
            _ => vec![scalar],
        }
    }
}

pub(crate) fn flat(tree: Tree) -> Vec<Tree> {
    if let Tree::Inner(parts) = tree { parts } else { vec![tree] }
}

/// Conditions on the filled side alone belong to the match; those on the preserved side move up.
fn outer(preserved: Joined, filled: Joined, condition: Vec<ScalarId>) -> Joined {
    let mut on = filled.filter;
    on.extend(condition);
    let tree = Tree::Left { left: Box::new(preserved.tree), right: Box::new(filled.tree), on };
    Joined { tree, filter: preserved.filter }
}
