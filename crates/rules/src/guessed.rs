//! What is said of code whose dialect is not known: it was read as another, in which words may mean something else.

use plumb_base::{Evidence, Finding, Message, Reason};
use plumb_estate::Estate;

/// Codes of rules that say what code computes.
const COMPARES: [&str; 2] = ["DUP", "KPI"];

/// A finding that rests on what code computes, with that it was read in a dialect that may not be its own.
pub(crate) fn doubted(estate: &Estate, mut finding: Finding) -> Finding {
    let names = || {
        let assets = finding.subjects.iter().filter_map(|subject| estate.asset(&subject.asset));
        assets.filter_map(|asset| Some((asset.guessed.as_deref()?, asset.dialect?)))
    };
    let compares = COMPARES.iter().any(|code| finding.rule.starts_with(code));
    let Some((said, read)) = names().min().filter(|_| compares) else { return finding };
    let message = Message::text("assumes that ").then_name(said).then(" computes as ");
    let message = message.then_name(read).then(" does: that dialect is not known");
    finding.because.push(Reason { evidence: Evidence::NotChecked, message });
    for proved in finding.because.iter_mut().filter(|it| it.evidence == Evidence::Proved) {
        proved.evidence = Evidence::Observed;
    }
    if finding.evidence == Evidence::Proved {
        finding.evidence = Evidence::Observed;
    }
    finding
}
