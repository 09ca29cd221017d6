//! Text to plans, without a platform around it.

use plumb_base::TableName;
use plumb_canon::{Canonicalizer, obstacles, subplans};
use plumb_ir::{Arena, Catalog, KnownColumn, RelId, Schema, Type, text};
use plumb_resolve::{Around, Functions, resolve, tables};
use plumb_syntax::sql::{Dialect, parse, redacted, tree::StatementKind};

/// Tables of which the first letter says whether all columns are known.
struct Tables;

impl Catalog for Tables {
    fn table(&self, name: &TableName) -> Option<Schema> {
        let table = name.to_string();
        let open = table.starts_with(|first: char| first > 'p');
        let column = |name: &str| KnownColumn { name: name.into(), data_type: Type::Unknown };
        let columns = ["id", "a", "b", "x", "amount", "status"].map(column).to_vec();
        Some(Schema { table, columns, open })
    }
}

/// A text of SQL in every dialect.
pub fn sql(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for dialect in Dialect::all() {
        let parsed = parse(&text, dialect);
        for trouble in &parsed.problems {
            assert!(trouble.span.start as usize <= text.len(), "{trouble:?}");
        }
        let _ = redacted(&text, dialect);
    }
}

/// A text of SQL in the dialect it looks like, to normal forms.
pub fn plan(bytes: &[u8]) {
    let sql = String::from_utf8_lossy(bytes);
    let (dialect, _) = Dialect::detect([sql.as_ref()]);
    let parsed = parse(&sql, dialect);
    let (mut arena, mut functions) = (Arena::new(), Functions::default());
    for statement in &parsed.statements {
        if let StatementKind::Function(function) = &statement.kind {
            functions.add(function.name.clone(), dialect, "", function);
        }
        let (StatementKind::Query(query) | StatementKind::Write { query, .. }) = &statement.kind
        else {
            continue;
        };
        let _ = tables(query);
        let made = |name: &str, args| functions.find(&TableName::parse(name), args, dialect);
        let (holes, owner) = (&[], "fuzz");
        let around = Around { catalog: &Tables, dialect, holes, functions: &made, owner };
        let resolved = resolve(query, &mut arena, &around);
        normal(&mut arena, resolved.rel);
    }
}

/// A plan as text.
pub fn ir_text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut arena = Arena::new();
    let _ = text::parse_scalar(&mut arena, &text);
    if let Ok(rel) = text::parse_rel(&mut arena, &text) {
        let printed = text::print_rel(&arena, rel);
        let again = text::parse_rel(&mut arena, &printed).expect("what is printed parses");
        assert_eq!(rel, again, "{printed}");
    }
}

fn normal(arena: &mut Arena, rel: RelId) {
    let mut canonicalizer = Canonicalizer::new();
    let normal = canonicalizer.canonical(arena, rel);
    let _ = obstacles(arena, normal.rel);
    let _ = subplans(arena, normal.rel, &mut canonicalizer);
}
