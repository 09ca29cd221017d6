//! Owners of money in JSON: amounts in billionths, and a summary that adds up.

use plumb_base::Nanos;
use plumb_base::answer::{Owned, OwnerRow, Owners, Unowned};
use serde_json::{Value, json};

use super::SCHEMA;
use super::cost::nanos;

/// The whole answer; the summary is of the currency with the most charges.
pub(super) fn owners(answer: &Owners, limit: Option<usize>) -> Value {
    let most = limit.unwrap_or(usize::MAX);
    let (mut owners, mut gaps) = (Vec::new(), Vec::new());
    for account in &answer.accounts {
        let currency = account.billed.currency.to_string();
        owners.extend(account.owners.iter().take(most).map(|it| owner(it, &currency)));
        gaps.extend(account.unowned.iter().take(most).map(|it| unowned(it, &currency)));
    }
    json!({
        "schema": SCHEMA,
        "summary": answer.accounts.first().map(summary),
        "first_day": answer.days.as_ref().map(|days| &days.0),
        "last_day": answer.days.as_ref().map(|days| &days.1),
        "owners": owners,
        "gaps": gaps,
    })
}

fn summary(account: &Owned) -> Value {
    let [owned, unowned, overhead, unattributed] = account.parts;
    let tag = |(key, amount): &(String, Nanos)| json!({ "key": key, "cost_nanos": nanos(*amount) });
    json!({
        "currency": account.billed.currency.to_string(),
        "billed_nanos": nanos(account.billed.nanos),
        "owned_nanos": nanos(owned),
        "unowned_nanos": nanos(unowned),
        "overhead_nanos": nanos(overhead),
        "unattributed_nanos": nanos(unattributed),
        "attributed_nanos": nanos(account.tagged.0),
        "tagged_nanos": nanos(account.tagged.1),
        "tags": account.tags.iter().map(tag).collect::<Vec<_>>(),
    })
}

fn owner(owner: &OwnerRow, currency: &str) -> Value {
    let how = |(how, amount): &(String, Nanos)| json!({ "how": how, "cost_nanos": nanos(*amount) });
    json!({
        "name": owner.name,
        "currency": currency,
        "cost_nanos": nanos(owner.nanos),
        "known_by": owner.how.iter().map(how).collect::<Vec<_>>(),
    })
}

fn unowned(gap: &Unowned, currency: &str) -> Value {
    json!({
        "name": gap.name,
        "currency": currency,
        "cost_nanos": nanos(gap.nanos),
        "changed_by": gap.changed_by,
        "run_by": gap.run_by,
        "rule": gap.rule,
    })
}
