//! Which names statements bind, and how often.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::{
    ExceptHandler, Expr, ExprContext, Identifier, Pattern, Stmt,
    visitor::{Visitor, walk_except_handler, walk_expr, walk_pattern, walk_stmt},
};

/// How often each name is bound outside functions; a name that functions bind counts much more.
pub(crate) type Counts = BTreeMap<String, usize>;

/// How much a name counts that functions bind.
pub(crate) const ELSEWHERE: usize = 1_000;

/// Counts how often statements outside functions bind each name.
pub(crate) fn count(body: &[Stmt], counts: &mut Counts) {
    let mut found = Assigned::default();
    found.block(body);
    for name in found.names {
        *counts.entry(name).or_default() += 1;
    }
    for name in found.shared {
        *counts.entry(name).or_default() += ELSEWHERE;
    }
}

/// Names that statements bind, without those inside functions.
pub(crate) fn assigned(body: &[Stmt]) -> BTreeSet<String> {
    let mut found = Assigned::default();
    found.block(body);
    found.names.into_iter().collect()
}

/// Names that a function shares with what stands around it.
pub(crate) fn shared(body: &[Stmt]) -> Vec<String> {
    let mut found = Assigned::default();
    found.block(body);
    found.own_shared
}

/// Names that a target of an assignment binds.
pub(crate) fn targets(target: &Expr) -> Vec<String> {
    let mut found = Assigned::default();
    found.visit_expr(target);
    found.names
}

/// Names that a pattern binds.
pub(crate) fn matched(pattern: &Pattern) -> Vec<String> {
    let mut found = Assigned::default();
    found.visit_pattern(pattern);
    found.names
}

/// Collects names that are bound.
#[derive(Default)]
struct Assigned {
    names: Vec<String>,
    /// Names that functions bind for others, at any depth.
    shared: Vec<String>,
    /// Those that are declared so at the outermost level.
    own_shared: Vec<String>,
    depth: usize,
}

impl Assigned {
    fn block(&mut self, body: &[Stmt]) {
        for statement in body {
            self.visit_stmt(statement);
        }
    }

    fn binds(&mut self, name: &str) {
        if self.depth == 0 {
            self.names.push(name.to_owned());
        }
    }

    fn deeper(&mut self, body: &[Stmt]) {
        self.depth += 1;
        self.block(body);
        self.depth -= 1;
    }
}

impl<'n> Visitor<'n> for Assigned {
    fn visit_stmt(&mut self, statement: &'n Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                self.binds(&function.name);
                self.deeper(&function.body);
            }
            Stmt::ClassDef(class) => {
                self.binds(&class.name);
                self.deeper(&class.body);
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.binds(name.split('.').next().unwrap_or_default());
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    self.binds(alias.asname.as_ref().unwrap_or(&alias.name));
                }
            }
            Stmt::Global(names) => self.shares(&names.names),
            Stmt::Nonlocal(names) => self.shares(&names.names),
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_except_handler(&mut self, handler: &'n ExceptHandler) {
        let ExceptHandler::ExceptHandler(it) = handler;
        if let Some(name) = &it.name {
            self.binds(name);
        }
        walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'n Pattern) {
        let name = match pattern {
            Pattern::MatchAs(it) => it.name.as_ref(),
            Pattern::MatchStar(it) => it.name.as_ref(),
            Pattern::MatchMapping(it) => it.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.binds(name);
        }
        walk_pattern(self, pattern);
    }

    fn visit_expr(&mut self, expr: &'n Expr) {
        match expr {
            Expr::Name(name) if name.ctx == ExprContext::Store => self.binds(&name.id),
            // What they bind is theirs alone.
            Expr::ListComp(_)
            | Expr::SetComp(_)
            | Expr::DictComp(_)
            | Expr::Generator(_)
            | Expr::Lambda(_) => {}
            _ => walk_expr(self, expr),
        }
    }
}

impl Assigned {
    fn shares(&mut self, names: &[Identifier]) {
        for name in names {
            self.shared.push(name.to_string());
            if self.depth == 0 {
                self.own_shared.push(name.to_string());
            }
        }
    }
}
