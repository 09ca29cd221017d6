//! Queries in the words of an asset's dialect.

use plumb_base::Name;
use plumb_ir::{Arena, Field, From, Out, Rel, RelId, Tree};
use plumb_syntax::sql::Dialect;
use plumb_unparse::{Wanted, checked, read, unparse};

/// A query as text, and the plan that the text is.
pub(super) struct Spoken {
    pub(super) text: String,
    pub(super) rel: RelId,
}

/// A query, its outputs in the order and under the names that were asked for.
pub(super) fn spoken(
    arena: &mut Arena,
    rel: RelId,
    outputs: &[u32],
    names: &[Option<Name>],
    dialect: Option<&str>,
) -> Option<Spoken> {
    let columns = outputs.iter().zip(names);
    let columns: Vec<(Field, Option<Name>)> =
        columns.map(|(at, name)| (Field::At(*at), name.clone())).collect();
    let wanted = Wanted { rel, columns: &columns, open: false };
    let dialect = dialect_of(dialect);
    let text = unparse(arena, wanted, dialect, &|_| None).ok()?;
    let again = read(arena, &text, dialect)?;
    let placed = (0..).zip(&again.columns).all(|(at, it)| it.field == Field::At(at));
    let whole = placed && !again.open && again.columns.len() == columns.len();
    whole.then_some(Spoken { text, rel: again.rel })
}

/// Columns of a table under other names.
pub(super) fn columns_of(
    table: &str,
    columns: &[(&Name, Option<Name>)],
    dialect: Option<&str>,
) -> Option<String> {
    let mut arena = Arena::new();
    let scan = Rel::Scan { table: arena.symbol(table) };
    let scan = arena.rel(scan);
    let from = From { inputs: vec![scan], tree: Tree::Input(0), filter: Vec::new() };
    let from = arena.from(from);
    let (mut out, mut listed) = (Vec::new(), Vec::new());
    for (at, (there, name)) in (0..).zip(columns) {
        let field = Field::Named(arena.symbol(there.as_str()));
        out.push(Out::Column(arena.column(0, field)));
        listed.push((Field::At(at), name.clone()));
    }
    let rel = arena.rel(Rel::Project { from, out });
    let wanted = Wanted { rel, columns: &listed, open: false };
    checked(&mut arena, wanted, dialect_of(dialect), &|_| None).ok()
}

fn dialect_of(name: Option<&str>) -> &'static Dialect {
    name.and_then(Dialect::named).unwrap_or(Dialect::plain())
}
