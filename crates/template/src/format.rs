//! Python's two ways to format a text: `'%s' % x` and `'{}'.format(x)`.

use super::operate::{TEXT_LIMIT, as_float};
use super::print::{describe, float, print};
use super::value::{Args, Value};

const WIDTH_LIMIT: usize = 4096;

fn plain(value: &Value) -> String {
    print(value, &mut |unknown| unknown.key.clone())
}

/// `text % values`; what is not known must have been printed before.
pub(super) fn percent(text: &str, values: &Value) -> String {
    let (positional, by_name) = match values {
        Value::Tuple(items) => (items.0.borrow().clone(), None),
        Value::Dict(entries) => (vec![values.clone()], Some(entries)),
        other => (vec![other.clone()], None),
    };
    let mut next = positional.into_iter();
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let mut named = None;
        if let Some(inner) = rest.strip_prefix('(')
            && let Some((name, after)) = inner.split_once(')')
        {
            named = by_name.map(|entries| entries.get(name).unwrap_or_default());
            rest = after;
        }
        let length = rest.find(|c: char| !"0123456789.-+# ".contains(c)).unwrap_or(rest.len());
        let (spec, after) = rest.split_at(length);
        let mut letters = after.chars();
        let Some(kind) = letters.next() else {
            out.push('%');
            out.push_str(spec);
            return out;
        };
        rest = letters.as_str();
        if kind == '%' {
            out.push('%');
            continue;
        }
        let value = named.or_else(|| next.next()).unwrap_or_default();
        out.push_str(&field(&value, &spec_of(spec, kind, true)));
        if out.len() > TEXT_LIMIT {
            break;
        }
    }
    out.push_str(rest);
    out
}

/// `text.format(…)`
pub(super) fn braces(text: &str, args: &Args) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut next = 0;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        if out.len() > TEXT_LIMIT {
            break;
        }
        let sign = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(sign) {
            out.push_str(sign);
            rest = after;
            continue;
        }
        let Some((inner, after)) = rest.split_once('}').filter(|_| sign == "{") else {
            out.push_str(sign);
            continue;
        };
        rest = after;
        let (path, spec) = inner.split_once(':').unwrap_or((inner, ""));
        let (path, conversion) = path.split_once('!').unwrap_or((path, ""));
        let end = path.find(['.', '[']).unwrap_or(path.len());
        let value = if end == 0 {
            next += 1;
            args.positional.get(next - 1).cloned()
        } else if let Ok(at) = path[..end].parse::<usize>() {
            args.positional.get(at).cloned()
        } else {
            named(args, &path[..end])
        };
        let value = follow(value.unwrap_or_default(), &path[end..]);
        let value = if conversion == "r" { Value::text(describe(&value)) } else { value };
        let kind = spec.chars().last().filter(char::is_ascii_alphabetic);
        let body = kind.map_or(spec, |kind| &spec[..spec.len() - kind.len_utf8()]);
        out.push_str(&field(&value, &spec_of(body, kind.unwrap_or('s'), false)));
    }
    out.push_str(rest);
    out
}

fn named(args: &Args, name: &str) -> Option<Value> {
    args.named(name).cloned().or_else(|| match args.positional.first() {
        Some(Value::Dict(entries)) => entries.get(name),
        _ => None,
    })
}

fn follow(value: Value, path: &str) -> Value {
    let mut value = value;
    for part in path.split(['.', '[']).filter(|part| !part.is_empty()) {
        let part = part.trim_end_matches(']');
        value = match &value {
            Value::Dict(entries) => entries.get(part).unwrap_or_default(),
            Value::List(items) | Value::Tuple(items) => {
                let items = items.0.borrow();
                part.parse().ok().and_then(|at: usize| items.get(at).cloned()).unwrap_or_default()
            }
            Value::Relation(relation) => relation.attribute(part).unwrap_or_default(),
            _ => Value::Undefined,
        };
    }
    value
}

struct Spec {
    fill: char,
    align: char,
    plus: bool,
    comma: bool,
    width: usize,
    precision: Option<usize>,
    kind: char,
}

