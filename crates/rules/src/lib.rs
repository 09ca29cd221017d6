//! Rules: each file judges one thing; the page beside it explains and tests it.
//!
//! This crate never reads files, clocks or networks, never changes what it judges, and never formats for a
//! terminal.
#![warn(clippy::disallowed_methods, reason = "ask the World")]

mod alike;
mod catalogue;
mod compare;
mod derived;
mod doubted;
mod drifted;
mod formula;
mod judged;
mod listed;
mod meaning;
mod measures;
mod money;
mod observed;
mod outline;
mod proofs;
mod reuse;
mod rivals;
mod running;
mod savings;
mod shape;
mod shared;
mod spend;
mod stage;
mod subject;
mod total;
mod version;

pub use catalogue::metrics;
pub use measures::spelling;
pub use proofs::rests_on;

use plumb_base::Finding;
use plumb_base::record::Found;
use plumb_estate::Estate;
use plumb_ledger::Ledger;
use rayon::prelude::*;

/// What a rule says about itself, and how it looks at a platform.
#[derive(Debug)]
pub struct Rule {
    /// Stable code, such as `DUP001`; never used again for another rule.
    pub code: &'static str,
    /// Name of the fault in kebab-case, such as `duplicate-dataset`.
    pub name: &'static str,
    /// Its page: documentation, examples and tests at once.
    pub page: &'static str,
    /// Looks at the whole platform.
    pub check: fn(&Platform<'_>) -> Vec<Finding>,
}

/// What rules look at.
pub struct Platform<'a> {
    /// What was found, before any of it was understood.
    pub found: &'a Found,
    /// Assets and what they compute.
    pub estate: &'a Estate,
    /// What they cost.
    pub ledger: &'a Ledger,
    shared: shared::Shared<'a>,
}

impl<'a> Platform<'a> {
    /// A platform of which no rule has asked anything yet.
    pub fn new(found: &'a Found, estate: &'a Estate, ledger: &'a Ledger) -> Self {
        Self { found, estate, ledger, shared: shared::Shared::default() }
    }
}

/// Every rule, shelf by shelf.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [reuse::ALL, meaning::ALL, shape::ALL, money::ALL, running::ALL].into_iter().flatten().copied()
}

/// Findings of every rule, dearest first, then heaviest, then by rule and id; none twice.
pub fn judge(platform: &Platform<'_>) -> Vec<Finding> {
    platform.prepare();
    let rules: Vec<&Rule> = rules().collect();
    let mut findings: Vec<Finding> =
        rules.par_iter().with_max_len(1).flat_map_iter(|rule| (rule.check)(platform)).collect();
    findings = findings.into_iter().map(|it| doubted::doubted(platform.estate, it)).collect();
    findings.sort_by(|one, two| {
        savings::most(&two.saving)
            .cmp(&savings::most(&one.saving))
            .then_with(|| two.weight.cmp(&one.weight))
            .then_with(|| one.rule.cmp(&two.rule))
            .then_with(|| one.id.cmp(&two.id))
    });
    findings.dedup_by(|one, two| one.id == two.id);
    findings
}

impl Rule {
    /// The first paragraph of its page.
    pub fn summary(&self) -> String {
        let mut lines = self.page.lines().skip(1).skip_while(|line| line.trim().is_empty());
        let first: Vec<&str> = lines.by_ref().take_while(|line| !line.trim().is_empty()).collect();
        first.join(" ")
    }
}
