//! Plans to SQL that people read, in each dialect.
//!
//! This crate never writes a text that means something else: what a dialect cannot say, and what nobody knows, it
//! refuses with the reason. It never changes a plan, and never looks at a table.
#![warn(clippy::disallowed_methods, reason = "ask the World")]

mod arms;
mod back;
mod dialect;
mod doc;
mod expr;
mod from;
mod function;
mod literal;
mod look;
mod measure;
mod merge;
mod name;
mod operator;
mod rel;
mod rows;
mod scalar;
mod select;
mod spelling;
mod unspoken;
mod writer;

pub use back::{checked, read};
pub use spelling::{Backslash, Feature, IgnoreNulls, Interval, Rows, Spelling};
pub use unspoken::Unspoken;

use std::collections::BTreeMap;

use plumb_base::Name;
use plumb_ir::{Arena, Field, RelId};
use plumb_syntax::sql::Dialect;

use doc::Doc;
use rel::Names;
use writer::Writer;

/// A plan, and which of its outputs are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The plan.
    pub rel: RelId,
    /// Outputs in order, each with its name; all there are, if some are reached by name only.
    pub columns: &'a [(Field, Option<Name>)],
    /// Whether there are more columns than are listed.
    pub open: bool,
}

/// Writes a plan as a query.
///
/// `tables` says how a table is called in the text where that is not its own name. The same plan gives the same
/// text; it ends without a line end.
pub fn unparse(
    arena: &Arena,
    wanted: Wanted<'_>,
    dialect: &'static Dialect,
    tables: &dyn Fn(&str) -> Option<String>,
) -> Result<String, Unspoken> {
    if wanted.columns.is_empty() && !wanted.open {
        return Err(Unspoken::Shape("rows without columns"));
    }
    let spelling = Spelling::of(dialect).ok_or(Unspoken::Grammar("spelling"))?;
    let mut writer = Writer {
        arena,
        dialect,
        spelling,
        tables,
        scopes: Vec::new(),
        taken: Vec::new(),
        marks: Vec::new(),
        lambdas: Vec::new(),
        alone: Vec::new(),
        perhaps: Vec::new(),
        named: Vec::new(),
        shared: BTreeMap::new(),
        count: 0,
    };
    let (query, _) = if wanted.open {
        let placed = wanted.columns.iter().filter_map(|(field, name)| match field {
            Field::At(at) => Some((*at as usize, name.as_ref()?.as_str().to_owned())),
            Field::Named(_) => None,
        });
        let placed: BTreeMap<usize, String> = placed.collect();
        let last = placed.keys().last().map_or(0, |last| last + 1);
        let names = (0..last).map(|at| placed.get(&at).cloned()).collect();
        writer.query(wanted.rel, None, &Names::Given(names))?
    } else {
        let fields: Vec<Field> = wanted.columns.iter().map(|(field, _)| *field).collect();
        let name =
            |(_, name): &(Field, Option<Name>)| name.as_ref().map(|it| it.as_str().to_owned());
        let names = Names::Given(wanted.columns.iter().map(name).collect());
        writer.query(wanted.rel, Some(&fields), &names)?
    };
    let mut parts = Vec::new();
    for (name, doc) in writer.named {
        if parts.is_empty() {
            parts.push(Doc::text("with "));
        } else {
            parts.extend([Doc::text(","), Doc::Line]);
        }
        parts.push(Doc::parens(&format!("{name} as "), doc));
    }
    let doc = if parts.is_empty() {
        query.group()
    } else {
        // Statements of their own stand on lines of their own.
        parts.extend([Doc::Line, query.group()]);
        Doc::All(parts)
    };
    Ok(doc.layout())
}
