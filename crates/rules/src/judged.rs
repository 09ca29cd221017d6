//! Definitions of one name beside each other: those that are proved to be one number, and rows on which two differ.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use plumb_base::{Example, Message};
use plumb_estate::{AssetKind, Estate};

use crate::{
    compare::{self, Change, Compared, Side},
    formula::{self, NamedKeys},
    measures::Measure,
    rivals::Rivals,
};

/// Definitions up to which each is put beside each.
const MOST: usize = 6;

/// Pairs that are put beside each other, at most: a platform of very many definitions is told without proofs.
const JUDGED: usize = 300;

/// Definitions that are rivals, the most used first.
pub(crate) struct Judged<'m> {
    pub(crate) definitions: Rivals<'m>,
    /// Whether rows were found for each two on which they differ.
    pub(crate) apart: bool,
    /// Rows on which the first two differ.
    pub(crate) example: Option<Example>,
}

impl Judged<'_> {
    /// What is said of each definition, without the conditions that all have.
    pub(crate) fn said(&self) -> Vec<Message> {
        let shared = shared(self.definitions.iter().flatten());
        self.definitions.iter().map(|definition| said(definition, &shared)).collect()
    }

    /// Whether what is said of two definitions is not the same.
    fn can_be_told(&self) -> bool {
        self.said().into_iter().collect::<BTreeSet<Message>>().len() == self.definitions.len()
    }
}

/// Conditions on the rows that all of some numbers have.
fn shared<'m>(mut measures: impl Iterator<Item = &'m &'m Measure>) -> BTreeSet<String> {
    let Some(first) = measures.next() else { return BTreeSet::new() };
    let mut shared: BTreeSet<String> = first.formula.conditions.keys().cloned().collect();
    for other in measures {
        shared.retain(|key| other.formula.conditions.contains_key(key));
    }
    shared
}

/// The formula of a definition, with what holds of all who have it and of nobody else.
fn said(definition: &[&Measure], everywhere: &BTreeSet<String>) -> Message {
    let shared = shared(definition.iter());
    let formula = &definition[0].formula;
    let own = |key: &&String| everywhere.contains(*key) || !shared.contains(*key);
    let without: BTreeSet<String> = formula.conditions.keys().filter(own).cloned().collect();
    let message = formula.message_without(&without);
    let more = |measure: &&&Measure| measure.formula.conditions.len() > shared.len();
    if definition.iter().any(|measure| more(&measure)) {
        return message.then(", some with conditions of their own");
    }
    message
}

/// Looks at definitions side by side.
pub(crate) struct Judge<'a> {
    estate: &'a Estate,
    /// Pairs that may still be looked at.
    left: Cell<usize>,
    /// What assets show beside their numbers, as far as it was asked for.
    keys: RefCell<BTreeMap<usize, Rc<NamedKeys>>>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(estate: &'a Estate) -> Self {
        Self { estate, left: Cell::new(JUDGED), keys: RefCell::default() }
    }

    /// What two numbers are to each other, each over all rows.
    pub(crate) fn compared(&self, one: &Measure, two: &Measure) -> Compared {
        let Some(left) = self.left.get().checked_sub(1) else { return Compared::Unknown };
        self.left.set(left);
        compare::compared(self.estate, &side(one), &side(two))
    }

    /// Definitions without those that are proved to be another; `None` if one is left, or if nothing is known to tell
    /// them apart but a kind of rows that one picks.
    pub(crate) fn rivals<'m>(&self, rivals: Rivals<'m>) -> Option<Judged<'m>> {
        if rivals.len() > MOST {
            return Some(Judged { definitions: rivals, apart: false, example: None });
        }
        let (mut kept, mut apart): (Rivals<'m>, bool) = (Vec::new(), true);
        for definition in rivals {
            let mut same = None;
            for (at, known) in kept.iter().enumerate() {
                match self.compared(known[0], definition[0]) {
                    Compared::Same(_) => same = Some(at),
                    Compared::Different => {}
                    Compared::Unknown => apart = false,
                }
            }
            match same {
                Some(at) => kept[at].extend(definition),
                None => kept.push(definition),
            }
        }
        let [first, second, ..] = kept.as_slice() else { return None };
        let example = self.example(first[0], second[0]);
        let known = example.is_some();
        let scope = only_scope(&kept);
        let judged = Judged { definitions: kept, apart, example };
        (known || !scope && judged.can_be_told()).then_some(judged)
    }

    /// Whether two numbers are counted for other things, though their columns are called alike: what an address sent and
    /// what it received.
    pub(crate) fn is_apart(&self, one: &Measure, two: &Measure) -> bool {
        let [one, two] = [one, two].map(|it| self.keys_of(it.asset));
        one.iter().any(|(name, columns)| {
            two.get(name).is_some_and(|others| {
                !columns.is_empty() && !others.is_empty() && columns.is_disjoint(others)
            })
        })
    }

    fn keys_of(&self, asset: usize) -> Rc<NamedKeys> {
        let known = || Rc::new(formula::named_keys(self.estate, asset));
        Rc::clone(self.keys.borrow_mut().entry(asset).or_insert_with(known))
    }

    fn example(&self, one: &Measure, two: &Measure) -> Option<Example> {
        let [first, second] = [one, two].map(|it| it.said(self.estate).plain(""));
        compare::example(self.estate, (&first, &side(one)), (&second, &side(two)))
    }
}

/// Whether a measure is shown on a dashboard.
pub(crate) fn on_dashboard(estate: &Estate, measure: &Measure) -> bool {
    let whole = estate.assets[measure.asset].part_of.as_ref();
    whole.and_then(|key| estate.asset(key)).is_some_and(|it| it.kind == AssetKind::Dashboard)
}

/// Whether definitions that nobody declared are one value of different rows.
fn only_scope(definitions: &Rivals<'_>) -> bool {
    let value = &definitions[0][0].formula.measured;
    definitions.iter().flatten().all(|it| !it.declared && it.formula.measured == *value)
}

fn side(measure: &Measure) -> Side {
    let (rel, at) = measure.output;
    Side { rel, outputs: vec![at], change: Change::Total }
}
