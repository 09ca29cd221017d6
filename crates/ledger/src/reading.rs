//! Reading records into a ledger, one after the other: what is kept grows with what is different, not with rows.

mod beside;
mod metering;
mod used;

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record;
use plumb_base::record::usage::{
    BillLine, Invoiced, NodeRun, ObjectName, Platform, QueryCredits, QueryRun, ServiceDay, Time,
    UsageRecord, WarehouseHour,
};
use plumb_base::{Decimal, Digest, Hasher, Moment};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Contract;
use crate::access::Written;
use crate::again::{Again, Origin, Sightings};
use crate::book::{Ledger, Writer};
use crate::cause::Causes;
use crate::charge::{Method, Share};
use crate::clusters::Clusters;
use crate::databricks::{self, Databricks};
use crate::hashes::{Hashed, Hashes};
use crate::lines::{self, Covered, Lines, Shared};
use crate::metered::Metered;
use crate::names::{NameId, Names};
use crate::nodes::Nodes;
use crate::object_tags::ObjectTags;
use crate::prices::Prices;
use crate::resources;
use crate::running::Running;
use crate::services::Services;
use crate::snowflake::Snowflake;
use crate::stages::Stages;
use crate::tag;
use crate::versions::Versions;
use crate::workload::{Sign, Told, Traces, Workload};

/// Records on their way into a ledger.
///
/// Records of one kind are expected before those of the next, in the order of
/// [`plumb_base::record::usage::RecordKind`]; what comes late is still counted, with less known of it.
#[derive(Debug)]
pub struct Reading {
    pub(crate) names: Names,
    pub(crate) causes: Causes,
    prices: Prices,
    snowflake: Snowflake,
    databricks: Databricks,
    pub(crate) shared: Clusters,
    pub(crate) stages: Stages,
    running: Running,
    loads: Nodes,
    services: Services,
    object_tags: ObjectTags,
    hashes: Hashes,
    insights: BTreeMap<(usize, String), u64>,
    /// Insights of queries that were not read.
    strange: usize,
    lines: Lines,
    /// Lines of what a provider itself reports.
    reports: Lines,
    /// Causes of clusters that work for one alone, by the id of the cluster.
    clusters: BTreeMap<NameId, Option<usize>>,
    /// dbt nodes by the query that ran them.
    nodes: BTreeMap<Digest, String>,
    /// Kinds and ids of what started queries, by query.
    starts: FxHashMap<Digest, (NameId, NameId)>,
    written: Written,
    /// What workloads are called, and since when, by key.
    titles: BTreeMap<String, (Time, String)>,
    /// Tasks of jobs, by the key of the workload: since when, and whether it is gone.
    tasks: BTreeMap<String, BTreeMap<String, (Time, bool)>>,
    /// Causes of queries, by the id of the query.
    queries: FxHashMap<Digest, usize>,
    /// The file of what comes, and what it is called.
    file: (Origin, String),
    /// What files are parts of.
    exports: FxHashMap<NameId, NameId>,
    again: Again,
    warehouse_hours: Metered<WarehouseHour>,
    service_days: Metered<ServiceDay>,
    invoiced: Metered<Invoiced>,
    /// Lines of billable use by what they say.
    used_lines: Sightings,
    used_versions: Versions,
    /// What counts as long as two files are parts of one export: how many lines, and how much.
    used_in_parts: BTreeMap<(NameId, NameId), BTreeMap<databricks::Key, (usize, Decimal)>>,
    /// What was there before, of what must count once.
    credited: FxHashSet<Digest>,
    used: FxHashSet<Digest>,
    rows: FxHashSet<Digest>,
    twice: usize,
}

