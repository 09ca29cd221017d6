//! Stages of Spark in trouble, by what they are the work of: what a finding about one says beside the trouble itself.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Finding, Message, Saving};
use plumb_ledger::StageTrouble;

use crate::observed::{About, Observed};
use crate::{Platform, Rule};

/// Tables that are named with a stage.
const NAMED: usize = 5;

/// A stage of something, whoever ran it.
pub(crate) struct Told<'a> {
    pub(crate) stages: Vec<&'a StageTrouble>,
    about: About<'a>,
    name: &'a str,
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
        let about = About::cause(platform, &assets, stage.cause);
        let new = || Told { stages: Vec::new(), about, name: &stage.name };
        told.entry((about.key, &stage.name)).or_insert_with(new).stages.push(stage);
    }
    told.into_values().collect()
}

impl Told<'_> {
    /// The stage in words: a place in the code of something.
    pub(crate) fn message(&self) -> Message {
        if self.name.is_empty() {
            return Message::text("a stage of ").then_name(self.about.label);
        }
        Message::text("stage ").then_name(self.name).then(" of ").then_name(self.about.label)
    }

    /// How often it ran, and how often there was trouble.
    pub(crate) fn runs(&self, troubled: u64) -> Message {
        let runs: u64 = self.stages.iter().map(|stage| stage.runs).sum();
        Message::text(format!("so it was in {troubled} of {runs} runs that event logs tell of"))
    }

    /// The finding about it.
    pub(crate) fn finding(
        &self,
        rule: &Rule,
        platform: &Platform<'_>,
        mut observed: Observed,
    ) -> Finding {
        let tables: BTreeSet<&String> = self.stages.iter().flat_map(|it| &it.tables).collect();
        if !tables.is_empty() {
            let mut reads = Message::text("its statement reads ");
            for (at, table) in tables.iter().take(NAMED).enumerate() {
                reads = if at == 0 { reads } else { reads.then(", ") }.then_name(*table);
            }
            if tables.len() > NAMED {
                reads = reads.then(" and ").then_count(tables.len() - NAMED).then(" more");
            }
            observed.because.push(reads);
        }
        self.about.finding(rule, platform, self.name, observed)
    }
}

/// Why no saving is said of a stage.
pub(crate) fn unknown() -> Saving {
    Saving::NotGiven("what waits for it on the cluster is not in the log".to_owned())
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
