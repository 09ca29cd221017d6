//! What a credit or a unit of use costs: the bill's own rates, then the contract, then the list.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::usage::{Rate, Time, UnitPrice};
use plumb_base::{Currency, Decimal, Nanos};

use crate::names::NameId;

/// What was agreed, as settings say it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contract {
    /// Price of a credit of Snowflake.
    pub snowflake_credit: Option<Decimal>,
    /// Prices of units of Databricks by product, such as `jobs`; `*` is every other product.
    pub databricks_dbu: BTreeMap<String, Decimal>,
    /// What these are prices in; dollars where nothing is said.
    pub currency: Option<Currency>,
}

/// List price of a credit of the Enterprise edition in the United States, on demand.
const LIST_CREDIT: Nanos = 3_000_000_000;

/// A price per unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Price {
    pub currency: Currency,
    pub nanos: Nanos,
}

/// Every price that is known, and which kinds of them were used.
#[derive(Debug, Default)]
pub(crate) struct Prices {
    contract: Contract,
    /// Rates of a service by day.
    rates: BTreeMap<String, BTreeMap<Time, Price>>,
    /// The same of what is used when a contract is used up.
    overage: BTreeMap<String, BTreeMap<Time, Price>>,
    /// Services and days of which nothing else was invoiced.
    over: BTreeSet<(String, Time)>,
    /// Prices that follow from what was invoiced.
    invoiced: BTreeMap<String, BTreeMap<Time, Price>>,
    /// The file that told the rate of a service and day, of overage or not.
    told: BTreeMap<(String, Time, bool), NameId>,
    /// Services of which one file tells several rates of one day.
    several: BTreeSet<String>,
    /// Prices by what is sold, where, in which unit.
    units: BTreeMap<(String, String, String), Vec<UnitPrice>>,
    used: BTreeSet<Basis>,
}

/// Where a price came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Basis {
    Sheet,
    Invoice,
    Carried,
    Overage,
    AgreedUnit,
    Contract,
    ListUnit,
    List,
}

impl Basis {
    fn words(self) -> &'static str {
        match self {
            Self::Sheet => "Snowflake credits at the rates of the bill",
            Self::Invoice => "Snowflake credits at what was invoiced for them",
            Self::Carried => "days without a rate at the nearest day's rate",
            Self::Overage => "days on which all was invoiced as overage at the rates of overage",
            Self::AgreedUnit => "Databricks units at the account's prices",
            Self::Contract => "prices of the contract in plumb.toml",
            Self::ListUnit => "Databricks units at list prices",
            Self::List => {
                "Snowflake credits at the list price of $3.00 (Enterprise, United States); set `prices.snowflake_credit`"
            }
        }
    }
}

impl Prices {
    pub(crate) fn new(contract: Contract) -> Self {
        Self { contract, ..Self::default() }
    }

    /// Notes a rate. What a file tells later counts, but of several rates of one file the dearest.
    pub(crate) fn rate(&mut self, rate: &Rate, file: NameId) {
        let price = Price { currency: rate.currency, nanos: rate.price.nanos() };
        let (service, day) = (rate.service.to_ascii_uppercase(), rate.day.day());
        let place = (service.clone(), day, rate.is_overage);
        let is_same_file = self.told.insert(place, file) == Some(file);
        let rates = if rate.is_overage { &mut self.overage } else { &mut self.rates };
        let known = rates.entry(service.clone()).or_default().entry(day).or_insert(price);
        if is_same_file && *known != price {
            self.several.insert(service);
            *known = if known.nanos < price.nanos { price } else { *known };
        } else {
            *known = price;
        }
    }

    /// Notes what a service was invoiced for its credits on a day.
    pub(crate) fn invoiced(&mut self, service: &str, day: Time, price: Price) {
        self.invoiced.entry(service.to_owned()).or_default().insert(day, price);
    }

