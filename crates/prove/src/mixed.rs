//! Whole numbers and others in one column or value, which are others then, and divisions that tell them apart.

use std::cell::Cell;

use plumb_canon::Facts;
use plumb_ir::{Arena, Field, FromId, Literal, Rel, RelId, Scalar, ScalarId, Type, type_of};

/// Functions that give one of their values.
const CHOICES: &[&str] =
    &["coalesce", "if", "nvl2", "decode", "greatest", "least", "greatest-skip", "least-skip"];

/// Most nodes that are looked at, and columns inside of each other.
const NODES: usize = 20_000;
const DEPTH: u32 = 24;

/// Whether a plan has a division that is whole for whole numbers, and takes these and others for one anywhere.
///
/// Nothing that is computed of such a value may be computed of one of those that it is made of.
pub(crate) fn mixed(arena: &Arena, facts: &Facts, rel: RelId) -> bool {
    let mut walk = Walk { arena, facts, left: Cell::new(NODES), divides: false, mixes: false };
    walk.rel(rel);
    walk.divides && walk.mixes
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Number {
    Whole,
    Other,
}

struct Walk<'a> {
    arena: &'a Arena,
    facts: &'a Facts,
    left: Cell<usize>,
    divides: bool,
    mixes: bool,
}

impl Walk<'_> {
    /// Whether enough was looked at; what was not is taken to be as most plans are.
    fn tired(&self) -> bool {
        self.left.set(self.left.get().saturating_sub(1));
        self.left.get() == 0
    }

    fn rel(&mut self, id: RelId) {
        if self.tired() {
            return;
        }
        let rel = self.arena.get_rel(id);
        if let Rel::Union { inputs } = rel {
            let first = inputs.first().map_or(0, |first| width(self.arena, *first));
            for at in 0..first {
                let arms = inputs.iter().map(|arm| self.output(*arm, at, DEPTH));
                self.mixes |= differ(arms);
            }
        }
        if let Rel::Values { rows, width } = rel {
            for at in 0..*width as usize {
                let whole = |id: &ScalarId| {
                    let literal = self.arena.as_literal(*id);
                    let whole = matches!(literal, Some(Literal::Integer(_)));
                    whole.then_some(Number::Whole)
                };
                let values = rows.iter().filter_map(|row| row.get(at));
                let kinds = values.map(|it| whole(it).or_else(|| self.number(*it, None, DEPTH)));
                self.mixes |= differ(kinds);
            }
        }
        for scalar in rel.scalars() {
            self.scalar(scalar, rel.from());
        }
        for input in rel.inputs() {
            self.rel(input);
        }
        if let Some(from) = rel.from() {
            let node = self.arena.get_from(from);
            for input in &node.inputs {
                self.rel(*input);
            }
            for condition in node.conditions() {
                self.scalar(condition, Some(from));
            }
        }
    }

    fn scalar(&mut self, id: ScalarId, from: Option<FromId>) {
        if self.tired() {
            return;
        }
        let scalar = self.arena.get_scalar(id);
        let values: Vec<ScalarId> = match scalar {
            Scalar::Call { function, args } => {
                let name = self.arena.name(*function);
                self.divides |= name == "div-int";
                if CHOICES.contains(&name) { args.clone() } else { Vec::new() }
            }
            Scalar::Case { branches, otherwise } => {
                branches.iter().map(|(_, then)| *then).chain(*otherwise).collect()
            }
            _ => Vec::new(),
        };
        self.mixes |= differ(values.into_iter().map(|it| self.number(it, from, DEPTH)));
        for child in scalar.children() {
            self.scalar(child, from);
        }
        if let Some(rel) = scalar.subquery() {
            self.rel(rel);
        }
    }

    /// Which numbers a scalar of the rows of a `FROM` gives, where that is known.
    fn number(&self, id: ScalarId, from: Option<FromId>, depth: u32) -> Option<Number> {
        match self.arena.as_literal(id) {
            // A whole number that is written out is what the others are.
            Some(Literal::Decimal { .. } | Literal::Float(_)) => return Some(Number::Other),
            Some(_) => return None,
            None => {}
        }
        let types = |out: u32, input: u32, field: Field| -> Type {
            let (0, Some(from)) = (out, from) else { return Type::Unknown };
            let input = self.arena.get_from(from).inputs.get(input as usize);
            input.map_or(Type::Unknown, |rel| self.column(*rel, field, depth))
        };
        of_type(&type_of(self.arena, id, &types))
    }

    fn column(&self, rel: RelId, field: Field, depth: u32) -> Type {
        let Some(depth) = depth.checked_sub(1) else { return Type::Unknown };
        let typed = |number: Option<Number>| match number {
            Some(Number::Whole) => Type::Int(64),
            Some(Number::Other) => Type::Decimal(None),
            None => Type::Unknown,
        };
        match (self.arena.get_rel(rel), field) {
            (Rel::Scan { table }, Field::Named(name)) => {
                let known = self.facts.get(self.arena.name(*table));
                let column = known.and_then(|it| it.columns.get(self.arena.name(name)));
                column.map_or(Type::Unknown, |it| it.data_type.clone())
            }
            (_, Field::At(at)) => typed(self.output(rel, at as usize, depth)),
            _ => Type::Unknown,
        }
    }

    fn output(&self, rel: RelId, at: usize, depth: u32) -> Option<Number> {
        let depth = depth.checked_sub(1).filter(|_| !self.tired())?;
        match self.arena.get_rel(rel) {
            Rel::Project { from, out } => match out.get(at)? {
                plumb_ir::Out::Column(id) => self.number(*id, Some(*from), depth),
                plumb_ir::Out::Star { .. } => None,
            },
            Rel::Aggregate { from, keys, calls, .. } => {
                self.number(*keys.iter().chain(calls).nth(at)?, Some(*from), depth)
            }
            Rel::Distinct { input } | Rel::Limit { input, .. } => self.output(*input, at, depth),
            Rel::Set { left, .. } => self.output(*left, at, depth),
            Rel::Union { inputs } => {
                let arms = inputs.iter().map(|arm| self.output(*arm, at, depth));
                let arms: Vec<Option<Number>> = arms.collect();
                let others = arms.contains(&Some(Number::Other)).then_some(Number::Other);
                others.or(arms.iter().all(|it| *it == arms[0]).then_some(arms[0]).flatten())
            }
            Rel::Values { rows, .. } => {
                let other =
                    |row: &Vec<ScalarId>| row.get(at).and_then(|it| self.number(*it, None, depth));
                rows.iter().find_map(other)
            }
            Rel::Scan { .. } | Rel::Call { .. } | Rel::Opaque { .. } => None,
        }
    }
}

fn of_type(known: &Type) -> Option<Number> {
    match known {
        Type::Int(_) => Some(Number::Whole),
        Type::Decimal(_) | Type::Float(_) => Some(Number::Other),
        _ => None,
    }
}

fn differ(numbers: impl Iterator<Item = Option<Number>>) -> bool {
    let known: Vec<Number> = numbers.flatten().collect();
    known.contains(&Number::Whole) && known.contains(&Number::Other)
}

fn width(arena: &Arena, rel: RelId) -> usize {
    match arena.get_rel(rel) {
        Rel::Values { width, .. } => *width as usize,
        Rel::Project { out, .. } => out.len(),
        Rel::Aggregate { keys, calls, .. } => keys.len() + calls.len(),
        Rel::Distinct { input } | Rel::Limit { input, .. } => width(arena, *input),
        Rel::Union { inputs } => inputs.first().map_or(0, |first| width(arena, *first)),
        Rel::Set { left, .. } => width(arena, *left),
        Rel::Scan { .. } | Rel::Call { .. } | Rel::Opaque { .. } => 0,
    }
}
