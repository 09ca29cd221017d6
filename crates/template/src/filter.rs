//! What filters do.

use std::sync::Arc;

use plumb_base::Severity;
use serde_json::Value as Json;

use super::container::{elements, length, list_method, slice, sort};
use super::digest::md5;
use super::format;
use super::operate::{arithmetic, as_float, order, truth};
use super::run::{Flow, Run, unknown};
use super::template::Operator;
use super::text;
use super::value::{Args, Items, Key, Value};

impl Run<'_> {
    /// Applies a filter.
    pub(super) fn filter(&mut self, name: &str, value: &Value, args: &Args) -> Flow<Value> {
        self.step()?;
        self.spend(length(value).unwrap_or(0) / 16);
        if let Value::Unknown(unknown) = value {
            return Ok(match name {
                "as_text" | "as_bool" | "as_number" | "as_native" | "string" | "safe" | "e"
                | "default" | "d" | "list" | "trim" | "escape" => value.clone(),
                "map" | "select" | "reject" | "selectattr" | "rejectattr" | "unique" | "sort" => {
                    Value::unknown(unknown.derive(format!("{}|{name}", unknown.key)))
                }
                _ => Value::unknown(unknown.derive(format!("{}|{name}", unknown.key))),
            });
        }
        if let Some(value) = self.sequence_filter(name, value, args)? {
            return Ok(value);
        }
        if let Some(value) = self.scalar_filter(name, value, args) {
            return Ok(value);
        }
        if matches!(value, Value::Undefined | Value::None) {
            return Ok(Value::Undefined);
        }
        let message = format!("`{name}` is not a filter for this value");
        self.problem(Severity::Partly, "template-value", message);
        Ok(value.clone())
    }

    fn scalar_filter(&mut self, name: &str, value: &Value, args: &Args) -> Option<Value> {
        Some(match name {
            "default" | "d" => {
                let also_false = args.get(1, "boolean").is_some_and(|v| truth(v) == Some(true));
                let is_missing = matches!(value, Value::Undefined)
                    || (also_false && truth(value) == Some(false));
                let default = || args.get(0, "default_value").cloned().unwrap_or(Value::text(""));
                if is_missing { default() } else { value.clone() }
            }
            "as_text" | "string" | "safe" | "escape" | "e" | "forceescape" | "pprint"
            | "xmlattr" => Value::Text(self.print(value)),
            "as_bool" | "as_native" | "as_number" => native(value),
            "upper" | "lower" | "title" | "capitalize" | "replace" => {
                return self.text_filter(name, value, args);
            }
            "trim" => {
                let text = self.print(value);
                let letters = args.text(0, "chars").map(AsRef::as_ref);
                Value::text(text::stripped(&text, letters, true, true))
            }
            "length" | "count" => Self::count(value),
            "wordcount" => {
                let words = self.print(value).split_whitespace().count();
                Value::Int(super::container::len_of(words))
            }
            "int" => {
                int(value).or_else(|| args.get(0, "default").cloned()).unwrap_or(Value::Int(0))
            }
            "float" => {
                let number = match value {
                    Value::Text(text) => text.trim().parse().ok(),
                    other => as_float(other),
                };
                number.map_or_else(
                    || args.get(0, "default").cloned().unwrap_or(Value::Float(0.0)),
                    Value::Float,
                )
            }
            "abs" => match value {
                Value::Int(value) => Value::Int(value.saturating_abs()),
                other => Value::Float(as_float(other)?.abs()),
            },
            "round" => round(value, args)?,
            "tojson" => self.json_text(value, args),
            "toyaml" => self.json_text(value, args),
            "fromjson" | "fromyaml" => match serde_json::from_str::<Json>(value.as_text()?) {
                Ok(json) => Value::from(&json),
                Err(_) => args.get(0, "default").cloned().unwrap_or_else(|| {
                    unknown(&format!("{name}({})", super::print::describe(value)), "YAML")
                }),
            },
            "local_md5" => Value::text(md5(self.print(value).as_bytes())),
            "format" => {
                let text = self.print(value);
                let values: Vec<Value> =
                    args.positional.iter().map(|value| self.printed_if_unknown(value)).collect();
                Value::text(format::percent(&text, &Value::tuple(values)))
            }
            "indent" => Value::text(self.indented(value, args)),
            "truncate" => {
                let text = self.print(value);
                let width = usize::try_from(args.int(0, "length").unwrap_or(255)).ok()?;
                if text.chars().count() <= width {
                    return Some(Value::Text(text));
                }
                let kept: String = text.chars().take(width.saturating_sub(3)).collect();
                Value::text(kept + "...")
            }
            "center" | "ljust" | "rjust" => return text::method(&self.print(value), name, args),
            "attr" => {
                let name = Arc::clone(args.text(0, "name")?);
                self.attribute(value, &name)
            }
            "urlencode" | "striptags" | "urlize" | "wordwrap" => Value::Text(self.print(value)),
            _ => return text::method(value.as_text()?, name, args),
        })
    }

    fn text_filter(&mut self, name: &str, value: &Value, args: &Args) -> Option<Value> {
        let text = self.print(value);
        let printed = Args {
            positional: args
                .positional
                .iter()
                .map(|value| Value::Text(self.print(value)))
                .collect(),
            ..args.clone()
        };
        text::method(&text, name, &printed)
    }

    fn indented(&mut self, value: &Value, args: &Args) -> String {
        let text = self.print(value);
        let width = match args.get(0, "width") {
            Some(Value::Text(text)) => text.as_ref().to_owned(),
            Some(value) => {
                " ".repeat(usize::try_from(value.as_int().unwrap_or(4)).unwrap_or(4).min(200))
            }
            None => "    ".to_owned(),
        };
        let also = |at: usize, name| args.get(at, name).is_some_and(|v| truth(v) == Some(true));
        let (first, blank) = (also(1, "first"), also(2, "blank"));
        let mut out = String::new();
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                out.push('\n');
            }
            if (at > 0 || first) && (blank || !line.trim().is_empty()) {
                out.push_str(&width);
            }
            out.push_str(line);
        }
        out
    }

    fn sequence_filter(&mut self, name: &str, value: &Value, args: &Args) -> Flow<Option<Value>> {
        let items = || elements(value);
        Ok(Some(match name {
            "join" => self.join_filter(value, args),
            "list" => Value::list(items()),
            "first" => items().into_iter().next().unwrap_or_default(),
            "last" => items().pop().unwrap_or_default(),
            "random" => items().into_iter().next().unwrap_or_default(),
            "reverse" => match value {
                Value::Text(_) => slice(value, [None, None, Some(-1)]),
                _ => Value::list(items().into_iter().rev().collect()),
            },
            "sort" => self.sorted(&items(), args),
            "unique" => {
                let set = Value::list(Vec::new());
                if let Value::List(list) = &set {
                    self.unique(list, items(), args)?;
                }
                set
            }
            "map" => self.mapped(items(), args)?,
            "select" | "reject" | "selectattr" | "rejectattr" => self.selected(name, items(), args),
            "sum" => {
                let mut total = args.get(1, "start").cloned().unwrap_or(Value::Int(0));
                for item in items() {
                    let item = self.keyed(&item, args.get(0, "attribute"));
                    total = self.binary(Operator::Add, &total, &item);
                }
                total
            }
            "min" | "max" => {
                let mut best: Option<Value> = None;
                for item in items() {
                    let key =
                        |value: &Value, run: &mut Self| run.keyed(value, args.named("attribute"));
                    let is_better = best.as_ref().is_none_or(|best| {
                        let found = order(&key(&item, self), &key(best, self));
                        found.is_some_and(|o| if name == "min" { o.is_lt() } else { o.is_gt() })
                    });
                    if is_better {
                        best = Some(item);
                    }
                }
                best.unwrap_or_default()
            }
            "dictsort" | "items" => {
                let Value::Dict(entries) = value else { return Ok(None) };
                let map = entries.map.borrow();
                let pair =
                    |(key, value): &(Value, Value)| Value::tuple(vec![key.clone(), value.clone()]);
                let mut pairs: Vec<Value> = map.values().map(pair).collect();
                if name == "dictsort" {
                    sort(&mut pairs, false);
                }
                Value::list(pairs)
            }
            "batch" | "slice" => {
                let size =
                    usize::try_from(args.int(0, "linecount").unwrap_or(1)).unwrap_or(1).max(1);
                let items = items();
                let size = if name == "slice" { items.len().div_ceil(size).max(1) } else { size };
                Value::list(items.chunks(size).map(|rows| Value::list(rows.to_vec())).collect())
            }
            "groupby" => self.grouped(items(), args)?,
            _ => return Ok(None),
        }))
    }

    fn join_filter(&mut self, value: &Value, args: &Args) -> Value {
        let separator = args.get(0, "d").cloned().unwrap_or(Value::text(""));
        let separator = self.print(&separator);
        let items = match args.get(1, "attribute") {
            None => elements(value),
            attribute => elements(value).iter().map(|item| self.keyed(item, attribute)).collect(),
        };
        self.joined(&separator, &Value::list(items))
    }

    /// An attribute of an item, `a.b` or an index, or the item itself.
    fn keyed(&mut self, item: &Value, attribute: Option<&Value>) -> Value {
        match attribute {
            None | Some(Value::None) => item.clone(),
            Some(Value::Text(path)) => {
                path.split('.').fold(item.clone(), |value, name| match name.parse::<i128>() {
                    Ok(at) => self.item(&value, &Value::Int(at)),
                    Err(_) => self.item(&value, &Value::text(name)),
                })
            }
            Some(key) => self.item(item, key),
        }
    }

    fn sorted(&mut self, items: &[Value], args: &Args) -> Value {
        self.spend(items.len());
        let reversed = args.get(0, "reverse").is_some_and(|v| truth(v) == Some(true));
        let is_cased = args.get(1, "case_sensitive").is_some_and(|v| truth(v) == Some(true));
        let mut rows = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            let key = match self.keyed(item, args.get(2, "attribute")) {
                Value::Text(text) if !is_cased => Value::text(text.to_lowercase()),
                other => other,
            };
            let place = super::container::len_of(at);
            let place = if reversed { -place } else { place };
            rows.push(Value::tuple(vec![key, Value::Int(place)]));
        }
        sort(&mut rows, reversed);
        let places = rows.iter().filter_map(|row| elements(row).get(1)?.as_int());
        let places = places.filter_map(|at| usize::try_from(at.abs()).ok());
        Value::list(places.filter_map(|at| items.get(at).cloned()).collect())
    }

    fn unique(&mut self, list: &std::rc::Rc<Items>, items: Vec<Value>, args: &Args) -> Flow<()> {
        let mut seen = std::collections::BTreeSet::new();
        for item in items {
            self.step()?;
            let key = match self.keyed(&item, args.get(1, "attribute")) {
                Value::Text(text) if args.get(0, "case_sensitive").is_none() => {
                    Value::text(text.to_lowercase())
                }
                other => other,
            };
            let key = match Key::of(&key) {
                Key::Text(text) => format!("'{text}"),
                Key::Other(text) => text,
            };
            if seen.insert(key) {
                let _none = list_method(list, "append", &Args::of(vec![item]));
            }
        }
        Ok(())
    }

    fn mapped(&mut self, items: Vec<Value>, args: &Args) -> Flow<Value> {
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            let value = if let Some(attribute) = args.named("attribute") {
                match self.keyed(&item, Some(attribute)) {
                    Value::Undefined => args.named("default").cloned().unwrap_or_default(),
                    found => found,
                }
            } else if let Some(Value::Text(name)) = args.positional.first() {
                let rest = args.positional.iter().skip(1).cloned().collect();
                let args = Args { positional: rest, named: args.named.clone(), span: args.span };
                self.filter(name, &item, &args)?
            } else {
                item
            };
            out.push(value);
        }
        Ok(Value::list(out))
    }

    fn selected(&mut self, name: &str, items: Vec<Value>, args: &Args) -> Value {
        let by_attribute = name.ends_with("attr");
        let wanted = name.starts_with("select");
        let skip = usize::from(by_attribute);
        let attribute = if by_attribute { args.positional.first() } else { None };
        let test = args.positional.get(skip).and_then(Value::as_text);
        let rest = Args::of(args.positional.iter().skip(skip + 1).cloned().collect());
        let mut kept = Vec::new();
        for item in items {
            let subject = self.keyed(&item, attribute);
            let answer = match test {
                Some(test) => self.test(test, &subject, &rest),
                None => subject,
            };
            if self.decide(&answer) == wanted {
                kept.push(item);
            }
        }
        Value::list(kept)
    }

    fn grouped(&mut self, items: Vec<Value>, args: &Args) -> Flow<Value> {
        let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
        for item in items {
            self.step()?;
            let key = self.keyed(&item, args.get(0, "attribute"));
            match groups
                .iter_mut()
                .find(|(known, _)| super::operate::equal(known, &key) == Some(true))
            {
                Some((_, group)) => group.push(item),
                None => groups.push((key, vec![item])),
            }
        }
        let mut rows: Vec<Value> = groups
            .into_iter()
            .map(|(key, group)| Value::tuple(vec![key, Value::list(group)]))
            .collect();
        sort(&mut rows, false);
        Ok(Value::list(rows))
    }
}

