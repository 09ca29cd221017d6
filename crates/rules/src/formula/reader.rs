//! Follows columns through a plan, and puts them in words.

mod noted;
mod sums;

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Message, Part};
use plumb_ir::{Arena, Field, From, FromId, Out, Rel, RelId, Scalar, ScalarId, Tree, Type};

use super::{
    Grouping, MEASURES, Term, computed, inputs_of, joined, number, rows, tables_of, words,
};
use crate::compare::Condition;
use noted::Noted;

/// Levels down to which columns are followed.
const DEPTH: usize = 64;

/// Scalars that are looked at before a number is given up.
const STEPS: usize = 20_000;

/// Follows columns through a plan, and notes what it comes by.
pub(crate) struct Reader<'a> {
    arena: &'a Arena,
    pub(super) tables: BTreeSet<String>,
    /// Conditions that speak of one input.
    conditions: BTreeMap<String, Message>,
    /// Where each of them stands.
    pub(crate) stands: BTreeMap<String, BTreeSet<Condition>>,
    /// Columns of tables that were met: each by its name with the table's, and alone.
    columns: BTreeMap<String, String>,
    /// Those of them of which no words say what they are.
    pub(super) vague: BTreeSet<String>,
    /// Conditions that join, and how.
    pub(crate) joins: BTreeSet<String>,
    /// How rows are grouped, cut off or put together on the way.
    pub(crate) shapes: BTreeSet<String>,
    /// Whether an aggregate was met that measures, rather than picks.
    pub(super) measures: bool,
    entered: BTreeSet<FromId>,
    /// What the value itself comes by, rather than what is joined to it.
    way: BTreeSet<FromId>,
    /// Inputs of those that it looks at.
    met: BTreeSet<(FromId, u32)>,
    /// Whether a value that stands for NULL is another value.
    exact: bool,
    known: BTreeMap<(RelId, Field), Option<(Term, Noted)>>,
    depth: usize,
    steps: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(arena: &'a Arena) -> Self {
        Self {
            arena,
            tables: BTreeSet::new(),
            conditions: BTreeMap::new(),
            stands: BTreeMap::new(),
            columns: BTreeMap::new(),
            vague: BTreeSet::new(),
            joins: BTreeSet::new(),
            shapes: BTreeSet::new(),
            measures: false,
            entered: BTreeSet::new(),
            way: BTreeSet::new(),
            met: BTreeSet::new(),
            exact: false,
            known: BTreeMap::new(),
            depth: 0,
            steps: 0,
        }
    }

    /// The same, for which NULL and what is shown for it are two values.
    pub(crate) fn exact(arena: &'a Arena) -> Self {
        Self { exact: true, ..Self::new(arena) }
    }

    /// What was said so far; a column without its table's name where no other is called like it.
    pub(super) fn said(&self, message: Message) -> Message {
        let alone = |part| match part {
            Part::Name(named) => match self.columns.get(&named) {
                Some(column) if self.columns.values().filter(|it| *it == column).count() == 1 => {
                    Part::Name(column.clone())
                }
                _ => Part::Name(named),
            },
            part => part,
        };
        Message(message.0.into_iter().map(alone).collect())
    }

    pub(crate) fn arena(&self) -> &'a Arena {
        self.arena
    }

    /// The conditions on rows, each with its words.
    pub(crate) fn conditions(&self) -> BTreeMap<String, Message> {
        let said = |(key, words): (&String, &Message)| (key.clone(), self.said(words.clone()));
        self.conditions.iter().map(said).collect()
    }

    /// What tells an output of a plan from others; `None` if that cannot be said.
    pub(crate) fn key_of(&mut self, rel: RelId, field: Field) -> Option<String> {
        Some(self.output(rel, field, &[])?.key)
    }

    /// A column of a relation that stands in these scopes.
    pub(super) fn output(&mut self, rel: RelId, field: Field, scopes: &[FromId]) -> Option<Term> {
        if self.depth > DEPTH || self.steps > STEPS {
            return None;
        }
        // What looks at nothing outside is the same wherever it stands.
        let closed = self.arena.rel_reach(rel) == 0;
        if let Some(known) = self.known.get(&(rel, field)).filter(|_| closed) {
            let (term, noted) = known.clone()?;
            self.note(noted);
            return Some(term);
        }
        let before = self.noted();
        self.depth += 1;
        self.steps += 1;
        let term = self.output_of(rel, field, scopes).map(Term::bounded);
        self.depth -= 1;
        let noted = self.noted();
        if closed {
            self.known.insert((rel, field), term.clone().map(|term| (term, noted.clone())));
        }
        self.note(before);
        self.note(noted);
        term
    }

    fn output_of(&mut self, rel: RelId, field: Field, scopes: &[FromId]) -> Option<Term> {
        match (self.arena.get_rel(rel), field) {
            (Rel::Scan { table }, Field::Named(column)) => {
                let (table, column) = (self.arena.name(*table), self.arena.name(column));
                self.tables.insert(table.to_owned());
                let named = format!("{}.{column}", table.rsplit('.').next().unwrap_or(table));
                self.columns.insert(named.clone(), column.to_owned());
                let shown = vec![Part::Name(named)];
                Some(Term { key: format!("{table}.{column}"), shown, ..Term::default() })
            }
            (Rel::Project { from, out }, Field::At(at)) => {
                let Out::Column(scalar) = out.get(at as usize)? else { return None };
                self.inside(*from, *scalar, scopes)
            }
            (Rel::Project { from, out }, Field::Named(_)) => {
                let star = out.iter().find_map(|out| match out {
                    Out::Star { input, .. } => Some(*input),
                    Out::Column(_) => None,
                })?;
                self.follow(*from);
                self.met.insert((*from, star));
                let input = self.arena.get_from(*from).inputs[star as usize];
                self.output(input, field, &[scopes, &[*from]].concat())
            }
            (Rel::Aggregate { from, keys, calls, .. }, Field::At(at)) => {
                let scalar = keys.iter().chain(calls).nth(at as usize)?;
                self.inside(*from, *scalar, scopes)
            }
            (Rel::Distinct { input }, _) => self.output(*input, field, scopes),
            // Rows of several places, or some of them: a value of its own.
            (
                Rel::Union { .. } | Rel::Set { .. } | Rel::Values { .. } | Rel::Limit { .. },
                Field::At(at),
            ) => {
                let key = format!("#{}#{at}", self.arena.rel_digest(rel));
                Some(Term { key, shown: words::text("a value"), vague: true, ..Term::default() })
            }
            _ => None,
        }
    }

    fn inside(&mut self, from: FromId, scalar: ScalarId, scopes: &[FromId]) -> Option<Term> {
        self.follow(from);
        self.scalar(scalar, &[scopes, &[from]].concat())
    }

    /// Takes note of the rows that a value comes by.
    fn follow(&mut self, id: FromId) {
        self.enter(id);
        self.way.insert(id);
    }

    /// Takes note of the conditions on rows: of a `FROM` and of everything it reads.
    fn enter(&mut self, id: FromId) {
        if !self.entered.insert(id) {
            return;
        }
        let from: From = self.arena.get_from(id).clone();
        for condition in &from.filter {
            self.condition(*condition, id);
        }
        self.tree(&from.tree, id);
        for input in &from.inputs {
            self.rows(*input);
        }
    }

    /// Takes note of the conditions on the rows of a relation.
    pub(crate) fn rows(&mut self, rel: RelId) {
        let node = self.arena.get_rel(rel);
        if let Some(from) = node.from() {
            self.enter(from);
        }
        match node {
            Rel::Union { .. } | Rel::Set { .. } | Rel::Limit { .. } => {
                self.shapes.insert(self.arena.rel_digest(rel).to_string());
            }
            Rel::Aggregate { from, keys, scalar, .. } => {
                let mut said: Vec<String> = keys
                    .iter()
                    .map(|key| self.aside(*key, *from).map_or_else(String::new, |it| it.key))
                    .collect();
                said.sort_unstable();
                self.shapes.insert(format!("{scalar} by {}", said.join(", ")));
            }
            Rel::Distinct { .. } => {
                self.shapes.insert("distinct".to_owned());
            }
            // What a function makes of which column is nothing that conditions say.
            Rel::Values { .. } | Rel::Call { .. } | Rel::Opaque { .. } => {
                self.shapes.insert(self.arena.rel_digest(rel).to_string());
            }
            Rel::Scan { .. } | Rel::Project { .. } => {}
        }
        if !matches!(node, Rel::Union { .. } | Rel::Set { .. } | Rel::Limit { .. }) {
            node.inputs().into_iter().for_each(|input| self.rows(input));
        }
    }

    /// A condition that speaks of one input says which rows count; one that joins does not.
    fn condition(&mut self, condition: ScalarId, id: FromId) {
        if let Some(joins) = self.joining(condition, id) {
            self.joins.insert(joins);
        }
    }

    /// The key of a condition that joins; one that also says which rows count is noted.
    fn joining(&mut self, condition: ScalarId, id: FromId) -> Option<String> {
        let mut inputs = BTreeSet::new();
        inputs_of(self.arena, condition, &mut inputs);
        let term = self.said_of(condition, id);
        let joins = inputs.len() > 1;
        let plain = matches!(self.arena.as_call(condition), Some(("eq" | "all-equal", sides))
            if sides.iter().all(|side| matches!(self.arena.get_scalar(*side), Scalar::Column { .. })));
        if joins && plain {
            return Some(term.key);
        }
        if term.vague || joins && self.reads_same(condition, id) {
            self.vague.insert(term.key.clone());
        }
        let stands = (self.arena.from_digest(id), self.arena.scalar_digest(condition));
        self.stands.entry(term.key.clone()).or_default().insert(stands);
        self.conditions.insert(term.key.clone(), Message(joined(term.shown)));
        joins.then_some(term.key)
    }

    /// A condition in words: what cannot be put in words is itself, and nothing else.
    fn said_of(&mut self, condition: ScalarId, id: FromId) -> Term {
        self.aside(condition, id).unwrap_or_else(|| Term {
            key: format!("#{}", self.arena.scalar_digest(condition)),
            shown: words::text("a condition of its own"),
            vague: true,
            ..Term::default()
        })
    }

    /// Whether what is compared reads the same on all sides: columns of one name in several places.
    fn reads_same(&mut self, condition: ScalarId, id: FromId) -> bool {
        let Some(("eq" | "all-equal", sides)) = self.arena.as_call(condition) else { return false };
        let mut shown = Vec::new();
        for side in sides {
            shown.push(self.aside(*side, id).map(|term| term.shown));
        }
        shown.windows(2).all(|pair| pair[0].is_some() && pair[0] == pair[1])
    }

    fn tree(&mut self, tree: &Tree, id: FromId) {
        let (how, parts, on) = match tree {
            Tree::Input(_) => return,
            Tree::Inner(parts) => {
                for part in parts {
                    self.tree(part, id);
                }
                return;
            }
            Tree::Where { part, on } => ("where", vec![part], on),
            Tree::Left { left, right, on } => ("left", vec![left, right], on),
            Tree::Full { left, right, on } => ("full", vec![left, right], on),
        };
        let mut said: Vec<String> =
            on.iter().filter_map(|condition| self.joining(*condition, id)).collect();
        said.sort_unstable();
        self.joins.insert(format!("{how} {}", said.join(" and ")));
        for part in parts {
            self.tree(part, id);
        }
    }

    /// A scalar in words, of which nothing else is noted.
    fn aside(&mut self, scalar: ScalarId, id: FromId) -> Option<Term> {
        let before = self.noted();
        let term = self.scalar(scalar, &[id]);
        self.noted();
        self.note(before);
        term.map(Term::bounded)
    }

    fn column(&mut self, depth: u32, input: u32, field: Field, scopes: &[FromId]) -> Option<Term> {
        let at = scopes.len().checked_sub(depth as usize + 1)?;
        self.met.insert((scopes[at], input));
        let rel = *self.arena.get_from(scopes[at]).inputs.get(input as usize)?;
        self.output(rel, field, &scopes[..=at])
    }

    fn aggregate(
        &mut self,
        name: &str,
        distinct: bool,
        args: &[ScalarId],
        filter: Option<ScalarId>,
        scopes: &[FromId],
    ) -> Option<Term> {
        self.measures |= MEASURES.contains(&name);
        let counted = rows::condition(self.arena, name, args).filter(|_| !distinct);
        let (name, args) = match &counted {
            Some(condition) => ("count-if", std::slice::from_ref(condition)),
            None => (name, args),
        };
        let mut terms = Vec::new();
        for arg in args {
            terms.push(self.aggregated(name, *arg, scopes)?);
        }
        // What picks one of equal numbers passes it on.
        if let [inner] = terms.as_slice()
            && inner.grouping.is_some()
            && (name.ends_with("first") || matches!(name, "only-value" | "any-value"))
        {
            return Some(inner.clone());
        }
        // A sum of sums is the sum, at every grain.
        if let [inner] = terms.as_slice()
            && filter.is_none()
            && !distinct
            && let Some(Grouping::Call { name: inside, distinct: false }) = &inner.grouping
            && (name == inside && matches!(name, "sum" | "min" | "max")
                || name == "sum" && matches!(inside.as_str(), "count" | "count-if"))
        {
            return Some(inner.clone());
        }
        let mut all = words::call(name, &terms, distinct);
        if let Some(scaled) = number::scaled(name, &terms).filter(|_| !distinct) {
            (all.key, all.product) = scaled;
        }
        all.only = self.only(name, args, scopes).filter(|_| !distinct && filter.is_none());
        if args.is_empty() {
            let from = self.arena.get_from(*scopes.last()?);
            let mut tables = BTreeSet::new();
            from.inputs.iter().for_each(|input| tables_of(self.arena, *input, &mut tables));
            all.key = format!("{name}({tables:?})");
            all.shown = words::rows(name, &tables);
            // Which rows a join gives is not said by its tables.
            all.vague = tables.len() != 1;
            self.tables.extend(tables);
        }
        if let Some(filter) = filter {
            let filter = self.scalar(filter, scopes)?;
            all.key = format!("{} filter {}", all.key, filter.key);
            all.vague |= filter.vague;
            all.moves |= filter.moves;
            all.shown.extend(words::text(" filter (where "));
            all.shown.extend(filter.shown);
            all.shown.extend(words::text(")"));
        }
        all.grouping = Some(Grouping::Call { name: name.to_owned(), distinct });
        Some(all)
    }

    fn scalar(&mut self, id: ScalarId, scopes: &[FromId]) -> Option<Term> {
        if self.depth > DEPTH || self.steps > STEPS {
            return None;
        }
        self.depth += 1;
        self.steps += 1;
        let term = self.scalar_of(id, scopes);
        self.depth -= 1;
        term
    }

    fn scalar_of(&mut self, id: ScalarId, scopes: &[FromId]) -> Option<Term> {
        match self.arena.get_scalar(id).clone() {
            Scalar::Column { depth, input, field } => self.column(depth, input, field, scopes),
            Scalar::Literal(literal) => {
                Some(words::literal(&literal, &plumb_ir::text::print_scalar(self.arena, id)))
            }
            Scalar::Call { function, args } => {
                let name = self.arena.name(function).to_owned();
                // NULL shown as 0 is the same number; shown as a word it is another label.
                if let ("coalesce", [value, other]) = (name.as_str(), args.as_slice())
                    && !self.exact
                    && rows::is_number(self.arena, *other)
                {
                    return self.scalar(*value, scopes);
                }
                let terms = self.all(&args, scopes)?;
                // A number that is rounded is another one, where it has to be the same.
                let laid_out = !self.exact || name == "null-if";
                if let Some(term) = number::laid_out(&name, &terms).filter(|_| laid_out) {
                    return Some(term);
                }
                let call = number::product(&name, &terms);
                let call = call.unwrap_or_else(|| words::call(&name, &terms, false));
                Some(computed(call, &terms))
            }
            Scalar::Case { branches, otherwise } => {
                let flat: Vec<ScalarId> =
                    branches.iter().flat_map(|(when, then)| [*when, *then]).collect();
                let terms = self.all(&flat, scopes)?;
                let last = match otherwise {
                    Some(id) => Some(self.scalar(id, scopes)?),
                    None => None,
                };
                let all: Vec<Term> = terms.iter().chain(&last).cloned().collect();
                Some(computed(words::case(&terms, last.as_ref()), &all))
            }
            Scalar::Cast { value, to, .. } => {
                // How exact a number is kept is not what it is.
                let term = self.scalar(value, scopes)?;
                if matches!(
                    to,
                    Type::Date | Type::Timestamp | Type::TimestampZoned | Type::TimestampLocal
                ) {
                    let named = words::call(&to.to_string(), std::slice::from_ref(&term), false);
                    return Some(computed(named, &[term]));
                }
                Some(term)
            }
            Scalar::Aggregate { function, args, distinct, filter, .. } => {
                let name = self.arena.name(function).to_owned();
                self.aggregate(&name, distinct, &args, filter, scopes)
            }
            Scalar::Exists(_) | Scalar::In { .. } | Scalar::Subquery(_) => {
                let key = self.arena.scalar_digest(id).to_string();
                Some(Term { key, shown: words::text("a subquery"), vague: true, ..Term::default() })
            }
            Scalar::Hole { kind, key } => {
                words::chosen(self.arena.name(kind), self.arena.name(key))
            }
            Scalar::Either { .. }
            | Scalar::Param(_)
            | Scalar::Window { .. }
            | Scalar::Lambda { .. } => None,
        }
    }

    fn all(&mut self, ids: &[ScalarId], scopes: &[FromId]) -> Option<Vec<Term>> {
        ids.iter().map(|id| self.scalar(*id, scopes)).collect()
    }
}
