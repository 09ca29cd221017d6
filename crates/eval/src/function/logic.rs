//! Functions that look at NULL: logic, comparison, choice.

use crate::{
    evaluator::Meaning,
    unable::Unable,
    value::{Value, and, not, or},
};

/// The value, if it is such a function.
pub(super) fn call(name: &str, args: &[Value], meaning: Meaning) -> Result<Option<Value>, Unable> {
    let texts = meaning.texts;
    let done = match (name, args) {
        ("and", _) => and(args.iter().cloned())?,
        ("or", _) => or(args.iter().cloned())?,
        ("not", [one]) => not(one.clone())?,
        ("xor", [one, two]) => match (one.is_symbol() || two.is_symbol(), one, two) {
            (true, ..) => return Ok(None),
            (false, one, two) => {
                let (one, two) = (one.truth()?, two.truth()?);
                Value::truth_of(one.zip(two).map(|(one, two)| one != two))
            }
        },
        ("eq", [one, two]) => one.same(two)?,
        ("ne", [one, two]) => not(one.same(two)?)?,
        ("lt", [one, two]) => one.below(two, texts)?,
        ("le", [one, two]) => not(two.below(one, texts)?)?,
        ("between", [value, low, high]) => {
            and([not(value.below(low, texts)?)?, not(high.below(value, texts)?)?])?
        }
        ("in-list", [value, items @ ..]) => {
            or(items.iter().map(|item| value.same(item)).collect::<Result<Vec<_>, _>>()?)?
        }
        ("all-equal", [first, rest @ ..]) => {
            let mut pairs = Vec::new();
            let mut one = first;
            for two in rest {
                pairs.push(one.same(two)?);
                one = two;
            }
            and(pairs)?
        }
        ("is-null", [value]) if value.is_symbol() => return Ok(None),
        ("is-null", [value]) => Value::Bool(*value == Value::Null),
        ("is-true" | "is-false", [value]) if value.is_symbol() => return Ok(None),
        ("is-true", [value]) => Value::Bool(value.truth()? == Some(true)),
        ("is-false", [value]) => Value::Bool(value.truth()? == Some(false)),
        ("is-distinct" | "is-not-distinct", [one, two]) => {
            let Some(same) = alike(one, two)? else { return Ok(None) };
            Value::Bool(same == (name == "is-not-distinct"))
        }
        ("null-if", [one, two]) => match one.same(two)? {
            Value::Symbol(_) => return Ok(None),
            Value::Bool(true) => Value::Null,
            _ => one.clone(),
        },
        // Of lists, which are symbols, some engines pass over NULL.
        ("concat", _) if args.contains(&Value::Null) && !args.iter().any(Value::is_symbol) => {
            Value::Null
        }
        ("nvl2", [value, then, otherwise]) if !value.is_symbol() => {
            if *value == Value::Null {
                otherwise.clone()
            } else {
                then.clone()
            }
        }
        ("greatest" | "least" | "greatest-skip" | "least-skip", [_, ..]) => {
            return extreme(name, args, meaning);
        }
        _ => return Ok(None),
    };
    Ok(Some(done))
}

/// Whether two values are not distinct, if that is known.
fn alike(one: &Value, two: &Value) -> Result<Option<bool>, Unable> {
    if one == two {
        return Ok(Some(true));
    }
    if one.is_symbol() || two.is_symbol() {
        return Ok(None);
    }
    Ok(Some(one.same(two)? == Value::Bool(true)))
}

fn extreme(name: &str, args: &[Value], meaning: Meaning) -> Result<Option<Value>, Unable> {
    let skips = name.ends_with("-skip");
    if !skips && args.contains(&Value::Null) {
        return Ok(Some(Value::Null));
    }
    if args.iter().any(Value::is_symbol) {
        return Ok(None);
    }
    let mut best: Option<&Value> = None;
    for value in args.iter().filter(|value| **value != Value::Null) {
        let better = match best {
            None => true,
            Some(best) => {
                let order = value.order(best, meaning.texts)?;
                if name.starts_with("greatest") { order.is_gt() } else { order.is_lt() }
            }
        };
        best = if better { Some(value) } else { best };
    }
    Ok(Some(best.cloned().unwrap_or(Value::Null)))
}
