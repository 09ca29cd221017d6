//! Where terms and sums live during one proof: each once, with the rows it looks at.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use indexmap::IndexSet;
use plumb_canon::{Facts, Ground, Table};
use plumb_ir::{Arena, Field, Function, Literal, Symbol, Type, function};
use rustc_hash::FxBuildHasher;
use smallvec::{SmallVec, smallvec};

use crate::{
    Effort,
    term::{Atom, Block, End, Fact, Id, Kind, SumId, Term, Var},
};

/// What the rows of a variable are.
#[derive(Debug, Clone)]
pub(crate) enum Origin {
    /// Rows of a table.
    Table(Symbol),
    /// Rows with columns by position.
    Columns(Vec<Column>),
    /// Nobody knows.
    Unknown,
}

/// What is known of a column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) data_type: Type,
    /// Whether it stands for all columns that nobody lists.
    pub(crate) star: bool,
}

/// Terms that a short proof makes.
const EXPECTED: usize = 128;

/// What is known of a term from the start.
struct Told {
    /// The rows it looks at.
    vars: Vars,
    look: u64,
    data_type: Type,
    /// The function that it calls, if it is known.
    function: Option<&'static Function>,
}

type Set<T> = IndexSet<T, FxBuildHasher>;

/// Variables, sorted.
pub(crate) type Vars = Rc<[Var]>;

pub(crate) struct Space<'a> {
    pub(crate) arena: &'a mut Arena,
    pub(crate) facts: &'a Facts,
    terms: Set<Rc<Term>>,
    /// What is known of each term.
    told: Vec<Told>,
    no_vars: Vars,
    sums: Set<Rc<[Block]>>,
    sum_vars: Vec<Vars>,
    sum_looks: Vec<u64>,
    origins: Vec<(Origin, Option<&'a Table>)>,
    /// Work that may still be done.
    pub(crate) steps: u32,
    /// Searches inside each other.
    pub(crate) nesting: u32,
    /// Sums inside each other that are made simpler.
    pub(crate) depth: u32,
    /// What was believed of tables on the way.
    pub(crate) grounds: BTreeSet<Ground>,
    /// Rules that were used, with how often.
    used: BTreeMap<&'static str, usize>,
    /// The rule that is not used.
    without: Option<&'static str>,
    /// What was taken to be so besides.
    pub(crate) assumed: BTreeSet<&'static str>,
    pub(crate) null: Id,
    pub(crate) truth: Id,
    pub(crate) falsehood: Id,
    pub(crate) zero: Id,
    pub(crate) one: Id,
}

impl<'a> Space<'a> {
    pub(crate) fn new(arena: &'a mut Arena, facts: &'a Facts, effort: Effort) -> Self {
        let mut space = Self {
            arena,
            facts,
            terms: Set::with_capacity_and_hasher(EXPECTED, FxBuildHasher),
            told: Vec::with_capacity(EXPECTED),
            no_vars: Rc::new([]),
            sums: Set::default(),
            sum_vars: Vec::new(),
            sum_looks: Vec::new(),
            origins: Vec::new(),
            steps: effort.steps,
            nesting: 0,
            depth: 0,
            grounds: BTreeSet::new(),
            used: BTreeMap::new(),
            without: effort.without,
            assumed: BTreeSet::new(),
            null: Id(0),
            truth: Id(0),
            falsehood: Id(0),
            zero: Id(0),
            one: Id(0),
        };
        space.null = space.literal(Literal::Null);
        space.truth = space.literal(Literal::Bool(true));
        space.falsehood = space.literal(Literal::Bool(false));
        space.zero = space.literal(Literal::Integer(0));
        space.one = space.literal(Literal::Integer(1));
        space
    }

    /// Uses a rule; `false` if it is not to be used.
    pub(crate) fn rule(&mut self, name: &'static str) -> bool {
        debug_assert!(crate::RULES.contains(&name), "{name} is not listed");
        if self.without == Some(name) {
            return false;
        }
        *self.used.entry(name).or_default() += 1;
        true
    }

    /// Rules that were used, with how often, by name.
    pub(crate) fn used(&self) -> Vec<(&'static str, usize)> {
        self.used.iter().map(|(name, times)| (*name, *times)).collect()
    }

    /// Takes so many steps; `false` if there are none left.
    pub(crate) fn step(&mut self, many: usize) -> bool {
        let many = u32::try_from(many).unwrap_or(u32::MAX);
        self.steps = self.steps.saturating_sub(many);
        self.steps > 0
    }

