//! `who_owns`: whom to talk to, and how we know.

use plumb_base::Owner;
use plumb_base::answer::Shown;
use plumb_workspace::Workspace;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, BRIEF, quoted};
use super::tool::{Mend, Tool, asked};

pub(crate) static TOOL: Tool = Tool {
    name: "who_owns",
    description: "Whom to talk to about an asset, file or finding, and how we know.",
    input,
    output,
    answer: |workspace, arguments| who_owns(workspace, &asked(arguments)?),
};

/// Others named beside the first.
const OTHERS: usize = 3;

fn input() -> Value {
    json!({
        "type": "object",
        "properties": {
            "ref": { "type": "string", "description": "Asset, file or id of a finding" },
        },
        "required": ["ref"],
        "additionalProperties": false,
    })
}

fn output() -> Value {
    json!({
        "type": "object",
        "properties": {
            "owner": { "type": "string" },
            "how": { "type": "string" },
            "ref": { "type": "string" },
            "also": { "type": "array", "items": { "type": "string" } },
            "left_out": { "type": "integer" },
        },
        "required": ["owner", "how", "ref"],
        "additionalProperties": false,
    })
}

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhoOwns {
    #[serde(rename = "ref")]
    reference: String,
}

pub(crate) fn who_owns(workspace: &Workspace, asked: &WhoOwns) -> Result<Value, Mend> {
    let (reference, owners) = match workspace.show(&asked.reference)? {
        Shown::Asset(card) => (card.key, card.owners),
        Shown::Finding(card) => (card.finding.id, card.finding.owners),
        Shown::Rule(card) => {
            let code = quoted(&card.code);
            return Err(Mend(format!(
                "{code} is a rule, and nobody's; name an asset, file or finding"
            )));
        }
    };
    let mut answer = Answer::within(BRIEF);
    let Some((first, others)) = owners.split_first() else {
        answer.say("owner", "nobody known");
        answer.say("how", "no setting, property, code owner or commit names one");
        answer.say("ref", &reference);
        return Ok(answer.done());
    };
    answer.say("owner", &first.name);
    answer.say("how", how(first));
    answer.say("ref", &reference);
    let also = others.iter().map(|owner| format!("{}: {}", owner.name, how(owner)).into());
    answer.list("also", "left_out", OTHERS, also.collect());
    Ok(answer.done())
}

fn how(owner: &Owner) -> &str {
    if owner.source.is_empty() { "not recorded" } else { &owner.source }
}
