//! What a number is: its formula and the conditions on its rows, down to columns of tables.
//!
//! A formula leaves out how tables are joined and by what the number is grouped, so that it is the same at every
//! grain. Two formulas that differ are two definitions; two that are one may still be joined differently.

mod counted;
mod masked;
mod number;
mod reach;
mod reader;
mod rows;
mod words;

pub(crate) use counted::Counted;
pub(crate) use masked::masked;
pub(crate) use reach::Reach;
pub(crate) use reader::Reader;

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Message, Part};
use plumb_estate::Estate;
use plumb_ir::{Arena, Field, Rel, RelId, Scalar, ScalarId};

use crate::measures::spelling;

/// Longest key that is written out, most words that are shown, and how many of more.
const LONG: (usize, usize, usize) = (400, 40, 16);

/// Aggregates that make numbers; others pick, list or join values.
const MEASURES: &[&str] = &["sum", "count", "count-if", "avg", "median", "approx-count-distinct"];

/// Keys of sums of nothing.
const NOTHING: [&str; 2] = ["sum(0)", "avg(0)"];

/// What a number is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Formula {
    /// Equal for equal formulas.
    pub(crate) key: String,
    /// For people: `sum(price * quantity)`.
    pub(crate) value: Message,
    /// Conditions on the rows it comes by, for people, by what they are.
    pub(crate) conditions: BTreeMap<String, Message>,
    /// Tables whose columns are looked at.
    pub(crate) tables: BTreeSet<String>,
    /// The value alone, whichever rows count; none where a part of it cannot be put in words.
    pub(crate) measured: Option<String>,
    /// Conditions that say which rows count: those in words, but for joins and windows in time.
    pub(crate) counted: BTreeMap<String, Counted>,
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
        self.message_without(&BTreeSet::new())
    }

    /// The same without some of the conditions.
    pub(crate) fn message_without(&self, conditions: &BTreeSet<String>) -> Message {
        let mut message = self.value.clone();
        let own = self.conditions.iter().filter(|(key, _)| !conditions.contains(*key));
        let (clear, vague): (Vec<_>, Vec<_>) = own.partition(|(key, _)| !self.vague.contains(*key));
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
    // A number of nothing is a place for one.
    if reader.tables.is_empty() || NOTHING.contains(&term.key.as_str()) {
        return None;
    }
    let mut measured = (!term.vague).then(|| term.key.clone());
    let mut counted = reader.counted();
    if let (Some(measured), Some(only)) = (&mut measured, term.only) {
        *measured = only.sum;
        counted.extend(only.condition);
    }
    let written = term.written;
    let mut key = term.key;
    let conditions = reader.on_the_way();
    // What is joined to it may leave rows out, too.
    for condition in conditions.keys().chain(reader.conditions().keys()) {
        key.push_str(" | ");
        key.push_str(condition);
    }
    let value = reader.said(Message(joined(term.shown)));
    let Reader { tables, vague, .. } = reader;
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

/// Columns that are shown as they are, or grouped by, by name: of which columns of tables each is made.
pub(crate) type NamedKeys = BTreeMap<String, BTreeSet<String>>;

/// What an asset that groups shows beside numbers: by what it groups.
pub(crate) fn named_keys(estate: &Estate, at: usize) -> NamedKeys {
    let asset = &estate.assets[at];
    let Some(plan) = asset.plan.as_ref().filter(|plan| groups(&estate.arena, plan.expanded.rel))
    else {
        return BTreeMap::new();
    };
    let mut named = BTreeMap::new();
    for (column, place) in asset.columns.iter().zip(&plan.expanded.columns) {
        let mut reader = Reader::new(&estate.arena);
        let term = reader.output(plan.expanded.rel, Field::At(*place), &[]);
        if let (Some(name), Some(term)) = (&column.name, term)
            && term.grouping.is_none()
        {
            let columns = term.shown.into_iter().filter_map(|part| match part {
                Part::Name(column) => Some(column),
                Part::Text(_) | Part::Literal(_) | Part::Count(_) => None,
            });
            named.insert(spelling(name.as_str()), columns.collect());
        }
    }
    named
}

/// Whether a plan is a grouping, or shows one.
fn groups(arena: &Arena, rel: RelId) -> bool {
    let node = arena.get_rel(rel);
    let Rel::Project { from, .. } = node else { return matches!(node, Rel::Aggregate { .. }) };
    let inputs = &arena.get_from(*from).inputs;
    matches!(inputs.as_slice(), [input] if matches!(arena.get_rel(*input), Rel::Aggregate { .. }))
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
    /// Where it is a sum of what meets a condition.
    only: Option<Box<Only>>,
    /// Whether a part of it is a moment, or what somebody chooses: other rows the next time.
    moves: bool,
    /// The text it is, where it is one.
    text: Option<String>,
    /// What it does as a condition, where it does not just leave rows out.
    does: Option<Box<Counted>>,
}

/// A sum of what meets a condition.
#[derive(Debug, Clone)]
struct Only {
    sum: String,
    /// The condition, where it says which rows count.
    condition: Option<(String, Counted)>,
}

impl Term {
    /// As a condition: its key, and what it does.
    fn counted(self) -> (String, Counted) {
        let other = || Counted { leaves_out: true, ..Counted::default() };
        (self.key, self.does.map_or_else(other, |does| *does))
    }

    /// What is too long to write out is told apart by its digest.
    fn bounded(mut self) -> Self {
        if self.key.len() > LONG.0 {
            self.key = masked::shortened(&self.key);
            self.product = None;
        }
        if self.shown.len() > LONG.1 {
            self.shown.truncate(LONG.2);
            self.shown.extend(words::text(" …"));
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

/// What is made of aggregates is no aggregate itself.
fn computed(mut term: Term, parts: &[Term]) -> Term {
    term.grouping = parts.iter().any(|part| part.grouping.is_some()).then_some(Grouping::Computed);
    term
}

/// Inputs of its own scope that a scalar looks at.
pub(crate) fn inputs_of(arena: &Arena, id: ScalarId, inputs: &mut BTreeSet<u32>) {
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

#[cfg(test)]
mod tests {
    use plumb_ir::text::parse_rel;

    use super::*;

    fn said(on: &str) -> String {
        let mut arena = Arena::new();
        let text = format!(
            "(aggregate (keys 0.day) (calls (agg sum 0.amount)) (from (scan orders) (scan orders)) (where {on}))"
        );
        let rel = parse_rel(&mut arena, &text).expect("a plan");
        of_output(&arena, rel, 1).expect("a formula").message().plain("`")
    }

    #[test]
    fn what_ties_tables_is_no_condition_on_rows() {
        assert_eq!(said("(eq (lower 0.shop) (lower 1.seller))"), "sum(`amount`)");
        let apart = said("(lt (lower 0.shop) (lower 1.seller))");
        assert_eq!(apart, "sum(`amount`) where lower(`shop`) < lower(`seller`)");
    }

    #[test]
    fn an_outer_join_leaves_rows_out_of_its_own_side() {
        let said = |column: &str| {
            let mut arena = Arena::new();
            let on = "(left 0 1 (on (eq 0.id 1.id) (eq 1.kind 'x')))";
            let from = format!("(from (scan orders) (scan returns)) (tree {on})");
            let text = format!("(aggregate (keys 0.day) (calls (agg sum {column})) {from})");
            let rel = parse_rel(&mut arena, &text).expect("a plan");
            of_output(&arena, rel, 1).expect("a formula").message().plain("`")
        };
        assert_eq!(said("0.amount"), "sum(`amount`)");
        assert_eq!(said("1.amount"), "sum(`amount`) where `kind` = 'x'");
    }

    #[test]
    fn conditions_on_what_is_joined_are_not_conditions_on_the_number() {
        let mut arena = Arena::new();
        let grouped = "(aggregate (keys 0.day) (calls (agg sum 0.amount)) (from (scan orders)) (where (lt 0 0.amount)))";
        let joined = "(project (out 0.name 0.day) (from (scan days) (scan names)) (where (eq 0.day 1.day) (eq 1.kind 'x')))";
        let text = format!("(project (out 0#1) (from {grouped} {joined}) (where (eq 0#0 1#1)))");
        let rel = parse_rel(&mut arena, &text).expect("a plan");
        let formula = of_output(&arena, rel, 0).expect("a formula");
        assert_eq!(formula.message().plain("`"), "sum(`amount`) where 0 < `amount`");
    }

    #[test]
    fn a_sum_of_counts_is_the_count_and_nothing_shown_as_zero_is_nothing() {
        let key = |text: &str| {
            let mut arena = Arena::new();
            let rel = parse_rel(&mut arena, text).expect("a plan");
            of_output(&arena, rel, 0).map(|formula| formula.key)
        };
        let counted = "(calls (agg count-if (eq 0.kind 'x'))) (from (scan orders))";
        let once = format!("(aggregate-all (keys) {counted})");
        let days = format!("(aggregate (keys 0.day) {counted})");
        let twice = format!("(aggregate-all (keys) (calls (agg sum 0#1)) (from {days}))");
        assert_eq!(key(&once), key(&twice));
        let shown = |value: &str| {
            format!("(aggregate-all (keys) (calls (agg sum {value})) (from (scan orders)))")
        };
        assert_eq!(key(&shown("(coalesce 0.x (cast decimal 0))")), key(&shown("0.x")));
        assert_ne!(key(&shown("(coalesce 0.x 'none')")), key(&shown("0.x")));
        assert_eq!(key(&shown("(mul 0.x 0)")), None);
        let after =
            "(aggregate-all (keys) (calls (div (agg sum 0.x) (float '1e9'))) (from (scan orders)))";
        assert_eq!(key(&shown("(div 0.x (float '1e9'))")), key(after));
    }
}