    pub(crate) fn fresh(&mut self, origin: Origin) -> Var {
        let table = match &origin {
            Origin::Table(table) => self.facts.get(self.arena.name(*table)),
            Origin::Columns(_) | Origin::Unknown => None,
        };
        self.origins.push((origin, table));
        Var(u32::try_from(self.origins.len() - 1).unwrap_or(u32::MAX))
    }

    pub(crate) fn origin(&self, var: Var) -> &Origin {
        &self.origins[var.0 as usize].0
    }

    /// What is known of the table whose rows a variable ranges over.
    pub(crate) fn table(&self, var: Var) -> Option<(Symbol, &'a Table)> {
        match &self.origins[var.0 as usize] {
            (Origin::Table(table), Some(known)) => Some((*table, known)),
            _ => None,
        }
    }

    pub(crate) fn literal(&mut self, literal: Literal) -> Id {
        self.term(Term::Literal(literal))
    }

    pub(crate) fn integer(&mut self, number: i128) -> Id {
        self.literal(Literal::Integer(number))
    }

    pub(crate) fn column(&mut self, var: Var, field: Field) -> Id {
        self.term(Term::Column(var, field))
    }

    pub(crate) fn call(&mut self, function: &str, args: Vec<Id>) -> Id {
        let function = self.arena.symbol(function);
        self.term(Term::Call { function, args })
    }

    pub(crate) fn term(&mut self, term: Term) -> Id {
        if let Some(index) = self.terms.get_index_of(&term) {
            return Id(u32::try_from(index).unwrap_or(u32::MAX));
        }
        let function = match &term {
            Term::Call { function: name, .. } => function(self.arena.name(*name)),
            _ => None,
        };
        let data_type = self.type_of_term(&term, function);
        let (vars, look) = (self.vars_of_term(&term), self.look_of_term(&term));
        self.told.push(Told { vars, look, data_type, function });
        let (index, _) = self.terms.insert_full(Rc::new(term));
        Id(u32::try_from(index).unwrap_or(u32::MAX))
    }

    pub(crate) fn get(&self, id: Id) -> &Term {
        &self.terms[id.0 as usize]
    }

    /// A term that stays at hand while others are made.
    pub(crate) fn shared(&self, id: Id) -> Rc<Term> {
        Rc::clone(&self.terms[id.0 as usize])
    }

    pub(crate) fn type_of(&self, id: Id) -> Type {
        self.told[id.0 as usize].data_type.clone()
    }

