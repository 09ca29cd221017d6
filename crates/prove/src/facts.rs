//! What must hold where a condition is TRUE, FALSE or NULL.

use plumb_ir::{GivesNull, Literal, Nulls, Type, function, keeps_values};

use crate::{
    number,
    space::Space,
    term::{Fact, Id, SumId, Term, all, any},
};

/// What is assumed where a number that is none would be compared in another way.
pub(crate) const NO_NAN: &str = "no number is NaN";

impl Space<'_> {
    /// Where it is TRUE.
    pub(crate) fn holds(&mut self, id: Id) -> Fact {
        match &*self.shared(id) {
            Term::Literal(literal) => fact(*literal == Literal::Bool(true)),
            Term::Holds(sum) => self.some(*sum),
            Term::Case { branches, otherwise } => {
                self.in_cases(branches, *otherwise, &mut |it, id| it.holds(id))
            }
            Term::Call { function, args } => {
                let name = self.arena.name(*function).to_owned();
                self.call_holds(id, &name, args)
            }
            _ => self.is("is-true", id),
        }
    }

    /// A value that is asked for as a condition: a number may be TRUE, too.
    fn is(&mut self, word: &str, id: Id) -> Fact {
        if self.type_of(id) == Type::Bool {
            let wanted = self.boolean(word == "is-true");
            return Fact::Same(id, wanted);
        }
        Fact::Same(self.call(word, vec![id]), self.truth)
    }

    /// What is TRUE exactly where a condition is.
    pub(crate) fn truth_in(&mut self, id: Id) -> Id {
        if self.type_of(id) == Type::Bool || id == self.null {
            return id;
        }
        self.call("is-true", vec![id])
    }

    /// Where it is FALSE.
    pub(crate) fn fails(&mut self, id: Id) -> Fact {
        match &*self.shared(id) {
            Term::Literal(literal) => fact(*literal == Literal::Bool(false)),
            Term::Holds(sum) => self.none(*sum),
            Term::Case { branches, otherwise } => {
                self.in_cases(branches, *otherwise, &mut |it, id| it.fails(id))
            }
            Term::Call { function, args } => {
                let name = self.arena.name(*function).to_owned();
                self.call_fails(id, &name, args)
            }
            _ => self.is("is-false", id),
        }
    }

    /// Where it is NULL.
    pub(crate) fn is_null(&mut self, id: Id) -> Fact {
        match &*self.shared(id) {
            Term::Literal(literal) => fact(literal.is_null()),
            Term::Holds(_) | Term::Total(_) => Fact::False,
            Term::Column(var, field) if crate::theory::not_null(self, *var, *field) => Fact::False,
            Term::Fold { function: name, sum, .. }
                if matches!(self.arena.name(*name), "min" | "max")
                    || self.arena.name(*name) == "string-agg" && self.parted_by_texts(*sum) =>
            {
                self.none(*sum)
            }
            Term::Case { branches, otherwise } => {
                self.in_cases(branches, *otherwise, &mut |it, id| it.is_null(id))
            }
            Term::Cast { value, to, safe: false } if keeps_values(&self.type_of(*value), to) => {
                self.is_null(*value)
            }
            Term::Call { function: name, args } => {
                let name = self.arena.name(*name).to_owned();
                match name.as_str() {
                    "and" | "or" => {
                        let (one, two) = (self.holds(id), self.fails(id));
                        all([one.negated(self.null), two.negated(self.null)])
                    }
                    "in-list" => {
                        let (one, two) = (self.holds(id), self.fails(id));
                        all([one.negated(self.null), two.negated(self.null)])
                    }
                    "eq" | "ne" | "lt" | "le" | "all-equal"
                        if args.windows(2).any(|pair| !self.decided(pair[0], pair[1])) =>
                    {
                        Fact::Same(id, self.null)
                    }
                    _ => {
                        let known = function(&name);
                        let strict = known.is_some_and(|it| it.nulls == Nulls::Propagate);
                        match known.map(|it| it.gives_null) {
                            Some(GivesNull::Never) => Fact::False,
                            Some(GivesNull::ForNull) if strict => {
                                any(args.iter().map(|arg| self.is_null(*arg)).collect::<Vec<_>>())
                            }
                            // Arithmetic gives a number or fails.
                            _ if strict
                                && matches!(name.as_str(), "add" | "sub" | "mul" | "neg") =>
                            {
                                any(args.iter().map(|arg| self.is_null(*arg)).collect::<Vec<_>>())
                            }
                            _ => Fact::Same(id, self.null),
                        }
                    }
                }
            }
            _ => Fact::Same(id, self.null),
        }
    }

    /// Whether what stands between the texts of an aggregate is a constant.
    fn parted_by_texts(&self, sum: SumId) -> bool {
        let is_text = |id: &Id| matches!(self.get(*id), Term::Literal(Literal::Text(_)));
        self.blocks(sum).iter().all(|block| block.out.len() == 2 && is_text(&block.out[1]))
    }

    pub(crate) fn not_null(&mut self, id: Id) -> Fact {
        self.is_null(id).negated(self.null)
    }

    /// Some engines say of what is no number that it is not smaller, not larger, and not the same.
    pub(crate) fn numbers(&mut self, one: Id, two: Id) {
        let float = |id| matches!(self.type_of(id), Type::Float(_));
        if float(one) || float(two) {
            self.assumed.insert(NO_NAN);
        }
    }

    /// In each case what the result asks for.
    fn in_cases(
        &mut self,
        branches: &[(Id, Id)],
        otherwise: Id,
        ask: &mut dyn FnMut(&mut Self, Id) -> Fact,
    ) -> Fact {
        let mut before = Vec::new();
        let mut found = Vec::new();
        for (when, then) in branches {
            let holds = self.holds(*when);
            let result = ask(self, *then);
            found.push(all(before.iter().cloned().chain([holds.clone(), result])));
            before.push(holds.negated(self.null));
        }
        let result = ask(self, otherwise);
        found.push(all(before.into_iter().chain([result])));
        any(found)
    }

    fn call_holds(&mut self, id: Id, name: &str, args: &[Id]) -> Fact {
        match (name, args) {
            ("and", _) => all(args.iter().map(|arg| self.holds(*arg)).collect::<Vec<_>>()),
            ("or", _) => any(args.iter().map(|arg| self.holds(*arg)).collect::<Vec<_>>()),
            ("not", &[arg]) => self.fails(arg),
            ("is-true", &[arg]) => self.holds(arg),
            ("is-false", &[arg]) => self.fails(arg),
            ("is-null", &[arg]) => self.is_null(arg),
            ("eq", &[one, two]) if let Some((_, range)) = self.in_range(one, two) => range,
            ("lt" | "le", &[one, two])
                if let Some(range) = self.beside_year(one, two, name == "lt") =>
            {
                range
            }
            ("eq", &[one, two]) if self.comparable(one, two) => {
                if let Some(fact) = self.as_condition(one, two) {
                    return fact;
                }
                all([self.not_null(one), self.not_null(two), Fact::Same(one, two)])
            }
            ("ne", &[one, two]) if self.comparable(one, two) => {
                all([self.not_null(one), self.not_null(two), Fact::Differ(one, two)])
            }
            ("all-equal", _) => {
                let pairs = args.windows(2).map(|pair| [pair[0], pair[1]]);
                let pairs: Vec<[Id; 2]> = pairs.collect();
                all(pairs
                    .iter()
                    .map(|pair| {
                        let eq = self.call("eq", pair.to_vec());
                        self.holds(eq)
                    })
                    .collect::<Vec<_>>())
            }
            ("lt" | "le", &[one, two])
                if let Some(fact) = self.beside_later_day(one, two, name == "lt") =>
            {
                fact
            }
            ("lt", &[one, two]) => {
                self.numbers(one, two);
                Fact::Below(one, two)
            }
            ("le", &[one, two]) => {
                self.numbers(one, two);
                Fact::AtMost(one, two)
            }
            ("is-not-distinct", &[one, two]) if self.comparable(one, two) => Fact::Same(one, two),
            ("is-distinct", &[one, two]) if self.comparable(one, two) => Fact::Differ(one, two),
            ("in-list", [value, items @ ..]) => {
                let mut found = Vec::new();
                for item in items {
                    let eq = self.call("eq", vec![*value, *item]);
                    found.push(self.holds(eq));
                }
                any(found)
            }
            ("between", &[value, low, high]) => {
                self.numbers(low, value);
                self.numbers(value, high);
                all([Fact::AtMost(low, value), Fact::AtMost(value, high)])
            }
            _ => self.is("is-true", id),
        }
    }

    fn call_fails(&mut self, id: Id, name: &str, args: &[Id]) -> Fact {
        match (name, args) {
            ("and", _) => any(args.iter().map(|arg| self.fails(*arg)).collect::<Vec<_>>()),
            ("or", _) => all(args.iter().map(|arg| self.fails(*arg)).collect::<Vec<_>>()),
            ("not", &[arg]) => self.holds(arg),
            ("is-true", &[arg]) => self.holds(arg).negated(self.null),
            ("is-false", &[arg]) => self.fails(arg).negated(self.null),
            ("is-null", &[arg]) => self.not_null(arg),
            ("eq", &[one, two]) if let Some((day, range)) = self.in_range(one, two) => {
                all([self.not_null(day), range.negated(self.null)])
            }
            ("lt" | "le", &[one, two])
                if let Some(range) = self.beside_year(two, one, name == "le") =>
            {
                range
            }
            ("eq", &[one, two]) if self.comparable(one, two) => {
                all([self.not_null(one), self.not_null(two), Fact::Differ(one, two)])
            }
            ("ne", &[one, two]) if self.comparable(one, two) => {
                all([self.not_null(one), self.not_null(two), Fact::Same(one, two)])
            }
            ("lt" | "le", &[one, two])
                if let Some(fact) = self.beside_later_day(two, one, name == "le") =>
            {
                fact
            }
            ("lt", &[one, two]) => {
                self.numbers(one, two);
                Fact::AtMost(two, one)
            }
            ("le", &[one, two]) => {
                self.numbers(one, two);
                Fact::Below(two, one)
            }
            ("is-not-distinct", &[one, two]) if self.comparable(one, two) => Fact::Differ(one, two),
            ("is-distinct", &[one, two]) if self.comparable(one, two) => Fact::Same(one, two),
            ("in-list", [value, items @ ..]) => {
                let mut found = Vec::new();
                for item in items {
                    let eq = self.call("eq", vec![*value, *item]);
                    found.push(self.fails(eq));
                }
                all(found)
            }
            ("between", &[value, low, high]) => {
                self.numbers(low, value);
                self.numbers(value, high);
                any([Fact::Below(value, low), Fact::Below(high, value)])
            }
            _ => self.is("is-false", id),
        }
    }

    /// What a comparison of a case with a value asks for, case by case.
    fn as_condition(&mut self, one: Id, two: Id) -> Option<Fact> {
        for (case, value) in [(one, two), (two, one)] {
            if let Term::Case { branches, otherwise } = &*self.shared(case)
                && matches!(self.get(value), Term::Literal(_))
            {
                return Some(self.in_cases(branches, *otherwise, &mut |it, result| {
                    let eq = it.call("eq", vec![result, value]);
                    it.holds(eq)
                }));
            }
        }
        None
    }
}

