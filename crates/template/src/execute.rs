//! What statements do.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use plumb_base::{Severity, Span};

use super::container::elements;
use super::hole::{HoleKind, Unknown};
use super::run::{Flow, Run, Stage, Stop};
use super::template::{Call, Expr, For, Macro, Stmt, Target};
use super::value::{Captured, Closure, Loop, Scope, Value};

impl Run<'_> {
    /// Runs statements in order.
    pub(super) fn exec(&mut self, body: &[Stmt], scope: &Rc<Scope>) -> Flow<()> {
        for stmt in body {
            self.step()?;
            self.stmt(stmt, scope)?;
        }
        Ok(())
    }

    fn stmt(&mut self, stmt: &Stmt, scope: &Rc<Scope>) -> Flow<()> {
        match stmt {
            Stmt::Raw { text, span } => return self.emit_literal(text, *span),
            Stmt::Emit { value, span, silent } => return self.emit(value, *span, *silent, scope),
            Stmt::For(inner) => return self.each(inner, scope),
            Stmt::If { arms, otherwise, span } => {
                return self.choose(arms, otherwise, *span, scope);
            }
            Stmt::With { names, body } => {
                let inner = Scope::inside(scope);
                for (target, value) in names {
                    let value = self.eval(value, &inner)?;
                    self.assign(target, value, &inner)?;
                }
                return self.exec(body, &inner);
            }
            Stmt::Set { target, value, span } => {
                self.visit(*span);
                let value = self.eval(value, scope)?;
                return self.assign(target, value, scope);
            }
            Stmt::Capture { target, filter, body } => {
                let mut value = Value::text(self.aside(body, scope)?);
                if let Some(filter) = filter {
                    value = self.filter_block(filter, value, scope)?;
                }
                return self.assign(target, value, scope);
            }
            Stmt::Filter { filter, body, span } => {
                self.visit(*span);
                let text = Value::text(self.aside(body, scope)?);
                let value = self.filter_block(filter, text, scope)?;
                let text = self.print(&value);
                return self.emit_printed(&text, *span);
            }
            Stmt::Group(body) => return self.exec(body, scope),
            Stmt::Macro(definition) => {
                scope.set(&definition.name, self.inner_macro(definition, scope));
            }
            Stmt::CallBlock { call, caller, span } => {
                return self.call_block(call, caller, *span, scope);
            }
            Stmt::Continue => return Err(Stop::Continue),
            Stmt::Break => return Err(Stop::Break),
            Stmt::Foreign { what, span } => {
                self.visit(*span);
                if self.stage == Stage::Alone {
                    if ["include", "extends"].contains(what) {
                        let value = self.elsewhere(what);
                        let text = self.print(&value);
                        return self.emit_printed(&text, *span);
                    }
                    return Ok(());
                }
                let message = format!("dbt has no `{what}`");
                self.problem(Severity::Partly, "template-foreign", message);
            }
        }
        Ok(())
    }

    fn emit(&mut self, value: &Expr, span: Span, silent: bool, scope: &Rc<Scope>) -> Flow<()> {
        self.visit(span);
        let value = self.eval(value, scope)?;
        if silent {
            return Ok(());
        }
        let text = self.print(&value);
        self.emit_printed(&text, span)
    }

    fn choose(
        &mut self,
        arms: &[(Expr, Vec<Stmt>)],
        otherwise: &[Stmt],
        span: Span,
        scope: &Rc<Scope>,
    ) -> Flow<()> {
        for (test, body) in arms {
            self.visit(span);
            let value = self.eval(test, scope)?;
            if self.decide(&value) {
                return self.exec(body, scope);
            }
        }
        self.exec(otherwise, scope)
    }

    fn inner_macro(&self, definition: &Arc<Macro>, scope: &Rc<Scope>) -> Value {
        Value::Macro(Rc::new(Closure {
            definition: Arc::clone(definition),
            package: self.package(),
            scope: Captured::Around(Rc::downgrade(scope)),
        }))
    }

    fn call_block(
        &mut self,
        call: &Call,
        caller: &Arc<Macro>,
        span: Span,
        scope: &Rc<Scope>,
    ) -> Flow<()> {
        self.visit(span);
        let caller = Value::Macro(Rc::new(Closure {
            definition: Arc::clone(caller),
            package: self.package(),
            scope: Captured::Caller(Rc::clone(scope)),
        }));
        let value = self.eval_call(call, Some(caller), scope)?;
        let text = self.print(&value);
        self.emit_printed(&text, span)
    }

    /// Runs statements and takes what they write.
    pub(super) fn aside(&mut self, body: &[Stmt], scope: &Rc<Scope>) -> Flow<String> {
        self.open();
        let result = self.exec(body, &Scope::inside(scope));
        let text = self.close();
        result.map(|()| text)
    }

    /// Gives a value to what is assigned to.
    pub(super) fn assign(&mut self, target: &Target, value: Value, scope: &Rc<Scope>) -> Flow<()> {
        match target {
            Target::Name(name) => scope.set(name, value),
            Target::Attribute(subject, name) => {
                if let Value::Dict(entries) = self.eval(subject, scope)? {
                    entries.set(Value::Text(Arc::clone(name)), value);
                }
            }
            Target::Tuple(targets) => {
                let parts = match &value {
                    Value::Unknown(unknown) => {
                        let part = |at| unknown.derive(format!("{}[{at}]", unknown.key));
                        (0..targets.len()).map(|at| Value::unknown(part(at))).collect()
                    }
                    known => elements(known),
                };
                let parts = parts.into_iter().chain(std::iter::repeat(Value::Undefined));
                for (target, part) in targets.iter().zip(parts) {
                    self.assign(target, part, scope)?;
                }
            }
        }
        Ok(())
    }

    fn each(&mut self, inner: &For, scope: &Rc<Scope>) -> Flow<()> {
        self.visit(inner.span);
        let iter = self.eval(&inner.iter, scope)?;
        let mut items = self.rows(&iter);
        self.spend(items.len());
        if let Some(filter) = &inner.filter {
            let mut kept = Vec::new();
            for item in items {
                let scope = Scope::inside(scope);
                self.assign(&inner.target, item.clone(), &scope)?;
                let value = self.eval(filter, &scope)?;
                if self.decide(&value) {
                    kept.push(item);
                }
            }
            items = kept;
        }
        if items.is_empty() {
            return self.exec(&inner.otherwise, &Scope::inside(scope));
        }
        let depth = match scope.get("loop") {
            Some(Value::Loop(outer)) => outer.depth + 1,
            _ => 1,
        };
        let (items, seen): (Rc<[Value]>, _) = (items.into(), Rc::new(RefCell::new(None)));
        let name: Arc<str> = "loop".into();
        for index in 0..items.len() {
            self.step()?;
            let scope = Scope::inside(scope);
            let (items, seen) = (Rc::clone(&items), Rc::clone(&seen));
            let item = items[index].clone();
            scope.set(&name, Value::Loop(Rc::new(Loop { index, depth, items, seen })));
            self.assign(&inner.target, item, &scope)?;
            match self.exec(&inner.body, &scope) {
                Ok(()) | Err(Stop::Continue) => {}
                Err(Stop::Break) => break,
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    /// What a loop sees: of unknown rows, one; none where they are to decide otherwise.
    pub(super) fn rows(&mut self, value: &Value) -> Vec<Value> {
        match value {
            Value::Unknown(unknown) => {
                let rows = Unknown { kind: HoleKind::Rows, ..unknown.as_ref().clone() };
                let one = Value::unknown(unknown.derive(format!("{}[]", unknown.key)));
                if self.is_otherwise(&rows) { Vec::new() } else { vec![one] }
            }
            known => elements(known),
        }
    }
}