impl Reading {
    /// Begins, with the prices that were agreed.
    pub fn new(contract: Contract) -> Self {
        let mut names = Names::default();
        let none = names.id("");
        Self {
            file: (Origin { file: none, export: none }, String::new()),
            exports: FxHashMap::default(),
            names,
            again: Again::default(),
            warehouse_hours: Metered::default(),
            service_days: Metered::default(),
            invoiced: Metered::default(),
            used_lines: Sightings::default(),
            used_versions: Versions::default(),
            used_in_parts: BTreeMap::new(),
            causes: Causes::default(),
            prices: Prices::new(contract),
            snowflake: Snowflake::default(),
            databricks: Databricks::default(),
            shared: Clusters::default(),
            stages: Stages::default(),
            running: Running::default(),
            loads: Nodes::default(),
            services: Services::default(),
            object_tags: ObjectTags::default(),
            hashes: Hashes::default(),
            insights: BTreeMap::new(),
            strange: 0,
            lines: Lines::default(),
            reports: Lines::default(),
            clusters: BTreeMap::new(),
            nodes: BTreeMap::new(),
            starts: FxHashMap::default(),
            written: Written::default(),
            titles: BTreeMap::new(),
            tasks: BTreeMap::new(),
            queries: FxHashMap::default(),
            credited: FxHashSet::default(),
            used: FxHashSet::default(),
            rows: FxHashSet::default(),
            twice: 0,
        }
    }

    /// Says of which file the records are that come now. Until the first is named, all are of one.
    pub fn of(&mut self, file: &str) {
        if self.file.1 != file {
            let id = self.names.id(file);
            let known = self.exports.get(&id).copied();
            let export = known.unwrap_or_else(|| self.names.id(&record::export(file)));
            self.exports.insert(id, export);
            self.file = (Origin { file: id, export }, file.to_owned());
        }
    }

    /// Adds a record.
    pub fn add(&mut self, record: UsageRecord) {
        match record {
            UsageRecord::NodeRun(NodeRun { query, node }) => {
                self.nodes.insert(digest(&query), node);
            }
            UsageRecord::ObjectName(ObjectName { kind, id, name, from }) => {
                self.title(format!("{kind}:{id}"), from, name);
            }
            UsageRecord::JobTask(task) => self.job_task(task),
            UsageRecord::JobRun(run) => self.job_run(&run),
            UsageRecord::WarehouseEvent(event) => {
                let warehouse = self.names.id(&event.warehouse);
                self.running.event(&event, warehouse);
            }
            UsageRecord::NodeLoad(load) => {
                let ids = (self.names.id(&load.cluster), self.names.id(&load.node));
                self.loads.load(&load, ids);
            }
            UsageRecord::ObjectTag(tag) => self.object_tags.add(&tag),
            UsageRecord::Start(start) => {
                let (kind, id) = start.source;
                let source = (self.names.id(&kind), self.names.id(&id));
                self.starts.insert(digest(&start.query), source);
            }
            UsageRecord::Access(access) => self.written.add(&access, &mut self.names, digest),
            UsageRecord::TableSize(size) => self.table_size(&size),
            UsageRecord::ServiceUse(it) => self.service_use(&it),
            UsageRecord::Rate(rate) => self.prices.rate(&rate, self.file.0.file),
            UsageRecord::UnitPrice(price) => self.prices.unit(price),
            UsageRecord::Query(run) => self.query(&run),
            UsageRecord::Insight(it) => self.insight(it),
            UsageRecord::Application(app) => self.application(&app),
            UsageRecord::QueryCredits(run) => self.credits(&run),
            UsageRecord::WarehouseHour(hour) => self.warehouse_hour(hour),
            UsageRecord::ServiceDay(day) => self.service_day(day),
            UsageRecord::Invoiced(row) => self.invoiced(row),
            UsageRecord::Usage(line) => self.usage(&line),
            UsageRecord::Line(line) => self.line(&line),
        }
    }

