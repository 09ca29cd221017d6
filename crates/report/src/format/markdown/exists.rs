//! What there is already, as a page.

use plumb_base::answer::{Draft, Exists, Match};

use super::sheet::{Sheet, code, escaped, message, said};
use crate::{Style, words::grouped};

pub(super) fn exists(answer: &Exists, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style, "plumb exists -f json");
    sheet.block(&format!("### {}", code(&answer.asked)));
    if answer.dialect.is_none() {
        matches(&mut sheet, "Named so", &answer.named);
        if answer.named.is_empty() {
            sheet.block("Nothing here is called so, or has such columns.");
        }
    }
    for query in &answer.queries {
        if let (true, Some(at)) = (answer.queries.len() > 1, &query.place) {
            sheet.block(&format!("**{}**", code(&format!("{}:{}", at.path, at.start.line))));
        }
        self::query(&mut sheet, query);
    }
    if answer.dialect.is_some() && answer.queries.is_empty() {
        sheet.block("No query was found in it, so nothing can be said.");
    }
    let problems =
        answer.problems.iter().map(|it| [code(&it.place.to_string()), said(&it.message)]);
    sheet.table(["Where", "Problem in what was asked"], "---|---", problems);
    let (read, total) = (answer.coverage.read, answer.coverage.total());
    if read < total {
        let (unread, total) = (grouped(total - read), grouped(total));
        sheet.block(&format!("{unread} of {total} statements here could not be read whole: what they compute was not compared."));
    }
    sheet.finish()
}

fn query(sheet: &mut Sheet<'_>, query: &Draft) {
    matches(sheet, "Fits", &query.fits);
    if let Some(sql) = &query.instead {
        sheet.code("sql", sql);
    }
    let rows = query.parts.iter().map(|part| {
        let assets: Vec<String> = part.assets.iter().map(|asset| code(asset)).collect();
        [message(&part.what), assets.join(", "), part.evidence.word().to_owned()]
    });
    sheet.table(["Part that exists", "In", "Evidence"], "---|---|---", rows);
    matches(sheet, "Near", &query.near);
    if query.fits.is_empty() && query.parts.is_empty() && query.near.is_empty() {
        sheet.block("Nothing else computes this.");
    }
    if let Some(why) = &query.undecided {
        sheet.block(&format!("**Not decided:** {}", said(why)));
    }
    if !query.unknown.is_empty() {
        let names: Vec<String> = query.unknown.iter().map(|name| code(name)).collect();
        sheet.block(&format!("**Not known here:** {}", names.join(", ")));
    }
}

fn matches(sheet: &mut Sheet<'_>, title: &str, list: &[Match]) {
    let rows = list.iter().take(sheet.style.limit.unwrap_or(usize::MAX)).map(|one| {
        let why: Vec<String> = one.why.iter().map(message).collect();
        let owner = one.owners.first().map_or("no owner".to_owned(), |owner| escaped(&owner.name));
        [code(&one.asset), escaped(&one.kind), why.join("<br>"), owner]
    });
    let rows: Vec<_> = rows.collect();
    sheet.table([title, "Kind", "Why", "Talk to"], "---|---|---|---", rows.into_iter());
}
