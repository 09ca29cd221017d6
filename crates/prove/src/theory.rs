//! What follows from facts about values: which are the same, which cannot be, and which are smaller.
//!
//! Congruence closure over terms, with constants, NULLs, orders, keys of tables, and the meaning of the functions that
//! logic is written in. What it concludes holds; it does not conclude all that holds.

mod meaning;
mod order;
mod rows;

use std::collections::BTreeMap;

use plumb_ir::{Field, GivesNull, Symbol, Type};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use order::tightened;

use crate::{
    number,
    space::{Space, parts},
    state::is_sum,
    term::{Fact, Id, Term, Var},
};

/// Rounds until nothing new is concluded.
const ROUNDS: usize = 40;
/// Terms it looks at.
const TERMS: usize = 2_000;
/// Terms of a few rows.
const EXPECTED: usize = 28;

#[derive(Default, Clone)]
pub(crate) struct Theory {
    places: FxHashMap<Id, usize>,
    pub(crate) terms: Vec<Id>,
    parent: Vec<usize>,
    /// Of the term that speaks for its class.
    constant: Vec<Option<Id>>,
    value: Vec<bool>,
    differ: Vec<(Id, Id)>,
    /// The first is not larger; whether it is smaller.
    order: Vec<(Id, Id, bool)>,
    reach: BTreeMap<(usize, usize), bool>,
    rows: Vec<(Var, Symbol)>,
    pub(crate) absurd: bool,
    settled: bool,
    /// Whether anything was learned of terms that were evaluated.
    learned: bool,
    /// So many terms were evaluated since.
    evaluated: usize,
}

/// Classes of the parts of a term.
type Classes = SmallVec<[usize; 4]>;

/// How a term is made from its parts.
#[derive(PartialEq, Eq, Hash)]
enum Shape {
    Call(Symbol, Classes),
    Case(Classes),
    Cast(usize, Type, bool),
}

impl Theory {
    pub(crate) fn of(space: &mut Space<'_>, facts: &[Fact]) -> Self {
        let mut theory = Self::default();
        for fact in facts {
            theory.assume(space, fact);
        }
        theory.settle(space);
        theory
    }

    /// Takes a fact that is no combination of others; the rest it passes over.
    pub(crate) fn assume(&mut self, space: &mut Space<'_>, fact: &Fact) {
        match fact {
            Fact::False => self.absurd = true,
            Fact::Same(one, two) => {
                let (one, two) = (self.place(space, *one), self.place(space, *two));
                self.merge(space, one, two);
            }
            Fact::Differ(one, two) => {
                let (first, second) = (self.place(space, *one), self.place(space, *two));
                if *one == space.null {
                    self.set_value(space, second);
                } else if *two == space.null {
                    self.set_value(space, first);
                } else {
                    self.differ.push((*one, *two));
                    self.learn();
                }
            }
            Fact::Below(one, two) | Fact::AtMost(one, two) => {
                let strict = matches!(fact, Fact::Below(..));
                let (first, second) = (self.place(space, *one), self.place(space, *two));
                self.set_value(space, first);
                self.set_value(space, second);
                self.put_in_order(space, *one, *two, strict);
            }
            Fact::True | Fact::Some(_) | Fact::None(_) | Fact::All(_) | Fact::Any(_) => {}
        }
    }

