//! What expressions are worth.

use std::rc::Rc;
use std::sync::Arc;

use plumb_base::Severity;

use super::container;
use super::format;
use super::hole::{HoleKind, Unknown};
use super::operate::{TEXT_LIMIT, arithmetic, contains, equal, order, truth};
use super::print::describe;
use super::run::{Flow, Run, Stage, Stop};
use super::template::{Argument, Call, Expr, Operator};
use super::value::{Args, Key, Scope, Value};

impl Run<'_> {
    /// The value of an expression; refuses one that is too large to be anybody's intent.
    pub(super) fn eval(&mut self, expr: &Expr, scope: &Rc<Scope>) -> Flow<Value> {
        self.step()?;
        let value = self.evaluated(expr, scope)?;
        let too_large = match &value {
            Value::Text(text) => text.len() > TEXT_LIMIT,
            Value::List(items) | Value::Tuple(items) => {
                items.0.try_borrow().is_ok_and(|items| items.len() > container::LIMIT)
            }
            _ => false,
        };
        if too_large { Err(Stop::Budget("template makes too large a value")) } else { Ok(value) }
    }

    fn evaluated(&mut self, expr: &Expr, scope: &Rc<Scope>) -> Flow<Value> {
        match expr {
            Expr::Literal(literal) => Ok(literal.into()),
            Expr::Name(name) => Ok(self.name(name, scope)),
            Expr::List(items) => Ok(Value::list(self.eval_all(items, scope)?)),
            Expr::Tuple(items) => Ok(Value::tuple(self.eval_all(items, scope)?)),
            Expr::Dict(pairs) => {
                let mut entries = Vec::with_capacity(pairs.len());
                for (key, value) in pairs {
                    entries.push((self.eval(key, scope)?, self.eval(value, scope)?));
                }
                Ok(Value::dict(entries))
            }
            Expr::Not(inner) => Ok(negated(&self.eval(inner, scope)?)),
            Expr::Negate(inner) => {
                let value = self.eval(inner, scope)?;
                Ok(self.binary(Operator::Subtract, &Value::Int(0), &value))
            }
            Expr::Binary(Operator::And, sides) => self.and(sides, scope),
            Expr::Binary(Operator::Or, sides) => self.or(sides, scope),
            Expr::Binary(Operator::Concat, sides) => self.joined_texts(sides, scope),
            Expr::Binary(op, sides) => {
                let left = self.eval(&sides.0, scope)?;
                let right = self.eval(&sides.1, scope)?;
                Ok(self.binary(*op, &left, &right))
            }
            Expr::Chain(first, rest) => self.chain(first, rest, scope),
            Expr::Choice(parts) => {
                let test = self.eval(&parts.0, scope)?;
                if self.decide(&test) {
                    self.eval(&parts.1, scope)
                } else {
                    parts.2.as_ref().map_or(Ok(Value::Undefined), |other| self.eval(other, scope))
                }
            }
            Expr::Slice(parts) => {
                let value = self.eval(&parts.0, scope)?;
                let mut bounds = [None; 3];
                for (bound, part) in bounds.iter_mut().zip(&parts.1) {
                    if let Some(part) = part {
                        *bound = self.eval(part, scope)?.as_int();
                    }
                }
                self.spend(container::length(&value).unwrap_or(0) / 16);
                Ok(match &value {
                    Value::Unknown(unknown) => {
                        Value::unknown(unknown.derive(format!("{}[{bounds:?}]", unknown.key)))
                    }
                    known => container::slice(known, bounds),
                })
            }
            Expr::Attribute(subject, name) => {
                let subject = self.eval(subject, scope)?;
                Ok(self.attribute(&subject, name))
            }
            Expr::Item(parts) => {
                let subject = self.eval(&parts.0, scope)?;
                let key = self.eval(&parts.1, scope)?;
                Ok(self.item(&subject, &key))
            }
            Expr::Call(call) => self.eval_call(call, None, scope),
            Expr::Filter { name, subject, arguments } => {
                let subject = match subject {
                    Some(subject) => self.eval(subject, scope)?,
                    None => Value::Undefined,
                };
                let args = self.eval_arguments(arguments, scope)?;
                self.filter(name, &subject, &args)
            }
            Expr::Test { name, subject, arguments } => {
                let subject = self.eval(subject, scope)?;
                let args = self.eval_arguments(arguments, scope)?;
                Ok(self.test(name, &subject, &args))
            }
        }
    }

    /// Applies the filters of a filter block to its text.
    pub(super) fn filter_block(
        &mut self,
        filter: &Expr,
        text: Value,
        scope: &Rc<Scope>,
    ) -> Flow<Value> {
        let Expr::Filter { name, subject, arguments } = filter else { return Ok(text) };
        let text = match subject {
            Some(inner) => self.filter_block(inner, text, scope)?,
            None => text,
        };
        let args = self.eval_arguments(arguments, scope)?;
        self.filter(name, &text, &args)
    }

    /// `a ~ b ~ c`, as one text.
    fn joined_texts(&mut self, sides: &(Expr, Expr), scope: &Rc<Scope>) -> Flow<Value> {
        let (mut first, mut rest) = (&sides.0, vec![&sides.1]);
        while let Expr::Binary(Operator::Concat, inner) = first {
            self.step()?;
            rest.push(&inner.1);
            first = &inner.0;
        }
        let first = self.eval(first, scope)?;
        let mut text = String::new();
        let mut before = Some(first);
        for side in rest.into_iter().rev() {
            let value = self.eval(side, scope)?;
            for value in before.take().iter().chain([&value]) {
                text.push_str(&self.print(value));
            }
            self.spend(text.len() / 64);
            if text.len() > TEXT_LIMIT {
                break;
            }
        }
        Ok(Value::text(text))
    }

    fn eval_all(&mut self, exprs: &[Expr], scope: &Rc<Scope>) -> Flow<Vec<Value>> {
        exprs.iter().map(|expr| self.eval(expr, scope)).collect()
    }

    fn and(&mut self, sides: &(Expr, Expr), scope: &Rc<Scope>) -> Flow<Value> {
        let left = self.eval(&sides.0, scope)?.in_doubt();
        let Value::Unknown(unknown) = &left else {
            return if truth(&left) == Some(true) { self.eval(&sides.1, scope) } else { Ok(left) };
        };
        let right = self.eval(&sides.1, scope)?;
        if truth(&right) == Some(false) {
            return Ok(right);
        }
        let key = format!("({} and {})", unknown.key, describe(&right));
        Ok(Value::unknown(unknown.derive(key).leaning(unknown.lean && lean(&right))))
    }

    fn or(&mut self, sides: &(Expr, Expr), scope: &Rc<Scope>) -> Flow<Value> {
        let left = self.eval(&sides.0, scope)?.in_doubt();
        let Value::Unknown(unknown) = &left else {
            return if truth(&left) == Some(true) { Ok(left) } else { self.eval(&sides.1, scope) };
        };
        let right = self.eval(&sides.1, scope)?;
        match right {
            Value::Bool(true) => Ok(right),
            right if truth(&right) == Some(false) => Ok(left),
            right => {
                let key = format!("({} or {})", unknown.key, describe(&right));
                Ok(Value::unknown(unknown.derive(key).leaning(unknown.lean || lean(&right))))
            }
        }
    }

    fn chain(&mut self, first: &Expr, rest: &[(Operator, Expr)], scope: &Rc<Scope>) -> Flow<Value> {
        let mut left = self.eval(first, scope)?;
        let mut answer = Value::Bool(true);
        for (op, side) in rest {
            let right = self.eval(side, scope)?;
            let value = self.binary(*op, &left, &right);
            if truth(&value) == Some(false) {
                return Ok(value);
            }
            if truth(&value).is_none() {
                answer = value;
            }
            left = right;
        }
        Ok(answer)
    }

    /// The value of an operator between two values.
    pub(super) fn binary(&mut self, op: Operator, left: &Value, right: &Value) -> Value {
        let answer = match op {
            // Whether something is there that a run looks for.
            Operator::Equal | Operator::Unequal if right.is_nothing() && left.is_in_doubt() => {
                return self.binary(op, &left.in_doubt(), right);
            }
            Operator::Equal => self.same(left, right),
            Operator::Unequal => self.same(left, right).map(|same| !same),
            Operator::In => contains(right, left),
            Operator::NotIn => contains(right, left).map(|found| !found),
            Operator::Less | Operator::LessEqual | Operator::Greater | Operator::GreaterEqual => {
                match order(left, right) {
                    Some(order) => Some(match op {
                        Operator::Less => order.is_lt(),
                        Operator::LessEqual => order.is_le(),
                        Operator::Greater => order.is_gt(),
                        _ => order.is_ge(),
                    }),
                    None if is_unknown(left) || is_unknown(right) => None,
                    None => Some(false),
                }
            }
            _ => return self.arithmetic(op, left, right),
        };
        answer.map_or_else(|| compared(op, left, right), Value::Bool)
    }

    /// Whether two values are equal, as they are or as was decided; `None` if it is not known.
    fn same(&mut self, left: &Value, right: &Value) -> Option<bool> {
        equal(left, right).or_else(|| match (left, right) {
            (Value::Unknown(unknown), Value::Text(text))
            | (Value::Text(text), Value::Unknown(unknown)) => self.is_taken(unknown, text),
            _ => None,
        })
    }

    fn arithmetic(&mut self, op: Operator, left: &Value, right: &Value) -> Value {
        if let (Operator::Remainder, Value::Text(text)) = (op, left) {
            let printed = match right {
                Value::Tuple(items) => {
                    let items = items.0.borrow().clone();
                    Value::tuple(items.iter().map(|item| self.printed_if_unknown(item)).collect())
                }
                other => self.printed_if_unknown(other),
            };
            return Value::text(format::percent(text, &printed));
        }
        let is_text = matches!(left, Value::Text(_)) || matches!(right, Value::Text(_));
        if op == Operator::Add && is_text && (is_unknown(left) || is_unknown(right)) {
            return Value::text(format!("{}{}", self.print(left), self.print(right)));
        }
        match (left, right) {
            (Value::Unknown(unknown), _) | (_, Value::Unknown(unknown)) => {
                Value::unknown(unknown.derive(binary_key(op, left, right)))
            }
            _ => {
                let value = arithmetic(op, left, right);
                self.spend(container::length(&value).unwrap_or(0) / 64);
                value
            }
        }
    }

    /// The identifier of a hole in place of an unknown value.
    pub(super) fn printed_if_unknown(&mut self, value: &Value) -> Value {
        if is_unknown(value) { Value::Text(self.print(value)) } else { value.clone() }
    }

    /// Evaluates the arguments of a call.
    pub(super) fn eval_arguments(&mut self, given: &[Argument], scope: &Rc<Scope>) -> Flow<Args> {
        let mut args = Args::default();
        for argument in given {
            match argument {
                Argument::Positional(value) => args.positional.push(self.eval(value, scope)?),
                Argument::Named(name, value) => {
                    args.named.push((Arc::clone(name), self.eval(value, scope)?));
                }
                Argument::Splat(value) => {
                    let value = self.eval(value, scope)?;
                    args.positional.extend(self.rows(&value));
                }
                Argument::NamedSplat(value) => {
                    if let Value::Dict(entries) = self.eval(value, scope)? {
                        for (key, value) in entries.map.borrow().values() {
                            if let Value::Text(name) = key {
                                args.named.push((Arc::clone(name), value.clone()));
                            }
                        }
                    }
                }
            }
        }
        Ok(args)
    }

    /// Evaluates a call; `caller` is the body of a call block.
    pub(super) fn eval_call(
        &mut self,
        call: &Call,
        caller: Option<Value>,
        scope: &Rc<Scope>,
    ) -> Flow<Value> {
        // Once a node is read, `config` says nothing: what stands in it does not become part of the SQL.
        if matches!(self.stage, Stage::Compile | Stage::Alone)
            && matches!(&call.callee, Expr::Name(name) if name.as_ref() == "config")
        {
            return Ok(Value::text(""));
        }
        let (subject, callee) = match &call.callee {
            Expr::Attribute(subject, name) => (Some((self.eval(subject, scope)?, name)), None),
            other => (None, Some(self.eval(other, scope)?)),
        };
        let mut args = self.eval_arguments(&call.arguments, scope)?;
        args.span = call.span;
        if let Some(caller) = caller {
            args.named.push(("caller".into(), caller));
        }
        match (subject, callee) {
            (Some((subject, name)), _) => {
                if matches!(subject, Value::Undefined) {
                    return Ok(self.unknown_macro(&written(&call.callee), &args));
                }
                self.method(&subject, name, args)
            }
            (None, Some(Value::Undefined)) => Ok(self.unknown_macro(&written(&call.callee), &args)),
            (None, Some(callee)) => self.call(&callee, args),
            (None, None) => Ok(Value::Undefined),
        }
    }

    /// `subject[key]`
    pub(super) fn item(&mut self, subject: &Value, key: &Value) -> Value {
        match (subject, key) {
            (Value::Unknown(unknown), key) => {
                Value::unknown(unknown.derive(format!("{}[{}]", unknown.key, describe(key))))
            }
            (Value::Dict(entries), key) => match entries.get_key(&Key::of(key)) {
                Some(value) => value,
                None => unknown_item(key),
            },
            (Value::List(items) | Value::Tuple(items), Value::Int(at)) => {
                let items = items.0.borrow();
                let len = container::len_of(items.len());
                let at = usize::try_from(if *at < 0 { at + len } else { *at });
                at.ok().and_then(|at| items.get(at).cloned()).unwrap_or_default()
            }
            (Value::Text(text), Value::Int(at)) => {
                let at = if *at < 0 {
                    text.chars().rev().nth(usize::try_from(-at - 1).unwrap_or(usize::MAX))
                } else {
                    text.chars().nth(usize::try_from(*at).unwrap_or(usize::MAX))
                };
                at.map_or(Value::Undefined, |letter| Value::text(letter.to_string()))
            }
            (subject, Value::Text(name)) => self.attribute(subject, &Arc::clone(name)),
            (_, key) => unknown_item(key),
        }
    }

    /// What calling a macro that is not installed gives: a hole, and a problem.
    pub(super) fn unknown_macro(&mut self, name: &str, args: &Args) -> Value {
        let message = format!("`{name}` is not a macro of this project or its packages");
        self.problem(Severity::Partly, "unknown-macro", message);
        let given = args.describe();
        let key = self.own_key(&format!("{name}{given}"));
        Value::unknown(Unknown::new(HoleKind::Macro, key, "unknown-macro"))
    }
}

