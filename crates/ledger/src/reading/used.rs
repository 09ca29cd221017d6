//! Lines of billable use: each once, in however many exports it is.

use plumb_base::record::usage::UsageLine;

use super::{Reading, digest, pairs};
use crate::again::{Counts, Origin, Sight};
use crate::databricks::{self, Asked};
use crate::names::NameId;
use crate::workload::{Told, Workload};

impl Reading {
    /// Adds a line of use.
    pub(super) fn usage(&mut self, line: &UsageLine) {
        if let Some(id) = &line.id
            && !self.used.insert(digest(id))
        {
            self.twice += 1;
            return;
        }
        // Lines without ids count as in the export that has most of them; those with ids are one export, however cut.
        let mut origin = self.file.0;
        if line.id.is_some() {
            origin.export = self.names.id("");
        }
        let counts = self.counts_use(line, origin);
        if counts == Counts::No {
            self.twice += 1;
            return;
        }
        let tags: Vec<String> = pairs(&line.tags);
        if let (Some((kind, id)), Some(title)) = (line.source.first(), &line.title) {
            self.title(format!("{kind}:{id}"), line.start, title.clone());
        }
        let named =
            line.source.first().map(|(kind, id)| Workload::object(kind, id, Told::Platform));
        let asked = match (named, &line.warehouse) {
            (Some(workload), _) => {
                let user = line.user.as_deref();
                Asked::Cause(self.causes.id(&mut self.names, workload, user, &tags))
            }
            (None, Some(warehouse)) => Asked::Warehouse(self.names.id(warehouse)),
            (None, None) => match &line.cluster {
                Some(cluster) => Asked::Cluster(self.names.id(cluster)),
                None => Asked::Nobody,
            },
        };
        if let Some(cluster) = &line.cluster {
            let cluster = self.names.id(cluster);
            self.shared.billed(cluster, matches!(asked, Asked::Cause(_)));
            if let Asked::Cause(cause) = asked {
                let known = self.clusters.entry(cluster).or_insert(Some(cause));
                *known = known.filter(|it| *it == cause);
            }
        }
        let resource = line.warehouse.as_ref().or(line.cluster.as_ref());
        let key = databricks::Key {
            start: line.start.hour(),
            sku: self.names.id(&line.sku),
            cloud: self.names.id(&line.cloud),
            unit: self.names.id(&line.unit),
            product: self.names.id(&line.product),
            resource: resource.map(|name| self.names.id(name)),
            asked,
        };
        if let Counts::BesideAPart(part) = counts {
            let pair = (part.min(origin.file), part.max(origin.file));
            let of = self.used_in_parts.entry(pair).or_default();
            let (count, sum) = of.entry(key.clone()).or_default();
            *count += 1;
            *sum = sum.plus(line.quantity);
        }
        self.databricks.line(line, key);
    }

    /// Whether a line counts, and beside which other part of an export.
    fn counts_use(&mut self, line: &UsageLine, origin: Origin) -> Counts {
        let has_id = line.id.is_some();
        if !has_id {
            self.used_versions.saw(origin, line.start, line.quantity);
        }
        match self.used_lines.see(line.content, origin, false) {
            Sight::Again(_) => Counts::No,
            Sight::Counts(Some(part)) if !has_id => {
                self.used_versions.both(part, origin.file, line.quantity);
                Counts::BesideAPart(part)
            }
            Sight::Repeats if !has_id => {
                self.used_versions.repeats(origin.file);
                Counts::Yes
            }
            Sight::Counts(_) | Sight::Repeats => Counts::Yes,
        }
    }

    /// Takes out what looked like parts of one export and is told several times, and says what is left of that.
    pub(super) fn settle_use(&mut self) -> Option<String> {
        let bills = std::mem::take(&mut self.used_versions).close(&self.names, std::iter::empty());
        let mut in_parts: Option<(usize, NameId, NameId)> = None;
        for ((one, two), of) in std::mem::take(&mut self.used_in_parts) {
            let count: usize = of.values().map(|(count, _)| count).sum();
            if bills.are_alike(one, two) {
                self.twice += count;
                for (key, (_, sum)) in of {
                    self.databricks.take_back(&key, sum);
                }
            } else {
                in_parts.get_or_insert((0, one, two)).0 += count;
            }
        }
        let (count, one, two) = in_parts?;
        let rows = if count == 1 { "1 row is".to_owned() } else { format!("{count} rows are") };
        let (one, two) = (self.names.name(one), self.names.name(two));
        let (one, two) = (one.min(two), one.max(two));
        Some(format!(
            "{rows} in several parts of an export of use without ids, such as `{one}` and `{two}`: all count"
        ))
    }
}
