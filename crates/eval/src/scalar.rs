//! What scalars mean.

use plumb_ir::{Field, Literal, Scalar, ScalarId, Type};

use crate::{
    bag::Row,
    cast::cast,
    date,
    evaluator::Evaluator,
    function,
    number::Number,
    unable::Unable,
    value::{Value, and, decimal, or},
    window::Window,
};

impl Evaluator<'_> {
    /// The value of a scalar in the innermost scope.
    pub(crate) fn scalar(
        &mut self,
        id: ScalarId,
        window: Option<&Window<'_>>,
    ) -> Result<Value, Unable> {
        self.deeper(|it| it.value(id, window))
    }

    fn value(&mut self, id: ScalarId, window: Option<&Window<'_>>) -> Result<Value, Unable> {
        let arena = self.arena;
        match arena.get_scalar(id) {
            Scalar::Column { depth, input, field } => match self.column(*depth, *input, *field)? {
                Some(value) => Ok(value),
                None => Unable::broken("a column that is not there"),
            },
            Scalar::Either { depth, inputs, name } => self.either(*depth, inputs, *name),
            Scalar::Literal(constant) => literal(constant),
            Scalar::Call { function, args } => {
                let name = arena.name(*function);
                match self.lazy(name, args, window)? {
                    Some(value) => Ok(value),
                    None => function::call(name, &self.row(args, window)?, self.meaning),
                }
            }
            Scalar::Case { branches, otherwise } => {
                for (when, then) in branches {
                    if self.scalar(*when, window)?.truth()? == Some(true) {
                        return self.scalar(*then, window);
                    }
                }
                otherwise.map_or(Ok(Value::Null), |value| self.scalar(value, window))
            }
            Scalar::Cast { value, to, safe } => {
                let value = self.scalar(*value, window)?;
                match cast(value, to) {
                    Err(Unable::Fails(_)) if *safe => Ok(Value::Null),
                    other => other,
                }
            }
            Scalar::Window { .. } => match window {
                Some(window) => self.window(id, window),
                None => Unable::broken("a window call that stands in no output"),
            },
            Scalar::Exists(rel) => Ok(Value::Bool(!self.rel(*rel)?.rows.is_empty())),
            Scalar::In { values, rel } => {
                let values = self.row(values, window)?;
                let bag = self.rel(*rel)?;
                let mut matches = Vec::new();
                for row in &bag.rows {
                    self.step()?;
                    if row.len() != values.len() {
                        return Unable::broken("rows of different widths");
                    }
                    let same = values.iter().zip(row).map(|(one, two)| one.same(two));
                    matches.push(and(same.collect::<Result<Vec<_>, _>>()?)?);
                }
                or(matches)
            }
            Scalar::Subquery(rel) => {
                let bag = self.rel(*rel)?;
                match bag.rows.as_slice() {
                    [] => Ok(Value::Null),
                    [row] => row.first().cloned().ok_or(Unable::Broken("no column".to_owned())),
                    _ => Err(Unable::Fails("a scalar subquery with several rows")),
                }
            }
            // Holes with equal keys hold equal values, and that is all that is known of them.
            Scalar::Hole { key, .. } => Ok(Value::symbol("hole", [&Value::text(self.name(*key))])),
            Scalar::Aggregate { .. } => Unable::broken("an aggregate that stands in no grouping"),
            Scalar::Lambda { .. } | Scalar::Param(_) => Unable::unknown("a lambda"),
        }
    }

    fn either(
        &mut self,
        depth: u32,
        inputs: &[u32],
        name: plumb_ir::Symbol,
    ) -> Result<Value, Unable> {
        let mut found = None;
        for input in inputs {
            if let Some(value) = self.column(depth, *input, Field::Named(name))?
                && found.replace(value).is_some()
            {
                return Unable::broken("a name that several inputs have");
            }
        }
        found.ok_or(Unable::Broken("a column that is not there".to_owned()))
    }

    /// Functions that need not look at all their arguments.
    fn lazy(
        &mut self,
        name: &str,
        args: &[ScalarId],
        window: Option<&Window<'_>>,
    ) -> Result<Option<Value>, Unable> {
        let decisive = match name {
            "and" => Value::Bool(false),
            "or" => Value::Bool(true),
            "coalesce" => {
                for arg in args {
                    match self.scalar(*arg, window)? {
                        Value::Null => {}
                        Value::Symbol(_) => return Ok(None),
                        value => return Ok(Some(value)),
                    }
                }
                return Ok(Some(Value::Null));
            }
            "if" if args.len() == 2 || args.len() == 3 => {
                let truth = self.scalar(args[0], window)?.truth()?;
                let chosen = if truth == Some(true) { args.get(1) } else { args.get(2) };
                return chosen.map_or(Ok(Value::Null), |id| self.scalar(*id, window)).map(Some);
            }
            _ => return Ok(None),
        };
        let mut values = Vec::new();
        for arg in args {
            let value = self.scalar(*arg, window)?;
            if value == decisive {
                return Ok(Some(value));
            }
            values.push(value);
        }
        if name == "and" { and(values).map(Some) } else { or(values).map(Some) }
    }

    pub(crate) fn row(
        &mut self,
        scalars: &[ScalarId],
        window: Option<&Window<'_>>,
    ) -> Result<Row, Unable> {
        scalars.iter().map(|scalar| self.scalar(*scalar, window)).collect()
    }
}

