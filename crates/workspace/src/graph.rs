//! `lineage --all`: every job, what it reads and what it makes of it, as tools for lineage want it.

mod place;

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{
    Flow, Moment,
    answer::{ColumnCard, Dataset, Graph, Job, NoSuch, Output, Use},
    record::Found,
};
use plumb_estate::{Asset, AssetFlows, Estate, Source};
use plumb_ir::Type;
use plumb_syntax::sql::{Dialect, redacted};

use crate::{Workspace, card, lineage, reference};
use place::Places;

/// Whether values that stand in the code may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Literals {
    /// Each is a question mark.
    Hidden,
    /// As they are.
    Shown,
}

/// A part of the graph.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The asset, or a column of it.
    pub reference: &'a str,
    /// Steps towards the sources.
    pub up: u32,
    /// Steps towards the readers.
    pub down: u32,
}

/// The time of what was read: what the environment says (<https://reproducible-builds.org/specs/source-date-epoch>),
/// else the newest commit.
pub(crate) fn as_of(found: &Found, said: Option<&str>) -> Option<Moment> {
    let said = said.and_then(|text| text.trim().parse().ok()).map(Moment);
    let commits = found.history.iter().flat_map(|history| &history.commits);
    said.or_else(|| commits.map(|commit| commit.time).max())
}

pub(crate) fn graph(
    workspace: &Workspace,
    around: Option<Around<'_>>,
    code: Option<Literals>,
) -> Result<Graph, NoSuch> {
    let estate = &workspace.estate;
    let wanted: BTreeSet<usize> = match around {
        Some(around) => jobs_around(workspace, around)?,
        None => (0..estate.assets.len()).collect(),
    };
    let wanted: Vec<usize> = wanted.into_iter().filter(|at| is_job(&estate.assets[*at])).collect();
    let mut drawn = Drawn {
        estate,
        places: Places::new(&workspace.found, estate),
        numbers: BTreeMap::new(),
        datasets: Vec::new(),
    };
    let mut jobs = Vec::new();
    let sql = |at: usize| sql(&estate.assets[at], code?);
    estate.each_flow(&wanted, sql, |at, flows, sql| jobs.push(drawn.job(at, &flows, sql)));
    let coverage = estate.coverage;
    let mut gaps: Vec<String> = lineage::gap(estate, &(0..estate.assets.len()).collect())
        .into_iter()
        .filter(|_| around.is_none())
        .collect();
    let blind = jobs.iter().filter(|job| !job.unknown.is_empty()).count();
    if blind > 0 {
        let jobs = if blind == 1 { "job reads" } else { "jobs read" };
        gaps.push(format!("{blind} {jobs} tables of which it is not known which columns are used"));
    }
    let datasets = drawn.datasets;
    let (root, as_of) = (workspace.root.clone(), workspace.as_of);
    Ok(Graph { root, as_of, jobs, datasets, coverage, gaps })
}

/// The jobs that make the edges around an asset.
fn jobs_around(workspace: &Workspace, around: Around<'_>) -> Result<BTreeSet<usize>, NoSuch> {
    let estate = &workspace.estate;
    let at = reference::asset(workspace, around.reference).or_else(|| {
        let (asset, _) = around.reference.rsplit_once('.')?;
        reference::asset(workspace, asset)
    });
    let at = at.ok_or_else(|| reference::missing(workspace, around.reference))?;
    let up = plumb_estate::upstream(estate, at, around.up);
    let down = plumb_estate::downstream(estate, at, around.down);
    let made: BTreeSet<usize> = up.iter().chain(&down).map(|(_, _, to)| *to).chain([at]).collect();
    // What a table holds came through those who write to it.
    let writers = made.iter().flat_map(|at| &estate.assets[*at].writers).copied();
    Ok(writers.chain(made.iter().copied()).collect())
}

fn is_job(asset: &Asset) -> bool {
    asset.coverage.is_some() || asset.reads.iter().any(|read| !asset.writers.contains(read))
}

