//! What only the text of a plan says of its aggregates: sets of keys, and filters of calls.

use plumb_ir::{Field, FromId, Literal, Rel, Scalar, ScalarId, Tree, Type};
use serde_json::Value;

use super::{Bound, Reader, at, number};

/// An aggregate as the text has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// Positions of keys, a list for each set; none for one set of all.
    pub(crate) sets: Option<Vec<Vec<usize>>>,
    /// Of each call, the column that says which rows it takes.
    pub(crate) filters: Vec<Option<usize>>,
    /// Whether without keys there is a group only where there are rows.
    pub(crate) of_rows: bool,
}

/// The aggregates of a text from the first to the last line, if they stand there in the order of the plan.
pub(crate) fn told(text: &str) -> Vec<Told> {
    // A subquery stands before what its relation is made of.
    if text.contains("{\n") {
        return Vec::new();
    }
    let lines = text.lines().map(|line| line.trim_start_matches(|it: char| " │├└─".contains(it)));
    lines.filter_map(named).collect()
}

/// The aggregate that a line stands for.
fn named(line: &str) -> Option<Told> {
    if let Some(parts) = line.strip_prefix("LogicalAggregate(") {
        return Some(aggregate(parts));
    }
    // These have lost keys that are one value, or make rows distinct; `scalar-group-by` gives a row always.
    let word = line.split(' ').next().unwrap_or_default();
    let grouping = word == "group-by" || word.ends_with("distinct-on");
    let told = || Told { of_rows: grouping, ..Told::default() };
    (grouping || word == "scalar-group-by").then(told)
}

fn aggregate(line: &str) -> Told {
    let line = line.trim_end().strip_suffix(')').unwrap_or(line);
    let mut told = Told::default();
    let mut keys = Vec::new();
    for part in parts(line) {
        let Some((name, value)) = part.split_once("=[") else { continue };
        let value = value.strip_suffix(']').unwrap_or(value);
        match name {
            "group" => keys = columns(value),
            "groups" => {
                let value = value.trim_start_matches('[').trim_end_matches(']');
                let place = |column: usize| keys.iter().position(|key| *key == column);
                let sets = parts(value).into_iter().map(columns);
                told.sets =
                    Some(sets.map(|set| set.into_iter().filter_map(place).collect()).collect());
            }
            _ => told.filters.push(value.rsplit_once(" FILTER $").and_then(|it| it.1.parse().ok())),
        }
    }
    told
}

/// What stands between commas outside of brackets.
fn parts(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0_i32, 0, Vec::new());
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(text[start..].trim());
    found
}

fn columns(set: &str) -> Vec<usize> {
    let inside = set.trim_start_matches('{').trim_end_matches('}');
    inside.split(',').filter_map(|column| column.trim().parse().ok()).collect()
}

/// How many aggregates a plan has.
pub(super) fn groups(value: &Value) -> usize {
    match value {
        Value::Object(map) => {
            let own = usize::from(map.contains_key("group"));
            own + map.values().map(groups).sum::<usize>()
        }
        Value::Array(items) => items.iter().map(groups).sum(),
        _ => 0,
    }
}

/// What an aggregate function gives.
enum Measured {
    /// A call, or what is divided by what.
    Calls(Vec<ScalarId>),
    /// Positions of keys, of which it says whether a group is by them.
    Marks(Vec<usize>),
}

