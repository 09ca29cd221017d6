//! Rules, whatever is read: there is no need to open a platform to look at them.

use plumb_base::answer::{NoSuch, RuleCard, Rules};
use plumb_rules::Rule;

use crate::reference;

/// Every rule there is, by code.
pub fn rules() -> Rules {
    let mut rules: Vec<RuleCard> = plumb_rules::rules().map(card).collect();
    rules.sort_by(|one, two| one.code.cmp(&two.code));
    Rules { rules }
}

/// The rule of a code or name.
pub fn rule(wanted: &str) -> Result<RuleCard, NoSuch> {
    let wanted = wanted.trim();
    let known = plumb_rules::rules().find(|it| reference::is_rule(it, wanted));
    known.map(card).ok_or_else(|| {
        let names = || plumb_rules::rules().flat_map(|it| [it.code, it.name]);
        let mut nearest = reference::nearest(&wanted.to_uppercase(), names());
        nearest.extend(reference::nearest(&wanted.to_lowercase(), names()));
        nearest.sort_unstable();
        nearest.dedup();
        NoSuch { reference: wanted.to_owned(), kind: "rule", nearest }
    })
}

pub(crate) fn card(rule: &Rule) -> RuleCard {
    RuleCard {
        code: rule.code.to_owned(),
        name: rule.name.to_owned(),
        summary: rule.summary(),
        page: rule.page.to_owned(),
        findings: None,
    }
}
