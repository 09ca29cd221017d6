//! What is read beside runs and charges: sizes of tables, uses of services, what platforms note of queries.

use plumb_base::record::usage::{Insight, JobRun, ServiceUse, TableSize};

use super::{Reading, digest};
use crate::access;
use crate::workload::{Told, Workload};

impl Reading {
    /// A run of a job on clusters that others may use, too.
    pub(super) fn job_run(&mut self, it: &JobRun) {
        if !self.is_once(&format!("run {} {:?}", it.run, it.start)) {
            return;
        }
        let workload = Workload::object("job", &it.job, Told::Platform);
        let cause = self.causes.id(&mut self.names, workload, None, &[]);
        for compute in &it.compute {
            let cluster = self.names.id(compute);
            self.shared.ran(cluster, cause, (it.start, it.end));
        }
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
