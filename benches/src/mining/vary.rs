//! Plans with one thing changed.

use std::collections::{BTreeMap, BTreeSet};

use plumb_ir::{Arena, Literal, Part, Rel, RelId, Scalar, ScalarId, Symbol};

/// A plan with one thing changed that `turn` picks: a constant, a table, or a condition more; at turn 0 the plan itself.
pub(super) fn varied(arena: &mut Arena, rel: RelId, turn: u32) -> RelId {
    if turn == 0 {
        return rel;
    }
    let mut met = Met::default();
    met.rel(arena, rel);
    let constants = met.constants.into_values().collect::<Vec<_>>();
    let tables = met.tables.into_values().collect::<Vec<_>>();
    let pick = (turn / 3) as usize;
    let change = match turn % 3 {
        0 if !constants.is_empty() => {
            let constant = constants[pick % constants.len()];
            Change::Constant(constant, other(arena, constant, turn))
        }
        1 if met.columns.is_some() => return filtered(arena, rel, met.columns, turn),
        _ if !tables.is_empty() => {
            let table = tables[pick % tables.len()];
            let name = format!("{}~{turn}", arena.name(table));
            Change::Table(table, arena.symbol(&name))
        }
        _ => return rel,
    };
    Changing { change, rels: BTreeMap::new(), scalars: BTreeMap::new() }.rel(arena, rel)
}

/// What a plan holds that can be changed, in an order of its own.
#[derive(Default)]
struct Met {
    constants: BTreeMap<usize, ScalarId>,
    tables: BTreeMap<usize, Symbol>,
    /// A column of the outermost `FROM`.
    columns: Option<ScalarId>,
    rels: BTreeSet<RelId>,
    scalars: BTreeSet<ScalarId>,
}

impl Met {
    fn rel(&mut self, arena: &Arena, id: RelId) {
        let outermost = self.rels.is_empty();
        if !self.rels.insert(id) {
            return;
        }
        let node = arena.get_rel(id);
        if let Rel::Scan { table } = node {
            self.tables.insert(self.tables.len(), *table);
        }
        let (mut scalars, mut inputs) = (node.scalars(), node.inputs());
        if let Some(from) = node.from() {
            let from = arena.get_from(from);
            scalars.extend(from.conditions());
            inputs.extend_from_slice(&from.inputs);
        }
        if outermost && node.from().is_some() {
            let column =
                |id: &&ScalarId| matches!(arena.get_scalar(**id), Scalar::Column { depth: 0, .. });
            self.columns = scalars.iter().find(column).copied();
        }
        for scalar in scalars {
            self.scalar(arena, scalar);
        }
        for input in inputs {
            self.rel(arena, input);
        }
    }

    fn scalar(&mut self, arena: &Arena, id: ScalarId) {
        if !self.scalars.insert(id) {
            return;
        }
        let node = arena.get_scalar(id);
        if let Scalar::Literal(Literal::Integer(_) | Literal::Text(_)) = node {
            self.constants.insert(self.constants.len(), id);
        }
        for child in node.children() {
            self.scalar(arena, child);
        }
        if let Some(rel) = node.subquery() {
            self.rel(arena, rel);
        }
    }
}

/// Another constant of the same kind.
fn other(arena: &mut Arena, constant: ScalarId, turn: u32) -> ScalarId {
    let literal = match arena.as_literal(constant) {
        Some(Literal::Text(text)) => Literal::Text(format!("{text}~{turn}")),
        _ => Literal::Integer(i128::from(turn) + 1_000_000),
    };
    arena.literal(literal)
}

/// With a condition more on its rows.
fn filtered(arena: &mut Arena, rel: RelId, column: Option<ScalarId>, turn: u32) -> RelId {
    let (Some(column), Some(from)) = (column, arena.get_rel(rel).from()) else { return rel };
    let value = arena.literal(Literal::Text(format!("only {turn}")));
    let condition = arena.call("eq", vec![column, value]);
    let mut from = arena.get_from(from).clone();
    from.filter.push(condition);
    let from = arena.from(from);
    arena.map_parts(rel, &mut |_, part| {
        if let Part::From(_) = part { Part::From(from) } else { part }
    })
}

enum Change {
    Constant(ScalarId, ScalarId),
    Table(Symbol, Symbol),
}

struct Changing {
    change: Change,
    rels: BTreeMap<RelId, RelId>,
    scalars: BTreeMap<ScalarId, ScalarId>,
}

impl Changing {
    fn rel(&mut self, arena: &mut Arena, id: RelId) -> RelId {
        if let Some(done) = self.rels.get(&id) {
            return *done;
        }
        let new = match (&self.change, arena.get_rel(id)) {
            (Change::Table(old, new), Rel::Scan { table }) if table == old => {
                let table = *new;
                arena.rel(Rel::Scan { table })
            }
            _ => arena.map_parts(id, &mut |arena, part| match part {
                Part::From(from) => {
                    Part::From(arena.map_from(from, &mut |arena, part| self.part(arena, part)))
                }
                Part::Rel(_) | Part::Scalar(_) => self.part(arena, part),
            }),
        };
        self.rels.insert(id, new);
        new
    }

    fn part(&mut self, arena: &mut Arena, part: Part) -> Part {
        match part {
            Part::Rel(rel) => Part::Rel(self.rel(arena, rel)),
            Part::Scalar(scalar) => Part::Scalar(self.scalar(arena, scalar)),
            Part::From(_) => part,
        }
    }

    fn scalar(&mut self, arena: &mut Arena, id: ScalarId) -> ScalarId {
        if let Some(done) = self.scalars.get(&id) {
            return *done;
        }
        let new = match self.change {
            Change::Constant(old, new) if old == id => new,
            Change::Constant(..) | Change::Table(..) => {
                let new = arena.map_scalar(
                    id,
                    &mut |arena, child| self.scalar(arena, child),
                    &mut |_, rel| rel,
                );
                arena.map_subquery(new, &mut |arena, rel| self.rel(arena, rel))
            }
        };
        self.scalars.insert(id, new);
        new
    }
}
