//! Types as dialects spell them.

use plumb_ir::Type;
use plumb_syntax::sql::tree::TypeName;

/// The type of a spelling, lower case, in a dialect.
pub fn data_type(name: &TypeName, dialect: &str) -> Type {
    let text = name.0.trim();
    let (base, params) = match text.split_once('(') {
        Some((base, rest)) => (base.trim(), rest.trim_end_matches(')').trim()),
        None => (text, ""),
    };
    let snowflake = dialect == "snowflake";
    if let Some(inner) = text.strip_prefix("array<").and_then(|rest| rest.strip_suffix('>')) {
        return Type::Array(Box::new(data_type(&TypeName(inner.to_owned()), dialect)));
    }
    match base {
        "bool" | "boolean" => Type::Bool,
        // Snowflake has one whole-number type, and it is a decimal.
        "tinyint" | "byteint" | "smallint" | "int" | "integer" | "bigint" | "long" if snowflake => {
            Type::Decimal(Some((38, 0)))
        }
        "tinyint" | "byte" | "int1" => Type::Int(8),
        "smallint" | "short" | "int2" => Type::Int(16),
        "int64" => Type::Int(64),
        // BigQuery's INT is 64 bits wide.
        "int" | "integer" | "int4" if dialect != "bigquery" => Type::Int(32),
        "int" | "integer" | "bigint" | "long" | "int8" => Type::Int(64),
        "number" | "numeric" | "decimal" | "dec" => decimal(params, snowflake),
        "bignumeric" | "bigdecimal" => Type::Decimal(Some((76, 38))),
        "real" | "float4" if !snowflake => Type::Float(32),
        "float" if dialect == "databricks" => Type::Float(32),
        "float" | "float4" | "float8" | "float64" | "double" | "double precision" | "real" => {
            Type::Float(64)
        }
        // PostgreSQL cuts a text to the length it is cast to; the others do not, or fail.
        "varchar" | "char" | "character" | "character varying" | "bpchar"
            if dialect == "postgres" && !params.is_empty() =>
        {
            Type::Other(text.to_owned())
        }
        "string" | "text" | "varchar" | "char" | "character" | "character varying" | "nvarchar"
        | "nchar" | "bpchar" => Type::Text,
        "bytes" | "binary" | "varbinary" | "bytea" | "blob" => Type::Bytes,
        "date" => Type::Date,
        "time" => Type::Time,
        "datetime" | "timestamp_ntz" | "timestampntz" | "timestamp without time zone" => {
            Type::Timestamp
        }
        "timestamp_tz" | "timestamptz" | "timestamp with time zone" => Type::TimestampZoned,
        "timestamp_ltz" | "timestampltz" | "timestamp with local time zone" => Type::TimestampLocal,
        "timestamp" => match dialect {
            "bigquery" => Type::TimestampZoned,
            "databricks" => Type::TimestampLocal,
            _ => Type::Timestamp,
        },
        "interval" => Type::Interval,
        "variant" | "json" | "jsonb" | "super" => Type::Variant,
        _ => Type::Other(text.to_owned()),
    }
}

fn decimal(params: &str, snowflake: bool) -> Type {
    let mut numbers = params.split(',').map(|part| part.trim().parse().ok());
    match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(precision), scale) => Type::Decimal(Some((precision, scale.unwrap_or(0)))),
        (None, _) if snowflake => Type::Decimal(Some((38, 0))),
        (None, _) => Type::Decimal(None),
    }
}
