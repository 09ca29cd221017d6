//! What tests (`x is y`) answer.

use plumb_base::Severity;

use super::operate::{as_float, truth};
use super::run::Run;
use super::template::Operator;
use super::value::{Args, Value};

impl Run<'_> {
    /// Asks a test of a value.
    pub(super) fn test(&mut self, name: &str, value: &Value, args: &Args) -> Value {
        if let Some(op) = operator(name) {
            let other = args.positional.first().cloned().unwrap_or_default();
            return self.binary(op, value, &other);
        }
        let asks = ["none", "true", "false"].contains(&name);
        let value = &if asks { value.in_doubt() } else { value.clone() };
        if let Value::Unknown(unknown) = value {
            return match name {
                "defined" => Value::Bool(true),
                "undefined" => Value::Bool(false),
                _ => {
                    let asked =
                        if args.positional.is_empty() { String::new() } else { args.describe() };
                    let unknown = unknown.derive(format!("{} is {name}{asked}", unknown.key));
                    Value::unknown(unknown.leaning(name != "none" && name != "false"))
                }
            };
        }
        let divisor = args.int(0, "num").filter(|divisor| *divisor != 0);
        Value::Bool(match name {
            "defined" => !matches!(value, Value::Undefined),
            "undefined" => matches!(value, Value::Undefined),
            "none" => matches!(value, Value::None),
            "string" => matches!(value, Value::Text(_)),
            "number" if matches!(value, Value::Big(_)) => true,
            "number" => !matches!(value, Value::Bool(_)) && as_float(value).is_some(),
            "integer" => matches!(value, Value::Int(_) | Value::Big(_)),
            "float" => matches!(value, Value::Float(_)),
            "boolean" => matches!(value, Value::Bool(_)),
            "true" => matches!(value, Value::Bool(true)),
            "false" => matches!(value, Value::Bool(false)),
            "mapping" => matches!(value, Value::Dict(_) | Value::Relation(_)),
            "sequence" | "iterable" => {
                matches!(value, Value::List(_) | Value::Tuple(_) | Value::Dict(_) | Value::Text(_))
            }
            "callable" => matches!(value, Value::Macro(_) | Value::Host(_) | Value::Bound(_)),
            "even" => value.as_int().is_some_and(|value| value % 2 == 0),
            "odd" => value.as_int().is_some_and(|value| value % 2 != 0),
            "divisibleby" => divisor.is_some_and(|by| value.as_int().is_some_and(|v| v % by == 0)),
            "upper" => value.as_text().is_some_and(|text| **text == *text.to_uppercase()),
            "lower" => value.as_text().is_some_and(|text| **text == *text.to_lowercase()),
            "filter" | "test" | "escaped" => false,
            _ => {
                self.problem(Severity::Partly, "template-value", format!("no test `{name}`"));
                truth(value) == Some(true)
            }
        })
    }
}

fn operator(name: &str) -> Option<Operator> {
    Some(match name {
        "eq" | "equalto" | "sameas" => Operator::Equal,
        "ne" => Operator::Unequal,
        "lt" | "lessthan" => Operator::Less,
        "le" => Operator::LessEqual,
        "gt" | "greaterthan" => Operator::Greater,
        "ge" => Operator::GreaterEqual,
        "in" => Operator::In,
        _ => return None,
    })
}
