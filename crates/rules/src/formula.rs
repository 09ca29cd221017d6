//! What a number is: its formula and the conditions on its rows, down to columns of tables.
//!
//! A formula leaves out how tables are joined and by what the number is grouped, so that it is the same at every
//! grain. Two formulas that differ are two definitions; two that are one may still be joined differently.

mod masked;
mod number;
mod rows;
mod words;

pub(crate) use masked::masked;

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Message, Part};
use plumb_estate::Estate;
use plumb_ir::{Arena, Field, From, FromId, Out, Rel, RelId, Scalar, ScalarId, Tree, Type};

/// Levels down to which columns are followed.
const DEPTH: usize = 64;

/// Scalars that are looked at before a number is given up.
const STEPS: usize = 20_000;

/// Aggregates that make numbers; others pick, list or join values.
const MEASURES: &[&str] = &["sum", "count", "count-if", "avg", "median", "approx-count-distinct"];

/// Longest key that is written out, and most words that are shown.
const LONG: (usize, usize) = (400, 40);

/// What a number is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Formula {
    /// Equal for equal formulas.
    pub(crate) key: String,
    /// For people: `sum(price * quantity)`.
    pub(crate) value: Message,
    /// Conditions on the rows, for people, by what they are.
    pub(crate) conditions: BTreeMap<String, Message>,
    /// Tables whose columns are looked at.
    pub(crate) tables: BTreeSet<String>,
    /// The value alone, whichever rows count; none where a part of it cannot be put in words.
    pub(crate) measured: Option<String>,
    /// Conditions that say which rows count: those in words, but for joins and windows in time.
    pub(crate) counted: BTreeSet<String>,
    /// Conditions of which no words say what they are.
    vague: BTreeSet<String>,
    /// Whether it is written out as text, with a sign or in a format.
    pub(crate) written: bool,
}

impl Formula {
    /// Whether it only counts rows, or values.
    pub(crate) fn is_count(&self) -> bool {
        self.key.starts_with("count(") && !self.key.starts_with("count(distinct")
    }

    /// Whether it counts: rows, values, or rows that meet a condition.
    pub(crate) fn counts(&self) -> bool {
        ["count(", "count-if(", "approx-count-distinct("].iter().any(|it| self.key.starts_with(it))
    }

    /// The formula and its conditions in one line; what cannot be put in words is counted.
    pub(crate) fn message(&self) -> Message {
        let mut message = self.value.clone();
        let (clear, vague): (Vec<_>, Vec<_>) =
            self.conditions.iter().partition(|(key, _)| !self.vague.contains(*key));
        for (at, (_, condition)) in clear.iter().enumerate() {
            message = message.then(if at == 0 { " where " } else { " and " });
            message.0.extend(condition.0.iter().cloned());
        }
        if vague.is_empty() {
            return message;
        }
        message
            .then(if clear.is_empty() { " where " } else { " and " })
            .then_count(vague.len())
            .then(match (clear.len(), vague.len()) {
                (0, 1) => " condition holds",
                (0, _) => " conditions hold",
                (_, 1) => " condition more",
                _ => " conditions more",
            })
    }
}

/// The formula of an output of a plan in normal form; `None` if it is no aggregate.
pub(crate) fn of_output(arena: &Arena, rel: RelId, at: u32) -> Option<Formula> {
    let mut reader = Reader::new(arena);
    let term = reader.output(rel, Field::At(at), &[])?;
    let scalar = arena.get_rel(rel).scalars().get(at as usize).copied();
    if !reader.measures
        || term.grouping.is_none()
        || scalar.is_some_and(|it| rows::is_label(arena, it))
    {
        return None;
    }
    let mut measured = (!term.vague).then(|| term.key.clone());
    if let (Some(measured), Some(only)) = (&mut measured, term.only) {
        let (value, condition) = *only;
        *measured = value;
        reader.counted.extend(Some(condition).filter(|key| rows::is_counted(key)));
    }
    let written = term.written;
    let mut key = term.key;
    for condition in reader.conditions.keys() {
        key.push_str(" | ");
        key.push_str(condition);
    }
    let value = Message(joined(term.shown));
    let Reader { conditions, tables, counted, vague, .. } = reader;
    Some(Formula { key, value, conditions, tables, measured, counted, vague, written })
}

/// Columns of tables that an asset shows as they are, or groups by.
pub(crate) fn keys(estate: &Estate, at: usize) -> BTreeSet<String> {
    let Some(plan) = &estate.assets[at].plan else { return BTreeSet::new() };
    let mut reader = Reader::new(&estate.arena);
    let mut term = |at: u32| reader.output(plan.expanded.rel, Field::At(at), &[]);
    let terms = plan.expanded.columns.iter().filter_map(|at| term(*at));
    terms.filter(|term| term.grouping.is_none() && !term.vague).map(|term| term.key).collect()
}

