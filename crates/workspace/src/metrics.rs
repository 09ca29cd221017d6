//! `metrics`: numbers with a name, and the findings that speak of them.

use std::cmp::Reverse;

use plumb_base::answer::{MetricCard, Metrics, NoSuch};
use plumb_base::{Finding, Part};

use crate::{Workspace, reference};

/// The rule that speaks of names with several definitions.
const RULE: &str = "KPI001";

pub(crate) fn metrics(workspace: &Workspace, asked: Option<&str>) -> Result<Metrics, NoSuch> {
    let mut metrics = plumb_rules::metrics(&workspace.estate);
    if let Some(asked) = asked {
        let all: Vec<String> = metrics.iter().map(|card| card.name.clone()).collect();
        metrics.retain(|card| spelling(&card.name) == spelling(asked));
        if metrics.is_empty() {
            let nearest = reference::nearest(asked, all.iter().map(String::as_str));
            return Err(NoSuch { reference: asked.to_owned(), kind: "metric", nearest });
        }
    }
    for card in &mut metrics {
        card.finding = finding(workspace, card).map(|finding| finding.id.clone());
    }
    // What somebody should talk about, then what somebody declared: the longest lists of definitions belong to names
    // such as `result`.
    metrics.sort_by_key(|card| {
        let size = (card.definitions.len(), card.places());
        (card.finding.is_none(), !card.declared, Reverse(size))
    });
    let asked = asked.map(str::to_owned);
    Ok(Metrics { asked, metrics, coverage: workspace.estate.coverage })
}

/// `Net Revenue` and `net_revenue` are one name.
fn spelling(name: &str) -> String {
    let letters = name.trim_start_matches("metric:").chars();
    letters.filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The finding that names it and stands where it does.
fn finding<'w>(workspace: &'w Workspace, card: &MetricCard) -> Option<&'w Finding> {
    let places = || card.definitions.iter().flat_map(|it| &it.places);
    workspace.findings.iter().find(|finding| {
        let texts =
            [&finding.message].into_iter().chain(finding.because.iter().map(|it| &it.message));
        let named = texts
            .flat_map(|message| &message.0)
            .any(|part| matches!(part, Part::Name(name) if *name == card.name));
        finding.rule == RULE
            && named
            && finding.subjects.iter().any(|it| places().any(|place| place.asset == it.asset))
    })
}
