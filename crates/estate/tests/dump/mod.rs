//! What a platform is made of, as text: what is said of assets, not what they compute.

use std::fmt::Write as _;

use plumb_base::{Name, Place};
use plumb_estate::{Asset, Estate, Metric};

/// Everything a page may want to look at.
pub(crate) fn estate(estate: &Estate) -> String {
    let mut out = String::new();
    for asset in &estate.assets {
        one(&mut out, asset, estate);
    }
    for metric in &estate.metrics {
        self::metric(&mut out, metric);
    }
    for problem in &estate.problems {
        let line = format!("{} {}: {}", problem.place, problem.reason, problem.message);
        writeln!(out, "{line}").unwrap();
    }
    out
}

fn one(out: &mut String, asset: &Asset, estate: &Estate) {
    let built = asset.materialized.as_ref().map(|how| format!(", {how}")).unwrap_or_default();
    let read = asset.coverage.map(|how| format!(", {how:?}").to_lowercase()).unwrap_or_default();
    writeln!(out, "{} {}{built}{read}", asset.kind.word(), asset.key).unwrap();
    let mut say = |text: String| writeln!(out, "  {text}").unwrap();
    let at = |place: &Option<Place>| {
        place.as_ref().map(|place| format!(" at {place}")).unwrap_or_default()
    };
    let names = |names: &[Name]| names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
    let columns: Vec<String> =
        asset.columns.iter().filter_map(|it| it.name.as_ref()).map(ToString::to_string).collect();
    let more = if asset.open { ", …" } else { "" };
    if !columns.is_empty() {
        say(format!("columns {}{more}", columns.join(", ")));
    }
    for owner in &asset.owners {
        say(format!("owner {}: {}", owner.name, owner.source));
    }
    if let Some(group) = &asset.group {
        say(format!("group {group}"));
    }
    if !asset.meta.is_empty() {
        say(format!("meta {}", serde_json::to_string(&asset.meta).unwrap()));
    }
    if asset.tests + asset.unit_tests > 0 {
        say(format!("{} tests, {} unit tests", asset.tests, asset.unit_tests));
    }
    for key in &asset.promises.keys {
        say(format!("key ({}) {}{}", names(&key.columns), key.trust.word(), at(&key.place)));
    }
    for key in &asset.promises.foreign_keys {
        let (own, there) = (names(&key.columns), names(&key.to_columns));
        say(format!("({own}) in {} ({there}) {}{}", key.to, key.trust.word(), at(&key.place)));
    }
    for it in &asset.promises.not_null {
        say(format!("not null {} {}{}", it.column, it.trust.word(), at(&it.place)));
    }
    for it in &asset.promises.accepted_values {
        let (values, trust) = (it.values.join(", "), it.trust.word());
        say(format!("{} of {values} {trust}{}", it.column, at(&it.place)));
    }
    if let Some(snapshot) = &asset.snapshot {
        let of = snapshot.unique_key.join(", ");
        let (updated, check) =
            (snapshot.updated_at.as_deref().unwrap_or("-"), snapshot.check.join(", "));
        say(format!("history of {of} by {}: {updated} [{check}]", snapshot.strategy));
    }
    if let Some(plan) = &asset.plan {
        for world in &plan.worlds {
            say(format!("world {world}"));
        }
        let mut flows = estate.flows();
        let own: std::collections::BTreeSet<_> = columns
            .iter()
            .flat_map(|column| flows.sources_of(estate.index[&asset.key], column))
            .collect();
        for source in own {
            say(format!("from {}.{} ({})", source.table, source.column, source.flow.word()));
        }
    }
    if let Some(added) = &asset.incremental {
        let reads: Vec<&str> =
            added.reads.iter().map(|at| estate.assets[*at].key.as_str()).collect();
        let how = format!("{:?}", added.coverage).to_lowercase();
        say(format!("a run adds, {how}, from {}", reads.join(", ")));
        for place in added.plan.iter().flat_map(|plan| &plan.code.reads) {
            say(format!("  names {} at byte {}", place.0, place.1.start));
        }
        for problem in &added.problems {
            say(format!("  {} {}", problem.reason, problem.message));
        }
    }
}

fn metric(out: &mut String, metric: &Metric) {
    let asset = metric.asset.as_deref().unwrap_or("-");
    let aggregate = metric.aggregate.as_deref().unwrap_or("-");
    let expression = metric.expression.as_deref().unwrap_or("-");
    let head = format!("metric {} {} on {asset}", metric.kind, metric.name);
    writeln!(out, "{head}: {aggregate}({expression})").unwrap();
    let mut say = |text: String| writeln!(out, "  {text}").unwrap();
    if !metric.filters.is_empty() {
        say(format!("where {}", metric.filters.join(" and ")));
    }
    if !metric.dimensions.is_empty() {
        let one = |it: &plumb_estate::MetricDimension| format!("{} = {}", it.name, it.expression);
        say(format!("by {}", metric.dimensions.iter().map(one).collect::<Vec<_>>().join(", ")));
    }
    for input in &metric.inputs {
        say(format!("{} {}", input.role, input.name));
    }
    for (key, value) in [("time", &metric.time), ("window", &metric.window)] {
        if let Some(value) = value {
            say(format!("{key} {value}"));
        }
    }
    for owner in &metric.owners {
        say(format!("owner {}: {}", owner.name, owner.source));
    }
}
