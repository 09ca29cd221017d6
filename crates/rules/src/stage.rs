//! Stages of Spark in trouble, by what they are the work of: what a finding about one says beside the trouble itself.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Evidence, Finding, Message, Reason, Saving, Subject};
use plumb_ledger::StageTrouble;

use crate::{Platform, Rule, spend, subject};

/// Tables that are named with a stage.
const NAMED: usize = 5;

/// A stage of something, whoever ran it.
pub(crate) struct Told<'a> {
    pub(crate) stages: Vec<&'a StageTrouble>,
    key: &'a str,
    label: &'a str,
    name: &'a str,
    asset: Option<usize>,
}

/// Every stage in some trouble.
pub(crate) fn all<'a>(
    platform: &Platform<'a>,
    troubled: fn(&StageTrouble) -> bool,
) -> Vec<Told<'a>> {
    let ledger = platform.ledger;
    if ledger.stages.is_empty() {
        return Vec::new();
    }
    let assets = plumb_ledger::assets(ledger, platform.estate);
    let mut told: BTreeMap<(&str, &str), Told<'a>> = BTreeMap::new();
    for stage in ledger.stages.iter().filter(|stage| troubled(stage)) {
        let cause = &ledger.causes[stage.cause];
        let asset = assets.of(cause);
        let workload = &ledger.workloads[cause.workload];
        let (key, label) = match asset.map(|at| &platform.estate.assets[at]) {
            Some(asset) => (asset.key.as_str(), asset.name.as_str()),
            None => (workload.key.as_str(), workload.label.as_str()),
        };
        let new = || Told { stages: Vec::new(), key, label, name: &stage.name, asset };
        told.entry((key, &stage.name)).or_insert_with(new).stages.push(stage);
    }
    told.into_values().collect()
}

impl Told<'_> {
    /// The stage in words: a place in the code of something.
    pub(crate) fn message(&self) -> Message {
        if self.name.is_empty() {
            return Message::text("a stage of ").then_name(self.label);
        }
        Message::text("stage ").then_name(self.name).then(" of ").then_name(self.label)
    }

    /// How often it ran, and how often there was trouble.
    pub(crate) fn runs(&self, troubled: u64) -> Message {
        let runs: u64 = self.stages.iter().map(|stage| stage.runs).sum();
        Message::text(format!("so it was in {troubled} of {runs} runs that event logs tell of"))
    }

    /// The finding about it; `because` and `size` say how bad it is.
    pub(crate) fn finding(
        &self,
        rule: &Rule,
        platform: &Platform<'_>,
        message: Message,
        because: Vec<Message>,
        size: u64,
    ) -> Finding {
        let estate = platform.estate;
        let assets: Vec<usize> = self.asset.into_iter().collect();
        let subject = match self.asset {
            Some(at) => subject::whole(estate, at),
            None => Subject { asset: self.label.to_owned(), place: spend::place(platform) },
        };
        let tables: BTreeSet<&String> = self.stages.iter().flat_map(|it| &it.tables).collect();
        let mut because = because;
        if !tables.is_empty() {
            let mut reads = Message::text("its statement reads ");
            for (at, table) in tables.iter().take(NAMED).enumerate() {
                reads = if at == 0 { reads } else { reads.then(", ") }.then_name(*table);
            }
            if tables.len() > NAMED {
                reads = reads.then(" and ").then_count(tables.len() - NAMED).then(" more");
            }
            because.push(reads);
        }
        let reason = |message| Reason { evidence: Evidence::Observed, message };
        let saving = "what waits for it on the cluster is not in the log".to_owned();
        Finding {
            id: Finding::id_of(rule.code, &[self.key, self.name], None),
            rule: rule.code.to_owned(),
            name: rule.name.to_owned(),
            message,
            subjects: vec![subject],
            evidence: Evidence::Observed,
            because: because.into_iter().map(reason).collect(),
            weight: size,
            saving: Saving::NotGiven(saving),
            owners: subject::owners(estate, &assets),
            action: None,
            example: None,
            instead: None,
        }
    }
}

/// A time in words, in the largest unit that it has at least one of.
pub(crate) fn time(millis: u64) -> String {
    let seconds = millis.saturating_add(500) / 1000;
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}

/// A size in words, in powers of 1024.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let unit = UNITS.iter().find(|(unit, _)| bytes >= *unit);
    let Some((unit, name)) = unit else { return format!("{bytes} B") };
    // Tenths are enough, and more of a large number is noise.
    let tenths = u128::from(bytes) * 10 / u128::from(*unit);
    if tenths < 100 {
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    } else {
        format!("{} {name}", tenths / 10)
    }
}
