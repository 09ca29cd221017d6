//! Scalars of resolved plans.

use plumb_ir::{Literal, Scalar, ScalarId, Tree, Type};
use serde_json::Value;

use super::{
    names::{Operator, operator},
    plan::Reader,
};

impl Reader<'_> {
    pub(crate) fn scalar(&mut self, value: &Value) -> Result<ScalarId, String> {
        if let Some(column) = value["column"].as_u64() {
            return self.column(usize::try_from(column).map_err(|it| it.to_string())?);
        }
        let name = value["operator"].as_str().ok_or_else(|| format!("no scalar: {value}"))?;
        let of = value["type"].as_str().unwrap_or_default();
        if let Some(query) = value.get("query") {
            return self.subquery(name, value, query);
        }
        let operands = value["operand"].as_array().map_or(&[][..], Vec::as_slice);
        if operands.is_empty() {
            return Ok(self.constant(name, of));
        }
        if let Some(done) = self.form(name, operands, of)? {
            return Ok(done);
        }
        let args = operands.iter().map(|it| self.scalar(it)).collect::<Result<Vec<_>, _>>()?;
        Ok(self.apply(name, args))
    }

    fn apply(&mut self, name: &str, mut args: Vec<ScalarId>) -> ScalarId {
        match operator(name) {
            // `AND` and `OR` of one are that one, and of none a constant.
            Some(Operator::Call("and" | "or")) if args.len() == 1 => args.swap_remove(0),
            Some(Operator::Call(function)) => self.arena.call(function, args),
            Some(Operator::Swapped(function)) => {
                args.reverse();
                self.arena.call(function, args)
            }
            Some(Operator::Not(function)) => {
                let inner = self.arena.call(function, args);
                self.arena.call("not", vec![inner])
            }
            // Nobody knows what it does: it is itself.
            None => self.arena.call(&format!("qed.{}", name.to_lowercase()), args),
        }
    }

    /// Operators that are no plain calls.
    fn form(
        &mut self,
        name: &str,
        operands: &[Value],
        of: &str,
    ) -> Result<Option<ScalarId>, String> {
        Ok(Some(match name {
            "CASE" => {
                let mut args =
                    operands.iter().map(|it| self.scalar(it)).collect::<Result<Vec<_>, _>>()?;
                // The form with a value in front, which is TRUE where there was none.
                if self.case_has_value {
                    let value = args.remove(0);
                    let truth = self.arena.literal(Literal::Bool(true));
                    for when in args.chunks_exact_mut(2).map(|pair| &mut pair[0]) {
                        if value != truth {
                            *when = self.arena.call("eq", vec![value, *when]);
                        }
                    }
                }
                let pairs = args.chunks_exact(2);
                let otherwise = pairs.remainder().first().copied();
                let branches = pairs.map(|pair| (pair[0], pair[1])).collect();
                self.arena.scalar(Scalar::Case { branches, otherwise })
            }
            "CAST" if operands.len() == 1 => {
                let value = self.scalar(&operands[0])?;
                // To the type it has: only whether it may be NULL is said anew.
                if operands[0]["type"].as_str() == Some(of) {
                    return Ok(Some(value));
                }
                self.arena.scalar(Scalar::Cast { value, to: data_type(of), safe: false })
            }
            "SEARCH" => {
                let value = self.scalar(&operands[0])?;
                let text = operands[1]["operator"].as_str().unwrap_or_default();
                match ranges(text, operands[1]["type"].as_str().unwrap_or_default()) {
                    Some(ranges) => self.in_ranges(value, &ranges),
                    None => return Ok(None),
                }
            }
            // What is behind a subscript of a document is what `->` finds.
            "INDIRECTION" if operands[0]["type"] == "JSONB" => {
                let args = operands.iter().map(|it| self.scalar(it)).collect::<Result<_, _>>()?;
                self.apply("FETCH VAL", args)
            }
            "EXTRACT" if operands[0]["operator"] == "YEAR" => {
                let unit = self.arena.literal(Literal::Text("year".to_owned()));
                let value = self.scalar(&operands[1])?;
                self.arena.call("date-part", vec![unit, value])
            }
            "IN" => {
                // A list of values stands as a list of scalars.
                let value = self.scalar(&operands[0])?;
                let list = operands[1]["operand"]
                    .as_array()
                    .filter(|_| operands[1]["operator"].as_str() == Some("SCALAR LIST"));
                let Some(list) = list else { return Ok(None) };
                let mut args = vec![value];
                for item in list {
                    args.push(self.scalar(item)?);
                }
                self.arena.call("in-list", args)
            }
            _ => return Ok(None),
        }))
    }

    fn constant(&mut self, name: &str, of: &str) -> ScalarId {
        let literal = match name {
            "AND" => Literal::Bool(true),
            "OR" => Literal::Bool(false),
            "NULL" => Literal::Null,
            "TRUE" | "true" => Literal::Bool(true),
            "FALSE" | "false" => Literal::Bool(false),
            _ if name.parse::<f64>().is_ok() => Literal::number(name),
            _ => match text(name) {
                Some(text) if matches!(of, "VARCHAR" | "CHAR" | "STRING") => Literal::Text(text),
                Some(text) => Literal::Typed(data_type(of), text),
                // A function without arguments, or a constant of a kind of its own.
                None => {
                    let name = format!("qed.{}", name.to_lowercase());
                    return self.arena.call(&name, Vec::new());
                }
            },
        };
        self.arena.literal(literal)
    }

    fn subquery(&mut self, name: &str, value: &Value, query: &Value) -> Result<ScalarId, String> {
        let operands = value["operand"].as_array().map_or(&[][..], Vec::as_slice);
        if let (Some(comparison), [one]) = (name.strip_suffix(" SOME"), operands)
            && comparison != "="
        {
            return self.some(comparison, one, query);
        }
        let values = operands.iter().map(|it| self.scalar(it)).collect::<Result<Vec<_>, _>>()?;
        let rel = self.rel(query)?.rel;
        match name {
            "EXISTS" => Ok(self.arena.scalar(Scalar::Exists(rel))),
            "IN" | "= SOME" => Ok(self.arena.scalar(Scalar::In { values, rel })),
            "$SCALAR_QUERY" => Ok(self.arena.scalar(Scalar::Subquery(rel))),
            other => Err(format!("subquery `{other}`")),
        }
    }

    /// `value > SOME (query)`: true for one row, else unknown for one, else false.
    fn some(&mut self, name: &str, value: &Value, query: &Value) -> Result<ScalarId, String> {
        let rows = self.input(query)?;
        let field = *rows.fields.first().ok_or("no column to compare")?;
        let test = self.within(&[&rows], |it| {
            let value = it.scalar(value)?;
            let column = it.arena.column(0, field);
            Ok::<_, String>(it.apply(name, vec![value, column]))
        })?;
        let unknown = self.arena.call("is-null", vec![test]);
        let mut exists = |filter: ScalarId| {
            let rel = self.whole(vec![rows.clone()], Tree::Input(0), vec![filter]).rel;
            self.arena.scalar(Scalar::Exists(rel))
        };
        let (some, perhaps) = (exists(test), exists(unknown));
        let truth = self.arena.literal(Literal::Bool(true));
        let null = self.arena.literal(Literal::Null);
        let otherwise = Some(self.arena.literal(Literal::Bool(false)));
        let branches = vec![(some, truth), (perhaps, null)];
        Ok(self.arena.scalar(Scalar::Case { branches, otherwise }))
    }

    fn in_ranges(&mut self, value: ScalarId, ranges: &[Range]) -> ScalarId {
        let parts: Vec<ScalarId> = ranges.iter().map(|range| self.in_range(value, range)).collect();
        match parts.as_slice() {
            [one] => *one,
            _ => self.arena.call("or", parts),
        }
    }

    fn in_range(&mut self, value: ScalarId, range: &Range) -> ScalarId {
        if let (Some((low, true)), Some((high, true))) = (&range.low, &range.high)
            && low == high
        {
            let low = self.arena.literal(low.clone());
            return self.arena.call("eq", vec![value, low]);
        }
        let word = |closed: bool| if closed { "le" } else { "lt" };
        let mut parts = Vec::new();
        if let Some((low, closed)) = &range.low {
            let low = self.arena.literal(low.clone());
            parts.push(self.arena.call(word(*closed), vec![low, value]));
        }
        if let Some((high, closed)) = &range.high {
            let high = self.arena.literal(high.clone());
            parts.push(self.arena.call(word(*closed), vec![value, high]));
        }
        match parts.as_slice() {
            [one] => *one,
            _ => self.arena.call("and", parts),
        }
    }
}

