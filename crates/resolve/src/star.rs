//! Stars: expanded where columns are known, kept as stars where they are not.

use plumb_base::{Name, TableName};
use plumb_ir::{Field, Literal, Rel, ScalarId};
use plumb_syntax::sql::tree::Star;

use crate::{
    scope::{Bound, Resolver, number},
    select::Output,
};

impl Resolver<'_> {
    pub(crate) fn star(&mut self, star: &Star, outputs: &mut Vec<Output>) {
        if let Some(value) = &star.value {
            let value = self.expr(value);
            self.struct_star(star, value, outputs);
            return;
        }
        let inputs: Vec<usize> = if let Some(of) = &star.of {
            let Some(index) = self.scope().input_named(&of.0) else {
                self.star_of_column(star, of, outputs);
                return;
            };
            vec![index]
        } else {
            (0..self.scope().inputs.len()).collect()
        };
        let merged = if star.of.is_none() { self.scope().merged.clone() } else { Vec::new() };
        for (name, scalar) in &merged {
            self.add(star, name, *scalar, outputs);
        }
        for index in inputs {
            let input = self.scope().inputs[index].bound.clone();
            self.input_star(star, &input, number(index), &merged, outputs);
        }
    }

    /// `column.*`: no relation has the name, so it is a struct.
    fn star_of_column(&mut self, star: &Star, of: &TableName, outputs: &mut Vec<Output>) {
        let problems = self.problems.len();
        let value = self.column(&of.0, star.span);
        if self.problems.len() > problems {
            self.problems.truncate(problems);
            self.problem(star.span, "unknown-table", format!("no table `{of}` in scope"));
            let unknown = self.unknown("unknown-table");
            outputs.push(Output::Column(None, unknown));
            return;
        }
        self.struct_star(star, value, outputs);
    }

    /// The fields of a struct: the columns of one row that is made of it.
    fn struct_star(&mut self, star: &Star, value: ScalarId, outputs: &mut Vec<Output>) {
        if let Some(("struct", fields)) = self.arena.as_call(value) {
            let fields = fields.to_vec();
            for pair in fields.chunks_exact(2) {
                match self.arena.as_literal(pair[0]) {
                    Some(Literal::Text(name)) => {
                        let name = Name::new(name.clone());
                        self.add(star, &name, pair[1], outputs);
                    }
                    _ => outputs.push(Output::Column(None, pair[1])),
                }
            }
            return;
        }
        let index = number(self.scope().inputs.len() + self.scope().added.len());
        let value = self.deepen(value, 1);
        let function = self.arena.symbol("row-of");
        let rel = self.arena.rel(Rel::Call { function, args: vec![value] });
        self.scope().added.push(rel);
        let bound = Bound { rel, columns: Vec::new(), open: true, hidden: Vec::new() };
        self.input_star(star, &bound, index, &[], outputs);
    }

    fn input_star(
        &mut self,
        star: &Star,
        bound: &Bound,
        index: u32,
        merged: &[(Name, ScalarId)],
        outputs: &mut Vec<Output>,
    ) {
        if star.like.is_some() && bound.open {
            let message = "a star with `ilike` over columns that are not known is not read yet";
            self.problem(star.span, "not-read", message);
            let unknown = self.unknown("not-read");
            outputs.push(Output::Column(None, unknown));
            return;
        }
        let once = |name: &Name| !merged.iter().any(|(column, _)| column == name);
        let mut known = Vec::new();
        for column in &bound.columns {
            let Some(name) = &column.name else {
                // What stands for the whole row is not one of its columns.
                let whole = matches!(column.field, Field::Named(_));
                if whole && (bound.open || bound.columns.len() > 1) {
                    continue;
                }
                let scalar = self.arena.column(index, column.field);
                outputs.push(Output::Column(None, scalar));
                continue;
            };
            if !once(name) {
                continue;
            }
            if bound.open && matches!(column.field, Field::Named(_)) {
                known.push(name.clone());
            } else {
                let scalar = self.arena.column(index, column.field);
                self.add(star, name, scalar, outputs);
            }
        }
        if !bound.open {
            return;
        }
        let replaced = star.replace.iter().map(|(_, name)| name);
        let renamed = star.rename.iter().map(|(name, _)| name);
        let mut except: Vec<Name> = star
            .except
            .iter()
            .chain(replaced)
            .chain(renamed)
            .chain(&bound.hidden)
            .cloned()
            .collect();
        except.extend(merged.iter().map(|(name, _)| name.clone()));
        known.retain(|name| !except.contains(name));
        outputs.push(Output::Star { input: index, except, known });
        // What is replaced or renamed comes back as a column of its own, once.
        let unlisted = |name: &Name| {
            !bound.columns.iter().any(|column| {
                column.name.as_ref() == Some(name) && !matches!(column.field, Field::Named(_))
            })
        };
        for (expr, name) in &star.replace {
            if unlisted(name) && !lists(outputs, name) {
                let scalar = self.expr(expr);
                outputs.push(Output::Column(Some(name.clone()), scalar));
            }
        }
        for (from, to) in &star.rename {
            if unlisted(from) && !lists(outputs, to) {
                let from = self.arena.symbol(from.as_str());
                let scalar = self.arena.column(index, Field::Named(from));
                outputs.push(Output::Column(Some(to.clone()), scalar));
            }
        }
    }

    /// One column of a star, as the star's options have it.
    fn add(&mut self, star: &Star, name: &Name, scalar: ScalarId, outputs: &mut Vec<Output>) {
        let pattern = star.like.as_ref().map(|pattern| pattern.to_lowercase());
        let plain = name.as_str().trim_matches('"').to_lowercase();
        if star.except.contains(name) || pattern.is_some_and(|it| !matches(&it, &plain)) {
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

/// Whether a text matches a pattern of `LIKE`.
fn matches(pattern: &str, text: &str) -> bool {
    let mut letters = pattern.chars();
    match letters.next() {
        None => text.is_empty(),
        Some('%') => {
            let rest = letters.as_str();
            let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.any(|at| matches(rest, &text[at..]))
        }
        Some(letter) => {
            let mut others = text.chars();
            let same = others.next().is_some_and(|other| letter == '_' || letter == other);
            same && matches(letters.as_str(), others.as_str())
        }
    }
}

/// Whether outputs have a column of a name already.
fn lists(outputs: &[Output], name: &Name) -> bool {
    outputs.iter().any(|it| matches!(it, Output::Column(Some(other), _) if other == name))
}
