//! Plans as sums of products: rows of atoms, what must hold of them, and what they give.

use std::rc::Rc;

use plumb_ir::{Field, FrameUnit, Literal, Symbol, Type};

pub(crate) type Name = Rc<str>;

/// A row. No two that are bound in one sum have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Var(pub(crate) u32);

/// A value, given the rows around.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Term {
    Literal(Literal),
    Column(Var, Field),
    /// What a row has of a value of the rows that it is made of: a value for each block of its sum.
    Of(Var, Vec<Self>),
    /// All columns of a row that nobody has listed, without some.
    Star(Var, Vec<Symbol>),
    /// The column of this name of whichever has it.
    Either(Vec<Self>),
    /// A column of a scope around the plan.
    Outer(u32, Vec<u32>, Field),
    Call(Name, Vec<Self>),
    Case(Vec<(Self, Self)>, Box<Self>),
    Cast(Box<Self>, Type, bool),
    Measure(Box<Measure>),
    Window(Box<Window>),
    Exists(Sum),
    In(Vec<Self>, Sum),
    One(Sum),
    Lambda(u32, Box<Self>),
    /// Counted from the innermost function outwards.
    Param(u32),
    Hole(Symbol, Symbol),
}

/// A value, descending, NULLs first.
pub(crate) type Key<T> = (T, bool, bool);

/// A value for each block of a sum.
pub(crate) type Column = Vec<Term>;

/// What is made of the rows of a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Measure {
    pub(crate) of: Var,
    pub(crate) function: Name,
    pub(crate) args: Vec<Column>,
    pub(crate) distinct: bool,
    pub(crate) filter: Option<Column>,
    pub(crate) order: Vec<Key<Column>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Window {
    pub(crate) function: Name,
    pub(crate) args: Vec<Term>,
    pub(crate) distinct: bool,
    pub(crate) ignore_nulls: bool,
    pub(crate) partition: Vec<Term>,
    pub(crate) order: Vec<Key<Term>>,
    pub(crate) frame: Option<(FrameUnit, [End; 2])>,
}

/// One end of a frame: before the current row or after it, by so much; nothing where it is the last there is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    Edge(i8),
    Apart(i8, Term),
}

pub(crate) type Sum = Vec<Block>;

/// Rows of atoms for which all facts are true, each with its outputs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Block {
    pub(crate) atoms: Vec<(Var, Kind)>,
    pub(crate) facts: Vec<Term>,
    pub(crate) out: Vec<Term>,
}

/// What a row is one of. Columns of what has a sum are its outputs, by position.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Table(Symbol),
    Function(Symbol, Vec<Term>),
    Opaque(Symbol, Vec<Sum>),
    /// One for each distinct values of the first outputs; the columns behind those are calls.
    Group {
        sum: Sum,
        keys: usize,
        calls: Vec<Call>,
        scalar: bool,
    },
    /// The rows, or one of NULLs if there are none.
    Maybe(Sum),
    /// A full join; the other side has a row of its own.
    Full {
        left: Sum,
        right: Sum,
        on: Vec<Term>,
        other: Var,
    },
    Limit {
        sum: Sum,
        order: Vec<Key<usize>>,
        limit: Option<Term>,
        offset: Option<Term>,
    },
    /// The rows as they are: window calls look at all of them.
    Rows(Sum),
    /// Rows of the left that the right has, or has not.
    Set {
        has: bool,
        all: bool,
        left: Sum,
        right: Sum,
    },
}

/// An aggregate call; values are outputs by their positions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Call {
    pub(crate) function: Name,
    pub(crate) args: Vec<usize>,
    pub(crate) distinct: bool,
    pub(crate) filter: Option<usize>,
    pub(crate) order: Vec<Key<usize>>,
}

pub(crate) const NULL: Term = Term::Literal(Literal::Null);

pub(crate) fn call(name: &str, args: Vec<Term>) -> Term {
    Term::Call(Rc::from(name), args)
}

pub(crate) fn truth(value: bool) -> Term {
    Term::Literal(Literal::Bool(value))
}

pub(crate) type Replace<'a> = &'a mut dyn FnMut(&Term) -> Option<Term>;

