//! How values are written, as Python writes them.

use std::rc::Rc;

use super::hole::Unknown;
use super::value::Value;

const DEPTH_LIMIT: usize = 60;
const LENGTH_LIMIT: usize = 8 << 20;

/// Writes a value as `{{ … }}` prints it; `hole` gives the text of what is not known.
pub(super) fn print(value: &Value, hole: &mut dyn FnMut(&Rc<Unknown>) -> String) -> String {
    let mut out = String::new();
    write(&mut out, value, Style::Plain, DEPTH_LIMIT, hole);
    out
}

/// Writes a value as source text; what is not known is written as its key.
pub(super) fn describe(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, Style::Quoted, 6, &mut |unknown| unknown.key.clone());
    out
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    Plain,
    Quoted,
}

fn write(
    out: &mut String,
    value: &Value,
    style: Style,
    depth: usize,
    hole: &mut dyn FnMut(&Rc<Unknown>) -> String,
) {
    if depth == 0 || out.len() > LENGTH_LIMIT {
        out.push_str("...");
        return;
    }
    match value {
        Value::Undefined if style == Style::Plain => {}
        Value::Undefined => out.push_str("Undefined"),
        Value::None => out.push_str("None"),
        Value::Bool(value) => out.push_str(if *value { "True" } else { "False" }),
        Value::Int(value) => out.push_str(&value.to_string()),
        Value::Float(value) => out.push_str(&float(*value)),
        Value::Text(text) if style == Style::Plain => out.push_str(text),
        Value::Text(text) => quote(out, text),
        Value::Big(digits) => out.push_str(digits),
        Value::List(items) => {
            out.push('[');
            write_items(out, &items.0.borrow(), depth, hole);
            out.push(']');
        }
        Value::Tuple(items) => {
            let items = items.0.borrow();
            out.push('(');
            write_items(out, &items, depth, hole);
            out.push_str(if items.len() == 1 { ",)" } else { ")" });
        }
        Value::Dict(entries) => {
            out.push('{');
            for (at, (key, value)) in entries.map.borrow().values().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                write(out, key, Style::Quoted, depth - 1, hole);
                out.push_str(": ");
                write(out, value, Style::Quoted, depth - 1, hole);
            }
            out.push('}');
        }
        Value::Unknown(unknown) => out.push_str(&hole(unknown)),
        Value::Relation(relation) => out.push_str(&relation.render()),
        Value::Moment(moment) => out.push_str(&moment.to_string()),
        Value::Macro(closure) if style == Style::Quoted => out.push_str(&closure.definition.name),
        Value::Host(name) | Value::Package(name) if style == Style::Quoted => out.push_str(name),
        Value::Macro(_) | Value::Host(_) | Value::Package(_) => {}
        Value::Bound(bound) if style == Style::Quoted => {
            write(out, &bound.0, style, depth - 1, hole);
            out.push('.');
            out.push_str(&bound.1);
        }
        Value::Node(node) => out.push_str(&node.1),
        Value::Bound(_) | Value::Loop(_) => {}
    }
}

fn write_items(
    out: &mut String,
    items: &[Value],
    depth: usize,
    hole: &mut dyn FnMut(&Rc<Unknown>) -> String,
) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        write(out, item, Style::Quoted, depth - 1, hole);
    }
}

fn quote(out: &mut String, text: &str) {
    let mark = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(mark);
    for letter in text.chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other if other == mark => {
                out.push('\\');
                out.push(other);
            }
            other => out.push(other),
        }
    }
    out.push(mark);
}

/// A float as Python writes it.
pub(super) fn float(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let text = format!("{value:?}");
    match text.split_once('e') {
        None => text,
        Some((digits, exponent)) => {
            let (sign, number) = exponent.strip_prefix('-').map_or(('+', exponent), |n| ('-', n));
            format!("{}e{sign}{number:0>2}", digits.trim_end_matches(".0"))
        }
    }
}