    /// What should be known of rates.
    pub(crate) fn notes(&self) -> Option<String> {
        let service = self.several.first()?;
        Some(format!(
            "a rate sheet tells several prices of a credit of {service} on one day, as of several accounts: the dearest counts; export the rates of one account"
        ))
    }

    /// Says that all that a service used on a day was more than the contract had left.
    pub(crate) fn over(&mut self, service: &str, day: Time) {
        self.over.insert((service.to_owned(), day));
    }

    pub(crate) fn unit(&mut self, price: UnitPrice) {
        let key = (price.sku.clone(), price.cloud.clone(), price.unit.clone());
        self.units.entry(key).or_default().push(price);
    }

    /// What prices were used, a clause each.
    pub(crate) fn basis(&self) -> Vec<String> {
        self.used.iter().map(|basis| basis.words().to_owned()).collect()
    }

    fn agreed_in(&self) -> Currency {
        self.contract.currency.unwrap_or(Currency::USD)
    }

    /// Price of a credit of a service on a day.
    pub(crate) fn credit(&mut self, service: &str, day: Time) -> Price {
        let services = [service, "WAREHOUSE_METERING", "COMPUTE"];
        let is_over = |service: &&str| self.over.contains(&((*service).to_owned(), day));
        if services.iter().any(is_over)
            && let Some((_, price)) = at_day(&self.overage, &services, day)
        {
            self.used.insert(Basis::Overage);
            return price;
        }
        if let Some((at, price)) = at_day(&self.rates, &services, day) {
            self.used.insert(if at == day { Basis::Sheet } else { Basis::Carried });
            return price;
        }
        if let Some((at, price)) = at_day(&self.invoiced, &services, day) {
            self.used.insert(if at == day { Basis::Invoice } else { Basis::Carried });
            return price;
        }
        if let Some(price) = self.contract.snowflake_credit {
            self.used.insert(Basis::Contract);
            Price { currency: self.agreed_in(), nanos: price.nanos() }
        } else {
            self.used.insert(Basis::List);
            Price { currency: Currency::USD, nanos: LIST_CREDIT }
        }
    }

    /// Price of a unit of use at a time, where one is known.
    pub(crate) fn unit_at(
        &mut self,
        (sku, cloud, unit): (&str, &str, &str),
        product: &str,
        at: Time,
    ) -> Option<Price> {
        let key = (sku.to_owned(), cloud.to_owned(), unit.to_owned());
        let holds =
            |price: &&UnitPrice| price.from <= at && price.until.is_none_or(|until| at < until);
        let known: Vec<&UnitPrice> =
            self.units.get(&key).into_iter().flatten().filter(holds).collect();
        let price =
            |price: &UnitPrice| Price { currency: price.currency, nanos: price.price.nanos() };
        if let Some(agreed) =
            known.iter().filter(|price| price.agreed).max_by_key(|price| price.from)
        {
            self.used.insert(Basis::AgreedUnit);
            return Some(price(agreed));
        }
        let products = &self.contract.databricks_dbu;
        let set = products.get(&product.to_ascii_lowercase()).or_else(|| products.get("*"));
        if let Some(set) = set.filter(|_| unit.eq_ignore_ascii_case("DBU")) {
            self.used.insert(Basis::Contract);
            return Some(Price { currency: self.agreed_in(), nanos: set.nanos() });
        }
        let listed = known.iter().max_by_key(|price| price.from)?;
        self.used.insert(Basis::ListUnit);
        Some(price(listed))
    }
}

/// The rate of the first service that has any, on a day; a day without use has none, and the last one holds.
fn at_day(
    rates: &BTreeMap<String, BTreeMap<Time, Price>>,
    services: &[&str],
    day: Time,
) -> Option<(Time, Price)> {
    let rates = services.iter().find_map(|service| rates.get(*service))?;
    let before = rates.range(..=day).next_back();
    before.or_else(|| rates.iter().next()).map(|(at, price)| (*at, *price))
}
