//! What a credit or a unit of use costs: the bill's own rates, then the contract, then the list.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::usage::{Rate, Time, UnitPrice};
use plumb_base::{Currency, Decimal, Nanos};

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
    /// Prices by what is sold, where, in which unit.
    units: BTreeMap<(String, String, String), Vec<UnitPrice>>,
    used: BTreeSet<Basis>,
}

/// Where a price came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Basis {
    Sheet,
    Carried,
    AgreedUnit,
    Contract,
    ListUnit,
    List,
}

impl Basis {
    fn words(self) -> &'static str {
        match self {
            Self::Sheet => "Snowflake credits at the rates of the bill",
            Self::Carried => "days without a rate at the nearest day's rate",
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

    pub(crate) fn rate(&mut self, rate: &Rate) {
        let price = Price { currency: rate.currency, nanos: rate.price.nanos() };
        let service = rate.service.to_ascii_uppercase();
        self.rates.entry(service).or_default().insert(rate.day.day(), price);
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
        let rates = services.iter().find_map(|service| self.rates.get(*service));
        if let Some(rates) = rates {
            let before = rates.range(..=day).next_back();
            // A day without use has no rate: the last one holds.
            if let Some((at, price)) = before.or_else(|| rates.iter().next()) {
                self.used.insert(if *at == day { Basis::Sheet } else { Basis::Carried });
                return *price;
            }
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
