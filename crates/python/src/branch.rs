//! Ways that part and meet again: what names stand for when it is not known which one was taken.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::{ExceptHandler, Stmt, StmtIf, StmtTry};

use crate::{assigned::assigned, names::Bound, walk::Walk};

/// What names stood for, those that stood for nothing among them.
pub(crate) type Kept = BTreeMap<String, Option<Bound>>;

impl Walk<'_> {
    pub(crate) fn branch(&mut self, branch: &StmtIf) {
        self.flow(&branch.test);
        let mut bodies: Vec<&[Stmt]> = vec![&branch.body];
        for clause in &branch.elif_else_clauses {
            if let Some(test) = &clause.test {
                self.flow(test);
            }
            bodies.push(&clause.body);
        }
        let complete = branch.elif_else_clauses.iter().any(|clause| clause.test.is_none());
        if !complete {
            bodies.push(&[]);
        }
        self.branches(&bodies);
    }

    /// A body that may run any number of times: what it binds is not known when it begins, nor when it ends.
    pub(crate) fn repeated(&mut self, begin: impl FnOnce(&mut Self), body: &[Stmt]) {
        let bound = assigned(body);
        for name in &bound {
            self.forget(name);
        }
        begin(self);
        self.block(body);
        for name in &bound {
            self.forget(name);
        }
    }

    /// Bodies of which one runs: what they bind to different things is not known afterwards.
    pub(crate) fn branches(&mut self, bodies: &[&[Stmt]]) {
        let names: BTreeSet<String> = bodies.iter().flat_map(|body| assigned(body)).collect();
        let before = self.kept(names);
        let mut after = Vec::new();
        for body in bodies {
            self.restore(&before);
            self.block(body);
            after.push(self.kept_again(&before));
        }
        self.meet(&after);
    }

    pub(crate) fn attempt(&mut self, attempt: &StmtTry) {
        let mut names = assigned(&attempt.body);
        names.extend(assigned(&attempt.orelse));
        for handler in &attempt.handlers {
            let ExceptHandler::ExceptHandler(handler) = handler;
            names.extend(assigned(&handler.body));
            names.extend(handler.name.iter().map(ToString::to_string));
        }
        let before = self.kept(names);
        self.block(&attempt.body);
        let tried = self.kept_again(&before);
        self.block(&attempt.orelse);
        let mut after = vec![self.kept_again(&before)];
        for handler in &attempt.handlers {
            let ExceptHandler::ExceptHandler(handler) = handler;
            self.meet(&[before.clone(), tried.clone()]);
            if let Some(name) = &handler.name {
                self.forget(name);
            }
            self.block(&handler.body);
            after.push(self.kept_again(&before));
        }
        self.meet(&after);
        self.block(&attempt.finalbody);
    }

    /// What some names stand for now.
    pub(crate) fn kept(&mut self, names: impl IntoIterator<Item = String>) -> Kept {
        let scope = self.scope();
        let kept = names.into_iter().map(|name| {
            let bound = scope.names.get(&name).cloned();
            (name, bound)
        });
        kept.collect()
    }

    fn kept_again(&mut self, names: &Kept) -> Kept {
        self.kept(names.keys().cloned())
    }

    /// Lets names stand for what they stood for.
    pub(crate) fn restore(&mut self, kept: &Kept) {
        let scope = self.scope();
        for (name, bound) in kept {
            match bound {
                Some(bound) => scope.names.insert(name.clone(), bound.clone()),
                None => scope.names.remove(name),
            };
        }
    }

    /// Where several ways meet: a name stands for what it stands for on each of them.
    fn meet(&mut self, ways: &[Kept]) {
        let Some((first, others)) = ways.split_first() else { return };
        self.restore(first);
        for (name, bound) in first {
            if others.iter().any(|way| way.get(name) != Some(bound)) {
                self.forget(name);
            }
        }
    }
}
