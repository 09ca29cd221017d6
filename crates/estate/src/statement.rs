//! Statements, each in its text.

use std::{borrow::Cow, sync::Arc};

use plumb_base::{Coverage, Digest, MappedText, Problem, Severity, Span, TableName};
use plumb_resolve::tables;
use plumb_syntax::sql::tree::{Ident, Query, StatementKind, WriteMode};

use crate::{
    names::{Names, View},
    outline::Outline,
    read::Text,
    session::Session,
    worlds::is_named_by_run,
};

/// One statement of a text.
#[derive(Clone)]
pub(crate) struct Statement {
    pub(crate) text: Arc<Text>,
    /// Which one.
    pub(crate) at: usize,
    /// What those before it say of names.
    pub(crate) session: Arc<Session>,
}

impl Statement {
    pub(crate) fn query(&self) -> Option<&Query> {
        match &self.text.parsed().statements.get(self.at)?.kind {
            StatementKind::Query(query) | StatementKind::Write { query, .. } => Some(query),
            StatementKind::Declare { .. }
            | StatementKind::Function(_)
            | StatementKind::Alter { .. }
            | StatementKind::DropIndex { .. }
            | StatementKind::Drop { .. }
            | StatementKind::Use { .. }
            | StatementKind::Variables { .. }
            | StatementKind::Other { .. }
            | StatementKind::Opaque { .. } => None,
        }
    }

    /// What is known of it without its tree.
    fn outline(&self) -> Option<&Outline> {
        self.text.outline.as_ref().filter(|outline| outline.at == self.at)
    }

    /// Tables that it names.
    pub(crate) fn tables(&self) -> Cow<'_, [TableName]> {
        match self.outline() {
            Some(outline) => Cow::Borrowed(&outline.tables),
            None => Cow::Owned(self.query().map(tables).unwrap_or_default()),
        }
    }

    /// Whether a run names one of its columns.
    pub(crate) fn is_named_by_run(&self) -> bool {
        match self.outline() {
            Some(outline) => outline.named_by_run,
            None => self.query().is_some_and(is_named_by_run),
        }
    }

    /// A key of what it says, where no text but its own has a part in that.
    pub(crate) fn key(&self) -> Option<Digest> {
        Some(self.outline()?.key)
    }

    /// Where it stands in its text.
    pub(crate) fn span(&self) -> Span {
        if let Some(outline) = self.outline() {
            return outline.span;
        }
        self.text.parsed().statements.get(self.at).map(|it| it.span).unwrap_or_default()
    }

    /// The names it sees.
    pub(crate) fn view<'a>(&'a self, names: &'a Names, project: &'a str) -> View<'a> {
        View { names, project, session: &self.session, holes: &self.text.holes }
    }

    /// The statement as it reads, where the file keeps it in JSON.
    pub(crate) fn said(&self) -> Option<MappedText> {
        let written = self.text.written.as_ref()?;
        let span = written.map.to_made(self.text.origin().in_file(self.span()))?;
        Some(written.cut(span.start as usize..span.end as usize))
    }

    /// The table it writes to, how, and the columns it lists.
    pub(crate) fn target(&self) -> Option<(&TableName, WriteMode, &[Ident])> {
        if self.outline().is_some() {
            return None;
        }
        match &self.text.parsed().statements.get(self.at)?.kind {
            StatementKind::Write { target, mode, columns, .. } => {
                Some((&target.name, *mode, columns))
            }
            _ => None,
        }
    }
}

/// How well a statement of a text was parsed, and what went wrong in the text, with places in its file.
pub(crate) fn judged(text: &Text, at: usize) -> (Coverage, Vec<Problem>) {
    if text.outline.as_ref().is_some_and(|outline| outline.at == at) {
        return (Coverage::Read, Vec::new());
    }
    let (origin, parsed) = (text.origin(), text.parsed());
    let mut problems: Vec<Problem> = parsed
        .problems
        .iter()
        .map(|trouble| Problem {
            place: origin.place(trouble.span),
            severity: trouble.severity,
            reason: trouble.reason.to_owned(),
            message: trouble.message.clone(),
        })
        .collect();
    let coverage = match parsed.statements.get(at).map(|it| &it.kind) {
        Some(StatementKind::Query(_) | StatementKind::Write { .. }) => Coverage::Read,
        Some(_) => Coverage::Opaque,
        None => Coverage::Failed,
    };
    if parsed.statements.is_empty() && problems.is_empty() {
        problems.push(Problem {
            place: plumb_base::Place::file(text.path.clone()),
            severity: Severity::Failed,
            reason: "no-statement".to_owned(),
            message: "the file holds no statement".to_owned(),
        });
    }
    (coverage, problems)
}
