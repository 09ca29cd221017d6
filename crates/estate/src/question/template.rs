//! Templates outside a project: `ref` and `source` are names; everything else would take the project to know.

use plumb_base::Span;

/// A text with `ref` and `source` as names, of the same length, so that places stay where they are; or the
/// first template that is not one of these.
pub(super) fn without(text: &str) -> (String, Option<(Span, String)>) {
    let mut sql = text.to_owned();
    let mut at = 0;
    while let Some((start, close)) = next(&sql, at) {
        // What opens does not close: `{#}` is not whole.
        let Some(length) = sql[start + 2..].find(close) else { break };
        let end = start + 2 + length + close.len();
        let inner = &sql[start + 2..end - 2];
        let name = match close {
            "#}" => Some(String::new()),
            "}}" => name(inner.trim_matches(['-', ' ', '\n', '\r', '\t'])),
            _ => None,
        };
        let Some(name) = name.filter(|name| name.len() <= end - start) else {
            let written =
                format!("`{}`", sql[start..end].split_whitespace().collect::<Vec<_>>().join(" "));
            return (sql.clone(), Some((Span::new(start, end), written)));
        };
        // Lines stay, so that what follows keeps its number.
        let rest = sql.as_bytes()[start + name.len()..end].iter();
        let blank: String = rest.map(|byte| if *byte == b'\n' { '\n' } else { ' ' }).collect();
        sql.replace_range(start..end, &(name + &blank));
        at = end;
    }
    (sql, None)
}

/// The next template and what closes it.
fn next(sql: &str, at: usize) -> Option<(usize, &'static str)> {
    let marks = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
    let found = marks.iter().filter_map(|(open, close)| Some((at + sql[at..].find(open)?, *close)));
    found.min()
}

/// The name that a call of `ref` or `source` gives; nothing for `config`, which gives no text.
fn name(call: &str) -> Option<String> {
    let (function, rest) = call.split_once('(')?;
    let arguments = rest.trim_end().strip_suffix(')')?;
    if function.trim() == "config" {
        return Some(String::new());
    }
    let texts: Vec<&str> = arguments.split(',').map(literal).collect::<Option<_>>()?;
    match (function.trim(), texts.as_slice()) {
        ("ref", [.., name]) if texts.len() <= 2 => Some((*name).to_owned()),
        ("source", [source, table]) => Some(format!("{source}.{table}")),
        _ => None,
    }
}

/// A text in quotes that is a plain name.
fn literal(text: &str) -> Option<&str> {
    let text = text.trim();
    let inner = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
    let inner = inner.or_else(|| text.strip_prefix('"').and_then(|text| text.strip_suffix('"')))?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    (!inner.is_empty() && inner.chars().all(plain)).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_where_the_template_did() {
        let text = "{{ config(\n a=1) }}select * from {{ ref('a') }} as x -- é {# b #}";
        let (sql, missing) = without(text);
        assert_eq!(missing, None);
        assert_eq!((sql.len(), sql.find("as x")), (text.len(), text.find("as x")));
        let lines: Vec<String> =
            sql.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(lines, ["", "select * from a as x -- é"]);
        let (sql, _) = without("from {{ source(\"raw\", 'orders') }}");
        assert_eq!(sql.trim_end(), "from raw.orders");
    }

    #[test]
    fn what_takes_the_project_is_told() {
        let (_, missing) = without("select {{ cents('a') }} from t");
        assert_eq!(missing, Some((Span::new(7, 23), "`{{ cents('a') }}`".to_owned())));
        assert!(without("{% if a %} select 1 {% endif %}").1.is_some());
        assert!(without("select 1").1.is_none());
        for odd in ["{#}", "{%}", "{{", "{{}", "a {# b", "{{\u{a0}ref('abc')\u{a0}}}", "{{ ré }}"]
        {
            assert!(without(odd).0.len() == odd.len(), "{odd}");
        }
    }
}
