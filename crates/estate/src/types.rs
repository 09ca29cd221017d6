//! Types of output columns, as far as they are copied, cast or written out.

use plumb_ir::{Arena, Field, FromId, Literal, Out, Rel, RelId, Scalar, ScalarId, Symbol, Type};
use rustc_hash::FxHashMap;

use crate::names::Names;

/// Types of columns, each found once.
pub(crate) struct Types<'a> {
    arena: &'a Arena,
    names: &'a Names,
    /// Types of the columns of tables, as far as somebody asked.
    tables: FxHashMap<Symbol, FxHashMap<&'a str, &'a Type>>,
    known: FxHashMap<(RelId, Field), Type>,
}

impl<'a> Types<'a> {
    pub(crate) fn new(arena: &'a Arena, names: &'a Names) -> Self {
        Self { arena, names, tables: FxHashMap::default(), known: FxHashMap::default() }
    }

    fn of_table(&mut self, table: Symbol, column: Symbol) -> Type {
        let columns = self.tables.entry(table).or_insert_with(|| {
            let schema = self.names.schemas.get(self.arena.name(table));
            // Of two columns of one name the first is meant.
            let columns = schema.into_iter().flat_map(|schema| schema.columns.iter().rev());
            columns.map(|column| (column.name.as_str(), &column.data_type)).collect()
        });
        columns.get(self.arena.name(column)).map_or(Type::Unknown, |known| (*known).clone())
    }

    /// The type of a column of a relation.
    pub(crate) fn of_column(&mut self, rel: RelId, field: Field) -> Type {
        if let Some(known) = self.known.get(&(rel, field)) {
            return known.clone();
        }
        let found = self.find(rel, field);
        self.known.insert((rel, field), found.clone());
        found
    }

    fn find(&mut self, rel: RelId, field: Field) -> Type {
        match self.arena.get_rel(rel) {
            Rel::Scan { table } => match field {
                Field::Named(column) => self.of_table(*table, column),
                Field::At(_) => Type::Unknown,
            },
            Rel::Project { from, out } => match field {
                Field::At(at) => match out.get(at as usize) {
                    Some(Out::Column(scalar)) => self.of_scalar(*from, *scalar),
                    Some(Out::Star { .. }) | None => Type::Unknown,
                },
                // Only one star can give it, where there is only one.
                Field::Named(_) => {
                    let mut stars = out.iter().filter_map(|out| match out {
                        Out::Star { input, .. } => Some(*input),
                        Out::Column(_) => None,
                    });
                    match (stars.next(), stars.next()) {
                        (Some(star), None) => self.of_input(*from, star, field),
                        _ => Type::Unknown,
                    }
                }
            },
            Rel::Aggregate { from, keys, .. } => {
                let key = match field {
                    Field::At(at) => keys.get(at as usize),
                    Field::Named(_) => None,
                };
                key.map_or(Type::Unknown, |key| self.of_scalar(*from, *key))
            }
            Rel::Distinct { input } | Rel::Limit { input, .. } => self.of_column(*input, field),
            Rel::Union { inputs } => {
                let mut types = inputs.iter().map(|input| self.of_column(*input, field));
                let first = types.next().unwrap_or(Type::Unknown);
                if types.all(|other| other == first) { first } else { Type::Unknown }
            }
            Rel::Set { left, .. } => self.of_column(*left, field),
            Rel::Values { .. } | Rel::Call { .. } | Rel::Opaque { .. } => Type::Unknown,
        }
    }

    fn of_input(&mut self, from: FromId, input: u32, field: Field) -> Type {
        let below = self.arena.get_from(from).inputs.get(input as usize);
        below.map_or(Type::Unknown, |below| self.of_column(*below, field))
    }

    fn of_scalar(&mut self, from: FromId, id: ScalarId) -> Type {
        match self.arena.get_scalar(id) {
            Scalar::Column { depth: 0, input, field } => self.of_input(from, *input, *field),
            Scalar::Cast { to, .. } => to.clone(),
            Scalar::Literal(Literal::Typed(data_type, _)) => data_type.clone(),
            // What functions give differs from warehouse to warehouse.
            Scalar::Column { .. }
            | Scalar::Either { .. }
            | Scalar::Literal(_)
            | Scalar::Call { .. }
            | Scalar::Case { .. }
            | Scalar::Aggregate { .. }
            | Scalar::Window { .. }
            | Scalar::Exists(_)
            | Scalar::In { .. }
            | Scalar::Subquery(_)
            | Scalar::Lambda { .. }
            | Scalar::Param(_)
            | Scalar::Hole { .. } => Type::Unknown,
        }
    }
}
