//! Relations as queries: which nodes are one `SELECT`, and what is a statement of its own.

use plumb_ir::{Field, Literal, Out, Rel, RelId, Scalar, ScalarId, SetKind, SortKey};

use crate::{
    doc::Doc,
    expr::Expr,
    from::Stands,
    select::{Item, Select},
    spelling::Feature,
    unspoken::{Said, Unspoken},
    writer::{Bound, Columns, Output, Table, Writer},
};

/// A `SELECT` whose list is not settled yet.
pub(crate) struct Core {
    pub(crate) select: Select,
    pub(crate) outputs: Vec<Output>,
}

/// What the outputs of a query are called.
#[derive(Debug, Clone)]
pub(crate) enum Names {
    /// Nothing, where they need no name.
    None,
    /// Each something, that no other is called.
    Made,
    /// This, by output.
    Given(Vec<Option<String>>),
}

impl Writer<'_> {
    /// A query for all outputs of a relation, in order.
    pub(crate) fn rows(&mut self, rel: RelId) -> Said<Doc> {
        Ok(self.query(rel, None, &Names::None)?.0)
    }

    /// A query that has a row if a relation has one.
    pub(crate) fn any_row(&mut self, rel: RelId) -> Said<Doc> {
        let plain = match self.arena.get_rel(rel) {
            Rel::Project { .. } => true,
            Rel::Aggregate { scalar, keys, .. } => !scalar && !keys.is_empty(),
            _ => false,
        };
        if plain {
            let core = self.core(rel)?;
            if !core.select.is_final() {
                return self.selected(core.select, Vec::new());
            }
        }
        self.rows(rel)
    }

    /// A query whose outputs all have names, and those names.
    pub(crate) fn derived(&mut self, rel: RelId) -> Said<(Doc, Columns)> {
        let (doc, names) = self.query(rel, None, &Names::Made)?;
        let given = (0..).zip(names);
        let given = given.filter_map(|(at, name)| Some((Field::At(at), Some(name?)))).collect();
        Ok((doc, Columns { given, named: self.stars(rel), ..Columns::default() }))
    }

    /// A statement of its own: the same where the same rows are read twice.
    pub(crate) fn shared(&mut self, rel: RelId) -> Said<(String, Columns)> {
        let volatile = self.is_volatile(rel);
        if !volatile && let Some(known) = self.shared.get(&rel) {
            return Ok(known.clone());
        }
        // It sees nothing of what stands around it.
        let scopes = std::mem::take(&mut self.scopes);
        let (taken, marks) = (std::mem::take(&mut self.taken), std::mem::take(&mut self.marks));
        let alone = std::mem::take(&mut self.alone);
        let perhaps = std::mem::take(&mut self.perhaps);
        let lambdas = std::mem::take(&mut self.lambdas);
        let query = self.derived(rel);
        (self.scopes, self.taken, self.marks) = (scopes, taken, marks);
        (self.alone, self.lambdas, self.perhaps) = (alone, lambdas, perhaps);
        let (query, columns) = query?;
        let name = self.fresh();
        self.named.push((name.clone(), query));
        self.shared.insert(rel, (name.clone(), columns.clone()));
        Ok((name, columns))
    }

    /// Whether columns of a relation are reached by name.
    fn stars(&self, rel: RelId) -> bool {
        match self.arena.get_rel(rel) {
            Rel::Scan { .. } | Rel::Call { .. } | Rel::Opaque { .. } => true,
            Rel::Project { from, out } => {
                let inputs = &self.arena.get_from(*from).inputs;
                out.iter().any(|out| match out {
                    Out::Star { input, .. } => {
                        inputs.get(*input as usize).is_some_and(|input| self.stars(*input))
                    }
                    Out::Column(_) => false,
                })
            }
            Rel::Distinct { input } | Rel::Limit { input, .. } => self.stars(*input),
            Rel::Union { inputs } => inputs.first().is_some_and(|input| self.stars(*input)),
            Rel::Set { left, .. } => self.stars(*left),
            Rel::Values { .. } | Rel::Aggregate { .. } => false,
        }
    }

    /// A query for some outputs of a relation, or for all in order, and what they are called in the text.
    pub(crate) fn query(
        &mut self,
        rel: RelId,
        pick: Option<&[Field]>,
        names: &Names,
    ) -> Said<(Doc, Vec<Option<String>>)> {
        match self.arena.get_rel(rel) {
            Rel::Union { inputs } => self.arms("union all", inputs, pick, names),
            Rel::Distinct { input } => match self.arena.get_rel(*input) {
                Rel::Union { inputs } if inputs.len() > 1 && self.is_all(*input, pick) => {
                    let word = format!("union{}", self.spelling.once);
                    self.arms(&word, inputs, pick, names)
                }
                _ => self.simple(rel, pick, names),
            },
            Rel::Set { kind, all, left, right } if self.is_all(rel, pick) => {
                let all = match (all, self.spelling.has(Feature::SetAll)) {
                    (true, true) => " all",
                    (true, false) => {
                        return Err(Unspoken::Grammar("set operator that counts duplicates"));
                    }
                    (false, _) => self.spelling.once,
                };
                let word = match kind {
                    SetKind::Intersect => "intersect",
                    SetKind::Except => "except",
                };
                self.arms(&format!("{word}{all}"), &[*left, *right], pick, names)
            }
            Rel::Values { width, rows } if !self.spelling.has(Feature::Values) => {
                let (width, rows) = (*width, rows.clone());
                self.row_by_row(width, &rows, pick, names)
            }
            Rel::Values { rows, width } if rows.is_empty() => {
                self.row_by_row(*width, &[], pick, names)
            }
            _ => self.simple(rel, pick, names),
        }
    }

    fn simple(
        &mut self,
        rel: RelId,
        pick: Option<&[Field]>,
        names: &Names,
    ) -> Said<(Doc, Vec<Option<String>>)> {
        let core = self.core(rel)?;
        if core.select.distinct && !self.is_all(rel, pick) {
            let core = self.over(rel)?;
            return self.finish(core, pick, names);
        }
        self.finish(core, pick, names)
    }

    /// Settles the list of a `SELECT`.
    pub(crate) fn finish(
        &mut self,
        core: Core,
        pick: Option<&[Field]>,
        names: &Names,
    ) -> Said<(Doc, Vec<Option<String>>)> {
        let outputs = match pick {
            None => core.outputs,
            Some(pick) => {
                self.scopes.push(vec![Bound::Inline(core.outputs)]);
                let picked = pick.iter().map(|field| self.column(0, 0, *field).map(Output::Value));
                let picked = picked.collect::<Said<Vec<Output>>>();
                self.scopes.pop();
                picked?
            }
        };
        let mut called = called(&outputs, names);
        // What may be an alias has to be one.
        for (name, doc) in &self.perhaps {
            let is = |output: &Output| matches!(output, Output::Value(it) if it.doc == *doc);
            if let Some(at) = outputs.iter().position(is)
                && !called.contains(&Some(name.clone()))
                && !matches!(names, Names::Given(_))
            {
                called[at] = Some(name.clone());
            }
        }
        let items = outputs.into_iter().zip(called.clone());
        let items = items.map(|(output, name)| Item { output, name }).collect();
        Ok((self.selected(core.select, items)?, called))
    }

    /// A relation as a `SELECT`.
    pub(crate) fn core(&mut self, rel: RelId) -> Said<Core> {
        let arena = self.arena;
        match arena.get_rel(rel) {
            Rel::Project { from, out } => self.project(*from, out),
            Rel::Aggregate { from, keys, calls, scalar } => {
                let select = self.from(*from)?;
                let core = self.grouped(select, keys, calls, *scalar);
                self.close();
                core
            }
            Rel::Distinct { input } => {
                let mut core = self.core(*input)?;
                if core.select.is_final() {
                    core = self.over(*input)?;
                }
                core.select.distinct = true;
                Ok(core)
            }
            Rel::Limit { input, order, limit, offset } => {
                let mut core = self.core(*input)?;
                let keys = order.iter().map(|key| key.value);
                let sees = keys.chain(*limit).chain(*offset).any(|it| self.sees_out(it));
                if core.select.is_final() || sees {
                    core = self.over(*input)?;
                }
                self.cut(core, order, *limit, *offset)
            }
            Rel::Opaque { why, .. } => Err(Unspoken::Opaque(arena.name(*why).to_owned())),
            Rel::Scan { .. }
            | Rel::Call { .. }
            | Rel::Values { .. }
            | Rel::Union { .. }
            | Rel::Set { .. } => self.over(rel),
        }
    }

    /// `SELECT * FROM` a relation.
    fn over(&mut self, rel: RelId) -> Said<Core> {
        self.marks.push(self.taken.len());
        let source = self.source(rel, Stands::First);
        let mark = self.marks.pop().unwrap_or_default();
        self.taken.truncate(mark);
        let (doc, table) = source?;
        let mut outputs = Vec::new();
        for (_, name) in &table.columns.given {
            let Some(name) = name else { continue };
            let text = self.name(crate::name::Of::Column, name)?;
            let doc = Doc::Column { of: table.alias.clone(), name: text.clone() };
            let value = Expr::atom(doc).called(Some(name.clone()));
            outputs.push(Output::Value(Expr { own: Some(text), ..value }));
        }
        if table.columns.named {
            outputs = vec![Output::Star { table: table.alias, except: Vec::new() }];
        }
        let from = Some(Doc::all([Doc::text("from "), doc]));
        Ok(Core { select: Select { from, single: true, ..Select::default() }, outputs })
    }

    fn cut(
        &mut self,
        mut core: Core,
        order: &[SortKey],
        limit: Option<ScalarId>,
        offset: Option<ScalarId>,
    ) -> Said<Core> {
        let is_number = |output: &Output| match output {
            Output::Value(Expr { doc: Doc::Text(text), .. }) => {
                text.bytes().all(|it| it.is_ascii_digit())
            }
            _ => false,
        };
        // An output that is a number is written out where it is ordered by.
        let is_place = |key: &SortKey| match self.arena.get_scalar(key.value) {
            Scalar::Literal(Literal::Integer(_)) => true,
            Scalar::Column { depth: 0, field: Field::At(at), .. } => {
                core.outputs.get(*at as usize).is_some_and(is_number)
            }
            _ => false,
        };
        if order.iter().any(is_place) {
            return Err(Unspoken::Shape("an order by a number, which is no place"));
        }
        self.scopes.push(vec![Bound::Inline(core.outputs.clone())]);
        let keys = self.keys(order);
        let mut number = |it: Option<ScalarId>| match it {
            Some(id) => self.scalar(id).map(|value| Some(value.doc)),
            None => Ok(None),
        };
        let (limit, offset) = (number(limit), number(offset));
        self.scopes.pop();
        (core.select.order, core.select.limit, core.select.offset) = (keys?, limit?, offset?);
        Ok(core)
    }

    fn grouped(
        &mut self,
        mut select: Select,
        keys: &[ScalarId],
        calls: &[ScalarId],
        scalar: bool,
    ) -> Said<Core> {
        let mut outputs = Vec::new();
        for key in keys {
            let value = self.scalar(*key)?;
            // A constant is no key: a whole number would be a position.
            if !self.is_constant(*key) {
                select.group.push(value.doc.clone());
            }
            outputs.push(Output::Value(value));
        }
        for call in calls {
            let value = match self.only_value(*call) {
                // A value that is the same in all rows of a group is as good as a key.
                Some(value) if !scalar => {
                    let value = self.scalar(value)?;
                    select.group.push(value.doc.clone());
                    value
                }
                _ => self.scalar(*call)?,
            };
            outputs.push(Output::Value(value));
        }
        if !scalar && select.group.is_empty() {
            // No row, no group.
            select.having.push(Doc::text("count(*) > 0"));
        }
        if scalar && calls.is_empty() {
            select.having.push(Doc::text("count(*) >= 0"));
        }
        Ok(Core { select, outputs })
    }

    /// The value of which a call gives the only one in its group.
    fn only_value(&self, call: ScalarId) -> Option<ScalarId> {
        match self.arena.get_scalar(call) {
            Scalar::Aggregate { function, args, filter: None, .. }
                if self.arena.name(*function) == "only-value" =>
            {
                args.first().copied().filter(|value| !self.is_constant(*value))
            }
            _ => None,
        }
    }

    fn project(&mut self, from: plumb_ir::FromId, out: &[Out]) -> Said<Core> {
        if let Some(core) = self.merged(from, out)? {
            return Ok(core);
        }
        let select = self.from(from)?;
        let outputs = self.outputs(out);
        self.close();
        Ok(Core { select, outputs: outputs? })
    }

    pub(crate) fn outputs(&mut self, out: &[Out]) -> Said<Vec<Output>> {
        let mut outputs = Vec::new();
        for out in out {
            match out {
                Out::Column(scalar) => outputs.push(Output::Value(self.scalar(*scalar)?)),
                Out::Star { input, except } => {
                    let except = except
                        .iter()
                        .map(|name| self.name(crate::name::Of::Column, self.arena.name(*name)));
                    let except = except.collect::<Said<Vec<String>>>()?;
                    let scope = self.scopes.last().and_then(|it| it.get(*input as usize)).cloned();
                    match scope {
                        // What has no columns has one in the text, for want of a way to write none.
                        Some(Bound::Table(table))
                            if table.columns.given.is_empty() && !table.columns.named => {}
                        Some(Bound::Table(table)) => {
                            let mut hidden = self.hidden(&table)?;
                            hidden.extend(except);
                            outputs.push(Output::Star { table: table.alias, except: hidden });
                        }
                        Some(Bound::Inline(below)) => {
                            for output in below {
                                if let Output::Star { table, except: mut left_out } = output {
                                    left_out.extend(except.iter().cloned());
                                    outputs.push(Output::Star { table, except: left_out });
                                }
                            }
                        }
                        _ => return Err(Unspoken::Shape("a star of nothing")),
                    }
                }
            }
        }
        Ok(outputs)
    }

    /// Columns that a star of the plan does not pass on and one of the text would: those with a place.
    fn hidden(&self, table: &Table) -> Said<Vec<String>> {
        let placed = table.columns.given.iter().filter(|(field, _)| matches!(field, Field::At(_)));
        let names = placed.filter_map(|(_, name)| name.as_ref());
        names.map(|name| self.name(crate::name::Of::Column, name)).collect()
    }

    pub(crate) fn is_volatile(&self, rel: RelId) -> bool {
        let node = self.arena.get_rel(rel);
        let from = node.from().map(|from| self.arena.get_from(from));
        let scalars = node.scalars().into_iter().chain(from.iter().flat_map(|it| it.conditions()));
        let rels = node.inputs().into_iter().chain(from.iter().flat_map(|it| it.inputs.clone()));
        scalars.into_iter().any(|id| self.arena.is_volatile(id))
            || rels.into_iter().any(|id| self.is_volatile(id))
    }

    /// Whether a statement inside a scalar sees something around it.
    pub(crate) fn sees_out(&self, scalar: ScalarId) -> bool {
        let node = self.arena.get_scalar(scalar);
        let outer = match node {
            Scalar::Column { depth, .. } | Scalar::Either { depth, .. } => *depth > 0,
            _ => false,
        };
        outer
            || node.subquery().is_some_and(|rel| self.arena.rel_reach(rel) > 0)
            || node.children().iter().any(|child| self.sees_out(*child))
    }
}