/// A range of values; an end that is open has none, and each says whether it belongs to the range.
struct Range {
    low: Option<(Literal, bool)>,
    high: Option<(Literal, bool)>,
}

/// `Sarg[7, 9, (10..+∞)]`.
fn ranges(text: &str, of: &str) -> Option<Vec<Range>> {
    let inner = text.strip_prefix("Sarg[")?.strip_suffix(']')?;
    let mut found = Vec::new();
    let constant = |text: &str| match Literal::number(text) {
        value @ Literal::Integer(_) => Some(value),
        _ if of == "DATE" => Some(Literal::Typed(Type::Date, text.to_owned())),
        _ => None,
    };
    for part in inner.split(", ") {
        let Some((low, high)) = part.split_once("..") else {
            let value = constant(part)?;
            found.push(Range { low: Some((value.clone(), true)), high: Some((value, true)) });
            continue;
        };
        let end = |text: &str, closed: bool| -> Option<Option<(Literal, bool)>> {
            if text.contains('∞') {
                return Some(None);
            }
            Some(Some((constant(text)?, closed)))
        };
        let low = end(low.get(1..)?, low.starts_with('['))?;
        let high = end(high.get(..high.len() - 1)?, high.ends_with(']'))?;
        found.push(Range { low, high });
    }
    Some(found)
}

/// A text in quotes, with or without a character set in front.
fn text(name: &str) -> Option<String> {
    let quoted = name.find('\'').map(|at| &name[at..])?;
    let prefix = &name[..name.len() - quoted.len()];
    if !(prefix.is_empty() || prefix.starts_with('_')) {
        return None;
    }
    Some(quoted.strip_prefix('\'')?.strip_suffix('\'')?.to_owned())
}

pub(crate) fn data_type(name: &str) -> Type {
    match name {
        "BOOLEAN" | "BOOL" => Type::Bool,
        "TINYINT" => Type::Int(8),
        "SMALLINT" => Type::Int(16),
        "INTEGER" => Type::Int(32),
        "INT" | "BIGINT" => Type::Int(64),
        "DECIMAL" => Type::Decimal(None),
        "FLOAT" | "DOUBLE" => Type::Float(64),
        "VARCHAR" | "STRING" => Type::Text,
        "DATE" => Type::Date,
        "TIME" => Type::Time,
        "TIMESTAMP" => Type::Timestamp,
        "TIMESTAMPTZ" => Type::TimestampZoned,
        "INTERVAL" => Type::Interval,
        other => Type::Other(other.to_lowercase()),
    }
}
