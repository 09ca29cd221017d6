//! From the parser's tree to ours.

use std::sync::Arc;

use minijinja::machinery::{self, ast};
use minijinja::value::ValueKind;
use plumb_base::Span;

use super::prepare::{Prepared, prepare};
use super::template::{
    Argument, Call, Expr, For, Literal, Macro, Operator, Stmt, Target, Template,
};

/// Why a template does not parse, and where.
#[derive(Debug)]
pub(super) struct SyntaxError {
    pub(super) message: String,
    pub(super) span: Span,
}

/// Parses a template; `snapshot` chooses one block of a file that has several.
pub(super) fn parse(text: &str, snapshot: Option<&str>) -> Result<Template, SyntaxError> {
    let prepared = match prepare(text, snapshot) {
        Prepared::Text(prepared) => prepared,
        Prepared::TooLong(at) => {
            let message = "expression is too long".to_owned();
            return Err(SyntaxError { message, span: Span::new(at, at + 2) });
        }
    };
    let config = minijinja::syntax::SyntaxConfig::default();
    match machinery::parse(&prepared, "template", config) {
        Ok(ast::Stmt::Template(template)) => {
            let lower = Lower { text: &prepared, original: text };
            Ok(Template { body: lower.body(&template.children) })
        }
        Ok(_) => Ok(Template::default()),
        Err(error) => {
            let line = error.line().unwrap_or(1);
            let message = error.detail().unwrap_or("template does not parse").to_owned();
            Err(SyntaxError { message, span: first_tag_token(&prepared, line) })
        }
    }
}

/// The first token of a tag in this line: without the parser's debug feature an error knows only its line.
fn first_tag_token(text: &str, line: usize) -> Span {
    let start = match line.checked_sub(2) {
        Some(breaks) => text.match_indices('\n').nth(breaks).map_or(text.len(), |(at, _)| at + 1),
        None => 0,
    };
    let rest = &text[start..];
    let rest = &rest[..rest.find('\n').unwrap_or(rest.len())];
    let tag = ["{{", "{%", "{#"].iter().filter_map(|open| rest.find(open)).min();
    let indent = rest.len() - rest.trim_start().len();
    let at = start + tag.unwrap_or(indent);
    Span::new(at, start + rest.len().max(indent))
}

struct Lower<'t> {
    text: &'t str,
    original: &'t str,
}

