//! Queries in the words of an asset's dialect.

use plumb_base::Name;
use plumb_ir::{Arena, Field, From, Out, Rel, Tree};
use plumb_syntax::sql::Dialect;
use plumb_unparse::{Wanted, checked};

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
    let dialect = dialect.and_then(Dialect::named).unwrap_or(Dialect::plain());
    checked(&mut arena, wanted, dialect, &|_| None).ok()
}
