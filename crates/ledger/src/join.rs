//! Which asset a workload computes: by the dbt node, the table it writes, or the text of its statement.

use std::collections::{BTreeMap, BTreeSet};

use plumb_estate::{Asset, AssetKind, Detail, Estate};

use crate::workload::{Told, Traces, Workload, WorkloadKind};
use crate::{Cause, Ledger, NameId};

/// The asset of whatever caused something.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    /// By workload.
    workloads: Vec<Option<usize>>,
    /// By table that is written.
    tables: BTreeMap<NameId, Option<usize>>,
}

/// Joins what ran with assets; what could be several is none.
pub fn assets(ledger: &Ledger, estate: &Estate) -> Assets {
    let index = Index::new(estate);
    let written = ledger.causes.iter().filter_map(|cause| cause.table);
    let table = |id: NameId| (id, index.table(ledger.names.name(id)));
    Assets { workloads: index.assets(ledger), tables: written.map(table).collect() }
}

impl Assets {
    /// The asset of a cause, by position: of its workload, else of the table that it writes.
    pub fn of(&self, cause: &Cause) -> Option<usize> {
        self.workloads[cause.workload].or_else(|| self.written(cause))
    }

    /// What told the asset, else the workload, of a cause.
    pub fn told(&self, cause: &Cause, workload: &Workload) -> Told {
        let by_table = self.workloads[cause.workload].is_none() && self.written(cause).is_some();
        if by_table { Told::AccessHistory } else { workload.told }
    }

    fn written(&self, cause: &Cause) -> Option<usize> {
        self.tables.get(&cause.table?).copied().flatten()
    }
}

/// Assets by what tells them; what tells several tells none.
#[derive(Default)]
struct Index {
    nodes: BTreeMap<String, Option<usize>>,
    tables: BTreeMap<String, Option<usize>>,
    statements: BTreeMap<String, Option<usize>>,
    /// Jobs, pipelines and dashboards by kind and name.
    objects: BTreeMap<String, Option<usize>>,
    /// Jobs by the keys of their tasks.
    tasks: BTreeMap<BTreeSet<String>, Option<usize>>,
}

/// Tasks of a job below which others may have the same by chance.
const FEWEST: usize = 2;

fn put<K: Ord>(map: &mut BTreeMap<K, Option<usize>>, key: K, at: usize) {
    map.entry(key).and_modify(|known| *known = known.filter(|it| *it == at)).or_insert(Some(at));
}

impl Index {
    fn new(estate: &Estate) -> Self {
        let mut index = Self::default();
        for (at, asset) in estate.assets.iter().enumerate() {
            if let Some(node) = &asset.node {
                put(&mut index.nodes, node.clone(), at);
            }
            if asset.kind.is_relation() {
                let key = asset.key.to_lowercase();
                let ends = std::iter::successors(Some(key.as_str()), |name| {
                    name.split_once('.').map(|(_, rest)| rest)
                });
                for end in ends {
                    put(&mut index.tables, end.to_owned(), at);
                }
            }
            for name in objects(asset) {
                put(&mut index.objects, name, at);
            }
            if let Detail::Job(job) = &asset.detail {
                let tasks = job.tasks.iter().map(|task| task.key.clone());
                put(&mut index.tasks, tasks.collect(), at);
            }
            if let Some(key) = statement(asset) {
                put(&mut index.statements, key, at);
            }
        }
        index
    }

    /// The asset of a table, by the longest end of its name that one has.
    fn table(&self, name: &str) -> Option<usize> {
        let mut ends = std::iter::successors(Some(name), |name| {
            // A bare name is looked for only where it was written bare.
            name.split_once('.').map(|(_, rest)| rest).filter(|rest| rest.contains('.'))
        });
        ends.find_map(|name| self.tables.get(name).copied()).flatten()
    }

    /// The asset of each workload.
    fn assets(&self, ledger: &Ledger) -> Vec<Option<usize>> {
        let mut assets: Vec<Option<usize>> =
            ledger.workloads.iter().map(|workload| self.asset(workload)).collect();
        // Deployments of one job have the same tasks: which of them it is, nobody knows.
        let mut jobs: BTreeMap<&BTreeSet<String>, usize> = BTreeMap::new();
        for tasks in ledger.tasks.values() {
            *jobs.entry(tasks).or_default() += 1;
        }
        let is_named: BTreeSet<usize> = assets.iter().flatten().copied().collect();
        for (workload, asset) in ledger.workloads.iter().zip(&mut assets) {
            let tasks = ledger.tasks.get(&workload.key).filter(|tasks| tasks.len() >= FEWEST);
            let tasks = tasks.filter(|tasks| asset.is_none() && jobs[tasks] == 1);
            let told = tasks.and_then(|tasks| self.tasks.get(tasks).copied().flatten());
            *asset = asset.or(told.filter(|at| !is_named.contains(at)));
        }
        assets
    }

    fn asset(&self, workload: &Workload) -> Option<usize> {
        match workload.kind {
            WorkloadKind::DbtNode => {
                // `model.shop.orders`: the kind is not asked for, and other kinds have other names.
                let (kind, node) = workload.label.split_once('.')?;
                let builds = matches!(kind, "model" | "seed" | "snapshot");
                self.nodes.get(node).copied().flatten().filter(|_| builds)
            }
            WorkloadKind::Table => self.table(&workload.label),
            WorkloadKind::Statement => self.statements.get(&workload.key).copied().flatten(),
            WorkloadKind::Object => self.objects.get(&workload.label.to_lowercase()).copied()?,
            WorkloadKind::Tag | WorkloadKind::Resource | WorkloadKind::Unknown => None,
        }
    }
}

/// What a platform may call a job, a pipeline or a dashboard: its name, its key in the bundle, its file.
fn objects(asset: &Asset) -> BTreeSet<String> {
    let kind = match asset.kind {
        AssetKind::Job => "job",
        AssetKind::Pipeline => "pipeline",
        AssetKind::Dashboard => "dashboard",
        _ => return BTreeSet::new(),
    };
    let end = asset.key.rsplit('/').next().unwrap_or_default();
    let stem = end.split('.').next().unwrap_or_default();
    [asset.name.as_str(), end, stem]
        .into_iter()
        .filter(|name| !name.is_empty())
        .map(|name| format!("{kind} {}", name.to_lowercase()))
        .collect()
}

/// The key under which a run of a query is known by its text alone.
fn statement(asset: &Asset) -> Option<String> {
    if asset.kind != AssetKind::Query {
        return None;
    }
    let code = asset.code.as_ref()?;
    let text = code.sql.get(code.statement.start as usize..code.statement.end as usize)?;
    let workload = Workload::of(&Traces { text, ..Traces::default() });
    (workload.kind == WorkloadKind::Statement).then_some(workload.key)
}
