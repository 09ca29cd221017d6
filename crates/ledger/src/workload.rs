//! What a run is the work of: told by the first sign that holds, and which sign that was.

use plumb_base::{Digest, short_id};

use crate::statement::Statement;
use crate::tag;

/// Something that runs again and again, and is the same thing though its SQL is edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// Stable key, such as `dbt:model.shop.orders`.
    pub key: String,
    /// What it is.
    pub kind: WorkloadKind,
    /// What people call it.
    pub label: String,
    /// How it was told.
    pub told: Told,
}

/// What a workload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkloadKind {
    /// A node of a dbt project.
    DbtNode,
    /// What a platform runs and gives an id: a job, a pipeline, a dashboard, a notebook.
    Object,
    /// What runs under a tag.
    Tag,
    /// What writes a table.
    Table,
    /// What a statement says, literals left out.
    Statement,
    /// What a bill names.
    Resource,
    /// Nothing tells.
    Unknown,
}

/// The sign that told a workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// dbt's own results name the query.
    RunResults,
    /// A comment that dbt writes into the query.
    QueryComment,
    /// A tag that names the dbt node.
    NodeTag,
    /// The platform says what started it.
    Platform,
    /// The tag of the query.
    Tag,
    /// The table that the platform says it writes.
    AccessHistory,
    /// The table that the text of the query writes.
    WrittenTable,
    /// The text of the query, literals left out.
    Text,
    /// The platform's own hash of the text.
    Hash,
    /// The line of the bill.
    Bill,
    /// The table that is stored.
    Stored,
    /// Nothing.
    Nothing,
}

/// How sure it is that a run is the work of what it is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Whoever runs it says so.
    High,
    /// It follows from what the run does.
    Medium,
    /// Only the shape of its text is known.
    Low,
}

impl Confidence {
    /// The word that is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

impl Told {
    /// What told it, in a clause.
    pub fn words(self) -> &'static str {
        match self {
            Self::RunResults => "dbt run results",
            Self::QueryComment => "dbt query comment",
            Self::NodeTag => "dbt query tag",
            Self::Platform => "platform",
            Self::Tag => "query tag",
            Self::AccessHistory => "access history",
            Self::WrittenTable => "table it writes",
            Self::Text => "text of the query",
            Self::Hash => "hash of the query",
            Self::Bill => "line of the bill",
            Self::Stored => "size of the table",
            Self::Nothing => "nothing tells",
        }
    }

    /// How sure it is.
    pub fn confidence(self) -> Confidence {
        match self {
            Self::RunResults
            | Self::QueryComment
            | Self::NodeTag
            | Self::Platform
            | Self::Bill
            | Self::Stored => Confidence::High,
            Self::Tag | Self::AccessHistory | Self::WrittenTable => Confidence::Medium,
            Self::Text | Self::Hash | Self::Nothing => Confidence::Low,
        }
    }
}

/// What a run leaves behind that may tell its workload.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Traces<'a> {
    pub node: Option<&'a str>,
    pub text: &'a str,
    pub source: Option<(&'a str, &'a str)>,
    pub tag: Option<&'a str>,
    /// The table that the platform says it writes.
    pub written: Option<&'a str>,
    pub hash: Option<&'a str>,
}

/// What tells a workload, before anybody asks what it is called.
pub(crate) struct Sign<'a> {
    pub key: String,
    pub kind: WorkloadKind,
    told: Told,
    name: Name<'a>,
}

/// What a workload is called; to put the beginning of a statement together takes longer than to know it again.
enum Name<'a> {
    Said(String),
    Statement(Statement<'a>),
}

impl<'a> Sign<'a> {
    /// The first sign that a run left behind.
    pub(crate) fn of(traces: &Traces<'a>) -> Self {
        let statement = Statement::read(traces.text);
        let node = |id: &str, told| Workload::new(WorkloadKind::DbtNode, "dbt", id, told).into();
        if let Some(id) = traces.node {
            return node(id, Told::RunResults);
        }
        if let Some(id) = statement.comments.iter().find_map(|comment| tag::node(comment)) {
            return node(id, Told::QueryComment);
        }
        if let Some(id) = traces.tag.and_then(tag::node) {
            return node(id, Told::NodeTag);
        }
        if let Some((kind, id)) = traces.source {
            return Workload::object(kind, id, Told::Platform).into();
        }
        let tags = traces.tag.map(tag::tags).unwrap_or_default();
        if !tags.is_empty() {
            return Workload::new(WorkloadKind::Tag, "tag", &tags.join(", "), Told::Tag).into();
        }
        if let Some(table) = traces.written {
            return Workload::table(table, Told::AccessHistory).into();
        }
        if let Some(table) = statement.written() {
            return Workload::table(table, Told::WrittenTable).into();
        }
        if let Some(template) = statement.template() {
            let (kind, told) = (WorkloadKind::Statement, Told::Text);
            let name = Name::Statement(statement);
            return Self { key: self::statement(template), kind, told, name };
        }
        match traces.hash {
            Some(hash) => Workload::new(WorkloadKind::Statement, "hash", hash, Told::Hash).into(),
            None => {
                Workload::new(WorkloadKind::Unknown, "unknown", "not told", Told::Nothing).into()
            }
        }
    }