/// The value of a constant.
pub(crate) fn literal(literal: &Literal) -> Result<Value, Unable> {
    Ok(match literal {
        Literal::Null => Value::Null,
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Integer(value) => {
            let number = Number::new(*value, 1, crate::number::NumberKind::Whole);
            Value::Number(number.ok_or(Unable::TooMuch)?)
        }
        Literal::Decimal { units, scale } => decimal(*units, *scale)?,
        Literal::Text(text) => Value::text(text),
        Literal::Typed(Type::Date, text) if date::parse_day(text).is_some() => {
            date::parse_day(text).map_or(Value::Null, Value::Date)
        }
        Literal::Typed(Type::Timestamp, text) if date::parse_moment(text).is_some() => {
            date::parse_moment(text).map_or(Value::Null, Value::Timestamp)
        }
        Literal::Interval(text) => match function::interval(text) {
            Some(interval) => Value::Interval(interval),
            None => Value::symbol("interval", [&Value::text(text)]),
        },
        Literal::Float(text) => float(text)?,
        Literal::Bytes(text) => Value::symbol("bytes", [&Value::text(text)]),
        Literal::Typed(of, text) => {
            Value::symbol("typed", [&Value::text(&of.to_string()), &Value::text(text)])
        }
    })
}

/// A number with an exponent, if it is small enough to be exact in every engine.
fn float(text: &str) -> Result<Value, Unable> {
    let symbol = || Value::symbol("float", [&Value::text(text)]);
    let Some((digits, exponent)) = text.split_once('e') else { return Ok(symbol()) };
    let (Literal::Integer(_) | Literal::Decimal { .. }, Ok(exponent)) =
        (Literal::number(digits), exponent.trim_start_matches('+').parse::<i32>())
    else {
        return Ok(symbol());
    };
    if exponent.unsigned_abs() > 9 {
        return Ok(symbol());
    }
    let (units, scale) = match Literal::number(digits) {
        Literal::Integer(units) => (units, 0),
        Literal::Decimal { units, scale } => (units, scale),
        _ => return Ok(symbol()),
    };
    let power = 10_i128.pow(exponent.unsigned_abs());
    let over = 10_i128.checked_pow(scale).ok_or(Unable::TooMuch)?;
    let (units, over) = if exponent < 0 {
        (Some(units), over.checked_mul(power))
    } else {
        (units.checked_mul(power), Some(over))
    };
    let number = units
        .zip(over)
        .and_then(|(units, over)| Number::new(units, over, crate::number::NumberKind::Exact));
    number.map(Value::Number).ok_or(Unable::TooMuch)
}
