//! `[prices]`: what was agreed for a credit or a unit.

use plumb_base::record::PriceSettings;
use plumb_base::{Currency, Decimal};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::reader::{Reader, value_at};

/// Reads the section; what is no price is told, and is none.
pub(super) fn read(reader: &mut Reader<'_>, root: &DeTable<'_>) -> PriceSettings {
    let mut prices = PriceSettings::default();
    if let Some(value) = value_at(root, "prices", "snowflake_credit") {
        prices.snowflake_credit = price(reader, value, "snowflake_credit");
    }
    if let Some(value) = value_at(root, "prices", "databricks_dbu") {
        if let DeValue::Table(products) = value.get_ref() {
            for (product, value) in products {
                let read = price(reader, value, "databricks_dbu");
                prices.databricks_dbu.extend(read.map(|it| (product.get_ref().to_string(), it)));
            }
        } else {
            let read = price(reader, value, "databricks_dbu");
            prices.databricks_dbu.extend(read.map(|it| ("*".to_owned(), it)));
        }
    }
    if let Some(value) = value_at(root, "prices", "currency")
        && let Some(code) = reader.text(value, "currency")
    {
        prices.currency = Currency::parse(&code);
        if prices.currency.is_none() {
            reader.bad(value, format!("`{code}` is no currency; write a code such as `USD`"));
        }
    }
    prices.databricks_dbu.sort();
    prices
}

fn price(reader: &mut Reader<'_>, value: &Spanned<DeValue<'_>>, key: &str) -> Option<Decimal> {
    // A price is read as it is written: it never becomes a floating-point number.
    let written = match value.get_ref() {
        DeValue::Integer(number) => number.as_str(),
        DeValue::Float(number) => number.as_str(),
        DeValue::String(text) => text.as_ref(),
        _ => "",
    };
    let read = Decimal::parse(&written.replace('_', "")).filter(|price| !price.is_negative());
    if read.is_none() {
        reader.bad(value, format!("`{key}` is no price"));
    }
    read
}
