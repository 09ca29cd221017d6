//! What aggregates give for the rows of a group or of a frame.

use plumb_ir::{Empty, SortKey, Stability, function};

use crate::{
    bag::Row,
    evaluator::TextOrder,
    number::{Number, NumberKind},
    order::{compare, settled, sort},
    unable::Unable,
    value::{Value, and, or},
};

/// The rows that count, each with its sort keys and its arguments.
pub(crate) struct Measured<'a> {
    pub(crate) rows: Vec<(Row, Row)>,
    pub(crate) order: &'a [SortKey],
    /// Whether equal arguments count once.
    pub(crate) distinct: bool,
    pub(crate) texts: TextOrder,
}

/// The value of an aggregate.
pub(crate) fn measure(name: &str, mut of: Measured<'_>) -> Result<Value, Unable> {
    let known = function(name);
    if known.is_some_and(|it| it.stability == Stability::Volatile) {
        return Unable::unknown(name);
    }
    if of.rows.is_empty() {
        return Ok(empty(name, known.and_then(|it| it.measure).map(|it| it.empty)));
    }
    let ordered = known.is_none_or(|it| it.ordered);
    // A symbol is of all that the function looks at.
    let spelled = if of.distinct { format!("distinct {name}") } else { name.to_owned() };
    if ordered {
        return in_order(&spelled, of);
    }
    let mut args: Vec<Row> = std::mem::take(&mut of.rows).into_iter().map(|(_, row)| row).collect();
    if of.distinct {
        args.retain(|row| !row.contains(&Value::Null));
        args = crate::set::distinct(&args)?;
    }
    match name {
        "count" => Ok(count(&args)),
        "count-if" | "sum" | "avg" | "min" | "max" | "bool-and" | "bool-or" | "only-value" => {
            let firsts = args.iter().map(|row| row.first().cloned()).collect::<Option<Vec<_>>>();
            match firsts {
                Some(values) => one(name, values, of.texts),
                None => Unable::broken("an aggregate of nothing"),
            }
        }
        _ => Ok(unknown(&spelled, args)),
    }
}

/// What no rows give.
fn empty(name: &str, empty: Option<Empty>) -> Value {
    match empty {
        Some(Empty::Null) => Value::Null,
        Some(Empty::Zero) => Value::whole(0),
        Some(Empty::List | Empty::Text | Empty::Other) | None => Value::symbol(name, []),
    }
}

/// A function of the bag of its arguments.
fn unknown(name: &str, mut args: Vec<Row>) -> Value {
    args.sort();
    Value::symbol(name, args.iter().flatten())
}

fn count(args: &[Row]) -> Value {
    let counted = args.iter().filter(|row| !row.contains(&Value::Null));
    let (mut number, mut open) = (0_i64, false);
    for row in counted {
        number += 1;
        open |= row.iter().any(Value::is_symbol);
    }
    if open { unknown("count", args.to_vec()) } else { Value::whole(number) }
}

/// An aggregate of one argument that does not look at the order of rows.
fn one(name: &str, mut values: Vec<Value>, texts: TextOrder) -> Result<Value, Unable> {
    if name == "only-value" {
        let first = values.first().cloned().unwrap_or(Value::Null);
        return if values.iter().all(|value| *value == first) {
            Ok(first)
        } else {
            Unable::broken("a group has two of its only value")
        };
    }
    values.retain(|value| *value != Value::Null);
    if values.iter().any(Value::is_symbol) {
        let same = values.iter().all(|value| *value == values[0]);
        if same && matches!(name, "min" | "max") {
            return Ok(values.swap_remove(0));
        }
        return Ok(unknown(name, values.into_iter().map(|value| vec![value]).collect()));
    }
    match name {
        "count-if" => {
            let truths = values.iter().map(Value::truth).collect::<Result<Vec<_>, _>>()?;
            let number = truths.into_iter().filter(|truth| *truth == Some(true)).count();
            Ok(Value::whole(i64::try_from(number).unwrap_or(i64::MAX)))
        }
        _ if values.is_empty() => Ok(Value::Null),
        "bool-and" => and(values),
        "bool-or" => or(values),
        "sum" | "avg" => total(name, &values),
        _ => {
            let mut best = values[0].clone();
            for value in &values[1..] {
                let order = value.order(&best, texts)?;
                if if name == "min" { order.is_lt() } else { order.is_gt() } {
                    best = value.clone();
                }
            }
            Ok(best)
        }
    }
}

fn total(name: &str, values: &[Value]) -> Result<Value, Unable> {
    let mut sum = Number::whole(0);
    for value in values {
        match value {
            Value::Number(number) => sum = sum.add(*number).ok_or(Unable::TooMuch)?,
            Value::Interval(_) => return Unable::unknown("a sum of intervals"),
            other => return Unable::broken(&format!("{other:?} is no number")),
        }
    }
    if name == "sum" {
        // A sum of whole numbers is of a whole type in some engines only.
        let kind = if sum.kind() == NumberKind::Whole { NumberKind::Open } else { sum.kind() };
        return Ok(Value::Number(sum.of(kind)));
    }
    let count = Number::whole(i64::try_from(values.len()).unwrap_or(i64::MAX));
    sum.div(count).map(Value::Number).ok_or(Unable::TooMuch)
}

/// An aggregate that looks at the order of rows, or at which of them came first.
fn in_order(name: &str, mut of: Measured<'_>) -> Result<Value, Unable> {
    sort(&mut of.rows, of.order, of.texts)?;
    let alike = of.rows.windows(2).all(|pair| pair[0].1 == pair[1].1);
    for pair in of.rows.windows(2) {
        // Rows that tie are told apart by nothing, unless they are equal where it matters.
        let tie = compare(of.order, &pair[0].0, &pair[1].0, of.texts)?.is_eq();
        if tie && pair[0].1 != pair[1].1 {
            return Err(Unable::Ambiguous("an aggregate over rows that tie"));
        }
    }
    let args: Vec<Row> = of.rows.into_iter().map(|(_, row)| row).collect();
    settled(args.iter())?;
    match (name, args.as_slice()) {
        ("any-value" | "first" | "last", [first, ..]) if alike => {
            Ok(first.first().cloned().unwrap_or(Value::Null))
        }
        _ => Ok(Value::symbol(name, args.iter().flatten())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, values: &[Value]) -> Result<Value, Unable> {
        let rows = values.iter().map(|value| (Vec::new(), vec![value.clone()])).collect();
        measure(name, Measured { rows, order: &[], distinct: false, texts: TextOrder::Open })
    }

    #[test]
    fn no_rows_give_what_the_table_says() {
        assert_eq!(of("sum", &[]), Ok(Value::Null));
        assert_eq!(of("count", &[]), Ok(Value::whole(0)));
        assert_eq!(of("max", &[Value::Null]), Ok(Value::Null));
        assert_eq!(of("count", &[Value::Null]), Ok(Value::whole(0)));
    }

    #[test]
    fn a_mean_is_exact() {
        let half = Value::Number(Number::new(3, 2, NumberKind::Exact).unwrap());
        assert_eq!(of("avg", &[Value::whole(1), Value::whole(2), Value::Null]), Ok(half));
    }

    #[test]
    fn which_of_several_comes_first_is_not_said() {
        assert_eq!(of("any-value", &[Value::whole(1), Value::whole(1)]), Ok(Value::whole(1)));
        assert!(of("any-value", &[Value::whole(1), Value::whole(2)]).is_err());
    }
}
