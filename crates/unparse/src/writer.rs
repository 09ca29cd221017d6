//! What is known while a plan is written: names in sight, statements that were given a name, words that are taken.

use std::collections::BTreeMap;

use plumb_ir::{Arena, Field, RelId};
use plumb_syntax::sql::Dialect;

use crate::{
    doc::Doc,
    expr::Expr,
    name::Of,
    spelling::Spelling,
    unspoken::{Said, Unspoken},
};

/// How the table of a scan is called in the text, where that is not its own name.
pub(crate) type Tables<'a> = &'a dyn Fn(&str) -> Option<String>;

pub(crate) struct Writer<'a> {
    pub(crate) arena: &'a Arena,
    pub(crate) dialect: &'static Dialect,
    pub(crate) spelling: &'static Spelling,
    pub(crate) tables: Tables<'a>,
    /// Inputs of the scopes in sight, innermost last.
    pub(crate) scopes: Vec<Vec<Bound>>,
    /// Names of the inputs in sight.
    pub(crate) taken: Vec<String>,
    /// How many were taken when each `FROM` in sight began.
    pub(crate) marks: Vec<usize>,
    /// Names of the parameters in sight.
    pub(crate) lambdas: Vec<String>,
    /// Columns that stand without the name of a table, as nobody knows of which they are.
    pub(crate) alone: Vec<String>,
    /// Names of columns that may be aliases of the list, each with what the alias stands for.
    pub(crate) perhaps: Vec<(String, Doc)>,
    /// Statements of their own, in the order in which they read each other.
    pub(crate) named: Vec<(String, Doc)>,
    pub(crate) shared: BTreeMap<RelId, (String, Columns)>,
    pub(crate) count: u32,
}

/// One input of a scope.
#[derive(Debug, Clone)]
pub(crate) enum Bound {
    /// It is not there yet.
    Hidden,
    /// It stands in the `FROM`.
    Table(Table),
    /// It is the same `SELECT`: its outputs are put in where they are used.
    Inline(Vec<Output>),
}

/// An input that stands in a `FROM`.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// What stands before its columns.
    pub(crate) alias: String,
    pub(crate) columns: Columns,
}

/// What the columns of an input are called.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    /// Those that have been given a name, canonically; none is the value of the row itself.
    pub(crate) given: Vec<(Field, Option<String>)>,
    /// Whether columns by name have that name.
    pub(crate) named: bool,
    /// What has no name that all dialects mean alike.
    pub(crate) unsaid: Vec<Field>,
}

/// An output of a `SELECT`.
#[derive(Debug, Clone)]
pub(crate) enum Output {
    Value(Expr),
    Star { table: String, except: Vec<String> },
}

/// The text of a column, if it is not the row itself, and what it would be called.
type Spelled = (Option<String>, Option<String>);

impl Writer<'_> {
    /// The text of a column of a table, which is none if it is the row itself, and what it would be called.
    pub(crate) fn field_of(&self, table: &Table, field: Field) -> Said<Option<Spelled>> {
        if let Some((_, given)) = table.columns.given.iter().find(|(at, _)| *at == field) {
            return Ok(Some(match given {
                Some(name) => (Some(self.name(Of::Column, name)?), Some(name.clone())),
                None => (None, None),
            }));
        }
        if table.columns.unsaid.contains(&field) {
            return Err(Unspoken::Grammar("place of a row of a list"));
        }
        match field {
            Field::Named(name) if table.columns.named => {
                let canonical = self.arena.name(name);
                let text = self.name(Of::Column, canonical)?;
                Ok(Some((Some(text), Some(canonical.to_owned()))))
            }
            Field::Named(_) | Field::At(_) => Ok(None),
        }
    }

    /// A name for an input that no other in sight has.
    pub(crate) fn alias(&mut self, wanted: Option<&str>) -> String {
        let free = |it: &Self, name: &String| {
            !it.taken.contains(name) && !it.named.iter().any(|(other, _)| other == name)
        };
        let alias = match wanted {
            Some(wanted) => {
                let ways = (1..).map(|at| match at {
                    1 => wanted.to_owned(),
                    at => format!("{wanted}_{at}"),
                });
                ways.into_iter().find(|way| free(self, way)).unwrap_or_default()
            }
            None => self.fresh(),
        };
        self.taken.push(alias.clone());
        alias
    }

    /// A name that nothing has.
    pub(crate) fn fresh(&mut self) -> String {
        loop {
            self.count += 1;
            let name = format!("t{}", self.count);
            let known = self.arena.find_symbol(&name).is_some() || self.taken.contains(&name);
            if !known {
                return name;
            }
        }
    }
}
