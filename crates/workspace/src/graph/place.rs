//! Where datasets, jobs and files are known by their names, as OpenLineage names such places.

use std::collections::BTreeMap;

use plumb_base::{
    TableName,
    answer::CodeLocation,
    record::{Found, History, dbt::Target},
};
use plumb_estate::{Asset, Estate};

/// The place of whatever has no other.
const OWN: &str = "plumb";

/// Places by project.
pub(super) struct Places<'a> {
    /// The warehouse of each dbt project, where it is known.
    warehouses: BTreeMap<String, String>,
    /// The one warehouse of them all, where there is only one.
    only: Option<String>,
    history: Option<&'a History>,
}

impl<'a> Places<'a> {
    pub(super) fn new(found: &'a Found, estate: &Estate) -> Self {
        let mut warehouses = BTreeMap::new();
        for project in &found.dbt {
            let name = if project.folder.is_empty() { &project.name } else { &project.folder };
            warehouses.extend(warehouse(&project.target).map(|place| (name.clone(), place)));
        }
        // BigQuery is one place for everybody.
        for asset in estate.assets.iter().filter(|asset| asset.dialect == Some("bigquery")) {
            warehouses.entry(asset.project.clone()).or_insert_with(|| "bigquery".to_owned());
        }
        let mut places: Vec<&String> = warehouses.values().collect();
        places.sort();
        places.dedup();
        let only = (places.len() == 1).then(|| places[0].clone());
        Self { only, warehouses, history: found.history.as_ref() }
    }

    /// Where a table is known by its name.
    pub(super) fn dataset(&self, asset: &Asset) -> String {
        let own = self.warehouses.get(&asset.project);
        let loose = || self.only.as_ref().filter(|_| asset.project.is_empty());
        own.or_else(loose).cloned().unwrap_or_else(|| OWN.to_owned())
    }

    /// Where a file below the root is kept, if anybody else can get there.
    pub(super) fn code(&self, path: &str) -> Option<CodeLocation> {
        let history = self.history?;
        let repository = history.remote.as_ref()?;
        let base = web(repository)?;
        let path = if history.below.is_empty() {
            path.to_owned()
        } else {
            format!("{}/{path}", history.below)
        };
        let version = history.head.clone();
        let at = version.as_deref().unwrap_or("HEAD");
        let folder = if base.contains("gitlab") {
            "-/blob"
        } else if base.contains("bitbucket") {
            "src"
        } else {
            "blob"
        };
        let url = format!("{base}/{folder}/{at}/{}", encoded(&path));
        Some(CodeLocation { url, repository: repository.clone(), path, version })
    }
}

/// Where a job is known by its name.
pub(super) fn job(asset: &Asset) -> String {
    if asset.project.is_empty() { OWN.to_owned() } else { asset.project.clone() }
}

/// The name of a table inside its warehouse.
pub(super) fn dataset_name(key: &str) -> String {
    let parts = TableName::parse(key).0;
    let parts: Vec<&str> = parts.iter().map(|part| part.as_str().trim_matches('"')).collect();
    parts.join(".")
}

/// The place of a warehouse, where enough of it is known.
fn warehouse(target: &Target) -> Option<String> {
    let adapter = target.adapter.as_deref()?;
    let server = target.server.as_deref();
    let with_port = |port: u16| {
        let server = server?;
        Some(if server.contains(':') { server.to_owned() } else { format!("{server}:{port}") })
    };
    match adapter {
        "bigquery" => Some("bigquery".to_owned()),
        "snowflake" => Some(format!("snowflake://{}", server?)),
        "databricks" => Some(format!("unitycatalog://{}", server?)),
        "postgres" => Some(format!("postgres://{}", with_port(5432)?)),
        "redshift" => Some(format!("redshift://{}", with_port(5439)?)),
        "trino" => Some(format!("trino://{}", with_port(8080)?)),
        _ => None,
    }
}

/// The address under which a browser finds a repository.
fn web(remote: &str) -> Option<String> {
    let address =
        if let Some((user, rest)) = remote.split_once('@').filter(|_| !remote.contains("://")) {
            // As ssh writes it: `git@host:path`.
            let (host, path) = rest.split_once(':').filter(|_| !user.contains('/'))?;
            format!("https://{host}/{path}")
        } else if let Some(rest) = remote.strip_prefix("ssh://") {
            let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
            format!("https://{rest}")
        } else {
            remote.to_owned()
        };
    let web = address.starts_with("https://") || address.starts_with("http://");
    let address = address.trim_end_matches('/');
    web.then(|| address.strip_suffix(".git").unwrap_or(address).to_owned())
}

/// A path as part of an address.
fn encoded(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let letter = |byte: u8| {
        if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    path.bytes().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_have_addresses() {
        assert_eq!(
            web("git@git.example:shop/dbt.git").as_deref(),
            Some("https://git.example/shop/dbt")
        );
        assert_eq!(web("ssh://git@git.example/shop").as_deref(), Some("https://git.example/shop"));
        assert_eq!(
            web("https://git.example/shop.git/").as_deref(),
            Some("https://git.example/shop")
        );
        assert_eq!(web("/srv/git/shop"), None);
        assert_eq!(web("file:///srv/git/shop"), None);
        assert_eq!(encoded("a b/ü.sql"), "a%20b/%C3%BC.sql");
    }

    #[test]
    fn warehouses_have_the_names_of_openlineage() {
        let place = |adapter: &str, server: Option<&str>| {
            let (adapter, server) = (Some(adapter.to_owned()), server.map(str::to_owned));
            warehouse(&Target { adapter, server, ..Target::default() })
        };
        assert_eq!(place("snowflake", Some("shop-main")).as_deref(), Some("snowflake://shop-main"));
        assert_eq!(place("snowflake", None), None);
        assert_eq!(
            place("postgres", Some("db.example")).as_deref(),
            Some("postgres://db.example:5432")
        );
        assert_eq!(place("bigquery", None).as_deref(), Some("bigquery"));
        assert_eq!(dataset_name("lake.raw.\"Odd\""), "lake.raw.Odd");
    }
}