/// What outputs are called.
fn called(outputs: &[Output], names: &Names) -> Vec<Option<String>> {
    match names {
        Names::None => vec![None; outputs.len()],
        Names::Given(names) => {
            (0..outputs.len()).map(|at| names.get(at).cloned().flatten()).collect()
        }
        Names::Made => {
            // Nobody knows what a star brings: a name that nobody takes is not among it.
            let star = outputs.iter().any(|output| matches!(output, Output::Star { .. }));
            let before = if star { "_" } else { "" };
            let mut all: Vec<Option<String>> = Vec::new();
            for (at, output) in outputs.iter().enumerate() {
                let name = match output {
                    Output::Star { .. } => None,
                    Output::Value(value) => Some(unlike(&all, value, at, before)),
                };
                all.push(name);
            }
            all
        }
    }
}

/// A name for an output that no other has.
fn unlike(others: &[Option<String>], value: &Expr, at: usize, before: &str) -> String {
    let hint = value.hint.clone().filter(|hint| !hint.is_empty());
    let hint = hint.unwrap_or_else(|| format!("c{}", at + 1));
    let inner = hint.trim_matches('"');
    let quote = if inner == hint { "" } else { "\"" };
    let taken = |name: &String| others.iter().flatten().any(|it| it.eq_ignore_ascii_case(name));
    let (mut name, mut count) = (format!("{quote}{before}{inner}{quote}"), 1);
    while taken(&name) {
        count += 1;
        name = format!("{quote}{before}{inner}_{count}{quote}");
    }
    name
}
