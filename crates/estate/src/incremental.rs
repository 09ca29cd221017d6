//! What a run adds to a table that exists, once its statement is bound.

use plumb_base::{Coverage, Problem};
use plumb_canon::Canonicalizer;
use plumb_ir::{Arena, Schema, Type};
use plumb_resolve::{OutputColumn, Resolved};

use crate::{
    asset::{Added, AssetColumn, Code, Incremental},
    read::Bit,
};

/// What a run adds, with its normal form.
pub(crate) fn bound(
    arena: &mut Arena,
    canonicalizer: &mut Canonicalizer,
    bit: Bit,
    resolved: Option<Resolved>,
    table: Option<&Schema>,
) -> Incremental {
    let Bit { statement, worlds, mut coverage, mut problems } = bit;
    let plan = statement.zip(resolved).map(|(statement, resolved)| {
        let origin = statement.text.origin();
        problems.extend(resolved.problems.iter().map(|trouble| Problem {
            place: origin.place(trouble.span),
            severity: trouble.severity,
            reason: trouble.reason.to_owned(),
            message: trouble.message.clone(),
        }));
        if resolved.coverage == Coverage::Partly && coverage == Coverage::Read {
            coverage = Coverage::Partly;
        }
        // A run adds to columns that are there.
        let data_type = |it: &OutputColumn| {
            let mut known = table.into_iter().flat_map(|table| &table.columns);
            let same = known.find(|known| Some(&known.name) == it.name.as_ref());
            same.map_or(Type::Unknown, |known| known.data_type.clone())
        };
        let column = |it: &OutputColumn| AssetColumn {
            name: it.name.clone(),
            field: it.field,
            description: String::new(),
            data_type: data_type(it),
        };
        Added {
            rel: resolved.rel,
            local: canonicalizer.canonical(arena, resolved.rel),
            columns: resolved.columns.iter().map(column).collect(),
            open: resolved.open,
            code: Code::new(&statement, &resolved),
            worlds,
        }
    });
    problems.sort();
    problems.dedup();
    Incremental { plan, reads: Vec::new(), coverage, problems }
}
