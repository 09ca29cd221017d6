//! Costs in JSON: amounts in billionths, and a summary that adds up.

use plumb_base::Nanos;
use plumb_base::answer::{Account, Cost, CostRow, Parts};
use serde_json::{Map, Value, json};

use super::{SCHEMA, shape};
use crate::words;

/// The whole answer; the summary is of the currency with the most charges, and lists the others.
pub(super) fn cost(answer: &Cost, limit: Option<usize>) -> Value {
    let (first, others) = match answer.accounts.split_first() {
        Some((first, others)) => (Some(first), others),
        None => (None, [].as_slice()),
    };
    let mut summary = Map::new();
    summary.insert("root".to_owned(), json!(answer.root));
    summary.insert("by".to_owned(), json!(answer.by));
    summary.insert("idle".to_owned(), json!(answer.idle));
    summary.insert("first_day".to_owned(), json!(answer.days.as_ref().map(|days| &days.0)));
    summary.insert("last_day".to_owned(), json!(answer.days.as_ref().map(|days| &days.1)));
    match first {
        Some(first) => summary.extend(sums(first)),
        // Unknown is not 0.
        None => summary.extend(SUMS.iter().map(|key| ((*key).to_owned(), Value::Null))),
    }
    summary.insert(
        "other_currencies".to_owned(),
        others.iter().map(sums).map(Value::Object).collect(),
    );
    let shown = |account: &Account| account.rows.len().min(limit.unwrap_or(usize::MAX));
    let items: Vec<Value> = answer
        .accounts
        .iter()
        .flat_map(|account| account.rows[..shown(account)].iter().map(|it| row(it, account)))
        .collect();
    let left_out: usize = answer.accounts.iter().map(|it| it.rows.len() - shown(it)).sum();
    let methods: Vec<Value> = answer.accounts.iter().flat_map(methods).collect();
    let unpriced: Vec<Value> = answer
        .unpriced
        .iter()
        .map(|(much, what)| json!({ "quantity": much, "what": what }))
        .collect();
    json!({
        "schema": SCHEMA,
        "summary": summary,
        "items": items,
        "left_out": left_out,
        "methods": methods,
        "price_basis": answer.basis,
        "unpriced": unpriced,
        "notes": answer.notes,
        "problems": answer.problems.iter().map(shape::problem).collect::<Vec<_>>(),
        "using": answer.using.iter().map(shape::using).collect::<Vec<_>>(),
    })
}

/// Keys of the sums of an account.
const SUMS: [&str; 8] = [
    "currency",
    "billed_nanos",
    "attributed_nanos",
    "idle_nanos",
    "idle_in_hour_nanos",
    "idle_whole_hour_nanos",
    "overhead_nanos",
    "unattributed_nanos",
];

fn sums(account: &Account) -> Map<String, Value> {
    let mut sums = Map::new();
    sums.insert("currency".to_owned(), json!(account.billed.currency.to_string()));
    sums.insert("billed_nanos".to_owned(), nanos(account.billed.nanos));
    sums.extend(parts(&account.parts));
    sums
}

fn parts(parts: &Parts) -> Map<String, Value> {
    let amounts = [
        ("attributed_nanos", parts.attributed),
        ("idle_nanos", parts.idle()),
        ("idle_in_hour_nanos", parts.idle_in_hour),
        ("idle_whole_hour_nanos", parts.idle_whole_hour),
        ("overhead_nanos", parts.overhead),
        ("unattributed_nanos", parts.unattributed),
    ];
    amounts.into_iter().map(|(name, amount)| (name.to_owned(), nanos(amount))).collect()
}

fn row(row: &CostRow, account: &Account) -> Value {
    let mut item = Map::new();
    item.insert("name".to_owned(), json!(row.name));
    item.insert("kind".to_owned(), json!(words::row_kind(row.kind)));
    item.insert("currency".to_owned(), json!(account.billed.currency.to_string()));
    item.insert("cost_nanos".to_owned(), nanos(row.parts.total()));
    item.extend(parts(&row.parts));
    item.insert("runs".to_owned(), json!(row.runs));
    item.insert("owner".to_owned(), json!(row.owner));
    item.insert("asset".to_owned(), json!(row.asset));
    item.insert("told_by".to_owned(), json!(row.told.as_ref().map(|told| &told.0)));
    item.insert("confidence".to_owned(), json!(row.told.as_ref().map(|told| &told.1)));
    Value::Object(item)
}

fn methods(account: &Account) -> Vec<Value> {
    let currency = account.billed.currency.to_string();
    let method = |(id, words, amount): &(String, String, Nanos)| json!({ "id": id, "means": words, "currency": currency, "nanos": nanos(*amount) });
    account.methods.iter().map(method).collect()
}

/// A number; one that no machine holds in 64 bits is a text.
pub(super) fn nanos(nanos: Nanos) -> Value {
    i64::try_from(nanos).map_or_else(|_| json!(nanos.to_string()), |nanos| json!(nanos))
}
