//! What is asked of a text before its tree is: runs keep it, so that what was bound before need not be parsed again.

use std::sync::OnceLock;

use plumb_base::{Digest, Hasher, Span, TableName};
use plumb_resolve::tables;
use plumb_syntax::sql::{self, Dialect, Parsed, tree::StatementKind};
use serde::{Deserialize, Serialize};

use crate::{kept::Kept, worlds::is_named_by_run};

/// The trees of a text, made when they are first looked at.
pub(crate) struct Trees(OnceLock<Parsed>);

impl Trees {
    /// Trees that were made.
    pub(crate) fn of(parsed: Parsed) -> Self {
        Self(parsed.into())
    }

    /// Those that were made, else those that the text has as SQL.
    pub(crate) fn get(&self, text: &str, dialect: &'static Dialect) -> &Parsed {
        self.0.get_or_init(|| sql::parse(text, dialect))
    }
}

/// What there is to know of a text before it is bound, of which all was parsed, and one query is wanted.
#[derive(Serialize, Deserialize)]
pub(crate) struct Outline {
    /// A digest of the text and its dialect, of which all the rest follows.
    pub(crate) key: Digest,
    /// Which of its statements is wanted.
    pub(crate) at: usize,
    pub(crate) span: Span,
    /// Tables that it names.
    pub(crate) tables: Vec<TableName>,
    /// Whether a run names one of its columns.
    pub(crate) named_by_run: bool,
}

impl Outline {
    /// The trees of a text, and what is known of its last query; both from an earlier run where it was read there.
    pub(crate) fn read(
        text: &str,
        dialect: &'static Dialect,
        kept: Option<&Kept>,
    ) -> (Trees, Option<Self>) {
        let key = Hasher::new("outline").text(dialect.name).text(text).finish();
        let known = |kept: &Kept| kept.recall(kept.find(key)?);
        if let Some(known) = kept.and_then(known) {
            return (Trees(OnceLock::new()), Some(known));
        }
        let parsed = sql::parse(text, dialect);
        let outline = Self::of(&parsed, key);
        if let (Some(kept), Some(outline)) = (kept, &outline) {
            kept.keep(vec![key], outline);
        }
        (Trees::of(parsed), outline)
    }

    fn of(parsed: &Parsed, key: Digest) -> Option<Self> {
        let at = last_query(parsed);
        let statement = parsed.statements.get(at)?;
        let StatementKind::Query(query) = &statement.kind else { return None };
        parsed.problems.is_empty().then(|| Self {
            key,
            at,
            span: statement.span,
            tables: tables(query),
            named_by_run: is_named_by_run(query),
        })
    }
}

/// Which statement the last query is; the first statement where there is none.
pub(crate) fn last_query(parsed: &Parsed) -> usize {
    let is_query = |kind: &StatementKind| matches!(kind, StatementKind::Query(_));
    parsed.statements.iter().rposition(|it| is_query(&it.kind)).unwrap_or(0)
}
