//! `unparse`: how many statements of a platform are written as SQL, read again, and are the same plan.
//!
//! Each statement is written in the dialect of its asset, or in one that is asked for: once as it was read, and once
//! in normal form.

#[path = "../../crates/unparse/tests/back.rs"]
pub(crate) mod back;

use std::collections::BTreeMap;

use plumb_base::{Coverage, World};
use plumb_canon::Facts;
use plumb_connect::Disk;
use plumb_estate::{Depth, Options};
use plumb_ir::{Arena, Copier, RelId};
use plumb_syntax::sql::Dialect;
use plumb_unparse::{Unspoken, Wanted, unparse};
use plumb_workspace::Workspace;

use crate::Fault;

/// Statements nest as deep as their authors like.
const STACK: usize = 256 << 20;

pub(crate) fn run(args: &[&str]) -> Result<(), Fault> {
    let (mut data, mut why, mut dialect, mut show) = (None, 0_usize, None, None);
    let mut args = args.iter();
    while let Some(&arg) = args.next() {
        match arg {
            "--data" => data = Some(*args.next().ok_or("--data needs a folder")?),
            "--why" => why = args.next().ok_or("--why needs a number")?.parse()?,
            "--as" => {
                let name = args.next().ok_or("--as needs a dialect")?;
                dialect = Some(Dialect::named(name).ok_or("no such dialect")?);
            }
            "--show" => show = Some(*args.next().ok_or("--show needs a part of a reason")?),
            other => return Err(format!("no option `{other}`").into()),
        }
    }
    let world: Box<dyn World> = match data {
        Some(folder) => Box::new(Disk::open(folder)?),
        None => Box::new(Workspace::demo()),
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).stack_size(STACK).build()?;
    pool.install(|| measure(world.as_ref(), dialect, why, show));
    Ok(())
}

#[derive(Default)]
struct Tally {
    statements: u32,
    /// Statements in which something is not known or not understood.
    unknown: u32,
    same: u32,
    reasons: BTreeMap<String, u32>,
}

fn measure(world: &dyn World, asked: Option<&'static Dialect>, why: usize, show: Option<&str>) {
    let found = plumb_connect::discover(world);
    let options = Options { dialect: None, depth: Depth::Written };
    let estate = plumb_estate::read(&found, &|name| world.variable(name), &options);
    let mut tallies: BTreeMap<(&str, &str), Tally> = BTreeMap::new();
    for asset in estate.assets.iter().filter(|asset| asset.computes_rows()) {
        let (Some(rel), Some(own)) = (asset.rel, asset.dialect.and_then(Dialect::named)) else {
            continue;
        };
        let dialect = asked.unwrap_or(own);
        let mut arena = Arena::new();
        let written = Copier::new(&estate.arena).rel(&mut arena, rel);
        let normal = back::normal(&mut arena, written, &Facts::default());
        let (fields, open) = back::outputs(&arena, written);
        let name = |at: usize| {
            let field = plumb_ir::Field::At(u32::try_from(at).ok()?);
            asset.columns.iter().find(|column| column.field == field)?.name.clone()
        };
        let of = |field: &plumb_ir::Field| match field {
            plumb_ir::Field::At(at) => name(*at as usize),
            plumb_ir::Field::Named(_) => None,
        };
        let as_written: Vec<_> = fields.iter().map(|field| (*field, of(field))).collect();
        let columns = normal.columns.iter().enumerate();
        let as_normal: Vec<_> =
            columns.map(|(at, place)| (plumb_ir::Field::At(*place), name(at))).collect();
        for (form, rel, columns) in
            [("written", written, as_written), ("normal", normal.rel, as_normal)]
        {
            if open && form == "normal" {
                continue;
            }
            let tally = tallies.entry((dialect.name, form)).or_default();
            tally.statements += 1;
            match fate(&mut arena, (rel, &columns, open), dialect) {
                Ok(()) => tally.same += 1,
                Err(Fate::Unknown) => tally.unknown += 1,
                Err(Fate::Other(reason, text)) => {
                    if show.is_some_and(|show| reason.contains(show)) {
                        println!("{} ({form}): {reason}\n{text}\n", asset.key);
                    }
                    *tally.reasons.entry(reason).or_default() += 1;
                }
            }
            if asset.coverage != Some(Coverage::Read) {
                break;
            }
        }
    }
    for ((dialect, form), tally) in tallies {
        let Tally { statements, unknown, same, reasons } = tally;
        let known = statements - unknown;
        let share = (same * 1000).checked_div(known).unwrap_or_default();
        println!(
            "unparse {dialect} {form}: {same} of {known} come back ({}.{} %); {unknown} of {statements} hold what is not known",
            share / 10,
            share % 10
        );
        let mut reasons: Vec<(String, u32)> = reasons.into_iter().collect();
        reasons.sort_by_key(|(reason, times)| (std::cmp::Reverse(*times), reason.clone()));
        for (reason, times) in reasons.into_iter().take(why) {
            println!("{times:6} {reason}");
        }
    }
}

enum Fate {
    Unknown,
    Other(String, String),
}

type Asked<'a> = (RelId, &'a [(plumb_ir::Field, Option<plumb_base::Name>)], bool);

fn fate(
    arena: &mut Arena,
    (rel, columns, open): Asked<'_>,
    dialect: &'static Dialect,
) -> Result<(), Fate> {
    let wanted = Wanted { rel, columns, open };
    let text = unparse(arena, wanted, dialect, &|_| None).map_err(|why| match why {
        Unspoken::Hole(_) | Unspoken::Opaque(_) => Fate::Unknown,
        other => Fate::Other(other.to_string(), plumb_ir::text::print_rel(arena, rel)),
    })?;
    let again = back::read(arena, &text, dialect, &back::Known(Vec::new()));
    let again = again.map_err(|why| Fate::Other(format!("not read: {why}"), text.clone()))?;
    let facts = Facts::default();
    let mut one = back::normal(arena, rel, &facts);
    let two = back::normal(arena, again.rel, &facts);
    if !open {
        let place = |(field, _): &(plumb_ir::Field, _)| match field {
            plumb_ir::Field::At(at) => one.columns.get(*at as usize).copied(),
            plumb_ir::Field::Named(_) => None,
        };
        one.columns = columns.iter().filter_map(place).collect();
    }
    if back::same(&one, &two) {
        return Ok(());
    }
    let (left, right) =
        (plumb_ir::text::print_rel(arena, one.rel), plumb_ir::text::print_rel(arena, two.rel));
    let told = format!("{text}\nis\n{left}\nand comes back as\n{right}");
    Err(Fate::Other("another plan".to_owned(), told))
}
