//! In which order a file writes days that end with their year: only the file itself can tell.

use plumb_base::record::usage::UsageRecord;
use plumb_base::{Place, Problem, World};

use crate::file::{self, Form};
use crate::time::Order;
use crate::{Reading, Row, partly};

/// What is known of the order in a file.
#[derive(Debug, Default)]
pub(crate) enum Dates {
    /// No row was looked at.
    #[default]
    Open,
    /// It is told, or it does not matter.
    Known(Option<Order>),
    /// Two orders would do, or none: a day of the file, and one that is no day in the order of the first.
    Unknown(String, Option<String>),
    /// The file is read to find out.
    Asked(Seen),
}

/// Days of a file, as far as they tell the order.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    any: Option<String>,
    day_first: Option<String>,
    month_first: Option<String>,
}

impl Seen {
    /// Looks at the days of a row.
    pub(crate) fn look(&mut self, row: &Row<'_>) {
        for (text, (one, two)) in row.days() {
            let known = match (one > 12, two > 12) {
                (true, false) => &mut self.day_first,
                (false, true) => &mut self.month_first,
                _ => &mut self.any,
            };
            known.get_or_insert_with(|| text.trim().to_owned());
        }
    }

    fn told(self) -> Dates {
        match (self.day_first, self.month_first) {
            (Some(_), None) => Dates::Known(Some(Order::Day)),
            (None, Some(_)) => Dates::Known(Some(Order::Month)),
            (Some(one), other) => Dates::Unknown(one, other),
            (None, None) => self.any.map_or(Dates::Known(None), |any| Dates::Unknown(any, None)),
        }
    }
}

impl Dates {
    /// Asks a file for the order, where a row of it needs one.
    pub(crate) fn of(world: &dyn World, form: Form, asker: &Reading<'_>, row: &Row<'_>) -> Self {
        if row.days().next().is_none() {
            return Self::Known(None);
        }
        let mut none = |_: UsageRecord, _: &str| {};
        let mut asked = Reading::new(asker.file, &mut none);
        asked.dates = Self::Asked(Seen::default());
        file::read(world, form, &mut asked);
        match asked.dates {
            Self::Asked(seen) => seen.told(),
            known => known,
        }
    }

    /// Why days of a file are not read.
    pub(crate) fn problem(&self, path: &str) -> Option<Problem> {
        let Self::Unknown(one, other) = self else { return None };
        let why = match other {
            Some(other) => {
                format!("has days such as `{one}` and `{other}`, which are written in two orders")
            }
            None => format!(
                "has days such as `{one}`, and none that tells whether the day or the month stands first"
            ),
        };
        let message = format!("{why}: export them as 2026-10-31");
        Some(partly(Place::file(path), "ambiguous-days", message))
    }
}
