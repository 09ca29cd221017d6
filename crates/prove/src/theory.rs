//! What follows from facts about values: which are the same, which cannot be, and which are smaller.
//!
//! Congruence closure over terms, with constants, NULLs, orders, keys of tables, and the meaning of the functions that
//! logic is written in. What it concludes holds; it does not conclude all that holds.

use plumb_ir::{Field, GivesNull, Literal, Nulls, Symbol, Type, function};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    number,
    space::{Space, parts},
    term::{Fact, Id, Term, Var},
};

/// Rounds until nothing new is concluded.
const ROUNDS: usize = 40;
/// Terms it looks at.
const TERMS: usize = 2_000;

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
    reach: FxHashMap<(usize, usize), bool>,
    rows: Vec<(Var, Symbol)>,
    pub(crate) absurd: bool,
    settled: bool,
}

/// How a term is made from its parts.
#[derive(PartialEq, Eq, Hash)]
enum Shape {
    Call(Symbol, Vec<usize>),
    Case(Vec<usize>),
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
                    self.settled = false;
                }
            }
            Fact::Below(one, two) | Fact::AtMost(one, two) => {
                let strict = matches!(fact, Fact::Below(..));
                let (first, second) = (self.place(space, *one), self.place(space, *two));
                self.set_value(space, first);
                self.set_value(space, second);
                self.order.push(tightened(space, *one, *two, strict));
                let (one, two, _) = *self.order.last().expect("just pushed");
                self.place(space, one);
                self.place(space, two);
                self.settled = false;
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
        let term = space.get(id).clone();
        if !matches!(term, Term::Lambda { .. } | Term::Window(_)) && self.terms.len() < TERMS {
            for part in parts(&term) {
                self.place(space, part);
            }
        }
        let place = self.terms.len();
        self.places.insert(id, place);
        self.terms.push(id);
        self.parent.push(place);
        let constant = matches!(term, Term::Literal(_)).then_some(id);
        self.constant.push(constant);
        self.value.push(match &term {
            Term::Literal(literal) => !literal.is_null(),
            Term::Total(_) | Term::Holds(_) => true,
            Term::Call { function: name, .. } => {
                let known = function(space.arena.name(*name));
                known.is_some_and(|it| it.gives_null == GivesNull::Never)
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
        place
    }

    fn set_value(&mut self, space: &Space<'_>, place: usize) {
        let class = self.find(place);
        if !self.value[class] {
            self.value[class] = true;
            self.settled = false;
            self.absurd |= self.constant[class] == Some(space.null);
        }
    }

    fn merge(&mut self, space: &Space<'_>, one: usize, two: usize) {
        let (one, two) = (self.find(one), self.find(two));
        if one == two {
            return;
        }
        self.settled = false;
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

    /// Whether the first class is known not to be larger, and then whether it is known to be smaller.
    fn compared(&self, space: &Space<'_>, one: usize, two: usize) -> Option<bool> {
        if let (Some(first), Some(second)) = (self.constant[one], self.constant[two])
            && let Some(order) = number::compare(space.get(first), space.get(second))
        {
            return (order != std::cmp::Ordering::Greater).then_some(order.is_lt());
        }
        if let Some(strict) = self.reach.get(&(one, two)) {
            return Some(*strict);
        }
        // Through the constants that stand in between.
        let mut found = None;
        for ((from, to), strict) in &self.reach {
            let known = match (*from == one, *to == two) {
                (true, _) => self.constants(space, *to, two).map(|other| other || *strict),
                (_, true) => self.constants(space, one, *from).map(|other| other || *strict),
                _ => None,
            };
            found = found.max(known);
        }
        found
    }

    fn constants(&self, space: &Space<'_>, one: usize, two: usize) -> Option<bool> {
        let (first, second) = (self.constant[one]?, self.constant[two]?);
        let order = number::compare(space.get(first), space.get(second))?;
        (order != std::cmp::Ordering::Greater).then_some(order.is_lt())
    }

    pub(crate) fn settle(&mut self, space: &mut Space<'_>) {
        for _ in 0..ROUNDS {
            if self.settled || self.absurd || !space.step(1 + self.terms.len() / 8) {
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
                let mut args: Vec<usize> = args.iter().map(class).collect::<Option<_>>()?;
                let known = function(space.arena.name(*name));
                if known.is_some_and(|it| it.commutative) {
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

    /// Rows of one table with one key are one row.
    fn keys(&mut self, space: &mut Space<'_>) {
        for first in 0..self.rows.len() {
            for second in first + 1..self.rows.len() {
                let ((one, table), (two, other)) = (self.rows[first], self.rows[second]);
                if table == other && self.one_row(space, one, two) {
                    self.merge_rows(space, one, two);
                }
            }
        }
    }

    fn one_row(&mut self, space: &mut Space<'_>, one: Var, two: Var) -> bool {
        let Some((_, table)) = space.table(one) else { return false };
        'keys: for (columns, ground) in &table.keys {
            for column in columns {
                let name = space.arena.symbol(column);
                let first = space.term(Term::Column(one, Field::Named(name)));
                let second = space.term(Term::Column(two, Field::Named(name)));
                let (Some(first), Some(second)) =
                    (self.places.get(&first), self.places.get(&second))
                else {
                    continue 'keys;
                };
                let class = self.find(*first);
                if class != self.find(*second) || !self.value[class] {
                    continue 'keys;
                }
            }
            space.grounds.insert(*ground);
            return true;
        }
        false
    }

    fn merge_rows(&mut self, space: &mut Space<'_>, one: Var, two: Var) {
        let fields: FxHashSet<Field> = self
            .terms
            .iter()
            .filter_map(|id| match space.get(*id) {
                Term::Column(var, field) if *var == one || *var == two => Some(*field),
                _ => None,
            })
            .collect();
        let mut fields: Vec<Field> = fields.into_iter().collect();
        fields.sort_unstable();
        for field in fields {
            let first = space.term(Term::Column(one, field));
            let second = space.term(Term::Column(two, field));
            let (first, second) = (self.place(space, first), self.place(space, second));
            self.merge(space, first, second);
        }
        let (first, second) = (space.term(Term::Row(one)), space.term(Term::Row(two)));
        if self.places.contains_key(&first) || self.places.contains_key(&second) {
            let (first, second) = (self.place(space, first), self.place(space, second));
            self.merge(space, first, second);
        }
    }

    /// Sums and products of the same are the same, however they are written.
    fn arithmetic(&mut self, space: &mut Space<'_>) {
        let mut seen: FxHashMap<number::Polynomial, usize> = FxHashMap::default();
        for place in 0..self.terms.len() {
            let id = self.terms[place];
            let Some((name, _)) = as_call(space, id) else { continue };
            if !matches!(name.as_str(), "add" | "sub" | "mul" | "neg") {
                continue;
            }
            let class = |id: Id| self.places.get(&id).map(|place| self.find(*place));
            let constant = |id: Id| {
                let place = self.places.get(&id)?;
                self.constant[self.find(*place)]
            };
            let Some(sum) = number::polynomial(space, id, &class, &constant) else { continue };
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
                self.merge(space, class, place);
            } else if let Some(other) = seen.get(&sum.polynomial) {
                let other = *other;
                self.merge(space, other, place);
            } else {
                seen.insert(sum.polynomial, place);
            }
        }
    }

    fn sort(&mut self, space: &mut Space<'_>) {
        self.reach.clear();
        let mut nodes: Vec<usize> = Vec::new();
        for (one, two, strict) in self.order.clone() {
            let (one, two) = (self.find(self.places[&one]), self.find(self.places[&two]));
            let known = self.reach.entry((one, two)).or_default();
            *known |= strict;
            nodes.extend([one, two]);
        }
        if nodes.is_empty() {
            return;
        }
        nodes.sort_unstable();
        nodes.dedup();
        let constants: Vec<usize> =
            nodes.iter().copied().filter(|node| self.constant[*node].is_some()).collect();
        for one in &constants {
            for two in &constants {
                if one != two
                    && let Some(strict) = self.constants(space, *one, *two)
                {
                    *self.reach.entry((*one, *two)).or_default() |= strict;
                }
            }
        }
        for middle in &nodes {
            for one in &nodes {
                let Some(first) = self.reach.get(&(*one, *middle)).copied() else { continue };
                for two in &nodes {
                    if let Some(second) = self.reach.get(&(*middle, *two)).copied() {
                        *self.reach.entry((*one, *two)).or_default() |= first || second;
                    }
                }
            }
        }
        let mut found: Vec<(usize, usize)> = Vec::new();
        for ((one, two), strict) in &self.reach {
            if one == two {
                self.absurd |= *strict;
            } else if self.reach.contains_key(&(*two, *one)) {
                found.push((*one, *two));
            }
        }
        found.sort_unstable();
        for (one, two) in found {
            self.merge(space, one, two);
        }
        // What differs and is not larger is smaller.
        let differ = self.differ.clone();
        for (one, two) in differ {
            let (one, two) = (self.find(self.places[&one]), self.find(self.places[&two]));
            for pair in [(one, two), (two, one)] {
                if let Some(strict) = self.reach.get_mut(&pair)
                    && !*strict
                {
                    *strict = true;
                    let (one, two) = (self.terms[pair.0], self.terms[pair.1]);
                    self.order.push(tightened(space, one, two, true));
                    let (one, two, _) = *self.order.last().expect("just pushed");
                    self.place(space, one);
                    self.place(space, two);
                    self.settled = false;
                }
            }
        }
    }

    fn evaluate(&mut self, space: &mut Space<'_>) {
        for place in 0..self.terms.len() {
            let id = self.terms[place];
            let found = self.evaluated(space, id);
            if let Some(found) = found
                && found != id
            {
                let found = self.place(space, found);
                self.merge(space, found, place);
            }
            self.nullness(space, place);
        }
    }

    /// What NULL does in functions and what they do with it.
    fn nullness(&mut self, space: &mut Space<'_>, place: usize) {
        match space.get(self.terms[place]).clone() {
            Term::Call { function: name, args } => {
                let Some(known) = function(space.arena.name(name)) else { return };
                if known.nulls != Nulls::Propagate {
                    return;
                }
                let classes: Vec<usize> =
                    args.iter().filter_map(|arg| self.places.get(arg).map(|it| self.find(*it))).collect();
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
                    if total && classes.iter().all(|class| self.value[*class]) {
                        self.set_value(space, place);
                    }
                }
            }
            Term::Cast { value, safe: false, .. } => {
                let Some(inner) = self.places.get(&value).map(|it| self.find(*it)) else { return };
                if self.known_null(space, inner) {
                    let null = self.place(space, space.null);
                    self.merge(space, null, place);
                } else if self.value[inner] {
                    self.set_value(space, place);
                } else if self.value[self.find(place)] {
                    self.set_value(space, inner);
                }
            }
            _ => {}
        }
    }

    fn evaluated(&mut self, space: &mut Space<'_>, id: Id) -> Option<Id> {
        match space.get(id).clone() {
            Term::Case { branches, otherwise } => {
                let Some(((when, then), rest)) = branches.split_first() else {
                    return Some(otherwise);
                };
                let class = self.find(*self.places.get(when)?);
                if self.constant[class] == Some(space.truth) {
                    return Some(*then);
                }
                let truth = self.place(space, space.truth);
                let truth = self.find(truth);
                if self.apart(space, class, truth) {
                    return Some(case(space, rest.to_vec(), otherwise));
                }
                let results = branches.iter().map(|(_, then)| *then).chain([otherwise]);
                let mut classes = results.map(|it| self.places.get(&it).map(|it| self.find(*it)));
                let first = classes.next().flatten()?;
                classes.all(|other| other == Some(first)).then_some(*then)
            }
            Term::Cast { value, to, .. } => {
                if space.type_of(value) == to && exact(&to) {
                    return Some(value);
                }
                let class = self.find(*self.places.get(&value)?);
                let constant = self.constant[class]?;
                match (space.get(constant), &to) {
                    (Term::Literal(Literal::Integer(_)), Type::Int(_) | Type::Decimal(None))
                    | (Term::Literal(Literal::Text(_)), Type::Text)
                    | (Term::Literal(Literal::Null), _) => Some(constant),
                    (Term::Literal(Literal::Text(text)), Type::Int(_)) => {
                        let number = text.trim().parse::<i128>().ok()?;
                        Some(space.integer(number))
                    }
                    _ => None,
                }
            }
            Term::Call { function, args } => {
                let name = space.arena.name(function).to_owned();
                self.logic(space, &name, &args)
            }
            _ => None,
        }
    }

    /// Functions of logic where enough is known.
    fn logic(&mut self, space: &mut Space<'_>, name: &str, args: &[Id]) -> Option<Id> {
        let class = |it: &Self, id: Id| it.places.get(&id).map(|place| it.find(*place));
        match (name, args) {
            ("is-null", &[arg]) => {
                let class = class(self, arg)?;
                if self.known_null(space, class) {
                    return Some(space.truth);
                }
                self.value[class].then_some(space.falsehood)
            }
            ("not", &[arg]) => {
                let constant = self.constant[class(self, arg)?]?;
                Some(if constant == space.truth {
                    space.falsehood
                } else if constant == space.falsehood {
                    space.truth
                } else {
                    return None;
                })
            }
            ("is-true", &[arg]) => self.truth_of(space, arg).map(|is| space.boolean(is)),
            ("and" | "or", _) => {
                let (zero, unit) = if name == "and" {
                    (space.falsehood, space.truth)
                } else {
                    (space.truth, space.falsehood)
                };
                let mut left = Vec::new();
                for arg in args {
                    let constant = self.constant[class(self, *arg)?];
                    if constant == Some(zero) {
                        return Some(zero);
                    }
                    if constant != Some(unit) {
                        left.push(*arg);
                    }
                }
                match left.as_slice() {
                    [] => Some(unit),
                    [one] => Some(*one),
                    _ => None,
                }
            }
            ("eq", &[one, two]) => {
                let (one, two) = (class(self, one)?, class(self, two)?);
                if !self.value[one] || !self.value[two] {
                    return None;
                }
                if one == two {
                    return Some(space.truth);
                }
                let comparable = space.comparable(args[0], args[1]);
                (comparable && self.apart(space, one, two)).then_some(space.falsehood)
            }
            ("lt" | "le", &[one, two]) => {
                let (one, two) = (class(self, one)?, class(self, two)?);
                if !self.value[one] || !self.value[two] {
                    return None;
                }
                let strict = name == "lt";
                if one == two {
                    return Some(space.boolean(!strict));
                }
                match self.compared(space, one, two) {
                    Some(below) if below || !strict => return Some(space.truth),
                    _ => {}
                }
                match self.compared(space, two, one) {
                    Some(below) if below || strict => Some(space.falsehood),
                    _ => None,
                }
            }
            ("is-not-distinct", &[one, two]) => {
                let (one, two) = (class(self, one)?, class(self, two)?);
                if one == two {
                    return Some(space.truth);
                }
                let comparable = space.comparable(args[0], args[1]);
                (comparable && self.apart(space, one, two)).then_some(space.falsehood)
            }
            ("coalesce", _) => {
                for (at, arg) in args.iter().enumerate() {
                    let class = class(self, *arg)?;
                    if self.known_null(space, class) {
                        continue;
                    }
                    if self.value[class] {
                        return Some(*arg);
                    }
                    let rest = &args[at..];
                    return match rest {
                        [one] => Some(*one),
                        _ if at > 0 => Some(space.call("coalesce", rest.to_vec())),
                        _ => None,
                    };
                }
                Some(space.null)
            }
            ("in-list", [value, items @ ..]) => {
                let value = class(self, *value)?;
                if !self.value[value] {
                    return None;
                }
                let mut apart = true;
                for item in items {
                    let class = class(self, *item)?;
                    if class == value {
                        return Some(space.truth);
                    }
                    apart &= self.value[class] && self.apart(space, class, value);
                }
                apart.then_some(space.falsehood)
            }
            _ => None,
        }
    }

    /// Whether a condition is TRUE, if that is known.
    pub(crate) fn truth_of(&mut self, space: &mut Space<'_>, id: Id) -> Option<bool> {
        let place = self.place(space, id);
        let class = self.find(place);
        if let Some(constant) = self.constant[class] {
            return Some(constant == space.truth);
        }
        let truth = self.place(space, space.truth);
        let truth = self.find(truth);
        self.apart(space, class, truth).then_some(false)
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

/// For whole numbers, `x < 5` is `x <= 4`.
fn tightened(space: &mut Space<'_>, one: Id, two: Id, strict: bool) -> (Id, Id, bool) {
    if !strict {
        return (one, two, false);
    }
    if let (Term::Literal(Literal::Integer(number)), Type::Int(_)) =
        (space.get(one).clone(), space.type_of(two))
        && !matches!(space.get(two), Term::Literal(_))
        && let Some(next) = number.checked_add(1)
    {
        return (space.integer(next), two, false);
    }
    if let (Type::Int(_), Term::Literal(Literal::Integer(number))) =
        (space.type_of(one), space.get(two).clone())
        && !matches!(space.get(one), Term::Literal(_))
        && let Some(next) = number.checked_sub(1)
    {
        return (one, space.integer(next), false);
    }
    (one, two, true)
}

impl Theory {
    /// The rows of tables it knows of.
    pub(crate) fn rows(&self) -> Vec<(Var, Symbol)> {
        self.rows.clone()
    }

    /// Another row that is this row of a table.
    pub(crate) fn twin(&mut self, space: &mut Space<'_>, var: Var) -> Option<Var> {
        self.settle(space);
        let table = self.rows.iter().find(|row| row.0 == var)?.1;
        let others: Vec<Var> =
            self.rows.iter().filter(|row| row.0 != var && row.1 == table).map(|row| row.0).collect();
        others.into_iter().find(|other| self.one_row(space, var, *other))
    }
}
