//! Calls said by others: what is one of its arguments is a case.

use plumb_ir::Symbol;

use crate::{
    space::Space,
    term::{Block, Fact, Id, Term},
    types::Alike,
};

impl Space<'_> {
    /// A call, or what it is another word for.
    pub(crate) fn spelled(&mut self, function: Symbol, args: Vec<Id>) -> Id {
        let name = self.arena.name(function).to_owned();
        let said = match name.as_str() {
            "if" | "null-if" | "coalesce" | "div-zero" => self.as_case(&name, &args),
            "greatest" | "least" => self.chosen(&args, name == "greatest"),
            _ => None,
        };
        said.unwrap_or_else(|| self.term(Term::Call { function, args }))
    }

    fn as_case(&mut self, name: &str, args: &[Id]) -> Option<Id> {
        let null = self.null;
        let (branches, otherwise) = match (name, args) {
            ("if", &[when, then, otherwise]) => (vec![(when, then)], otherwise),
            ("null-if", &[one, two]) => (vec![(self.call("eq", vec![one, two]), null)], one),
            ("div-zero", &[one, two]) => {
                let is_zero = self.call("eq", vec![two, self.zero]);
                let both = self.call("is-null", vec![one]);
                let both = self.call("not", vec![both]);
                let when = self.call("and", vec![is_zero, both]);
                (vec![(when, self.zero)], self.call("div", vec![one, two]))
            }
            ("coalesce", [first @ .., last]) if !first.is_empty() => {
                let mut branches = Vec::new();
                for arg in first {
                    branches.push(self.unless_null(*arg));
                }
                if let ([(when, then)], true) = (branches.as_slice(), *last == self.zero)
                    && self.counts_for_nothing(*when, *then)
                {
                    return Some(*then);
                }
                (branches, *last)
            }
            _ => return None,
        };
        Some(self.term(Term::Case { branches, otherwise }))
    }

    /// When a value is no NULL, and which it is then.
    fn unless_null(&mut self, value: Id) -> (Id, Id) {
        if let Term::Case { branches, otherwise } = self.get(value)
            && let &[(when, then)] = branches.as_slice()
            && *otherwise == self.null
            && self.is_null(then) == Fact::False
        {
            return (when, then);
        }
        let is_null = self.call("is-null", vec![value]);
        (self.call("not", vec![is_null]), value)
    }

    /// Whether a sum is one over the rows whose existence a condition asks for: without them it is zero.
    fn counts_for_nothing(&mut self, when: Id, then: Id) -> bool {
        let (Term::Holds(some), Term::Total(sum)) = (self.get(when), self.get(then)) else {
            return false;
        };
        let (some, sum) = (*some, *sum);
        let bare = |block: &Block| Block { out: Vec::new(), ..block.clone() };
        let rows = self.blocks(sum).iter().map(bare).collect();
        let rows = self.sum(rows);
        self.one_reading(rows, some)
    }

    /// The largest of values, or the least, as a choice; NULL if one is.
    fn chosen(&mut self, args: &[Id], largest: bool) -> Option<Id> {
        let (first, rest) = args.split_first()?;
        if rest.iter().any(|other| self.alike(*first, *other) != Alike::Yes) {
            return None;
        }
        let mut best = *first;
        for other in rest {
            let (low, high) = if largest { (*other, best) } else { (best, *other) };
            let stays = self.call("le", vec![low, high]);
            let goes = self.call("lt", vec![high, low]);
            let branches = vec![(stays, best), (goes, *other)];
            best = self.term(Term::Case { branches, otherwise: self.null });
        }
        Some(best)
    }
}