    /// The workload, with its name.
    pub(crate) fn workload(self) -> Workload {
        let label = match self.name {
            Name::Said(label) => label,
            Name::Statement(statement) => statement.label(),
        };
        Workload { key: self.key, kind: self.kind, label, told: self.told }
    }
}

/// The key of a statement of which nothing is known but its template.
pub(crate) fn statement(template: Digest) -> String {
    format!("sql:{}", short_id(template, 10))
}

impl From<Workload> for Sign<'_> {
    fn from(workload: Workload) -> Self {
        let Workload { key, kind, label, told } = workload;
        Self { key, kind, told, name: Name::Said(label) }
    }
}

impl Workload {
    /// The workload of a run.
    pub(crate) fn of(traces: &Traces<'_>) -> Self {
        Sign::of(traces).workload()
    }

    /// Something that a platform or a bill names by a kind and an id.
    pub(crate) fn object(kind: &str, id: &str, told: Told) -> Self {
        let label = format!("{kind} {id}");
        Self { key: format!("{kind}:{id}"), kind: WorkloadKind::Object, label, told }
    }

    /// Calls it by its name in place of its id.
    pub(crate) fn name(&mut self, name: &str) {
        if let Some((kind, _)) = self.key.split_once(':') {
            self.label = format!("{kind} {name}");
        }
    }

    /// What a bill calls it.
    pub(crate) fn resource(name: &str) -> Self {
        Self::new(WorkloadKind::Resource, "resource", name, Told::Bill)
    }

    /// What writes or fills a table.
    pub(crate) fn table(name: &str, told: Told) -> Self {
        Self::new(WorkloadKind::Table, "table", name, told)
    }

    fn new(kind: WorkloadKind, prefix: &str, name: &str, told: Told) -> Self {
        Self { key: format!("{prefix}:{name}"), kind, label: name.to_owned(), told }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(traces: Traces<'_>) -> String {
        Workload::of(&traces).key
    }

    #[test]
    fn the_first_sign_that_holds_counts() {
        let comment = r#"select 1 /* {"app": "dbt", "node_id": "model.shop.orders", "target_na"#;
        let text = "insert into mart.orders select 1";
        let all = Traces {
            node: None,
            text: comment,
            source: Some(("job", "17")),
            tag: Some("nightly"),
            written: Some("lake.mart.orders"),
            hash: Some("h"),
        };
        assert_eq!(key(Traces { node: Some("seed.shop.x"), ..all }), "dbt:seed.shop.x");
        assert_eq!(key(all), "dbt:model.shop.orders");
        let all = Traces { text, ..all };
        assert_eq!(
            key(Traces { tag: Some(r#"{"node_id": "test.shop.t.1"}"#), ..all }),
            "dbt:test.shop.t.1"
        );
        assert_eq!(key(all), "job:17");
        let all = Traces { source: None, ..all };
        assert_eq!(key(all), "tag:nightly");
        let all = Traces { tag: None, ..all };
        assert_eq!(key(all), "table:lake.mart.orders");
        let all = Traces { written: None, ..all };
        assert_eq!(key(all), "table:mart.orders");
        assert_eq!(key(Traces { text: "", ..all }), "hash:h");
        assert_eq!(key(Traces::default()), "unknown:not told");
    }

    #[test]
    fn literals_and_layout_make_no_other_workload() {
        let of = |text| key(Traces { text, ..Traces::default() });
        let one = of("select a from t where id in (1, 2, 3) and day = '2026-01-01' -- mine");
        assert_eq!(one, of("SELECT a\nFROM T WHERE id IN (7) AND day='2026-02-01'"));
        assert_ne!(one, of("select b from t where id in (1) and day = 'x'"));
    }
}
