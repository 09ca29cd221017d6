//! Measures of a group from measures of its parts.

use plumb_ir::{Arena, Empty, Field, Literal, Measure, Scalar, ScalarId, function};

use crate::{alike::alike, words::Words};

/// A grouping of the rows of a view that groups itself.
pub(crate) struct Roll<'a> {
    /// What can be said of the keys of the view.
    pub(crate) words: &'a Words<'a>,
    /// Measures over the inputs of the query, and the columns of the view that hold them.
    pub(crate) known: Vec<(ScalarId, ScalarId)>,
    /// Whether there is one group even of no rows.
    pub(crate) scalar: bool,
    /// How many keys the new grouping has.
    pub(crate) keys: usize,
    /// Its calls.
    pub(crate) calls: Vec<ScalarId>,
}

/// The parts of an aggregate call that has no order.
#[derive(Clone)]
struct Call {
    name: String,
    args: Vec<ScalarId>,
    distinct: bool,
    filter: Option<ScalarId>,
}

impl Roll<'_> {
    /// A measure of the query, over the outputs of the new grouping.
    pub(crate) fn call(&mut self, arena: &mut Arena, call: ScalarId) -> Option<ScalarId> {
        let Scalar::Aggregate { function: name, args, distinct, filter, order } =
            arena.get_scalar(call).clone()
        else {
            return None;
        };
        if !order.is_empty() {
            return None;
        }
        let name = arena.name(name).to_owned();
        let measure = function(&name)?.measure?;
        let call = Call { name, args, distinct, filter };
        if let Some(rolled) = self.of_parts(arena, &call, &measure) {
            return Some(rolled);
        }
        self.of_one(arena, &call, &measure).or_else(|| self.of_keys(arena, &call, &measure))
    }

    /// What cannot be rolled up, from the one group that there is.
    fn of_one(&mut self, arena: &mut Arena, call: &Call, measure: &Measure) -> Option<ScalarId> {
        let column = self.column(arena, call).filter(|_| self.scalar)?;
        let one = Call { name: "max".into(), args: vec![column], distinct: false, filter: None };
        let one = self.add(arena, &one);
        Some(self.or_empty(arena, one, measure, false))
    }

    /// The sum of sums, the least of what is least.
    fn of_parts(&mut self, arena: &mut Arena, call: &Call, measure: &Measure) -> Option<ScalarId> {
        if call.distinct && !measure.duplicate_insensitive {
            return None;
        }
        let up = measure.rolls_up?.to_owned();
        let (column, filter) = if let Some(column) = self.column(arena, call) {
            (column, None)
        } else {
            let filter = self.words.say(arena, call.filter?)?;
            (self.column(arena, &Call { filter: None, ..call.clone() })?, Some(filter))
        };
        let rolled = Call { name: up, args: vec![column], distinct: false, filter };
        let rolled = self.add(arena, &rolled);
        Some(self.or_empty(arena, rolled, measure, call.filter.is_some()))
    }

    /// A measure of values that are keys of the view, each as often as the view counts it.
    fn of_keys(&mut self, arena: &mut Arena, call: &Call, measure: &Measure) -> Option<ScalarId> {
        let args = call.args.iter().map(|arg| self.words.say(arena, *arg));
        let args = args.collect::<Option<Vec<_>>>()?;
        let filter = match call.filter {
            Some(filter) => Some(self.words.say(arena, filter)?),
            None => None,
        };
        let rows = Call { name: "count".into(), args: Vec::new(), distinct: false, filter: None };
        let once = call.distinct || measure.duplicate_insensitive;
        let weight = if once { None } else { self.column(arena, &rows) };
        let Some(weight) = weight else {
            return Some(self.add(arena, &Call { args, filter, ..call.clone() }));
        };
        let value = match (call.name.as_str(), args.as_slice()) {
            ("sum", [value]) => arena.call("mul", vec![*value, weight]),
            ("count", []) => weight,
            ("count", [value]) => {
                let null = arena.call("is-null", vec![*value]);
                let there = arena.call("not", vec![null]);
                let none = arena.literal(Literal::Integer(0));
                arena
                    .scalar(Scalar::Case { branches: vec![(there, weight)], otherwise: Some(none) })
            }
            _ => return None,
        };
        let sum = Call { name: "sum".into(), args: vec![value], distinct: false, filter };
        let sum = self.add(arena, &sum);
        Some(self.or_empty(arena, sum, measure, filter.is_some()))
    }

    /// The column of the view that holds a measure.
    fn column(&self, arena: &mut Arena, call: &Call) -> Option<ScalarId> {
        let call = aggregate(arena, call);
        let found =
            self.known.iter().find(|(value, _)| alike(arena, &self.words.classes, call, *value));
        found.map(|(_, column)| *column)
    }

    fn add(&mut self, arena: &mut Arena, call: &Call) -> ScalarId {
        let call = aggregate(arena, call);
        let at = self.calls.iter().position(|other| *other == call).unwrap_or_else(|| {
            self.calls.push(call);
            self.calls.len() - 1
        });
        arena.column(0, Field::At(u32::try_from(self.keys + at).unwrap_or(u32::MAX)))
    }

    /// A sum of counts is NULL of no rows, a count is 0.
    fn or_empty(
        &self,
        arena: &mut Arena,
        rolled: ScalarId,
        measure: &Measure,
        filtered: bool,
    ) -> ScalarId {
        if measure.empty != Empty::Zero || !(self.scalar || filtered) {
            return rolled;
        }
        let none = arena.literal(Literal::Integer(0));
        arena.call("coalesce", vec![rolled, none])
    }
}

fn aggregate(arena: &mut Arena, call: &Call) -> ScalarId {
    let function = arena.symbol(&call.name);
    let Call { args, distinct, filter, .. } = call.clone();
    arena.scalar(Scalar::Aggregate { function, args, distinct, filter, order: Vec::new() })
}
