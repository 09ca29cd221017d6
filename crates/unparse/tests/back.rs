//! What a text means: the way back from SQL to a plan.

use plumb_base::{Name, TableName};
use plumb_canon::{Canonical, Canonicalizer, Facts};
use plumb_ir::{Arena, Catalog, Field, KnownColumn, Out, Rel, RelId, Schema, Type};
use plumb_resolve::{Around, Resolved, resolve};
use plumb_syntax::sql::{Dialect, parse, tree::StatementKind};

/// Tables and their columns; nothing is known of others.
pub(crate) struct Known(pub(crate) Vec<(&'static str, Vec<&'static str>)>);

impl Catalog for Known {
    fn table(&self, name: &TableName) -> Option<Schema> {
        let name = name.to_string();
        let (table, columns) = self.0.iter().find(|(table, _)| **table == *name)?;
        let column = |name: &&str| KnownColumn { name: Name::new(*name), data_type: Type::Unknown };
        let columns = columns.iter().map(column).collect();
        Some(Schema { table: (*table).to_owned(), columns, open: false })
    }
}

/// The plan of a text, or why there is none.
pub(crate) fn read(
    arena: &mut Arena,
    sql: &str,
    dialect: &'static Dialect,
    catalog: &dyn Catalog,
) -> Result<Resolved, String> {
    let parsed = parse(sql, dialect);
    if let Some(trouble) = parsed.problems.first() {
        return Err(format!("{}: {}", trouble.reason, trouble.message));
    }
    let [statement] = parsed.statements.as_slice() else { return Err("no statement".to_owned()) };
    let StatementKind::Query(query) = &statement.kind else { return Err("no query".to_owned()) };
    let around = Around { catalog, dialect, holes: &[], functions: &|_, _| None, owner: "back" };
    let resolved = resolve(query, arena, &around);
    let serious = resolved.problems.iter().find(|it| it.severity != plumb_base::Severity::Note);
    match serious {
        Some(trouble) => Err(format!("{}: {}", trouble.reason, trouble.message)),
        None => Ok(resolved),
    }
}

/// Whether two plans have one normal form, output by output.
pub(crate) fn same(one: &Canonical, two: &Canonical) -> bool {
    one.rel == two.rel && one.columns == two.columns
}

/// The normal form of a plan with all its outputs in order.
pub(crate) fn normal(arena: &mut Arena, rel: RelId, facts: &Facts) -> Canonical {
    Canonicalizer::knowing(facts.clone()).canonical(arena, rel)
}

/// The outputs of a plan, and whether there are more, by name.
pub(crate) fn outputs(arena: &Arena, rel: RelId) -> (Vec<Field>, bool) {
    match arena.get_rel(rel) {
        Rel::Scan { .. } | Rel::Call { .. } | Rel::Opaque { .. } => (Vec::new(), true),
        Rel::Values { width, .. } => ((0..*width).map(Field::At).collect(), false),
        Rel::Project { out, .. } => {
            let placed = (0..).zip(out).filter(|(_, out)| matches!(out, Out::Column(_)));
            let placed: Vec<Field> = placed.map(|(at, _)| Field::At(at)).collect();
            let open = placed.len() < out.len();
            (placed, open)
        }
        Rel::Aggregate { keys, calls, .. } => {
            let width = u32::try_from(keys.len() + calls.len()).unwrap_or(0);
            ((0..width).map(Field::At).collect(), false)
        }
        Rel::Distinct { input } | Rel::Limit { input, .. } => outputs(arena, *input),
        Rel::Union { inputs } => {
            inputs.first().map_or((Vec::new(), true), |input| outputs(arena, *input))
        }
        Rel::Set { left, .. } => outputs(arena, *left),
    }
}
