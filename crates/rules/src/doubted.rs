//! What findings about code rest on that the code alone does not tell.

use std::collections::BTreeSet;

use plumb_base::{Evidence, Finding, Message, Reason};
use plumb_estate::{Asset, Estate};

use crate::listed::listed;

/// Codes of rules that say what code computes.
const COMPARES: [&str; 2] = ["DUP", "KPI"];

/// Codes of rules that say which rows tables hold.
const ROWS: [&str; 3] = ["DUP001", "DUP002", "DUP005"];

/// Tables that are named.
const NAMED: usize = 3;

/// A finding that rests on what code computes, with what is assumed of that.
pub(crate) fn doubted(estate: &Estate, mut finding: Finding) -> Finding {
    let assets: Vec<&Asset> =
        finding.subjects.iter().filter_map(|subject| estate.asset(&subject.asset)).collect();
    let compares = COMPARES.iter().any(|code| finding.rule.starts_with(code));
    let dialect = compares.then(|| dialect(&assets)).flatten();
    let rows = ROWS.contains(&&*finding.rule).then(|| built_bit_by_bit(&assets)).flatten();
    for message in dialect.into_iter().chain(rows) {
        finding.because.push(Reason { evidence: Evidence::NotChecked, message });
        for proved in finding.because.iter_mut().filter(|it| it.evidence == Evidence::Proved) {
            proved.evidence = Evidence::Observed;
        }
        if finding.evidence == Evidence::Proved {
            finding.evidence = Evidence::Observed;
        }
    }
    finding
}

/// Code whose dialect is not known was read as another, in which words may mean something else.
fn dialect(assets: &[&Asset]) -> Option<Message> {
    let names = assets.iter().filter_map(|asset| Some((asset.guessed.as_deref()?, asset.dialect?)));
    let (said, read) = names.min()?;
    let message = Message::text("assumes that ").then_name(said).then(" computes as ");
    Some(message.then_name(read).then(" does: that dialect is not known"))
}

/// What is added to a table may have been computed from rows that are others by now.
fn built_bit_by_bit(assets: &[&Asset]) -> Option<Message> {
    let bit_by_bit = |asset: &Asset| {
        asset.incremental.is_some() || asset.materialized.as_deref() == Some("incremental")
    };
    let names = assets.iter().filter(|asset| bit_by_bit(asset)).map(|it| &*it.name);
    let names: Vec<&str> = names.collect::<BTreeSet<_>>().into_iter().collect();
    let mut message = Message::text("assumes that ");
    message.0.extend(listed(&names, NAMED).0);
    let holds = if names.len() == 1 { " holds" } else { " hold" };
    (!names.is_empty()).then(|| message.then(holds).then(" what a full refresh would give"))
}
