//! The tree of a template, free of the parser it came from.

use std::sync::Arc;

use plumb_base::Span;

/// One parsed template.
#[derive(Debug, Default)]
pub(super) struct Template {
    pub(super) body: Vec<Stmt>,
}

/// A statement.
#[derive(Debug)]
pub(super) enum Stmt {
    /// Text as it stands.
    Raw {
        text: Box<str>,
        span: Span,
    },
    /// `{{ … }}`; silent for `{% do … %}`.
    Emit {
        value: Expr,
        span: Span,
        silent: bool,
    },
    For(Box<For>),
    /// `if`, `elif` …, `else`.
    If {
        arms: Vec<(Expr, Vec<Self>)>,
        otherwise: Vec<Self>,
        span: Span,
    },
    With {
        names: Vec<(Target, Expr)>,
        body: Vec<Self>,
    },
    Set {
        target: Target,
        value: Expr,
        span: Span,
    },
    /// `{% set x %}…{% endset %}`
    Capture {
        target: Target,
        filter: Option<Expr>,
        body: Vec<Self>,
    },
    /// `{% filter f %}…{% endfilter %}`
    Filter {
        filter: Expr,
        body: Vec<Self>,
        span: Span,
    },
    /// A plain block: `{% block %}`, `{% autoescape %}`.
    Group(Vec<Self>),
    Macro(Arc<Macro>),
    CallBlock {
        call: Box<Call>,
        caller: Arc<Macro>,
        span: Span,
    },
    Continue,
    Break,
    /// `include`, `import`, `extends`: dbt has none.
    Foreign {
        what: &'static str,
        span: Span,
    },
}

/// A loop.
#[derive(Debug)]
pub(super) struct For {
    pub(super) target: Target,
    pub(super) iter: Expr,
    pub(super) filter: Option<Expr>,
    pub(super) body: Vec<Stmt>,
    pub(super) otherwise: Vec<Stmt>,
    pub(super) span: Span,
}

/// A macro, or the body of a call block.
#[derive(Debug)]
pub(super) struct Macro {
    pub(super) name: Arc<str>,
    /// Parameters and their defaults, which are evaluated late.
    pub(super) parameters: Vec<(Arc<str>, Option<Expr>)>,
    pub(super) body: Vec<Stmt>,
}

/// What is assigned to.
#[derive(Debug)]
pub(super) enum Target {
    Name(Arc<str>),
    /// `namespace.attribute`
    Attribute(Expr, Arc<str>),
    Tuple(Vec<Self>),
}

/// An expression.
#[derive(Debug)]
pub(super) enum Expr {
    Literal(Literal),
    Name(Arc<str>),
    List(Vec<Self>),
    Tuple(Vec<Self>),
    Dict(Vec<(Self, Self)>),
    Not(Box<Self>),
    Negate(Box<Self>),
    Binary(Operator, Box<(Self, Self)>),
    /// `a < b <= c`
    Chain(Box<Self>, Vec<(Operator, Self)>),
    /// Condition, value, other value.
    Choice(Box<(Self, Self, Option<Self>)>),
    Slice(Box<(Self, [Option<Self>; 3])>),
    Attribute(Box<Self>, Arc<str>),
    Item(Box<(Self, Self)>),
    Call(Box<Call>),
    /// Without a subject it filters a block.
    Filter {
        name: Arc<str>,
        subject: Option<Box<Self>>,
        arguments: Vec<Argument>,
    },
    Test {
        name: Arc<str>,
        subject: Box<Self>,
        arguments: Vec<Argument>,
    },
}

/// A call.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) callee: Expr,
    pub(super) arguments: Vec<Argument>,
    pub(super) span: Span,
}

/// An argument of a call.
#[derive(Debug)]
pub(super) enum Argument {
    Positional(Expr),
    Named(Arc<str>, Expr),
    Splat(Expr),
    NamedSplat(Expr),
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    None,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(Arc<str>),
    /// A whole number with more digits than fit, in decimal digits.
    Big(Arc<str>),
}

/// An operator between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    And,
    Or,
    Equal,
    Unequal,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,
    NotIn,
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Remainder,
    Power,
    Concat,
}

impl Operator {
    /// How it is written.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::And => "and",
            Self::Or => "or",
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::FloorDivide => "//",
            Self::Remainder => "%",
            Self::Power => "**",
            Self::Concat => "~",
        }
    }
}
