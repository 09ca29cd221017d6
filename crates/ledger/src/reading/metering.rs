//! Rows of metering: what tells each, and what should be known of those that do not count.

use plumb_base::Decimal;
use plumb_base::record::usage::{Invoiced, ServiceDay, Time, WarehouseHour};

use super::{Reading, digest};
use crate::metered::{Counts, Marks};

impl Reading {
    /// Hands on what counts of metering, and what should be known of it.
    pub(super) fn metering(&mut self) -> Vec<String> {
        let Self { names, snowflake, .. } = self;
        let known = names.clone();
        let mut notes = Vec::new();
        let mut metered = |counts: Counts| {
            self.twice += counts.same;
            notes.extend(counts.notes);
        };
        metered(std::mem::take(&mut self.warehouse_hours).close(&known, &mut |hour| {
            let warehouse = names.id(&hour.warehouse);
            snowflake.warehouse(&hour, warehouse);
        }));
        metered(std::mem::take(&mut self.service_days).close(&known, &mut |day| {
            let service = names.id(&day.service.to_ascii_uppercase());
            snowflake.service(day, service);
        }));
        let invoiced = std::mem::take(&mut self.invoiced);
        metered(invoiced.close(&known, &mut |row| snowflake.invoiced(row)));
        notes
    }

    pub(super) fn warehouse_hour(&mut self, hour: WarehouseHour) {
        let row = WarehouseHour { account: None, id: None, ..hour.clone() };
        let none = Decimal::ZERO;
        let of =
            WarehouseHour { compute: none, cloud_services: none, queries: None, ..row.clone() };
        let amount = (hour.compute, "credits".to_owned());
        let mut marks = marks(&row, &of, hour.start, hour.account.as_deref(), amount);
        // One that was made anew has the name of the one before.
        marks.more = vec![hour.id.as_deref().map(digest)];
        let cloud = hour.cloud_services != Decimal::ZERO;
        marks.beside = usize::from(cloud) + usize::from(hour.queries.is_some());
        self.warehouse_hours.add(self.file.0, marks, hour);
    }

    pub(super) fn service_day(&mut self, day: ServiceDay) {
        let none = Decimal::ZERO;
        let of = ServiceDay {
            compute: None,
            cloud_services: none,
            billed: none,
            account: None,
            ..day.clone()
        };
        let amount = (day.billed, "credits".to_owned());
        let row = ServiceDay { account: None, ..day.clone() };
        let mut marks = marks(&row, &of, day.day, day.account.as_deref(), amount);
        let cloud = day.cloud_services != Decimal::ZERO;
        marks.beside = usize::from(cloud) + usize::from(day.compute.is_some());
        self.service_days.add(self.file.0, marks, day);
    }

    pub(super) fn invoiced(&mut self, row: Invoiced) {
        let none = Decimal::ZERO;
        let mut said = Invoiced { account: None, is_adjustment: None, ..row.clone() };
        (said.region, said.contract) = (None, None);
        let of = Invoiced { usage: none, amount: none, ..said.clone() };
        let amount = (row.amount, row.currency.to_string());
        let mut marks = marks(&said, &of, row.day, row.account.as_deref(), amount);
        let is_adjustment = row.is_adjustment.map(|it| digest(&it.to_string()));
        let place = [&row.region, &row.contract].map(|it| it.as_deref().map(digest));
        marks.more = std::iter::once(is_adjustment).chain(place).collect();
        self.invoiced.add(self.file.0, marks, row);
    }
}

/// What tells a row of metering: whose it is and what it is of.
fn marks(
    row: &impl std::fmt::Debug,
    of: &impl std::fmt::Debug,
    at: Time,
    account: Option<&str>,
    amount: (Decimal, String),
) -> Marks {
    Marks {
        row: digest(&format!("row {row:?}")),
        of: digest(&format!("of {of:?}")),
        account: account.map(digest),
        more: Vec::new(),
        beside: 0,
        at,
        amount,
    }
}