/// What a key that is not there gives; an unknown key may be there.
fn unknown_item(key: &Value) -> Value {
    match key {
        Value::Unknown(unknown) => {
            Value::unknown(unknown.derive(format!("item of {}", unknown.key)))
        }
        _ => Value::Undefined,
    }
}

fn is_unknown(value: &Value) -> bool {
    matches!(value, Value::Unknown(_))
}

/// What to assume of a value that decides.
fn lean(value: &Value) -> bool {
    match value {
        Value::Unknown(unknown) => unknown.lean,
        known => truth(known).unwrap_or(true),
    }
}

fn negated(value: &Value) -> Value {
    match &value.in_doubt() {
        Value::Unknown(unknown) => {
            let key = format!("not {}", unknown.key);
            Value::unknown(unknown.derive(key).leaning(!unknown.lean))
        }
        known => Value::Bool(truth(known) == Some(false)),
    }
}

fn binary_key(op: Operator, left: &Value, right: &Value) -> String {
    format!("({} {} {})", describe(left), op.sign(), describe(right))
}

/// A comparison without an answer. Something unknown is likelier to be there than to be empty.
fn compared(op: Operator, left: &Value, right: &Value) -> Value {
    let is_empty = |value: &Value| match value {
        Value::Int(0) | Value::None => true,
        known => truth(known) == Some(false),
    };
    let has_empty = is_empty(left) || is_empty(right);
    let assumed = match op {
        Operator::Equal | Operator::LessEqual => !has_empty,
        Operator::Unequal => has_empty,
        Operator::Less => !matches!(right, Value::Int(0 | 1)),
        Operator::NotIn => false,
        _ => true,
    };
    let key = binary_key(op, left, right);
    let unknown = match (left, right) {
        (Value::Unknown(unknown), _) | (_, Value::Unknown(unknown)) => unknown.derive(key),
        _ => Unknown::new(HoleKind::Value, key, "compares with something unknown"),
    };
    let unknown = unknown.leaning(assumed);
    Value::unknown(match (op, left, right) {
        // One of several rows may be this and another that.
        (Operator::Equal, Value::Unknown(of), Value::Text(text))
        | (Operator::Equal, Value::Text(text), Value::Unknown(of))
            if of.kind == HoleKind::Value =>
        {
            unknown.saying(of, text)
        }
        _ => unknown,
    })
}

/// A callee as it is written, for messages.
fn written(callee: &Expr) -> String {
    match callee {
        Expr::Name(name) => name.as_ref().to_owned(),
        Expr::Attribute(subject, name) => format!("{}.{name}", written(subject)),
        Expr::Item(_) => "[…]".to_owned(),
        Expr::Call(call) => format!("{}(…)", written(&call.callee)),
        _ => "…".to_owned(),
    }
}
