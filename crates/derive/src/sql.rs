//! A query over a view as text: it is read back and proved before anybody is told to run it.

use plumb_base::Name;
use plumb_canon::{Canonical, Facts};
use plumb_ir::{Arena, Field, RelId};
use plumb_prove::{Effort, Plan, Verdict, proved};
use plumb_syntax::sql::Dialect;
use plumb_unparse::{Wanted, read, unparse};

use crate::View;

/// How a query is to be said.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// What its outputs are called, in the order of those that are wanted.
    pub names: &'a [Option<Name>],
    /// In which dialect; the standard where nobody says.
    pub dialect: Option<&'a str>,
}

/// SQL of a query over a view that gives what is wanted; `None` where the dialect cannot say it.
pub fn written(
    arena: &mut Arena,
    facts: &Facts,
    view: View<'_>,
    rel: RelId,
    wanted: &Canonical,
    words: Words<'_>,
    effort: Effort,
) -> Option<String> {
    let columns = wanted.columns.iter().zip(words.names);
    let columns: Vec<(Field, Option<Name>)> =
        columns.map(|(at, name)| (Field::At(*at), name.clone())).collect();
    let dialect = words.dialect.and_then(Dialect::named).unwrap_or(Dialect::plain());
    let asked = Wanted { rel, columns: &columns, open: false };
    let text = unparse(arena, asked, dialect, &|_| None).ok()?;
    let again = read(arena, &text, dialect)?;
    let placed = (0..).zip(&again.columns).all(|(at, it)| it.field == Field::At(at));
    if !placed || again.open || again.columns.len() != wanted.columns.len() {
        return None;
    }
    let outputs: Vec<u32> = (0..).take(wanted.columns.len()).collect();
    let said = Plan { rel: view.put_in(arena, again.rel), outputs: &outputs };
    let meant = Plan { rel: wanted.rel, outputs: &wanted.columns };
    match proved(arena, facts, said, meant, effort) {
        Verdict::Equal { .. } => Some(text),
        Verdict::Different(_) | Verdict::Unknown { .. } => None,
    }
}
