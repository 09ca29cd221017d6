//! Types of output columns, as far as they are copied, cast or written out.

use plumb_base::Name;
use plumb_ir::{Arena, Field, Literal, Out, Rel, RelId, Scalar, ScalarId, Type};

/// Branches of a union that are asked for the type of a column.
const BRANCHES: usize = 16;

/// The type of a column of a relation; `table` knows those of tables.
pub(crate) fn of_column(
    arena: &Arena,
    rel: RelId,
    field: Field,
    table: &dyn Fn(&str, &Name) -> Type,
) -> Type {
    let input = |from, input: u32, field| {
        let below = arena.get_from(from).inputs.get(input as usize);
        below.map_or(Type::Unknown, |below| of_column(arena, *below, field, table))
    };
    let value = |from, scalar| of_scalar(arena, scalar, &|at, field| input(from, at, field));
    match arena.get_rel(rel) {
        Rel::Scan { table: name } => match field {
            Field::Named(column) => table(arena.name(*name), &Name::new(arena.name(column))),
            Field::At(_) => Type::Unknown,
        },
        Rel::Project { from, out } => match field {
            Field::At(at) => match out.get(at as usize) {
                Some(Out::Column(scalar)) => value(*from, *scalar),
                Some(Out::Star { .. }) | None => Type::Unknown,
            },
            // Only one star can give it, where there is only one.
            Field::Named(_) => {
                let mut stars = out.iter().filter_map(|out| match out {
                    Out::Star { input, .. } => Some(*input),
                    Out::Column(_) => None,
                });
                match (stars.next(), stars.next()) {
                    (Some(star), None) => input(*from, star, field),
                    _ => Type::Unknown,
                }
            }
        },
        Rel::Aggregate { from, keys, .. } => match field {
            Field::At(at) => {
                keys.get(at as usize).map_or(Type::Unknown, |scalar| value(*from, *scalar))
            }
            Field::Named(_) => Type::Unknown,
        },
        Rel::Distinct { input } | Rel::Limit { input, .. } => {
            of_column(arena, *input, field, table)
        }
        Rel::Union { inputs } if inputs.len() <= BRANCHES => {
            let mut types = inputs.iter().map(|input| of_column(arena, *input, field, table));
            let first = types.next().unwrap_or(Type::Unknown);
            if types.all(|other| other == first) { first } else { Type::Unknown }
        }
        Rel::Set { left, .. } => of_column(arena, *left, field, table),
        Rel::Union { .. } | Rel::Values { .. } | Rel::Call { .. } | Rel::Opaque { .. } => {
            Type::Unknown
        }
    }
}

fn of_scalar(arena: &Arena, id: ScalarId, column: &dyn Fn(u32, Field) -> Type) -> Type {
    match arena.get_scalar(id) {
        Scalar::Column { depth: 0, input, field } => column(*input, *field),
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
