//! The way back: what a text means, to see that it is what was meant.

use plumb_base::{Coverage, TableName};
use plumb_canon::{Canonicalizer, Facts};
use plumb_ir::{Arena, Catalog, Field, From, Out, Rel, RelId, Schema, Tree};
use plumb_resolve::{Around, Resolved, resolve};
use plumb_syntax::sql::{Dialect, parse, tree::StatementKind};

use crate::{Unspoken, Wanted, unparse};

/// A catalog that knows nothing.
struct Nothing;

impl Catalog for Nothing {
    fn table(&self, _: &TableName) -> Option<Schema> {
        None
    }
}

/// Reads a query that stands for itself; none if some of it is not understood.
pub fn read(arena: &mut Arena, text: &str, dialect: &'static Dialect) -> Option<Resolved> {
    let parsed = parse(text, dialect);
    let ([statement], []) = (parsed.statements.as_slice(), parsed.problems.as_slice()) else {
        return None;
    };
    let StatementKind::Query(query) = &statement.kind else { return None };
    let around = Around {
        catalog: &Nothing,
        dialect,
        holes: &[],
        functions: &|_, _| None,
        owner: "read back",
    };
    let resolved = resolve(query, arena, &around);
    (resolved.coverage == Coverage::Read).then_some(resolved)
}

/// Writes a plan as [`unparse`] does, and only if its text is that plan when it is read again.
///
/// Plans with more columns than are listed are refused: nobody knows their order.
pub fn checked(
    arena: &mut Arena,
    wanted: Wanted<'_>,
    dialect: &'static Dialect,
    tables: &dyn Fn(&str) -> Option<String>,
) -> Result<String, Unspoken> {
    let lost = Unspoken::Shape("it so that it reads back as the same plan");
    if wanted.open {
        return Err(lost);
    }
    let plain = unparse(arena, wanted, dialect, &|_| None)?;
    let again = read(arena, &plain, dialect).ok_or(lost.clone())?;
    let fields: Vec<Field> = wanted.columns.iter().map(|(field, _)| *field).collect();
    let one = picked(arena, wanted.rel, &fields);
    let fields: Vec<Field> = again.columns.iter().map(|column| column.field).collect();
    let two = picked(arena, again.rel, &fields);
    let mut canonicalizer = Canonicalizer::knowing(Facts::default());
    let (one, two) = (canonicalizer.canonical(arena, one), canonicalizer.canonical(arena, two));
    if again.open || one.rel != two.rel || one.columns != two.columns {
        return Err(lost);
    }
    unparse(arena, wanted, dialect, tables)
}

/// Some outputs of a plan.
fn picked(arena: &mut Arena, rel: RelId, fields: &[Field]) -> RelId {
    let from = From { inputs: vec![rel], tree: Tree::Input(0), filter: Vec::new() };
    let from = arena.from(from);
    let out = fields.iter().map(|field| Out::Column(arena.column(0, *field))).collect();
    arena.rel(Rel::Project { from, out })
}