fn native(value: &Value) -> Value {
    let Value::Text(text) = value else { return value.clone() };
    match text.trim() {
        "true" | "True" => Value::Bool(true),
        "false" | "False" => Value::Bool(false),
        "None" | "none" => Value::None,
        trimmed => match (trimmed.parse(), trimmed.parse()) {
            (Ok(whole), _) => Value::Int(whole),
            (_, Ok(number)) => Value::Float(number),
            _ => value.clone(),
        },
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a float is cut as Python cuts it")]
fn int(value: &Value) -> Option<Value> {
    Some(Value::Int(match value {
        Value::Text(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| Some(text.parse::<f64>().ok()?.trunc() as i128))?
        }
        Value::Float(value) => value.trunc() as i128,
        other => other.as_int()?,
    }))
}

fn round(value: &Value, args: &Args) -> Option<Value> {
    let digits = i32::try_from(args.int(0, "precision").unwrap_or(0)).ok()?.clamp(-300, 300);
    let scale = 10_f64.powi(digits);
    let number = as_float(value)? * scale;
    let rounded = match args.text(1, "method").map(AsRef::as_ref) {
        Some("ceil") => number.ceil(),
        Some("floor") => number.floor(),
        _ => number.round_ties_even(),
    };
    Some(arithmetic(Operator::Divide, &Value::Float(rounded), &Value::Float(scale)))
}