    /// The function that a term calls, if it is known.
    pub(crate) fn function(&self, id: Id) -> Option<&'static Function> {
        self.told[id.0 as usize].function
    }

    /// The rows a term looks at.
    pub(crate) fn vars(&self, id: Id) -> &Vars {
        &self.told[id.0 as usize].vars
    }

    pub(crate) fn sum(&mut self, blocks: Vec<Block>) -> SumId {
        if let Some(index) = self.sums.get_index_of(blocks.as_slice()) {
            return SumId(u32::try_from(index).unwrap_or(u32::MAX));
        }
        let mut vars = BTreeSet::new();
        for block in &blocks {
            vars.extend(self.vars_of_block(block));
        }
        self.sum_looks.push(self.look_of_blocks(&blocks));
        let (index, _) = self.sums.insert_full(blocks.into());
        self.sum_vars.push(vars.into_iter().collect());
        SumId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    pub(crate) fn blocks(&self, sum: SumId) -> &Rc<[Block]> {
        &self.sums[sum.0 as usize]
    }

    /// See [`Self::look_of_term`].
    pub(crate) fn look(&self, id: Id) -> u64 {
        self.told[id.0 as usize].look
    }

    /// See [`Self::look_of_blocks`].
    pub(crate) fn look_of(&self, sum: SumId) -> u64 {
        self.sum_looks[sum.0 as usize]
    }

    /// The rows around it that a sum looks at.
    pub(crate) fn sum_vars(&self, sum: SumId) -> &Vars {
        &self.sum_vars[sum.0 as usize]
    }

    /// The rows around it that a block looks at.
    pub(crate) fn vars_of_block(&self, block: &Block) -> BTreeSet<Var> {
        let mut vars = BTreeSet::new();
        for id in &block.out {
            vars.extend(self.vars(*id).iter());
        }
        for fact in &block.facts {
            self.vars_of_fact(fact, &mut vars);
        }
        for atom in &block.atoms {
            self.vars_of_kind(&atom.kind, &mut vars);
        }
        for atom in &block.atoms {
            vars.remove(&atom.var);
        }
        vars
    }

    pub(crate) fn vars_of_fact(&self, fact: &Fact, vars: &mut BTreeSet<Var>) {
        match fact {
            Fact::True | Fact::False => {}
            Fact::Same(one, two)
            | Fact::Differ(one, two)
            | Fact::Below(one, two)
            | Fact::AtMost(one, two) => {
                vars.extend(self.vars(*one).iter());
                vars.extend(self.vars(*two).iter());
            }
            Fact::Some(sum) | Fact::None(sum) => vars.extend(self.sum_vars(*sum).iter()),
            Fact::All(parts) | Fact::Any(parts) => {
                for part in parts {
                    self.vars_of_fact(part, vars);
                }
            }
        }
    }

    pub(crate) fn vars_of_kind(&self, kind: &Kind, vars: &mut BTreeSet<Var>) {
        match kind {
            Kind::Scan(_) => {}
            Kind::Distinct(sum) | Kind::Window(sum) => vars.extend(self.sum_vars(*sum).iter()),
            Kind::Limit { sum, limit, offset, .. } => {
                vars.extend(self.sum_vars(*sum).iter());
                vars.extend(self.vars(*limit).iter());
                vars.extend(self.vars(*offset).iter());
            }
            Kind::Call { args, .. } => {
                for arg in args {
                    vars.extend(self.vars(*arg).iter());
                }
            }
            Kind::Set { left, right, .. } => {
                vars.extend(self.sum_vars(*left).iter());
                vars.extend(self.sum_vars(*right).iter());
            }
            Kind::Opaque { inputs, .. } => {
                for sum in inputs {
                    vars.extend(self.sum_vars(*sum).iter());
                }
            }
        }
    }

    fn vars_of_term(&self, term: &Term) -> Vars {
        match term {
            Term::Column(var, _) | Term::Row(var) => Rc::new([*var]),
            Term::Literal(_) | Term::Param(_) => Rc::clone(&self.no_vars),
            Term::Total(sum) | Term::One(sum) | Term::Holds(sum) | Term::Fold { sum, .. } => {
                Rc::clone(self.sum_vars(*sum))
            }
            Term::Call { .. }
            | Term::Case { .. }
            | Term::Cast { .. }
            | Term::Window(_)
            | Term::Lambda { .. } => {
                let parts = parts(term).into_iter().map(|part| Rc::clone(self.vars(part)));
                parts.reduce(united).unwrap_or_else(|| Rc::clone(&self.no_vars))
            }
        }
    }

    /// The atom with another variable of the same kind.
    pub(crate) fn another(&mut self, atom: &Atom) -> Var {
        let origin = self.origin(atom.var).clone();
        self.fresh(origin)
    }
}

/// The variables of both.
fn united(one: Vars, two: Vars) -> Vars {
    if two.iter().all(|var| one.contains(var)) {
        return one;
    }
    if one.is_empty() {
        return two;
    }
    let both: BTreeSet<Var> = one.iter().chain(two.iter()).copied().collect();
    both.into_iter().collect()
}

/// Terms below a term.
pub(crate) type Parts = SmallVec<[Id; 4]>;

/// The terms directly below, in order; not those inside sums.
pub(crate) fn parts(term: &Term) -> Parts {
    match term {
        Term::Column(..)
        | Term::Row(_)
        | Term::Literal(_)
        | Term::Total(_)
        | Term::One(_)
        | Term::Holds(_)
        | Term::Fold { .. }
        | Term::Param(_) => Parts::new(),
        Term::Call { args, .. } => Parts::from_slice(args),
        Term::Case { branches, otherwise } => {
            branches.iter().flat_map(|(when, then)| [*when, *then]).chain([*otherwise]).collect()
        }
        Term::Cast { value, .. } => smallvec![*value],
        Term::Lambda { body, .. } => smallvec![*body],
        Term::Window(window) => {
            let keys = window.order.iter().map(|key| key.0);
            let ends = window.frame.iter().flat_map(|(_, start, end)| [*start, *end]);
            let ends = ends.filter_map(|end| match end {
                End::Before(value) | End::After(value) => Some(value),
                End::First | End::Current | End::Last => None,
            });
            window.args.iter().chain(&window.partition).copied().chain(keys).chain(ends).collect()
        }
    }
}
