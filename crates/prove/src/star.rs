//! Columns that nobody lists: all of a row as one value.

use plumb_ir::{Field, Symbol};

use crate::{
    lower::{Binding, Fit, Lower, Unfit},
    space::{Origin, Space},
    term::{Id, Term},
};

const STAR: &str = "star:";
const FIELD: &str = "field:";

impl Space<'_> {
    /// Whether a term stands for columns that nobody lists.
    pub(crate) fn is_star(&self, id: Id) -> bool {
        match self.get(id) {
            Term::Call { function, .. } => self.arena.name(*function).starts_with(STAR),
            Term::Column(var, Field::At(at)) => match self.origin(*var) {
                Origin::Columns(columns) => columns.get(*at as usize).is_some_and(|it| it.star),
                Origin::Table(_) | Origin::Unknown => false,
            },
            _ => false,
        }
    }

    /// The column of a name among columns that nobody lists.
    pub(crate) fn field_of_star(&mut self, star: Id, name: Symbol) -> Option<Id> {
        if let Term::Call { function, args } = self.get(star)
            && let &[row] = args.as_slice()
            && let Term::Row(var) = *self.get(row)
        {
            let (left_out, name_text) = (self.arena.name(*function), self.arena.name(name));
            let left_out = left_out.strip_prefix(STAR)?;
            if left_out.split(',').any(|it| it == name_text) {
                return None;
            }
            return Some(self.column(var, Field::Named(name)));
        }
        let function = format!("{FIELD}{}", self.arena.name(name));
        Some(self.call(&function, vec![star]))
    }

    /// A call as it is said of what its arguments have become.
    pub(crate) fn called(&mut self, function: Symbol, args: Vec<Id>) -> Id {
        if let &[star] = args.as_slice()
            && let Some(name) = self.arena.name(function).strip_prefix(FIELD)
            && matches!(self.get(star), Term::Call { .. })
        {
            let name = name.to_owned();
            let name = self.arena.symbol(&name);
            if let Some(found) = self.field_of_star(star, name) {
                return found;
            }
        }
        self.term(Term::Call { function, args })
    }
}

impl Lower<'_, '_> {
    /// All columns of an input that nobody lists, but some.
    pub(crate) fn star(&mut self, input: u32, except: &[Symbol]) -> Fit<Id> {
        let binding = self.scopes.last().and_then(|scope| scope.get(input as usize)).cloned();
        let names: Vec<&str> = except.iter().map(|name| self.space.arena.name(*name)).collect();
        let names = names.join(",");
        match binding.flatten() {
            Some(Binding::Row(var)) => {
                let row = self.space.term(Term::Row(var));
                Ok(self.space.call(&format!("{STAR}{names}"), vec![row]))
            }
            Some(Binding::Outputs(out)) => match self.one_star(&out)? {
                star if except.is_empty() => Ok(star),
                _ => Err(Unfit("columns that nobody lists, but some")),
            },
            Some(Binding::Nothing(Some(table))) => {
                let table = self.space.arena.name(table).to_owned();
                Ok(self.space.call(&format!("nulls:{table}:{names}"), Vec::new()))
            }
            Some(Binding::Nothing(None)) | None => Err(Unfit("columns that nobody lists")),
        }
    }

    pub(crate) fn one_star(&self, out: &[Id]) -> Fit<Id> {
        let mut stars = out.iter().copied().filter(|id| self.space.is_star(*id));
        match (stars.next(), stars.next()) {
            (Some(star), None) => Ok(star),
            _ => Err(Unfit("columns that nobody lists")),
        }
    }

    /// The column of whichever input has it.
    pub(crate) fn either(&mut self, depth: u32, inputs: &[u32], name: Symbol) -> Fit<Id> {
        let scope = self.scopes.len().checked_sub(1 + depth as usize);
        let mut rows = Vec::new();
        for input in inputs {
            let binding = scope.and_then(|at| self.scopes[at].get(*input as usize)).cloned();
            rows.push(match binding.flatten() {
                Some(Binding::Row(var)) => self.space.term(Term::Row(var)),
                Some(Binding::Outputs(out)) => self.one_star(&out)?,
                Some(Binding::Nothing(_)) | None => {
                    return Err(Unfit("a column of one table or another"));
                }
            });
        }
        let function = format!("either:{}", self.space.arena.name(name));
        Ok(self.space.call(&function, rows))
    }
}