    /// Ends: everything that was charged, each unit of it in one place.
    pub fn close(mut self) -> Ledger {
        let metering = self.metering();
        let in_parts = self.settle_use();
        let kinds = [&self.reports, &self.lines];
        let is_nothing = |row: Digest| kinds.iter().all(|lines| lines.is_nothing(row));
        let mut bills = self.again.bills(&self.names, is_nothing);
        let forms = kinds.map(|lines| lines.forms(&bills));
        for forms in &forms {
            bills.are_forms(forms.pairs());
        }
        let more = self.again.more(&bills, is_nothing);
        let mut common = std::mem::take(&mut self.again).close(&bills, &self.names);
        for (lines, forms) in [&mut self.reports, &mut self.lines].into_iter().zip(&forms) {
            lines.settle(&bills, forms, &more);
            common.extend(forms.note());
            common.extend(lines.notes(&bills));
        }
        self.causes.know_hashes(&self.hashes);
        let Causes { list, workloads, .. } = &mut self.causes;
        self.written.tell(list, workloads);
        self.object_tags.tell(list, workloads, &mut self.names);
        let mut ledger = Ledger {
            names: self.names,
            causes: self.causes.list,
            workloads: self.causes.workloads,
            ran: self.causes.ran,
            object_tags: self.object_tags,
            loads: self.loads.close(&self.clusters),
            stages: self.stages.close(),
            insights: self.insights,
            tasks: tasks(self.tasks),
            ..Ledger::default()
        };
        for workload in &mut ledger.workloads {
            if let Some((_, title)) = self.titles.get(&workload.key) {
                workload.name(title);
            }
        }
        let mut writer = Writer::new(&mut ledger);
        let worked = self.services.close();
        self.snowflake.close(&self.running, &worked, &mut self.prices, &mut writer);
        let ran = (&self.running, &self.shared);
        self.databricks.close(ran, &worked, &mut self.prices, &mut writer);
        let unread = self.written.unread(writer.ledger);
        writer.ledger.notes.extend(unread);
        let silent = |at: &Time| !self.snowflake.ran_on(*at) && !self.databricks.ran_on(*at);
        writer.ledger.notes.extend(gap(writer.ledger, silent));
        let mut covered = Covered::default();
        for (lines, place) in [(&self.reports, "the bill of AWS"), (&self.lines, "FOCUS files")] {
            covered.charged(&writer);
            lines.close(&self.shared, &mut covered, &mut writer);
            covered.say(place, writer.ledger);
        }
        ledger.notes.extend(self.shared.notes());
        resources::name(&mut ledger, |key| self.titles.get(key).map(|(_, title)| title.as_str()));
        ledger.refuse();
        ledger.basis = self.prices.basis();
        ledger.notes.extend(self.prices.notes());
        match self.twice {
            0 => {}
            1 => ledger.notes.push("1 row was there twice and counts once".to_owned()),
            more => ledger.notes.push(format!("{more} rows were there twice and count once")),
        }
        if self.strange > 0 {
            let many = if self.strange == 1 {
                "1 insight is"
            } else {
                &format!("{} insights are", self.strange)
            };
            ledger.notes.push(format!("{many} of queries that were not read"));
        }
        let (wrong, hashes) = self.hashes.close();
        ledger.disagree = wrong;
        ledger.notes.extend(hashes);
        ledger.notes.extend(common);
        ledger.notes.extend(in_parts);
        ledger.notes.extend(metering);
        ledger
    }

    /// Whether something with an id was not there before.
    pub(crate) fn is_once(&mut self, id: &str) -> bool {
        let once = self.rows.insert(digest(id));
        self.twice += usize::from(!once);
        once
    }

    /// Notes what a workload is called; the last name counts.
    pub(crate) fn title(&mut self, key: String, from: Time, name: String) {
        let known = self.titles.entry(key).or_insert_with(|| (from, name.clone()));
        if known.0 <= from {
            *known = (from, name);
        }
    }

