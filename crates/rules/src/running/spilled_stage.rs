//! RUN002: a stage writes to disk what does not fit into memory.

use plumb_base::{Finding, Message};

use crate::observed::Observed;
use crate::stage::{self, Told};
use crate::{Platform, Rule};

pub(crate) static RULE: Rule =
    Rule { code: "RUN002", name: "spilled-stage", page: include_str!("spilled_stage.md"), check };

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    let told = stage::all(platform, |stage| stage.spilled.runs > 0);
    told.iter().map(|told| finding(platform, told)).collect()
}

fn finding(platform: &Platform<'_>, told: &Told<'_>) -> Finding {
    let all = || told.stages.iter().map(|stage| &stage.spilled);
    let (disk, read): (u64, u64) = (all().map(|it| it.disk).sum(), all().map(|it| it.read).sum());
    let runs: u64 = all().map(|it| it.runs).sum();
    let each = stage::size(disk / runs.max(1));
    let message =
        told.message().then(format!(" writes {each} to disk that do not fit into memory"));
    let message = if runs > 1 {
        message.then(", on average of ").then(format!("{runs} runs"))
    } else {
        message
    };
    let mut because = vec![told.runs(runs)];
    if read > 0 {
        let text = format!(
            "in all of these, {} of what it reads, {}",
            stage::size(disk),
            stage::size(read)
        );
        because.push(Message::text(text));
    }
    let size = disk >> 30;
    told.finding(&RULE, platform, Observed { message, because, size, saving: stage::unknown() })
}
