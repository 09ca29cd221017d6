//! The few fields of `manifest.json` that are read, whatever its version.
//!
//! Manifests reach hundreds of megabytes, most of them tests and macros: those are skipped as they pass, by
//! the prefix of their id, and never held. A field of a strange type is as if it were not there.

use std::fmt;
use std::marker::PhantomData;

use plumb_base::record::dbt::Kind;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// A manifest.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Manifest {
    pub(super) metadata: Metadata,
    #[serde(deserialize_with = "values")]
    pub(super) nodes: Vec<ManifestNode>,
    #[serde(deserialize_with = "values")]
    pub(super) sources: Vec<ManifestSource>,
}

/// Who wrote it.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Metadata {
    #[serde(deserialize_with = "text")]
    pub(super) adapter_type: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) project_name: Option<String>,
}

/// A model, snapshot, seed or analysis.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(in super::super) struct ManifestNode {
    #[serde(deserialize_with = "text")]
    pub(in super::super) resource_type: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(in super::super) language: Option<String>,
    #[serde(rename = "package_name", deserialize_with = "plain_text")]
    pub(in super::super) package: String,
    #[serde(deserialize_with = "plain_text")]
    pub(in super::super) name: String,
    #[serde(rename = "original_file_path", deserialize_with = "plain_text")]
    pub(in super::super) path: String,
    /// The template that was compiled; `raw_sql` before v7.
    #[serde(rename = "raw_code", alias = "raw_sql", deserialize_with = "text")]
    pub(in super::super) raw: Option<String>,
    /// What it was compiled to; `compiled_sql` before v7.
    #[serde(rename = "compiled_code", alias = "compiled_sql", deserialize_with = "text")]
    pub(in super::super) compiled: Option<String>,
    #[serde(rename = "relation_name", deserialize_with = "text")]
    pub(in super::super) relation: Option<String>,
    #[serde(deserialize_with = "map")]
    pub(in super::super) config: Map<String, Value>,
}

/// A source table.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct ManifestSource {
    #[serde(rename = "package_name", deserialize_with = "plain_text")]
    pub(super) package: String,
    #[serde(rename = "source_name", deserialize_with = "plain_text")]
    pub(super) source: String,
    #[serde(deserialize_with = "plain_text")]
    pub(super) name: String,
    #[serde(deserialize_with = "text")]
    pub(super) database: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) schema: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) identifier: Option<String>,
}

impl ManifestNode {
    /// What it is; `None` for what is no node of ours.
    pub(super) fn kind(&self) -> Option<Kind> {
        match self.resource_type.as_deref()? {
            "model" if self.language.as_deref() == Some("python") => Some(Kind::PythonModel),
            "model" => Some(Kind::Model),
            "snapshot" => Some(Kind::Snapshot),
            "seed" => Some(Kind::Seed),
            "analysis" => Some(Kind::Analysis),
            _ => None,
        }
    }

    /// Whether dbt compiles it.
    pub(super) fn builds(&self) -> bool {
        matches!(self.kind(), Some(Kind::Model | Kind::Snapshot))
    }
}

/// Prefixes of the ids that are read.
const READ: &[&str] = &["model.", "snapshot.", "seed.", "analysis.", "source."];

fn values<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    from.deserialize_map(Values(PhantomData))
}

struct Values<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Values<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of nodes by id")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Vec<T>, A::Error> {
        let mut found = Vec::new();
        while let Some(id) = access.next_key::<String>()? {
            if READ.iter().any(|prefix| id.starts_with(prefix)) {
                found.push(access.next_value()?);
            } else {
                let _: IgnoredAny = access.next_value()?;
            }
        }
        Ok(found)
    }
}

fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    from.deserialize_any(Text)
}

fn plain_text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(from.deserialize_any(Text)?.unwrap_or_default())
}

fn map<'de, D: Deserializer<'de>>(from: D) -> Result<Map<String, Value>, D::Error> {
    match Value::deserialize(from)? {
        Value::Object(map) => Ok(map),
        _ => Ok(Map::new()),
    }
}

/// A text; anything else is nothing.
struct Text;

impl<'de> Visitor<'de> for Text {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Some(text))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        while access.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        while access.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}
