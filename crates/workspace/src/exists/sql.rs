//! Queries in the words of an asset's dialect, each read again before it is shown.

use plumb_base::{Name, TableName};
use plumb_ir::{Arena, Catalog, Field, From, KnownColumn, Out, Rel, RelId, Schema, Tree, Type};
use plumb_resolve::{Around, resolve};
use plumb_syntax::sql::{Dialect, parse, tree::StatementKind};
use plumb_unparse::{Wanted, unparse};

/// A query as text, and the plan that the text is.
pub(super) struct Spoken {
    pub(super) text: String,
    pub(super) rel: RelId,
}

/// A query over a table, its outputs in the order and under the names that were asked for.
pub(super) fn spoken(
    arena: &mut Arena,
    rel: RelId,
    outputs: &[u32],
    names: &[Option<Name>],
    dialect: Option<&str>,
    table: &Schema,
) -> Option<Spoken> {
    let dialect = dialect.and_then(Dialect::named).unwrap_or(Dialect::plain());
    let columns = outputs.iter().zip(names);
    let columns: Vec<(Field, Option<Name>)> =
        columns.map(|(at, name)| (Field::At(*at), name.clone())).collect();
    let wanted = Wanted { rel, columns: &columns, open: false };
    let text = unparse(arena, wanted, dialect, &|_| None).ok()?;
    let rel = read(arena, &text, dialect, table, columns.len())?;
    Some(Spoken { text, rel })
}

/// Columns of a table under other names.
pub(super) fn columns_of(
    table: &Schema,
    columns: &[(&Name, Option<Name>)],
    dialect: Option<&str>,
) -> Option<String> {
    let mut arena = Arena::new();
    let scan = Rel::Scan { table: arena.symbol(&table.table) };
    let scan = arena.rel(scan);
    let from = From { inputs: vec![scan], tree: Tree::Input(0), filter: Vec::new() };
    let from = arena.from(from);
    let mut out = Vec::new();
    for (there, _) in columns {
        let field = Field::Named(arena.symbol(there.as_str()));
        out.push(Out::Column(arena.column(0, field)));
    }
    let rel = arena.rel(Rel::Project { from, out });
    let outputs: Vec<u32> = (0..).take(columns.len()).collect();
    let names: Vec<Option<Name>> = columns.iter().map(|(_, name)| name.clone()).collect();
    spoken(&mut arena, rel, &outputs, &names, dialect, table).map(|it| it.text)
}

/// The table that is read, with all its columns.
pub(super) fn table<'a>(key: &str, columns: impl Iterator<Item = &'a Name>) -> Schema {
    let column = |name: &Name| KnownColumn { name: name.clone(), data_type: Type::Unknown };
    Schema { table: key.to_owned(), columns: columns.map(column).collect(), open: false }
}

struct One<'a>(&'a Schema);

impl Catalog for One<'_> {
    fn table(&self, name: &TableName) -> Option<Schema> {
        (*name == TableName::parse(&self.0.table)).then(|| self.0.clone())
    }
}

/// The plan of a text, if all of it is understood.
fn read(
    arena: &mut Arena,
    text: &str,
    dialect: &'static Dialect,
    table: &Schema,
    width: usize,
) -> Option<RelId> {
    let parsed = parse(text, dialect);
    let ([statement], []) = (parsed.statements.as_slice(), parsed.problems.as_slice()) else {
        return None;
    };
    let StatementKind::Query(query) = &statement.kind else { return None };
    let around = Around { catalog: &One(table), dialect, holes: &[], owner: "exists" };
    let resolved = resolve(query, arena, &around);
    let whole = resolved.coverage == plumb_base::Coverage::Read;
    let placed = (0..).zip(&resolved.columns).all(|(at, it)| it.field == Field::At(at));
    (whole && placed && !resolved.open && resolved.columns.len() == width).then_some(resolved.rel)
}
