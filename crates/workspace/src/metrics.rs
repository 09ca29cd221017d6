//! `metrics`: numbers with a name.

use plumb_base::answer::{Metrics, NoSuch};

use crate::{Workspace, reference};

pub(crate) fn metrics(workspace: &Workspace, asked: Option<&str>) -> Result<Metrics, NoSuch> {
    let mut metrics = plumb_rules::metrics(&workspace.estate, &workspace.findings);
    if let Some(asked) = asked {
        let wanted = plumb_rules::spelling(asked.trim_start_matches("metric:"));
        let names: Vec<String> = metrics.iter().map(|card| card.name.clone()).collect();
        metrics.retain(|card| plumb_rules::spelling(&card.name) == wanted);
        if metrics.is_empty() {
            let nearest = reference::nearest(asked, names.iter().map(String::as_str));
            return Err(NoSuch { reference: asked.to_owned(), kind: "metric", nearest });
        }
    }
    let asked = asked.map(str::to_owned);
    Ok(Metrics { asked, metrics, coverage: workspace.estate.coverage })
}
