//! What rows say of tables: who read and wrote them, what started that, and how large they are.

use plumb_base::record::usage::{Access, Accessor, Start, TableSize, UsageRecord};
use serde_json::Value;

use crate::row::plain;
use crate::{Column, Row};

/// What stands in place of a name that was cut.
const CUT: &str = "TRUNCATED";

pub(super) fn snowflake(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let query = row.needed(Column::QueryId)?;
    let writes = tables(&row.list(Column::ObjectsModified)?);
    let mut reads = tables(&row.list(Column::BaseObjects)?);
    reads.extend(tables(&row.list(Column::DirectObjects)?));
    Ok(Some(access(Accessor::Query(query), reads, writes)))
}

fn access(by: Accessor, mut reads: Vec<String>, mut writes: Vec<String>) -> UsageRecord {
    for names in [&mut reads, &mut writes] {
        names.sort();
        names.dedup();
    }
    UsageRecord::Access(Access { by, reads, writes })
}

/// Tables and views among objects; the case of what they are called differs from view to view.
fn tables(objects: &[Value]) -> Vec<String> {
    let table = |object: &Value| {
        let domain = object.get("objectDomain")?.as_str()?.to_ascii_lowercase();
        let name = object.get("objectName")?.as_str()?;
        let is_table = domain.contains("table") || domain.contains("view");
        (is_table && !name.contains(CUT)).then(|| name.to_owned())
    };
    objects.iter().filter_map(table).collect()
}

/// What may have moved rows, the most telling first: a way into what is said of it, and what stands there.
const ENTITIES: &[(&[&str], &str)] = &[
    (&["job_info", "job_id"], "job"),
    (&["dlt_pipeline_info", "dlt_pipeline_id"], "pipeline"),
    (&["dashboard_id"], "dashboard"),
    (&["legacy_dashboard_id"], "dashboard"),
    (&["alert_id"], "alert"),
    (&["genie_space_id"], "space"),
    (&["notebook_id"], "notebook"),
    (&["sql_query_id"], "query"),
];

/// The same in one word.
const TYPES: &[(&str, &str)] = &[
    ("JOB", "job"),
    ("PIPELINE", "pipeline"),
    ("DASHBOARD_V3", "dashboard"),
    ("DBSQL_DASHBOARD", "dashboard"),
    ("NOTEBOOK", "notebook"),
    ("DBSQL_QUERY", "query"),
];

pub(super) fn databricks(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let statement = row.owned(Column::StatementId);
    let metadata = row.object(Column::EntityMetadata)?;
    let told = ENTITIES.iter().find_map(|(way, kind)| {
        let value = way.iter().try_fold(metadata.as_ref()?, |value, key| value.get(key))?;
        Some(((*kind).to_owned(), plain(value)?))
    });
    let (word, id) = (row.text(Column::EntityType), row.owned(Column::EntityId));
    let typed = TYPES.iter().find(|(it, _)| word.as_deref() == Some(*it));
    let entity = told.or_else(|| Some((typed?.1.to_owned(), id?)));
    let reads: Vec<String> = row.owned(Column::SourceTable).into_iter().collect();
    let writes: Vec<String> = row.owned(Column::TargetTable).into_iter().collect();
    // A statement is one run; a job is all of its runs.
    let by = match (statement, entity) {
        (Some(statement), _) => Accessor::Query(statement),
        (None, Some((kind, id))) => Accessor::Object(kind, id),
        (None, None) => return Ok(None),
    };
    Ok(Some(access(by, reads, writes)))
}

pub(super) fn table_size(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let parts = [Column::TableCatalog, Column::TableSchema, Column::TableName];
    let [catalog, schema, name] = parts.map(|part| row.needed(part));
    Ok(Some(UsageRecord::TableSize(TableSize {
        id: row.owned(Column::TableId),
        table: [catalog?, schema?, name?].join("."),
        active: row.size(Column::ActiveBytes)?,
        time_travel: row.size(Column::TimeTravelBytes)?,
        failsafe: row.size(Column::FailsafeBytes)?,
        clones: row.size(Column::CloneBytes)?,
    })))
}

pub(super) fn task(row: &Row<'_>, _: &str) -> Result<Option<UsageRecord>, Column> {
    let parts = [Column::DatabaseName, Column::SchemaName, Column::Name];
    let [database, schema, name] = parts.map(|part| row.needed(part));
    let id = [database?, schema?, name?].join(".");
    // A task that was skipped has no query.
    let Some(query) = row.owned(Column::QueryId) else { return Ok(None) };
    Ok(Some(UsageRecord::Start(Start { query, source: ("task".to_owned(), id) })))
}