impl Space<'_> {
    /// The same fact, with what is plain said plainly.
    pub(crate) fn plain(&mut self, known: Fact) -> Fact {
        let known = match known {
            Fact::Same(one, two) => {
                let (one, two) = self.without_offset(one, two);
                Fact::Same(one, two)
            }
            Fact::Below(one, two) => {
                let (one, two) = self.without_offset(one, two);
                Fact::Below(one, two)
            }
            Fact::AtMost(one, two) => {
                let (one, two) = self.without_offset(one, two);
                Fact::AtMost(one, two)
            }
            other => other,
        };
        match known {
            Fact::Same(one, two) if one == two => Fact::True,
            Fact::Same(one, two) if one == self.null || two == self.null => {
                let value = if one == self.null { two } else { one };
                match self.is_null(value) {
                    Fact::Same(one, two) => Fact::Same(one, two),
                    other => self.plain(other),
                }
            }
            Fact::Same(one, two) => {
                if let Some(fact) = self.of_count(one, two, Compare::Same) {
                    return fact;
                }
                if number::distinct(self.get(one), self.get(two)) {
                    Fact::False
                } else {
                    Fact::Same(one, two)
                }
            }
            Fact::Differ(one, two) => {
                let null = self.null;
                self.plain(Fact::Same(one, two)).negated(null)
            }
            Fact::Below(one, two) | Fact::AtMost(one, two) => {
                let strict = matches!(known, Fact::Below(..));
                let compare = if strict { Compare::Below } else { Compare::AtMost };
                if let Some(fact) = self.of_count(one, two, compare) {
                    return fact;
                }
                if let Some(fact) = self.of_extreme(one, two, compare) {
                    return fact;
                }
                match number::compare(self.get(one), self.get(two)) {
                    Some(order) => fact(order.is_lt() || !strict && order.is_eq()),
                    None if one == self.null || two == self.null => Fact::False,
                    None => known,
                }
            }
            Fact::All(parts) => {
                all(parts.into_iter().map(|part| self.plain(part)).collect::<Vec<_>>())
            }
            Fact::Any(parts) => {
                any(parts.into_iter().map(|part| self.plain(part)).collect::<Vec<_>>())
            }
            Fact::True | Fact::False | Fact::Some(_) | Fact::None(_) => known,
        }
    }

    /// What a comparison of a count with nothing says of its rows.
    fn of_count(&mut self, one: Id, two: Id, compare: Compare) -> Option<Fact> {
        let number = |it: &Self, id: Id| match it.get(id) {
            Term::Literal(Literal::Integer(number)) => Some(*number),
            _ => None,
        };
        let (some, none) = if let Some(count) = self.counted(one) {
            match (compare, number(self, two)?) {
                (Compare::Same | Compare::AtMost, 0) | (Compare::Below, 1) => (None, Some(count)),
                (Compare::Same | Compare::AtMost, ..0) | (Compare::Below, ..1) => {
                    return Some(Fact::False);
                }
                _ => return None,
            }
        } else if let Some(count) = self.counted(two) {
            match (compare, number(self, one)?) {
                (Compare::Same, 0) => (None, Some(count)),
                (Compare::Same, ..0) => return Some(Fact::False),
                (Compare::AtMost, ..1) | (Compare::Below, ..0) => return Some(Fact::True),
                (Compare::AtMost, 1) | (Compare::Below, 0) => (Some(count), None),
                _ => return None,
            }
        } else {
            return None;
        };
        let null = self.null;
        match (some, none) {
            (Some(count), _) => Some(self.some_of(count)),
            (_, Some(count)) => Some(self.some_of(count).negated(null)),
            _ => None,
        }
    }

    /// What a comparison of the least or largest value with a constant says of the values.
    fn of_extreme(&mut self, one: Id, two: Id, compare: Compare) -> Option<Fact> {
        let extreme = |it: &Self, id: Id| match it.get(id) {
            Term::Fold { function, sum, .. } => match it.arena.name(*function) {
                "min" => Some((*sum, true)),
                "max" => Some((*sum, false)),
                _ => None,
            },
            _ => None,
        };
        let constant =
            |it: &Self, id: Id| matches!(it.get(id), Term::Literal(literal) if !literal.is_null());
        let strict = matches!(compare, Compare::Below);
        let (sum, least, left) = match (extreme(self, one), extreme(self, two)) {
            (Some((sum, least)), None) if constant(self, two) => (sum, least, true),
            (None, Some((sum, least))) if constant(self, one) => (sum, least, false),
            _ => return None,
        };
        if !self.rule("values-of-extreme") {
            return None;
        }
        // min < c, c < max: one value is. c < min, max < c: all are, and there is one.
        let one_is = least == left;
        let mut blocks = self.blocks(sum).to_vec();
        for block in &mut blocks {
            let value = block.out[0];
            let (first, second) = if left { (value, two) } else { (one, value) };
            block.facts.push(match (one_is, strict) {
                (true, true) => Fact::Below(first, second),
                (true, false) => Fact::AtMost(first, second),
                (false, true) => Fact::AtMost(second, first),
                (false, false) => Fact::Below(second, first),
            });
        }
        let found = self.some_of(blocks);
        if one_is {
            return Some(found);
        }
        let some = self.some(sum);
        let none = found.negated(self.null);
        Some(all([some, none]))
    }

    /// A comparison of one more than a whole number with a constant is one of the number with one less.
    fn without_offset(&mut self, one: Id, two: Id) -> (Id, Id) {
        for (sum, other, turned) in [(one, two, false), (two, one, true)] {
            let Some((name, args)) = crate::theory::as_call(self, sum) else { continue };
            let number = |it: &Self, id: Id| match it.get(id) {
                Term::Literal(Literal::Integer(number)) => Some(*number),
                _ => None,
            };
            let [offset, count] = args.as_slice() else { continue };
            if name == "add"
                && matches!(self.type_of(*count), Type::Int(_))
                && let (Some(offset), Some(amount)) = (number(self, *offset), number(self, other))
                && let Some(left) = amount.checked_sub(offset)
            {
                let left = self.integer(left);
                return if turned { (left, *count) } else { (*count, left) };
            }
        }
        (one, two)
    }

    /// The rows that a term counts.
    fn counted(&mut self, id: Id) -> Option<Vec<crate::term::Block>> {
        match &*self.shared(id) {
            Term::Total(sum) => {
                let blocks = self.blocks(*sum);
                blocks.iter().all(|block| block.out == [self.one]).then(|| blocks.to_vec())
            }
            Term::Call { function, args } if self.arena.name(*function) == "add" => {
                let mut all = Vec::new();
                for arg in args {
                    all.extend(self.counted(*arg)?);
                }
                Some(all)
            }
            // Rows of each with rows of the others.
            Term::Call { function, args } if self.arena.name(*function) == "mul" => {
                let counted = args.iter().map(|arg| self.counted(*arg));
                let counted = counted.collect::<Option<Vec<Vec<crate::term::Block>>>>()?;
                Some(self.crossed(&counted))
            }
            _ => None,
        }
    }
}

/// How two terms are compared.
#[derive(Clone, Copy)]
enum Compare {
    Same,
    Below,
    AtMost,
}

fn fact(holds: bool) -> Fact {
    if holds { Fact::True } else { Fact::False }
}
