//! What there is already: what fits, what holds a part, what is near, and the SQL to use instead.

use plumb_base::Message;
use plumb_base::answer::{Draft, Exists, Match};

use super::finding::place;
use super::line::Line;
use super::sheet::{Sheet, left};
use crate::Style;
use crate::words::{count, grouped};

/// Assets of a kind that are shown unless somebody asks for more.
const USUAL: usize = 5;

/// Assets named for one part.
const HOLDERS: usize = 3;

pub(super) fn exists(answer: &Exists, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style);
    if answer.dialect.is_none() {
        named(&mut sheet, answer);
    }
    let several = answer.queries.len() > 1;
    for query in &answer.queries {
        sheet.blank();
        if let (true, Some(at)) = (several, &query.place) {
            let title = sheet.pen.strong(&place(at));
            sheet.line(0, &title);
        }
        self::query(&mut sheet, query);
    }
    if answer.dialect.is_some() && answer.queries.is_empty() {
        sheet.line(0, &sheet.pen.plain("No query was found in it, so nothing can be said."));
    }
    not_read(&mut sheet, answer);
    next(&mut sheet, answer);
    sheet.finish()
}

fn named(sheet: &mut Sheet<'_>, answer: &Exists) {
    let found = &answer.named;
    if found.is_empty() {
        sheet.line(0, &sheet.pen.plain("Nothing here is called so, or has such columns."));
        return;
    }
    let fit = if found.len() == 1 {
        "1 name fits".to_owned()
    } else {
        format!("{} names fit", grouped(found.len()))
    };
    sheet.line(0, &sheet.pen.plain(&fit));
    sheet.blank();
    matches(sheet, "named", found);
}

fn query(sheet: &mut Sheet<'_>, query: &Draft) {
    let pen = sheet.pen;
    sheet.line(0, &pen.plain(&verdict(query)));
    sheet.blank();
    matches(sheet, "fits", &query.fits);
    parts(sheet, query);
    matches(sheet, "near", &query.near);
    if let Some(why) = &query.undecided {
        sheet.blank();
        sheet.labelled(&pen.plain("Not decided: "), &pen.plain(why));
    }
    if !query.unknown.is_empty() {
        sheet.blank();
        let names = query.unknown.join(", ");
        sheet.labelled(&pen.plain("Not known here: "), &pen.plain(&names));
    }
    if let Some(sql) = &query.instead {
        sheet.blank();
        for line in sql.lines() {
            let text = line.trim_start();
            sheet.line(2 + line.len() - text.len(), &pen.strong(text));
        }
    }
}

fn verdict(query: &Draft) -> String {
    let fits = match query.fits.len() {
        0 => None,
        1 => Some("1 fits".to_owned()),
        number => Some(format!("{} fit", grouped(number))),
    };
    let parts = match query.parts.len() {
        0 => None,
        1 => Some("1 part of it exists".to_owned()),
        number => Some(format!("{} parts of it exist", grouped(number))),
    };
    let near = match query.near.len() {
        0 => None,
        1 => Some("1 is near".to_owned()),
        number => Some(format!("{} are near", grouped(number))),
    };
    let said: Vec<String> = [fits, parts, near].into_iter().flatten().collect();
    if said.is_empty() { "Nothing else computes this.".to_owned() } else { said.join(", ") }
}

fn matches(sheet: &mut Sheet<'_>, label: &str, list: &[Match]) {
    let pen = sheet.pen;
    let limit = sheet.limit(USUAL);
    let mut rows: Vec<Vec<Line>> = Vec::new();
    for one in list.iter().take(limit) {
        let first = vec![pen.plain(label), pen.strong(&one.asset), pen.plain(&facts(one))];
        rows.push(first);
        for reason in &one.why {
            rows.push(vec![Line::default(), pen.message(reason)]);
        }
    }
    sheet.table(2, &[left(5), left(72), left(60)], 1, &rows);
    left_out(sheet, list.len(), limit);
}

/// Kind, readers, whom to talk to.
fn facts(one: &Match) -> String {
    let readers = (one.readers > 0).then(|| count(one.readers, "reader"));
    let owner = match one.owners.as_slice() {
        [] => "no owner".to_owned(),
        [owner] => owner.name.clone(),
        [owner, more @ ..] => format!("{} +{}", owner.name, more.len()),
    };
    let all = [Some(one.kind.clone()), readers, Some(owner)];
    all.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn parts(sheet: &mut Sheet<'_>, query: &Draft) {
    let pen = sheet.pen;
    let limit = sheet.limit(USUAL);
    let mut rows: Vec<Vec<Line>> = Vec::new();
    for part in query.parts.iter().take(limit) {
        let evidence = part.evidence.word();
        rows.push(vec![pen.plain("part"), pen.message(&part.what), pen.plain(evidence)]);
        let shown = part.assets.len().min(HOLDERS);
        let mut holders = Message::text("in ");
        for (at, asset) in part.assets[..shown].iter().enumerate() {
            holders = if at == 0 { holders } else { holders.then(", ") }.then_name(asset);
        }
        let more = part.assets.len() - shown;
        if more > 0 {
            holders = holders.then(format!(" and {more} more"));
        }
        rows.push(vec![Line::default(), pen.message(&holders)]);
    }
    sheet.table(2, &[left(5), left(80), left(11)], 1, &rows);
    left_out(sheet, query.parts.len(), limit);
}

fn left_out(sheet: &mut Sheet<'_>, all: usize, limit: usize) {
    if all > limit {
        let more = format!("{} more: --limit {all}", grouped(all - limit));
        sheet.line(9, &sheet.pen.plain(&more));
    }
}

/// What could not be read of the question, and of the platform: there the answer may hide.
fn not_read(sheet: &mut Sheet<'_>, answer: &Exists) {
    let pen = sheet.pen;
    if !answer.problems.is_empty() {
        sheet.blank();
        let title = format!("{} in what was asked", count(answer.problems.len(), "problem"));
        sheet.line(0, &pen.strong(&title));
        let rows: Vec<Vec<Line>> = answer
            .problems
            .iter()
            .map(|it| vec![pen.faint(&it.place.to_string()), pen.plain(&it.message)])
            .collect();
        sheet.table(2, &[left(44), left(100)], 1, &rows);
    }
    let (read, total) = (answer.coverage.read, answer.coverage.total());
    if answer.dialect.is_some() && read < total {
        sheet.blank();
        let unread = grouped(total - read);
        let said = format!(
            "{unread} of {} statements here could not be read whole: what they compute was not compared.",
            grouped(total)
        );
        sheet.line(0, &pen.plain(&said));
    }
}

fn next(sheet: &mut Sheet<'_>, answer: &Exists) {
    let queries = answer.queries.iter();
    let fits = queries.clone().flat_map(|query| &query.fits).chain(&answer.named);
    let best = fits.chain(queries.clone().flat_map(|query| &query.near)).next();
    let mut hints = Vec::new();
    if let Some(best) = best {
        hints.push((sheet.command("show", &best.asset), "columns, plan, whom to talk to"));
        hints.push((sheet.command("lineage", &best.asset), "what feeds it, what reads it"));
    } else if let Some(part) = queries.flat_map(|query| &query.parts).next()
        && let Some(asset) = part.assets.first()
    {
        hints.push((sheet.command("show", asset), "columns, plan, whom to talk to"));
    }
    if answer.coverage.read < answer.coverage.total() {
        hints.push((sheet.command("doctor", ""), "what would let plumb see more"));
    }
    sheet.next(&hints);
}
