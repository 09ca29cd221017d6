//! The ledger: charges with their allocations, and the law that every unit of money is in exactly one place.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::usage::Time;
use plumb_base::{Currency, Decimal, Money, Nanos};
use thiserror::Error;

use crate::cause::Cause;
use crate::month::Months;
use crate::names::{NameId, Names};
use crate::nodes::ClusterLoad;
use crate::object_tags::{self, ObjectTags};
use crate::stages::StageTrouble;
use crate::workload::Workload;
use crate::{Allocation, Charge, Method, Share};

/// What is known of the costs of a platform.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// Names of providers, services, resources, people and tags.
    pub names: Names,
    /// What was charged.
    pub charges: Vec<Charge>,
    /// Who caused it; the allocations of a charge stand together, in the order of charges.
    pub allocations: Vec<Allocation>,
    /// Who may have caused something.
    pub causes: Vec<Cause>,
    /// What causes are the work of.
    pub workloads: Vec<Workload>,
    /// Where prices came from, a clause each.
    pub basis: Vec<String>,
    /// Use that has no price: how much of which unit, and of what.
    pub unpriced: Vec<(String, String)>,
    /// What should be known when the figures are read.
    pub notes: Vec<String>,
    /// Where templates of statements and hashes of the platform disagree, with counts.
    pub disagree: Vec<String>,
    /// Whether an amount passed what a number can say: then there is no charge, and no sum.
    pub(crate) too_large: bool,
    /// Ids of resources that are called by their names, by name.
    pub(crate) ids: BTreeMap<String, String>,
    /// Tags of warehouses.
    pub(crate) object_tags: ObjectTags,
    /// Stages of Spark that wait for one task, or do not fit into memory, by what they are the work of.
    pub stages: Vec<StageTrouble>,
    /// How busy machines of clusters were.
    pub loads: Vec<ClusterLoad>,
    /// What platforms note of queries, by cause and by their own word: how many queries.
    pub insights: BTreeMap<(usize, String), u64>,
    /// Keys of the tasks that jobs have, by the key of the workload.
    pub(crate) tasks: BTreeMap<String, BTreeSet<String>>,
    /// Runs of each cause, by day.
    pub(crate) ran: BTreeMap<(usize, Time), u64>,
    /// What assets cost.
    pub(crate) months: Months,
}

/// Sums of one currency: billed is what the other five sum to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    /// The currency.
    pub currency: Currency,
    /// What was charged.
    pub billed: Nanos,
    /// What was somebody's work.
    pub attributed: Nanos,
    /// Idle in hours in which something ran.
    pub idle_in_hour: Nanos,
    /// Idle for whole hours.
    pub idle_whole_hour: Nanos,
    /// What the platform did by itself.
    pub overhead: Nanos,
    /// What is not known.
    pub unattributed: Nanos,
}

/// A ledger, or an account of one, that does not add up: nothing of it is printed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Imbalance {
    /// An amount passed what a number can say.
    #[error("amounts are larger than can be counted")]
    TooLarge,
    /// A charge and its allocations differ.
    #[error("charge {charge} is {billed} billionths, and its allocations are {allocated}")]
    Charge {
        /// Position of the charge.
        charge: usize,
        /// What was charged.
        billed: Nanos,
        /// What was allocated.
        allocated: Nanos,
    },
    /// An allocation of a charge that is not there.
    #[error("an allocation names charge {0}, which is not there")]
    NoCharge(usize),
    /// An allocation to a cause that is not there.
    #[error("an allocation names cause {0}, which is not there")]
    NoCause(usize),
    /// Rows that were made of the ledger and do not sum to it.
    #[error("rows are {rows} billionths of {currency}, and {billed} were billed")]
    Rows {
        /// The currency.
        currency: Currency,
        /// What was billed.
        billed: Nanos,
        /// What the rows sum to.
        rows: Nanos,
    },
}

/// The largest sum: a hundred times as much, for shares in percent, still fits.
const LARGEST: Nanos = Nanos::MAX / 1000;

impl Ledger {
    /// Whether nothing was charged.
    pub fn is_empty(&self) -> bool {
        self.charges.is_empty()
    }

    /// Tags of a cause, then those that the resource it ran on has beside these, by key.
    pub fn tags<'l>(&'l self, cause: &'l Cause, resource: Option<&str>) -> Vec<&'l str> {
        let mut tags: Vec<&str> = cause.tags.iter().map(|tag| self.names.name(*tag)).collect();
        let keys: Vec<Option<String>> = tags.iter().map(|tag| object_tags::key(tag)).collect();
        let more = resource.into_iter().flat_map(|name| self.object_tags.of_warehouse(name));
        tags.extend(more.filter(|tag| !keys.contains(&object_tags::key(tag))));
        tags
    }

    /// Refuses charges that together are so large that something made of them might not fit a number.
    pub(crate) fn refuse(&mut self) {
        let sizes = self.charges.iter().map(|charge| charge.billed.checked_abs());
        let sum = sizes.into_iter().try_fold(0, |sum: Nanos, size| sum.checked_add(size?));
        if self.too_large || sum.is_none_or(|sum| sum > LARGEST) {
            self.too_large = true;
            self.charges.clear();
            self.allocations.clear();
        }
    }