impl Lower<'_> {
    fn body(&self, stmts: &[ast::Stmt<'_>]) -> Vec<Stmt> {
        stmts.iter().map(|stmt| self.stmt(stmt)).collect()
    }

    fn stmt(&self, stmt: &ast::Stmt<'_>) -> Stmt {
        match stmt {
            ast::Stmt::Template(inner) => Stmt::Group(self.body(&inner.children)),
            ast::Stmt::EmitExpr(emit) => self.emit(emit),
            ast::Stmt::EmitRaw(raw) => self.raw(raw.raw),
            ast::Stmt::ForLoop(inner) => Stmt::For(Box::new(For {
                target: self.target(&inner.target),
                iter: self.expr(&inner.iter),
                filter: inner.filter_expr.as_ref().map(|filter| self.expr(filter)),
                body: self.body(&inner.body),
                otherwise: self.body(&inner.else_body),
                span: self.tag(inner.span()),
            })),
            ast::Stmt::IfCond(inner) => self.branches(inner),
            ast::Stmt::WithBlock(inner) => {
                let names = inner.assignments.iter();
                Stmt::With {
                    names: names.map(|(to, from)| (self.target(to), self.expr(from))).collect(),
                    body: self.body(&inner.body),
                }
            }
            ast::Stmt::Set(inner) => Stmt::Set {
                target: self.target(&inner.target),
                value: self.expr(&inner.expr),
                span: self.tag(inner.span()),
            },
            ast::Stmt::SetBlock(inner) => Stmt::Capture {
                target: self.target(&inner.target),
                filter: inner.filter.as_ref().map(|filter| self.expr(filter)),
                body: self.body(&inner.body),
            },
            ast::Stmt::AutoEscape(inner) => Stmt::Group(self.body(&inner.body)),
            ast::Stmt::FilterBlock(inner) => Stmt::Filter {
                filter: self.expr(&inner.filter),
                body: self.body(&inner.body),
                span: self.tag(inner.span()),
            },
            ast::Stmt::Block(inner) => Stmt::Group(self.body(&inner.body)),
            ast::Stmt::Import(inner) => self.foreign("import", inner.span()),
            ast::Stmt::FromImport(inner) => self.foreign("from", inner.span()),
            ast::Stmt::Extends(inner) => self.foreign("extends", inner.span()),
            ast::Stmt::Include(inner) => self.foreign("include", inner.span()),
            ast::Stmt::Macro(inner) => Stmt::Macro(self.definition(inner)),
            ast::Stmt::CallBlock(inner) => Stmt::CallBlock {
                call: Box::new(self.call(&inner.call)),
                caller: self.definition(&inner.macro_decl),
                span: self.tag(inner.span()),
            },
            ast::Stmt::Continue(_) => Stmt::Continue,
            ast::Stmt::Break(_) => Stmt::Break,
            ast::Stmt::Do(inner) => Stmt::Emit {
                value: Expr::Call(Box::new(self.call(&inner.call))),
                span: self.tag(inner.span()),
                silent: true,
            },
        }
    }

    fn raw(&self, raw: &str) -> Stmt {
        let start = raw.as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
        Stmt::Raw { text: raw.into(), span: Span::new(start, start + raw.len()) }
    }

    fn emit(&self, emit: &ast::Spanned<ast::EmitExpr<'_>>) -> Stmt {
        let span = bytes(emit.span());
        let start = span.start as usize;
        let rest = self.text.get(span.end as usize..).unwrap_or_default();
        let close = rest.find("}}").map_or(self.text.len(), |at| span.end as usize + at + 2);
        Stmt::Emit {
            value: self.expr(&emit.expr),
            span: Span::new(start, close),
            silent: self.original.as_bytes().get(start + 1) == Some(&b'%'),
        }
    }

    fn branches(&self, first: &ast::Spanned<ast::IfCond<'_>>) -> Stmt {
        let span = self.tag(first.span());
        let mut arms = vec![(self.expr(&first.expr), self.body(&first.true_body))];
        let mut rest = &first.false_body;
        while let [ast::Stmt::IfCond(next)] = rest.as_slice() {
            arms.push((self.expr(&next.expr), self.body(&next.true_body)));
            rest = &next.false_body;
        }
        Stmt::If { arms, otherwise: self.body(rest), span }
    }

    fn foreign(&self, what: &'static str, span: machinery::Span) -> Stmt {
        Stmt::Foreign { what, span: self.tag(span) }
    }

    /// The tag that a keyword stands in, up to the end of its statement.
    fn tag(&self, span: machinery::Span) -> Span {
        let span = bytes(span);
        let before = self.text.get(..span.start as usize).unwrap_or_default();
        let rest = self.text.get(span.end as usize..).unwrap_or_default();
        let start = before.rfind("{%").unwrap_or(span.start as usize);
        let end = rest.find("%}").map_or(span.end as usize, |at| span.end as usize + at + 2);
        Span::new(start, end)
    }

    fn definition(&self, inner: &ast::Macro<'_>) -> Arc<Macro> {
        let defaults = inner.args.len().saturating_sub(inner.defaults.len());
        let parameters = inner.args.iter().enumerate().filter_map(|(at, argument)| {
            let ast::Expr::Var(name) = argument else { return None };
            let default = at.checked_sub(defaults).and_then(|at| inner.defaults.get(at));
            Some((name.id.into(), default.map(|default| self.expr(default))))
        });
        Arc::new(Macro {
            name: inner.name.into(),
            parameters: parameters.collect(),
            body: self.body(&inner.body),
        })
    }

    fn target(&self, target: &ast::Expr<'_>) -> Target {
        match target {
            ast::Expr::Var(name) => Target::Name(name.id.into()),
            ast::Expr::GetAttr(inner) => {
                Target::Attribute(self.expr(&inner.expr), inner.name.into())
            }
            ast::Expr::List(inner) => {
                Target::Tuple(inner.items.iter().map(|item| self.target(item)).collect())
            }
            _ => Target::Tuple(Vec::new()),
        }
    }

    fn exprs(&self, exprs: &[ast::Expr<'_>]) -> Vec<Expr> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    fn boxed(&self, expr: &ast::Expr<'_>) -> Box<Expr> {
        Box::new(self.expr(expr))
    }

    fn optional(&self, expr: Option<&ast::Expr<'_>>) -> Option<Expr> {
        expr.map(|expr| self.expr(expr))
    }

    fn expr(&self, expr: &ast::Expr<'_>) -> Expr {
        match expr {
            ast::Expr::Var(inner) => match self.big_number(inner.span()) {
                Some(digits) => Expr::Literal(Literal::Big(digits.into())),
                None => Expr::Name(inner.id.into()),
            },
            ast::Expr::Const(inner) => Expr::Literal(literal(&inner.value)),
            ast::Expr::Slice(inner) => Expr::Slice(Box::new((
                self.expr(&inner.expr),
                [&inner.start, &inner.stop, &inner.step].map(|part| self.optional(part.as_ref())),
            ))),
            ast::Expr::UnaryOp(inner) => self.unary(inner),
            ast::Expr::BinOp(inner) => {
                let sides = Box::new((self.expr(&inner.left), self.expr(&inner.right)));
                Expr::Binary(binary(inner.op), sides)
            }
            ast::Expr::Compare(inner) => {
                let ops = inner.ops.iter().map(|op| (comparison(op.op), self.expr(&op.expr)));
                Expr::Chain(self.boxed(&inner.expr), ops.collect())
            }
            ast::Expr::IfExpr(inner) => Expr::Choice(Box::new((
                self.expr(&inner.test_expr),
                self.expr(&inner.true_expr),
                self.optional(inner.false_expr.as_ref()),
            ))),
            ast::Expr::Filter(inner) => Expr::Filter {
                name: inner.name.into(),
                subject: inner.expr.as_ref().map(|subject| self.boxed(subject)),
                arguments: self.arguments(&inner.args),
            },
            ast::Expr::Test(inner) => Expr::Test {
                name: inner.name.into(),
                subject: self.boxed(&inner.expr),
                arguments: self.arguments(&inner.args),
            },
            ast::Expr::GetAttr(inner) => {
                Expr::Attribute(self.boxed(&inner.expr), inner.name.into())
            }
            ast::Expr::GetItem(inner) => {
                Expr::Item(Box::new((self.expr(&inner.expr), self.expr(&inner.subscript_expr))))
            }
            ast::Expr::Call(inner) => Expr::Call(Box::new(self.call(inner))),
            ast::Expr::List(inner) => Expr::List(self.exprs(&inner.items)),
            ast::Expr::Tuple(inner) => Expr::Tuple(self.exprs(&inner.items)),
            ast::Expr::Map(inner) => {
                let pairs = inner.keys.iter().zip(&inner.values);
                Expr::Dict(pairs.map(|(key, value)| (self.expr(key), self.expr(value))).collect())
            }
        }
    }

    /// The decimal digits of a number that was too big for the parser.
    fn big_number(&self, span: machinery::Span) -> Option<String> {
        let span = bytes(span);
        let number = self.original.get(span.start as usize..span.end as usize)?;
        let number = number.replace('_', "").to_ascii_lowercase();
        match number.strip_prefix("0x").filter(|digits| digits.len() < 4096) {
            Some(digits) => decimal(digits),
            None => number.bytes().all(|byte| byte.is_ascii_digit()).then_some(number),
        }
        .filter(|digits| !digits.is_empty())
    }

    fn unary(&self, inner: &ast::UnaryOp<'_>) -> Expr {
        match inner.op {
            ast::UnaryOpKind::Neg => Expr::Negate(self.boxed(&inner.expr)),
            ast::UnaryOpKind::Not => Expr::Not(self.boxed(&inner.expr)),
        }
    }

    fn call(&self, call: &ast::Spanned<ast::Call<'_>>) -> Call {
        Call {
            callee: self.expr(&call.expr),
            arguments: self.arguments(&call.args),
            span: bytes(call.span()).to(bytes(call.expr.span())),
        }
    }

    fn arguments(&self, arguments: &[ast::CallArg<'_>]) -> Vec<Argument> {
        let lowered = arguments.iter().map(|argument| match argument {
            ast::CallArg::Pos(value) => Argument::Positional(self.expr(value)),
            ast::CallArg::Kwarg(name, value) => Argument::Named((*name).into(), self.expr(value)),
            ast::CallArg::PosSplat(value) => Argument::Splat(self.expr(value)),
            ast::CallArg::KwargSplat(value) => Argument::NamedSplat(self.expr(value)),
        });
        lowered.collect()
    }
}

fn bytes(span: machinery::Span) -> Span {
    Span { start: span.start_offset, end: span.end_offset.max(span.start_offset) }
}

fn literal(value: &minijinja::Value) -> Literal {
    match value.kind() {
        ValueKind::Bool => Literal::Bool(value.is_true()),
        ValueKind::Number if value.is_integer() => {
            Literal::Int(i128::try_from(value.clone()).unwrap_or(i128::MAX))
        }
        ValueKind::Number => Literal::Float(f64::try_from(value.clone()).unwrap_or(f64::NAN)),
        ValueKind::String => Literal::Text(value.as_str().unwrap_or_default().into()),
        _ => Literal::None,
    }
}

/// Hexadecimal digits as decimal ones, however many.
fn decimal(digits: &str) -> Option<String> {
    let mut number: Vec<u32> = vec![0];
    for digit in digits.chars() {
        let mut carry = digit.to_digit(16)?;
        for place in &mut number {
            let value = *place * 16 + carry;
            (*place, carry) = (value % 10, value / 10);
        }
        while carry > 0 {
            number.push(carry % 10);
            carry /= 10;
        }
    }
    Some(number.iter().rev().filter_map(|digit| char::from_digit(*digit, 10)).collect())
}

fn binary(op: ast::BinOpKind) -> Operator {
    match op {
        ast::BinOpKind::Eq => Operator::Equal,
        ast::BinOpKind::Ne => Operator::Unequal,
        ast::BinOpKind::Lt => Operator::Less,
        ast::BinOpKind::Lte => Operator::LessEqual,
        ast::BinOpKind::Gt => Operator::Greater,
        ast::BinOpKind::Gte => Operator::GreaterEqual,
        ast::BinOpKind::ScAnd => Operator::And,
        ast::BinOpKind::ScOr => Operator::Or,
        ast::BinOpKind::Add => Operator::Add,
        ast::BinOpKind::Sub => Operator::Subtract,
        ast::BinOpKind::Mul => Operator::Multiply,
        ast::BinOpKind::Div => Operator::Divide,
        ast::BinOpKind::FloorDiv => Operator::FloorDivide,
        ast::BinOpKind::Rem => Operator::Remainder,
        ast::BinOpKind::Pow => Operator::Power,
        ast::BinOpKind::Concat => Operator::Concat,
        ast::BinOpKind::In => Operator::In,
    }
}

fn comparison(op: ast::CompareOpKind) -> Operator {
    match op {
        ast::CompareOpKind::Eq => Operator::Equal,
        ast::CompareOpKind::Ne => Operator::Unequal,
        ast::CompareOpKind::Lt => Operator::Less,
        ast::CompareOpKind::Lte => Operator::LessEqual,
        ast::CompareOpKind::Gt => Operator::Greater,
        ast::CompareOpKind::Gte => Operator::GreaterEqual,
        ast::CompareOpKind::In => Operator::In,
        ast::CompareOpKind::NotIn => Operator::NotIn,
    }
}
