//! What a run adds to a table that exists, once its statement is bound.

use plumb_base::{Coverage, Problem};
use plumb_canon::Canonicalizer;
use plumb_ir::Arena;
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
        let column = |it: &OutputColumn| AssetColumn {
            name: it.name.clone(),
            field: it.field,
            description: String::new(),
        };
        let file = |span| origin.in_file(span);
        let text = statement.text.file.clone();
        Added {
            rel: resolved.rel,
            local: canonicalizer.canonical(arena, resolved.rel),
            columns: resolved.columns.iter().map(column).collect(),
            open: resolved.open,
            code: Code::new(text, &resolved.reads, &resolved.selects, file),
            worlds,
        }
    });
    problems.sort();
    problems.dedup();
    Incremental { plan, reads: Vec::new(), coverage, problems }
}