    fn query(&mut self, run: &QueryRun) {
        let id = digest(&run.id);
        if !run.id.is_empty() && self.queries.contains_key(&id) {
            self.twice += 1;
            return;
        }
        let source = run.source.as_ref().map(|(kind, id)| (kind.as_str(), id.as_str()));
        let traces = Traces {
            text: &run.text,
            source,
            tag: run.tag.as_deref(),
            hash: run.hash.as_deref(),
            ..Traces::default()
        };
        let cause = self.ran(id, &traces, run.user.as_deref(), run.start);
        self.queries.insert(id, cause);
        let hashed = Hashed {
            query: &run.id,
            bare: run.hash.as_deref(),
            version: run.hash_version.as_deref(),
            whole: run.whole_hash.as_deref(),
        };
        let is_hashed = hashed.bare.is_some() || hashed.whole.is_some();
        if let Some(template) = is_hashed.then(|| crate::template(&run.text)).flatten() {
            self.hashes.see(template, hashed);
        }
        let warehouse = run.warehouse.as_deref().map(|name| self.names.id(name));
        match run.platform {
            Platform::Snowflake => self.snowflake.query(run, warehouse, cause),
            Platform::Databricks => self.databricks.query(run, warehouse, cause),
        }
    }

    fn credits(&mut self, run: &QueryCredits) {
        let id = digest(&run.id);
        // What is metered by the hour has a row for each of them.
        if run.hour.is_none() && !self.credited.insert(id) {
            self.twice += 1;
            return;
        }
        let cause = self.queries.get(&id).copied().unwrap_or_else(|| {
            let (tag, hash) = (run.tag.as_deref(), run.hash.as_deref());
            let traces = Traces { tag, hash, ..Traces::default() };
            let cause = self.ran(id, &traces, run.user.as_deref(), run.start);
            // Its next hour is no other run.
            if run.hour.is_some() {
                self.queries.insert(id, cause);
            }
            cause
        });
        let warehouse = self.names.id(&run.warehouse);
        match run.hour {
            Some(hour) => {
                let row = digest(&format!("{} in {hour:?}", run.id));
                self.snowflake.metered(row, run, (warehouse, hour), cause);
            }
            None => self.snowflake.credits(run, warehouse, cause),
        }
    }

    /// Counts a run of a query: its traces, and what other records say of it, tell its cause.
    fn ran(&mut self, id: Digest, traces: &Traces<'_>, user: Option<&str>, start: Time) -> usize {
        let started = self.starts.get(&id).copied();
        let started = started.map(|(kind, id)| [kind, id].map(|it| self.names.shared(it)));
        let table = self.written.by(&id);
        let written = table.map(|table| self.names.shared(table));
        let sign = Sign::of(&Traces {
            node: self.nodes.get(&id).map(String::as_str),
            source: traces.source.or(started.as_ref().map(|[kind, id]| (&**kind, &**id))),
            written: written.as_deref(),
            ..*traces
        });
        let tags = traces.tag.map(tag::tags).unwrap_or_default();
        let cause = self.causes.of(&mut self.names, sign, user, &tags, table);
        self.causes.ran(cause, start.day());
        cause
    }

    fn line(&mut self, line: &BillLine) {
        let origin = self.file.0;
        let counts = self.again.counts(line, origin);
        let tags = pairs(&line.tags);
        let machine = self.of_cluster(line, &tags);
        let cause = machine.and_then(Machine::cause).or_else(|| {
            let named = line.resource.as_deref().map(Workload::resource);
            // Tags alone say for whom it is, though not what it is.
            let tagged = || (!tags.is_empty()).then(|| Workload::resource(&line.service));
            let workload = named.or_else(tagged)?;
            Some(self.causes.id(&mut self.names, workload, None, &tags))
        });
        let provider = if line.provider.starts_with("Amazon Web Services") {
            "AWS"
        } else {
            line.provider.as_str()
        };
        let key = lines::Key {
            currency: line.currency,
            provider: self.names.id(provider),
            service: self.names.id(&line.service),
            resource: line.resource.as_deref().map(|name| self.names.id(name)),
            day: line.start.day(),
            until: until(line),
            share: match (machine, Shared::of(line, cause)) {
                (Some(Machine::Shared(cluster)), Shared::Cause(cause)) => {
                    Shared::Cluster(cluster, cause)
                }
                (_, share) => share,
            },
        };
        let commitment = line.commitment.as_ref().map(|it| self.names.id(&it.id));
        let lines = if line.own { &mut self.reports } else { &mut self.lines };
        if let Some(other) = lines.line(line, key, commitment, (origin, counts)) {
            self.again.overlaps(other, origin.file, line);
        }
    }