fn spec_of(text: &str, kind: char, is_percent: bool) -> Spec {
    let mut spec =
        Spec { fill: ' ', align: ' ', plus: false, comma: false, width: 0, precision: None, kind };
    let mut rest = text;
    let mut letters = rest.chars();
    if let (Some(fill), Some(align @ ('<' | '>' | '^'))) = (letters.next(), letters.next()) {
        (spec.fill, spec.align) = (fill, align);
        rest = letters.as_str();
    }
    while let Some(flag) = rest.chars().next().filter(|flag| "<>^+- #0,".contains(*flag)) {
        match flag {
            '<' | '>' | '^' => spec.align = flag,
            '-' if is_percent => spec.align = '<',
            '+' => spec.plus = true,
            '0' => spec.fill = '0',
            ',' => spec.comma = true,
            _ => {}
        }
        rest = &rest[1..];
    }
    let (width, precision) = rest.split_once('.').map_or((rest, None), |(w, p)| (w, Some(p)));
    spec.comma |= width.ends_with(',');
    spec.width = width.trim_end_matches(',').parse().unwrap_or(0).min(WIDTH_LIMIT);
    spec.precision = precision.and_then(|p| p.parse().ok()).map(|p: usize| p.min(300));
    spec
}

#[expect(clippy::cast_possible_truncation, reason = "`%d` cuts as Python does")]
fn field(value: &Value, spec: &Spec) -> String {
    let number = as_float(value);
    let mut body = match (spec.kind, number) {
        ('d' | 'i' | 'u', Some(number)) => {
            value.as_int().unwrap_or(number.trunc() as i128).to_string()
        }
        ('f' | 'F', Some(number)) => format!("{number:.*}", spec.precision.unwrap_or(6)),
        ('e', Some(number)) => format!("{number:.*e}", spec.precision.unwrap_or(6)),
        ('%', Some(number)) => format!("{:.*}%", spec.precision.unwrap_or(6), number * 100.0),
        ('g', Some(number)) => float(number).trim_end_matches(".0").to_owned(),
        ('x', _) => value.as_int().map_or_else(|| plain(value), |value| format!("{value:x}")),
        ('X', _) => value.as_int().map_or_else(|| plain(value), |value| format!("{value:X}")),
        ('o', _) => value.as_int().map_or_else(|| plain(value), |value| format!("{value:o}")),
        ('b', _) => value.as_int().map_or_else(|| plain(value), |value| format!("{value:b}")),
        ('r', _) => describe(value),
        ('s', Some(number)) if spec.precision.is_some() && !matches!(value, Value::Text(_)) => {
            format!("{number:.*}", spec.precision.unwrap_or(6))
        }
        _ => match spec.precision {
            Some(precision) => plain(value).chars().take(precision).collect(),
            None => plain(value),
        },
    };
    if spec.comma {
        body = grouped(&body);
    }
    if spec.plus && number.is_some_and(|number| number >= 0.0) {
        body.insert(0, '+');
    }
    let room = spec.width.saturating_sub(body.chars().count());
    let fill = |count: usize| spec.fill.to_string().repeat(count);
    match spec.align {
        '<' => body + &fill(room),
        '^' => format!("{}{body}{}", fill(room / 2), fill(room - room / 2)),
        ' ' if number.is_none() && spec.kind == 's' => body + &fill(room),
        _ if spec.fill == '0' && body.starts_with('-') => format!("-{}{}", fill(room), &body[1..]),
        _ => fill(room) + &body,
    }
}

fn grouped(body: &str) -> String {
    let (whole, rest) = body.find('.').map_or((body, ""), |at| body.split_at(at));
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        let left = whole.len() - at;
        if at > 0 && left % 3 == 0 && digit.is_ascii_digit() && !out.ends_with('-') {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        let args = Args::of(vec![Value::Int(7), Value::text("é"), Value::Float(1234.5)]);
        assert_eq!(braces("{} {0:03d} {1:>3} {2:,.2f} {{x}}", &args), "7 007   é 1,234.50 {x}");
        let values = Value::tuple(args.positional);
        assert_eq!(percent("%03d|%-3s|%.1f|%%", &values), "007|é  |1234.5|%");
        assert_eq!(percent("%", &Value::None), "%");
        assert_eq!(braces("{", &Args::default()), "{");
    }
}