impl Term {
    /// The function and the arguments, if it is a call.
    pub(crate) fn as_call(&self) -> Option<(&str, &[Self])> {
        if let Self::Call(name, args) = self { Some((name, args)) } else { None }
    }

    pub(crate) fn as_literal(&self) -> Option<&Literal> {
        if let Self::Literal(literal) = self { Some(literal) } else { None }
    }

    /// The same with others in the place of terms, outermost first, also inside of sums.
    pub(crate) fn map(&self, f: Replace<'_>) -> Self {
        if let Some(new) = f(self) {
            return new;
        }
        let all = |terms: &[Self], f: Replace<'_>| terms.iter().map(|it| it.map(f)).collect();
        match self {
            Self::Literal(_)
            | Self::Column(..)
            | Self::Star(..)
            | Self::Outer(..)
            | Self::Param(_)
            | Self::Hole(..) => self.clone(),
            Self::Of(var, column) => Self::Of(*var, all(column, f)),
            Self::Either(terms) => Self::Either(all(terms, f)),
            Self::Call(name, args) => Self::Call(Rc::clone(name), all(args, f)),
            Self::Case(branches, otherwise) => {
                let branches = branches.iter().map(|(when, then)| (when.map(f), then.map(f)));
                Self::Case(branches.collect(), Box::new(otherwise.map(f)))
            }
            Self::Cast(value, to, safe) => Self::Cast(Box::new(value.map(f)), to.clone(), *safe),
            Self::Measure(it) => Self::Measure(Box::new(Measure {
                of: it.of,
                function: Rc::clone(&it.function),
                args: it.args.iter().map(|column| all(column, f)).collect(),
                distinct: it.distinct,
                filter: it.filter.as_ref().map(|column| all(column, f)),
                order: it.order.iter().map(|key| (all(&key.0, f), key.1, key.2)).collect(),
            })),
            Self::Window(it) => Self::Window(Box::new(Window {
                function: Rc::clone(&it.function),
                args: all(&it.args, f),
                distinct: it.distinct,
                ignore_nulls: it.ignore_nulls,
                partition: all(&it.partition, f),
                order: it.order.iter().map(|key| (key.0.map(f), key.1, key.2)).collect(),
                frame: it.frame.as_ref().map(|(unit, ends)| {
                    let end = |end: &End, f: Replace<'_>| match end {
                        End::Edge(_) => end.clone(),
                        End::Apart(side, by) => End::Apart(*side, by.map(f)),
                    };
                    (*unit, [end(&ends[0], f), end(&ends[1], f)])
                }),
            })),
            Self::Exists(sum) => Self::Exists(mapped(sum, f)),
            Self::In(values, sum) => Self::In(all(values, f), mapped(sum, f)),
            Self::One(sum) => Self::One(mapped(sum, f)),
            Self::Lambda(params, body) => Self::Lambda(*params, Box::new(body.map(f))),
        }
    }

    /// Whether it or one below is such.
    pub(crate) fn any(&self, is: &dyn Fn(&Self) -> bool) -> bool {
        let mut found = false;
        self.map(&mut |it| {
            found |= is(it);
            found.then_some(NULL)
        });
        found
    }

    /// Whether it looks at a row.
    pub(crate) fn looks_at(&self, var: Var) -> bool {
        self.any(&|it| it.owner() == Some(var))
    }

    /// The row that it is directly of.
    pub(crate) fn owner(&self) -> Option<Var> {
        match self {
            Self::Column(var, _) | Self::Of(var, _) | Self::Star(var, _) => Some(*var),
            Self::Measure(it) => Some(it.of),
            _ => None,
        }
    }
}

pub(crate) fn mapped(sum: &Sum, f: Replace<'_>) -> Sum {
    sum.iter().map(|block| block.map(f)).collect()
}

impl Block {
    pub(crate) fn map(&self, f: Replace<'_>) -> Self {
        Self {
            atoms: self.atoms.iter().map(|(var, kind)| (*var, kind.map(f))).collect(),
            facts: self.facts.iter().map(|it| it.map(f)).collect(),
            out: self.out.iter().map(|it| it.map(f)).collect(),
        }
    }

