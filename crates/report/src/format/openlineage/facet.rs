//! Facets: their published versions, and what plumb's words are in those of OpenLineage.

use plumb_base::{Flow, Owner};
use serde_json::{Value, json};

pub(super) const COLUMN_LINEAGE: &str =
    "facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet";
pub(super) const DATASET_DOCUMENTATION: &str =
    "facets/1-1-0/DocumentationDatasetFacet.json#/$defs/DocumentationDatasetFacet";
pub(super) const DATASET_OWNERSHIP: &str =
    "facets/1-0-1/OwnershipDatasetFacet.json#/$defs/OwnershipDatasetFacet";
pub(super) const JOB_DOCUMENTATION: &str =
    "facets/1-1-0/DocumentationJobFacet.json#/$defs/DocumentationJobFacet";
pub(super) const JOB_OWNERSHIP: &str =
    "facets/1-0-1/OwnershipJobFacet.json#/$defs/OwnershipJobFacet";
pub(super) const JOB_TYPE: &str = "facets/2-0-4/JobTypeJobFacet.json#/$defs/JobTypeJobFacet";
pub(super) const SCHEMA: &str = "facets/1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet";
pub(super) const SOURCE_CODE_LOCATION: &str =
    "facets/1-1-0/SourceCodeLocationJobFacet.json#/$defs/SourceCodeLocationJobFacet";
pub(super) const SQL: &str = "facets/1-1-0/SQLJobFacet.json#/$defs/SQLJobFacet";

/// A facet of plumb's own: it is one of any kind to whoever does not know it.
pub(super) const COVERAGE: &str = "2-0-2/OpenLineage.json#/$defs/JobFacet";

/// What every facet begins with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facets<'a> {
    pub(super) producer: &'a str,
}

impl Facets<'_> {
    /// A facet of a published version with these keys.
    pub(super) fn of(self, version: &str, keys: Value) -> Value {
        let mut facet = json!({
            "_producer": self.producer,
            "_schemaURL": format!("https://openlineage.io/spec/{version}"),
        });
        if let (Value::Object(facet), Value::Object(keys)) = (&mut facet, keys) {
            facet.extend(keys);
        }
        facet
    }
}

/// Owners, with how each is known as the kind of ownership.
pub(super) fn owners(owners: &[Owner]) -> Value {
    let owner = |owner: &Owner| json!({ "name": owner.name, "type": owner.source });
    json!({ "owners": owners.iter().map(owner).collect::<Vec<_>>() })
}

/// A way in which a column takes part.
pub(super) fn transformation(how: Flow, masked: bool) -> Value {
    let (kind, subtype) = match how {
        Flow::Identity => ("DIRECT", "IDENTITY"),
        Flow::Transformation => ("DIRECT", "TRANSFORMATION"),
        Flow::Aggregation => ("DIRECT", "AGGREGATION"),
        Flow::Conditional => ("INDIRECT", "CONDITIONAL"),
        Flow::Join => ("INDIRECT", "JOIN"),
        Flow::Filter => ("INDIRECT", "FILTER"),
        Flow::Group => ("INDIRECT", "GROUP_BY"),
        Flow::Sort => ("INDIRECT", "SORT"),
        Flow::Window => ("INDIRECT", "WINDOW"),
    };
    json!({ "type": kind, "subtype": subtype, "description": "", "masking": masked })
}
