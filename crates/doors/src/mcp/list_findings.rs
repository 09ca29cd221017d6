//! `list_findings`: what was found, dearest first.

use plumb_base::Finding;
use plumb_workspace::Workspace;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, BRIEF, DETAIL, names, quoted, saves, words};
use super::tool::{Mend, Tool, asked};

pub(crate) static TOOL: Tool = Tool {
    name: "list_findings",
    description: "What plumb found: datasets built twice and work that is repeated, by rule, asset, path or owner, \
                  most expensive first. Call explain_finding with an id for evidence and fix.",
    input,
    output,
    answer: |workspace, arguments| list_findings(workspace, &asked(arguments)?),
};

const COLUMNS: [&str; 6] = ["id", "rule", "evidence", "what", "owner", "asset"];

/// Rows where nobody asked for a number, and the most.
const ROWS: usize = 10;
const MOST: usize = 100;

fn input() -> Value {
    json!({
        "type": "object",
        "properties": {
            "filter": {
                "type": "string",
                "description": "Words that must all fit: part of a rule or asset, or rule:DUP001, \
                                asset:analytics.*, path:models/marts, owner:Maya",
            },
            "limit": { "type": "integer", "minimum": 1, "maximum": MOST, "default": ROWS },
        },
        "additionalProperties": false,
    })
}

fn output() -> Value {
    json!({
        "type": "object",
        "properties": {
            "total": { "type": "integer", "description": "Findings that fit the filter" },
            "of": { "type": "integer", "description": "Findings there are without the filter" },
            "coverage": { "type": "string", "description": "What was read; the rest is not checked" },
            "saves": { "type": "string", "description": "Why no saving is given" },
            "columns": { "type": "array", "items": { "type": "string" } },
            "rows": { "type": "array", "items": { "type": "array", "items": { "type": "string" } } },
            "left_out": { "type": "integer" },
        },
        "required": ["total", "coverage"],
        "additionalProperties": false,
    })
}

/// What is asked.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListFindings {
    filter: Option<String>,
    limit: Option<usize>,
}

pub(crate) fn list_findings(workspace: &Workspace, asked: &ListFindings) -> Result<Value, Mend> {
    let limit = asked.limit.unwrap_or(ROWS);
    if !(1..=MOST).contains(&limit) {
        return Err(Mend(format!("limit is a number from 1 to {MOST}")));
    }
    let tests = tests(asked.filter.as_deref().unwrap_or_default())?;
    let audit = workspace.audit();
    let fit: Vec<&Finding> = audit
        .findings
        .iter()
        .filter(|finding| tests.iter().all(|test| test.fits(finding)))
        .collect();
    let mut answer = Answer::within(if asked.limit.is_some() { DETAIL } else { BRIEF });
    answer.count("total", fit.len());
    if !tests.is_empty() {
        answer.count("of", audit.findings.len());
    }
    let (read, all) = (audit.coverage.read, audit.coverage.total());
    answer.say("coverage", &format!("{read} of {all} statements read"));
    let given = fit.iter().any(|finding| saving(finding).is_some());
    let mut columns = COLUMNS.to_vec();
    match fit.first() {
        Some(_) if given => columns.push("saves"),
        Some(first) => answer.say("saves", &saves(&first.saving)),
        None => return Ok(answer.done()),
    }
    let rows = fit.iter().map(|finding| row(finding, given)).collect();
    answer.list("columns", "", columns.len(), columns.into_iter().map(Value::from).collect());
    answer.list("rows", "left_out", limit, rows);
    Ok(answer.done())
}

fn row(finding: &Finding, given: bool) -> Value {
    let asset = finding.subjects.first().map_or("", |subject| &subject.asset);
    let mut cells = vec![
        finding.id.clone(),
        finding.rule.clone(),
        finding.evidence.word().to_owned(),
        words(&finding.message),
        names(&finding.owners),
        asset.to_owned(),
    ];
    if given {
        cells.push(saving(finding).unwrap_or_else(|| "not given".to_owned()));
    }
    cells.into()
}

fn saving(finding: &Finding) -> Option<String> {
    match &finding.saving {
        plumb_base::Saving::NotGiven(_) => None,
        given @ plumb_base::Saving::PerMonth { .. } => Some(saves(given)),
    }
}

/// One word of a filter.
struct Test {
    field: Field,
    /// Lower case; these stand in the text in this order.
    pieces: Vec<String>,
}

#[derive(Clone, Copy)]
enum Field {
    Any,
    Rule,
    Asset,
    Path,
    Owner,
}

fn tests(filter: &str) -> Result<Vec<Test>, Mend> {
    let pieces = |word: &str| word.to_lowercase().split('*').map(str::to_owned).collect();
    filter
        .split_whitespace()
        .map(|word| {
            let Some((name, rest)) = word.split_once(':') else {
                return Ok(Test { field: Field::Any, pieces: pieces(word) });
            };
            let field = match name {
                "rule" => Field::Rule,
                "asset" => Field::Asset,
                "path" => Field::Path,
                "owner" => Field::Owner,
                _ => {
                    let name = quoted(name);
                    let what = format!(
                        "filter knows no \"{name}:\"; write rule:, asset:, path: or owner:"
                    );
                    return Err(Mend(what));
                }
            };
            Ok(Test { field, pieces: pieces(rest) })
        })
        .collect()
}

impl Test {
    fn fits(&self, finding: &Finding) -> bool {
        let rule = || [&finding.rule, &finding.name].into_iter().any(|text| self.stands_in(text));
        let asset = || finding.subjects.iter().any(|subject| self.stands_in(&subject.asset));
        match self.field {
            Field::Any => rule() || asset(),
            Field::Rule => rule(),
            Field::Asset => asset(),
            Field::Path => {
                finding.subjects.iter().any(|subject| self.stands_in(&subject.place.path))
            }
            Field::Owner => finding.owners.iter().any(|owner| self.stands_in(&owner.name)),
        }
    }

    fn stands_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let mut rest = text.as_str();
        self.pieces.iter().all(|piece| match rest.find(piece.as_str()) {
            Some(at) => {
                rest = &rest[at + piece.len()..];
                true
            }
            None => false,
        })
    }
}