impl Reader<'_> {
    pub(super) fn group(&mut self, body: &Value) -> Result<Bound, String> {
        let told = self.told.pop().unwrap_or_default();
        let source = self.input(&body["source"])?;
        let keys = body["keys"].as_array().ok_or("no keys")?;
        let functions = body["function"].as_array().ok_or("no functions")?;
        let (keys, values) = self.within(&[&source], |it| {
            let keys = keys.iter().map(|key| it.scalar(key)).collect::<Result<Vec<_>, _>>()?;
            let mut values = Vec::new();
            for (at, function) in functions.iter().enumerate() {
                let filter = told.filters.get(at).copied().flatten();
                values.push(it.measured(function, &keys, filter)?);
            }
            Ok((keys, values))
        })?;
        let from = self.from(vec![source], Tree::Input(0), Vec::new());
        let every = (0..keys.len()).collect();
        let sets = told.sets.unwrap_or_else(|| vec![every]);
        let scalar = |set: &[usize]| set.is_empty() && !told.of_rows;
        let mut bounds: Vec<Bound> =
            sets.iter().map(|set| self.grouped(from, &keys, &values, (set, scalar(set)))).collect();
        if bounds.len() == 1 {
            return bounds.pop().ok_or_else(|| "no set of keys".to_owned());
        }
        let fields = at(keys.len() + values.len());
        let inputs = bounds.into_iter().map(|it| self.placed(&it)).collect();
        Ok(Bound { rel: self.arena.rel(Rel::Union { inputs }), fields })
    }

    /// The groups of some of the keys; the other keys are NULL.
    fn grouped(
        &mut self,
        from: FromId,
        keys: &[ScalarId],
        values: &[Measured],
        (set, scalar): (&[usize], bool),
    ) -> Bound {
        let calls = values.iter().flat_map(|value| match value {
            Measured::Calls(calls) => calls.as_slice(),
            Measured::Marks(_) => &[],
        });
        let calls: Vec<ScalarId> = calls.copied().collect();
        let chosen: Vec<ScalarId> = set.iter().map(|at| keys[*at]).collect();
        let plain =
            values.iter().all(|it| matches!(it, Measured::Calls(calls) if calls.len() == 1));
        let (whole, width) = (set.len() == keys.len(), set.len() + calls.len());
        let rel = self.arena.rel(Rel::Aggregate { from, keys: chosen, calls, scalar });
        let bound = Bound { rel, fields: at(width) };
        if plain && whole {
            return bound;
        }
        let from = self.from(vec![bound], Tree::Input(0), Vec::new());
        let mut out = Vec::new();
        for at in 0..keys.len() {
            out.push(match set.iter().position(|chosen| *chosen == at) {
                Some(place) => self.arena.column(0, Field::At(number(place))),
                None => self.arena.literal(Literal::Null),
            });
        }
        let mut next = set.len();
        for value in values {
            out.push(match value {
                Measured::Marks(marked) => {
                    let bit = |sum: i128, key: &usize| 2 * sum + i128::from(!set.contains(key));
                    self.arena.literal(Literal::Integer(marked.iter().fold(0, bit)))
                }
                Measured::Calls(calls) => {
                    let value = self.arena.column(0, Field::At(number(next)));
                    next += calls.len();
                    if calls.len() == 1 {
                        value
                    } else {
                        let count = self.arena.column(0, Field::At(number(next - 1)));
                        let value = self.arena.call("div-int", vec![value, count]);
                        self.arena.scalar(Scalar::Cast { value, to: Type::Int(32), safe: false })
                    }
                }
            });
        }
        self.projected(from, out)
    }

    /// What an aggregate function gives: calls, or which of some keys a group has not got.
    fn measured(
        &mut self,
        value: &Value,
        keys: &[ScalarId],
        filter: Option<usize>,
    ) -> Result<Measured, String> {
        if value["operator"] == "GROUPING" {
            let operands = value["operand"].as_array().ok_or("no operands")?;
            let mut marked = Vec::new();
            for operand in operands {
                let operand = self.scalar(operand)?;
                let key = keys.iter().position(|key| *key == operand);
                marked.push(key.ok_or("a grouping of what is no key")?);
            }
            return Ok(Measured::Marks(marked));
        }
        // Calcite makes no other constant of each group than TRUE; the file leaves it out.
        if value["operator"] == "LITERAL_AGG" && value["type"] == "BOOLEAN" {
            let function = self.arena.symbol("max");
            let args = vec![self.arena.literal(Literal::Bool(true))];
            let (distinct, filter, order) = (false, None, Vec::new());
            let call = Scalar::Aggregate { function, args, distinct, filter, order };
            return Ok(Measured::Calls(vec![self.arena.scalar(call)]));
        }
        let mut calls = self.whole_average(value)?;
        if let Some(column) = filter {
            let outer = self.scopes.split_last().map_or(0, |it| it.1.iter().map(Vec::len).sum());
            let filter = self.column(outer + column)?;
            for call in &mut calls {
                if let Scalar::Aggregate { function, args, distinct, order, .. } =
                    self.arena.get_scalar(*call).clone()
                {
                    let filter = Some(filter);
                    let call_with = Scalar::Aggregate { function, args, distinct, filter, order };
                    *call = self.arena.scalar(call_with);
                }
            }
        }
        Ok(Measured::Calls(calls))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_and_filters_are_told() {
        let text = "LogicalProject(A=[$0])\n  LogicalAggregate(group=[{0, 2}], groups=[[{0, 2}, {2}, {}]], \
                    EXPR$1=[SUM($1) FILTER $3], $g=[GROUPING($0, $2)])\n    LogicalAggregate(group=[{}])\n";
        let first = Told {
            sets: Some(vec![vec![0, 1], vec![1], vec![]]),
            filters: vec![Some(3), None],
            of_rows: false,
        };
        assert_eq!(told(text), [first, Told::default()]);
    }

    #[test]
    fn groups_of_rows_are_told_from_those_of_everything() {
        let text = "select\n ├── columns: a:1\n └── group-by (streaming)\n      └── scalar-group-by\n           └── count\n";
        let rows = Told { of_rows: true, ..Told::default() };
        assert_eq!(told(text), [rows, Told::default()]);
    }
}
