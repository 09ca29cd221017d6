//! The tools: what an agent may ask, and what a wrong question is told.

use plumb_base::answer::NoSuch;
use plumb_report::visible;
use plumb_workspace::Workspace;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::quoted;
use super::{explain_finding, lineage, list_findings, who_owns};

/// One question, as a model sees it.
pub(crate) struct Tool {
    /// What it is called; clients put `plumb` before it.
    pub name: &'static str,
    /// When to call it, and what comes back.
    pub description: &'static str,
    /// Schema of its arguments.
    pub input: fn() -> Value,
    /// Schema of its answer.
    pub output: fn() -> Value,
    /// Answers.
    pub answer: fn(&Workspace, Value) -> Result<Value, Mend>,
}

/// Every tool. Each costs the model tokens in every session: a ninth must replace one.
pub(crate) static TOOLS: &[&Tool] =
    &[&list_findings::TOOL, &explain_finding::TOOL, &lineage::TOOL, &who_owns::TOOL];

/// What the caller can put right, in a sentence.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mend(pub String);

impl From<NoSuch> for Mend {
    fn from(such: NoSuch) -> Self {
        let nearest: Vec<String> = such.nearest.iter().take(3).map(|name| quoted(name)).collect();
        let nearest = match nearest.as_slice() {
            [] => "no name is near it".to_owned(),
            names => format!("nearest: {}", names.join(", ")),
        };
        Self(format!("no {} \"{}\"; {nearest}", such.kind, quoted(&such.reference)))
    }
}

/// Arguments, or what is wrong with them.
pub(crate) fn asked<T: DeserializeOwned>(arguments: Value) -> Result<T, Mend> {
    serde_json::from_value(arguments).map_err(|error| Mend(quoted(&visible(&error.to_string()))))
}
