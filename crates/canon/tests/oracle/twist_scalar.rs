//! Scalars written another way, whether or not that is the same.

use plumb_ir::{Bound, Field, Frame, FrameUnit, Literal, Rel, Scalar, ScalarId, Type};

use super::twist::Twist;

impl Twist<'_> {
    pub(super) fn scalar(&mut self, id: ScalarId) -> Option<ScalarId> {
        let scalar = self.arena.get_scalar(id).clone();
        let call = |it: &mut Self, name: &str, args: Vec<ScalarId>| Some(it.arena.call(name, args));
        match scalar {
            Scalar::Call { function, args } => {
                let name = self.arena.name(function).to_owned();
                self.asked_again(id, &name).or_else(|| self.called(id, &name, &args))
            }
            Scalar::Column { input, field, depth } => Some(self.column(id, input, field, depth)),
            Scalar::Case { branches, otherwise } => match self.pick(3) {
                0 => branches.first().map(|(_, then)| *then),
                1 => otherwise,
                _ => {
                    let mut branches = branches;
                    branches.reverse();
                    Some(self.arena.scalar(Scalar::Case { branches, otherwise }))
                }
            },
            Scalar::Cast { value, .. } => Some(value),
            Scalar::Aggregate { function, args, distinct, filter, order } => {
                self.measured(self.arena.name(function).to_owned(), args, distinct, filter, order)
            }
            window @ Scalar::Window { .. } => self.window(window),
            Scalar::Literal(literal) => match literal {
                Literal::Text(text) => Some(self.arena.literal(Literal::Text(format!("{text} ")))),
                Literal::Integer(number) => Some(self.arena.literal(Literal::Integer(number + 1))),
                Literal::Null => None,
                _ => Some(self.arena.literal(Literal::Null)),
            },
            Scalar::In { values, rel } if self.pick(2) == 0 => {
                let null = self.arena.call("is-null", vec![*values.first()?]);
                let again = self.arena.scalar(Scalar::In { values, rel });
                let not = self.arena.call("not", vec![null]);
                call(self, "and", vec![again, not])
            }
            Scalar::Subquery(rel) => {
                let Rel::Aggregate { from, calls, keys, .. } = self.arena.get_rel(rel).clone()
                else {
                    return None;
                };
                let rel = self.arena.rel(Rel::Aggregate { from, calls, keys, scalar: false });
                Some(self.arena.scalar(Scalar::Subquery(rel)))
            }
            Scalar::Exists(rel) => {
                let rel = self.distinct(rel);
                Some(self.arena.scalar(Scalar::Exists(rel)))
            }
            Scalar::In { .. }
            | Scalar::Either { .. }
            | Scalar::Lambda { .. }
            | Scalar::Param(_)
            | Scalar::Hole { .. } => None,
        }
    }

    /// A truth value, asked for once more.
    fn asked_again(&mut self, id: ScalarId, name: &str) -> Option<ScalarId> {
        if !boolean(name) {
            return None;
        }
        let [yes, no] = [true, false].map(|it| self.arena.literal(Literal::Bool(it)));
        match self.pick(8) {
            0 => Some(self.arena.call("is-true", vec![id])),
            1 => {
                let otherwise = [Some(no), None][self.pick(2)];
                Some(self.arena.scalar(Scalar::Case { branches: vec![(id, yes)], otherwise }))
            }
            2 => Some(self.arena.call("coalesce", vec![id, no])),
            _ => None,
        }
    }

    fn denied(&mut self, one: ScalarId) -> Option<ScalarId> {
        let (inner, parts) = self.arena.as_call(one)?;
        let (inner, parts) = (inner.to_owned(), parts.to_vec());
        let name = match inner.as_str() {
            "lt" => "le",
            "le" => "lt",
            "eq" => return Some(self.arena.call("is-distinct", parts)),
            "and" | "or" => {
                let parts = parts.iter().map(|it| self.arena.call("not", vec![*it])).collect();
                return Some(self.arena.call(if inner == "and" { "or" } else { "and" }, parts));
            }
            _ => return Some(self.arena.call("is-false", vec![one])),
        };
        Some(self.arena.call(name, vec![*parts.get(1)?, *parts.first()?]))
    }

    fn text(&mut self, id: ScalarId, name: &str, args: &[ScalarId]) -> Option<ScalarId> {
        match (name, args) {
            ("substring" | "left", [text, .., last]) => {
                Some(self.arena.call("left", vec![*text, *last]))
            }
            ("lower" | "upper" | "trim" | "ltrim" | "rtrim", [one]) => {
                let name = ["lower", "upper", "trim", "ltrim", "rtrim"][self.pick(5)];
                let again = self.arena.call(name, vec![id]);
                Some([again, *one][self.pick(2)])
            }
            ("like", [text, pattern]) => {
                let Some(Literal::Text(said)) = self.arena.as_literal(*pattern).cloned() else {
                    return None;
                };
                let prefix = said.trim_end_matches('%').to_owned();
                let count = i128::try_from(prefix.chars().count()).ok()?;
                let [one, count] = [1, count].map(|it| self.arena.literal(Literal::Integer(it)));
                let cut = self.arena.call("substring", vec![*text, one, count]);
                let prefix = self.arena.literal(Literal::Text(prefix));
                Some(self.arena.call("eq", vec![cut, prefix]))
            }
            _ => None,
        }
    }

    fn called(&mut self, id: ScalarId, name: &str, args: &[ScalarId]) -> Option<ScalarId> {
        let call = |it: &mut Self, name: &str, args: Vec<ScalarId>| Some(it.arena.call(name, args));
        match (name, args, self.pick(6)) {
            ("not", [one], 0) => call(self, "is-false", vec![*one]),
            ("not", [one], _) => self.denied(*one),
            ("eq", [one, two], 0) => call(self, "is-not-distinct", vec![*one, *two]),
            ("is-not-distinct", [one, two], 0) => call(self, "eq", vec![*one, *two]),
            ("eq" | "lt" | "le" | "like" | "ne", [one, ..], 1) => {
                let null = self.arena.call("is-null", vec![*one]);
                let not = self.arena.call("not", vec![null]);
                call(self, "and", vec![id, not])
            }
            ("lt", [one, two], 2) => {
                let number = self.arena.literal(Literal::Integer(1));
                let more = self.arena.call("add", vec![*one, number]);
                call(self, "le", vec![more, *two])
            }
            ("eq", [one, two], 3) => {
                let and = [(*one, *two), (*two, *one)]
                    .map(|(one, two)| self.arena.call("le", vec![one, two]));
                call(self, "and", and.to_vec())
            }
            ("and" | "or" | "coalesce", parts, 0..3) if parts.len() > 1 => {
                let at = self.pick(parts.len());
                let mut parts = parts.to_vec();
                parts.remove(at);
                if let [one] = parts.as_slice() { Some(*one) } else { call(self, name, parts) }
            }
            ("or", [one, two], _) => {
                let not = self.arena.call("not", vec![*one]);
                let both = self.arena.call("and", vec![not, *two]);
                call(self, "or", vec![*one, both])
            }
            _ => self.text(id, name, args),
        }
    }

    fn column(&mut self, id: ScalarId, input: u32, field: Field, depth: u32) -> ScalarId {
        match (self.pick(3), field) {
            (0, _) => {
                let null = self.arena.call("is-null", vec![id]);
                let not = self.arena.call("not", vec![null]);
                self.arena.scalar(Scalar::Case { branches: vec![(not, id)], otherwise: None })
            }
            (1, Field::At(at)) => {
                let field = Field::At(if at == 0 { 1 } else { at - 1 });
                self.arena.scalar(Scalar::Column { input, depth, field })
            }
            _ => {
                let zero = self.arena.literal(Literal::Integer(0));
                self.arena.call("coalesce", vec![id, zero])
            }
        }
    }

    fn window(&mut self, mut window: Scalar) -> Option<ScalarId> {
        let Scalar::Window { partition, order, frame, .. } = &mut window else { return None };
        match self.pick(5) {
            0 => {
                partition.pop()?;
            }
            1 => order.first_mut()?.descending ^= true,
            2 => {
                let all = Frame { unit: FrameUnit::Rows, start: Bound::First, end: Bound::Current };
                *frame = frame.map(|_| all);
            }
            3 => partition.push(self.arena.literal(Literal::Integer(1))),
            _ => {
                order.pop()?;
            }
        }
        Some(self.arena.scalar(window))
    }

    fn measured(
        &mut self,
        name: String,
        mut args: Vec<ScalarId>,
        mut distinct: bool,
        mut filter: Option<ScalarId>,
        order: Vec<plumb_ir::SortKey>,
    ) -> Option<ScalarId> {
        let mut name = name;
        let one = self.arena.literal(Literal::Integer(1));
        match (name.as_str(), self.pick(5)) {
            ("count", 0) => args.clear(),
            ("count", 1) => args = vec![one],
            // A condition as the value, and the other way round.
            (_, 2) => {
                let when = filter.take()?;
                let then = args.first().copied().unwrap_or(one);
                args = vec![
                    self.arena
                        .scalar(Scalar::Case { branches: vec![(when, then)], otherwise: None }),
                ];
            }
            (_, 3) => distinct = !distinct && !args.is_empty(),
            ("count", _) => {
                let when = match args.first() {
                    Some(arg) => {
                        let null = self.arena.call("is-null", vec![*arg]);
                        self.arena.call("not", vec![null])
                    }
                    None => self.arena.literal(Literal::Bool(true)),
                };
                args = vec![one];
                filter = Some(when);
                "sum".clone_into(&mut name);
            }
            _ => {
                let null = self.arena.call("is-null", vec![*args.first()?]);
                filter = Some(self.arena.call("not", vec![null]));
            }
        }
        if args.is_empty() {
            distinct = false;
        }
        let function = self.arena.symbol(&name);
        Some(self.arena.scalar(Scalar::Aggregate { function, args, distinct, filter, order }))
    }
}

fn boolean(name: &str) -> bool {
    plumb_ir::function(name)
        .is_some_and(|it| it.result == Some(plumb_ir::ResultType::Always(Type::Bool)))
}
