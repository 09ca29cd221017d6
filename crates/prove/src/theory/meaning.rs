//! What functions give where enough is known of their arguments.

use plumb_ir::{GivesNull, Literal, Nulls, Type, keeps_values};

use super::{Theory, case, exact};
use crate::{
    number::fits,
    space::Space,
    term::{Id, Term},
};

impl Theory {
    pub(super) fn evaluate(&mut self, space: &mut Space<'_>) {
        // What was evaluated before gives the same until something is learned.
        let begin = if std::mem::take(&mut self.learned) { 0 } else { self.evaluated };
        self.evaluated = self.terms.len();
        for place in begin..self.evaluated {
            let id = self.terms[place];
            let found = self.value_of(space, id);
            if let Some(found) = found
                && found != id
            {
                let found = self.place(space, found);
                self.merge(space, found, place);
            }
            self.nullness(space, place);
            self.truth_values(space, place);
        }
    }

    /// A condition is TRUE, FALSE or NULL: what is not two of them is the third.
    fn truth_values(&mut self, space: &mut Space<'_>, place: usize) {
        let class = self.find(place);
        if self.constant[class].is_some() || space.type_of(self.terms[place]) != Type::Bool {
            return;
        }
        let (truth, falsehood) = (space.truth, space.falsehood);
        let (truth, falsehood) = (self.place(space, truth), self.place(space, falsehood));
        let class = self.find(class);
        let yes = self.apart(space, class, self.find(truth));
        let no = self.apart(space, class, self.find(falsehood));
        let third = match (yes, no, self.value[class]) {
            (true, true, true) => {
                self.absurd = true;
                return;
            }
            (true, true, false) => space.null,
            (true, false, true) => space.falsehood,
            (false, true, true) => space.truth,
            _ => return,
        };
        let third = self.place(space, third);
        self.merge(space, third, place);
    }

    /// What NULL does in functions and what they do with it.
    pub(super) fn nullness(&mut self, space: &mut Space<'_>, place: usize) {
        match &*space.shared(self.terms[place]) {
            Term::Call { args, .. } => {
                let Some(known) = space.function(self.terms[place]) else { return };
                if known.nulls != Nulls::Propagate {
                    return;
                }
                let classes: Vec<usize> = args
                    .iter()
                    .filter_map(|arg| self.places.get(arg).map(|it| self.find(*it)))
                    .collect();
                if classes.iter().any(|class| self.known_null(space, *class)) {
                    let null = self.place(space, space.null);
                    self.merge(space, null, place);
                } else if self.value[self.find(place)] {
                    for class in classes {
                        self.set_value(space, class);
                    }
                } else {
                    let arithmetic = matches!(known.name, "add" | "sub" | "mul" | "neg");
                    let total = known.gives_null == GivesNull::ForNull || arithmetic;
                    let compares = matches!(known.name, "eq" | "ne" | "lt" | "le" | "all-equal");
                    let decided =
                        !compares || args.windows(2).all(|pair| space.decided(pair[0], pair[1]));
                    if total && decided && classes.iter().all(|class| self.value[*class]) {
                        self.set_value(space, place);
                    }
                }
            }
            Term::Cast { value, to, safe: false } => {
                let Some(inner) = self.places.get(value).map(|it| self.find(*it)) else { return };
                if self.known_null(space, inner) {
                    let null = self.place(space, space.null);
                    self.merge(space, null, place);
                } else if self.value[inner] && keeps_values(&space.type_of(*value), to) {
                    self.set_value(space, place);
                } else if self.value[self.find(place)] {
                    self.set_value(space, inner);
                }
            }
            _ => {}
        }
    }

    pub(super) fn value_of(&mut self, space: &mut Space<'_>, id: Id) -> Option<Id> {
        match &*space.shared(id) {
            Term::Case { branches, otherwise } => {
                let Some(((when, then), rest)) = branches.split_first() else {
                    return Some(*otherwise);
                };
                match self.truth_of(space, *when) {
                    Some(true) => return Some(*then),
                    Some(false) => return Some(case(space, rest.to_vec(), *otherwise)),
                    None => {}
                }
                let results = branches.iter().map(|(_, then)| *then).chain([*otherwise]);
                let mut classes = results.map(|it| self.places.get(&it).map(|it| self.find(*it)));
                let first = classes.next().flatten()?;
                classes.all(|other| other == Some(first)).then_some(*then)
            }
            Term::Cast { value, to, .. } => {
                if space.type_of(*value) == *to && exact(to) {
                    return Some(*value);
                }
                let class = self.find(*self.places.get(value)?);
                let constant = self.constant[class]?;
                match (space.get(constant), to) {
                    (Term::Literal(Literal::Integer(number)), Type::Int(bits))
                        if fits(*number, *bits) =>
                    {
                        Some(constant)
                    }
                    (Term::Literal(Literal::Integer(_)), Type::Decimal(None))
                    | (Term::Literal(Literal::Text(_)), Type::Text)
                    | (Term::Literal(Literal::Null), _) => Some(constant),
                    _ => None,
                }
            }
            Term::Call { function, args } => {
                let name = space.function(id)?.name;
                // What is derived from a function bears its name, too.
                if space.arena.name(*function) != name {
                    return None;
                }
                self.logic(space, name, args)
            }
            _ => None,
        }
    }

