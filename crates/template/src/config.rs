//! How a file's own configuration lies over that of its folders.

use serde_json::{Map, Value as Json};

/// Lays one configuration over another: tags and hooks add up, `meta` merges, the rest replaces.
pub(super) fn overlay(under: &mut Map<String, Json>, over: &Map<String, Json>) {
    for (key, value) in over {
        let merged = match (key.as_str(), under.get(key)) {
            ("tags", Some(old)) => Json::Array(joined(old, value, true)),
            ("pre_hook" | "post_hook" | "pre-hook" | "post-hook", Some(old)) => {
                Json::Array(joined(old, value, false))
            }
            ("meta" | "grants" | "column_types" | "docs", Some(Json::Object(old))) => {
                let mut merged = old.clone();
                if let Json::Object(new) = value {
                    merged.extend(new.clone());
                }
                Json::Object(merged)
            }
            _ => value.clone(),
        };
        under.insert(key.clone(), merged);
    }
}

fn joined(old: &Json, new: &Json, unique: bool) -> Vec<Json> {
    let list = |json: &Json| match json {
        Json::Array(items) => items.clone(),
        Json::Null => Vec::new(),
        other => vec![other.clone()],
    };
    let mut all = list(old);
    for item in list(new) {
        if !unique || !all.contains(&item) {
            all.push(item);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(under: &str, over: &str, expected: &str) {
        let read = |text| serde_json::from_str::<Map<String, Json>>(text).expect("JSON");
        let mut under = read(under);
        overlay(&mut under, &read(over));
        assert_eq!(Json::Object(under).to_string(), expected);
    }

    #[test]
    fn tags_add_up_and_the_rest_replaces() {
        check(
            r#"{"tags":"a","x":1}"#,
            r#"{"tags":["a","b"],"x":2}"#,
            r#"{"tags":["a","b"],"x":2}"#,
        );
        check(r#"{"meta":{"a":1}}"#, r#"{"meta":{"b":2}}"#, r#"{"meta":{"a":1,"b":2}}"#);
        check(r#"{"post_hook":"a"}"#, r#"{"post_hook":"a"}"#, r#"{"post_hook":["a","a"]}"#);
    }
}
