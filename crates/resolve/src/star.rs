//! Stars: expanded where columns are known, kept as stars where they are not.

use plumb_base::Name;
use plumb_ir::{Field, ScalarId};
use plumb_syntax::sql::tree::Star;

use crate::{
    scope::{Resolver, number},
    select::Output,
};

impl Resolver<'_> {
    pub(crate) fn star(&mut self, star: &Star, outputs: &mut Vec<Output>) {
        if let Some(what) = &star.unread {
            self.problem(star.span, "not-read", format!("{what} is not read yet"));
        }
        let inputs: Vec<usize> = match &star.of {
            None => (0..self.scope().inputs.len()).collect(),
            Some(of) => {
                let Some(index) = self.scope().input_named(&of.0) else {
                    self.problem(star.span, "unknown-table", format!("no table `{of}` in scope"));
                    let unknown = self.unknown("unknown-table");
                    outputs.push(Output::Column(None, unknown));
                    return;
                };
                vec![index]
            }
        };
        let merged = if star.of.is_none() { self.scope().merged.clone() } else { Vec::new() };
        for (name, scalar) in &merged {
            self.add(star, name, *scalar, outputs);
        }
        for index in inputs {
            self.input_star(star, index, &merged, outputs);
        }
    }

    fn input_star(
        &mut self,
        star: &Star,
        index: usize,
        merged: &[(Name, ScalarId)],
        outputs: &mut Vec<Output>,
    ) {
        let input = self.scope().inputs[index].clone();
        let once = |name: &Name| !merged.iter().any(|(column, _)| column == name);
        let mut known = Vec::new();
        for column in &input.bound.columns {
            let Some(name) = &column.name else {
                let scalar = self.arena.column(number(index), column.field);
                outputs.push(Output::Column(None, scalar));
                continue;
            };
            if !once(name) {
                continue;
            }
            if input.bound.open && matches!(column.field, Field::Named(_)) {
                known.push(name.clone());
            } else {
                let scalar = self.arena.column(number(index), column.field);
                self.add(star, name, scalar, outputs);
            }
        }
        if !input.bound.open {
            return;
        }
        let replaced = star.replace.iter().map(|(_, name)| name);
        let renamed = star.rename.iter().map(|(name, _)| name);
        let mut except: Vec<Name> = star
            .except
            .iter()
            .chain(replaced)
            .chain(renamed)
            .chain(&input.bound.hidden)
            .cloned()
            .collect();
        except.extend(merged.iter().map(|(name, _)| name.clone()));
        known.retain(|name| !except.contains(name));
        outputs.push(Output::Star { input: number(index), except, known });
        // What is replaced or renamed comes back as a column of its own, once.
        let unlisted = |name: &Name| {
            !input.bound.columns.iter().any(|column| {
                column.name.as_ref() == Some(name) && !matches!(column.field, Field::Named(_))
            })
        };
        for (expr, name) in &star.replace {
            let listed = outputs
                .iter()
                .any(|it| matches!(it, Output::Column(Some(other), _) if other == name));
            if unlisted(name) && !listed {
                let scalar = self.expr(expr);
                outputs.push(Output::Column(Some(name.clone()), scalar));
            }
        }
        for (from, to) in &star.rename {
            let listed = outputs
                .iter()
                .any(|it| matches!(it, Output::Column(Some(other), _) if other == to));
            if unlisted(from) && !listed {
                let scalar = self.column(std::slice::from_ref(from), star.span);
                outputs.push(Output::Column(Some(to.clone()), scalar));
            }
        }
    }

    /// One column of a star, as the star's options have it.
    fn add(&mut self, star: &Star, name: &Name, scalar: ScalarId, outputs: &mut Vec<Output>) {
        if star.except.contains(name) {
            return;
        }
        if let Some((expr, _)) = star.replace.iter().find(|(_, replaced)| replaced == name) {
            let scalar = self.expr(expr);
            outputs.push(Output::Column(Some(name.clone()), scalar));
            return;
        }
        let renamed = star.rename.iter().find(|(from, _)| from == name).map(|(_, to)| to);
        outputs.push(Output::Column(Some(renamed.unwrap_or(name).clone()), scalar));
    }
}
