//! RUN001: all tasks of a stage wait for one.

use plumb_base::{Finding, Message};
use plumb_ledger::Skewed;

use crate::observed::Observed;
use crate::stage::{self, Told, time};
use crate::{Platform, Rule};

pub(crate) static RULE: Rule =
    Rule { code: "RUN001", name: "skewed-stage", page: include_str!("skewed_stage.md"), check };

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    let told = stage::all(platform, |stage| stage.skewed.runs > 0);
    told.iter().map(|told| finding(platform, told)).collect()
}

fn finding(platform: &Platform<'_>, told: &Told<'_>) -> Finding {
    let all = || told.stages.iter().map(|stage| &stage.skewed);
    let worst = all().max_by_key(|it| it.longest).copied().unwrap_or_default();
    let Skewed { tasks, median, longest, .. } = worst;
    let message = told.message().then(format!(
        " waits for one task: half of its {tasks} tasks ran {} at most, the longest {}",
        time(median),
        time(longest)
    ));
    let waited: u64 = all().map(|it| it.waited).sum();
    let because = vec![
        told.runs(all().map(|it| it.runs).sum()),
        Message::text(format!(
            "in all of these, {} passed between the end of nearly all tasks and the end of the last",
            time(waited)
        )),
    ];
    let size = waited / 60_000;
    told.finding(&RULE, platform, Observed { message, because, size, saving: stage::unknown() })
}