/// A scalar in words.
#[derive(Debug, Clone, Default)]
struct Term {
    /// Equal for equal scalars; columns with their tables.
    key: String,
    shown: Vec<Part>,
    /// The aggregate it is, or that it is made of several.
    grouping: Option<Grouping>,
    /// What it multiplies and divides, where it does.
    product: Option<Box<number::Product>>,
    /// Whether a part of it is told by its digest, as no words say what it is.
    vague: bool,
    /// Whether it is written out as text.
    written: bool,
    /// Where it is a sum of what meets a condition: the sum, and the condition.
    only: Option<Box<(String, String)>>,
}

impl Term {
    /// What is too long to write out is told apart by its digest.
    fn bounded(mut self) -> Self {
        if self.key.len() > LONG.0 {
            self.key = masked::shortened(&self.key);
            self.product = None;
        }
        if self.shown.len() > LONG.1 {
            self.shown = words::text("a long formula");
        }
        self
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Grouping {
    /// One aggregate call, not changed since: its name, and whether equal arguments count once.
    Call { name: String, distinct: bool },
    /// Computed from aggregates.
    Computed,
}

/// What is noted of a value on the way.
#[derive(Debug, Clone)]
struct Noted {
    measures: bool,
    tables: BTreeSet<String>,
    counted: BTreeSet<String>,
}

/// Follows columns through a plan, and notes what it comes by.
pub(crate) struct Reader<'a> {
    arena: &'a Arena,
    tables: BTreeSet<String>,
    /// Conditions that speak of one input.
    pub(crate) conditions: BTreeMap<String, Message>,
    /// Those of one input that say which rows count.
    counted: BTreeSet<String>,
    /// Those of them that no words say.
    vague: BTreeSet<String>,
    /// Conditions that join, and how.
    pub(crate) joins: BTreeSet<String>,
    /// How rows are grouped, cut off or put together on the way.
    pub(crate) shapes: BTreeSet<String>,
    /// Whether an aggregate was met that measures, rather than picks.
    measures: bool,
    entered: BTreeSet<FromId>,
    /// What the value itself comes by, rather than what is joined to it.
    followed: BTreeMap<FromId, BTreeSet<String>>,
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
            counted: BTreeSet::new(),
            vague: BTreeSet::new(),
            joins: BTreeSet::new(),
            shapes: BTreeSet::new(),
            measures: false,
            entered: BTreeSet::new(),
            followed: BTreeMap::new(),
            known: BTreeMap::new(),
            depth: 0,
            steps: 0,
        }
    }

    /// What tells an output of a plan from others; `None` if that cannot be said.
    pub(crate) fn key_of(&mut self, rel: RelId, field: Field) -> Option<String> {
        Some(self.output(rel, field, &[])?.key)
    }

    /// A column of a relation that stands in these scopes.
    fn output(&mut self, rel: RelId, field: Field, scopes: &[FromId]) -> Option<Term> {
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

    /// Takes out what was noted of a value so far.
    fn noted(&mut self) -> Noted {
        Noted {
            measures: std::mem::take(&mut self.measures),
            tables: std::mem::take(&mut self.tables),
            counted: std::mem::take(&mut self.counted),
        }
    }

    fn note(&mut self, noted: Noted) {
        self.measures |= noted.measures;
        self.tables.extend(noted.tables);
        self.counted.extend(noted.counted);
    }

    fn output_of(&mut self, rel: RelId, field: Field, scopes: &[FromId]) -> Option<Term> {
        match (self.arena.get_rel(rel), field) {
            (Rel::Scan { table }, Field::Named(column)) => {
                let (table, column) = (self.arena.name(*table), self.arena.name(column));
                self.tables.insert(table.to_owned());
                let shown = vec![Part::Name(column.to_owned())];
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
                let key = format!("{}.{at}", self.arena.rel_digest(rel));
                Some(Term { key, shown: words::text("a value"), vague: true, ..Term::default() })
            }
            _ => None,
        }
    }

    fn inside(&mut self, from: FromId, scalar: ScalarId, scopes: &[FromId]) -> Option<Term> {
        self.follow(from);
        self.scalar(scalar, &[scopes, &[from]].concat())
    }

    /// Takes note of the conditions on rows that a value comes by.
    fn follow(&mut self, id: FromId) {
        self.enter(id);
        if !self.followed.contains_key(&id) {
            let counted = self.counted_in(id);
            self.followed.insert(id, counted);
        }
        self.counted.extend(self.followed[&id].iter().cloned());
    }

    fn counted_in(&mut self, id: FromId) -> BTreeSet<String> {
        let mut counted = BTreeSet::new();
        for condition in self.arena.get_from(id).conditions() {
            let before = self.noted();
            let term = self.scalar(condition, &[id]).map(Term::bounded);
            let tables = self.noted().tables;
            self.note(before);
            // What picks groups says nothing of the rows in them, what speaks of two tables how they are joined.
            let says = |term: &Term| !term.vague && term.grouping.is_none() && tables.len() < 2;
            let term = term.filter(says);
            counted.extend(term.map(|term| term.key).filter(|key| rows::is_counted(key)));
        }
        counted
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
            Rel::Scan { .. }
            | Rel::Values { .. }
            | Rel::Project { .. }
            | Rel::Call { .. }
            | Rel::Opaque { .. } => {}
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
        // What cannot be put in words is itself, and nothing else.
        let term = self.aside(condition, id).unwrap_or_else(|| Term {
            key: format!("#{}", self.arena.scalar_digest(condition)),
            shown: words::text("a condition of its own"),
            vague: true,
            ..Term::default()
        });
        let joins = inputs.len() > 1;
        let plain = matches!(self.arena.as_call(condition), Some(("eq" | "all-equal", sides))
            if sides.iter().all(|side| matches!(self.arena.get_scalar(*side), Scalar::Column { .. })));
        if joins && plain {
            return Some(term.key);
        }
        if term.vague {
            self.vague.insert(term.key.clone());
        }
        self.conditions.insert(term.key.clone(), Message(joined(term.shown)));
        joins.then_some(term.key)
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
                || name == "sum" && inside == "count")
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
            all.shown.extend(words::text(" filter (where "));
            all.shown.extend(filter.shown);
            all.shown.extend(words::text(")"));
        }
        all.grouping = Some(Grouping::Call { name: name.to_owned(), distinct });
        Some(all)
    }

    /// The sum, and the condition, of a sum of what meets a condition.
    fn only(
        &mut self,
        name: &str,
        args: &[ScalarId],
        scopes: &[FromId],
    ) -> Option<Box<(String, String)>> {
        let [arg] = args else { return None };
        let Scalar::Case { branches, otherwise } = self.arena.get_scalar(*arg) else { return None };
        let [(when, then)] = branches.as_slice() else { return None };
        if name != "sum" || otherwise.is_some_and(|other| !rows::is_nothing(self.arena, other)) {
            return None;
        }
        let (when, then) = (self.scalar(*when, scopes)?, self.scalar(*then, scopes)?);
        let then = [then];
        let sum = number::scaled(name, &then).map(|(key, _)| key);
        let sum = sum.unwrap_or_else(|| words::call(name, &then, false).key);
        Some(Box::new((sum, when.key)))
    }

    /// What an aggregate looks at: a sum takes no note of zeros.
    fn aggregated(&mut self, name: &str, id: ScalarId, scopes: &[FromId]) -> Option<Term> {
        if let Scalar::Case { branches, otherwise: Some(other) } = self.arena.get_scalar(id).clone()
            && name == "sum"
            && rows::is_zero(self.arena, other)
        {
            let flat: Vec<ScalarId> =
                branches.iter().flat_map(|(when, then)| [*when, *then]).collect();
            let terms = self.all(&flat, scopes)?;
            return Some(computed(words::case(&terms, None), &terms));
        }
        self.scalar(id, scopes)
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
            Scalar::Literal(_) => {
                Some(words::literal(plumb_ir::text::print_scalar(self.arena, id)))
            }
            Scalar::Call { function, args } => {
                let name = self.arena.name(function).to_owned();
                // NULL shown as 0 is the same number.
                if let ("coalesce", [value, other]) = (name.as_str(), args.as_slice())
                    && self.arena.as_literal(*other).is_some()
                {
                    return self.scalar(*value, scopes);
                }
                let terms = self.all(&args, scopes)?;
                if let Some(term) = number::laid_out(&name, &terms) {
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
            Scalar::Either { .. }
            | Scalar::Param(_)
            | Scalar::Window { .. }
            | Scalar::Lambda { .. }
            | Scalar::Hole { .. } => None,
        }
    }

    fn all(&mut self, ids: &[ScalarId], scopes: &[FromId]) -> Option<Vec<Term>> {
        ids.iter().map(|id| self.scalar(*id, scopes)).collect()
    }
}

