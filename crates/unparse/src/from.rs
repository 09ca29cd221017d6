//! `FROM`: tables, joins, and the conditions that belong to them.

use std::collections::BTreeSet;

use plumb_ir::{From, FromId, Rel, RelId, Scalar, ScalarId, Tree};

use crate::{
    doc::Doc,
    expr::Level,
    select::Select,
    spelling::Feature,
    unspoken::{Said, Unspoken},
    writer::{Bound, Columns, Table, Writer},
};

/// Whether inputs may be joined in another order than the plan has them in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Free,
    /// One sees those before it.
    Kept,
}

/// Where an input stands in its `FROM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stands {
    First,
    /// There are others before it, which it may see.
    Behind,
}

/// What is joined so far.
struct Joined {
    doc: Doc,
    inputs: BTreeSet<u32>,
    /// Whether it is one table, which needs no parentheses.
    single: bool,
}

impl Writer<'_> {
    /// A `FROM … WHERE …`; its scope stays open for what stands on it.
    pub(crate) fn from(&mut self, id: FromId) -> Said<Select> {
        let from = self.arena.get_from(id);
        self.marks.push(self.taken.len());
        self.scopes.push(vec![Bound::Hidden; from.inputs.len()]);
        let mut sources = Vec::new();
        for (at, input) in from.inputs.iter().enumerate() {
            let (doc, table) =
                self.source(*input, if at == 0 { Stands::First } else { Stands::Behind })?;
            sources.push(doc);
            if let Some(bound) = self.scopes.last_mut().and_then(|scope| scope.get_mut(at)) {
                *bound = Bound::Table(table);
            }
        }
        let mut pending = from.filter.clone();
        let sees = from.inputs.iter().any(|input| self.arena.rel_reach(*input) > 0);
        let order = if sees { Order::Kept } else { Order::Free };
        if !self.in_sight(from) {
            return Err(Unspoken::Shape("a statement in front of tables that it may see"));
        }
        let mut select = Select { single: from.inputs.len() == 1, ..Select::default() };
        let nothing = matches!(&from.tree, Tree::Inner(parts) if parts.is_empty());
        if !nothing {
            let joined = self.tree(&from.tree, &sources, &mut pending, order)?;
            select.from = Some(Doc::all([Doc::text("from "), joined.doc]));
        } else if !pending.is_empty() && !self.spelling.has(Feature::FilterOnly) {
            let alias = self.alias(None);
            select.from = Some(Doc::text(format!("from (select 1 as one) as {alias}")));
        }
        select.filter = self.conditions(&pending)?;
        Ok(select)
    }

    /// Whether what sees others stands behind all of them.
    fn in_sight(&self, from: &From) -> bool {
        let stand = from.tree.inputs();
        stand.iter().enumerate().all(|(place, at)| {
            let input = from.inputs.get(*at as usize);
            let sees = input.is_some_and(|input| self.arena.rel_reach(*input) > 0);
            let before = stand[..place].iter().filter(|it| *it < at).count();
            !sees || before == *at as usize
        })
    }

    /// Closes the scope that [`Writer::from`] has opened.
    pub(crate) fn close(&mut self) {
        self.scopes.pop();
        let mark = self.marks.pop().unwrap_or_default();
        self.taken.truncate(mark);
    }

    /// Conditions, each as a part of a conjunction.
    pub(crate) fn conditions(&mut self, conditions: &[ScalarId]) -> Said<Vec<Doc>> {
        let one = conditions.iter().map(|id| Ok(self.scalar(*id)?.at(Level::Not)));
        one.collect()
    }

    fn tree(
        &mut self,
        tree: &Tree,
        sources: &[Doc],
        pending: &mut Vec<ScalarId>,
        order: Order,
    ) -> Said<Joined> {
        match tree {
            Tree::Input(at) => {
                let doc = sources.get(*at as usize).cloned();
                let doc = doc.ok_or(Unspoken::Shape("a join of an input that is not there"))?;
                Ok(Joined { doc, inputs: BTreeSet::from([*at]), single: true })
            }
            Tree::Inner(parts) => self.inner(parts, sources, pending, order),
            Tree::Left { left, right, on } => {
                self.outer("left join", (left, right), on, sources, order)
            }
            Tree::Full { left, right, on } => {
                self.outer("full join", (left, right), on, sources, order)
            }
            Tree::Where { part, on } => self.kept(part, on, sources),
        }
    }

    /// A join of several: each next one is one that a condition ties to those before, if there is one.
    fn inner(
        &mut self,
        parts: &[Tree],
        sources: &[Doc],
        pending: &mut Vec<ScalarId>,
        order: Order,
    ) -> Said<Joined> {
        let mut left: Vec<&Tree> = parts.iter().collect();
        if order == Order::Free {
            // An outer join that stands first needs no parentheses.
            left.sort_by_key(|part| matches!(part, Tree::Input(_) | Tree::Where { .. }));
        }
        if left.is_empty() {
            return Err(Unspoken::Shape("a join of nothing"));
        }
        let first = left.remove(0);
        let mut all = self.tree(first, sources, &mut Vec::new(), order)?;
        while !left.is_empty() {
            let ties = |part: &&Tree| {
                let mut known = all.inputs.clone();
                known.extend(part.inputs());
                let new = part.inputs();
                pending.iter().any(|condition| self.belongs(*condition, &known, &new))
            };
            let next =
                if order == Order::Kept { 0 } else { left.iter().position(ties).unwrap_or(0) };
            let part = left.remove(next);
            let right = self.tree(part, sources, &mut Vec::new(), order)?;
            let new: Vec<u32> = right.inputs.iter().copied().collect();
            all.inputs.extend(&right.inputs);
            let (on, rest): (Vec<ScalarId>, Vec<ScalarId>) =
                pending.iter().copied().partition(|it| self.belongs(*it, &all.inputs, &new));
            *pending = rest;
            let word = if on.is_empty() { "cross join" } else { "join" };
            let on = self.conditions(&on)?;
            all.doc = beside(all.doc, word, right, on);
            all.single = false;
        }
        Ok(all)
    }

    /// Whether a condition ties new inputs to the others that are there.
    fn belongs(&self, condition: ScalarId, known: &BTreeSet<u32>, new: &[u32]) -> bool {
        self.looks_at(condition).is_some_and(|inputs| {
            inputs.len() > 1 && inputs.is_subset(known) && new.iter().any(|at| inputs.contains(at))
        })
    }

    /// The inputs of this scope that a scalar names; none if a statement in it may name others.
    fn looks_at(&self, scalar: ScalarId) -> Option<BTreeSet<u32>> {
        let (mut found, mut work) = (BTreeSet::new(), vec![scalar]);
        while let Some(id) = work.pop() {
            let node = self.arena.get_scalar(id);
            match node {
                Scalar::Column { depth: 0, input, .. } => {
                    found.insert(*input);
                }
                Scalar::Either { depth: 0, inputs, .. } => found.extend(inputs),
                _ if node.subquery().is_some() => return None,
                _ => {}
            }
            work.extend(node.children());
        }
        Some(found)
    }

    fn outer(
        &mut self,
        word: &str,
        (left, right): (&Tree, &Tree),
        on: &[ScalarId],
        sources: &[Doc],
        order: Order,
    ) -> Said<Joined> {
        let mut pending = on.to_vec();
        let left = self.tree(left, sources, &mut Vec::new(), order)?;
        // What ties only inputs of the filled side may join them among themselves.
        let (mut inside, outside): (Vec<ScalarId>, Vec<ScalarId>) = match right {
            Tree::Inner(_) if word == "left join" => {
                let own: BTreeSet<u32> = right.inputs().into_iter().collect();
                pending.iter().copied().partition(|it| {
                    self.looks_at(*it).is_some_and(|at| at.len() > 1 && at.is_subset(&own))
                })
            }
            _ => (Vec::new(), pending.clone()),
        };
        let right = self.tree(right, sources, &mut inside, order)?;
        pending = inside;
        pending.extend(outside);
        let mut on = self.conditions(&pending)?;
        if on.is_empty() {
            on.push(Doc::text("true"));
        }
        let mut inputs = left.inputs;
        inputs.extend(&right.inputs);
        let doc = beside(left.doc, word, right, on);
        Ok(Joined { doc, inputs, single: false })
    }

    /// Rows of a part that satisfy conditions before they are joined.
    fn kept(&mut self, part: &Tree, on: &[ScalarId], sources: &[Doc]) -> Said<Joined> {
        let Tree::Input(at) = part else {
            return Err(Unspoken::Shape("conditions on a join inside an outer join"));
        };
        // In a statement of its own it would not see the tables before it.
        if sources.get(*at as usize).is_some_and(|source| source.begins("lateral ")) {
            return Err(Unspoken::Shape("conditions on what sees the tables before it"));
        }
        let own = |id: &ScalarId| {
            let inputs = crate::look::inputs(self.arena, *id);
            inputs.is_some_and(|inputs| inputs.iter().all(|it| it == at))
        };
        if on.is_empty() {
            return self.tree(part, sources, &mut Vec::new(), Order::Kept);
        }
        if !on.iter().all(own) {
            return Err(Unspoken::Shape("conditions on other tables inside an outer join"));
        }
        let alias = match self.scopes.last().and_then(|scope| scope.get(*at as usize)) {
            Some(Bound::Table(table)) => table.alias.clone(),
            _ => return Err(Unspoken::Shape("a join of an input that is not there")),
        };
        let source = sources.get(*at as usize).cloned().unwrap_or(Doc::Cut);
        let select = Select {
            from: Some(Doc::all([Doc::text("from "), source])),
            single: true,
            filter: self.conditions(on)?,
            ..Select::default()
        };
        let star = crate::writer::Output::Star { table: alias.clone(), except: Vec::new() };
        let item = crate::select::Item { output: star, name: None };
        let query = self.selected(select, vec![item])?;
        let doc = Doc::all([Doc::parens("", query), Doc::text(format!(" as {alias}"))]);
        Ok(Joined { doc, inputs: BTreeSet::from([*at]), single: true })
    }

    /// An input as it stands in a `FROM`.
    pub(crate) fn source(&mut self, rel: RelId, stands: Stands) -> Said<(Doc, Table)> {
        let arena = self.arena;
        match arena.get_rel(rel) {
            Rel::Scan { table } => self.scanned(arena.name(*table)),
            Rel::Call { function, args } => self.called(arena.name(*function), args),
            Rel::Values { width, rows } if self.spelling.has(Feature::Values) => {
                self.written_out(*width, rows)
            }
            _ if arena.rel_reach(rel) == 0 => {
                let (name, columns) = self.shared(rel)?;
                let alias = self.alias_of(&name);
                let text = if alias == name { name } else { format!("{name} as {alias}") };
                Ok((Doc::text(text), Table { alias, columns }))
            }
            _ if stands == Stands::Behind && !self.spelling.has(Feature::Lateral) => {
                Err(Unspoken::Grammar("statement that sees the tables before it"))
            }
            _ => {
                let (query, columns) = self.derived(rel)?;
                let alias = self.alias(None);
                let word = if stands == Stands::Behind { "lateral " } else { "" };
                let doc = Doc::all([Doc::parens(word, query), Doc::text(format!(" as {alias}"))]);
                Ok((doc, Table { alias, columns }))
            }
        }
    }

    /// The name of a statement, or one like it if that is taken by an input in sight.
    fn alias_of(&mut self, name: &str) -> String {
        let taken = self.taken.iter().any(|other| other == name);
        if taken {
            return self.alias(Some(name));
        }
        self.taken.push(name.to_owned());
        name.to_owned()
    }

    fn scanned(&mut self, table: &str) -> Said<(Doc, Table)> {
        let columns = Columns { named: true, ..Columns::default() };
        if let Some(text) = (self.tables)(table) {
            let last = plumb_base::TableName::parse(table).table().to_owned();
            let last = Some(last).filter(|last| self.is_plain(last));
            let alias = self.alias(last.as_deref());
            return Ok((Doc::text(format!("{text} as {alias}")), Table { alias, columns }));
        }
        let (text, last) = self.table_name(table)?;
        let alias = self.alias(last.as_deref());
        let doc = if last.as_deref() == Some(alias.as_str()) {
            Doc::text(text)
        } else {
            Doc::text(format!("{text} as {alias}"))
        };
        Ok((doc, Table { alias, columns }))
    }
}

fn beside(left: Doc, word: &str, right: Joined, on: Vec<Doc>) -> Doc {
    let right = if right.single { right.doc } else { Doc::parens("", right.doc) };
    let mut join = vec![Doc::text(format!("{word} ")), right];
    if !on.is_empty() {
        let mut all = vec![Doc::Line, Doc::text("on ")];
        for (at, condition) in on.into_iter().enumerate() {
            if at > 0 {
                all.extend([Doc::Line, Doc::text("and ")]);
            }
            all.push(condition);
        }
        join.push(Doc::All(all).nest());
    }
    Doc::all([left, Doc::Line, Doc::All(join).group()])
}
