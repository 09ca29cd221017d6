//! A duplicate becomes a view of the copy that stays.

use std::fmt::Write as _;

use plumb_base::{Action, Finding, Message, Subject};
use plumb_estate::{Asset, AssetKind, Estate};

/// The last subject is the copy that stays.
pub(crate) fn action(estate: &Estate, finding: &Finding) -> Option<Action> {
    let (keep, copies) = finding.subjects.split_last()?;
    let keep = estate.asset(&keep.asset)?;
    let copy = estate.asset(&copies.first()?.asset)?;
    let message = if keep.can_be_read() {
        let same =
            |copy: &&Subject| estate.asset(&copy.asset).is_some_and(|it| are_copies(it, keep));
        let where_to = match (copies.len(), copies.iter().filter(same).count()) {
            (1, _) => " instead",
            (all, same) if all == same => " instead, in each copy",
            _ => " instead, and so on for the others",
        };
        Message::text("read ").then_name(&keep.name).then(where_to)
    } else {
        Message::text("make a view of ").then_name(&keep.name).then(", and read that")
    };
    Some(Action { message, because: because(keep, copy), patch: patch(keep, copy) })
}

/// Whether two hold the same rows.
fn are_copies(one: &Asset, two: &Asset) -> bool {
    one.plan
        .as_ref()
        .zip(two.plan.as_ref())
        .is_some_and(|(one, two)| one.expanded.rel == two.expanded.rel)
}

/// Why this copy stays.
fn because(keep: &Asset, copy: &Asset) -> Vec<Message> {
    let mut reasons = Vec::new();
    let stays = || Message::name(&keep.name);
    if keep.can_be_read() && !copy.can_be_read() {
        reasons.push(Message::text("the copy is nothing that others can read"));
    }
    if keep.public && !copy.public {
        reasons.push(stays().then(" is declared public"));
    }
    if keep.read_by.len() > copy.read_by.len() {
        let (more, less) = (keep.read_by.len(), copy.read_by.len());
        let readers = if more == 1 { " reader, the copy " } else { " readers, the copy " };
        reasons.push(stays().then(" has ").then_count(more).then(readers).then_count(less));
    }
    if keep.tests > copy.tests {
        let (more, less) = (keep.tests, copy.tests);
        let tests = if more == 1 { " test, the copy " } else { " tests, the copy " };
        reasons.push(stays().then(" has ").then_count(more).then(tests).then_count(less));
    }
    if !keep.description.is_empty() && copy.description.is_empty() {
        reasons.push(stays().then(" is described"));
    }
    if !keep.owners.is_empty() && copy.owners.is_empty() {
        reasons.push(stays().then(" has an owner"));
    }
    if reasons.is_empty() {
        let shorter = keep.key.len() < copy.key.len();
        reasons.push(Message::text(if shorter {
            "nothing speaks for one over the other; the shorter name stays"
        } else {
            "nothing speaks for one over the other; the first name stays"
        }));
    }
    reasons
}

/// The copy as a view that only renames, where every column is known by name and one place.
fn patch(keep: &Asset, copy: &Asset) -> Option<(String, String)> {
    let dbt = keep.kind == AssetKind::Model
        && copy.kind == AssetKind::Model
        && keep.project == copy.project;
    let path = copy.place.as_ref()?.path.clone();
    if !dbt || keep.open || copy.open {
        return None;
    }
    let pairs = correspondence(keep, copy)?;
    let mut text = configured(&copy.code.as_ref()?.text)?;
    text.push_str("\n\nselect\n");
    for (index, (from, to)) in pairs.iter().enumerate() {
        let comma = if index + 1 == pairs.len() { "" } else { "," };
        let alias = if from == to { String::new() } else { format!(" as {to}") };
        writeln!(text, "    {from}{alias}{comma}").ok()?;
    }
    writeln!(text, "from {{{{ ref('{}') }}}}", keep.name).ok()?;
    Some((path, text))
}

/// The configuration that a model gives itself, as a view: who may read it and where it stands stays as it is. `None` if
/// it is not known how the model says that it is a table.
fn configured(code: &str) -> Option<String> {
    const VIEW: &str = "materialized='view'";
    let Some(start) = code.find("config(") else {
        return Some(format!("{{{{ config({VIEW}) }}}}"));
    };
    let before = |open: &usize| code[open + 2..start].trim_start_matches(['-', '+']);
    let open = code[..start].rfind("{{").filter(|open| before(open).trim().is_empty())?;
    let end = start + closing(&code[start..])? + 2;
    let block = &code[open..end];
    // What runs beside a table may not run beside a view.
    if block.contains("hook") {
        return None;
    }
    let Some(at) = block.find("materialized") else {
        let blank = if code[start + 7..].starts_with(char::is_whitespace) { "" } else { " " };
        return Some(block.replacen("config(", &format!("config({VIEW},{blank}"), 1));
    };
    let value =
        block[at..].strip_prefix("materialized")?.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|it| matches!(it, '\'' | '"'))?;
    let rest = value[1..].split_once(quote)?.1;
    Some(format!("{}{VIEW}{rest}", &block[..at]))
}

/// Where a tag closes, texts in it aside.
fn closing(code: &str) -> Option<usize> {
    let mut quoted = None;
    code.char_indices().find_map(|(at, letter)| {
        match quoted {
            Some(quote) if letter == quote => quoted = None,
            None if matches!(letter, '\'' | '"') => quoted = Some(letter),
            None if code[at..].starts_with("}}") => return Some(at),
            _ => {}
        }
        None
    })
}

/// Columns of the copy in their order, each with the column of the other that holds the same values.
fn correspondence(keep: &Asset, copy: &Asset) -> Option<Vec<(String, String)>> {
    let (kept, copied) = (keep.plan.as_ref()?, copy.plan.as_ref()?);
    let named = |asset: &Asset, at: usize| {
        let name = asset.columns.get(at)?.name.as_ref()?.to_string();
        let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        plain.then_some(name)
    };
    (0..copy.columns.len())
        .map(|at| {
            let place = copied.expanded.columns.get(at)?;
            let twin = kept.expanded.columns.iter().position(|other| other == place)?;
            Some((named(keep, twin)?, named(copy, at)?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::configured;

    #[test]
    fn a_view_keeps_what_else_is_configured() {
        let said = |code: &str| configured(code).unwrap_or_else(|| "nothing".to_owned());
        assert_eq!(said("select 1"), "{{ config(materialized='view') }}");
        assert_eq!(
            said("{{ config(materialized=\"table\", tags=['x']) }}\nselect 1"),
            "{{ config(materialized='view', tags=['x']) }}"
        );
        assert_eq!(
            said("{{-\n  config(\n    alias='a'\n  )\n}}\nselect 1"),
            "{{-\n  config(materialized='view',\n    alias='a'\n  )\n}}"
        );
        assert_eq!(said("{{ config(materialized=env_var('HOW')) }} select 1"), "nothing");
        assert_eq!(
            said("{{ config(materialized='table', meta={'a': '{{ b }}'}) }} select 1"),
            "{{ config(materialized='view', meta={'a': '{{ b }}'}) }}"
        );
        assert_eq!(said("{{ config(post_hook=['analyze {{ this }}']) }} select 1"), "nothing");
        assert_eq!(said("-- config(x)\nselect 1"), "nothing");
    }
}
