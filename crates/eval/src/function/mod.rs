//! What scalar functions give: those with one meaning in every engine; others are symbols.

mod arithmetic;
mod logic;
mod text;
mod time;

use plumb_ir::{Nulls, Stability, function};

use crate::{evaluator::Meaning, unable::Unable, value::Value};

pub(crate) use time::interval;

/// The value of a call.
///
/// A function whose meaning is not known is a symbol of its name and arguments: it depends on nothing else.
pub(crate) fn call(name: &str, args: &[Value], meaning: Meaning) -> Result<Value, Unable> {
    let known = function(name);
    if known.is_some_and(|it| it.stability == Stability::Volatile) {
        return Unable::unknown(name);
    }
    if let Some(value) = logic::call(name, args, meaning)? {
        return Ok(value);
    }
    // Of a function that no table has, not even this is known.
    let strict = known.is_some_and(|it| it.nulls == Nulls::Propagate);
    if strict && args.contains(&Value::Null) {
        return Ok(Value::Null);
    }
    if (strict || name == "concat") && !args.iter().any(Value::is_symbol) {
        if let Some(value) = arithmetic::call(name, args)? {
            return Ok(value);
        }
        if let Some(value) = text::call(name, args)? {
            return Ok(value);
        }
        if let Some(value) = time::call(name, args)? {
            return Ok(value);
        }
    }
    Ok(Value::symbol(name, args))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, args: &[Value]) -> Result<Value, Unable> {
        call(name, args, Meaning::OPEN)
    }

    #[test]
    fn what_nobody_knows_is_a_symbol() {
        let (one, two) = (Value::whole(1), Value::whole(2));
        let unknown = of("frobnicate", std::slice::from_ref(&one)).unwrap();
        assert!(unknown.is_symbol());
        assert_eq!(of("frobnicate", std::slice::from_ref(&one)), Ok(unknown.clone()));
        assert_ne!(of("frobnicate", &[two]), Ok(unknown.clone()));
        assert!(of("eq", &[unknown.clone(), one]).is_ok_and(|it| it.is_symbol()));
        assert_eq!(of("eq", &[unknown.clone(), Value::Null]), Ok(Value::Null));
        assert_eq!(of("is-not-distinct", &[unknown.clone(), unknown]), Ok(Value::Bool(true)));
        assert!(of("random", &[]).is_err());
    }

    #[test]
    fn division_has_several_meanings() {
        use crate::number::{Number, NumberKind};
        let (seven, two) = (Value::whole(7), Value::whole(2));
        let exact = Value::Number(Number::new(7, 2, NumberKind::Exact).unwrap());
        assert_eq!(of("div-int", &[seven.clone(), two.clone()]), Ok(Value::whole(3)));
        assert_eq!(of("div", &[seven.clone(), two.clone()]), Ok(exact.clone()));
        let open = Value::Number(Number::whole(7).of(NumberKind::Open));
        assert!(of("div-int", &[open, two.clone()]).is_err());
        assert_eq!(of("div-int", &[exact.clone(), Value::whole(1)]), Ok(exact));
        assert_eq!(of("mod", &[Value::whole(-7), two]), Ok(Value::whole(-1)));
        assert!(matches!(of("div", &[seven, Value::whole(0)]), Err(Unable::Fails(_))));
    }

    #[test]
    fn texts_are_counted_in_letters() {
        let text = Value::text;
        assert_eq!(of("length", &[text("año")]), Ok(Value::whole(3)));
        let part = |from, count| of("substring", &[text("abcd"), Value::whole(from), count]);
        assert_eq!(part(2, Value::whole(2)), Ok(text("bc")));
        assert_eq!(part(-1, Value::whole(3)), Ok(text("a")));
        assert_eq!(part(2, Value::Null), Ok(Value::Null));
        assert_eq!(of("like", &[text("abcd"), text("a%_d")]), Ok(Value::Bool(true)));
        assert_eq!(of("like", &[text("abcd"), text("_b")]), Ok(Value::Bool(false)));
    }

    #[test]
    fn times_have_parts() {
        let day = Value::Date(crate::date::parse_day("2024-05-17").unwrap());
        assert_eq!(of("date-part", &[Value::text("quarter"), day.clone()]), Ok(Value::whole(2)));
        let first = of("date-trunc", &[Value::text("month"), day.clone()]).unwrap();
        assert_eq!(first.same(&Value::text("2024-05-01")), Ok(Value::Bool(true)));
        let later = of("date-add", &[Value::text("day"), Value::whole(15), day]).unwrap();
        assert_eq!(later.same(&Value::text("2024-06-01")), Ok(Value::Bool(true)));
    }
}