    /// Functions of logic where enough is known.
    fn logic(&mut self, space: &mut Space<'_>, name: &str, args: &[Id]) -> Option<Id> {
        match (name, args) {
            ("is-null", &[arg]) => {
                let class = self.known_class(arg)?;
                if self.known_null(space, class) {
                    return Some(space.truth);
                }
                self.value[class].then_some(space.falsehood)
            }
            ("not", &[arg]) => {
                let constant = self.constant[self.known_class(arg)?]?;
                let other = constant == space.falsehood;
                (other || constant == space.truth).then(|| space.boolean(other))
            }
            ("is-true", &[arg]) => self.truth_of(space, arg).map(|is| space.boolean(is)),
            ("and", _) => self.connected(space, args, space.falsehood, space.truth),
            ("or", _) => self.connected(space, args, space.truth, space.falsehood),
            ("eq", &[one, two]) => {
                space.numbers(one, two);
                self.equal(space, one, two)
            }
            ("lt" | "le", &[one, two]) => {
                space.numbers(one, two);
                self.smaller(space, one, two, name == "lt")
            }
            ("is-not-distinct", &[one, two]) => {
                let (first, second) = (self.known_class(one)?, self.known_class(two)?);
                if first == second {
                    return Some(space.truth);
                }
                let apart = space.comparable(one, two) && self.apart(space, first, second);
                apart.then_some(space.falsehood)
            }
            ("in-list", [value, items @ ..]) => self.listed(space, *value, items),
            _ => None,
        }
    }

    fn known_class(&self, id: Id) -> Option<usize> {
        self.places.get(&id).map(|place| self.find(*place))
    }

    /// `and`, `or`: one that is `zero` decides, those that are `unit` do nothing.
    fn connected(&self, space: &Space<'_>, args: &[Id], zero: Id, unit: Id) -> Option<Id> {
        let mut left = Vec::new();
        for arg in args {
            let constant = self.constant[self.known_class(*arg)?];
            if constant == Some(zero) {
                return Some(zero);
            }
            if constant != Some(unit) {
                left.push(*arg);
            }
        }
        match left.as_slice() {
            [] => Some(unit),
            // NULL and what is no condition stay what they are.
            [one] if space.type_of(*one) == Type::Bool => Some(*one),
            _ => None,
        }
    }

    fn equal(&self, space: &Space<'_>, one: Id, two: Id) -> Option<Id> {
        let (first, second) = (self.known_class(one)?, self.known_class(two)?);
        if !self.value[first] || !self.value[second] {
            return None;
        }
        if first == second {
            return space.decided(one, two).then_some(space.truth);
        }
        let apart = space.comparable(one, two) && self.apart(space, first, second);
        apart.then_some(space.falsehood)
    }

    fn smaller(&self, space: &Space<'_>, one: Id, two: Id, strict: bool) -> Option<Id> {
        let decided = space.decided(one, two);
        let (one, two) = (self.known_class(one)?, self.known_class(two)?);
        if !decided || !self.value[one] || !self.value[two] {
            return None;
        }
        if one == two {
            return Some(space.boolean(!strict));
        }
        if self.compared(space, one, two).is_some_and(|below| below || !strict) {
            return Some(space.truth);
        }
        let not = self.compared(space, two, one).is_some_and(|below| below || strict);
        not.then_some(space.falsehood)
    }

    fn listed(&self, space: &Space<'_>, value: Id, items: &[Id]) -> Option<Id> {
        let class = self.known_class(value)?;
        if !self.value[class] {
            return None;
        }
        let mut apart = true;
        for item in items {
            let other = self.known_class(*item)?;
            if other == class && space.decided(value, *item) {
                return Some(space.truth);
            }
            apart &= self.value[other]
                && space.comparable(value, *item)
                && self.apart(space, other, class);
        }
        apart.then_some(space.falsehood)
    }

    /// Whether a condition is TRUE, if that is known.
    pub(crate) fn truth_of(&mut self, space: &mut Space<'_>, id: Id) -> Option<bool> {
        let place = self.place(space, id);
        if let Some(constant) = self.constant[self.find(place)]
            && [space.truth, space.falsehood, space.null].contains(&constant)
        {
            return Some(constant == space.truth);
        }
        let is = space.truth_in(id);
        let class = self.known_class(is)?;
        if let Some(constant) = self.constant[class] {
            return Some(constant == space.truth);
        }
        let truth = self.place(space, space.truth);
        let truth = self.find(truth);
        self.apart(space, class, truth).then_some(false)
    }
}
