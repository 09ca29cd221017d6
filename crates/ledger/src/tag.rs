//! What tags of queries say: pairs of keys and values, in JSON or not, whole or cut off.

/// Keys of tags in JSON that stay the same from run to run.
const STABLE: &[&str] = &[
    "app",
    "application",
    "cost_center",
    "department",
    "environment",
    "owner",
    "project",
    "project_name",
    "service",
    "team",
];

/// Longest tag that is kept.
const LONGEST: usize = 120;

/// The tags of a query, sorted: the text as it is, or `key=value` for each pair that does not change from run to run.
pub(crate) fn tags(text: &str) -> Vec<String> {
    let text = text.trim();
    let mut found: Vec<String> = if text.starts_with('{') {
        let stable = |(key, _): &(&str, &str)| STABLE.contains(&key.to_ascii_lowercase().as_str());
        pairs(text).filter(stable).map(|(key, value)| format!("{key}={value}")).collect()
    } else if text.contains('=') {
        text.split([',', ';', '&']).map(|part| part.trim().to_owned()).collect()
    } else {
        vec![text.to_owned()]
    };
    found.retain(|tag| !tag.is_empty());
    for tag in &mut found {
        if tag.chars().count() > LONGEST {
            *tag = tag.chars().take(LONGEST).collect();
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The id of the dbt node that a comment or tag in JSON names. One that is cut off is none.
pub(crate) fn node(text: &str) -> Option<&str> {
    let (_, id) = pairs(text).find(|(key, _)| *key == "node_id")?;
    // `model.shop.orders`: a kind, a package and a name at least.
    (id.split('.').filter(|part| !part.is_empty()).count() >= 3 && !id.contains(' ')).then_some(id)
}

/// Pairs of texts in JSON, wherever they stand in it.
fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let (key, after) = string(rest)?;
            rest = after;
            let Some(value) = after.trim_start().strip_prefix(':') else { continue };
            let value = value.trim_start();
            if value.starts_with('"') {
                let (value, after) = string(value)?;
                rest = after;
                return Some((key, value));
            }
        }
    })
}

/// The next text in double quotes, and what follows it.
fn string(text: &str) -> Option<(&str, &str)> {
    let start = text.find('"')? + 1;
    let mut escaped = false;
    for (at, letter) in text[start..].char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some((&text[start..start + at], &text[start + at + 1..])),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_from_run_to_run_is_no_tag() {
        assert_eq!(tags("nightly"), ["nightly"]);
        assert_eq!(tags("team=growth; cost_center=7"), ["cost_center=7", "team=growth"]);
        assert_eq!(
            tags(r#"{"team": "growth", "run_id": "88", "tries": 3, "app": "dbt", "cut": "of"#),
            ["app=dbt", "team=growth"]
        );
        assert!(tags(r#"{"run_id": "88"}"#).is_empty() && tags(" ").is_empty());
    }

    #[test]
    fn a_node_is_named_whole_or_not_at_all() {
        assert_eq!(
            node(r#"{"a": {"node_id": "model.shop.orders"}, "x"#),
            Some("model.shop.orders")
        );
        assert_eq!(node(r#"{"node_id": "model.shop.ord"#), None);
        assert_eq!(node(r#"{"node_id": null, "note": "x"}"#), None);
        assert_eq!(node(r#"{"node_id": "no node"}"#), None);
        assert_eq!(node("node_id"), None);
    }
}
