//! Values and bags as sums: terms over the rows of atoms, and what must hold of them.

use plumb_ir::{Field, FrameUnit, Literal, SetKind, Symbol, Type};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(pub(crate) u32);
    };
}

id!(
    /// A term.
    Id
);
id!(
    /// A row of an atom. No two atoms that are ever in one scope have the same.
    Var
);
id!(
    /// A sum of blocks.
    SumId
);

/// A value, given the rows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Term {
    /// A column of a row.
    Column(Var, Field),
    /// All columns of a row.
    Row(Var),
    /// A constant.
    Literal(Literal),
    /// A call of a function that looks at nothing but its arguments.
    Call { function: Symbol, args: Vec<Id> },
    /// The result of the first condition that is true.
    Case { branches: Vec<(Id, Id)>, otherwise: Id },
    /// A conversion.
    Cast { value: Id, to: Type, safe: bool },
    /// What the only output comes to over all rows: 0 if there are none. It is NULL for no row.
    Total(SumId),
    /// Another aggregate of the outputs of all rows, in some order.
    Fold { function: Symbol, sum: SumId, order: Vec<Sort> },
    /// The output of the only row, NULL if there is none.
    One(SumId),
    /// TRUE if there is a row, or else FALSE.
    Holds(SumId),
    /// A window call; stands among the outputs of the bag of [`Kind::Window`] only.
    Window(Box<Window>),
    /// A function written in place.
    Lambda { params: u32, body: Id },
    /// A parameter of a function written in place.
    Param(u32),
}

/// A sort key: an output by its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Sort {
    pub(crate) at: u32,
    pub(crate) descending: bool,
    pub(crate) nulls_first: bool,
}

/// A window call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Window {
    pub(crate) function: Symbol,
    pub(crate) args: Vec<Id>,
    pub(crate) distinct: bool,
    pub(crate) ignore_nulls: bool,
    pub(crate) partition: Vec<Id>,
    /// Value, descending, NULLs first.
    pub(crate) order: Vec<(Id, bool, bool)>,
    pub(crate) frame: Option<(FrameUnit, End, End)>,
    /// Whether it is known that no two rows of a part tie.
    pub(crate) total: bool,
}

/// One end of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum End {
    First,
    Before(Id),
    Current,
    After(Id),
    Last,
}

/// What holds or does not; never NULL.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Fact {
    True,
    False,
    /// One value, or both NULL.
    Same(Id, Id),
    /// Not so.
    Differ(Id, Id),
    /// Both are values, and the first is smaller.
    Below(Id, Id),
    /// Both are values, and the first is not larger.
    AtMost(Id, Id),
    /// There is a row.
    Some(SumId),
    /// There is none.
    None(SumId),
    All(Vec<Self>),
    Any(Vec<Self>),
}

/// Rows of one relation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Atom {
    pub(crate) var: Var,
    pub(crate) kind: Kind,
}

/// What an atom ranges over.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// A table.
    Scan(Symbol),
    /// The distinct outputs of a bag.
    Distinct(SumId),
    /// The first rows of a bag, or those after.
    ///
    /// Where the order is not `total`, which rows they are is not determined.
    Limit { sum: SumId, order: Vec<Sort>, limit: Id, offset: Id, total: bool },
    /// The outputs of a bag with window calls among them.
    Window(SumId),
    /// A table function.
    Call { function: Symbol, args: Vec<Id> },
    /// `INTERSECT ALL`, `EXCEPT ALL`.
    Set { kind: SetKind, left: SumId, right: SumId },
    /// Something not understood.
    Opaque { why: Symbol, key: Symbol, inputs: Vec<SumId> },
}

/// Rows of atoms that satisfy all facts, each with its outputs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Block {
    pub(crate) atoms: Vec<Atom>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) out: Vec<Id>,
}

impl Fact {
    /// The opposite.
    pub(crate) fn negated(&self, null: Id) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Same(one, two) => Self::Differ(*one, *two),
            Self::Differ(one, two) => Self::Same(*one, *two),
            Self::Below(one, two) => Self::Any(vec![
                Self::Same(*one, null),
                Self::Same(*two, null),
                Self::AtMost(*two, *one),
            ]),
            Self::AtMost(one, two) => Self::Any(vec![
                Self::Same(*one, null),
                Self::Same(*two, null),
                Self::Below(*two, *one),
            ]),
            Self::Some(sum) => Self::None(*sum),
            Self::None(sum) => Self::Some(*sum),
            Self::All(parts) => any(parts.iter().map(|part| part.negated(null))),
            Self::Any(parts) => all(parts.iter().map(|part| part.negated(null))),
        }
    }
}

/// All of these.
pub(crate) fn all(parts: impl IntoIterator<Item = Fact>) -> Fact {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Fact::True => {}
            Fact::False => return Fact::False,
            Fact::All(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    match flat.len() {
        0 => Fact::True,
        1 => flat.swap_remove(0),
        _ => Fact::All(flat),
    }
}

/// One of these.
pub(crate) fn any(parts: impl IntoIterator<Item = Fact>) -> Fact {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Fact::False => {}
            Fact::True => return Fact::True,
            Fact::Any(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    match flat.len() {
        0 => Fact::False,
        1 => flat.swap_remove(0),
        _ => Fact::Any(flat),
    }
}