    /// Sums by currency, the most charges first; only of a ledger that adds up, charge by charge.
    pub fn sums(&self) -> Result<Vec<Sums>, Imbalance> {
        if self.too_large {
            return Err(Imbalance::TooLarge);
        }
        let mut left: Vec<Nanos> = self.charges.iter().map(|charge| charge.billed).collect();
        let mut sums: BTreeMap<Currency, (usize, Sums)> = BTreeMap::new();
        for charge in &self.charges {
            let (count, sums) =
                sums.entry(charge.currency).or_insert_with(|| (0, Sums::of(charge.currency)));
            *count += 1;
            sums.billed += charge.billed;
        }
        for one in &self.allocations {
            let Some(charge) = self.charges.get(one.charge) else {
                return Err(Imbalance::NoCharge(one.charge));
            };
            left[one.charge] -= one.nanos;
            if let Some((_, sums)) = sums.get_mut(&charge.currency) {
                match one.share {
                    Share::Attributed(cause) if cause >= self.causes.len() => {
                        return Err(Imbalance::NoCause(cause));
                    }
                    share => *sums.part(share) += one.nanos,
                }
            }
        }
        if let Some(charge) = left.iter().position(|left| *left != 0) {
            let billed = self.charges[charge].billed;
            return Err(Imbalance::Charge { charge, billed, allocated: billed - left[charge] });
        }
        let mut sums: Vec<(usize, Sums)> = sums.into_values().collect();
        sums.sort_by(|one, two| two.0.cmp(&one.0).then(one.1.currency.cmp(&two.1.currency)));
        for (_, sums) in &sums {
            sums.rows(&[sums.parts()])?;
        }
        Ok(sums.into_iter().map(|(_, sums)| sums).collect())
    }
}

impl Sums {
    fn of(currency: Currency) -> Self {
        Self {
            currency,
            billed: 0,
            attributed: 0,
            idle_in_hour: 0,
            idle_whole_hour: 0,
            overhead: 0,
            unattributed: 0,
        }
    }

    /// Idle of both kinds.
    pub fn idle(&self) -> Nanos {
        self.idle_in_hour + self.idle_whole_hour
    }

    /// An amount in its currency.
    pub fn money(&self, nanos: Nanos) -> Money {
        Money { currency: self.currency, nanos }
    }

    /// Whether rows of parts sum to what was billed: what does not is never shown.
    pub fn rows(&self, rows: &[Nanos]) -> Result<(), Imbalance> {
        let rows: Nanos = rows.iter().sum();
        let (currency, billed) = (self.currency, self.billed);
        if rows == billed { Ok(()) } else { Err(Imbalance::Rows { currency, billed, rows }) }
    }

    fn parts(&self) -> Nanos {
        self.attributed + self.idle() + self.overhead + self.unattributed
    }

    fn part(&mut self, share: Share) -> &mut Nanos {
        match share {
            Share::Attributed(_) => &mut self.attributed,
            Share::IdleInHour => &mut self.idle_in_hour,
            Share::IdleWholeHour => &mut self.idle_whole_hour,
            Share::Overhead => &mut self.overhead,
            Share::Unattributed => &mut self.unattributed,
        }
    }
}

/// Adds charges to a ledger, each whole at once, so that none is left half allocated.
pub(crate) struct Writer<'a> {
    pub(crate) ledger: &'a mut Ledger,
    /// What each provider charged so far in a currency: exactly, and as it was given.
    charged: BTreeMap<(NameId, Currency), (i128, Nanos)>,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(ledger: &'a mut Ledger) -> Self {
        Self { ledger, charged: BTreeMap::new() }
    }

    /// Adds a charge of a quantity at a price, and splits it by weights.
    ///
    /// A charge may be finer than a billionth. What rounding cuts off is carried to the next of its provider and
    /// currency, so that all charges sum to what all quantities cost.
    pub(crate) fn priced(
        &mut self,
        mut charge: Charge,
        quantity: Decimal,
        price: Nanos,
        parts: &[(Share, Method, u64)],
    ) {
        self.ledger.too_large |= quantity.is_too_large();
        let (exact, given) = self.charged.entry((charge.provider, charge.currency)).or_default();
        let sum = quantity.product(price).and_then(|product| exact.checked_add(product));
        charge.billed = if let Some(sum) = sum {
            *exact = sum;
            let billed = Decimal::nanos_of_products(sum) - *given;
            *given += billed;
            billed
        } else {
            let billed = quantity.at_price(price);
            self.ledger.too_large |= billed.is_none();
            billed.unwrap_or_default()
        };
        self.charge(charge, parts);
    }

    /// Adds a charge and splits it by weights. A charge of nothing is none; what has no weight is not known.
    pub(crate) fn charge(&mut self, charge: Charge, parts: &[(Share, Method, u64)]) {
        if charge.billed == 0 {
            return;
        }
        let weights: Vec<u64> = parts.iter().map(|(_, _, weight)| *weight).collect();
        self.ledger.too_large |= weights.contains(&u64::MAX);
        let (shares, nobody) = crate::split(charge.billed, &weights);
        let at = self.ledger.charges.len();
        self.ledger.charges.push(charge);
        let mut put = |share, method, nanos| {
            if nanos != 0 {
                self.ledger.allocations.push(Allocation { charge: at, share, method, nanos });
            }
        };
        for ((share, method, _), nanos) in parts.iter().zip(shares) {
            put(*share, *method, nanos);
        }
        put(Share::Unattributed, Method::Unnamed, nobody);
    }
}