/// What is made of aggregates is no aggregate itself.
fn computed(mut term: Term, parts: &[Term]) -> Term {
    term.grouping = parts.iter().any(|part| part.grouping.is_some()).then_some(Grouping::Computed);
    term
}

fn inputs_of(arena: &Arena, id: ScalarId, inputs: &mut BTreeSet<u32>) {
    let node = arena.get_scalar(id);
    if let Scalar::Column { depth: 0, input, .. } = node {
        inputs.insert(*input);
    }
    for child in node.children() {
        inputs_of(arena, child, inputs);
    }
}

/// Tables that a plan reads, each once.
pub(crate) fn tables_of(arena: &Arena, rel: RelId, tables: &mut BTreeSet<String>) {
    let (mut work, mut seen) = (vec![rel], BTreeSet::new());
    while let Some(rel) = work.pop() {
        if !seen.insert(rel) {
            continue;
        }
        let node = arena.get_rel(rel);
        if let Rel::Scan { table } = node {
            tables.insert(arena.name(*table).to_owned());
        }
        work.extend(node.inputs());
        work.extend(
            node.from().map(|from| arena.get_from(from).inputs.clone()).unwrap_or_default(),
        );
    }
}

/// Neighbouring words as one part.
fn joined(parts: Vec<Part>) -> Vec<Part> {
    let mut joined: Vec<Part> = Vec::new();
    for part in parts {
        match (joined.last_mut(), part) {
            (Some(Part::Text(before)), Part::Text(text)) => before.push_str(&text),
            (_, part) => joined.push(part),
        }
    }
    joined
}
