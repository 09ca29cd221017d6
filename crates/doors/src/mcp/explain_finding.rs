//! `explain_finding`: how one finding is known, and what to do about it.

use plumb_base::answer::{FindingCard, Shown};
use plumb_base::{Evidence, Subject};
use plumb_workspace::Workspace;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, BRIEF, DETAIL, names, quoted, saves, words};
use super::tool::{Mend, Tool, asked};

pub(crate) static TOOL: Tool = Tool {
    name: "explain_finding",
    description: "One finding: what is proved, observed and not checked, where, whom to ask and the fix; the rewrite \
                  steps (part evidence), the shared plan (part plan) or the new text of the file (part patch).",
    input,
    output,
    answer: |workspace, arguments| explain_finding(workspace, &asked(arguments)?),
};

/// Items of each list in a summary, and in the evidence.
const FEW: usize = 3;
const MANY: usize = 8;

fn input() -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": { "type": "string", "description": "Such as F-7K3QX2, from list_findings" },
            "part": { "type": "string", "enum": ["summary", "evidence", "plan", "patch"], "default": "summary" },
        },
        "required": ["id"],
        "additionalProperties": false,
    })
}

fn output() -> Value {
    let text = json!({ "type": "string" });
    let list = json!({ "type": "array", "items": { "type": "string" } });
    let count = json!({ "type": "integer" });
    let properties = [
        ("id", &text),
        ("what", &text),
        ("rule", &text),
        ("evidence", &text),
        ("saves", &text),
        ("owner", &text),
        ("fix", &text),
        ("fix_because", &list),
        ("fix_because_left_out", &count),
        ("proved", &list),
        ("proved_left_out", &count),
        ("observed", &list),
        ("observed_left_out", &count),
        ("estimated", &list),
        ("estimated_left_out", &count),
        ("not_checked", &list),
        ("not_checked_left_out", &count),
        ("places", &list),
        ("places_left_out", &count),
        ("steps", &list),
        ("steps_left_out", &count),
        ("same_columns", &list),
        ("same_columns_left_out", &count),
        ("plan", &text),
        ("lines_left_out", &count),
        ("replaces_file", &text),
        ("text", &text),
        ("next", &list),
    ];
    let properties: serde_json::Map<String, Value> =
        properties.into_iter().map(|(key, kind)| (key.to_owned(), kind.clone())).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": ["id"],
        "additionalProperties": false,
    })
}

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExplainFinding {
    id: String,
    part: Option<Part>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Part {
    Summary,
    Evidence,
    Plan,
    Patch,
}

pub(crate) fn explain_finding(
    workspace: &Workspace,
    asked: &ExplainFinding,
) -> Result<Value, Mend> {
    let kind = match workspace.explain(&asked.id)? {
        Shown::Finding(card) => return part(&card, asked.part.unwrap_or(Part::Summary)),
        Shown::Asset(_) => "an asset",
        Shown::Rule(_) => "a rule",
    };
    let id = quoted(&asked.id);
    Err(Mend(format!(
        "\"{id}\" is {kind}; list_findings with filter \"{id}\" gives ids of findings"
    )))
}

fn part(card: &FindingCard, part: Part) -> Result<Value, Mend> {
    match part {
        Part::Summary => Ok(summary(card)),
        Part::Evidence => Ok(evidence(card)),
        Part::Plan => plan(card),
        Part::Patch => patch(card),
    }
}

fn head(card: &FindingCard, budget: usize) -> Answer {
    let mut answer = Answer::within(budget);
    answer.say("id", &card.finding.id);
    answer.say("what", &words(&card.finding.message));
    answer
}

fn summary(card: &FindingCard) -> Value {
    let finding = &card.finding;
    let mut answer = head(card, BRIEF);
    answer.say("rule", &format!("{} {}", finding.rule, finding.name));
    answer.say("evidence", finding.evidence.word());
    answer.say("saves", &saves(&finding.saving));
    answer.say("owner", &names(&finding.owners));
    if let Some(action) = &finding.action {
        answer.say("fix", &words(&action.message));
        let because = action.because.iter().map(|why| words(why).into()).collect();
        answer.list("fix_because", "fix_because_left_out", FEW, because);
    }
    reasons(&mut answer, card, FEW);
    places(&mut answer, card, FEW);
    let patch = finding.action.as_ref().and_then(|action| action.patch.as_ref());
    let next = [
        patch.map(|(_, text)| format!("part=patch ({} lines)", text.lines().count())),
        Some("part=evidence".to_owned()),
        card.plan.as_ref().map(|_| "part=plan".to_owned()),
    ];
    answer.list("next", "", FEW, next.into_iter().flatten().map(Value::from).collect());
    answer.done()
}

fn evidence(card: &FindingCard) -> Value {
    let mut answer = head(card, BRIEF);
    answer.say("evidence", card.finding.evidence.word());
    reasons(&mut answer, card, MANY);
    let steps = card.steps.iter().filter(|(_, used)| !used.is_empty()).map(|(asset, used)| {
        let used: Vec<String> =
            used.iter().map(|(name, times)| format!("{name} ×{times}")).collect();
        format!("{asset}: {}", used.join(", "))
    });
    answer.list("steps", "steps_left_out", MANY, steps.map(Value::from).collect());
    let columns = card.columns.iter().map(|(one, other)| format!("{one} = {other}").into());
    answer.list("same_columns", "same_columns_left_out", MANY, columns.collect());
    places(&mut answer, card, MANY);
    answer.done()
}

fn plan(card: &FindingCard) -> Result<Value, Mend> {
    let id = &card.finding.id;
    let plan = card.plan.as_ref();
    let plan = plan
        .ok_or_else(|| Mend(format!("{id} has no plan of a whole asset; ask for part evidence")))?;
    let mut answer = head(card, BRIEF);
    answer.lines("plan", "lines_left_out", plan);
    Ok(answer.done())
}

/// The new text of a file, whole or not at all: half a patch is a broken file.
fn patch(card: &FindingCard) -> Result<Value, Mend> {
    let id = &card.finding.id;
    let action = card.finding.action.as_ref();
    let patch = action.and_then(|action| action.patch.as_ref());
    let (path, text) =
        patch.ok_or_else(|| Mend(format!("{id} has no ready patch; part summary says the fix")))?;
    let mut answer = head(card, DETAIL);
    answer.say("replaces_file", path);
    let whole = answer.whole("text", text);
    whole.map_err(|why| {
        Mend(format!("the patch of {id} {why}; a person can read it: plumb show {id}"))
    })?;
    doubts(&mut answer, card, FEW);
    Ok(answer.done())
}

fn reasons(answer: &mut Answer, card: &FindingCard, most: usize) {
    for (evidence, key, left) in [
        (Evidence::Proved, "proved", "proved_left_out"),
        (Evidence::Observed, "observed", "observed_left_out"),
        (Evidence::Estimated, "estimated", "estimated_left_out"),
    ] {
        let these = card.finding.because.iter().filter(|reason| reason.evidence == evidence);
        answer.list(key, left, most, these.map(|reason| words(&reason.message).into()).collect());
    }
    doubts(answer, card, most);
}

/// The key says already that it was not checked.
fn doubts(answer: &mut Answer, card: &FindingCard, most: usize) {
    let doubts = card.doubts.iter();
    let doubts = doubts.map(|doubt| doubt.strip_prefix("not checked: ").unwrap_or(doubt).into());
    answer.list("not_checked", "not_checked_left_out", most, doubts.collect());
}

fn places(answer: &mut Answer, card: &FindingCard, most: usize) {
    let place = |subject: &Subject| format!("{}:{}", subject.place.path, subject.place.start.line);
    let places = card.finding.subjects.iter().map(|subject| place(subject).into()).collect();
    answer.list("places", "places_left_out", most, places);
}
