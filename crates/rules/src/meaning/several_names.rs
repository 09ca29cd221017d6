//! KPI002: one definition, several names.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Evidence, Finding, Message, Reason};
use plumb_estate::Estate;

use crate::{
    Platform, Rule,
    alike::{self, Told},
    compare::{Compared, Shown},
    judged::Judge,
    listed::listed,
    measures::Measure,
};

pub(crate) static RULE: Rule =
    Rule { code: "KPI002", name: "several-names", page: include_str!("several_names.md"), check };

/// Names that are told in a message.
const NAMED: usize = 4;

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    let mut by_formula: BTreeMap<&str, Vec<&Measure>> = BTreeMap::new();
    for measure in platform.measures().iter().filter(|it| !it.subject().is_empty()) {
        by_formula.entry(&measure.formula.key).or_default().push(measure);
    }
    let told = platform.together();
    let judge = Judge::new(platform.estate);
    // Numbers that the same assets call differently are one conversation.
    let mut by_assets: BTreeMap<BTreeSet<usize>, Vec<Number<'_>>> = BTreeMap::new();
    let numbers = by_formula.into_values().filter_map(|group| Number::new(&group));
    for number in numbers.filter_map(|number| number.judged(&judge)) {
        let assets = number.assets();
        // That those who do the same work call it differently goes with the work.
        if !told.iter().any(|group| assets.is_subset(group)) {
            by_assets.entry(assets).or_default().push(number);
        }
    }
    let told = by_assets.iter().map(|(assets, numbers)| Told {
        assets: assets.iter().copied().collect(),
        finding: finding(platform, assets, numbers),
    });
    alike::fold_families(platform.estate, told.collect())
}

/// One number and its names: who calls it how.
struct Number<'m> {
    names: BTreeMap<String, Vec<&'m Measure>>,
    /// How it was shown that those of one name are those of the others over all rows, if it was.
    shown: Option<Shown>,
}

impl<'m> Number<'m> {
    /// `None` if its names are one.
    fn new(group: &[&'m Measure]) -> Option<Self> {
        // A name is another if it speaks of something else; `order_count` and `orders` do not.
        let mut names: BTreeMap<String, Vec<&Measure>> = BTreeMap::new();
        for measure in group {
            names.entry(measure.topic()).or_default().push(measure);
        }
        let number = Self { names, shown: None };
        (number.is_several() && !trivial(group[0])).then_some(number)
    }

    /// Whether names that say different things stand in different assets.
    fn is_several(&self) -> bool {
        // `revenue` and `daily_revenue`, `net_amount` and `net`: the longer name only says more.
        let has = |long: &String, short: &String| {
            short.split('_').all(|word| long.split('_').any(|other| other == word))
        };
        let nested = |one: &String, two: &String| has(one, two) || has(two, one);
        let names = || self.names.keys();
        names().any(|one| names().any(|two| !nested(one, two))) && self.assets().len() > 1
    }

    /// Without names of which rows show that they are another number: one formula may stand on other joins.
    fn judged(self, judge: &Judge<'_>) -> Option<Self> {
        let mut found: Vec<Self> = Vec::new();
        let all = self.names.into_iter();
        let all = all.flat_map(|(name, them)| them.into_iter().map(move |it| (name.clone(), it)));
        for (name, measure) in all {
            let fits = found.iter_mut().find_map(|known| {
                let first = known.all().next()?;
                if known.all().any(|other| judge.is_apart(other, measure)) {
                    return None;
                }
                let compared = judge.compared(first, measure);
                (compared != Compared::Different).then_some((known, compared))
            });
            let Some((known, compared)) = fits else {
                let none = Shown { assumptions: Vec::new(), trials: u32::MAX };
                let names = BTreeMap::from([(name, vec![measure])]);
                found.push(Self { names, shown: Some(none) });
                continue;
            };
            known.names.entry(name).or_default().push(measure);
            match (&mut known.shown, compared) {
                (Some(shown), Compared::Same(more)) => shown.add(more),
                (shown, _) => *shown = None,
            }
        }
        found.retain(Self::is_several);
        found.into_iter().max_by_key(|number| number.assets().len())
    }

    fn all(&self) -> impl Iterator<Item = &'m Measure> + '_ {
        self.names.values().flatten().copied()
    }

    fn assets(&self) -> BTreeSet<usize> {
        self.all().map(|it| it.asset).collect()
    }

    /// Its names as they are written.
    fn named(&self) -> Message {
        let spelled: Vec<&str> = self.names.values().map(|them| them[0].name.as_str()).collect();
        listed(&spelled, NAMED)
    }
}

fn finding(platform: &Platform<'_>, assets: &BTreeSet<usize>, numbers: &[Number<'_>]) -> Finding {
    let estate = platform.estate;
    let proved =
        |it: &Number<'_>| it.shown.as_ref().is_some_and(|shown| shown.assumptions.is_empty());
    let evidence = |proved| if proved { Evidence::Proved } else { Evidence::Observed };
    let mut message = numbers[0].named().then(" share a definition");
    if numbers.len() > 1 {
        let more = numbers.len() - 1;
        message = message.then(", and ").then_count(more).then(if more == 1 {
            " more has several names"
        } else {
            " more have several names"
        });
    }
    let keys: Vec<&str> = assets.iter().map(|at| estate.assets[*at].key.as_str()).collect();
    let all = || numbers.iter().flat_map(Number::all);
    let owners = crate::subject::people(all().flat_map(|it| it.owners(estate)));
    let mut subjects = Vec::new();
    for subject in all().map(|it| it.place(estate)) {
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }
    let names: usize = numbers.iter().map(|it| it.names.len()).sum();
    let weight = names * assets.len() * if all().any(|it| it.declared) { 10 } else { 2 };
    Finding {
        id: Finding::id_of(RULE.code, &keys, None),
        rule: RULE.code.to_owned(),
        name: RULE.name.to_owned(),
        message,
        subjects,
        evidence: evidence(numbers.iter().all(proved)),
        because: numbers.iter().flat_map(|number| because(estate, number)).collect(),
        weight: weight as u64,
        saving: platform.cost(assets.iter().copied()),
        owners,
        action: None,
        example: None,
        instead: None,
    }
}

/// The formula of a number, and who calls it how.
fn because(estate: &Estate, number: &Number<'_>) -> Vec<Reason> {
    let observed = |message: Message| Reason { evidence: Evidence::Observed, message };
    let mut formula = number.named().then(": ");
    formula.0.extend(number.all().next().map(|it| it.formula.message().0).unwrap_or_default());
    let mut reasons = vec![observed(formula)];
    if let Some(shown) = &number.shown {
        let message = Message::text("over all rows they are the same; tried on ")
            .then_count(shown.trials as usize)
            .then(" small databases");
        let none = shown.assumptions.is_empty();
        let evidence = if none { Evidence::Proved } else { Evidence::Observed };
        reasons.push(Reason { evidence, message });
        let assumed = shown.assumptions.iter().cloned();
        reasons.extend(assumed.map(|message| Reason { evidence: Evidence::NotChecked, message }));
    }
    for them in number.names.values() {
        let mut message = Message::name(&*them[0].name).then(" in ");
        message.0.extend(them[0].said(estate).0);
        if them.len() > 1 {
            message = message.then(" and ").then_count(them.len() - 1).then(" more");
        }
        reasons.push(observed(message));
    }
    reasons
}

/// Rows that are counted without a condition: everybody has a name of their own for that.
fn trivial(measure: &Measure) -> bool {
    measure.formula.key.starts_with("count({") && measure.formula.conditions.is_empty()
}