    pub(crate) fn looks_at(&self, var: Var) -> bool {
        let terms = self.facts.iter().chain(&self.out);
        terms.into_iter().any(|it| it.looks_at(var))
            || self.atoms.iter().any(|(_, kind)| kind.looks_at(var))
    }
}

impl Kind {
    pub(crate) fn map(&self, f: Replace<'_>) -> Self {
        match self {
            Self::Table(_) => self.clone(),
            Self::Function(name, args) => {
                Self::Function(*name, args.iter().map(|it| it.map(f)).collect())
            }
            Self::Opaque(key, sums) => {
                Self::Opaque(*key, sums.iter().map(|sum| mapped(sum, f)).collect())
            }
            Self::Group { sum, keys, calls, scalar } => Self::Group {
                sum: mapped(sum, f),
                keys: *keys,
                calls: calls.clone(),
                scalar: *scalar,
            },
            Self::Maybe(sum) => Self::Maybe(mapped(sum, f)),
            Self::Rows(sum) => Self::Rows(mapped(sum, f)),
            Self::Full { left, right, on, other } => Self::Full {
                left: mapped(left, f),
                right: mapped(right, f),
                on: on.iter().map(|it| it.map(f)).collect(),
                other: *other,
            },
            Self::Limit { sum, order, limit, offset } => Self::Limit {
                sum: mapped(sum, f),
                order: order.clone(),
                limit: limit.as_ref().map(|it| it.map(f)),
                offset: offset.as_ref().map(|it| it.map(f)),
            },
            Self::Set { has, all, left, right } => {
                Self::Set { has: *has, all: *all, left: mapped(left, f), right: mapped(right, f) }
            }
        }
    }

    pub(crate) fn looks_at(&self, var: Var) -> bool {
        let mut found = false;
        self.map(&mut |it| {
            found |= it.owner() == Some(var);
            found.then_some(NULL)
        });
        found
    }

    /// The sums it is made of.
    pub(crate) fn sums(&self) -> Vec<&Sum> {
        match self {
            Self::Table(_) | Self::Function(..) => Vec::new(),
            Self::Opaque(_, sums) => sums.iter().collect(),
            Self::Group { sum, .. }
            | Self::Maybe(sum)
            | Self::Rows(sum)
            | Self::Limit { sum, .. } => {
                vec![sum]
            }
            Self::Full { left, right, .. } | Self::Set { left, right, .. } => vec![left, right],
        }
    }

    /// The same, to be changed.
    pub(crate) fn sums_mut(&mut self) -> Vec<&mut Sum> {
        match self {
            Self::Table(_) | Self::Function(..) => Vec::new(),
            Self::Opaque(_, sums) => sums.iter_mut().collect(),
            Self::Group { sum, .. }
            | Self::Maybe(sum)
            | Self::Rows(sum)
            | Self::Limit { sum, .. } => {
                vec![sum]
            }
            Self::Full { left, right, .. } | Self::Set { left, right, .. } => vec![left, right],
        }
    }

    /// The row of a side of its own, if it has one.
    pub(crate) fn other(&self) -> Option<Var> {
        if let Self::Full { other, .. } = self { Some(*other) } else { None }
    }
}

/// The columns of a row that is of a sum.
pub(crate) fn outputs(sum: &Sum, var: Var) -> Vec<Term> {
    let Some(first) = sum.first() else { return Vec::new() };
    let column = |(at, term): (u32, &Term)| match term {
        Term::Star(..) => Term::Star(var, Vec::new()),
        _ => Term::Column(var, Field::At(at)),
    };
    (0..).zip(&first.out).map(column).collect()
}

/// A column by name among outputs, through stars.
pub(crate) fn by_name(out: &[Term], name: Symbol) -> Vec<Term> {
    let through = |term: &Term| match term {
        Term::Star(var, except) if !except.contains(&name) => {
            Some(Term::Column(*var, Field::Named(name)))
        }
        _ => None,
    };
    let mut found: Vec<Term> = out.iter().filter_map(through).collect();
    found.sort();
    found.dedup();
    found
}
