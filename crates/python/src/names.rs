//! What the names of a program are bound to.

use std::{collections::BTreeMap, sync::Arc};

use crate::text::{Text, Unknown};

/// Names of a program as it leaves them, for others that run it.
#[derive(Debug, Clone, Default)]
pub struct Names {
    pub(crate) bound: BTreeMap<String, Bound>,
}

/// What a name is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Bound {
    /// A text.
    Text(Arc<Text>),
    /// A number, as it is written.
    Number(Arc<Text>),
    /// The rows of a query, by its position among all of the program.
    Rows(usize),
    /// Something else.
    Unknown(Unknown),
}

impl Names {
    /// The same with something behind the name of every value that is not known.
    pub(crate) fn of_run(&self, run: &str) -> Self {
        let seen = |bound: &Bound| match bound {
            Bound::Text(text) => Bound::Text(Arc::new(text.of_run(run))),
            Bound::Number(text) => Bound::Number(Arc::new(text.of_run(run))),
            Bound::Unknown(unknown) => Bound::Unknown(unknown.of_run(run)),
            Bound::Rows(rows) => Bound::Rows(*rows),
        };
        Self { bound: self.bound.iter().map(|(name, it)| (name.clone(), seen(it))).collect() }
    }

    /// The same as another program sees them: its queries are not its own.
    pub(crate) fn elsewhere(&self) -> Self {
        let seen = |bound: &Bound| match bound {
            Bound::Text(text) => Some(Bound::Text(Arc::new(text.elsewhere()))),
            Bound::Number(text) => Some(Bound::Number(Arc::new(text.elsewhere()))),
            Bound::Unknown(unknown) => Some(Bound::Unknown(unknown.clone())),
            Bound::Rows(_) => None,
        };
        let bound = self.bound.iter();
        Self { bound: bound.filter_map(|(name, it)| Some((name.clone(), seen(it)?))).collect() }
    }
}