    /// Whose a machine of a Databricks cluster is: tags name the job, or the cluster.
    fn of_cluster(&mut self, line: &BillLine, tags: &[String]) -> Option<Machine> {
        let of = |wanted: &str| {
            let bare = |key: &str| key.replace(['_', '-'], "").to_ascii_lowercase();
            let tag = line.tags.iter().find(|(key, _)| bare(key) == wanted);
            tag.map(|(_, value)| value.as_str())
        };
        of("vendor").filter(|vendor| vendor.eq_ignore_ascii_case("databricks"))?;
        if let Some(job) = of("jobid") {
            let workload = Workload::object("job", job, Told::Bill);
            return Some(Machine::Cause(self.causes.id(&mut self.names, workload, None, tags)));
        }
        let cluster = self.names.id(of("clusterid")?);
        let alone = self.clusters.get(&cluster).copied().flatten().map(Machine::Cause);
        alone.or_else(|| self.shared.knows(cluster).then_some(Machine::Shared(cluster)))
    }
}

/// Whose a machine is.
#[derive(Debug, Clone, Copy)]
enum Machine {
    /// Of a cluster that works for one alone.
    Cause(usize),
    /// Of a cluster whose event logs say for whom it worked.
    Shared(NameId),
}

impl Machine {
    fn cause(self) -> Option<usize> {
        match self {
            Self::Cause(cause) => Some(cause),
            Self::Shared(_) => None,
        }
    }
}

/// The tasks that jobs have now.
fn tasks(
    told: BTreeMap<String, BTreeMap<String, (Time, bool)>>,
) -> BTreeMap<String, BTreeSet<String>> {
    let has = |(key, (_, is_gone)): (String, (Time, bool))| (!is_gone).then_some(key);
    told.into_iter()
        .map(|(job, tasks)| (job, tasks.into_iter().filter_map(has).collect()))
        .collect()
}

/// Says on which days that were billed no query was read: idle of a whole day may be a gap in what was exported.
fn gap(ledger: &Ledger, silent: impl Fn(&Time) -> bool) -> Option<String> {
    // A cluster without tasks has a log that says so.
    let idle = ledger
        .allocations
        .iter()
        .filter(|one| one.share == Share::IdleWholeHour && one.method != Method::NoTask);
    let days = idle.map(|one| ledger.charges[one.charge].start.day());
    let days: BTreeSet<Time> = days.filter(silent).collect();
    let first = Moment(days.first()?.0.div_euclid(1000)).day();
    let days = if days.len() == 1 { "1 day".to_owned() } else { format!("{} days", days.len()) };
    Some(format!(
        "no query was read of {days} on which warehouses were billed, {first} first: what is idle there may be a gap"
    ))
}

/// The first day that a line is not for; what ends before it begins is for a day.
fn until(line: &BillLine) -> Time {
    let last = line.end.map_or(line.start, |end| Time(end.0 - 1).max(line.start));
    Time(last.day().0 + Time::DAY)
}

fn pairs(tags: &[(String, String)]) -> Vec<String> {
    tags.iter().map(|(key, value)| format!("{key}={value}")).collect()
}

fn digest(id: &str) -> Digest {
    let mut hasher = Hasher::new("query");
    hasher.text(id);
    hasher.finish()
}
