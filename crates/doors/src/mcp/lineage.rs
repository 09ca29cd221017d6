//! `lineage`: what feeds something and what would feel its change; counts first.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::answer::Link;
use plumb_workspace::Workspace;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, BRIEF};
use super::tool::{Mend, Tool, asked};

pub(crate) static TOOL: Tool = Tool {
    name: "lineage",
    description: "What feeds an asset or column, and what reads it and would feel a change. Counts first, nearest \
                  names next; says what is not known.",
    input,
    output,
    answer: |workspace, arguments| lineage(workspace, &asked(arguments)?),
};

/// Names on each side.
const NAMES: usize = 8;

/// How a column may become a part of another's value.
const MAKES: [&str; 3] = ["identity", "transformation", "aggregation"];

/// Steps at most.
const DEEPEST: u32 = 20;

fn input() -> Value {
    json!({
        "type": "object",
        "properties": {
            "ref": { "type": "string", "description": "Asset, asset.column or file" },
            "direction": { "type": "string", "enum": ["up", "down", "both"], "default": "both" },
            "depth": { "type": "integer", "minimum": 1, "maximum": DEEPEST, "default": 1 },
        },
        "required": ["ref"],
        "additionalProperties": false,
    })
}

fn output() -> Value {
    let side = json!({
        "type": "object",
        "properties": {
            "count": { "type": "integer" },
            "names": { "type": "array", "items": { "type": "string" } },
            "left_out": { "type": "integer" },
        },
        "required": ["count"],
        "additionalProperties": false,
    });
    json!({
        "type": "object",
        "properties": {
            "ref": { "type": "string" },
            "up": side,
            "down": side,
            "not_known": { "type": "array", "items": { "type": "string" } },
            "not_known_left_out": { "type": "integer" },
        },
        "required": ["ref"],
        "additionalProperties": false,
    })
}

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    #[serde(rename = "ref")]
    reference: String,
    direction: Option<Direction>,
    depth: Option<u32>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Direction {
    Up,
    Down,
    Both,
}

pub(crate) fn lineage(workspace: &Workspace, asked: &Asked) -> Result<Value, Mend> {
    let depth = asked.depth.unwrap_or(1);
    if !(1..=DEEPEST).contains(&depth) {
        return Err(Mend(format!("depth is a number from 1 to {DEEPEST}")));
    }
    let (up, down) = match asked.direction.unwrap_or(Direction::Both) {
        Direction::Up => (depth, 0),
        Direction::Down => (0, depth),
        Direction::Both => (depth, depth),
    };
    let found = workspace.lineage(&asked.reference, up, down)?;
    let of_column = found.column.is_some();
    let mut answer = Answer::within(BRIEF);
    let column = found.column.as_ref().map(|column| format!(".{column}"));
    answer.say("ref", &format!("{}{}", found.asset, column.unwrap_or_default()));
    if up > 0 {
        answer.part("up", side(found.up.iter().map(|link| (link.from.as_str(), link)), of_column));
    }
    if down > 0 {
        answer
            .part("down", side(found.down.iter().map(|link| (link.to.as_str(), link)), of_column));
    }
    let gaps = found.gaps.into_iter().map(Value::from).collect();
    answer.list("not_known", "not_known_left_out", NAMES, gaps);
    Ok(answer.done())
}

/// One side: each name once, nearest first; of a column also how it takes part.
fn side<'a>(links: impl Iterator<Item = (&'a str, &'a Link)>, of_column: bool) -> Answer {
    let mut names: Vec<(u32, &str)> = Vec::new();
    let mut how: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, link) in links {
        let known = how.entry(name).or_default();
        if known.is_empty() {
            names.push((link.distance, name));
        }
        known.insert(&link.how);
    }
    // What a value is made of comes before what only decides on it, so that it is not what is left out.
    let decides = |name: &str| !MAKES.iter().any(|makes| how[name].contains(makes));
    names.sort_by_key(|(distance, name)| (*distance, decides(name)));
    let mut side = Answer::within(BRIEF * 2 / 5);
    side.count("count", names.len());
    let shown = names.into_iter().map(|(_, name)| {
        let how: Vec<&str> = how[name].iter().copied().collect();
        if of_column { format!("{name} ({})", how.join(", ")).into() } else { name.into() }
    });
    side.list("names", "left_out", NAMES, shown.collect());
    side
}
