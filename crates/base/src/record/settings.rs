//! What `plumb.toml` says: a file of the user's own, and all of it optional.

use crate::{Currency, Decimal};

/// Everything it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Path of the file as seen from the root, where there is one.
    pub path: Option<String>,
    /// Path of the root below the folder of the file; `""` where it is that folder.
    pub below: String,
    /// Dialect by folder prefix (`""` is everywhere), longest prefix wins.
    pub dialects: Vec<(String, String)>,
    /// Who watches for cost drift.
    pub drift_watcher: Option<String>,
    /// Folders to leave out.
    pub exclude: Vec<String>,
    /// Folders to read though ignore files leave them out.
    pub include: Vec<String>,
    /// What plain SQL is, by folder prefix, longest first.
    pub sql: Vec<SqlFolder>,
    /// Who owns what; the first that matches counts.
    pub owners: Vec<OwnerSetting>,
    /// Layers with what belongs to them, in order; the first that matches counts.
    pub layers: Vec<(String, Match)>,
    /// Environments with what belongs to them, in order; the first that matches counts.
    pub environments: Vec<(String, Match)>,
    /// Prices that were agreed.
    pub prices: PriceSettings,
    /// Prefixes of object stores where records lie, sorted, none below another.
    pub places: Vec<String>,
}

/// Prices that were agreed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PriceSettings {
    /// Price of a credit of Snowflake.
    pub snowflake_credit: Option<Decimal>,
    /// Prices of a unit of Databricks by product, such as `jobs`; `*` is every other product.
    pub databricks_dbu: Vec<(String, Decimal)>,
    /// What these are prices in.
    pub currency: Option<Currency>,
}

/// What the plain SQL below a folder is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SqlFolder {
    /// Prefix of paths.
    pub prefix: String,
    /// Catalog of names that leave it out.
    pub catalog: Option<String>,
    /// Schema of names that leave it out.
    pub schema: Option<String>,
    /// What its files are for.
    pub role: Role,
}

/// What files of SQL are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Role {
    /// Statements that run in order; what they write is built.
    #[default]
    Scripts,
    /// Each file is a query, and builds the table that is named like the file.
    Models,
    /// What is asked, and builds nothing.
    Queries,
    /// What is declared, and built by somebody else.
    Ddl,
}

/// Who owns what matches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnerSetting {
    /// What it speaks of.
    pub what: Match,
    /// The person.
    pub owner: Option<String>,
    /// The team.
    pub team: Option<String>,
    /// Where to write to them.
    pub slack: Option<String>,
    /// Line, from 1.
    pub line: u32,
}

/// Which assets a setting speaks of: all that is said must hold, and nothing said matches nothing.
///
/// All but `group` may hold `*` and `?`; in a path `*` does not cross a `/`, and `**` does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Match {
    /// Paths, seen from the folder of the settings; a folder holds all below it.
    pub path: Option<String>,
    /// Keys or short names of assets.
    pub asset: Option<String>,
    /// Schemas, or catalogs with schemas.
    pub schema: Option<String>,
    /// Tags.
    pub tag: Option<String>,
    /// dbt group.
    pub group: Option<String>,
    /// Warehouses: what runs on them, where nothing else says whose it is.
    pub warehouse: Option<String>,
}
