//! What is read beside runs and charges: sizes of tables, uses of services, what platforms note of queries.

use plumb_base::record::usage::{Insight, JobRun, JobTask, ServiceUse, TableSize, Time};

use super::{Reading, digest};
use crate::access;
use crate::workload::{Told, Workload};

impl Reading {
    /// A run of a job or a pipeline on clusters that others may use, too.
    pub(super) fn job_run(&mut self, it: &JobRun) {
        let (kind, id) = &it.of;
        if !self.is_once(&format!("run {kind} {} {} {:?}", it.is_task, it.run, it.start)) {
            return;
        }
        if let Some(name) = &it.name {
            // Of what has a name of its own, any other counts.
            self.title(format!("{kind}:{id}"), Time(i64::MIN), name.clone());
        }
        let workload = Workload::object(kind, id, Told::Platform);
        let cause = self.causes.id(&mut self.names, workload, None, &[]);
        for compute in &it.compute {
            let cluster = self.names.id(compute);
            self.shared.ran(cluster, (cause, it.is_task), (it.start, it.end));
        }
    }

    /// A task of a job; of what is told of it several times, the last counts.
    pub(super) fn job_task(&mut self, it: JobTask) {
        let tasks = self.tasks.entry(format!("job:{}", it.job)).or_default();
        let known = tasks.entry(it.key).or_insert((it.from, it.is_gone));
        *known = (*known).max((it.from, it.is_gone));
    }

    /// What a platform notes of a query, once of each kind.
    pub(super) fn insight(&mut self, it: Insight) {
        if !self.is_once(&format!("insight {} {}", it.kind, it.query)) {
            return;
        }
        match self.queries.get(&digest(&it.query)) {
            Some(cause) => *self.insights.entry((*cause, it.kind)).or_default() += 1,
            None => self.strange += 1,
        }
    }

    /// What a service worked for, which is billed as a whole.
    pub(super) fn service_use(&mut self, it: &ServiceUse) {
        let (kind, name) = &it.of;
        let workload = match kind.as_str() {
            "table" => Workload::table(&access::name(name), Told::Platform),
            _ => Workload::object(kind, name, Told::Platform),
        };
        let cause = self.causes.id(&mut self.names, workload, None, &[]);
        let service = self.names.id(&it.service.to_ascii_uppercase());
        let row =
            digest(&format!("{} {kind} {name} {:?} {:?}", it.service, it.start, it.operation));
        self.services.used(row, (service, it.start, cause), it.quantity);
    }

    /// How large a table is; of an export of another day, the later counts.
    pub(super) fn table_size(&mut self, size: &TableSize) {
        let name = access::name(&size.table);
        let workload = Workload::table(&name, Told::Stored);
        let cause = self.causes.id(&mut self.names, workload, None, &[]);
        let version = size.id.clone().unwrap_or_else(|| format!("{size:?}"));
        self.snowflake.stored(version, cause, size.bytes());
    }
}
