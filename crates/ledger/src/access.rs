//! Which table a query or an object writes, as the platform says: what writes several is told by none of them.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::usage::{Access, Accessor};
use plumb_base::{Currency, Decimal, Digest, Nanos};
use rustc_hash::FxHashMap;

use crate::cause::Cause;
use crate::names::{NameId, Names};
use crate::workload::Workload;
use crate::{Ledger, Method, Share};

/// Written tables, while records are read; nothing where there are several.
#[derive(Debug, Default)]
pub(crate) struct Written {
    queries: FxHashMap<Digest, Option<NameId>>,
    /// By key of the workload.
    objects: BTreeMap<String, Option<NameId>>,
    /// Keys of workloads of tables that were read.
    read: BTreeSet<String>,
}

impl Written {
    /// Adds what was accessed; rows of one query are several where it reads or writes several tables.
    pub(crate) fn add(
        &mut self,
        access: &Access,
        names: &mut Names,
        digest: impl Fn(&str) -> Digest,
    ) {
        self.read.extend(access.reads.iter().map(|table| format!("table:{}", name(table))));
        for table in &access.writes {
            let table = Some(names.id(&name(table)));
            let known = match &access.by {
                Accessor::Query(id) => self.queries.entry(digest(id)).or_insert(table),
                Accessor::Object(kind, id) => {
                    self.objects.entry(format!("{kind}:{id}")).or_insert(table)
                }
            };
            *known = known.filter(|_| *known == table);
        }
    }

    /// The table that a query writes.
    pub(crate) fn by(&self, query: &Digest) -> Option<NameId> {
        self.queries.get(query).copied().flatten()
    }

    /// Says what it costs to keep tables that nobody read, where it is known what was read.
    pub(crate) fn unread(&self, ledger: &Ledger) -> Vec<String> {
        let mut unread: BTreeMap<Currency, (Nanos, BTreeSet<usize>)> = BTreeMap::new();
        for one in ledger.allocations.iter().filter(|one| one.method == Method::TableBytes) {
            let Share::Attributed(cause) = one.share else { continue };
            let workload = ledger.causes[cause].workload;
            if !self.read.is_empty() && !self.read.contains(&ledger.workloads[workload].key) {
                let currency = ledger.charges[one.charge].currency;
                let (sum, tables) = unread.entry(currency).or_default();
                *sum += one.nanos;
                tables.insert(workload);
            }
        }
        let say = |(currency, (sum, tables)): (Currency, (Nanos, BTreeSet<usize>))| {
            let many = if tables.len() == 1 {
                "1 table".to_owned()
            } else {
                format!("{} tables", tables.len())
            };
            let sum = Decimal::of_nanos(sum);
            format!(
                "{sum} {currency} of storage is of {many} that nothing in the access history reads"
            )
        };
        unread.into_iter().map(say).collect()
    }

    /// Tells causes what their workloads write, where nothing was told of their runs.
    pub(crate) fn tell(&self, causes: &mut [Cause], workloads: &[Workload]) {
        for cause in causes.iter_mut().filter(|cause| cause.table.is_none()) {
            let object = self.objects.get(&workloads[cause.workload].key);
            cause.table = object.copied().flatten();
        }
    }
}

/// The name of a table as texts of queries are read: in lower case, without quotes.
pub(crate) fn name(table: &str) -> String {
    table.replace(['"', '`'], "").to_lowercase()
}