    /// Whether a fact holds, or cannot hold; `None` if it is not known.
    pub(crate) fn ask(&mut self, space: &mut Space<'_>, fact: &Fact) -> Option<bool> {
        if self.absurd {
            return Some(true);
        }
        match fact {
            Fact::True => Some(true),
            Fact::False => Some(false),
            Fact::Same(one, two) => {
                let (one, two) = self.pair(space, *one, *two);
                if one == two {
                    return Some(true);
                }
                self.apart(space, one, two).then_some(false)
            }
            Fact::Differ(..) => {
                let Fact::Differ(one, two) = *fact else { return None };
                self.ask(space, &Fact::Same(one, two)).map(|same| !same)
            }
            Fact::Below(one, two) | Fact::AtMost(one, two) => {
                let strict = matches!(fact, Fact::Below(..));
                self.pair(space, *one, *two);
                let (one, two, strict) = tightened(space, *one, *two, strict);
                let (one, two) = self.pair(space, one, two);
                if one == two && !strict {
                    return self.value[one].then_some(true);
                }
                if self.known_null(space, one) || self.known_null(space, two) {
                    return Some(false);
                }
                match self.compared(space, one, two) {
                    Some(below) if below || !strict => Some(true),
                    _ => match self.compared(space, two, one) {
                        Some(below) if below || strict => Some(false),
                        _ => None,
                    },
                }
            }
            Fact::All(parts) => {
                let mut all = Some(true);
                for part in parts {
                    match self.ask(space, part) {
                        Some(false) => return Some(false),
                        Some(true) => {}
                        None => all = None,
                    }
                }
                all
            }
            Fact::Any(parts) => {
                let mut none = Some(false);
                for part in parts {
                    match self.ask(space, part) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => none = None,
                    }
                }
                none
            }
            Fact::Some(_) | Fact::None(_) => None,
        }
    }

    fn pair(&mut self, space: &mut Space<'_>, one: Id, two: Id) -> (usize, usize) {
        self.place(space, one);
        self.place(space, two);
        self.settle(space);
        (self.find(self.places[&one]), self.find(self.places[&two]))
    }

    /// The class of a term, by a number that holds until something is learned.
    pub(crate) fn class(&mut self, space: &mut Space<'_>, id: Id) -> usize {
        let place = self.place(space, id);
        self.settle(space);
        self.find(place)
    }

    /// The terms that are the same as a term.
    pub(crate) fn members(&mut self, space: &mut Space<'_>, id: Id) -> Vec<Id> {
        let class = self.class(space, id);
        let same = |place: &usize| self.find(*place) == class;
        (0..self.terms.len()).filter(same).map(|place| self.terms[place]).collect()
    }

    /// The constant that a term is.
    pub(crate) fn constant(&mut self, space: &mut Space<'_>, id: Id) -> Option<Id> {
        let class = self.class(space, id);
        self.constant[class]
    }

    /// Whether a term is no NULL.
    pub(crate) fn is_value(&mut self, space: &mut Space<'_>, id: Id) -> bool {
        let class = self.class(space, id);
        self.value[class]
    }

    /// Puts two terms together.
    pub(crate) fn join(&mut self, space: &mut Space<'_>, one: Id, two: Id) {
        let (one, two) = (self.place(space, one), self.place(space, two));
        self.merge(space, one, two);
        self.settle(space);
    }

    fn find(&self, mut place: usize) -> usize {
        while self.parent[place] != place {
            place = self.parent[place];
        }
        place
    }

    fn place(&mut self, space: &mut Space<'_>, id: Id) -> usize {
        if let Some(place) = self.places.get(&id) {
            return *place;
        }
        let term = space.shared(id);
        if !matches!(*term, Term::Lambda { .. } | Term::Window(_)) && self.terms.len() < TERMS {
            for part in parts(&term) {
                self.place(space, part);
            }
        }
        let place = self.terms.len();
        if place == 0 {
            self.reserve(EXPECTED);
        }
        self.places.insert(id, place);
        self.terms.push(id);
        self.parent.push(place);
        let constant = matches!(*term, Term::Literal(_)).then_some(id);
        self.constant.push(constant);
        self.value.push(match &*term {
            Term::Literal(literal) => !literal.is_null(),
            Term::Total(_) | Term::Holds(_) => true,
            Term::Call { .. } => {
                space.function(id).is_some_and(|it| it.gives_null == GivesNull::Never)
            }
            Term::Column(var, field) => {
                if let (Some((table, _)), false) =
                    (space.table(*var), self.rows.iter().any(|row| row.0 == *var))
                {
                    self.rows.push((*var, table));
                }
                not_null(space, *var, *field)
            }
            _ => false,
        });
        self.settled = false;
        if is_sum(space, id)
            && let Some(other) =
                self.terms[..place].iter().position(|it| space.one_reading_of_terms(*it, id))
        {
            self.merge(space, other, place);
        }
        place
    }

    /// Makes room for so many terms.
    fn reserve(&mut self, terms: usize) {
        self.places.reserve(terms);
        self.terms.reserve(terms);
        self.parent.reserve(terms);
        self.constant.reserve(terms);
        self.value.reserve(terms);
    }

    fn learn(&mut self) {
        (self.settled, self.learned) = (false, true);
    }

    fn set_value(&mut self, space: &Space<'_>, place: usize) {
        let class = self.find(place);
        if !self.value[class] {
            self.value[class] = true;
            self.learn();
            self.absurd |= self.constant[class] == Some(space.null);
        }
    }

    fn merge(&mut self, space: &Space<'_>, one: usize, two: usize) {
        let (one, two) = (self.find(one), self.find(two));
        if one == two {
            return;
        }
        self.learn();
        self.parent[two] = one;
        self.value[one] |= self.value[two];
        if let (Some(first), Some(second)) = (self.constant[one], self.constant[two]) {
            self.absurd |= number::distinct(space.get(first), space.get(second));
        }
        self.constant[one] = self.constant[one].or(self.constant[two]);
        self.absurd |= self.value[one] && self.constant[one] == Some(space.null);
    }

    fn known_null(&self, space: &Space<'_>, class: usize) -> bool {
        self.constant[class] == Some(space.null)
    }

    /// Whether two classes cannot be one.
    fn apart(&self, space: &Space<'_>, one: usize, two: usize) -> bool {
        if (self.value[one] && self.known_null(space, two))
            || (self.value[two] && self.known_null(space, one))
        {
            return true;
        }
        if let (Some(first), Some(second)) = (self.constant[one], self.constant[two])
            && number::distinct(space.get(first), space.get(second))
        {
            return true;
        }
        let listed = |(first, second): &(Id, Id)| {
            let (first, second) = (self.find(self.places[first]), self.find(self.places[second]));
            (first, second) == (one, two) || (second, first) == (one, two)
        };
        self.differ.iter().any(listed)
            || self.compared(space, one, two) == Some(true)
            || self.compared(space, two, one) == Some(true)
    }

    pub(crate) fn settle(&mut self, space: &mut Space<'_>) {
        for _ in 0..ROUNDS {
            if self.settled || self.absurd || !space.step(1 + self.terms.len() / 4) {
                return;
            }
            self.settled = true;
            self.congruence(space);
            self.keys(space);
            self.arithmetic(space);
            self.evaluate(space);
            self.sort(space);
            self.contradictions(space);
        }
    }

    fn contradictions(&mut self, space: &Space<'_>) {
        for (one, two) in &self.differ {
            let (one, two) = (self.find(self.places[one]), self.find(self.places[two]));
            self.absurd |= one == two;
        }
        for class in 0..self.terms.len() {
            let root = self.find(class);
            self.absurd |= self.value[root] && self.known_null(space, root);
        }
    }

    fn shape(&self, space: &Space<'_>, id: Id) -> Option<Shape> {
        let class = |id: &Id| self.places.get(id).map(|place| self.find(*place));
        Some(match space.get(id) {
            Term::Call { function: name, args } => {
                let mut args: Classes = args.iter().map(class).collect::<Option<_>>()?;
                if space.function(id).is_some_and(|it| it.commutative) {
                    args.sort_unstable();
                }
                Shape::Call(*name, args)
            }
            Term::Case { branches, otherwise } => {
                let parts = branches.iter().flat_map(|(when, then)| [when, then]);
                Shape::Case(parts.chain([otherwise]).map(class).collect::<Option<_>>()?)
            }
            Term::Cast { value, to, safe } => Shape::Cast(class(value)?, to.clone(), *safe),
            _ => return None,
        })
    }

    fn congruence(&mut self, space: &Space<'_>) {
        let mut seen: FxHashMap<Shape, usize> = FxHashMap::default();
        for place in 0..self.terms.len() {
            let Some(shape) = self.shape(space, self.terms[place]) else { continue };
            if let Some(other) = seen.get(&shape) {
                let other = *other;
                self.merge(space, other, place);
            } else {
                seen.insert(shape, place);
            }
        }
    }

    /// Sums and products of the same are the same, however they are written.
    fn arithmetic(&mut self, space: &mut Space<'_>) {
        let mut seen: FxHashMap<number::Polynomial, usize> = FxHashMap::default();
        let is_made = |id: Id| {
            let Term::Call { function, .. } = space.get(id) else { return false };
            matches!(space.arena.name(*function), "add" | "sub" | "mul" | "neg")
        };
        let places: Vec<usize> =
            (0..self.terms.len()).filter(|place| is_made(self.terms[*place])).collect();
        if places.is_empty() {
            return;
        }
        let mut made: FxHashMap<usize, Id> = FxHashMap::default();
        for place in &places {
            made.entry(self.find(*place)).or_insert(self.terms[*place]);
        }
        for place in places {
            let id = self.terms[place];
            let class = |id: Id| self.places.get(&id).map(|place| self.find(*place));
            let constant = |id: Id| {
                let place = self.places.get(&id)?;
                self.constant[self.find(*place)]
            };
            let known = number::Known { class: &class, constant: &constant, made: &made };
            let Some(sum) = number::polynomial(space, id, &known) else { continue };
            // NULL in a part that cancels out would be lost.
            let cancelled = sum.classes_lost.iter().any(|class| !self.value[self.find(*class)]);
            if cancelled {
                continue;
            }
            if let Some(constant) = sum.polynomial.as_integer() {
                let constant = space.integer(constant);
                let constant = self.place(space, constant);
                self.merge(space, constant, place);
            } else if let Some(class) = sum.polynomial.as_class() {
                // A text to which nothing is added is a number.
                if number::is_exact(space, self.terms[class]) {
                    self.merge(space, class, place);
                }
            } else if let Some(other) = seen.get(&sum.polynomial) {
                let other = *other;
                self.merge(space, other, place);
            } else {
                seen.insert(sum.polynomial, place);
            }
        }
    }
}

impl Space<'_> {
    pub(crate) fn boolean(&self, is: bool) -> Id {
        if is { self.truth } else { self.falsehood }
    }
}

pub(crate) fn case(space: &mut Space<'_>, branches: Vec<(Id, Id)>, otherwise: Id) -> Id {
    if branches.is_empty() { otherwise } else { space.term(Term::Case { branches, otherwise }) }
}

pub(crate) fn as_call(space: &Space<'_>, id: Id) -> Option<(String, Vec<Id>)> {
    match space.get(id) {
        Term::Call { function, args } => {
            Some((space.arena.name(*function).to_owned(), args.clone()))
        }
        _ => None,
    }
}

/// Whether a type says all there is to say of a value.
pub(crate) fn exact(of: &Type) -> bool {
    matches!(of, Type::Text | Type::Bool | Type::Date | Type::Int(_))
}

pub(crate) fn not_null(space: &mut Space<'_>, var: Var, field: Field) -> bool {
    let Some((_, table)) = space.table(var) else { return false };
    let Field::Named(name) = field else { return false };
    let column = table.columns.get(space.arena.name(name));
    let ground = column.and_then(|column| column.not_null);
    if let Some(ground) = ground {
        space.grounds.insert(ground);
    }
    ground.is_some()
}
