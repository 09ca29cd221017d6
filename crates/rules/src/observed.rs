//! Findings about what ran: of an asset where it is known, else of what the platform calls it.

use plumb_base::{Evidence, Finding, Message, Reason, Saving, Subject};
use plumb_ledger::Assets;

use crate::{Platform, Rule, spend, subject};

/// What had something run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'a> {
    /// What tells it from all others.
    pub(crate) key: &'a str,
    /// What people call it.
    pub(crate) label: &'a str,
    asset: Option<usize>,
}

/// What is observed of it.
pub(crate) struct Observed {
    pub(crate) message: Message,
    pub(crate) because: Vec<Message>,
    /// How bad it is.
    pub(crate) size: u64,
    /// What it would save.
    pub(crate) saving: Saving,
}

impl<'a> About<'a> {
    /// What a cause is the work of.
    pub(crate) fn cause(platform: &Platform<'a>, assets: &Assets, cause: usize) -> Self {
        let (estate, ledger) = (platform.estate, platform.ledger);
        let cause = &ledger.causes[cause];
        let workload = &ledger.workloads[cause.workload];
        let asset = assets.of(cause);
        match asset.map(|at| &estate.assets[at]) {
            Some(known) => Self { key: &known.key, label: &known.name, asset },
            None => Self { key: &workload.key, label: &workload.label, asset },
        }
    }

    /// Whether a finding about datasets says what a change to it would save.
    pub(crate) fn saves(&self, platform: &Platform<'_>) -> bool {
        self.asset.is_some_and(|at| platform.is_saved(at))
    }

    /// A resource that no code is known to use.
    pub(crate) fn resource(name: &'a str) -> Self {
        Self { key: name, label: name, asset: None }
    }

    /// The finding; `part` tells what of it is spoken of.
    pub(crate) fn finding(
        &self,
        rule: &Rule,
        platform: &Platform<'_>,
        part: &str,
        observed: Observed,
    ) -> Finding {
        let estate = platform.estate;
        let assets: Vec<usize> = self.asset.into_iter().collect();
        let subject = match self.asset {
            Some(at) => subject::whole(estate, at),
            None => Subject { asset: self.label.to_owned(), place: spend::place(platform) },
        };
        let reason = |message| Reason { evidence: Evidence::Observed, message };
        Finding {
            id: Finding::id_of(rule.code, &[self.key, part], None),
            rule: rule.code.to_owned(),
            name: rule.name.to_owned(),
            message: observed.message,
            subjects: vec![subject],
            evidence: Evidence::Observed,
            because: observed.because.into_iter().map(reason).collect(),
            weight: observed.size,
            saving: observed.saving,
            owners: subject::owners(estate, &assets),
            action: None,
            example: None,
            instead: None,
        }
    }
}