/// The graph, while it is drawn.
struct Drawn<'a> {
    estate: &'a Estate,
    places: Places<'a>,
    /// Position of the dataset of each asset.
    numbers: BTreeMap<usize, usize>,
    datasets: Vec<Dataset>,
}

impl Drawn<'_> {
    fn job(&mut self, at: usize, flows: &AssetFlows, sql: Option<(String, String)>) -> Job {
        let estate = self.estate;
        let asset = &estate.assets[at];
        let read = asset.reads.iter().filter(|read| !asset.writers.contains(read));
        let read = read.filter(|read| estate.assets[**read].kind.is_relation());
        let inputs: Vec<usize> = read.map(|read| self.dataset(*read)).collect();
        let made = if asset.kind.is_relation() { vec![at] } else { estate.written_by(at) };
        let made = made.into_iter().filter(|at| estate.assets[*at].kind.is_relation());
        let mut unknown = BTreeSet::new();
        let outputs = made
            .map(|made| {
                let columns = flows
                    .columns
                    .iter()
                    .map(|(name, sources)| (name.clone(), self.uses(sources, &mut unknown)));
                let columns = columns.collect();
                let rows = self.uses(&flows.rows, &mut unknown);
                Output { dataset: self.dataset(made), columns, rows }
            })
            .collect();
        Job {
            namespace: place::job(asset),
            name: asset.key.clone(),
            kind: asset.kind.word().to_owned(),
            description: asset.description.clone(),
            sql,
            location: asset.place.as_ref().and_then(|place| self.places.code(&place.path)),
            owners: asset.owners.clone(),
            coverage: card::coverage(asset),
            inputs,
            unknown: unknown.into_iter().collect(),
            outputs,
        }
    }

    /// The position of an asset among the datasets.
    fn dataset(&mut self, at: usize) -> usize {
        if let Some(known) = self.numbers.get(&at) {
            return *known;
        }
        let asset = &self.estate.assets[at];
        let column = |column: &plumb_estate::AssetColumn| {
            let known = column.data_type != Type::Unknown;
            Some(ColumnCard {
                name: column.name.as_ref()?.to_string(),
                data_type: known.then(|| column.data_type.to_string()),
                description: column.description.clone(),
                from: Vec::new(),
            })
        };
        self.datasets.push(Dataset {
            namespace: self.places.dataset(asset),
            name: place::dataset_name(&asset.key),
            asset: asset.key.clone(),
            description: asset.description.clone(),
            owners: asset.owners.clone(),
            columns: asset.columns.iter().filter_map(column).collect(),
            open: asset.open,
        });
        let number = self.datasets.len() - 1;
        self.numbers.insert(at, number);
        number
    }

    /// Sources by dataset and column; a table of which the column is not known goes to the unknown ones.
    fn uses<'s>(
        &mut self,
        sources: impl IntoIterator<Item = &'s Source>,
        unknown: &mut BTreeSet<usize>,
    ) -> Vec<Use> {
        let mut uses: BTreeMap<(usize, &str), Vec<(Flow, bool)>> = BTreeMap::new();
        for source in sources {
            let Some(at) = self.estate.index.get(source.table.as_str()) else { continue };
            let dataset = self.dataset(*at);
            if source.column.as_str() == "*" {
                unknown.insert(dataset);
                continue;
            }
            let how = (source.flow, source.masked);
            uses.entry((dataset, source.column.as_str())).or_default().push(how);
        }
        let used = |((dataset, column), how): ((usize, &str), Vec<(Flow, bool)>)| Use {
            dataset,
            column: column.to_owned(),
            how,
        };
        uses.into_iter().map(used).collect()
    }
}

/// The statement of an asset, and its dialect.
fn sql(asset: &Asset, literals: Literals) -> Option<(String, String)> {
    let code = asset.code.as_ref()?;
    let name = asset.dialect?;
    let (start, end) = (code.statement.start as usize, code.statement.end as usize);
    let text = code.sql.get(start..end).filter(|text| !text.is_empty())?;
    let text = match literals {
        Literals::Shown => text.trim().to_owned(),
        Literals::Hidden => redacted(text, Dialect::named(name)?)?,
    };
    Some((text, name.to_owned()))
}
